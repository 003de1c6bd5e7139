"""Nanoseconds of the kernel's own work: per value, per detector, per statement shape.

Nothing of PostgreSQL takes part. Each figure is the median of several rounds over a batch, which is
how the gateway calls the kernel.
"""

from __future__ import annotations

import json
import secrets
import statistics
import struct
import time
from functools import partial
from typing import TYPE_CHECKING

from harness.report import main
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.scan import compile_detector
from scrim.kernel import Masker, Plan, ShapeHasher, analyse, normalise
from scrim.masking.choice import OperatorTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.report import Options, Report
    from scrim.kernel import Detector

BATCH_ROWS = 2000
ROUNDS, QUICK_ROUNDS = 15, 5
TEXT = {"kind": "text"}
# A value of each entity, which no masked value may equal.
VALUES = {
    "contact.email": "adelheid.winterbottom{:06d}@mail.example.org",
    "contact.phone": "+1 415 555 {:04d}",
    "contact.street_address": "{:d} Meadow Boulevard",
    "person.full": "Adelheid Winterbottom",
    "financial.card": "4539578763621486",
    "us.ssn": "536-90-4399",
    "network.ipv4": "203.0.113.77",
}
REVERSIBLE = {
    "siv": "adelheid.winterbottom{:06d}@mail.example.org",
    "ff1": "45395787{:08d}",
}
CLEAN_TEXT = "The parcel was handed over at the counter in good order; the receipt was kept."
BUSY_TEXT = (
    "Write to adelheid@mail.example.org or call +1 415 555 0134 about card 4539578763621486."
)
STATEMENTS = {
    "point": "SELECT abalance FROM pgbench_accounts WHERE aid = 12345",
    "join": (
        "SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id "
        "WHERE o.placed > '2025-01-01' AND c.region IN ('north', 'south') GROUP BY c.name "
        "ORDER BY 2 DESC LIMIT 20"
    ),
}


def nanoseconds(work: Callable[[], object], count: int, rounds: int) -> float:
    """Return the median time of one of `count` pieces of work that a call does.

    Args:
        work: The call.
        count: How many pieces it does.
        rounds: How often it is timed.
    """
    times = []
    for _ in range(rounds):
        started = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - started) / count)
    return statistics.median(times)


def data_rows(cells: Sequence[str]) -> bytes:
    """Return DataRow messages of one column each.

    Args:
        cells: The values.
    """
    parts = []
    for cell in cells:
        value = cell.encode()
        parts.append(struct.pack("!cihi", b"D", 10 + len(value), 1, len(value)) + value)
    return b"".join(parts)


def measure(options: Options, report: Report) -> None:
    """Time masking, scanning and reading of statements."""
    rounds = options.either(QUICK_ROUNDS, ROUNDS)
    catalogue = builtin_catalogue()
    detector = compile_detector(catalogue)
    table = OperatorTable({})
    masker = Masker(secrets.token_bytes(32), detector, table.masker_config(catalogue.names))
    for entity, pattern in VALUES.items():
        values = [pattern.format(number) for number in range(BATCH_ROWS)]
        rule = {
            "action": "mask",
            "type": TEXT,
            "operator": dict(table.of_entity(entity)),
            "domain": entity,
        }
        rows = data_rows(values)
        plan = Plan(json.dumps({"columns": [rule]}), masker)
        masked = plan.rewrite(rows)
        planted = [value.encode() for value in set(values)]
        report.gate.check_bytes(masked, planted[:200], entity)
        name = entity.replace(".", "_")
        spent = nanoseconds(partial(plan.rewrite, rows), BATCH_ROWS, rounds)
        report.add(f"kernel_mask_{name}_ns", spent, "ns")
    measure_revealing(report, masker, rounds)
    measure_rewriting(report, masker, rounds)
    measure_scanning(report, detector, catalogue.names, rounds)
    measure_statements(report, rounds)


def measure_revealing(report: Report, masker: Masker, rounds: int) -> None:
    """Time the operators that are made to be turned back, there and back."""
    for name, pattern in REVERSIBLE.items():
        values = [pattern.format(number) for number in range(BATCH_ROWS)]
        operator = {"name": name}
        rule = {"action": "mask", "type": TEXT, "operator": operator, "domain": name}
        rows = data_rows(values)
        plan = Plan(json.dumps({"columns": [rule]}), masker)
        spent = nanoseconds(partial(plan.rewrite, rows), BATCH_ROWS, rounds)
        report.add(f"kernel_mask_with_{name}_ns", spent, "ns")
        masked = [plan.rewrite(data_rows([value]))[11:] for value in values]
        work = partial(masker.reveal, json.dumps(operator), json.dumps(TEXT), name, masked)
        if work() != [value.encode() for value in values]:
            raise RuntimeError(f"what {name} has masked does not come back")
        report.add(f"kernel_reveal_{name}_ns", nanoseconds(work, BATCH_ROWS, rounds), "ns")


def measure_rewriting(report: Report, masker: Masker, rounds: int) -> None:
    """Time rows that pass and rows whose text is scanned."""
    scanned = Plan(json.dumps({"columns": [{"action": "scan", "type": TEXT}]}), masker)
    for name, text in (("clean", CLEAN_TEXT), ("busy", BUSY_TEXT)):
        rows = data_rows([text] * BATCH_ROWS)
        if name == "busy":
            planted = [b"adelheid@mail.example.org", b"4539578763621486"]
            report.gate.check_bytes(scanned.rewrite(rows), planted, "scanned text")
        spent = nanoseconds(partial(scanned.rewrite, rows), BATCH_ROWS, rounds)
        report.add(f"kernel_scan_{name}_cell_ns", spent, "ns")
        report.add(f"kernel_scan_{name}_byte_ns", spent / len(text), "ns")


def measure_scanning(report: Report, detector: Detector, names: Sequence[str], rounds: int) -> None:
    """Time the detector on clean text with each entity hinted at, as for a column of it."""
    cells = [CLEAN_TEXT.encode()] * BATCH_ROWS
    for place, entity in enumerate(names):
        spent = nanoseconds(partial(detector.scan, cells, place), BATCH_ROWS, rounds)
        report.add(f"kernel_detect_{entity.replace('.', '_')}_ns", spent, "ns")


def measure_statements(report: Report, rounds: int) -> None:
    """Time fingerprints, literal-free texts and full analyses."""
    hasher = ShapeHasher(secrets.token_bytes(16))
    count = 500

    def repeat(work: Callable[[], object]) -> Callable[[], object]:
        return lambda: [work() for _ in range(count)]

    for name, sql in STATEMENTS.items():
        data = sql.encode()
        shape = repeat(partial(hasher.shape, data))
        report.add(f"kernel_shape_{name}_ns", nanoseconds(shape, count, rounds), "ns")
        literal_free = repeat(partial(normalise, data, 4096))
        report.add(f"kernel_normalise_{name}_ns", nanoseconds(literal_free, count, rounds), "ns")
        analysis = repeat(partial(analyse, sql))
        report.add(f"kernel_analyse_{name}_ns", nanoseconds(analysis, count, rounds), "ns")


if __name__ == "__main__":
    main("kernel: nanoseconds of its own work", measure)
