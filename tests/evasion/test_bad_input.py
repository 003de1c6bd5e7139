"""Statements of any size, depth and encoding: bounded time and memory, and a usable session."""

from __future__ import annotations

import contextlib
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.evasion.modes import SYNC, bind, describe, execute
from tests.evasion.vault import DATABASE
from tests.evasion.wire import messages
from tests.support.raw_client import RawClient, RawClientError, error_fields, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault

MIB: Final = 1 << 20
SECONDS: Final = 10.0
"""The longest that any of these may take, most of it the sending; the machine may be busy."""
MEMORY: Final = 512 * MIB
"""How much larger the gateway's processes may have become after all of them."""
WIDE: Final = 1_600
"""The most columns that a table can have."""

SECRET = "(SELECT remarks || '' FROM people WHERE id = 1)"
MANY = 100_000


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


STATEMENTS: Final[dict[str, str | bytes]] = {
    "a comment of 2 MiB": f"SELECT /*{'x' * (2 * MIB)}*/ {SECRET}",
    "blanks of 2 MiB": f"SELECT {' ' * (2 * MIB)} {SECRET}",
    "an identifier of 900 KiB": f'SELECT 1 AS "{"x" * (900 << 10)}", {SECRET}',
    "a literal of 900 KiB": f"SELECT '{'x' * (900 << 10)}', {SECRET}",
    "items of a result": f"SELECT {','.join(['1'] * MANY)}, {SECRET}",
    "items of a list": f"SELECT {SECRET} FROM clean WHERE id IN ({','.join(['1'] * MANY)})",
    "items of an array": f"SELECT {SECRET}, ARRAY[{','.join(['1'] * MANY)}]",
    "rows of VALUES": f"SELECT {SECRET} FROM (VALUES {','.join(['(1)'] * MANY)}) v (x) LIMIT 1",
    "conditions in a row": f"SELECT {SECRET} FROM clean WHERE {' AND '.join(['true'] * MANY)}",
    "additions in a row": f"SELECT {'+'.join(['1'] * MANY)}, {SECRET}",
    "unions in a row": f"{' UNION ALL '.join(['SELECT remarks FROM people'] * 2_000)}",
    "joins in a row": f"SELECT {SECRET} FROM {' CROSS JOIN '.join(['clean'] * 3_000)}",
    "statements in a row": "SELECT 1;" * 10_000 + f"SELECT {SECRET}",
    "empty statements in a row": ";" * MANY + f"SELECT {SECRET}",
    "table expressions in a row": (
        "WITH " + ",".join(f"c{i} AS (SELECT remarks FROM people)" for i in range(2_000))
        + " SELECT * FROM c1999"
    ),
    "brackets": f"SELECT {_nested('(', SECRET, ')', MANY)}",
    "subqueries": f"SELECT * FROM {_nested('(SELECT * FROM ', 'people', ') q', 5_000)}",
    "scalar subqueries": _nested("SELECT (", f"SELECT {SECRET}", ")", 5_000),
    "table expressions": _nested("WITH q AS (", "SELECT remarks FROM people", ") TABLE q", 2_000),
    "calls": f"SELECT {_nested('upper(', SECRET, ')', 20_000)}",
    "arrays": f"SELECT {_nested('ARRAY[', SECRET, ']', 20_000)}",
    "rows": f"SELECT {_nested('ROW(', SECRET, ')', 20_000)}",
    "cases": f"SELECT {_nested('CASE WHEN true THEN ', SECRET, ' END', 20_000)}",
    "casts": f"SELECT {SECRET}{'::text' * 20_000}",
    "negations": f"SELECT {'NOT ' * MANY} ({SECRET} = 'x')",
    "signs": f"SELECT {'- ' * MANY} ascii({SECRET})",
    "subscripts": f"SELECT (ARRAY[{SECRET}]){'[1]' * 20_000}",
    "fields": f"SELECT ({SECRET}){'.x' * 20_000}",
    "comments in comments": f"SELECT {'/*' * MANY}{'*/' * MANY} {SECRET}",
    "comments in a row": f"SELECT {'/**/' * MANY} {SECRET}",
    "signs without blanks": f"SELECT {'+-' * MANY}1, {SECRET}",
    "EXPLAIN of EXPLAIN": "EXPLAIN " * 5_000 + f"SELECT {SECRET}",
    "a comment without an end": f"SELECT {SECRET} /* never",
    "comments without an end": f"SELECT {SECRET} " + "/*" * MANY,
    "a literal without an end": f"SELECT {SECRET}, 'never",
    "an identifier without an end": f'SELECT {SECRET} AS "never',
    "a dollar quote without an end": f"SELECT {SECRET}, $never$ $never",
    "a bracket without an end": f"SELECT ({SECRET}",
    "an empty identifier": f'SELECT {SECRET} AS ""',
    "a long identifier": f"SELECT {SECRET} AS {'x' * 200}",
    "escapes of every kind": (
        f"SELECT U&'\\0061\\+000061' || {SECRET}, E'\\x61\\141\\u0061', $q$'$q$, B'1', X'1f'"
    ),
    "identifiers of every kind": (
        'SELECT U&"rem\\0061rks" || \'\', "people"."remarks" || \'\', U&"d!0061t" UESCAPE \'!\''
        " FROM (SELECT remarks, 1 AS dat, remarks AS x FROM people) people"
    ),
    "a broken Unicode escape": f"SELECT U&'\\d800' || {SECRET}",
    "Unicode beyond ASCII": f"SELECT {SECRET} AS \u00e9\u4e2d\U0001f600, '\u202e'",
    "invalid UTF-8": b"SELECT '\xff\xfe', " + SECRET.encode(),
    "invalid UTF-8 in a name": b"SELECT " + SECRET.encode() + b' AS "\xc3("',
    "an overlong sequence": b"SELECT '\xc0\xa7', " + SECRET.encode() + b" --'",
    "half a character": b"SELECT " + SECRET.encode() + b", '\xe2\x82'",
    "a surrogate": b"SELECT '\xed\xa0\x80', " + SECRET.encode(),
    "Latin-1": "SELECT 'caf\u00e9', ".encode("latin-1") + SECRET.encode(),
    "Shift JIS with a backslash": b"SELECT '\x83\x5c', " + SECRET.encode() + b" --'",
    "GBK with a quote": b"SELECT '\xbf\x27', " + SECRET.encode() + b" --'",
    "control characters": b"SELECT\x0b\x0c\x01 " + SECRET.encode(),
    "a byte order mark": b"\xef\xbb\xbfSELECT " + SECRET.encode(),
    "more columns than there can be": f"SELECT {','.join(['remarks'] * 1_665)} FROM people",
    "as many columns as there can be": f"SELECT {','.join(['remarks'] * 1_664)} FROM people",
    "stars": f"SELECT {','.join(['*'] * 52)} FROM people WHERE id = 1",
    "every column of a wide table": "SELECT * FROM wide",
    "a wide row": "SELECT w, w::text, to_json(w), ROW(w.*) FROM wide w",
    "columns of a wide table by name": (
        f"SELECT {','.join(f'upper(c{i})' for i in range(WIDE))} FROM wide"
    ),
}  # fmt: skip
"""Statements by what is wrong or large about them."""


