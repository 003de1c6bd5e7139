"""pg8000, written in Python from the protocol's description."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pg8000.dbapi
import pg8000.native
import pytest

from tests.conformance.shop import PROTECTED, assert_masked

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")


def place(places: Places, name: str) -> Endpoint:
    endpoint: Endpoint = getattr(places, name)
    return endpoint


def settings(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "user": endpoint.user,
        "password": endpoint.password,
        "host": endpoint.host,
        "port": endpoint.port,
        "database": endpoint.database,
        "ssl_context": False,
    }


def rows(endpoint: Endpoint, statement: str) -> list[Any]:
    connection = pg8000.native.Connection(**settings(endpoint))
    try:
        return list(connection.run(statement))
    finally:
        connection.close()


@pytest.mark.parametrize("who", BOTH)
def test_clean_values_are_those_of_the_database(places: Places, who: str) -> None:
    # Its reader of timestamps knows no year above 9999 and no infinity: the first row is enough.
    statement = "SELECT * FROM clean WHERE id IN (1, 3) ORDER BY id"
    assert repr(rows(place(places, who), statement)) == repr(rows(places.direct, statement))


@pytest.mark.parametrize("column", PROTECTED)
def test_a_protected_column_is_masked_within_its_type(places: Places, column: str) -> None:
    statement = f"SELECT {column} FROM people ORDER BY id"
    raw, masked = rows(places.direct, statement), rows(places.analyst, statement)
    assert_masked(masked)
    assert masked[2] == [None]
    assert all(before != after for before, after in zip(raw[:2], masked[:2], strict=True))
    assert rows(places.investigator, statement) == raw


@pytest.mark.parametrize("who", BOTH)
def test_a_prepared_statement_is_run_many_times(places: Places, who: str) -> None:
    connection = pg8000.native.Connection(**settings(place(places, who)))
    try:
        statement = connection.prepare("SELECT id, label FROM series WHERE id = :number")
        for number in range(1, 10):
            assert statement.run(number=number) == [[number, f"label {number}"]]
        statement.close()
    finally:
        connection.close()


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_an_error_aborts_the_transaction_until_it_is_rolled_back(places: Places, who: str) -> None:
    connection = pg8000.dbapi.connect(**settings(place(places, who)))
    try:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO scratch VALUES (%s, %s)", (1, "one"))
        with pytest.raises(pg8000.dbapi.DatabaseError) as caught:
            cursor.execute("INSERT INTO scratch VALUES (%s, %s)", (1, "two"))
        assert caught.value.args[0]["C"] == "23505"
        connection.rollback()
        cursor.execute("SELECT count(*) FROM scratch")
        assert list(cursor.fetchone()) == [0]
    finally:
        connection.close()


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_copy_both_ways(places: Places, who: str) -> None:
    connection = pg8000.native.Connection(**settings(place(places, who)))
    try:
        connection.run("COPY scratch FROM STDIN", stream=io.StringIO("1\tone\n2\ttwo\n"))
        out = io.BytesIO()
        connection.run("COPY scratch TO STDOUT", stream=out)
        assert out.getvalue() == b"1\tone\n2\ttwo\n"
        people = io.BytesIO()
        connection.run("COPY people TO STDOUT", stream=people)
    finally:
        connection.close()
    assert people.getvalue().count(b"\n") == 3
    if who == "analyst":
        assert_masked(people.getvalue())


@pytest.mark.parametrize("who", BOTH)
def test_notices_arrive(places: Places, who: str) -> None:
    connection = pg8000.native.Connection(**settings(place(places, who)))
    try:
        connection.run("DROP TABLE IF EXISTS never_was_here")
        assert [notice[b"C"] for notice in connection.notices] == [b"00000"]
    finally:
        connection.close()


def test_a_wrong_password_is_refused(places: Places) -> None:
    wrong = {**settings(places.analyst), "password": "not the one"}
    with pytest.raises(pg8000.native.DatabaseError) as caught:
        pg8000.native.Connection(**wrong)
    assert caught.value.args[0]["C"] == "28P01"
