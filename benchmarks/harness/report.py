"""The figures of one script: printed beside their targets, and written as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from rich.console import Console
from rich.table import Table

from harness.commands import BenchmarkError
from harness.leaks import LeakGate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.pairs import Ratio

_T = TypeVar("_T")
DEFAULT_PAIRS = 5
QUICK_PAIRS = 2


@dataclass(frozen=True, slots=True)
class Options:
    """How a script was started.

    Attributes:
        quick: Whether a rough answer in little time is wanted.
        json_file: Where the figures are written as well, if anywhere.
    """

    quick: bool
    json_file: Path | None

    @property
    def pairs(self) -> int:
        """How many interleaved pairs each figure rests on."""
        return QUICK_PAIRS if self.quick else DEFAULT_PAIRS

    def either(self, quick: _T, full: _T) -> _T:
        """Return one of two values.

        Args:
            quick: The value of a quick run.
            full: The value of a full run.
        """
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should be.

    Attributes:
        bound: The bound.
        at_least: Whether the figure should be at least, or at most, the bound.
    """

    bound: float
    at_least: bool

    def met_by(self, value: float) -> bool:
        """Say whether a value is good enough.

        Args:
            value: The figure.
        """
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        """Return the bound in words."""
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}"


def at_least(bound: float) -> Target:
    """Return the target of a figure that should not be smaller.

    Args:
        bound: The bound.
    """
    return Target(bound, at_least=True)


def at_most(bound: float) -> Target:
    """Return the target of a figure that should not be larger.

    Args:
        bound: The bound.
    """
    return Target(bound, at_least=False)


@dataclass(slots=True)
class Report:
    """Collects the figures of one script.

    Attributes:
        title: What the script measures.
        gate: Where the script hands what clients received.
        gated: Whether clients receive anything, so that the gate must have been asked.
    """

    title: str
    gate: LeakGate = field(default_factory=LeakGate)
    gated: bool = True
    _figures: dict[str, float] = field(default_factory=dict)
    _rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _tables: list[Table] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        """The figures by name."""
        return dict(self._figures)

    def add(self, name: str, value: float, unit: str = "", target: Target | None = None) -> None:
        """Add one figure.

        Args:
            name: Its name, as docs/reference/benchmarks.md lists it.
            value: Its value.
            unit: The unit to print.
            target: What it should be.
        """
        self._add(name, value, f"{value:,.4g} {unit}".rstrip(), target)

    def add_ratio(self, name: str, ratio: Ratio, target: Target | None = None) -> None:
        """Add one ratio with its spread.

        Args:
            name: Its name, as docs/reference/benchmarks.md lists it.
            ratio: Its value.
            target: What it should be.
        """
        self._add(name, ratio.median, str(ratio), target)

    def add_table(self, table: Table, figures: Mapping[str, float]) -> None:
        """Add figures that a table of their own shows.

        Args:
            table: The table, printed above the others.
            figures: The figures by name.
        """
        for name, value in figures.items():
            self._set(name, value)
        self._tables.append(table)

    def note(self, text: str) -> None:
        """Add a remark below the table, such as which peers were found.

        Args:
            text: The remark.
        """
        self._notes.append(text)

    def print(self, console: Console) -> None:
        """Print the table.

        Args:
            console: Where to.
        """
        for own in self._tables:
            console.print(own)
        table = Table(title=self.title, title_justify="left", title_style="bold")
        table.add_column("figure")
        table.add_column("value (spread)", justify="right")
        table.add_column("target")
        table.add_column("met")
        for row in self._rows:
            table.add_row(*row)
        console.print(table)
        for note in self._notes:
            console.print(f"- {note}", highlight=False, markup=False)
        if self.gated:
            console.print(f"- leak gate: {self.gate.summary()}", highlight=False, markup=False)

    def _add(self, name: str, value: float, shown: str, target: Target | None) -> None:
        self._set(name, value)
        met = "" if target is None else ("yes" if target.met_by(value) else "[bold red]no[/]")
        self._rows.append((name, shown, "" if target is None else str(target), met))

    def _set(self, name: str, value: float) -> None:
        if name in self._figures:
            raise BenchmarkError(f"the figure {name} is measured twice")
        self._figures[name] = value


def main(title: str, measure: Callable[[Options, Report], None]) -> None:
    """Run a script: read its options, measure, print, write, and end the process.

    The exit code is 1 when a raw value was seen or something failed, never for a missed target.

    Args:
        title: What the script measures.
        measure: The measurement.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    arguments = parser.parse_args()
    options = Options(arguments.quick, arguments.json)
    finish(Report(title), lambda report: measure(options, report), arguments.json)


def finish(report: Report, measure: Callable[[Report], None], json_file: Path | None) -> NoReturn:
    """Measure, print, write, and end the process.

    Args:
        report: Takes the figures.
        measure: The measurement.
        json_file: Where the figures are written as well, if anywhere. Where no client is measured
            each of them stands beside the object `figures` too.
    """
    console = Console(width=None if sys.stdout.isatty() else 110)
    try:
        measure(report)
    except BenchmarkError as error:
        console.print(f"{report.title}: {error}", style="red", highlight=False, markup=False)
        sys.exit(1)
    report.print(console)
    if json_file is not None:
        flat = {} if report.gated else report.figures
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps({**flat, "figures": report.figures}, indent=2) + "\n")
    sys.exit(0 if not report.gated or report.gate.passed else 1)