@pytest.fixture(scope="module")
def wide(vault: Vault) -> None:
    """A table of as many columns as there can be."""
    columns = ", ".join(f"c{i} text" for i in range(WIDE))
    vault.server.execute(f"CREATE TABLE wide ({columns})", DATABASE)
    secret = vault.canaries.people[0].secret
    vault.server.execute(f"INSERT INTO wide (c0, c1599) VALUES ('a', '{secret}')", DATABASE)


@pytest.fixture
def client(vault: Vault, wide: None) -> Iterator[RawClient]:
    with RawClient(vault.analyst, timeout_s=15) as opened:
        yield opened


@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_bad_statements_are_answered_soon(
    vault: Vault, client: RawClient, what: str, protocol: str
) -> None:
    statement = STATEMENTS[what]
    text = statement.encode() if isinstance(statement, str) else statement
    if protocol == "simple":
        sent = message(b"Q", text + b"\0")
    else:
        sent = (
            message(b"P", b"\0" + text + b"\0\0\0")
            + bind(formats=(1,))
            + describe(b"P")
            + execute()
            + SYNC
        )
    _answered(vault, client, sent, f"{protocol}: {what}")


MESSAGES: Final[dict[str, bytes]] = {
    "NUL inside a query": message(b"Q", f"SELECT 1\0; SELECT {SECRET}\0".encode()) + SYNC,
    "NUL inside Parse": message(b"P", f"\0SELECT 1\0\0\0{SECRET}\0".encode()) + SYNC,
    "types of 65,535 parameters": (
        message(b"P", b"\0SELECT 1\0" + struct.pack("!H", 65_535) + b"\0\0\0\x19" * 65_535) + SYNC
    ),
    "a name of 1 MiB": (
        message(b"P", b"x" * MIB + b"\0SELECT 1\0\0\0") + message(b"D", b"S" + b"x" * MIB + b"\0")
        + SYNC
    ),
    "65,535 parameters": (
        message(b"P", b"\0SELECT $65535::text\0\0\0")
        + message(b"B", b"\0\0\0\0" + struct.pack("!H", 65_535) + b"\xff" * 4 * 65_535 + b"\0\0")
        + execute() + SYNC
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MESSAGES)
def test_bad_messages_end_at_most_their_session(vault: Vault, what: str) -> None:
    with RawClient(vault.analyst, timeout_s=15) as opened, RawClient(vault.analyst) as other:
        opened.forget()
        with contextlib.suppress(RawClientError):
            opened.send(MESSAGES[what])
            for _ in opened.rows():
                pass
        vault.check(bytes(opened.received), what)
        assert other.query("SELECT 'usable'") == [[b"usable"]], what


def _answered(vault: Vault, client: RawClient, sent: bytes, what: str) -> None:
    """Fail unless an answer comes in time, holds nothing protected, and others come after it."""
    started = time.monotonic()
    refused: RawClientError | None = None
    client.forget()
    client.send(sent)
    try:
        for _ in client.rows():
            pass
    except RawClientError as error:
        refused = error
    if refused is not None:
        assert refused.code, f"{what}: {refused}"
        bodies = [body for kind, body in messages(bytes(client.received)) if kind == "E"]
        assert all(error_fields(body)["M"] for body in bodies), f"{what}: refused without a reason"
    assert time.monotonic() - started < SECONDS, what
    vault.check(bytes(client.received), what)
    assert client.query("SELECT 'usable'") == [[b"usable"]], what


@pytest.mark.parametrize("kind", ["Q", "P"])
def test_a_statement_of_100_mib_is_refused_and_the_session_goes_on(
    vault: Vault, client: RawClient, kind: str
) -> None:
    text = f"SELECT '{'x' * (100 * MIB)}', {SECRET}\0".encode()
    sent = message(b"Q", text) if kind == "Q" else message(b"P", b"\0" + text + b"\0\0") + SYNC
    _answered(vault, client, sent, f"100 MiB, {kind}")


def test_memory_stays_bounded(vault: Vault) -> None:
    with RawClient(vault.analyst, timeout_s=15) as client:
        client.query("SELECT 1")
        before = _memory(vault.gateway.pid)
        for statement in STATEMENTS.values():
            text = statement.encode() if isinstance(statement, str) else statement
            client.forget(keep=False)
            client.send(message(b"Q", text + b"\0"))
            with contextlib.suppress(RawClientError):
                for _ in client.rows():
                    pass
        assert _memory(vault.gateway.pid) - before < MEMORY


def _memory(pid: int) -> int:
    """Return the largest resident size of a process and its children so far, in bytes."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0
    for each in (str(pid), *children):
        for line in Path(f"/proc/{each}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                total += int(line.split()[1]) << 10
    return total
