"""The page of the score is that of the battery as it is."""

from __future__ import annotations

from pathlib import Path

from tests.evasion.channels import RESPONSES, channels
from tests.evasion.score import counts_of, page

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/evasion-score.md"
FEWEST_CHANNELS = 35
FEWEST_SHAPES = 100


def test_the_page_has_the_channels_and_shapes_of_the_battery() -> None:
    text = PAGE.read_text()
    counts = counts_of(text)
    assert set(counts) == set(channels()), "run make evasion"
    assert text == page(counts), "run make evasion"


def test_the_page_tells_of_every_shape_in_every_way_and_of_no_leak() -> None:
    counts = counts_of(PAGE.read_text())
    for name, (_, shapes, modes) in channels().items():
        assert sum(counts[name]) == len(shapes) * len(modes), name
        assert counts[name][-1] == 0, name


def test_the_battery_is_as_large_as_it_was() -> None:
    listed = channels()
    assert len(listed) >= FEWEST_CHANNELS
    assert sum(len(shapes) for _, shapes, _ in listed.values()) >= FEWEST_SHAPES
    assert set(RESPONSES) <= set(listed)
