"""Bulk reads of 10 columns, five of them masked, against the database itself.

Beside the gateway run two views that mask the same columns inside the database, and the gateway
again with every text cell searched for entities.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from harness.bulk_check import check_bulk
from harness.commands import BenchmarkError, program, run
from harness.pairs import Sample, geometric_mean, interleave, median, ratio
from harness.report import at_least, main
from harness.shared import RawClient
from harness.stand import Stand, describe_peers
from harness.tables import BULK_CLEAN_TAGS, BULK_PROTECTED, BULK_TAGS, masking_views_sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.report import Options, Report
    from harness.shared import Endpoint

FULL_ROWS, QUICK_ROWS = 200_000, 20_000
SCANNED = "bench_scanned"
WAYS = ("psql", "binary", "copy")


def read_by_psql(endpoint: Endpoint, relation: str) -> int:
    """Read a relation as text by psql and throw the rows away."""
    argv = [program("psql"), "-X", "-q", "-A", "-t", "-o", "/dev/null"]
    run([*argv, "-c", f"SELECT * FROM {relation}"], environment=endpoint.environment())
    return 0


def read_by_binary(endpoint: Endpoint, relation: str) -> int:
    """Read a relation in binary by psycopg, which parses every row but converts no value."""
    with (
        psycopg.connect(endpoint.conninfo(), autocommit=True) as connection,
        connection.cursor(binary=True) as cursor,
    ):
        cursor.execute(f"SELECT * FROM {relation}".encode())
        return cursor.rowcount


def read_by_copy(endpoint: Endpoint, relation: str) -> int:
    """Read a relation by COPY."""
    with (
        psycopg.connect(endpoint.conninfo(), autocommit=True) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT * FROM {relation}) TO STDOUT".encode()) as copy,
    ):
        return sum(1 for _ in copy)


READERS: dict[str, Callable[[Endpoint, str], int]] = {
    "psql": read_by_psql,
    "binary": read_by_binary,
    "copy": read_by_copy,
}


def timed(way: str, endpoint: Endpoint, relation: str, rows: int) -> Sample:
    """Read a relation once and return the rows per second."""
    started = time.perf_counter()
    count = READERS[way](endpoint, relation)
    seconds = time.perf_counter() - started
    if count not in {0, rows}:
        raise BenchmarkError(f"{way} through {endpoint.name} read {count} of {rows} rows")
    return {"rows_per_s": rows / seconds}


def check_copy(direct: Endpoint, through: Endpoint, report: Report, where: str) -> None:
    """Hold COPY's lines through the gateway against those of the database."""
    sql = b"COPY (SELECT * FROM bulk ORDER BY id LIMIT 500) TO STDOUT"
    lines = []
    for endpoint in (direct, through):
        with (
            psycopg.connect(endpoint.conninfo(), autocommit=True) as connection,
            connection.cursor() as cursor,
            cursor.copy(sql) as copy,
        ):
            text = b"".join(bytes(block) for block in copy)
            lines.append([line.split(b"\t") for line in text.splitlines()])
    report.gate.check_rows(lines[0], lines[1], BULK_PROTECTED, f"{where}, COPY")


def measure(options: Options, report: Report) -> None:
    """Read the whole table by psql, by psycopg in binary and by COPY."""
    rows = options.either(QUICK_ROWS, FULL_ROWS)
    tags = {**BULK_TAGS, **BULK_CLEAN_TAGS}
    with Stand(tags, others={SCANNED: BULK_TAGS}, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        stand.fill_bulk(rows)
        stand.postgres.execute(masking_views_sql(), stand.direct.database)
        gateway = stand.gateway()
        through, scanned = stand.through(gateway), stand.through(gateway, SCANNED)
        for endpoint, where in ((through, "column rules"), (scanned, "every cell scanned")):
            check_bulk(stand.direct, endpoint, report, where, 500 if options.quick else 0)
            check_copy(stand.direct, endpoint, report, where)
        note_row_width(stand.direct, report, rows)
        contestants = {
            "direct": (stand.direct, "bulk"),
            "masked": (through, "bulk"),
            "scanned": (scanned, "bulk"),
            "view_hashed": (stand.direct, "bulk_hashed"),
            "view_partial": (stand.direct, "bulk_partial"),
        }
        samples = {
            way: interleave(
                {name: partial(timed, way, *place, rows) for name, place in contestants.items()},
                options.pairs,
            )
            for way in WAYS
        }
    add_figures(report, samples)


def note_row_width(direct: Endpoint, report: Report, rows: int) -> None:
    """Note how wide the rows are on the wire."""
    with RawClient(direct) as client:
        client.forget()
        client.query("SELECT * FROM bulk LIMIT 1000")
        report.note(f"{rows:,} rows of {len(client.received) / 1000:.0f} bytes")


def add_figures(report: Report, samples: dict[str, dict[str, list[Sample]]]) -> None:
    """Add a ratio for each way and contestant, and their geometric means."""
    targets = {"masked": at_least(0.70), "scanned": at_least(0.50)}
    for name in ("masked", "scanned", "view_hashed", "view_partial"):
        ratios = {
            way: ratio(found[name], found["direct"], "rows_per_s") for way, found in samples.items()
        }
        for way, value in ratios.items():
            report.add_ratio(f"bulk_{name}_{way}_ratio", value, targets.get(name))
        report.add_ratio(f"bulk_{name}_ratio", geometric_mean(ratios.values()), targets.get(name))
    for way, found in samples.items():
        report.add(f"bulk_{way}_rows_per_s", median(found["masked"], "rows_per_s"), "rows/s")


if __name__ == "__main__":
    main("bulk: whole tables, of direct", measure)
