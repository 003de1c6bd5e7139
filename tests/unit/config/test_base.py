"""Values that several settings share."""

from datetime import timedelta

import pytest

from scrim.config.base import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations_are_read_and_written(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration
    assert parse_duration(duration) == duration
    assert format_duration(duration) == text


@pytest.mark.parametrize("value", ["", "5", "h", "-5s", "1.5h", "5 weeks", 5, None])
def test_what_has_no_unit_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="write a number and a unit"):
        parse_duration(value)


def test_nothing_is_written_in_milliseconds() -> None:
    assert format_duration(timedelta(0)) == "0ms"
