"""The point query of pgbench against the gateway and pgbouncer, over plain sockets or TLS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.pairs import Ratio, geometric_mean, interleave, median, ratio
from harness.pgbench import MODES, Load, measure
from harness.report import at_least, at_most

if TYPE_CHECKING:
    from harness.report import Options, Report, Target
    from harness.shared import Endpoint

FULL_SECONDS, QUICK_SECONDS = 4, 1
CLIENTS = (1, 8, 32)
QUICK_CLIENTS = (1, 8)


@dataclass(frozen=True, slots=True)
class Contestant:
    """Something that clients connect to.

    Attributes:
        endpoint: Where.
        pid: The root of its process tree, whose processor time is measured.
    """

    endpoint: Endpoint
    pid: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the gateway compares with the pooler over all loads.

    Attributes:
        tps: Transactions per second.
        processor: Processor time per transaction.
        p99: The latency that one transaction in a hundred exceeds.
    """

    tps: Ratio
    processor: Ratio
    p99: Ratio


def compare(
    subject: Contestant, reference: Contestant, loads: list[Load], options: Options, report: Report
) -> Comparison:
    """Measure every load in interleaved pairs.

    Args:
        subject: The gateway.
        reference: The pooler.
        loads: What to run.
        options: How the script was started.
        report: Gets one remark for each load.
    """
    ratios: dict[str, list[Ratio]] = {"tps": [], "processor_us": [], "p99_ms": []}
    for load in loads:
        samples = interleave(
            {
                "subject": partial(measure, subject.endpoint, load, subject.pid),
                "reference": partial(measure, reference.endpoint, load, reference.pid),
            },
            options.pairs,
        )
        for value, found in ratios.items():
            found.append(ratio(samples["subject"], samples["reference"], value))
        report.note(
            f"{load.mode}, {load.clients} clients: "
            f"{median(samples['subject'], 'tps'):,.0f} of "
            f"{median(samples['reference'], 'tps'):,.0f} transactions/s, "
            f"processor {ratios['processor_us'][-1]}, p99 {ratios['p99_ms'][-1]}"
        )
    return Comparison(*(geometric_mean(found) for found in ratios.values()))


def standard_loads(options: Options) -> list[Load]:
    """Return every mode with every number of clients.

    Args:
        options: How the script was started.
    """
    seconds = options.either(QUICK_SECONDS, FULL_SECONDS)
    clients = options.either(QUICK_CLIENTS, CLIENTS)
    return [Load(mode, count, seconds) for mode in MODES for count in clients]


def add_figures(
    report: Report, prefix: str, comparison: Comparison, tps_target: Target | None = None
) -> None:
    """Add the three ratios of a comparison to the report.

    Args:
        report: The report.
        prefix: What the figures' names begin with.
        comparison: The ratios.
        tps_target: The target of the first.
    """
    report.add_ratio(f"{prefix}_tps_ratio", comparison.tps, tps_target or at_least(0.85))
    report.add_ratio(f"{prefix}_processor_ratio", comparison.processor, at_most(1.4))
    report.add_ratio(f"{prefix}_p99_ratio", comparison.p99, at_most(1.25))
