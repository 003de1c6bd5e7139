"""From the start of `scrim serve` to its first answered query."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError
from harness.report import at_most, main
from harness.shared import RawClient, RawClientError
from harness.stand import Stand, describe_peers
from harness.tables import POINT_TAGS, point_balances

if TYPE_CHECKING:
    from harness.report import Options, Report
    from harness.shared import Endpoint, GatewayProcess

TIMEOUT_S = 20.0
RETRY_S = 0.005


def first_answer(endpoint: Endpoint, report: Report) -> None:
    """Try again and again until a query is answered, and check the answer."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            with RawClient(endpoint) as client:
                client.forget()
                client.query("SELECT abalance FROM pgbench_accounts WHERE aid = 7")
                received = bytes(client.received)
                report.gate.check_bytes(received, point_balances(7, 1), "first answer")
                return
        except (OSError, RawClientError):
            time.sleep(RETRY_S)
    raise BenchmarkError(f"no query was answered within {TIMEOUT_S:g} s")


def timed(stand: Stand, gateway: GatewayProcess, report: Report) -> float:
    """Start the gateway and return the seconds until it has answered; stop it again."""
    started = time.perf_counter()
    gateway.launch()
    first_answer(stand.through(gateway), report)
    seconds = time.perf_counter() - started
    gateway.terminate()
    return seconds


def measure(options: Options, report: Report) -> None:
    """Start the gateway several times."""
    with Stand(POINT_TAGS, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        stand.fill_accounts(1)
        gateway = stand.gateway()
        gateway.terminate()
        times = [timed(stand, gateway, report) for _ in range(options.either(3, 9))]
    report.add("start_s", statistics.median(times), "s", at_most(1.5))
    report.add("start_slowest_s", max(times), "s")


if __name__ == "__main__":
    main("start: `scrim serve` until its first answered query", measure)
