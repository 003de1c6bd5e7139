"""`drop_column` and `drop_row`: columns and rows that a client does not get, in every format."""

from __future__ import annotations

import asyncio
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database
from tests.support.raw_client import RawClient, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "dropping"
ROWS = 40
SECRET = "adelheid"
USERS = {
    "analyst": User("analyst@example.com", ("analysts",)),
    "limited": User("limited@example.com", ("limited",)),
}
TAGS = {
    "public.people.id": ["public"],
    "public.people.city": ["public"],
    "public.people.email": ["contact.email"],
    "public.people.note": ["person.religion"],
    "public.people.score": ["public"],
    "public.mails.email": ["contact.email"],
}
OPERATORS = {"contact.email": "drop_column", "person.religion": "drop_row"}
POLICIES = """
permit(principal, action in [Action::"connect", Action::"call"], resource);
permit(principal in Group::"analysts", action in [Action::"select", Action::"insert",
    Action::"update", Action::"delete", Action::"copy"], resource);
@max_rows("6")
permit(principal in Group::"limited", action in [Action::"select", Action::"copy"], resource);
@operator("drop_column")
forbid(principal in Group::"limited", action == Action::"unmask",
    resource == Column::"dropping/public.people.score");
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
SCHEMA = f"""
CREATE TABLE people (id int, email text, city text, note text, score float8);
INSERT INTO people SELECT i, '{SECRET}' || i || '@mail.example.org', 'town ' || i,
    CASE WHEN i % 4 <> 0 THEN 'faith' END, i / 2.0 FROM generate_series(1, {ROWS}) i;
