"""Runs pgbench and reads what it measured, transaction by transaction."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError, program, run
from harness.pairs import Sample, percentile
from harness.shared import processor_seconds

if TYPE_CHECKING:
    from harness.shared import Endpoint

MODES = ("simple", "extended", "prepared")
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: ([0-9]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of load.

    Attributes:
        mode: How statements are sent: simple, extended or prepared.
        clients: Connections at one time.
        seconds: How long.
        script: The statements; the built-in point query without them.
        reconnect: Whether each transaction opens its own connection.
    """

    mode: str
    clients: int
    seconds: float
    script: str = ""
    reconnect: bool = False


def initialise(endpoint: Endpoint, scale: int) -> None:
    """Create and fill pgbench's tables.

    Args:
        endpoint: The database.
        scale: Hundreds of thousands of accounts.
    """
    argv = [program("pgbench"), "--initialize", "--quiet", f"--scale={scale}"]
    run(argv, environment=endpoint.environment())


def measure(endpoint: Endpoint, load: Load, pid: int | None = None) -> Sample:
    """Run a load.

    Args:
        endpoint: Where to.
        load: What.
        pid: A process whose tree's processor time is measured.

    Returns:
        `tps`, `p50_ms`, `p99_ms` and, with a pid, `processor_us` per transaction.

    Raises:
        BenchmarkError: pgbench failed, or a transaction did.
    """
    with tempfile.TemporaryDirectory(prefix="scrim-pgbench-") as name:
        folder = Path(name)
        argv = [
            *(program("pgbench"), "--no-vacuum", f"--protocol={load.mode}"),
            *(f"--client={load.clients}", f"--jobs={min(load.clients, 2)}"),
            *(f"--time={max(1, round(load.seconds))}", "--log", f"--log-prefix={folder / 'log'}"),
        ]
        if load.reconnect:
            argv.append("--connect")
        if load.script:
            (folder / "script.sql").write_text(load.script)
            argv.append(f"--file={folder / 'script.sql'}")
        else:
            argv.append("--select-only")
        before = 0.0 if pid is None else processor_seconds(pid)
        output = run(argv, environment=endpoint.environment())
        used = 0.0 if pid is None else processor_seconds(pid) - before
        latencies = _latencies(folder)
    return _sample(output, latencies, used, endpoint.name)


def _sample(output: str, latencies: list[int], used: float, name: str) -> Sample:
    tps, failed = _TPS.search(output), _FAILED.search(output)
    if tps is None or not latencies or (failed is not None and failed[1] != "0"):
        raise BenchmarkError(f"pgbench against {name} had failed transactions: {output[-1000:]}")
    return {
        "tps": float(tps[1]),
        "p50_ms": percentile(latencies, 0.5) / 1000,
        "p99_ms": percentile(latencies, 0.99) / 1000,
        "processor_us": max(used, 1e-9) * 1e6 / len(latencies),
    }


def _latencies(folder: Path) -> list[int]:
    """Read the third field, the microseconds, of every line of the logs."""
    return [
        int(line.split(" ", 3)[2])
        for path in folder.glob("log.*")
        for line in path.read_text().splitlines()
    ]
