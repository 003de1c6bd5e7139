"""psycopg 3, the blocking connection: text, binary, prepared, cursors, COPY, pipelines."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from tests.conformance.shop import LARGE_CHARACTERS, PROTECTED, SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from psycopg import Connection

    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")


def connect(endpoint: Endpoint, prepare_threshold: int | None = 5) -> Connection[Any]:
    return psycopg.connect(
        endpoint.conninfo(), autocommit=True, prepare_threshold=prepare_threshold
    )


def place(places: Places, name: str) -> Endpoint:
    endpoint: Endpoint = getattr(places, name)
    return endpoint


def rows(endpoint: Endpoint, statement: str, *, binary: bool = False) -> list[Any]:
    with connect(endpoint) as connection, connection.cursor(binary=binary) as cursor:
        cursor.execute(statement.encode())
        return cursor.fetchall()


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("who", BOTH)
def test_clean_values_of_every_type_are_those_of_the_database(
    places: Places, who: str, binary: bool
) -> None:
    statement = "SELECT * FROM clean ORDER BY id"
    expected = rows(places.direct, statement, binary=binary)
    assert repr(rows(place(places, who), statement, binary=binary)) == repr(expected)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_the_investigator_sees_raw_values(places: Places, binary: bool) -> None:
    statement = "SELECT * FROM people ORDER BY id"
    expected = rows(places.direct, statement, binary=binary)
    assert rows(places.investigator, statement, binary=binary) == expected


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("column", PROTECTED)
def test_a_protected_column_is_masked_within_its_type(
    places: Places, column: str, binary: bool
) -> None:
    statement = f"SELECT {column} FROM people ORDER BY id"
    raw = [row[0] for row in rows(places.direct, statement, binary=binary)]
    masked = [row[0] for row in rows(places.analyst, statement, binary=binary)]
    assert_masked(masked)
    assert masked[2] is None
    for before, after in zip(raw[:2], masked[:2], strict=True):
        assert after != before
        # An address may become one of the other family, and what cannot be masked becomes NULL.
        assert after is None or type(after) is type(before) or column == "ip"


def test_text_and_binary_of_a_value_are_masked_alike(places: Places) -> None:
    statement = "SELECT * FROM people ORDER BY id"
    text = rows(places.analyst, statement)
    assert rows(places.analyst, statement, binary=True) == text


def test_equal_values_stay_equal_and_joins_keep_their_rows(places: Places) -> None:
    statement = (
        "SELECT p.email, o.total FROM people p JOIN orders o ON o.person_id = p.id ORDER BY o.id"
    )
    masked = rows(places.analyst, statement)
    assert [row[1] for row in masked] == [row[1] for row in rows(places.direct, statement)]
    assert masked[0][0] == masked[2][0] != masked[1][0]
    assert_masked(masked)


@pytest.mark.parametrize("who", BOTH)
def test_a_prepared_statement_is_run_many_times(places: Places, who: str) -> None:
    with connect(place(places, who), prepare_threshold=0) as connection:
        for number in range(1, 20):
            row = connection.execute(
                "SELECT id, label FROM series WHERE id = %s", (number,), prepare=True
            ).fetchone()
            assert row == (number, f"label {number}")
        names = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
        assert names is not None


@pytest.mark.parametrize("who", BOTH)
def test_a_server_side_cursor_fetches_in_pieces(places: Places, who: str) -> None:
    with (
        connect(place(places, who)) as connection,
        connection.transaction(),
        connection.cursor(name="pieces") as cursor,
    ):
        cursor.itersize = 77
        cursor.execute("SELECT id, email FROM series ORDER BY id")
        received = list(cursor)
    assert [row[0] for row in received] == list(range(1, SERIES_ROWS + 1))
    if who == "analyst":
        assert_masked(received)


def test_a_cursor_that_scrolls_is_masked_too(places: Places) -> None:
    with (
        connect(places.analyst) as connection,
        connection.transaction(),
        connection.cursor(name="back", scrollable=True) as cursor,
    ):
        cursor.execute("SELECT email FROM series ORDER BY id")
        first = cursor.fetchmany(5)
        cursor.scroll(0, mode="absolute")
        assert cursor.fetchmany(5) == first
    assert_masked(first)


@pytest.mark.parametrize("who", BOTH)
def test_rows_stream_one_by_one(places: Places, who: str) -> None:
    with connect(place(places, who)) as connection, connection.cursor() as cursor:
        received = list(cursor.stream("SELECT id, email FROM series ORDER BY id"))
    assert len(received) == SERIES_ROWS
    if who == "analyst":
        assert_masked(received)


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_an_error_aborts_the_transaction_until_it_is_rolled_back(places: Places, who: str) -> None:
    with psycopg.connect(place(places, who).conninfo()) as connection:
        connection.execute("INSERT INTO scratch VALUES (1, 'kept')")
        connection.commit()
        connection.execute("INSERT INTO scratch VALUES (2, 'lost')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO scratch VALUES (1, 'twice')")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        with (
            connection.transaction(),
            pytest.raises(psycopg.errors.UndefinedTable),
            connection.transaction(),
        ):
            connection.execute("SELECT * FROM nowhere")
        assert connection.execute("SELECT * FROM scratch").fetchall() == [(1, "kept")]


@pytest.mark.parametrize("who", BOTH)
def test_a_syntax_error_has_postgresqls_code(places: Places, who: str) -> None:
    with connect(place(places, who)) as connection:
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute("SELEKT 1")
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("form", ["text", "csv", "binary"])
@pytest.mark.parametrize("who", BOTH)
def test_copy_out_equals_the_database_or_is_masked(places: Places, who: str, form: str) -> None:
    def copied(endpoint: Endpoint, relation: str) -> bytes:
        statement = f"COPY {relation} TO STDOUT (FORMAT {form})"
        with (
            connect(endpoint) as connection,
            connection.cursor() as cursor,
            cursor.copy(statement.encode()) as copy,
        ):
            return b"".join(bytes(block) for block in copy)

    assert copied(place(places, who), "clean") == copied(places.direct, "clean")
    people = copied(place(places, who), "people")
    if who == "investigator":
        assert people == copied(places.direct, "people")
    else:
        assert_masked(people)
        assert people.count(b"\n") >= 3 or form == "binary"


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_copy_in_stores_what_was_sent(places: Places, who: str) -> None:
    with connect(place(places, who)) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY scratch (id, word) FROM STDIN") as copy:
            for number in range(500):
                copy.write_row((number, f"word {number}\twith\\ escapes\n"))
        assert cursor.rowcount == 500
        stored = cursor.execute("SELECT word FROM scratch WHERE id = 499").fetchone()
    assert stored == ("word 499\twith\\ escapes\n",)


@pytest.mark.usefixtures("clean_scratch")
def test_copy_in_that_the_client_gives_up_stores_nothing(places: Places) -> None:
    class SecondThoughtsError(Exception):
        pass

    def begin_and_stop(connection: Connection[Any]) -> None:
        with connection.cursor().copy("COPY scratch (id, word) FROM STDIN") as copy:
            copy.write_row((1, "never"))
            raise SecondThoughtsError

    with connect(places.analyst) as connection:
        with pytest.raises(SecondThoughtsError):
            begin_and_stop(connection)
        assert connection.execute("SELECT count(*) FROM scratch").fetchone() == (0,)


@pytest.mark.parametrize("who", BOTH)
def test_cancel_stops_the_running_statement_and_no_other(places: Places, who: str) -> None:
    with connect(place(places, who)) as bystander, connect(place(places, who)) as connection:
        timer = threading.Timer(0.5, connection.cancel_safe)
        timer.start()
        started = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT count(*) FROM series a, series b, series c, series d")
        timer.join()
        assert time.monotonic() - started < 20
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert bystander.execute("SELECT 2").fetchone() == (2,)


@pytest.mark.parametrize("who", BOTH)
def test_notices_arrive(places: Places, who: str) -> None:
    seen: list[tuple[str | None, str | None]] = []
    with connect(place(places, who)) as connection:
        connection.add_notice_handler(
            lambda notice: seen.append((notice.severity, notice.sqlstate))
        )
        connection.execute("DROP TABLE IF EXISTS never_was_here")
    assert seen == [("NOTICE", "00000")]


def test_notifications_arrive(places: Places) -> None:
    with connect(places.investigator) as listener, connect(places.investigator) as sender:
        listener.execute("LISTEN parcels")
        sender.execute("NOTIFY parcels, 'arrived'")
        received = list(listener.notifies(timeout=10, stop_after=1))
    assert [(note.channel, note.payload) for note in received] == [("parcels", "arrived")]


@pytest.mark.parametrize("who", BOTH)
def test_several_statements_in_one_string_give_several_results(places: Places, who: str) -> None:
    statement = "SELECT 1; SELECT email FROM series WHERE id = 1; SELECT 'last'"
    with connect(place(places, who)) as connection:
        cursor = connection.execute(statement.encode())
        received = [cursor.fetchall()]
        while cursor.nextset():
            received.append(cursor.fetchall())
    assert [len(part) for part in received] == [1, 1, 1]
    assert received[0] == [(1,)]
    assert received[2] == [("last",)]
    if who == "analyst":
        assert_masked(received)


def run_pipeline_with_error(connection: Connection[Any]) -> None:
    with connection.pipeline():
        connection.execute("INSERT INTO scratch VALUES (1, 'in a pipeline')")
        connection.execute("SELECT 1/0")
        connection.execute("INSERT INTO scratch VALUES (2, 'after the error')")


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_a_pipeline_keeps_its_order_and_recovers_at_its_end(places: Places, who: str) -> None:
    with connect(place(places, who)) as connection:
        with connection.pipeline():
            cursors = [
                connection.execute("SELECT id, email FROM series WHERE id = %s", (number,))
                for number in range(1, 51)
            ]
            received = [cursor.fetchone() for cursor in cursors]
        assert [row and row[0] for row in received] == list(range(1, 51))
        if who == "analyst":
            assert_masked(received)
        with pytest.raises(psycopg.errors.DivisionByZero):
            run_pipeline_with_error(connection)
        assert connection.execute("SELECT count(*) FROM scratch").fetchone() == (0,)


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_a_large_value_goes_in_and_comes_out(places: Places, who: str) -> None:
    word = "snow ☃ " * (LARGE_CHARACTERS // 7)
    with connect(place(places, who)) as connection:
        connection.execute("INSERT INTO scratch VALUES (1, %s)", (word,))
        assert connection.execute("SELECT word FROM scratch").fetchone() == (word,)


@pytest.mark.parametrize("who", BOTH)
def test_result_columns_keep_name_and_type(places: Places, who: str) -> None:
    def described(endpoint: Endpoint) -> list[Any]:
        with connect(endpoint) as connection:
            description = connection.execute("SELECT * FROM people").description or []
            return [(column.name, column.type_code) for column in description]

    assert described(place(places, who)) == described(places.direct)


@pytest.mark.parametrize("who", BOTH)
def test_settings_of_the_session_last_and_do_not_reach_others(places: Places, who: str) -> None:
    with connect(place(places, who)) as first, connect(place(places, who)) as second:
        first.execute("SET TimeZone = 'Pacific/Chatham'")
        row = first.execute("SHOW TimeZone").fetchone()
        assert row == ("Pacific/Chatham",)
        assert first.info.parameter_status("TimeZone") == "Pacific/Chatham"
        other = second.execute("SHOW TimeZone").fetchone()
        assert other != row
    with connect(place(places, who)) as later:
        assert later.execute("SHOW TimeZone").fetchone() == other


def test_rows_as_dictionaries_are_masked_too(places: Places) -> None:
    with connect(places.analyst) as connection, connection.cursor(row_factory=dict_row) as cursor:
        query = sql.SQL("SELECT * FROM people ORDER BY {}").format(sql.Identifier("id"))
        assert_masked(cursor.execute(query).fetchall())
