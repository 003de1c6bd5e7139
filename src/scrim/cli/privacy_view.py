"""How `scrim privacy` shows what it found: a table at a terminal, plain lines into a pipe."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from scrim.cli.failures import printable

if TYPE_CHECKING:
    from scrim.masking.groups.budget import Balance
    from scrim.masking.groups.requirements import Report


def show_report(source: str, report: "Report", console: Console | None = None) -> None:
    """Print how a file stands against a requirement; a pipe gets a name and a figure per line.

    Args:
        source: The file.
        report: How it stands.
        console: Where to; standard output without one.
    """
    console = console or Console()
    rows = list(_figures(report))
    if console.is_terminal:
        table = Table(box=box.SIMPLE, show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for name, figure in rows:
            table.add_row(printable(name), figure)
        console.print(table)
    else:
        for name, figure in rows:
            _plain(console, f"{name}\t{figure}")
    _plain(console, f"# {source}: {_outcome(report)}")


def show_balances(balances: Sequence["Balance"], console: Console | None = None) -> None:
    """Print budgets; a pipe gets fields with tabs between them.

    Args:
        balances: The budgets.
        console: Where to; standard output without one.
    """
    console = console or Console()
    if not balances:
        _plain(console, "# no privacy budget is set")
        return
    head = ("dataset", "principal", "epsilon", "spent", "delta", "spent", "period")
    rows = [
        (
            printable(one.dataset),
            printable(one.principal),
            f"{one.epsilon:g}",
            f"{one.epsilon_spent:g}",
            f"{one.delta:g}",
            f"{one.delta_spent:g}",
            str(one.period),
        )
        for one in balances
    ]
    if not console.is_terminal:
        for row in rows:
            _plain(console, "\t".join(row))
        return
    table = Table(box=box.SIMPLE)
    for place, name in enumerate(head):
        table.add_column(name, justify="left" if place < 2 else "right")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _figures(report: "Report") -> Iterator[tuple[str, str]]:
    requirement = report.requirement
    unit = "records" if requirement.subject is None else "subjects"
    yield "records", f"{report.records:,}"
    yield "classes", f"{report.classes:,}"
    yield f"smallest class, {unit}", f"{report.smallest:,}"
    yield f"classes below k={requirement.k}", f"{report.classes_below_k:,}"
    for name, diversity in report.diversity.items():
        measure = "exponential of entropy" if requirement.entropy else "distinct values"
        yield f"least {measure} of {name}", f"{diversity:.6g}"
    yield "classes below", f"{report.classes_below:,}"
    yield "records below", f"{report.records_below:,}"


def _outcome(report: "Report") -> str:
    requirement = report.requirement
    demand = f"{requirement.k}-anonymous"
    if requirement.sensitive and requirement.l > 1:
        demand += f" and {requirement.l}-diverse"
    listed = ", ".join(requirement.quasi)
    return f"{'is' if report.satisfied else 'is not'} {demand} in {listed}"


def _plain(console: Console, line: str) -> None:
    kept = "\t".join(map(printable, line.split("\t")))
    print(kept, file=console.file)  # noqa: T201, RUF100 - a command's own output
