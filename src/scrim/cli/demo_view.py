"""How `scrim demo` shows what each of the three received: a table, plain lines, or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from scrim.cli.demo_compare import Shade, Shaded
from scrim.cli.demo_scene import Actor, Query
from scrim.cli.demo_work import Step

STYLES = {Shade.PLAIN: "", Shade.RAW: "bold red", Shade.MASKED: "bold green"}
NARROWEST = 60

TITLE = "One database, the same five queries, three people"
STORY = (
    "Everybody used an unchanged PostgreSQL client and the real database. scrim stood in between, "
    "knew who asked, and replaced in flight what that person may not see."
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that was asked and answered.

    Attributes:
        actors: Who asked, in the order of the columns.
        queries: What was asked.
        answers: For each query, what each actor received.
    """

    actors: Sequence[Actor]
    queries: Sequence[Query]
    answers: Sequence[Mapping[str, Shaded]]

    def count(self, actor: Actor, shade: Shade) -> int:
        """Return in how many cells an actor saw a shade."""
        return sum(
            shaded.shade_of(row, column) is shade
            for answers in self.answers
            for shaded in (answers[actor.name],)
            for row, cells in enumerate(shaded.rows)
            for column in range(len(cells))
        )


def show(scene: Scene, console: Console) -> None:
    """Print the scene as a table to a terminal, and as plain lines into a pipe."""
    if not console.is_terminal:
        for line in lines(scene):
            print(line, file=console.file)
        return
    console.width = max(console.width, NARROWEST)
    console.print(Text(TITLE, "bold"), justify="center")
    for query, answers in zip(scene.queries, scene.answers, strict=True):
        console.print()
        console.print(Text.assemble((query.question, "bold"), "  ", (one_line(query.sql), "dim")))
        console.print(_table(scene.actors, answers))
    console.print(_legend())


def one_line(text: str) -> str:
    """Return a statement on one line."""
    return " ".join(text.split())


def _table(actors: Sequence[Actor], answers: Mapping[str, Shaded]) -> Table:
    table = Table(box=box.ROUNDED, expand=True, header_style="")
    for actor in actors:
        title = Text.assemble((actor.title, "bold"), "\n", (actor.name, "dim"))
        table.add_column(title, ratio=1, overflow="fold")
    table.add_row(*(_cell(answers[actor.name]) for actor in actors))
    return table


def _cell(shaded: Shaded) -> Text:
    if shaded.answer.refusal:
        return Text.assemble(("refused\n", "bold yellow"), (shaded.answer.refusal, "yellow"))
    text = Text()
    for number, row in enumerate(shaded.rows):
        for cell in row:
            for piece in cell:
                text.append(piece.text, STYLES[piece.shade])
            text.append("\n")
        if number + 1 < len(shaded.rows):
            text.append("\n")
    text.rstrip()
    return text


def _legend() -> Group:
    legend = Text.assemble(
        ("■ real", STYLES[Shade.RAW]),
        "  ",
        ("■ replaced by scrim", STYLES[Shade.MASKED]),
        "  ■ not sensitive  ",
        ("■ refused by policy", "bold yellow"),
    )
    return Group(legend, Text(STORY))


def lines(scene: Scene) -> Iterator[str]:
    """Yield the scene as lines without colours, each cell with what it is."""
    yield TITLE
    yield STORY
    for query, answers in zip(scene.queries, scene.answers, strict=True):
        yield ""
        yield f"{query.question}  {one_line(query.sql)}"
        for actor in scene.actors:
            shaded = answers[actor.name]
            if shaded.answer.refusal:
                yield f"  {actor.title}: refused: {shaded.answer.refusal}"
            for row, cells in enumerate(shaded.rows):
                yield f"  {actor.title}: " + " | ".join(
                    f"{''.join(piece.text for piece in cell)} [{shaded.shade_of(row, column)}]"
                    for column, cell in enumerate(cells)
                )


def as_json(scene: Scene, steps: Sequence[Step] = ()) -> str:
    """Return the scene, and what was done with masked values, for programs."""
    queries = [
        {
            "question": query.question,
            "sql": query.sql,
            "answers": {actor.name: _answer(answers[actor.name]) for actor in scene.actors},
        }
        for query, answers in zip(scene.queries, scene.answers, strict=True)
    ]
    principals = [
        {
            "name": actor.name,
            "title": actor.title,
            "group": actor.group,
            "acts_for": actor.acts_for,
            "cells": {shade.value: scene.count(actor, shade) for shade in Shade},
        }
        for actor in scene.actors
    ]
    report = {
        "principals": principals,
        "queries": queries,
        "work": [asdict(step) for step in steps],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _answer(shaded: Shaded) -> dict[str, object]:
    if shaded.answer.refusal:
        return {"refused": shaded.answer.refusal}
    shades = [
        [shaded.shade_of(row, column).value for column in range(len(cells))]
        for row, cells in enumerate(shaded.rows)
    ]
    return {"columns": shaded.answer.columns, "rows": shaded.answer.rows, "shades": shades}
