from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from scrim.cli.demo_compare import Answer, Shade, shade
from scrim.cli.demo_scene import Query, actors
from scrim.cli.demo_view import Scene, as_json, show

ACTORS = actors()
TRUTH = Answer(("email",), (("ana@example.com",),))
MASKED = Answer(("email",), (("kim@example.net",),))
QUERIES = (Query("Who?", "SELECT email\nFROM customers"), Query("What?", "SELECT 1"))


@pytest.fixture
def scene() -> Scene:
    analyst, agent, investigator = ACTORS
    first = {analyst.name: MASKED, agent.name: MASKED, investigator.name: TRUTH}
    second = {actor.name: TRUTH for actor in ACTORS} | {agent.name: Answer(refusal="not for you")}
    return Scene(ACTORS, QUERIES, [shade(TRUTH, first), shade(TRUTH, second)])


def test_a_terminal_gets_a_coloured_table(scene: Scene) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard")
    show(scene, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1;32mkim@example.net" in text
    assert "\x1b[1;31mana@example.com" in text
    assert "not for you" in text
    assert "replaced by scrim" in text


def test_a_pipe_gets_plain_lines(scene: Scene) -> None:
    console = Console(file=io.StringIO())
    show(scene, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in text
    assert "analyst: kim@example.net [masked]" in text
    assert "fraud investigator: ana@example.com [raw]" in text
    assert "AI agent acting for ana: refused: not for you" in text


def test_programs_get_json(scene: Scene) -> None:
    report = json.loads(as_json(scene))
    assert [principal["title"] for principal in report["principals"]] == [a.title for a in ACTORS]
    assert report["principals"][0]["cells"] == {"plain": 1, "raw": 0, "masked": 1}
    answers = report["queries"][0]["answers"]
    assert answers[ACTORS[0].name] == {
        "columns": ["email"],
        "rows": [["kim@example.net"]],
        "shades": [["masked"]],
    }
    assert report["queries"][1]["answers"][ACTORS[1].name] == {"refused": "not for you"}
    assert not any(actor.password in as_json(scene) for actor in ACTORS)


def test_cells_are_counted_by_shade(scene: Scene) -> None:
    assert scene.count(ACTORS[2], Shade.RAW) == 1
