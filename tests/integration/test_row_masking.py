"""What is masked by another column of its row is the same on every way that data can take."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

import scrim
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import PostgresServer

DATABASE = "clinic"
ANALYST = User("analyst@example.com", ("analysts",))
ROWS = 120
SCHEMA = f"""
CREATE TABLE patients (
    id int4 PRIMARY KEY, born date, name text, email text, town text, state text, zip text,
    kind text, contact text
);
CREATE TABLE visits (id int8, patient_id int8, came timestamp, stay daterange, seen date[]);
INSERT INTO patients SELECT n, date '1950-01-01' + n * 61,
    (ARRAY['Anna Weber', 'Susan Miller', 'Ada Lovelace'])[1 + n % 3],
    (ARRAY['anna.weber', 'susan_miller', 'alovelace'])[1 + n % 3] || '@corp' || n || '.test',
    'Springfield', (ARRAY['IL', 'Texas'])[1 + n % 2], lpad((62000 + n % 40)::text, 5, '0'),
    CASE n % 3 WHEN 0 THEN 'Person' WHEN 1 THEN 'firm' END, 'Ada Lovelace'
    FROM generate_series(1, {ROWS}) AS n;
INSERT INTO patients (id, born, kind) VALUES (0, 'infinity', 'gone');
INSERT INTO visits SELECT n, 1 + n % {ROWS},
    timestamp '2024-01-01 10:00:00.25' + n * interval '37 hours',
    daterange(date '2024-01-01' + n, date '2024-01-05' + n),
    ARRAY[date '2024-01-01' + n, NULL, date '2024-02-01' + n] FROM generate_series(1, {ROWS}) AS n;
