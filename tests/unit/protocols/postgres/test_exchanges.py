"""Statements of the gateway's own, against servers that answer wrongly."""

from __future__ import annotations

import contextlib
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.protocols.postgres.dialect import PostgresDialect
from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import frame
from scrim.protocols.postgres.messages import ParameterStatus, Query, ReadyForQuery, Terminate
from scrim.protocols.postgres.upstream_startup import PostgresUpstreamStartup
from scrim.wire import ProtocolError, TlsDemand, UpstreamExchange, UpstreamLogin

DIALECT = PostgresDialect(secrets.token_bytes)
READY = ReadyForQuery().encode()
DISCARDED = frame("C", b"DISCARD ALL\0")
ROLLED_BACK = frame("C", b"ROLLBACK\0")
NOTICE = ErrorFields({"S": "NOTICE", "M": "x"}).encode("N")
STATUS = ParameterStatus("TimeZone", "UTC").encode()


def error(code: str, severity: str = "ERROR") -> bytes:
    return ErrorFields({"S": severity, "V": severity, "C": code, "M": "zaphod"}).encode()


def row(*cells: bytes | None) -> bytes:
    body = len(cells).to_bytes(2)
    for cell in cells:
        body += b"\xff\xff\xff\xff" if cell is None else len(cell).to_bytes(4) + cell
    return frame("D", body)


def answer(exchange: UpstreamExchange, data: bytes, *, by_byte: bool = False) -> None:
    exchange.take_outgoing()
    for chunk in [bytes([byte]) for byte in data] if by_byte else [data]:
        exchange.receive(chunk)


@pytest.mark.parametrize("by_byte", [False, True])
def test_a_clean_reset(by_byte: bool) -> None:
    exchange = DIALECT.reset(in_transaction=False)
    assert exchange.take_outgoing() == Query("DISCARD ALL").encode()
    answer(exchange, NOTICE + STATUS + DISCARDED + STATUS + READY, by_byte=by_byte)
    assert exchange.done
    assert exchange.changed == (("TimeZone", "UTC"), ("TimeZone", "UTC"))


def test_a_reset_after_a_transaction() -> None:
    exchange = DIALECT.reset(in_transaction=True)
    sent = exchange.take_outgoing()
    assert sent == Query("ROLLBACK").encode() + Query("DISCARD ALL").encode()
    answer(exchange, ROLLED_BACK + READY + DISCARDED + READY)
    assert exchange.done


