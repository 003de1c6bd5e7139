"""`scrim.mask` gives the values that the gateway gives for the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
import pytest

import scrim
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "arrow"
ANALYST = User("analyst@example.com", ("analysts",))
ROWS = 300
SCHEMA = f"""
CREATE TABLE people (
    id int4 PRIMARY KEY, email text, full_name text, note text, card text, staff int4, badge int8,
    small int2, income numeric(12, 2), ratio float8, born date, seen timestamp, met timestamptz,
    uid uuid, ip inet, phone text, wide numeric, picture bytea
);
INSERT INTO people SELECT n, 'user' || n || '@corp.example',
    (ARRAY['Anna Weber', 'Bert Müller', 'Zoe Adams'])[1 + n % 3],
    CASE n % 3 WHEN 0 THEN 'write to user' || n || '@corp.example today'
        WHEN 1 THEN 'nothing to see here' END,
    '4111 1111 1111 ' || lpad((n * 37 % 10000)::text, 4, '0'),
    n * 7919, n * 7919000000::int8, n - 150, n * 1234.56, n / 7.0,
    date '1950-01-01' + n * 61, timestamp '2001-01-01 10:00:00.25' + n * interval '37 hours',
    timestamptz '2020-06-01 10:00:00+02' + n * interval '11 hours',
    ('00000000-0000-4000-8000-' || lpad(to_hex(n * 7919), 12, '0'))::uuid,
    ('10.' || n % 250 || '.7.' || n * 13 % 250)::inet, '+1 415 555 ' || lpad(n::text, 4, '0'),
    n * 1e15, decode(to_hex(n + 4096), 'hex')
FROM generate_series(1, {ROWS}) AS n;
INSERT INTO people (id) VALUES (0);
"""
ENTITIES = {
    "card": "financial.card",
    "staff": "person.employee_number",
    "badge": "person.employee_number",
    "small": "person.employee_number",
    "income": "financial.income",
    "ratio": "financial.income",
    "born": "person.birth_date",
    "seen": "person.birth_date",
    "met": "person.birth_date",
    "uid": "network.device_id",
    "wide": "financial.income",
    "phone": "contact.phone",
}
ARROW = pa.schema(
    {
        "id": pa.int32(),
        "email": pa.string(),
        "full_name": pa.string(),
        "note": pa.large_string(),
        "card": pa.dictionary(pa.int32(), pa.string()),
        "staff": pa.int32(),
        "badge": pa.int64(),
        "small": pa.int16(),
        "income": pa.decimal128(12, 2),
        "ratio": pa.float64(),
        "born": pa.date32(),
        "seen": pa.timestamp("us"),
        "met": pa.timestamp("us", tz="UTC"),
        "uid": pa.string(),
        "ip": pa.string(),
        "phone": pa.string_view(),
        "wide": pa.decimal128(38, 0),
        "picture": pa.binary(),
    }
)


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


@pytest.fixture(scope="module", params=[None, "analytics", "pci-dss"])
def gateway(server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[GatewayProcess]:
    tags = {f"public.people.{name}": [entity] for name, entity in ENTITIES.items()}
    settings = {} if request.param is None else {"profile": request.param}
    store = Store(server.port, DATABASE, "postgres", server.password, tags, settings)
    with GatewayProcess({DATABASE: store}, [ANALYST]) as gateway:
        yield gateway


def rows(endpoint: Endpoint, *, binary: bool = False) -> list[dict[str, Any]]:
    with psycopg.connect(endpoint.conninfo(), autocommit=True) as connection:
        cursor = connection.cursor(binary=binary)
        cursor.execute("SELECT * FROM people ORDER BY id")
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def table_of(found: list[dict[str, Any]]) -> pa.Table:
    """Return rows of PostgreSQL as an Arrow table, with what Arrow has no type for as text."""
    for row in found:
        for name in ("uid", "ip"):
            row[name] = None if row[name] is None else str(row[name]).removesuffix("/32")
    return pa.Table.from_pylist(found, schema=ARROW)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_arrow_and_the_gateway_give_the_same_values(
    server: PostgresServer, gateway: GatewayProcess, binary: bool
) -> None:
    through = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password)
    direct = Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)
    raw = table_of(rows(direct))
    profile = gateway.stores[DATABASE].settings.get("profile")
    masked = scrim.mask(
        raw,
        key_file=gateway.directory / "masking.key",
        columns=ENTITIES,
        types={"uid": "uuid", "ip": "inet"},
        profile=profile,
        table="people",
    )
    expected = table_of(rows(through, binary=binary))
    assert masked.schema == ARROW
    assert masked.num_rows == ROWS + 1
    for name in ARROW.names:
        assert masked[name].to_pylist() == expected[name].to_pylist(), name
    same = {name for name in ARROW.names if masked[name].equals(raw[name])}
    assert same == {"id"}


def test_a_uuid_of_arrow_becomes_what_a_uuid_of_postgresql_becomes(
    gateway: GatewayProcess,
) -> None:
    through = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password)
    seen = {row["id"]: row["uid"] for row in rows(through)}
    raw = [f"00000000-0000-4000-8000-{n * 7919:012x}" for n in range(1, ROWS + 1)]
    stored = pa.array([bytes.fromhex(text.replace("-", "")) for text in raw], pa.binary(16))
    column = pa.ExtensionArray.from_storage(pa.uuid(), stored)
    masked = scrim.mask(
        pa.RecordBatch.from_arrays([column], names=["uid"]),
        key_file=gateway.directory / "masking.key",
        columns={"uid": ENTITIES["uid"]},
        profile=gateway.stores[DATABASE].settings.get("profile"),
    )
    assert masked["uid"].to_pylist() == [seen[n] for n in range(1, ROWS + 1)]
