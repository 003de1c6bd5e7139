from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from scrim.protocols.postgres.startup import PostgresClientStartup
from scrim.server.doors import TOO_MANY
from scrim.server.refusal import RefusedClient

GSS_REQUEST = bytes.fromhex("0000000804d21630")
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
BODY = b"\0\3\0\0user\0ana\0\0"
STARTUP = (len(BODY) + 4).to_bytes(4) + BODY


class Transport:
    """Records what a protocol does with its transport."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.end = ""

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.end = self.end or "closed"

    def abort(self) -> None:
        self.end = "aborted"

    def is_closing(self) -> bool:
        return bool(self.end)


async def run(*chunks: bytes) -> Transport:
    transport, closed = Transport(), []
    client = RefusedClient(PostgresClientStartup(), TOO_MANY, lambda: closed.append(1))
    client.connection_made(cast("asyncio.BaseTransport", cast("Any", transport)))
    for chunk in chunks:
        client.data_received(chunk)
    client.connection_lost(None)
    assert closed == [1]
    return transport


@pytest.mark.parametrize(
    "chunks",
    [
        (STARTUP,),
        (SSL_REQUEST, STARTUP),
        (GSS_REQUEST, SSL_REQUEST, STARTUP),
        tuple(STARTUP[i : i + 1] for i in range(len(STARTUP))),
        (STARTUP, b"more"),
    ],
)
async def test_the_error_comes_after_the_startup_message(chunks: tuple[bytes, ...]) -> None:
    transport = await run(*chunks)
    assert transport.end == "closed"
    sent = b"".join(transport.sent)
    assert sent.lstrip(b"N").startswith(b"E")
    assert b"C53300\0" in sent
    assert sent.count(b"C53300\0") == 1


@pytest.mark.parametrize(
    "chunk", [b"\xff\xff\xff\xff\0\3\0\0", b"\0\0\0\0", SSL_REQUEST * 2, b"GET / HTTP/1.1\r\n\r\n"]
)
async def test_nonsense_is_cut_off(chunk: bytes) -> None:
    assert (await run(chunk)).end == "aborted"


async def test_a_slow_client_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrim.server.refusal.REFUSAL_TIMEOUT_SECONDS", 0.01)
    transport = Transport()
    client = RefusedClient(PostgresClientStartup(), TOO_MANY, lambda: None)
    client.connection_made(cast("asyncio.BaseTransport", cast("Any", transport)))
    await asyncio.sleep(0.1)
    assert transport.end == "aborted"
