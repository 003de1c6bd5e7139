"""Runs every script of benchmarks/ and prints their figures in one table.

    python scripts/bench.py [--quick] [NAME ...]

Each script writes its figures as JSON into benchmarks/results/. The table sets the figures of this
run beside those of the run before, where there was one. A script that fails makes the run fail, but
the others still run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def scripts(names: list[str]) -> list[Path]:
    """Return the benchmark scripts to run, all of them when no name is given.

    Args:
        names: Names without their ending.
    """
    found = {
        path.stem: path
        for path in sorted((ROOT / "benchmarks").glob("*.py"))
        if not path.stem.startswith("_") and path.stem != "conftest"
    }
    unknown = sorted(set(names) - set(found))
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(found)}")
    return [found[name] for name in names or found]


def figures(path: Path) -> dict[str, float]:
    """Return the figures that a benchmark wrote, none where it wrote nothing usable.

    Args:
        path: The JSON file.
    """
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): float(value) for name, value in content.get("figures", {}).items()}


def main() -> int:
    """Run the benchmarks and print the table; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="short runs, to see that they work")
    parser.add_argument("names", nargs="*", help="benchmarks to run; all of them by default")
    arguments = parser.parse_args()

    console = Console()
    table = Table(title="scrim benchmarks" + (" (quick)" if arguments.quick else ""))
    for heading in ("benchmark", "figure", "value", "run before"):
        table.add_column(heading, justify="right" if heading in {"value", "run before"} else "left")

    RESULTS.mkdir(parents=True, exist_ok=True)
    failed = []
    for script in scripts(arguments.names):
        target = RESULTS / f"{script.stem}.json"
        before = figures(target)
        target.unlink(missing_ok=True)
        console.rule(script.stem)
        command = [sys.executable, str(script), "--json", str(target)]
        started = time.monotonic()
        done = subprocess.run(command + ["--quick"] * arguments.quick, cwd=ROOT, check=False)
        console.print(f"{script.stem}: {time.monotonic() - started:.0f} s")
        after = figures(target)
        if done.returncode != 0 or not after:
            failed.append(script.stem)
            table.add_row(script.stem, "[red]failed[/red]", f"exit {done.returncode}", "")
        for name, value in after.items():
            earlier = f"{before[name]:,.3g}" if name in before else ""
            table.add_row(script.stem, name, f"{value:,.4g}", earlier)
        table.add_section()

    console.print(table)
    if failed:
        console.print(f"[red]failed: {', '.join(failed)}[/red]")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
