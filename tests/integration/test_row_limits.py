"""`@max_rows`: a result ends with an error after so many rows, by every way to ask for it."""

from __future__ import annotations

import asyncio
import struct
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database
from tests.support.raw_client import RawClient, RawClientError, error_fields, message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.postgres import PostgresServer

DATABASE = "row_limits"
LIMIT = 5
ROWS = 40
ANALYST = User("analyst@example.com", ("analysts",))
WATCHER = User("watcher@example.com", ("watchers",))
BOTH = ("analyst", "watcher")
POLICIES = f"""
@id("a few rows") @max_rows("{LIMIT}")
permit(
    principal in Group::"all",
    action in [Action::"select", Action::"insert", Action::"update", Action::"delete",
               Action::"copy", Action::"ddl"],
    resource
);
permit(principal in Group::"all", action in [Action::"connect", Action::"call"], resource);
permit(principal in Group::"watchers", action == Action::"unmask", resource);
"""
SCHEMA = f"""
CREATE TABLE people (id int PRIMARY KEY, email text, city text);
INSERT INTO people SELECT i, 'adelheid' || i || '@mail.example.org', 'town'
    FROM generate_series(1, {ROWS}) i;
CREATE TABLE log (id serial, note text);
CREATE FUNCTION cursor_over() RETURNS refcursor LANGUAGE plpgsql AS $$
    DECLARE c refcursor := 'theirs'; BEGIN OPEN c FOR SELECT * FROM people; RETURN c; END $$;
"""
TAGS = {
    "public.people.id": ["public"],
    "public.people.city": ["public"],
    "public.people.email": ["contact.email"],
    "public.log.id": ["public"],
    "public.log.note": ["public"],
}
REFUSED = f'the policy "a few rows" lets at most {LIMIT} rows of a result through'
Endpoints = dict[str, Endpoint]


@pytest.fixture(scope="module")
def endpoints(debian_postgres: PostgresServer) -> Iterator[Endpoints]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
    users = [User(one.name, (*one.groups, "all"), one.password) for one in (ANALYST, WATCHER)]
    with GatewayProcess({DATABASE: store}, users, POLICIES) as gateway:
        found = {
            user.name.partition("@")[0]: Endpoint(
                "scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password
            )
            for user in users
        }
        found["direct"] = Endpoint(
            "direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password
        )
        yield found


@pytest.fixture
def connection(endpoints: Endpoints) -> Iterator[psycopg.Connection[Any]]:
    with closing(connect(endpoints["analyst"])) as found:
        yield found


def connect(endpoint: Endpoint) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20)


def logged(endpoints: Endpoints) -> int:
    with closing(connect(endpoints["direct"])) as owner:
        (count,) = owner.execute("SELECT count(*) FROM log").fetchone() or (0,)
        return int(count)


def messages(client: RawClient, data: bytes) -> list[tuple[str, bytes]]:
    """What the gateway answers up to ReadyForQuery."""
    client.forget()
    client.send(data)
    try:
        for _ in client.rows():
            pass
    except RawClientError:
        pass
    found, rest = [], bytes(client.received)
    while rest:
        (length,) = struct.unpack_from("!i", rest, 1)
        found.append((chr(rest[0]), rest[5 : length + 1]))
        rest = rest[length + 1 :]
    return found


def kinds(found: Sequence[tuple[str, bytes]]) -> str:
    return "".join(kind for kind, _ in found)


def parse(sql: str, name: str = "") -> bytes:
    return message(b"P", f"{name}\0{sql}\0".encode() + bytes(2))


def bind(portal: str = "", statement: str = "", code: int = 0) -> bytes:
    return message(
        b"B", f"{portal}\0{statement}\0".encode() + bytes(4) + struct.pack("!hh", 1, code)
    )


def execute(portal: str = "", rows: int = 0) -> bytes:
    return message(b"E", f"{portal}\0".encode() + struct.pack("!i", rows))


SYNC = message(b"S", b"")


@pytest.mark.parametrize("who", BOTH)
def test_the_protocol_stays_in_step(endpoints: Endpoints, who: str) -> None:
    with RawClient(endpoints[who]) as client:
        ask = message(b"Q", b"SELECT * FROM people\0")
        found = messages(client, ask)
        assert kinds(found) == "T" + "D" * LIMIT + "EZ"
        error = error_fields(found[-2][1])
        assert (error["C"], error["M"]) == ("54000", REFUSED)
        assert found[-1][1] == b"I"
        found = messages(client, message(b"Q", b"SELECT * FROM people LIMIT 5\0"))
        assert kinds(found) == "TDDDDDCZ"
        assert found[-2][1] == b"SELECT 5\0"
        for code in (0, 1):
            sent = parse("SELECT * FROM people") + bind(code=code) + execute()
            assert kinds(messages(client, sent + SYNC)) == "12" + "D" * LIMIT + "EZ"
        assert client.query("SELECT 1") == [[b"1"]]


