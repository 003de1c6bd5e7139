from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any, Literal

import pytest

from scrim.server.logging import configure, event, failure

if TYPE_CHECKING:
    from collections.abc import Iterator

RAW = "ana@" + "example.com"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("scrim")
    before = (root.handlers[:], root.level, own.level, logging.raiseExceptions)
    yield
    root.handlers[:], logging.raiseExceptions = before[0], before[3]
    root.setLevel(before[1])
    own.setLevel(before[2])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_its_fields() -> None:
    stream = io.StringIO()
    configure("info", "json", 2, stream)
    event(logging.getLogger("scrim.x"), logging.INFO, "hello", port=5, ok=True, name="a\nb")
    (line,) = logged(stream)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "scrim.x",
        "message": "hello",
        "worker": 2,
        "port": 5,
        "ok": True,
        "name": "a\\nb",
    }


def test_a_field_cannot_take_the_place_of_the_message() -> None:
    stream = io.StringIO()
    configure("info", "json", None, stream)
    event(logging.getLogger("scrim"), logging.INFO, "true", time="never")
    assert logged(stream)[0]["time"] != "never"


def test_an_exception_is_told_by_type_and_place_alone() -> None:
    stream = io.StringIO()
    configure("info", "json", None, stream)
    try:
        int(RAW)
    except ValueError as error:
        failure(logging.getLogger("scrim"), "failed", error, connection="shop")
    assert RAW not in stream.getvalue()
    (line,) = logged(stream)
    assert line["exception"] == "ValueError"
    assert line["frames"][0].startswith("test_logging.py:")
    assert line["connection"] == "shop"


@pytest.mark.parametrize("style", ["json", "text"])
def test_what_other_libraries_say_is_withheld(style: Literal["json", "text"]) -> None:
    stream = io.StringIO()
    configure("debug", style, None, stream)
    logging.getLogger("asyncio").error("Exception in callback f(%r)", RAW)
    logging.getLogger("scrimshaw").error(RAW)
    assert RAW not in stream.getvalue()
    assert "message of asyncio withheld" in stream.getvalue()


def test_text_has_no_colours_outside_a_terminal_and_no_foreign_control_characters() -> None:
    stream = io.StringIO()
    configure("info", "text", 1, stream)
    event(logging.getLogger("scrim"), logging.WARNING, "hello", name="\x1b[2Jgone")
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().rstrip().endswith("warning hello name=\\x1b[2Jgone worker=1")


def test_a_terminal_gets_coloured_text() -> None:
    stream = Terminal()
    configure("info", "json", None, stream)
    event(logging.getLogger("scrim"), logging.ERROR, "hello")
    assert "\x1b[31merror" in stream.getvalue()


def test_less_severe_messages_are_left_out() -> None:
    stream = io.StringIO()
    configure("warning", "json", None, stream)
    event(logging.getLogger("scrim"), logging.INFO, "hello")
    assert stream.getvalue() == ""


def test_long_fields_are_cut() -> None:
    stream = io.StringIO()
    configure("info", "json", None, stream)
    event(logging.getLogger("scrim"), logging.INFO, "hello", name="x" * 10_000)
    assert len(logged(stream)[0]["name"]) == 500
