"""How `scrim explain` shows what it found: a tree to a terminal, plain lines into a pipe."""

import json
from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from scrim.cli.failures import printable
from scrim.domain.decision import Refusal
from scrim.server.explanation import (
    ExplainedColumn,
    ExplainedStatement,
    Explanation,
    SourceColumn,
)

MAX_LISTED: Final = 12
"""Sources of one column that a person is shown; `--json` has all of them."""
_COLOURS: Final = {
    "pass": "green",
    "scan": "yellow",
    "mask": "red",
    "null": "red",
    "undecided": "dim",
}
_WORDS: Final = {
    "pass": "raw",
    "scan": "searched",
    "mask": "masked",
    "null": "NULL",
    "undecided": "not decided",
}


class Branch:
    """A line with lines below it."""

    def __init__(self, text: str, colour: str = "") -> None:
        """Have nothing below it yet."""
        self.text = printable(text)
        self.colour = colour
        self.below: list[Branch] = []

    def add(self, text: str, colour: str = "") -> "Branch":
        """Put a line below and return it."""
        branch = Branch(text, colour)
        self.below.append(branch)
        return branch


def show(explanation: Explanation, console: Console | None = None) -> None:
    """Print an explanation as a tree to a terminal, and as indented lines into a pipe.

    Args:
        explanation: What is shown.
        console: Where to; standard output without one.
    """
    console = console or Console()
    root = branches(explanation)
    if console.is_terminal:
        console.print(_tree(root), highlight=False)
        return
    for line in lines(root):
        print(line, file=console.file)  # noqa: T201, RUF100 - a command's own output


def lines(branch: Branch, depth: int = 0) -> Iterator[str]:
    """Yield a branch and what is below it, each two spaces further in."""
    yield "  " * depth + branch.text
    for below in branch.below:
        yield from lines(below, depth + 1)


def _tree(branch: Branch, parent: Tree | None = None) -> Tree:
    text = Text(branch.text, style=branch.colour)
    node = Tree(text) if parent is None else parent.add(text)
    for below in branch.below:
        _tree(below, node)
    return node


def branches(explanation: Explanation) -> Branch:
    """Return an explanation as a person reads it."""
    refusal = explanation.refusal
    colour = "bold green" if refusal is None else "bold red"
    who = " for ".join(explanation.principal)
    where = f" as {who} on {explanation.connection}" if explanation.connection else ""
    root = Branch(f"{explanation.verdict}{where}", colour)
    root.add(f"statement: {explanation.statement}")
    if explanation.raw_access:
        root.add("raw access: the principal sees everything of the connection")
    if refusal is not None:
        _add_refusal(root, refusal)
    for statement in explanation.statements:
        _add_statement(root, statement)
    if explanation.permissions:
        node = root.add("permissions")
        for one in explanation.permissions:
            what = f"{one.action} on {one.relation}" if one.relation else one.action
            by = ", ".join(one.policies) or one.reason
            answer, tint = ("permitted by", "green") if one.permitted else ("denied:", "red")
            node.add(f"{what}: {answer} {by}", tint)
    if explanation.audit.intent:
        node = root.add("audit log")
        for record in (explanation.audit.intent, *explanation.audit.columns):
            node.add(json.dumps(record, ensure_ascii=False), "dim")
    return root


def _add_refusal(root: Branch, refusal: Refusal) -> None:
    node = root.add(f"refused: {refusal.code} {refusal.message}", "red")
    for word, text in (("why", refusal.detail), ("instead", refusal.hint)):
        if text:
            node.add(f"{word}: {text}")
    if refusal.position:
        node.add(f"at character {refusal.position}")


def _add_statement(root: Branch, statement: ExplainedStatement) -> None:
    node = root.add(f"operation: {statement.operation}", "bold")
    for note in statement.notes:
        node.add(f"note: {note}")
    if statement.relations:
        relations = node.add("relations")
        for one in statement.relations:
            relations.add(f"{one.name}: {one.role} ({one.verb})")
    if statement.columns:
        columns = node.add(f"columns, by the {statement.described_by}")
        for column in statement.columns:
            _add_column(columns, column)
    if statement.influences:
        influences = node.add("influences")
        for influence in statement.influences:
            influences.add(f"{influence.column}: {', '.join(influence.ways)}")
    if statement.counted:
        counted = node.add("counted against the budget of conditions")
        for use in statement.counted:
            what = "values, and single rows" if use.counts == "values" else "single rows"
            often = ", each time that it is run" if use.each_time else ""
            counted.add(f"{', '.join(use.columns)}: {what}{often}")


def _add_column(parent: Branch, column: ExplainedColumn) -> None:
    node = parent.add(_column_line(column), _COLOURS.get(column.treatment, ""))
    if column.why:
        node.add(f"why: {column.why}")
    if column.mixed:
        node.add("other values may be among them, so that equal ones do not look equal")
    if column.sampled:
        node.add("its first values are looked at when it is read; then it may be masked as a whole")
    if not column.known and not column.sources:
        node.add("from: anything")
    for source in column.sources[:MAX_LISTED]:
        node.add(f"from: {source_line(source)}")
    if len(column.sources) > MAX_LISTED:
        node.add(f"from: {len(column.sources) - MAX_LISTED} more columns")


def _column_line(column: ExplainedColumn) -> str:
    name = column.name or "(unnamed)"
    kind = f" {column.type}" if column.type else ""
    return f"{name}{kind}: {treatment(column)}"


def treatment(column: ExplainedColumn) -> str:
    """Return what becomes of a column in a few words."""
    words = _WORDS.get(column.treatment, column.treatment)
    if column.treatment in {"mask", "null"}:
        entity = f" as {column.entity}" if column.entity else ""
        options = [f"{k}={v}" for k, v in column.operator.items() if k != "name"]
        operator = " ".join((str(column.operator.get("name", "")), *options)).strip()
        return f"{words}{entity}" + (f" by {operator}" if operator else "")
    return words


def source_line(source: SourceColumn) -> str:
    """Return a source with what is known of it."""
    parts = [source.use]
    if source.tags:
        parts.append(f"tags {', '.join(source.tags)}")
    if source.entity and source.entity not in source.tags:
        parts.append(f"{source.entity} by its {source.known_by}")
    if source.raw is not None:
        by = f" by {', '.join(source.policies)}" if source.policies else ""
        parts.append(f"raw{by}" if source.raw else f"not raw{by}")
    return f"{source.column} ({'; '.join(parts)})"