"""
SHIFT = {"name": "date_shift", "subject": ["patient_id", "id"], "max_days": 100}
KINDS = {
    "name": "by_row",
    "column": "kind",
    "cases": {"person": {"name": "name"}, "firm": "company", "gone": "null"},
    "otherwise": "redact",
}
OPERATORS: dict[str, dict[str, Any]] = {
    "person.birth_date": SHIFT,
    "contact.city": {"name": "place", "of": "zip"},
    "contact.state": {"name": "place", "part": "state", "of": "zip"},
    "contact.postal_code": {"name": "place", "part": "postal_code"},
    "contact.organization": KINDS,
}
ENTITIES: dict[str, str] = {
    "born": "person.birth_date",
    "name": "person.full",
    "email": "contact.email",
    "town": "contact.city",
    "state": "contact.state",
    "zip": "contact.postal_code",
    "contact": "contact.organization",
}
COLUMNS = ("id", *ENTITIES, "kind")
QUERY = f"SELECT {', '.join(COLUMNS)} FROM patients WHERE id > 0 ORDER BY id"


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


@pytest.fixture(scope="module")
def gateway(server: PostgresServer) -> Iterator[GatewayProcess]:
    tags = {f"public.patients.{name}": [entity] for name, entity in ENTITIES.items()}
    tags |= {f"public.visits.{name}": ["person.birth_date"] for name in ("came", "stay", "seen")}
    store = Store(server.port, DATABASE, "postgres", server.password, tags)
    settings = {"masking": {"operators": OPERATORS}}
    with GatewayProcess({DATABASE: store}, [ANALYST], settings=settings) as gateway:
        yield gateway


@pytest.fixture
def through(gateway: GatewayProcess) -> Endpoint:
    return Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password)


@pytest.fixture
def direct(server: PostgresServer) -> Endpoint:
    return Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)


def rows(endpoint: Endpoint, sql: str, *, binary: bool = False) -> list[tuple[Any, ...]]:
    with psycopg.connect(endpoint.conninfo(), autocommit=True) as connection:
        return connection.cursor(binary=binary).execute(sql.encode()).fetchall()


def copied(endpoint: Endpoint, options: str) -> bytes:
    with psycopg.connect(endpoint.conninfo(), autocommit=True) as connection:
        statement = f"COPY ({QUERY}) TO STDOUT {options}".encode()
        with connection.cursor().copy(statement) as copy:
            return b"".join(bytes(piece) for piece in copy)


def days(endpoint: Endpoint, sql: str) -> list[int | None]:
    return [row[0] for row in rows(endpoint, sql)]


def as_text(found: list[tuple[Any, ...]]) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in found]


def test_results_and_copies_agree(through: Endpoint) -> None:
    expected = rows(through, QUERY)
    assert rows(through, QUERY, binary=True) == expected
    texts = as_text(expected)
    plain = copied(through, "").decode().replace("\\N", "").splitlines()
    assert [line.split("\t") for line in plain] == texts
    assert list(csv.reader(io.StringIO(copied(through, "(FORMAT csv)").decode()))) == texts
    with psycopg.connect(through.conninfo(), autocommit=True) as connection:
        statement = f"COPY ({QUERY}) TO STDOUT (FORMAT binary)".encode()
        with connection.cursor().copy(statement) as copy:
            copy.set_types(["int4", "date", *["text"] * (len(COLUMNS) - 2)])
            assert list(copy.rows()) == expected


def test_arrow_and_files_agree_with_the_gateway(
    gateway: GatewayProcess, direct: Endpoint, through: Endpoint, tmp_path: Path
) -> None:
    expected = rows(through, QUERY)
    raw = [dict(zip(COLUMNS, row, strict=True)) for row in rows(direct, QUERY)]
    table = pa.Table.from_pylist(raw)
    key = gateway.directory / "masking.key"
    keep = ["id", "kind"]
    masked = scrim.mask(table, key_file=key, columns=ENTITIES, keep=keep, operators=OPERATORS)
    assert [tuple(row.values()) for row in masked.to_pylist()] == expected

    pc.write_csv(table, tmp_path / "raw.csv")
    pq.write_table(table, tmp_path / "raw.parquet")
    lines = [json.dumps(row, default=str) for row in raw]
    (tmp_path / "raw.jsonl").write_text("\n".join(lines) + "\n")
    for kind in ("csv", "parquet", "jsonl"):
        output = tmp_path / f"masked.{kind}"
        command = [sys.executable, "-m", "scrim.cli.main", "mask", str(tmp_path / f"raw.{kind}")]
        command += ["-o", str(output), "--config", str(gateway.directory / "scrim.yaml")]
        for name, entity in ENTITIES.items():
            command += ["--column", f"{name}={entity}"]
        for name in keep:
            command += ["--keep", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        if kind == "csv":
            with output.open(newline="") as stream:
                found = list(csv.reader(stream))[1:]
        elif kind == "parquet":
            found = as_text([tuple(row.values()) for row in pq.read_table(output).to_pylist()])
        else:
            read = [json.loads(line) for line in output.read_text().splitlines()]
            found = as_text([tuple(row[name] for name in COLUMNS) for row in read])
        assert found == as_text(expected), kind


def test_intervals_of_a_subject_survive_over_tables(direct: Endpoint, through: Endpoint) -> None:
    born = dict(rows(direct, "SELECT id, born FROM patients WHERE id > 0"))
    moved = {
        number: (day - born[number]).days
        for number, day in rows(through, "SELECT id, born FROM patients WHERE id > 0")
    }
    assert all(1 <= abs(days) <= 100 for days in moved.values())
    assert len(set(moved.values())) > 50
    sql = "SELECT patient_id, id, came, lower(stay), upper(stay), seen FROM visits ORDER BY id"
    raw = rows(direct, sql)
    sql = "SELECT patient_id, id, came, stay, seen FROM visits ORDER BY id"
    for binary in (False, True):
        for one, other in zip(raw, rows(through, sql, binary=binary), strict=True):
            patient, number, came, lower, upper, seen = one
            assert other[1] == number
            assert (other[2] - came).days == moved[patient]
            assert other[2].time() == came.time()
            assert (other[3].lower - lower).days == (other[3].upper - upper).days == moved[patient]
            expected = [day and (day.toordinal() + moved[patient]) for day in seen]
            assert [day and day.toordinal() for day in other[4]] == expected


def test_nobody_chooses_the_subject(direct: Endpoint, through: Endpoint) -> None:
    own = "SELECT born FROM patients WHERE id BETWEEN 1 AND 40 ORDER BY id"
    raw, alone = days(direct, own), days(through, own)
    with_subject = days(through, own.replace("born", "born, id", 1))
    assert all(one != other for one, other in zip(raw, alone, strict=True))
    assert alone != with_subject
    for sql in (
        "SELECT a.born, b.id FROM patients a, patients b WHERE b.id = 1 AND {}",
        "SELECT a.born, b.id FROM patients a JOIN LATERAL (SELECT id FROM patients WHERE id = 1) b"
        " ON {}",
        "SELECT a.born, 1 AS id FROM patients a WHERE {}",
        "SELECT a.born, a.id % 1 + 1 AS id FROM patients a WHERE {}",
        "WITH p AS (SELECT * FROM patients) SELECT a.born, b.id FROM p a, p b"
        " WHERE b.id = 1 AND {}",
        "SELECT * FROM (SELECT a.born, v.id FROM patients a, visits v WHERE v.id = 1 AND {}) AS x",
    ):
        found = days(through, sql.format("a.id BETWEEN 1 AND 40 ORDER BY a.id"))
        assert found == alone, sql


def test_towns_states_and_postal_codes_stand_together(through: Endpoint) -> None:
    found = rows(through, "SELECT zip, town, state, kind FROM patients WHERE id > 0")
    towns = {(row[0], row[1]) for row in found}
    assert len(towns) == len({row[0] for row in found}) == 40
    shorts = {(row[0], row[2]) for row in found if len(row[2]) == 2}
    longs = {(row[0], row[2]) for row in found if len(row[2]) > 2}
    assert len(shorts) == len({row[0] for row in found if len(row[2]) == 2})
    assert len(longs) == len({row[0] for row in found if len(row[2]) > 2})


def test_an_address_and_a_name_agree_in_queries_of_their_own(through: Endpoint) -> None:
    names = [row[0] for row in rows(through, "SELECT name FROM patients WHERE id > 0 ORDER BY id")]
    sql = "SELECT email FROM patients WHERE id > 0 ORDER BY id"
    addresses = [row[0] for row in rows(through, sql)]
    assert len(set(addresses)) == ROWS
    for number, (name, address) in enumerate(zip(names, addresses, strict=True), 1):
        matches = address.startswith(name.lower().replace(" ", ".") + ".")
        assert matches is (number % 3 != 2), "an initial is no name"


def test_the_kind_of_a_row_chooses_the_operator(through: Endpoint) -> None:
    found = rows(through, "SELECT kind, contact FROM patients ORDER BY id")
    assert found[0] == ("gone", None)
    of_kind: dict[str | None, set[str]] = {}
    for kind, contact in found[1:]:
        of_kind.setdefault(kind, set()).add(contact)
    assert of_kind[None] == {"[redacted]"}
    assert all(len(values) == 1 for values in of_kind.values())
    assert len(set.union(*of_kind.values())) == 3
    alone = {row[0] for row in rows(through, "SELECT contact FROM patients WHERE id > 0")}
    assert alone == {"[redacted]"}


def test_an_infinite_date_is_null(through: Endpoint) -> None:
    assert rows(through, "SELECT born, id FROM patients WHERE id = 0") == [(None, 0)]
