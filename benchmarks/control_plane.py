"""Latency of point queries while Python is busy with other work: new shapes and sign-ins."""

from __future__ import annotations

import multiprocessing
import time
from functools import partial
from typing import TYPE_CHECKING

from harness.pairs import Sample, interleave, median, ratio
from harness.pgbench import Load
from harness.pgbench import measure as run_pgbench
from harness.report import at_most, main
from harness.shared import RawClient
from harness.stand import Stand, describe_peers
from harness.tables import POINT_TAGS

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from harness.report import Options, Report
    from harness.shared import Endpoint

FULL_SECONDS, QUICK_SECONDS = 5, 1
CLIENTS = 4
SHAPES_PER_CONNECTION = 20


def make_python_work(endpoint: Endpoint, stop: Event) -> None:
    """Sign in and send statements of new shapes until told to stop.

    Args:
        endpoint: The gateway.
        stop: Set at the end.
    """
    number = 0
    while not stop.is_set():
        with RawClient(endpoint) as client:
            client.forget(keep=False)
            for _ in range(SHAPES_PER_CONNECTION):
                number += 1
                client.query(f"SELECT bid AS branch_{number} FROM pgbench_accounts WHERE aid = 5")


def busy(endpoint: Endpoint, load: Load) -> Sample:
    """Measure the load while another client keeps Python busy."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    worker = context.Process(target=make_python_work, args=(endpoint, stop), daemon=True)
    worker.start()
    try:
        time.sleep(0.5)
        return run_pgbench(endpoint, load)
    finally:
        stop.set()
        worker.join(10)


def measure(options: Options, report: Report) -> None:
    """Run prepared point queries, quiet and beside a client that keeps Python busy."""
    load = Load("prepared", CLIENTS, options.either(QUICK_SECONDS, FULL_SECONDS))
    with Stand(POINT_TAGS, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        stand.fill_accounts(1)
        gateway = stand.gateway()
        through = stand.through(gateway)
        stand.check_accounts(through, report, "before the load")
        samples = interleave(
            {
                "busy": partial(busy, through, load),
                "quiet": partial(run_pgbench, through, load),
            },
            options.pairs,
        )
        stand.check_accounts(through, report, "after the load")
    p99 = ratio(samples["busy"], samples["quiet"], "p99_ms")
    report.add_ratio("control_plane_p99_ratio", p99, at_most(3))
    report.add("control_plane_quiet_p99_ms", median(samples["quiet"], "p99_ms"), "ms")
    report.add("control_plane_busy_p99_ms", median(samples["busy"], "p99_ms"), "ms")


if __name__ == "__main__":
    main("control-plane: point queries while Python is busy, of quiet", measure)
