"""Masked values that a client loads by COPY are stored as the real ones."""

from __future__ import annotations

import asyncio
import io
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest
from psycopg import sql

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database
from tests.support.raw_client import RawClient, RawClientError, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer
    from tests.support.programs import Java

DATABASE = "masked_copy"
COPY_BACK = Path(__file__).parents[1] / "conformance" / "programs" / "CopyBack.java"
ANALYST = User("analyst@example.com", ("analysts",))
INVESTIGATOR = User("investigator@example.com", ("investigators",))
PEOPLE = 60
COLUMNS = ("id", "phone", "member", "ticket", "born", "handle", "account", "seen", "email")
"""All but `id` are masked, all but the last by reversible operators."""
REVERSIBLE = COLUMNS[:-1]
TABLES = ("people", "loaded")
TAGS = {
    f"public.{table}.{column}": [tag]
    for table in TABLES
    for column, tag in {
        "id": "public",
        "phone": "contact.phone",
        "member": "person.employee_number",
        "ticket": "confidential",
        "born": "person.birth_date",
        "handle": "network.cookie",
        "account": "confidential",
        "seen": "confidential",
        "email": "contact.email",
    }.items()
}
OPERATORS = {"network.cookie": "siv", "person.employee_number": "ff1"}
SCHEMA = f"""
CREATE TABLE people (
    id int PRIMARY KEY, phone text, member varchar(12), ticket uuid, born date, handle text,
    account bigint, seen timestamptz, email text);
INSERT INTO people SELECT
    i, '+1 202-555-' || to_char(100 + i, 'FM0000'), to_char(700000000 + i * 7919, 'FM000000000'),
    md5(i::text)::uuid, date '1970-01-01' + i * 100,
    (ARRAY[E'o''neill\\\\ \\t"', E'two\\nlines, and\\r', '\\N', '\\.', 'zoë'])[1 + i % 5] || i,
    4000000 + i * 37, timestamptz '2024-01-01 10:00:00+00' + i * interval '1.5 hours',
    'adelheid' || i || '@mail.example.org'
    FROM generate_series(1, {PEOPLE}) i;
UPDATE people SET phone = NULL, born = NULL WHERE id % 7 = 0;
CREATE TABLE loaded (LIKE people INCLUDING ALL);
ALTER TABLE loaded ADD UNIQUE (handle);
"""


class Loading:
    """The same database as its owner and as an analyst see it, under each rule for writes."""

    def __init__(self, direct: Endpoint, gateway: GatewayProcess) -> None:
        self.direct, self.gateway = direct, gateway

    def through(self, user: User = ANALYST, name: str = DATABASE) -> Endpoint:
        return Endpoint("scrim", "127.0.0.1", self.gateway.port, name, user.name, user.password)


@pytest.fixture(scope="module")
def loading(debian_postgres: PostgresServer) -> Iterator[Loading]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    stores = {
        name: Store(
            server.port,
            DATABASE,
            "postgres",
            server.password,
            TAGS,
            {"operators": OPERATORS, **settings},
        )
        for name, settings in (
            (DATABASE, {}),
            ("as_written", {"masked_writes": "as_written"}),
            ("refusing", {"masked_writes": "refuse"}),
        )
    }
    with GatewayProcess(stores, [ANALYST, INVESTIGATOR]) as gateway:
        direct = Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)
        yield Loading(direct, gateway)


@pytest.fixture
def analyst(loading: Loading) -> Iterator[psycopg.Connection[Any]]:
    with closing(connected(loading.through())) as connection:
        yield connection


@pytest.fixture
def owner(loading: Loading) -> Iterator[psycopg.Connection[Any]]:
    with closing(connected(loading.direct)) as connection:
        connection.execute("TRUNCATE loaded")
        yield connection


def connected(endpoint: Endpoint) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20)


