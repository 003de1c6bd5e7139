"""Steps that try to take a value from under its tags, and answers that try to meet a wrong plan."""

from __future__ import annotations

import contextlib
import struct
import time
from typing import TYPE_CHECKING

import pytest

from tests.evasion.modes import FLUSH, SYNC, bind, describe, execute, parse, query
from tests.evasion.steps import STEPS
from tests.evasion.vault import DATABASE
from tests.evasion.wire import drained
from tests.support.raw_client import RawClient, RawClientError, message

if TYPE_CHECKING:
    from tests.evasion.places import Vault

SECRET = "SELECT id, remarks || '' FROM people WHERE id < 3"
PUBLIC = "SELECT id, word || '' FROM clean"
SETTLES_S = 1.5


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_no_value_leaves_its_tags(vault: Vault, steps: tuple[str, ...]) -> None:
    with RawClient(vault.analyst, timeout_s=30) as client:
        client.forget()
        for step in steps:
            with contextlib.suppress(RawClientError):
                client.query(step)
        vault.check(bytes(client.received), "at once")
        client.forget()
        # Once more when the gateway has seen what changed.
        time.sleep(0.3)
        for step in steps:
            if step.startswith("SELECT"):
                with contextlib.suppress(RawClientError):
                    client.query(step)
        vault.check(bytes(client.received), "later")


def function_call(oid: int) -> bytes:
    return message(b"F", struct.pack("!i", oid) + b"\0" * 6)


CLOSE_PORTAL = message(b"C", b"Pp\0")
CLOSE_STATEMENT = message(b"C", b"Sa\0")
COPY_DONE = message(b"c", b"")
COPY_ROW = message(b"d", b"not a number\n")
COPY_IN = "COPY unlogged_scratch FROM STDIN"

