"""`scrim mask --connection` gives a file what the gateway gives the results of the connection."""

from __future__ import annotations

import csv
import io
import subprocess
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import PostgresServer

DATABASE = "exported"
ANALYST = User("analyst@example.com", ("analysts",))
SCHEMA = """
CREATE TABLE people (
    id int4 PRIMARY KEY, email text, full_name text, note text, card text, staff int4, born date,
    phone text, uid uuid, ip inet, zip text, handle text, remark text
);
INSERT INTO people SELECT n, 'user' || n || '@corp.example',
    (ARRAY['Anna Weber', 'Bert Müller', 'Zoe Adams'])[1 + n % 3],
    CASE n % 3 WHEN 0 THEN 'write to user' || n || '@corp.example today'
        WHEN 1 THEN 'nothing to see here' END,
    '4111 1111 1111 ' || lpad((n * 37 % 10000)::text, 4, '0'), n * 7919,
    date '1920-01-01' + n * 161, '+1 415 555 ' || lpad(n::text, 4, '0'),
    ('00000000-0000-4000-8000-' || lpad(to_hex(n * 7919), 12, '0'))::uuid,
    ('10.' || n % 250 || '.7.' || n * 13 % 250)::inet, lpad((n * 331)::text, 5, '0'),
    'word' || n, 'x' || n
FROM generate_series(1, 200) AS n;
CREATE TABLE sealed (id int4 PRIMARY KEY, remark text);
INSERT INTO sealed SELECT n, 'nothing ' || n FROM generate_series(1, 200) AS n;
"""
TAGS = {
    "public.people.staff": ["person.employee_number"],
    "public.people.born": ["person.birth_date"],
    "public.people.uid": ["network.device_id"],
    "public.people.zip": ["contact.postal_code"],
    # A name that says nothing, a tag beside one that is no entity, and a tag that is none.
    "public.people.handle": ["confidential", "contact.username"],
    "public.people.remark": ["confidential"],
    "public.sealed": ["confidential"],
}
SETTINGS = {
    "profile": "hipaa-safe-harbor",
    "operators": {"contact.email": "siv", "contact.phone": {"name": "partial", "keep_last": 2}},
}
TYPES: Final = ("staff=int4", "ip=inet", "born=date", "uid=uuid")


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


@pytest.fixture(scope="module", params=[SETTINGS, {"profile": "gdpr-pseudonymised"}, {}])
def gateway(server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[GatewayProcess]:
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS, request.param)
    general = {"masking": {"operators": {"contact.postal_code": "tag"}}}
    with GatewayProcess({DATABASE: store}, [ANALYST], settings=general) as gateway:
        yield gateway


def exported(endpoint: Endpoint, table: str) -> bytes:
    statement = f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT (FORMAT csv, HEADER)"
    with (
        psycopg.connect(endpoint.conninfo(), autocommit=True) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement.encode()) as copy,
    ):
        return b"".join(bytes(piece) for piece in copy)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize(("table", "types"), [("people", TYPES), ("sealed", ("id=int4",))])
def test_a_file_is_masked_as_the_results_of_its_table_are(
    server: PostgresServer,
    gateway: GatewayProcess,
    tmp_path: Path,
    table: str,
    types: tuple[str, ...],
) -> None:
    through = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password)
    direct = Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)
    raw = exported(direct, table)
    (tmp_path / "raw.csv").write_bytes(raw)
    arguments = ["mask", "raw.csv", "-o", "masked.csv", "--config", str(gateway.configuration)]
    arguments += ["--connection", DATABASE, "--table", f"public.{table}"]
    for one in types:
        arguments += ["--type", one]
    done = subprocess.run(
        [scrim_program(), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    masked = read((tmp_path / "masked.csv").read_bytes())
    expected = read(exported(through, table))
    before = read(raw)
    assert len(masked) == len(before)
    for name in before[0]:
        assert [row[name] for row in masked] == [row[name] for row in expected], name
    changed = {
        name
        for name in before[0]
        if any(a[name] != b[name] for a, b in zip(masked, before, strict=True))
    }
    assert changed == set(before[0]) - ({"id"} if table == "people" else set())
