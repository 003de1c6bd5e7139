"""What operators that compute make of values, by the arithmetic of PostgreSQL itself.

The server gives values of each type in both formats, the kernel masks the cells, and the server
reads them back and says whether its own functions come to the same.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from psycopg.pq import ExecStatus

from scrim import kernel
from scrim.config.masking import Masking
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import OperatorTable
from scrim.masking.rewriter import PlannedColumn, compile_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg.pq.abc import PGconn

    from tests.support.postgres import PostgresServer

TEXT: Final = 0
BINARY: Final = 1
ENTITY: Final = "x.y"

_DATES: Final = (
    "SELECT date '2024-01-01' + n * 37 FROM generate_series(-60, 60) n UNION ALL "
    "VALUES (date '4714-11-24 BC'), ('0044-03-15 BC'), ('0001-12-31 BC'), ('5874897-12-31')"
)
_STAMPS: Final = (
    "SELECT timestamp '2024-03-10 01:02:03.456' + n * interval '41 days 7 hours 13 minutes' "
    "FROM generate_series(-60, 60) n UNION ALL "
    "VALUES (timestamp '0044-03-15 01:02:03 BC'), ('2024-01-01'), ('294276-12-30 23:59:59')"
)


@dataclass(frozen=True, slots=True)
class Case:
    """An operator on a type.

    Attributes:
        operator: Its name and options.
        type_name: The type as SQL names it.
        kind: The type as the kernel names it.
        values: A query for values.
        holds: What holds of a value `v` and its answer `m`, in SQL.
    """

    operator: Mapping[str, Any]
    type_name: str
    kind: Mapping[str, Any]
    values: str
    holds: str

    def __str__(self) -> str:
        """Name the case."""
        options = "-".join(str(value) for value in self.operator.values())
        return f"{options}-{self.type_name}"


def _case(
    operator: Mapping[str, Any], type_name: str, values: str, holds: str, **kind: object
) -> Case:
    name = type_name.partition("(")[0]
    return Case(operator, type_name, {"kind": name, **kind}, values, holds)


_INTEGERS: Final = (
    "SELECT n * 7919 FROM generate_series(-90, 90) n UNION ALL VALUES (2147483647), (-2147483648)"
)
_AMOUNTS: Final = "SELECT n * 7.77 FROM generate_series(-90, 90) n"
_ADDRESSES: Final = (
    "VALUES (inet '203.0.113.77'), ('203.0.113.77/28'), ('10.0.0.0/8'), ('0.0.0.0/0'), "
    "('2001:db8:1:2:3:4:5:6'), ('::1'), ('2001:db8::/32')"
)
_NETWORKS: Final = (
    "VALUES (cidr '198.51.100.7'), ('203.0.113.64/28'), ('10.0.0.0/8'), ('0.0.0.0/0'), "
    "('2001:db8:1:2:3:4:5:6'), ('::1'), ('2001:db8::/32')"
)
_NEAR: Final = "m <> v AND abs(m - v) <= {} AND sign(m) * sign(v) >= 0"

CASES: Final = (
    _case(
        {"name": "bin", "width": 100},
        "int4",
        _INTEGERS,
        "m = greatest(floor(v::numeric / 100) * 100, -2147483648)",
    ),
    _case({"name": "bin", "width": 10, "origin": 5}, "int8", _INTEGERS,
          "m = floor((v::numeric - 5) / 10) * 10 + 5"),
    _case({"name": "bin", "width": 0.25}, "numeric(12,2)", _AMOUNTS,
          "m = floor(v / 0.25) * 0.25 AND scale(m) = 2", precision=12, scale=2),
    _case({"name": "bin", "width": 5, "answer": "centre"}, "numeric", _AMOUNTS,
          "m = floor(v / 5) * 5 + 2.5"),
    _case({"name": "bin", "width": 10}, "float8", _AMOUNTS, "m = floor(v / 10) * 10"),
    _case({"name": "bin", "width": 100}, "money", _AMOUNTS,
          "m = (floor(v::numeric / 100) * 100)::money"),
    _case({"name": "top_bottom", "bottom": -50, "top": 99.5}, "numeric",
          f"{_AMOUNTS} UNION ALL VALUES (numeric 'infinity'), ('-infinity'), (1e60)",
          "m = least(greatest(v, -50), 99.5)"),
    _case({"name": "noise", "amount": 25}, "int4", _INTEGERS, _NEAR.format(25)),
    _case({"name": "noise", "percent": 10}, "numeric(12,2)", _AMOUNTS,
          _NEAR.format("greatest(abs(v) * 0.1, 0.01)"), precision=12, scale=2),
    _case({"name": "noise", "percent": 10, "distribution": "triangular"}, "float8",
          f"{_AMOUNTS} UNION ALL VALUES (1e300::float8), (1e-300)",
          _NEAR.format("greatest(abs(v) * 0.1000001, 0.01)")),
    *(
        _case({"name": "date_trunc", "part": part}, "date", _DATES,
              "CASE WHEN v BETWEEN '4712-01-01 BC' AND '290000-01-01' "
              f"THEN m = date_trunc('{part}', v::timestamp)::date "
              "ELSE v - m BETWEEN 0 AND 365 END")
        for part in ("week", "month", "quarter", "year")
    ),
    *(
        _case({"name": "date_trunc", "part": part}, "timestamp", _STAMPS,
              f"m = date_trunc('{part}', v)")
        for part in ("hour", "day", "week", "month", "quarter", "year")
    ),
    *(
        _case({"name": "date_trunc", "part": part}, "timestamptz", _STAMPS,
              f"m = date_trunc('{part}', v, 'UTC')")
        for part in ("hour", "day", "month", "year")
    ),
    _case({"name": "date_trunc", "part": "hour"}, "time",
          "SELECT time '00:00' + n * interval '433 seconds' FROM generate_series(0, 190) n",
          "m = date_trunc('hour', v)"),
    _case({"name": "date_jitter", "days": 20}, "date", _DATES, "abs(m - v) BETWEEN 1 AND 20"),
    _case({"name": "date_jitter", "days": 20}, "timestamp", _STAMPS,
          "abs(m::date - v::date) BETWEEN 1 AND 20"),
    _case({"name": "age_bin", "reference": "2026-12-31"}, "date", _DATES,
          "m = make_date(greatest(extract(year FROM v)::int, 1936), 1, 1)"),
    _case({"name": "age_bin", "width": 10}, "interval",
          "SELECT age(date '2026-12-31', date '2026-12-01' - n * 331) "
          "FROM generate_series(0, 120) n",
          "m = make_interval(years => least(90, "
          "CASE WHEN extract(year FROM v) >= 90 THEN 90 ELSE extract(year FROM v)::int / 10 * 10 "
          "END))"),
    _case({"name": "ip_prefix"}, "inet", _ADDRESSES,
          "host(m) = host(network(set_masklen(v, CASE family(v) WHEN 4 THEN 24 ELSE 48 END)))"),
    _case({"name": "ip_prefix"}, "cidr", _NETWORKS,
          "m = network(set_masklen(v::inet, least(masklen(v), "
          "CASE family(v) WHEN 4 THEN 24 ELSE 48 END)))"),
    _case({"name": "geo_round", "digits": 1}, "numeric(9,6)",
          "SELECT n * 1.987654 FROM generate_series(-90, 90) n",
          "abs(m - v) <= 0.05 AND m = round(m, 1) AND scale(m) = 6", precision=9, scale=6),
)  # fmt: skip


@pytest.fixture(scope="module")
def connection(embedded_postgres: PostgresServer) -> Iterator[PGconn]:
    """A session in a zone with summer time and the notation of money that the server has."""
    with psycopg.connect(embedded_postgres.dsn(), autocommit=True) as session:
        session.execute("SET TimeZone = 'America/New_York'")
        yield session.pgconn


def _cells(connection: PGconn, case: Case, form: int) -> list[bytes]:
    sql = f"SELECT v::{case.type_name} FROM ({case.values}) AS all_values (v) ORDER BY 1"
    result = connection.exec_params(sql.encode(), None, result_format=form)
    assert result.status == ExecStatus.TUPLES_OK, result.error_message
    values = [result.get_value(row, 0) for row in range(result.ntuples)]
    return [bytes(value) for value in values if value is not None]


def _masked(plan: kernel.Plan, cell: bytes, form: int) -> bytes | None:
    body = struct.pack(">hi", 1, len(cell)) + cell
    row = plan.rewrite(b"D" + struct.pack(">i", len(body) + 4) + body, [form])
    (length,) = struct.unpack(">i", row[7:11])
    return None if length < 0 else bytes(row[11:])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_server_comes_to_the_same_answers(connection: PGconn, case: Case) -> None:
    settings = Masking.model_validate({"key_env": "KEY", "operators": {ENTITY: case.operator}})
    operators = OperatorTable.of(settings)
    masker = kernel.Masker(bytes(32), kernel.Detector("[]"), operators.masker_config([ENTITY]))
    column = PlannedColumn(ColumnDecision(Treatment.MASK, ENTITY), case.kind)
    plan = kernel.Plan(compile_plan([column], operators), masker)
    type_name = case.type_name
    check = (
        f"SELECT coalesce({case.holds}, false), m IS NOT DISTINCT FROM n "
        f"FROM (SELECT $1::{type_name} AS v, $2::{type_name} AS m, $3::{type_name} AS n) AS answer"
    ).encode()
    texts, binaries = (_cells(connection, case, form) for form in (TEXT, BINARY))
    assert len(texts) > 5
    for text, binary in zip(texts, binaries, strict=True):
        answers = _masked(plan, text, TEXT), _masked(plan, binary, BINARY)
        result = connection.exec_params(check, [text, *answers], None, [TEXT, TEXT, BINARY])
        assert result.status == ExecStatus.TUPLES_OK, (text, answers, result.error_message)
        assert (result.get_value(0, 0), result.get_value(0, 1)) == (b"t", b"t"), (text, answers)