PIPELINES: dict[str, tuple[bytes, ...]] = {
    "Sync inside COPY": (
        query(COPY_IN), SYNC, COPY_DONE,
        query("SELECT 'a' || (1 / (SELECT 0))::text"), query(SECRET),
    ),
    "Sync behind a COPY that failed": (
        query(COPY_IN) + COPY_ROW + SYNC + query(SECRET) + query("SELECT 1, 'a' || 'b'"),
    ),
    "Sync behind a COPY that failed, refused statements": (
        query(COPY_IN) + COPY_ROW + SYNC + query("DO ''") + query(SECRET)
        + query("SELECT 1, 'a' || 'b'"),
    ),
    "Sync behind an extended COPY that failed": (
        parse(COPY_IN) + bind() + execute() + COPY_ROW + SYNC + SYNC + query(SECRET)
        + query("SELECT 1, 'a' || 'b'"),
    ),
    "another cursor of the name, statement described": (
        query("BEGIN") + query(f"DECLARE c CURSOR FOR {PUBLIC}")
        + parse("FETCH 2 FROM c", b"s") + describe(b"S", b"s") + SYNC,
        query("CLOSE c") + query(f"DECLARE c CURSOR FOR {SECRET}"),
        bind(b"s") + execute() + SYNC,
    ),
    "another cursor of the name, portal described": (
        query("BEGIN") + query(f"DECLARE c CURSOR FOR {PUBLIC}"),
        parse("FETCH 2 FROM c", b"s") + bind(b"s", b"p") + describe(b"P", b"p")
        + parse("CLOSE c") + bind() + execute()
        + parse(f"DECLARE c CURSOR FOR {SECRET}") + bind() + execute() + execute(b"p") + SYNC,
    ),
    "another prepared statement of the name": (
        query(f"PREPARE x AS {PUBLIC}") + parse("EXECUTE x", b"s") + describe(b"S", b"s") + SYNC,
        query("DEALLOCATE x") + query(f"PREPARE x AS {SECRET}"),
        bind(b"s") + execute() + SYNC,
    ),
    "Bind to a statement of SQL": (
        query(f"PREPARE x AS {SECRET}"), bind(b"x") + execute() + SYNC, describe(b"S", b"x") + SYNC,
    ),
    "a name used again by SQL": (
        parse(PUBLIC, b"x") + describe(b"S", b"x") + SYNC,
        query("DEALLOCATE x") + query(f"PREPARE x AS {SECRET}"), bind(b"x") + execute() + SYNC,
    ),
    "a name used again by SQL in a pipeline": (
        parse(PUBLIC, b"x") + describe(b"S", b"x") + parse("DEALLOCATE x") + bind() + execute()
        + parse(f"PREPARE x AS {SECRET}") + bind() + execute() + bind(b"x") + execute() + SYNC,
    ),
    "all names used again by SQL": (
        parse(PUBLIC, b"x") + describe(b"S", b"x") + SYNC
        + query(f"DEALLOCATE ALL; PREPARE x AS {SECRET}") + bind(b"x") + execute() + SYNC,
    ),
    "DISCARD and a name used again": (
        parse(PUBLIC, b"x") + describe(b"S", b"x") + SYNC + query("DISCARD ALL")
        + query(f"PREPARE x AS {SECRET}") + bind(b"x") + execute() + SYNC,
    ),
    "one name parsed twice": (
        parse(PUBLIC, b"x") + describe(b"S", b"x") + parse(SECRET, b"x") + SYNC
        + bind(b"x") + execute() + SYNC, bind(b"x") + execute() + SYNC,
    ),
    "the unnamed statement": (
        parse(PUBLIC) + describe(b"S") + parse(SECRET) + bind() + execute() + SYNC,
        parse(PUBLIC) + bind() + describe(b"P") + parse(SECRET) + bind() + execute() + SYNC,
    ),
    "one portal bound twice": (
        parse(PUBLIC, b"a") + parse(SECRET, b"b") + bind(b"a", b"p") + describe(b"P", b"p")
        + CLOSE_PORTAL + bind(b"b", b"p") + execute(b"p") + SYNC,
    ),
    "portals over transactions": (
        parse(PUBLIC, b"a") + parse(SECRET, b"b") + bind(b"a", b"p") + describe(b"P", b"p") + SYNC,
        bind(b"b", b"p") + execute(b"p") + SYNC,
        query("BEGIN") + bind(b"a", b"p") + describe(b"P", b"p") + SYNC + query("ROLLBACK")
        + bind(b"b", b"p") + execute(b"p") + SYNC,
    ),
    "an error in a pipeline": (
        parse(PUBLIC, b"a") + describe(b"S", b"a") + SYNC,
        parse("SELECT 1/0", b"z") + bind(b"z") + execute() + CLOSE_STATEMENT + parse(SECRET, b"a")
        + SYNC + bind(b"a") + execute() + SYNC,
        CLOSE_STATEMENT + parse(SECRET, b"a") + bind(b"a") + execute() + SYNC,
    ),
    "simple queries after an error": (
        parse("SELECT 1/0") + bind() + execute() + query("SELECT 'x' || 'y'")
        + query(SECRET) + SYNC,
        query(SECRET), query("SELECT 'x' || 'y'"),
    ),
    "Flush alone": (
        parse(SECRET) + bind() + describe(b"P") + execute() + FLUSH, SYNC,
        parse(SECRET) + bind() + execute() + FLUSH + execute(rows=1) + FLUSH, SYNC,
    ),
    "a portal made by SQL": (
        query("BEGIN") + query(f"DECLARE c CURSOR FOR {SECRET}"),
        describe(b"P", b"c") + execute(b"c") + SYNC, describe(b"P", b"c") + FLUSH + SYNC,
    ),
    "a function call": (function_call(1), function_call(2107)),
    "NUL inside a query": (message(b"Q", f"SELECT 1\0; {SECRET}\0".encode()), SYNC),
    "NUL inside Parse": (message(b"P", f"\0SELECT 1\0\0\0{SECRET}\0".encode()) + SYNC,),
    "a query without an end": (message(b"Q", SECRET.encode()), SYNC),
    "huge counts in Parse": (
        message(b"P", b"\0" + SECRET.encode() + b"\0\x7f\xff") + bind() + execute() + SYNC,
    ),
    "huge counts in Bind": (
        parse(SECRET) + message(b"B", b"\0\0" + b"\x7f\xff" * 3) + execute() + SYNC,
    ),
    "too few formats": (parse(f"{SECRET}") + bind(formats=(0, 1, 0)) + execute() + SYNC,),
    "formats of every kind": (
        parse("SELECT id, remarks || '', email, ip, profile FROM people")
        + bind(formats=(1, 0, 1, 1, 1)) + execute() + SYNC,
    ),
    "a format that does not exist": (parse(SECRET) + bind(formats=(2,)) + execute() + SYNC,),
    "rows by the piece": (parse(SECRET) + bind() + execute(rows=-1) + execute(rows=1) + SYNC,),
    "COPY in the middle of a string": (
        query(f"SELECT 1; COPY ({SECRET}) TO STDOUT; SELECT 2"),
        query("COPY clean TO STDOUT; COPY people (remarks) TO STDOUT"),
    ),
    "COPY options": (
        query("COPY people (remarks) TO STDOUT (DELIMITER 'q', NULL 'none')"),
        query("COPY people (remarks, email) TO STDOUT WITH CSV HEADER QUOTE 'z' ESCAPE 'y'"),
        query("COPY BINARY people (remarks) TO STDOUT"),
        query("COPY people TO STDOUT (FORMAT csv, ENCODING 'LATIN1')"),
        query("COPY (DELETE FROM series WHERE false RETURNING remarks) TO STDOUT"),
        query("COPY (INSERT INTO series SELECT 9 WHERE false RETURNING label) TO STDOUT"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("chunks", PIPELINES.values(), ids=PIPELINES)
def test_no_answer_meets_a_wrong_plan(vault: Vault, chunks: tuple[bytes, ...]) -> None:
    with RawClient(vault.analyst, timeout_s=30) as client:
        client.forget()
        received = b""
        for chunk in chunks:
            with contextlib.suppress(OSError):
                client.send(chunk)
            received += drained(client)
    vault.check(received, "the client")


def test_a_prepared_statement_is_decided_anew_when_its_view_was_replaced(vault: Vault) -> None:
    change = "CREATE OR REPLACE VIEW harmless AS SELECT id, {} AS word FROM {}"
    with RawClient(vault.analyst, timeout_s=30) as client:
        client.forget()
        client.send(parse("SELECT word FROM harmless", b"s") + describe(b"S", b"s") + SYNC)
        drained(client)
        try:
            vault.server.execute(change.format("remarks", "people"), DATABASE)
            seen_by_the_gateway(vault)
            client.send(bind(b"s") + execute() + SYNC)
            received = drained(client, 0.5)
        finally:
            vault.server.execute(change.format("word", "clean"), DATABASE)
            seen_by_the_gateway(vault)
    vault.check(received, "the client")


def seen_by_the_gateway(vault: Vault) -> None:
    """Return when the gateway has loaded the catalog again."""
    with RawClient(vault.analyst) as other:
        other.query("CREATE TABLE sandbox.poke (i int)")
        # What it does not know it waits for, however busy the machine is.
        other.query("SELECT i FROM sandbox.poke")
        other.query("DROP TABLE sandbox.poke")
    time.sleep(SETTLES_S)


def test_a_copy_that_is_prepared_before_a_sync_is_refused_and_does_not_hang(vault: Vault) -> None:
    with RawClient(vault.analyst, timeout_s=30) as client:
        client.forget()
        copy = parse("COPY people (remarks) TO STDOUT") + bind() + execute()
        client.send(parse(PUBLIC) + bind() + execute() + copy + SYNC)
        received = drained(client, 2)
    vault.check(received, "the client")
    assert b"C0A000" in received
    assert b"send Sync first" in received