CREATE TABLE mails (email text);
INSERT INTO mails VALUES ('{SECRET}@mail.example.org'), (NULL);
CREATE TABLE learnt (id int, contact text);
INSERT INTO learnt SELECT i, '{SECRET}' || i || '@mail.example.org' FROM generate_series(1, 50) i;
"""
STAY = [number for number in range(1, ROWS + 1) if number % 4 == 0]
"""Rows without a value in `note`."""
Endpoints = dict[str, Endpoint]


@pytest.fixture(scope="module")
def endpoints(debian_postgres: PostgresServer) -> Iterator[Endpoints]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    store = Store(
        server.port, DATABASE, "postgres", server.password, TAGS, {"operators": OPERATORS}
    )
    with GatewayProcess({DATABASE: store}, list(USERS.values()), POLICIES) as gateway:
        yield {
            name: Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password)
            for name, user in USERS.items()
        }


@pytest.fixture
def connection(endpoints: Endpoints) -> Iterator[psycopg.Connection[Any]]:
    with closing(connect(endpoints["analyst"])) as found:
        yield found


def connect(endpoint: Endpoint) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20)


def names(cursor: psycopg.Cursor[Any]) -> list[str]:
    return [column.name for column in cursor.description or ()]


@pytest.mark.parametrize("prepare", [False, True])
@pytest.mark.parametrize("binary", [False, True])
def test_a_column_is_in_no_result(
    connection: psycopg.Connection[Any], binary: bool, prepare: bool
) -> None:
    for text in (
        "SELECT id, email, city, score FROM people ORDER BY id",
        "SELECT id, p.*, score FROM (SELECT email, city FROM people) p, "
        "(SELECT id, score, city AS c FROM people) q WHERE c = city ORDER BY id",
    ):
        cursor = connection.cursor(binary=binary)
        cursor.execute(text.encode(), prepare=prepare)
        assert names(cursor) == ["id", "city", "score"]
        expected = [(i, f"town {i}", i / 2) for i in range(1, ROWS + 1)]
        assert cursor.fetchall() == expected
    cursor.execute("SELECT upper(email), 1 AS one FROM people LIMIT 1")
    assert names(cursor) == ["one"]


def test_a_result_can_have_no_column_left(connection: psycopg.Connection[Any]) -> None:
    cursor = connection.execute("SELECT email FROM mails")
    assert names(cursor) == []
    assert cursor.rowcount == 2
    assert cursor.fetchall() == [(), ()]


@pytest.mark.parametrize("described", [False, True])
def test_format_codes_are_about_the_columns_that_the_client_sees(
    endpoints: Endpoints, described: bool
) -> None:
    text = b"SELECT email, id, email, score, city FROM people ORDER BY id LIMIT 1"
    with RawClient(endpoints["analyst"]) as client:
        parse = message(b"P", b"s\0" + text + b"\0" + bytes(2))
        if described:
            client.send(parse + message(b"D", b"Ss\0") + message(b"S", b""))
            assert list(client.rows()) == []
            parse = b""
        bind = message(b"B", b"\0s\0" + bytes(4) + struct.pack("!hhhh", 3, 1, 0, 1))
        client.send(parse + bind + message(b"E", bytes(5)) + message(b"S", b""))
        assert list(client.rows()) == [[b"\0\0\0\1", b"0.5", b"town 1"]]
        assert SECRET.encode() not in client.received


@pytest.mark.parametrize("form", ["text", "csv", "binary"])
def test_copy_has_neither_column_nor_row(
    connection: psycopg.Connection[Any], endpoints: Endpoints, form: str
) -> None:
    header = "" if form == "binary" else ", HEADER"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY people TO STDOUT (FORMAT {form}{header})".encode()) as copy,
    ):
        got = b"".join(bytes(part) for part in copy)
    with RawClient(endpoints["analyst"]) as client:
        client.query(f"COPY people TO STDOUT (FORMAT {form})")
        assert f"COPY {len(STAY)}\0".encode() in client.received
    assert SECRET.encode() not in got
    assert b"faith" not in got
    if form == "binary":
        row = got[got.index(b"\0\4", 19) :]
        assert row[:10] == struct.pack("!hii", 4, 4, STAY[0])
        return
    mark, null = ("\t", "\\N") if form == "text" else (",", "")
    lines = [f"{i}{mark}town {i}{mark}{null}{mark}{i // 2}" for i in STAY]
    expected = [mark.join(("id", "city", "note", "score")), *lines]
    assert got.decode().splitlines() == expected


@pytest.mark.parametrize("prepare", [False, True])
def test_rows_with_a_value_are_left_out_and_not_counted(
    connection: psycopg.Connection[Any], prepare: bool
) -> None:
    cursor = connection.execute("SELECT note, id FROM people ORDER BY id", prepare=prepare)
    assert cursor.rowcount == len(STAY)
    assert cursor.fetchall() == [(None, i) for i in STAY]
    cursor = connection.execute("SELECT id FROM people")
    assert cursor.rowcount == ROWS


def test_a_change_says_how_much_it_changed(connection: psycopg.Connection[Any]) -> None:
    text = "UPDATE people SET score = score WHERE id <= 8 RETURNING id, note"
    with RolledBack(connection) as cursor:
        cursor.execute(text)
        assert cursor.statusmessage == "UPDATE 8"
        assert sorted(row[0] for row in cursor.fetchall()) == [4, 8]


class RolledBack:
    """A cursor in a block that is rolled back."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def __enter__(self) -> psycopg.Cursor[Any]:
        self._connection.execute("BEGIN")
        return self._connection.cursor()

    def __exit__(self, *_: object) -> None:
        self._connection.execute("ROLLBACK")


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_parts_of_a_portal_have_as_many_rows_as_were_asked_for(
    endpoints: Endpoints, size: int
) -> None:
    endpoint = endpoints["analyst"]

    async def run() -> list[int]:
        connection = await asyncpg.connect(
            host=endpoint.host, port=endpoint.port, user=endpoint.user,
            password=endpoint.password, database=endpoint.database,
        )  # fmt: skip
        try:
            async with connection.transaction():
                text = "SELECT note, email, id FROM people ORDER BY id"
                cursor = await connection.cursor(text)
                first = await cursor.fetch(size)
                assert len(first) == min(size, len(STAY))
                assert all(list(row.keys()) == ["note", "id"] for row in first)
                everything = connection.cursor(text, prefetch=size)
                return [row["id"] async for row in everything]
        finally:
            await connection.close()

    assert asyncio.run(run()) == STAY


def test_a_limit_counts_the_rows_that_the_client_gets(endpoints: Endpoints) -> None:
    with closing(connect(endpoints["limited"])) as connection:
        text = "SELECT note, id FROM people WHERE id <= 24 ORDER BY id"
        assert len(connection.execute(text).fetchall()) == 6
        assert len(connection.execute(text, prepare=True).fetchall()) == 6
        for prepare in (False, True):
            with pytest.raises(psycopg.errors.ProgramLimitExceeded):
                connection.execute("SELECT note, id FROM people", prepare=prepare)


def test_policy_can_leave_a_column_out_for_some(endpoints: Endpoints) -> None:
    text = "SELECT score, id FROM people ORDER BY id LIMIT 1"
    for name, expected in (("analyst", ["score", "id"]), ("limited", ["id"])):
        with closing(connect(endpoints[name])) as connection:
            assert names(connection.execute(text)) == expected


def test_a_column_that_shows_late_what_it_holds_is_null_first_and_gone_then(
    endpoints: Endpoints,
) -> None:
    with RawClient(endpoints["analyst"]) as client:
        text = "SELECT id, contact FROM learnt ORDER BY id LIMIT 40"
        first = client.query(text)
        assert first in ([[str(i + 1).encode(), None] for i in range(40)],
                         [[str(i + 1).encode()] for i in range(40)])  # fmt: skip
        assert client.query(text) == [[str(i + 1).encode()] for i in range(40)]
        assert SECRET.encode() not in client.received
