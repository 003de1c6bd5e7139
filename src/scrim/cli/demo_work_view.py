"""How `scrim demo` shows what was done with masked values: a table for each claim, or lines."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scrim.cli.demo_view import NARROWEST, STYLES, one_line
from scrim.cli.demo_work import Step

TITLE = "What masked values are good for"


def show_work(steps: Sequence[Step], console: Console) -> None:
    """Print the steps as tables to a terminal, and as plain lines into a pipe."""
    if not console.is_terminal:
        for line in work_lines(steps):
            print(line, file=console.file)
        return
    console.width = max(console.width, NARROWEST)
    console.print()
    console.print(Text(TITLE, "bold"), justify="center")
    for step in steps:
        console.print()
        console.print(Text.assemble(_mark(step), " ", (step.claim, "bold")))
        console.print(_table(step))


def _mark(step: Step) -> tuple[str, str]:
    return ("✓", "bold green") if step.holds else ("✗", "bold red")


def _table(step: Step) -> Table:
    table = Table(box=box.ROUNDED, expand=True, show_header=False, show_lines=True)
    table.add_column(width=len("investigator"), overflow="fold")
    table.add_column(ratio=6, overflow="fold", style="dim")
    table.add_column(ratio=5, overflow="fold")
    for line in step.lines:
        table.add_row(line.who, one_line(line.asks), Text(line.gets, STYLES[line.shade]))
    return table


def work_lines(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the steps as lines without colours."""
    yield ""
    yield TITLE
    for step in steps:
        yield ""
        yield f"{step.claim}  [{'holds' if step.holds else 'does not hold'}]"
        for line in step.lines:
            yield f"  {line.who}: {one_line(line.asks)} -> {line.gets.replace(chr(10), '; ')}"
