"""Megabytes a second of detection and masking together, from raw batches to masked ones, one core.

The rows are those of `benchmarks/detection.py`: an ordinary table of a shop, and the same with an
e-mail address, a phone number, a name and a street beside. What the columns hold is found by the
masker itself, in every round anew. Rounds of the works that are compared alternate, so that the
ratios hold however busy the machine is. Bytes are those of the values as text. Nothing of
PostgreSQL takes part.
"""

from __future__ import annotations

import argparse
import io
import random
import secrets
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

import scrim
from harness.detection_speed import SEED, ordinary_row, personal_cells, wire_rows
from harness.pairs import interleave, ratio
from harness.report import Options, Report, at_least, finish
from scrim.cli.mask_files import mask_csv
from scrim.cli.mask_json import mask_json_lines
from scrim.detection.scan import gateway_scanner
from scrim.domain.decision import ColumnDecision
from scrim.kernel import Plan
from scrim.masking.choice import OperatorTable
from scrim.masking.keys import MaskingKey
from scrim.masking.plans import new_masker
from scrim.masking.rewriter import PlannedColumn, compile_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.pairs import Sample

ROWS, QUICK_ROWS = 100_000, 20_000
FILE_ROWS, QUICK_FILE_ROWS = 50_000, 10_000
NAMES = (
    *("id", "placed", "state", "count", "price", "currency", "article", "title", "remark"),
    *("gift", "code", "page"),
)
PERSONAL = ("name", "email", "phone", "street")
KEY = secrets.token_bytes(32)


def rows_of(count: int, *, mixed: bool) -> list[list[str]]:
    """Return rows.

    Args:
        count: How many.
        mixed: Whether personal values stand beside.
    """
    chance = random.Random(SEED)
    ordinary = [ordinary_row(chance, number) for number in range(count)]
    return [[*row, *personal_cells(chance).values()] for row in ordinary] if mixed else ordinary


def batch_of(rows: Sequence[Sequence[str]], *, mixed: bool) -> pa.RecordBatch:
    """Return rows as a batch of texts.

    Args:
        rows: The rows.
        mixed: Whether personal values stand beside.
    """
    names = (*NAMES, *PERSONAL) if mixed else NAMES
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=names)


def timed(work: Callable[[], object], megabytes: float) -> Callable[[], Sample]:
    """Return a work that says how fast it was, by the processor time that it took.

    Args:
        work: The work.
        megabytes: What it gets through.
    """

    def sample() -> Sample:
        started = time.process_time()
        work()
        return {"mb_s": megabytes / (time.process_time() - started)}

    return sample


def speed(samples: Sequence[Sample]) -> float:
    """Return the median of speeds.

    Args:
        samples: What the rounds gave.
    """
    return statistics.median(sample["mb_s"] for sample in samples)


def wire_plan(masker: scrim.BatchMasker) -> Plan:
    """Return the plan that the gateway would have for the same columns.

    Args:
        masker: Has decided the columns.
    """
    operators = OperatorTable({})
    kernel = new_masker(MaskingKey(KEY), gateway_scanner().detector, operators)
    columns = [
        PlannedColumn(ColumnDecision(one.treatment, one.entity), {"kind": "text"})
        for one in masker.columns
    ]
    return Plan(compile_plan(columns, operators), kernel)


def csv_bytes(rows: Sequence[Sequence[str]], names: Sequence[str]) -> bytes:
    """Return rows as CSV.

    Args:
        rows: The rows, whose values need no quotes.
        names: Names of the columns.
    """
    return "".join(",".join(row) + "\n" for row in [list(names), *rows]).encode()


def json_bytes(rows: Sequence[Sequence[str]], names: Sequence[str]) -> bytes:
    """Return rows as JSON lines.

    Args:
        rows: The rows, whose values need no escapes.
        names: Names of the columns.
    """
    lines = (
        "{" + ", ".join(f'"{n}": "{v}"' for n, v in zip(names, row, strict=True)) + "}\n"
        for row in rows
    )
    return "".join(lines).encode()


def measure_kind(options: Options, report: Report, kind: str) -> None:
    """Measure batches and wire rows of one kind.

    Args:
        options: How the script was started.
        report: Takes the figures.
        kind: `rows` or `mixed`.
    """
    mixed = kind == "mixed"
    rows = rows_of(options.either(QUICK_ROWS, ROWS), mixed=mixed)
    batch = batch_of(rows, mixed=mixed)
    size = sum(len(cell.encode()) for row in rows for cell in row) / 1e6
    decided = scrim.BatchMasker(batch.schema, scrim.mask_settings(KEY))
    decided.mask(batch)
    wire, plan = wire_rows(rows), wire_plan(decided)
    works = {
        "arrow": timed(lambda: scrim.mask(batch, key=KEY, late="search"), size),
        "wire": timed(lambda: plan.rewrite(wire), size),
    }
    samples = interleave(works, options.pairs)
    report.add(f"masking_{kind}_mb_s", speed(samples["arrow"]), "MB/s", at_least(60))
    report.add_ratio(f"masking_{kind}_of_wire", ratio(samples["arrow"], samples["wire"], "mb_s"))


def measure_files(options: Options, report: Report) -> None:
    """Measure files from bytes to bytes, reading and writing included.

    Args:
        options: How the script was started.
        report: Takes the figures.
    """
    rows = rows_of(options.either(QUICK_FILE_ROWS, FILE_ROWS), mixed=True)
    names = (*NAMES, *PERSONAL)
    settings = scrim.mask_settings(KEY, late="search")
    files = {"csv": csv_bytes(rows, names), "jsonl": json_bytes(rows, names)}

    def reader(name: str) -> Any:  # noqa: ANN401 - a reader of bytes in memory
        raw: Any = io.BytesIO(files[name])
        return io.BufferedReader(raw)

    works: dict[str, Callable[[], object]] = {
        "csv": lambda: mask_csv(
            reader("csv"), io.BytesIO(), Path("rows.csv"), header=True, settings=settings
        ),
        "jsonl": lambda: mask_json_lines(reader("jsonl"), io.BytesIO(), settings),
    }
    megabytes = {name: len(content) / 1e6 for name, content in files.items()}
    samples = interleave(
        {name: timed(work, megabytes[name]) for name, work in works.items()}, options.pairs
    )
    for name, found in samples.items():
        report.add(f"masking_{name}_file_mb_s", speed(found), "MB/s")


def measure(options: Options, report: Report) -> None:
    """Measure everything.

    Args:
        options: How the script was started.
        report: Takes the figures.
    """
    pa.set_cpu_count(1)
    for kind in ("rows", "mixed"):
        measure_kind(options, report, kind)
    measure_files(options, report)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    given = parser.parse_args()
    finish(
        Report("masking: detection and masking together", gated=False),
        lambda report: measure(Options(given.quick, given.json), report),
        given.json,
    )