@pytest.mark.parametrize("who", BOTH)
def test_a_portal_counts_all_its_parts(endpoints: Endpoints, who: str) -> None:
    with RawClient(endpoints[who]) as client:
        sent = parse("SELECT id FROM people") + bind("p") + execute("p", 3)
        found = messages(client, sent + execute("p", 2) + execute("p", 1) + SYNC)
        assert kinds(found) == "12DDDsDDsEZ"


def test_a_pipeline_behind_it_is_skipped_and_what_was_before_is_undone(
    endpoints: Endpoints,
) -> None:
    before = logged(endpoints)
    insert = parse("INSERT INTO log (note) VALUES ('x')") + bind() + execute()
    with RawClient(endpoints["analyst"]) as client:
        found = messages(
            client, insert + parse("SELECT * FROM people") + bind() + execute() + insert + SYNC
        )
        assert kinds(found) == "12C12" + "D" * LIMIT + "EZ"
        found = messages(client, insert + SYNC)
        assert kinds(found) == "12CZ"
    assert logged(endpoints) == before + 1


@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("who", BOTH)
def test_a_change_that_returns_too_many_rows_has_not_happened(
    endpoints: Endpoints, who: str, extended: bool
) -> None:
    before = logged(endpoints)
    text = "INSERT INTO log (note) SELECT 'y' FROM generate_series(1, {}) RETURNING id"
    with closing(connect(endpoints[who])) as connection:
        with pytest.raises(psycopg.errors.ProgramLimitExceeded, match=REFUSED):
            connection.execute(text.format(LIMIT + 1).encode(), prepare=extended)
        assert logged(endpoints) == before
        rows = connection.execute(text.format(LIMIT).encode(), prepare=extended).fetchall()
        assert len(rows) == LIMIT
    assert logged(endpoints) == before + LIMIT


def test_a_transaction_block_has_failed_as_after_any_error(
    endpoints: Endpoints, connection: psycopg.Connection[Any]
) -> None:
    before = logged(endpoints)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO log (note) VALUES ('z')")
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute("SELECT * FROM people")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        connection.execute("SELECT 1")
    connection.execute("COMMIT")
    assert logged(endpoints) == before
    connection.execute("BEGIN; SAVEPOINT s")
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute("SELECT * FROM people")
    connection.execute("ROLLBACK TO s; SELECT 1")
    connection.execute("COMMIT")


def test_statements_of_one_string_stand_or_fall_together(
    endpoints: Endpoints, connection: psycopg.Connection[Any]
) -> None:
    before = logged(endpoints)
    insert = "INSERT INTO log (note) VALUES ('s');"
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute(f"{insert} SELECT * FROM people; {insert}".encode())
    assert logged(endpoints) == before
    cursor = connection.execute(f"{insert} SELECT id FROM people LIMIT 5; {insert}".encode())
    assert cursor.nextset()
    assert len(cursor.fetchall()) == LIMIT
    assert cursor.nextset()
    assert logged(endpoints) == before + 2


@pytest.mark.parametrize("fetch", ["FETCH 2 FROM c", "FETCH FORWARD 2 IN c"])
@pytest.mark.parametrize("who", BOTH)
def test_a_cursor_counts_over_all_that_is_fetched(
    endpoints: Endpoints, who: str, fetch: str
) -> None:
    with closing(connect(endpoints[who])) as connection:
        connection.execute("BEGIN")
        connection.execute("DECLARE c CURSOR FOR SELECT id FROM people")
        got = len(connection.execute(fetch.encode()).fetchall())
        got += len(connection.execute(fetch.encode()).fetchall())
        assert got == LIMIT - 1
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            connection.execute(fetch.encode())
        connection.execute("ROLLBACK")


