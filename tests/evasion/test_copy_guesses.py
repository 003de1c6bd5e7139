"""A guess that is loaded by COPY tells no more than one that is inserted."""

from __future__ import annotations

import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault

COLUMNS = ("phone", "card", "iban", "born", "big", "code", "tag", "moment", "digits")
ROW = 900
OPTIONS = (
    ("", "{id}\t{text}\n"),
    ("", "{id}\t{octal}\n"),
    ("", "{id}\t{hex}\n"),
    ("", "{id}\t{text}"),
    ("", "{id}\t{text}\r\n"),
    ("", "{id}\t{text}\r"),
    ("", "{id}\t{text}\n\\.\n"),
    ("(DELIMITER 'A', NULL 'none')", "{id}A{hex}\n"),
    ("(HEADER)", "{id}\t{text}\n{id}\t{text}\n"),
    ("(FORMAT csv)", "{id},{text}\n"),
    ("(FORMAT csv)", '{id},"{text}"\n'),
    ("(FORMAT csv)", '{id},"{head}"{tail}\n'),
    ("(FORMAT csv)", '{id},{head}"{tail}"'),
    ("(FORMAT csv, QUOTE '''', ESCAPE '\\')", "{id},'{text}'\n"),
    ("(FORMAT csv, HEADER)", '"\n",b\n{id},{text}\n'),
    ("(FORMAT csv, NULL '{text}', FORCE_NOT_NULL ({c}))", "{id},{text}\n"),
    ("(FORMAT csv, FORCE_NULL ({c}))", '{id},"{text}"\n'),
    ("(NULL 'x', FORMAT csv, DELIMITER '|')", "{id}|{text}\n"),
)
"""Ways to bring a value: options of the COPY and its data."""


@pytest.fixture(scope="module")
def analyst(vault: Vault) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(vault.analyst.conninfo(), autocommit=True)) as connection:
        yield connection


@pytest.fixture
def owner(vault: Vault) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(vault.direct.conninfo(), autocommit=True)) as connection:
        yield connection
        connection.execute(f"DELETE FROM people WHERE id = {ROW}")


def person(connection: psycopg.Connection[Any], column: str) -> tuple[int, str]:
    """Return somebody of whom a column is known: id, and value as text."""
    found = connection.execute(
        f"SELECT id, {column} FROM people WHERE {column} IS NOT NULL ORDER BY id LIMIT 1"
    ).fetchone()
    assert found is not None
    return found[0], str(found[1])


def spelled(form: str, column: str, value: str) -> str:
    """Write a value in one of the ways."""
    first = value[0]
    return form.format(
        id=ROW,
        c=column,
        text=value,
        octal=f"\\{ord(first):03o}{value[1:]}",
        hex=f"\\x{ord(first):02X}{value[1:]}",
        head=value[:2],
        tail=value[2:],
    )


def equal_to(connection: psycopg.Connection[Any], column: str, number: int) -> int:
    """Say whether what was brought is what somebody has, by a join."""
    query = (
        f"SELECT count(*) FROM people a JOIN people b ON a.{column} = b.{column}"
        f" WHERE a.id = {ROW} AND b.id = {number}"
    )
    found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0])


def copied(connection: psycopg.Connection[Any], column: str, options: str, data: bytes) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY people (id, {column}) FROM STDIN {options}"
        with cursor.copy(statement) as copy:
            copy.write(data)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_guess_that_is_copied_is_as_one_that_is_inserted(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    number, raw = person(owner, column)
    analyst.execute(f"INSERT INTO people (id, {column}) VALUES ({ROW}, '{raw}')")
    inserted = equal_to(analyst, column, number)
    owner.execute(f"DELETE FROM people WHERE id = {ROW}")
    tried = 0
    for options, form in OPTIONS:
        where = spelled(options, column, raw)
        try:
            copied(analyst, column, where, spelled(form, column, raw).encode())
            tried += 1
            assert equal_to(analyst, column, number) == inserted, (options, form)
        except psycopg.Error as error:
            assert error.sqlstate in {"0A000", "22P04"}, f"{options} {form}: {error}"  # noqa: PT017
        finally:
            owner.execute(f"DELETE FROM people WHERE id = {ROW}")
    assert tried >= len(OPTIONS) - 3
    assert inserted == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_the_guesses_would_be_stored_without_the_gateway(
    owner: psycopg.Connection[Any], column: str
) -> None:
    number, raw = person(owner, column)
    for options, form in OPTIONS:
        try:
            copied(
                owner, column, spelled(options, column, raw), spelled(form, column, raw).encode()
            )
        except psycopg.errors.BadCopyFileFormat as error:
            assert "\r" in form or "DELIMITER 'A'" in options, error  # noqa: PT017
            continue
        assert equal_to(owner, column, number) == 1, (options, form)
        owner.execute(f"DELETE FROM people WHERE id = {ROW}")


@pytest.mark.parametrize("column", ["phone", "card", "iban"])
def test_a_guess_in_binary_format_is_turned_too(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    number, raw = person(owner, column)
    value = raw.encode()
    data = b"PGCOPY\n\xff\r\n\0" + bytes(8) + struct.pack("!hiii", 2, 4, ROW, len(value)) + value
    copied(analyst, column, "(FORMAT binary)", data + b"\xff\xff")
    assert equal_to(analyst, column, number) == 0
    owner.execute(f"DELETE FROM people WHERE id = {ROW}")


@pytest.mark.parametrize("column", COLUMNS)
def test_marks_do_not_tell_which_value_one_stands_for(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    _, raw = person(owner, column)
    _, shown = person(analyst, column)
    for options in (f"(NULL '{raw}')", f"(FORMAT csv, NULL '{raw}')"):
        separator = "," if "csv" in options else "\t"
        copied(analyst, column, options, f"{ROW}{separator}{shown}\n".encode())
        stored = owner.execute(f"SELECT {column} FROM people WHERE id = {ROW}").fetchone()
        assert stored is not None
        assert str(stored[0]) == raw
        owner.execute(f"DELETE FROM people WHERE id = {ROW}")
    for options in (
        f"(FORMAT csv, NULL '{raw}', FORCE_NULL ({column}))",
        f"WHERE {column} IS NULL",
    ):
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            copied(analyst, column, options, b"")
