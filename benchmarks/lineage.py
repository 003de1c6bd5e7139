"""Lineage of result columns: what it misses, what it masks without need, and what it costs.

The queries are those of TPC-H and TPC-DS with five protected columns each, judged by the server's
own analysis of each query (`tests/oracles`). Times are of one statement after another in one
process, in processor time, so that what else the machine does counts little.
"""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from harness.report import Options, Report, at_least, at_most, main
from harness.shared import create_database, embedded_server
from scrim.kernel import ShapeHasher
from scrim.statements.catalog import Catalog
from scrim.statements.catalog_queries import LOAD
from scrim.statements.essence import essence, facts_of
from scrim.statements.lineage import Lineage
from tests.oracles.benchmark_queries import PROTECTED, Benchmark, obtain
from tests.oracles.lineage_check import compare, described

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.postgres import PostgresServer

TABLES, QUICK_TABLES = 10_000, 2_000
TABLES_AT_ONCE = 500
ROUNDS, QUICK_ROUNDS = 7, 3
KNOWN = 20_000
TYPICAL = (
    "SELECT c_custkey, c_name, c_phone FROM customer WHERE c_custkey = 7",
    "SELECT o_orderkey, o_totalprice FROM orders WHERE o_custkey = $1 ORDER BY o_orderdate DESC",
    "SELECT c.c_name, count(*), sum(o.o_totalprice) FROM customer c JOIN orders o "
    "ON o.o_custkey = c.c_custkey GROUP BY c.c_name HAVING count(*) > 3 ORDER BY 3 DESC LIMIT 10",
    "SELECT * FROM supplier WHERE s_nationkey IN (SELECT n_nationkey FROM nation)",
    "UPDATE customer SET c_acctbal = $1 WHERE c_custkey = $2 RETURNING c_custkey, c_acctbal",
    "INSERT INTO orders (o_orderkey, o_custkey, o_totalprice) VALUES ($1, $2, $3)",
    "WITH recent AS (SELECT * FROM orders WHERE o_orderdate > '1998-01-01') "
    "SELECT c_name, o_orderkey FROM recent JOIN customer ON c_custkey = o_custkey",
    "SELECT upper(c_name), left(c_phone, 3) FROM customer LIMIT 100",
)


def measure(options: Options, report: Report) -> None:
    """Judge both benchmarks, then measure times, then a large catalog."""
    report.gated = False
    rounds = options.either(QUICK_ROUNDS, ROUNDS)
    with embedded_server() as server:
        found = []
        for benchmark in obtain():
            database = benchmark.name.replace("-", "_")
            create_database(server, database)
            server.execute(benchmark.schema, database)
            with psycopg.connect(server.dsn(database), autocommit=True) as connection:
                catalog = load(connection)
                judged = compare(connection, catalog, benchmark.queries, PROTECTED[benchmark.name])
                if judged.refused:
                    raise RuntimeError(f"the server refuses queries: {judged.refused}")
                found.append(judged)
                measure_times(report, benchmark, connection, catalog, rounds)
        columns = sum(one.columns for one in found)
        needless = sum(len(one.needless) for one in found)
        report.add("lineage_queries", sum(one.queries for one in found), target=at_least(121))
        report.add("lineage_columns", columns)
        report.add("lineage_protected_columns", sum(one.protected for one in found))
        report.add("lineage_missed", sum(len(one.missed) for one in found), target=at_most(0))
        report.add("lineage_needless_percent", 100 * needless / columns, "%", at_most(2))
        measure_known(report)
        measure_catalog(report, server, options.either(QUICK_TABLES, TABLES))


def load(connection: psycopg.Connection) -> Catalog:
    """Return the snapshot of a database."""
    row = connection.execute(LOAD.encode()).fetchone()
    assert row is not None
    return Catalog.from_json(row[0])


def measure_times(
    report: Report,
    benchmark: Benchmark,
    connection: psycopg.Connection,
    catalog: Catalog,
    rounds: int,
) -> None:
    """Time statements of new shapes: their analysis, and the lineage of their results."""

    def milliseconds(sql: str) -> float:
        fields = described(connection, sql)
        lineage = Lineage(catalog)

        def decide() -> None:
            for facts in facts_of(essence(sql.encode())):
                lineage.resolve(facts, fields)
                lineage.influences(facts)

        return least(decide, rounds)

    name = benchmark.name.replace("-", "_")
    times = [milliseconds(sql) for sql in benchmark.queries]
    report.add(f"lineage_new_{name}_median_ms", statistics.median(times), "ms")
    highest = statistics.quantiles(times, n=100, method="inclusive")[98]
    report.add(f"lineage_new_{name}_p99_ms", highest, "ms", at_most(30))
    if benchmark.name == "tpc-h":
        typical = statistics.median(milliseconds(sql) for sql in TYPICAL)
        report.add("lineage_new_typical_median_ms", typical, "ms", at_most(3))


def measure_known(report: Report) -> None:
    """Time how a statement of a known shape is recognised."""
    hasher = ShapeHasher(bytes(16))
    statements = [sql.encode() for sql in TYPICAL]
    known = {hasher.shape(sql): sql for sql in statements}

    def recognise() -> None:
        for _ in range(KNOWN // len(statements)):
            for sql in statements:
                known[hasher.shape(sql)]

    report.add("lineage_known_us", 1e3 * least(recognise, ROUNDS) / KNOWN, "us", at_most(10))


def measure_catalog(report: Report, server: PostgresServer, tables: int) -> None:
    """Time how a large catalog is loaded, and how much memory that takes."""
    create_database(server, "large")
    with psycopg.connect(server.dsn("large"), autocommit=True) as connection:
        for first in range(0, tables, TABLES_AT_ONCE):
            connection.execute(
                ";".join(
                    f"CREATE TABLE t{number} (a int, b text, c varchar(20), d numeric(10, 2), "
                    "e timestamptz, f jsonb, g bool, h uuid, i text[], j date)"
                    for number in range(first, first + TABLES_AT_ONCE)
                ).encode()
            )
        gc.collect()
        # The highest use of memory is counted from here on.
        Path("/proc/self/clear_refs").write_text("5")
        before = kilobytes("VmRSS")
        started = time.perf_counter()
        catalog = load(connection)
        seconds = time.perf_counter() - started
        used = kilobytes("VmHWM") - before
    assert catalog.named("public", f"t{tables - 1}")
    scale = TABLES / tables
    report.add("lineage_catalog_load_s", seconds * scale, "s", at_most(2))
    report.add("lineage_catalog_mb", used / 1024 * scale, "MB", at_most(200))


def kilobytes(name: str) -> int:
    """Return a figure of this process's memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def least(work: Callable[[], None], rounds: int) -> float:
    """Return the least processor time of some rounds, in milliseconds."""
    found = []
    for _ in range(rounds):
        started = time.process_time_ns()
        work()
        found.append(time.process_time_ns() - started)
    return min(found) / 1e6


if __name__ == "__main__":
    main("lineage: what it misses, what it masks without need, what it costs", measure)