def test_other_names_for_a_result_are_no_way_around(
    endpoints: Endpoints, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("PREPARE q AS SELECT id FROM people")
    connection.execute("BEGIN")
    connection.execute("SELECT cursor_over()")
    for text in ("FETCH ALL FROM theirs", "EXECUTE q", "SELECT * FROM people", "TABLE people"):
        connection.execute("SAVEPOINT s")
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            connection.execute(text.encode())
        connection.execute("ROLLBACK TO s")
    connection.execute("ROLLBACK")
    with RawClient(endpoints["analyst"]) as client:
        begin = message(b"Q", b"BEGIN\0")
        messages(client, begin)
        messages(client, parse("SELECT id FROM people") + bind("p") + execute("p", 2) + SYNC)
        found = messages(client, message(b"Q", b"FETCH 4 FROM p\0"))
        assert kinds(found) == "TDDDEZ"


def copied(cursor: psycopg.Cursor[Any], text: str, into: bytearray) -> None:
    with cursor.copy(text.encode()) as copy:
        for part in copy:
            into += bytes(part)


@pytest.mark.parametrize("form", ["text", "csv", "binary"])
@pytest.mark.parametrize("who", BOTH)
def test_copy_ends_after_its_limit(endpoints: Endpoints, who: str, form: str) -> None:
    with closing(connect(endpoints[who])) as connection, connection.cursor() as cursor:
        text = f"COPY (SELECT id, city FROM people ORDER BY id{{}}) TO STDOUT (FORMAT {form})"
        with cursor.copy(text.format(" LIMIT 5").encode()) as copy:
            whole = b"".join(bytes(part) for part in copy)
        got = bytearray()
        with pytest.raises(psycopg.errors.ProgramLimitExceeded):
            copied(cursor, text.format(""), got)
        assert bytes(got) == whole.removesuffix(b"\xff\xff")
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("who", BOTH)
def test_data_that_comes_in_is_not_limited(endpoints: Endpoints, who: str) -> None:
    before = logged(endpoints)
    with closing(connect(endpoints[who])) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY log (note) FROM STDIN") as copy:
            for _ in range(LIMIT + 2):
                copy.write_row(("in",))
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="COPY stands beside"):
            connection.execute("SELECT 1 FROM people LIMIT 1; COPY log (note) FROM STDIN")
        cursor.executemany("INSERT INTO log (note) VALUES (%s)", [("many",)] * (LIMIT + 2))
    assert logged(endpoints) == before + 2 * (LIMIT + 2)


def test_reading_what_the_store_says_of_itself_is_not_limited(
    connection: psycopg.Connection[Any],
) -> None:
    assert len(connection.execute("SELECT typname FROM pg_type").fetchall()) > LIMIT


def test_psql_shows_the_error_and_goes_on(endpoints: Endpoints) -> None:
    result = subprocess.run(
        ["psql", endpoints["analyst"].conninfo(), "-XAtc", "SELECT id FROM people",
         "-c", "SELECT 'after'"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert REFUSED in result.stderr
    assert result.stdout.splitlines()[-1] == "after"


def test_asyncpg_gets_the_error_by_fetch_and_by_cursor(endpoints: Endpoints) -> None:
    endpoint = endpoints["analyst"]

    async def run() -> None:
        connection = await asyncpg.connect(
            host=endpoint.host, port=endpoint.port, user=endpoint.user,
            password=endpoint.password, database=endpoint.database,
        )  # fmt: skip
        try:
            for _ in range(2):
                with pytest.raises(asyncpg.ProgramLimitExceededError):
                    await connection.fetch("SELECT * FROM people WHERE id > $1", 0)
                rows = await connection.fetch("SELECT * FROM people WHERE id > $1", ROWS - 3)
                assert len(rows) == 3
            async with connection.transaction():
                cursor = await connection.cursor("SELECT id FROM people")
                assert len(await cursor.fetch(LIMIT)) == LIMIT
            async with connection.transaction():
                cursor = await connection.cursor("SELECT id FROM people")
                await cursor.fetch(LIMIT - 1)
                with pytest.raises(asyncpg.ProgramLimitExceededError):
                    await cursor.fetch(2)
        finally:
            await connection.close()

    asyncio.run(run())


def test_a_connection_that_is_left_after_the_error_changes_nothing(endpoints: Endpoints) -> None:
    before = logged(endpoints)
    text = "INSERT INTO log (note) SELECT 'left' FROM generate_series(1, 9) RETURNING id"
    with RawClient(endpoints["analyst"]) as client:
        client.send(parse(text) + bind() + execute() + message(b"H", b""))
        # The client does not send Sync; it goes when it has seen the error.
        while client._message()[0] != ord("E"):  # noqa: SLF001 - no end of a statement is awaited
            pass
    with closing(connect(endpoints["analyst"])) as connection:
        connection.execute("SELECT 1")
    assert logged(endpoints) == before
