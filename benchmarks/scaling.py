"""Point queries through one and through two workers."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from harness.pairs import interleave, median, ratio
from harness.pgbench import Load
from harness.pgbench import measure as run_pgbench
from harness.report import main
from harness.stand import Stand, describe_peers
from harness.tables import POINT_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report

FULL_SECONDS, QUICK_SECONDS = 5, 1
CLIENTS = 32


def measure(options: Options, report: Report) -> None:
    """Run prepared point queries with 32 clients."""
    load = Load("prepared", CLIENTS, options.either(QUICK_SECONDS, FULL_SECONDS))
    with Stand(POINT_TAGS, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        report.note(f"{os.cpu_count()} cores, shared with PostgreSQL and pgbench")
        stand.fill_accounts(1)
        contestants = {}
        for name, workers in (("two", 2), ("one", 1)):
            gateway = stand.gateway(workers)
            through = stand.through(gateway)
            stand.check_accounts(through, report, f"{name} before the load")
            contestants[name] = partial(run_pgbench, through, load, gateway.pid)
        samples = interleave(contestants, options.pairs)
        stand.check_accounts(through, report, "after the load")
    report.add_ratio("scaling_two_workers_ratio", ratio(samples["two"], samples["one"], "tps"))
    for name, found in samples.items():
        report.add(f"scaling_{name}_tps", median(found, "tps"), "transactions/s")
        report.add(f"scaling_{name}_processor_us", median(found, "processor_us"), "us")


if __name__ == "__main__":
    main("scaling: two workers, of one", measure)
