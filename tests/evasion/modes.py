"""The ways to run one query by the protocol itself, each as the bytes that a client sends."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from tests.support.raw_client import message

if TYPE_CHECKING:
    from collections.abc import Callable

SYNC: Final = message(b"S", b"")
FLUSH: Final = message(b"H", b"")


def query(sql: str) -> bytes:
    """Return a simple query.

    Args:
        sql: One or more statements.
    """
    return message(b"Q", sql.encode() + b"\0")


def parse(sql: str, name: bytes = b"") -> bytes:
    """Return a Parse message.

    Args:
        sql: The statement.
        name: Its name.
    """
    return message(b"P", name + b"\0" + sql.encode() + b"\0" + struct.pack("!h", 0))


def bind(name: bytes = b"", portal: bytes = b"", formats: tuple[int, ...] = ()) -> bytes:
    """Return a Bind message without parameters.

    Args:
        name: The statement.
        portal: The portal.
        formats: Format codes of the result.
    """
    codes = struct.pack(f"!h{len(formats)}h", len(formats), *formats)
    return message(b"B", portal + b"\0" + name + b"\0" + struct.pack("!hh", 0, 0) + codes)


def describe(kind: bytes, name: bytes = b"") -> bytes:
    """Return a Describe message.

    Args:
        kind: `S` for a statement, `P` for a portal.
        name: Its name.
    """
    return message(b"D", kind + name + b"\0")


def execute(portal: bytes = b"", rows: int = 0) -> bytes:
    """Return an Execute message.

    Args:
        portal: The portal.
        rows: Most rows to return; all when 0.
    """
    return message(b"E", portal + b"\0" + struct.pack("!i", rows))


def _extended(*formats: int) -> Callable[[str], bytes]:
    return lambda sql: parse(sql) + bind(formats=formats) + describe(b"P") + execute() + SYNC


MODES: Final[dict[str, Callable[[str], bytes]]] = {
    "simple": query,
    "many statements": lambda sql: query(f"SELECT 1; {sql}; SELECT 2"),
    "extended text": _extended(),
    "extended binary": _extended(1),
    "undescribed": lambda sql: parse(sql) + bind() + execute() + SYNC,
    "described statement": lambda sql: (
        parse(sql, b"s") + describe(b"S", b"s") + SYNC
        + bind(b"s") + execute() + message(b"C", b"Ss\0") + SYNC
    ),
    "row limits": lambda sql: (
        parse(sql) + bind() + execute(rows=1) + execute(rows=1) + execute() + SYNC
    ),
    "pipeline": lambda sql: (
        parse("SELECT 1") + bind() + execute()
        + parse(sql) + bind() + execute()
        + parse("SELECT 1/0") + bind() + execute() + parse(sql) + bind() + execute() + SYNC
    ),
    "COPY text": lambda sql: query(f"COPY ({sql}) TO STDOUT"),
    "COPY csv": lambda sql: query(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)"),
    "COPY binary": lambda sql: (
        parse(f"COPY ({sql}) TO STDOUT (FORMAT binary)") + bind() + execute() + SYNC
    ),
    "cursor": lambda sql: query(
        f"DECLARE c SCROLL CURSOR FOR {sql}; FETCH 2 FROM c; FETCH ABSOLUTE 1 FROM c; CLOSE c"
    ),
    "binary cursor": lambda sql: (
        query(f"DECLARE d BINARY CURSOR FOR {sql}; FETCH ALL FROM d")
        + parse("FETCH BACKWARD ALL FROM d") + bind(formats=(1,)) + execute() + SYNC
        + query("CLOSE d")
    ),
    "PREPARE": lambda sql: query(f"PREPARE q AS {sql}; EXECUTE q; DEALLOCATE q"),
    "PREPARE, extended": lambda sql: (
        query(f"PREPARE q AS {sql}") + parse("EXECUTE q") + bind(formats=(1,)) + execute() + SYNC
        + query("DEALLOCATE q")
    ),
    "EXPLAIN": lambda sql: query(f"EXPLAIN (ANALYZE, VERBOSE, COSTS OFF) {sql}"),
}  # fmt: skip
"""Bytes by the name of the way."""
