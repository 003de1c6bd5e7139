"""The queries and schemas of TPC-H and TPC-DS, from the source package of sqlglot.

The texts are the Transaction Processing Performance Council's, whose licence does not let them be
kept here. sqlglot has them among its tests, with the substitutions filled in; pip fetches its
source package in a fixed version, checked by its digest, into .build/.
"""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build" / "benchmark-queries"
VERSION = "30.30.0"
SHA256 = "b8e344042c85d7baa1d0d827127dfe1611ce9ac59bceab6fe370665baeb14ce7"
TIMEOUT_S = 300
PROTECTED = {
    "tpc-h": (
        "customer.c_name",
        "customer.c_phone",
        "customer.c_acctbal",
        "supplier.s_phone",
        "orders.o_totalprice",
    ),
    "tpc-ds": (
        "customer.c_first_name",
        "customer.c_last_name",
        "customer.c_email_address",
        "customer_address.ca_street_name",
        "store_sales.ss_net_profit",
    ),
}
"""Five columns of each that are taken for protected."""
_TYPES = {"bigint": "bigint", "int": "int", "uint": "int", "double": "numeric", "string": "text"}


class BenchmarkQueriesError(RuntimeError):
    """The queries cannot be had; what needs them fails, and is never skipped."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark's schema and queries.

    Attributes:
        name: `tpc-h` or `tpc-ds`.
        schema: Statements that create the tables.
        queries: The queries in their order.
        rewritten: The same as sqlglot's optimiser writes them.
    """

    name: str
    schema: str
    queries: tuple[str, ...]
    rewritten: tuple[str, ...]


def obtain() -> tuple[Benchmark, ...]:
    """Return both benchmarks, fetched on the first call.

    Raises:
        BenchmarkQueriesError: They cannot be fetched.
    """
    folder = CACHE / f"sqlglot-{VERSION}" / "tests"
    if not folder.exists():
        _fetch()
    helpers = (folder / "helpers.py").read_text()
    found = []
    for name, variable in (("tpc-h", "TPCH_SCHEMA"), ("tpc-ds", "TPCDS_SCHEMA")):
        text = (folder / f"fixtures/optimizer/{name}/{name}.sql").read_text()
        pairs = [_statements(part) for part in re.split(r"(?m)^-+\n-- TPC.*\n-+\n", text)[1:]]
        queries, rewritten = zip(*pairs, strict=True)
        found.append(Benchmark(name, _schema(helpers, variable), queries, rewritten))
    return tuple(found)


def _fetch() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "sqlglot", "--dest", str(CACHE), f"sqlglot=={VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    archive = CACHE / f"sqlglot-{VERSION}.tar.gz"
    if done.returncode != 0 or not archive.exists():
        raise BenchmarkQueriesError(f"pip cannot fetch sqlglot {VERSION}: {done.stderr[-400:]}")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise BenchmarkQueriesError(f"{archive.name} is not the package that it was")
    with tarfile.open(archive) as package:
        package.extractall(CACHE, filter="data")


def _statements(part: str) -> tuple[str, str]:
    lines = [line for line in part.splitlines() if not line.startswith("#")]
    statements = [text.strip() for text in "\n".join(lines).split(";") if text.strip()]
    original, rewritten = statements
    return _spelt(original), _spelt(rewritten)


def _spelt(sql: str) -> str:
    """Return a query in PostgreSQL's spelling."""
    sql = re.sub(r"(?i)\bas\s+string\b", "AS text", sql.replace("`", '"'))
    if re.search(r"(?i)case\s+when\s+\"?lochierarchy", sql):
        # An expression to sort by cannot name a result column, unless it is that of a subquery.
        before, order = re.split(r"(?i)\border\s+by\b(?!.*\border\s+by\b)", sql, flags=re.DOTALL)
        return f"SELECT * FROM ({before}) results ORDER BY {order}"
    return sql


def _schema(helpers: str, variable: str) -> str:
    found = re.search(rf"(?ms)^{variable}[^=\n]*= (\{{.*?^\}})", helpers)
    if found is None:
        raise BenchmarkQueriesError(f"sqlglot's tests have no {variable} any more")
    tables = ast.literal_eval(found.group(1))
    return "".join(
        f"CREATE TABLE {table} ("
        + ", ".join(f"{name} {_type(name, kind)}" for name, kind in columns.items())
        + ");\n"
        for table, columns in tables.items()
    )


def _type(column: str, kind: str) -> str:
    # They are texts there, but are compared with dates.
    return "date" if re.search(r"date$|^d_date$", column) else _TYPES.get(kind.lower(), kind)
