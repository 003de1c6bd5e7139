"""Connections opened, queried and closed per second, against the database itself.

The clients keep the key that SCRAM derives from a password, as the standard allows, so that their
own work does not hide the server's. `plain` compares with a database that asks for no password at
all; the gateway always does.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from harness.pairs import Sample, interleave, median, ratio
from harness.report import at_least, main
from harness.shared import RawClient
from harness.stand import POOLER, Stand, describe_peers
from harness.tables import POINT_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report
    from harness.shared import Endpoint

FULL_SECONDS, QUICK_SECONDS = 4.0, 1.0
CLIENT_PROCESSES = 4
SQL = "SELECT abalance FROM pgbench_accounts WHERE aid = 7"


def connect_repeatedly(endpoint: Endpoint, seconds: float) -> int:
    """Open, query and close connections one after the other; returns how many.

    Args:
        endpoint: Where to.
        seconds: How long.
    """
    count = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with RawClient(endpoint) as client:
            client.query(SQL)
        count += 1
    return count


def timed(pool: ProcessPoolExecutor, endpoint: Endpoint, seconds: float) -> Sample:
    """Let every client process connect repeatedly and return the sum of their rates."""
    futures = [pool.submit(connect_repeatedly, endpoint, seconds) for _ in range(CLIENT_PROCESSES)]
    return {"connections_per_s": sum(future.result() for future in futures) / seconds}


def measure(options: Options, report: Report) -> None:
    """Connect plainly, by SCRAM, and by SCRAM over TLS."""
    seconds = options.either(QUICK_SECONDS, FULL_SECONDS)
    with (
        Stand(POINT_TAGS) as stand,
        ProcessPoolExecutor(CLIENT_PROCESSES) as pool,
    ):
        describe_peers(stand, report)
        stand.fill_accounts(1)
        gateway = stand.gateway()
        through, direct, pooled = stand.through(gateway), stand.direct, stand.pooled
        stand.check_accounts(through, report, "before the load")
        trusted = replace(direct, user=POOLER, password="")
        ways = {
            "plain": (trusted, through, pooled),
            "scram": (direct, through, pooled),
            "tls": tuple(place.over_tls(stand.ca_file) for place in (direct, through, pooled)),
        }
        for way, places in ways.items():
            contestants = dict(zip(("direct", "scrim", "pgbouncer"), places, strict=True))
            samples = interleave(
                {name: partial(timed, pool, place, seconds) for name, place in contestants.items()},
                options.pairs,
            )
            value = "connections_per_s"
            mine = ratio(samples["scrim"], samples["direct"], value)
            report.add_ratio(f"connect_{way}_ratio", mine, at_least(5))
            report.add_ratio(
                f"connect_{way}_pgbouncer_ratio",
                ratio(samples["pgbouncer"], samples["direct"], value),
            )
            report.add(f"connect_{way}_per_s", median(samples["scrim"], value), "connections/s")
        stand.check_accounts(through, report, "after the load")


if __name__ == "__main__":
    main("connect: connections per second, of direct", measure)
