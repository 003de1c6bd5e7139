from __future__ import annotations

import io
import json
import re

from rich.console import Console

from scrim.cli.demo_compare import Shade
from scrim.cli.demo_scene import actors
from scrim.cli.demo_view import Scene, as_json
from scrim.cli.demo_work import Line, Step
from scrim.cli.demo_work_view import show_work

STEPS = (
    Step("It joins", (Line("analyst", "SELECT\n  1", "1\n2"), Line("other", "2", "3")), holds=True),
    Step("It holds", (Line("analyst", "a", "the value", Shade.RAW),), holds=False),
)


def shown(console: Console) -> str:
    show_work(STEPS, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_terminal_gets_tables_as_wide_as_it_is() -> None:
    for width in (80, 120):
        console = Console(file=io.StringIO(), force_terminal=True, width=width, no_color=True)
        text = re.sub(r"\x1b\[[0-9;]*m", "", shown(console))
        assert max(map(len, text.split("\n"))) == width
        assert "✓" in text
        assert "✗" in text
        assert "SELECT 1" in text


def test_a_pipe_gets_a_line_for_each_question() -> None:
    text = shown(Console(file=io.StringIO()))
    assert "\x1b" not in text
    assert "It joins  [holds]\n  analyst: SELECT 1 -> 1; 2\n  other: 2 -> 3\n" in text
    assert "It holds  [does not hold]" in text


def test_programs_get_every_step() -> None:
    report = json.loads(as_json(Scene(actors(), (), ()), STEPS))
    assert [step["holds"] for step in report["work"]] == [True, False]
    assert report["work"][1]["lines"] == [
        {"who": "analyst", "asks": "a", "gets": "the value", "shade": "raw"}
    ]