def rows(
    connection: psycopg.Connection[Any], table: str, columns: tuple[str, ...] = REVERSIBLE
) -> list[tuple[Any, ...]]:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("SELECT {} FROM {} ORDER BY id").format(names, sql.Identifier(table))
    return connection.execute(query).fetchall()


def load(connection: psycopg.Connection[Any], statement: str, data: bytes) -> None:
    """Copy data in small pieces that end anywhere."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(data), 7):
            copy.write(data[start : start + 7])


def dumped(connection: psycopg.Connection[Any], statement: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(piece) for piece in copy)


@pytest.mark.parametrize(
    "options",
    [
        "",
        "(DELIMITER '|', NULL 'none')",
        "(HEADER)",
        "(FORMAT csv)",
        "(FORMAT csv, HEADER match, QUOTE '''', ESCAPE '\\', DELIMITER ';', NULL '-')",
        "(FORMAT binary)",
    ],
)
def test_what_was_copied_out_is_copied_in_as_the_real_rows(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], options: str
) -> None:
    names = ", ".join(REVERSIBLE)
    data = dumped(analyst, f"COPY people ({names}) TO STDOUT {options.replace(' match', '')}")
    load(analyst, f"COPY loaded ({names}) FROM STDIN {options}", data)
    assert rows(owner, "loaded") == rows(owner, "people")
    assert rows(analyst, "loaded") == rows(analyst, "people")
    assert rows(analyst, "people") != rows(owner, "people")


def test_rows_of_psycopg_are_turned_back(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    shown = rows(analyst, "people", COLUMNS)
    with analyst.cursor() as cursor, cursor.copy("COPY loaded FROM STDIN") as copy:
        for row in shown:
            copy.write_row(row)
    assert rows(owner, "loaded") == rows(owner, "people")
    owner.execute("TRUNCATE loaded")
    columns = ("id", "phone", "born", "account")
    shown = rows(analyst, "people", columns)
    statement = f"COPY loaded ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    with analyst.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["int4", "text", "date", "int8"])
        for row in shown:
            copy.write_row(row)
    assert rows(owner, "loaded", columns) == rows(owner, "people", columns)


def test_records_and_files_of_asyncpg_are_turned_back(
    loading: Loading, analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    async def run(data: bytes) -> None:
        through = loading.through()
        connection = await asyncpg.connect(
            host=through.host,
            port=through.port,
            user=through.user,
            password=through.password,
            database=through.database,
            ssl=False,
        )
        try:
            names = ", ".join(REVERSIBLE)
            shown = await connection.fetch(f"SELECT {names} FROM people ORDER BY id")
            await connection.copy_records_to_table(
                "loaded", records=[tuple(row) for row in shown[:30]], columns=REVERSIBLE
            )
            await connection.copy_to_table(
                "loaded", source=io.BytesIO(data), columns=REVERSIBLE, format="csv"
            )
            # The session goes on after a COPY that failed.
            with pytest.raises(asyncpg.PostgresError, match=r'row 2 .*"phone"'):
                await connection.copy_to_table(
                    "loaded",
                    source=io.BytesIO(b"900,x\n901\n"),
                    columns=("id", "phone"),
                    format="csv",
                )
            assert await connection.fetchval("SELECT count(*) FROM loaded") == PEOPLE
        finally:
            await connection.close()

    names = ", ".join(REVERSIBLE)
    data = dumped(
        analyst,
        f"COPY (SELECT {names} FROM people WHERE id > 30) TO STDOUT (FORMAT csv)",
    )
    asyncio.run(run(data))
    assert rows(owner, "loaded") == rows(owner, "people")


def test_what_jdbc_copies_is_turned_back(
    loading: Loading, owner: psycopg.Connection[Any], java: Java
) -> None:
    names = ", ".join(REVERSIBLE)
    done = subprocess.run(
        java.command(COPY_BACK, f"people ({names})", f"loaded ({names})"),
        env=loading.through().environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.split() == [str(PEOPLE), "22P04", "true"]
    assert rows(owner, "loaded") == rows(owner, "people")


def test_files_that_psql_copies_are_turned_back(
    loading: Loading,
    analyst: psycopg.Connection[Any],
    owner: psycopg.Connection[Any],
    tmp_path: Path,
) -> None:
    names = ", ".join(REVERSIBLE)
    path = tmp_path / "people.csv"
    path.write_bytes(dumped(analyst, f"COPY people ({names}) TO STDOUT (FORMAT csv, HEADER)"))
    psql(loading, f"\\copy loaded ({names}) from '{path}' with (format csv, header)")
    assert rows(owner, "loaded") == rows(owner, "people")
    owner.execute("TRUNCATE loaded")
    ((phone,),) = analyst.execute("SELECT phone FROM people WHERE id = 1").fetchall()
    script = f"BEGIN; COPY loaded (id, phone) FROM STDIN;\n1\t{phone}\n2\t\\N\n\\.\nCOMMIT;\n"
    psql(loading, script)
    ((real,),) = owner.execute("SELECT phone FROM people WHERE id = 1").fetchall()
    assert rows(owner, "loaded", ("id", "phone")) == [(1, real), (2, None)]


def psql(loading: Loading, script: str) -> str:
    ran = subprocess.run(
        ["psql", "-AtX", "-v", "ON_ERROR_STOP=1", loading.through().conninfo()],
        input=script,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout


def test_new_values_are_what_an_insert_makes_of_them(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    new = ("+1 202-555-0777", "700000001", "fresh", "berta@mail.example.org", "2001-02-03")
    columns = "phone, member, handle, email, born"
    analyst.execute(
        f"INSERT INTO loaded (id, {columns}) VALUES (1, %s, %s, %s, %s, %s)",
        new,
    )
    inserted = owner.execute(f"SELECT {columns} FROM loaded").fetchall()
    owner.execute("TRUNCATE loaded")
    with analyst.cursor() as cursor:
        with cursor.copy(f"COPY loaded (id, {columns}) FROM STDIN") as copy:
            copy.write_row((1, *new))
        assert owner.execute(f"SELECT {columns} FROM loaded").fetchall() == inserted


@pytest.mark.parametrize(
    ("options", "data", "message"),
    [
        ("", b"1\tx\n2\n", 'row 2 of the COPY data has no value for column "phone"'),
        ("", b"1\tx\tsecret-thing\n", "row 1 .* more values"),
        ("", b"1\tx\n2\tsecret-thing\\.\n", "row 2 .* mark that ends the data"),
        ("(FORMAT csv)", b'1,x\n2,"secret-thing\n', "row 2 .* quotes"),
        ("(FORMAT binary)", b"secret-thing", "signature"),
        ("", b"1\tx\r\n2\tx\n", "row 2 .* line ends"),
    ],
)
def test_data_that_cannot_be_read_stores_nothing_and_says_why(  # noqa: PLR0917 - the cases
    loading: Loading,
    analyst: psycopg.Connection[Any],
    owner: psycopg.Connection[Any],
    options: str,
    data: bytes,
    message: str,
) -> None:
    with pytest.raises(psycopg.errors.BadCopyFileFormat, match=message) as raised:
        load(analyst, f"COPY loaded (id, phone) FROM STDIN {options}", data)
    assert "secret-thing" not in str(raised.value)
    assert raised.value.diag.message_detail == "Nothing of it was stored."
    assert analyst.execute("SELECT count(*) FROM loaded").fetchall() == [(0,)]
    assert owner.execute("SELECT count(*) FROM loaded").fetchall() == [(0,)]
    assert "secret-thing" not in loading.gateway.audit_text() + loading.gateway.log_text()


def test_a_failed_copy_fails_its_transaction(analyst: psycopg.Connection[Any]) -> None:
    analyst.execute("BEGIN")
    with pytest.raises(psycopg.errors.BadCopyFileFormat):
        load(analyst, "COPY loaded (id, phone) FROM STDIN", b"1\n")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        analyst.execute("SELECT 1")
    analyst.execute("ROLLBACK")
    assert analyst.execute("SELECT 1").fetchall() == [(1,)]


def test_an_error_of_the_data_store_shows_no_real_value(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    statement = "COPY loaded (id, handle) FROM STDIN"
    ((shown,),) = analyst.execute("SELECT handle FROM people WHERE id = 4").fetchall()
    ((real,),) = owner.execute("SELECT handle FROM people WHERE id = 4").fetchall()
    with pytest.raises(psycopg.errors.UniqueViolation) as raised:
        load(analyst, statement, f"1\t{shown}\n2\t{shown}\n".encode())
    told = [getattr(raised.value.diag, name) for name in dir(raised.value.diag)]
    assert real not in str(told)
    with pytest.raises(psycopg.errors.InvalidDatetimeFormat) as refused:
        load(analyst, "COPY loaded (id, born) FROM STDIN", b"1\tnonsense\n")
    assert "nonsense" not in str(refused.value)


def test_conditions_on_what_is_turned_back_are_refused(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    for condition in ("phone = '+1 202-555-0101'", "loaded IS NOT NULL"):
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="WHERE"):
            load(analyst, f"COPY loaded (id, phone) FROM STDIN WHERE {condition}", b"")
    load(analyst, "COPY loaded (id, phone) FROM STDIN WHERE id > 1", b"1\t\\N\n2\t\\N\n")
    assert rows(owner, "loaded", ("id",)) == [(2,)]


def test_other_rules_for_writes_are_heeded(
    loading: Loading, owner: psycopg.Connection[Any]
) -> None:
    statement = "COPY loaded (id, phone) FROM STDIN"
    with closing(connected(loading.through(name="as_written"))) as connection:
        load(connection, statement, b"1\t+1 202-555-0101\n")
    with closing(connected(loading.through(INVESTIGATOR))) as connection:
        load(connection, statement, b"2\t+1 202-555-0102\n")
    with closing(connected(loading.through(name="refusing"))) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="masked column"):
            load(connection, statement, b"3\t+1 202-555-0103\n")
        load(connection, "COPY loaded (id) FROM STDIN", b"4\n")
    found = rows(owner, "loaded", ("id", "phone"))
    assert found == [(1, "+1 202-555-0101"), (2, "+1 202-555-0102"), (4, None)]


def test_data_that_comes_before_the_server_has_asked_for_it_is_turned_back(
    loading: Loading, analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    ((shown,),) = analyst.execute("SELECT phone FROM people WHERE id = 1").fetchall()
    ((real,),) = owner.execute("SELECT phone FROM people WHERE id = 1").fetchall()
    with RawClient(loading.through()) as client:
        at_once = [
            message(b"Q", b"COPY loaded (id, phone) FROM STDIN\0"),
            message(b"d", f"1\t{shown}\n2".encode()),
            message(b"d", f"\t{shown}".encode()),
            message(b"c", b""),
            message(b"Q", b"COPY loaded (id, phone) FROM STDIN\0"),
            message(b"d", b"3\n"),
            message(b"c", b""),
            message(b"Q", b"COPY loaded (id, phone) FROM STDIN (FORMAT csv)\0"),
            message(b"d", f"4,{shown}".encode()),
            message(b"c", b""),
        ]
        client.send(b"".join(at_once))
        assert client.query("SELECT 1") == []
        with pytest.raises(RawClientError, match="no value"):
            client.query("SELECT 1")
        assert client.query("SELECT 1") == []
        for _ in range(3):
            assert client.query("SELECT 1") == [[b"1"]]
    assert rows(owner, "loaded", ("id", "phone")) == [(1, real), (2, real), (4, real)]
