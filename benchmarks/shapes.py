"""Statements whose shape was never seen before, against the same statement over and over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.pairs import interleave, median, ratio
from harness.pgbench import Load
from harness.pgbench import measure as run_pgbench
from harness.report import at_least, main
from harness.stand import Stand, describe_peers
from harness.tables import POINT_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report

FULL_SECONDS, QUICK_SECONDS = 5, 1
CLIENTS = 8
# The name of the result column is part of a statement's shape; the number in the condition is not.
STATEMENT = "SELECT abalance AS balance_:name FROM pgbench_accounts WHERE aid = :aid;\n"
AID = "\\set aid random(1, 100000)\n"
SCRIPTS = {
    "new": f"{AID}\\set name random(1, 1000000000000)\n{STATEMENT}",
    "cached": f"{AID}\\set name 7\n{STATEMENT}",
}


def measure(options: Options, report: Report) -> None:
    """Run both scripts with 8 clients by the simple protocol."""
    seconds = options.either(QUICK_SECONDS, FULL_SECONDS)
    with Stand(POINT_TAGS, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        stand.fill_accounts(1)
        gateway = stand.gateway()
        through = stand.through(gateway)
        stand.check_accounts(through, report, "before the load")
        samples = interleave(
            {
                name: partial(
                    run_pgbench, through, Load("simple", CLIENTS, seconds, script), gateway.pid
                )
                for name, script in SCRIPTS.items()
            },
            options.pairs,
        )
        stand.check_accounts(through, report, "after the load")
    report.add_ratio("shapes_ratio", ratio(samples["new"], samples["cached"], "tps"), at_least(0.6))
    for name, found in samples.items():
        report.add(f"shapes_{name}_processor_us", median(found, "processor_us"), "us")


if __name__ == "__main__":
    main("shapes: every statement a new shape, of the cached case", measure)