@pytest.mark.parametrize(
    "data",
    [
        DISCARDED + ReadyForQuery("T").encode(),
        frame("C", b"DISCARD\0") + READY,
        frame("C", b"SELECT 1\0") + READY + DISCARDED + READY,
        READY,
        row(b"1"),
        error("25001") + READY,
        error("57P01", "FATAL"),
        ROLLED_BACK + READY,
        frame("A", b"\0\0\0\1a\0b\0") + DISCARDED + READY,
        DISCARDED + READY + READY,
        DISCARDED + READY + b"D",
        b"\0" * 8,
    ],
)
def test_any_other_answer_to_a_reset_fails_it(data: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        answer(DIALECT.reset(in_transaction=False), data)
    assert "zaphod" not in caught.value.message


def test_a_sign_of_life() -> None:
    exchange = DIALECT.ping()
    assert exchange.take_outgoing() == Query("").encode()
    answer(exchange, frame("I", b"") + READY)
    assert exchange.done
    for wrong in (DISCARDED, READY, error("57P01", "FATAL")):
        with pytest.raises(ProtocolError):
            answer(DIALECT.ping(), wrong)


def test_rows() -> None:
    exchange = DIALECT.query("SELECT 1", 1000)
    assert exchange.take_outgoing() == Query("SELECT 1").encode()
    data = frame("T", b"\0\0") + row(b"1", None, "é".encode()) + row() + frame("C", b"SELECT 2\0")
    answer(exchange, data + READY, by_byte=True)
    assert exchange.done
    assert exchange.rows == [("1", None, "é"), ()]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (error("42P01") + READY, "08006"),
        (error("57P01", "FATAL"), "57P01"),
        (row(b"x" * 600) + row(b"x" * 600), "54000"),
        (row(b"x" * 2000), "08P01"),
        (frame("H", b"\0\0\0"), "08006"),
        (frame("D", b"\0\1\0\0\0\5abc"), "08P01"),
        (frame("D", b"\0\1\xff\xff\xff\xfe"), "08P01"),
        (frame("D", b"\0\0x"), "08P01"),
        (READY + row(b"1"), "08006"),
    ],
)
def test_wrong_answers_to_a_query(data: bytes, code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        answer(DIALECT.query("SELECT 1", 1000), data)
    assert caught.value.code == code
    assert "zaphod" not in caught.value.message


def test_an_idle_session_may_report_settings_and_nothing_else() -> None:
    watch = DIALECT.idle()
    assert watch.take_outgoing() == b""
    watch.receive(STATUS + NOTICE)
    assert watch.changed == (("TimeZone", "UTC"),)
    assert not watch.done
    with pytest.raises(ProtocolError, match="ended the session") as caught:
        watch.receive(error("57P01", "FATAL"))
    assert caught.value.code == "57P01"
    for wrong in (READY, row(b"1"), frame("A", b"\0\0\0\1a\0b\0")):
        with pytest.raises(ProtocolError, match="out of step"):
            DIALECT.idle().receive(wrong)


def test_reported_settings_are_bounded() -> None:
    with pytest.raises(ProtocolError, match="out of step"):
        DIALECT.idle().receive(STATUS * 1001)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_random_answers_never_do_anything_else(chunks: list[bytes]) -> None:
    for exchange in (
        DIALECT.reset(in_transaction=True), DIALECT.ping(), DIALECT.idle(), DIALECT.query("", 50)
    ):  # fmt: skip
        with contextlib.suppress(ProtocolError):
            for chunk in chunks:
                exchange.receive(chunk)


def test_the_rest_of_the_dialect() -> None:
    assert DIALECT.farewell() == Terminate().encode()
    assert DIALECT.socket_path("/run/postgresql/", 5432) == "/run/postgresql/.s.PGSQL.5432"
    login = UpstreamLogin("u", "d")
    for compatible, version in ((False, b"\0\3\0\2"), (True, b"\0\3\0\0")):
        startup = DIALECT.startup(login, TlsDemand.NONE, compatible=compatible)
        assert isinstance(startup, PostgresUpstreamStartup)
        assert startup.take_outgoing()[4:8] == version


def described(name: bytes) -> bytes:
    field = name + b"\0" + (16384).to_bytes(4) + (2).to_bytes(2) + (25).to_bytes(4)
    return frame("T", b"\0\1" + field + b"\xff\xff" + b"\xff\xff\xff\xff" + b"\0\0")


def test_a_description_asks_without_running() -> None:
    exchange = DIALECT.describe(b"SELECT 1")
    sent = exchange.take_outgoing()
    assert sent == (frame("P", b"\0SELECT 1\0\0\0") + frame("D", b"S\0") + frame("S", b""))


@pytest.mark.parametrize("by_byte", [False, True])
def test_a_statement_with_a_result_is_described(by_byte: bool) -> None:
    exchange = DIALECT.describe(b"SELECT email FROM people")
    parts = frame("1", b"") + frame("t", b"\0\0") + described(b"email") + READY
    answer(exchange, parts, by_byte=by_byte)
    assert exchange.done
    assert exchange.refused is None
    assert [(one.name, one.relation_id) for one in exchange.fields or ()] == [("email", 16384)]


def test_a_statement_without_a_result_has_no_fields() -> None:
    exchange = DIALECT.describe(b"BEGIN")
    answer(exchange, frame("1", b"") + frame("t", b"\0\0") + frame("n", b"") + READY)
    assert (exchange.done, exchange.fields, exchange.refused) == (True, None, None)


def test_a_statement_that_is_not_accepted_is_an_answer() -> None:
    exchange = DIALECT.describe(b"SELECT nothing")
    answer(exchange, error("42703") + READY)
    assert exchange.refused == ("42703", "zaphod")
    assert exchange.done


@pytest.mark.parametrize("wrong", [row(b"x"), frame("C", b"SELECT 1\0"), frame("2", b"")])
def test_an_answer_that_is_no_description_is_refused(wrong: bytes) -> None:
    exchange = DIALECT.describe(b"SELECT 1")
    with pytest.raises(ProtocolError, match="out of step"):
        answer(exchange, frame("1", b"") + wrong)


def test_a_store_that_ends_the_session_while_describing_is_lost() -> None:
    exchange = DIALECT.describe(b"SELECT 1")
    with pytest.raises(ProtocolError) as caught:
        answer(exchange, error("57P01", "FATAL"))
    assert caught.value.code == "57P01"
