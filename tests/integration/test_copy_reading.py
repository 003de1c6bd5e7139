"""The data of COPY FROM is read as PostgreSQL reads it, whatever is in it."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "copy_reading"
ANALYST = User("analyst@example.com", ("analysts",))
TAGS = {"public.searched.a": ["public"], "public.searched.b": ["network.cookie"]}
SCHEMA = "CREATE TABLE searched (a text, b text); CREATE TABLE plain (a text, b text);"
ROUNDS = 80
MEANINGFUL = b'\\\\,,"""\'\n\n\r.N1x4A\t\t;a\x0b'
"""Bytes that have a meaning in some format of COPY."""


@pytest.fixture(scope="module")
def server(debian_postgres: PostgresServer) -> PostgresServer:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    return debian_postgres


@pytest.fixture(scope="module")
def analyst(server: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    settings = {"operators": {"network.cookie": "siv"}}
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS, settings)
    with GatewayProcess({DATABASE: store}, [ANALYST]) as gateway:
        through = Endpoint(
            "scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password
        )
        with closing(psycopg.connect(through.conninfo(), autocommit=True)) as connection:
            yield connection


@pytest.fixture(scope="module")
def owner(server: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    direct = Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)
    with closing(psycopg.connect(direct.conninfo(), autocommit=True)) as connection:
        yield connection


def odd_data(chance: random.Random, separator: bytes) -> bytes:
    """Make a line of fields, separators and line ends that may not fit together."""
    pieces = chance.choices(MEANINGFUL, k=chance.randrange(12))
    if chance.random() < 0.7:
        # More often with as many fields as there are columns.
        pieces = [piece for piece in pieces if piece not in separator + b"\n\r"]
        pieces.insert(chance.randrange(len(pieces) + 1), separator[0])
        pieces += b"\n"
    return bytes(pieces)


@pytest.mark.parametrize(
    "options",
    [
        "",
        "(NULL 'a')",
        "(DELIMITER ';')",
        "(FORMAT csv)",
        "(FORMAT csv, HEADER)",
        "(FORMAT csv, QUOTE '''', ESCAPE '\\', DELIMITER ';', NULL '1')",
        "(FORMAT csv, FORCE_NOT_NULL (b), NULL 'a')",
        "(FORMAT csv, FORCE_NULL (b))",
    ],
)
def test_data_is_read_as_the_server_reads_it(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], options: str
) -> None:
    # What is no token of `siv` is new, so both tables get the same.
    chance = random.Random(options)  # noqa: S311 - the same in every run
    separator = b";" if "';'" in options else b"," if "csv" in options else b"\t"
    taken = 0
    for _ in range(ROUNDS):
        data = b"".join(odd_data(chance, separator) for _ in range(chance.randrange(1, 4)))
        # Rows of pages that are free again would come in another order.
        owner.execute("TRUNCATE searched, plain")
        expected = copied(owner, "plain", options, data)
        found = copied(analyst, "searched", options, data)
        stored = owner.execute("SELECT a, b FROM searched").fetchall()
        if found:
            assert expected, data
            assert stored == owner.execute("SELECT a, b FROM plain").fetchall(), data
            taken += bool(stored)
        else:
            assert stored == [], data
    assert taken > 8


def copied(connection: psycopg.Connection[Any], table: str, options: str, data: bytes) -> bool:
    """Say whether data could be copied."""
    try:
        statement = f"COPY {table} FROM STDIN {options}"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for start in range(0, len(data), 7):
                copy.write(data[start : start + 7])
    except psycopg.DataError:
        return False
    return True


def test_a_large_copy_of_long_messages_is_turned_back(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    owner.execute("DELETE FROM searched; INSERT INTO searched VALUES ('x', 'the real one')")
    ((shown,),) = analyst.execute("SELECT b FROM searched").fetchall()
    data = "".join(f"{number}\t{shown}\n" for number in range(50_000)).encode()
    with analyst.cursor() as cursor, cursor.copy("COPY searched FROM STDIN") as copy:
        copy.write(data)
    counted = owner.execute("SELECT b, count(*) FROM searched GROUP BY b").fetchall()
    assert counted == [("the real one", 50_001)]
