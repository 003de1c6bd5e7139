from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

import pytest

from scrim.config.listeners import ListenerTls
from scrim.protocols.postgres.startup import PostgresClientStartup
from scrim.server import listener as module
from scrim.server.doors import TOO_MANY
from scrim.server.listener import (
    Listener,
    ListenerLimits,
    Overload,
    open_listening_socket,
)
from scrim.server.refusal import RefusedClient
from scrim.server.tls import ServerTls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.support.certificates import Authority

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
CANCEL = bytes.fromhex("0000001004d2162e0000000100000002")


class Echo(asyncio.Protocol):
    def __init__(self, handler: EchoHandler) -> None:
        self.handler = handler

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.handler.open_connections += 1
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.handler.open_connections -= 1

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"<" + data + b">")


class EchoHandler:
    def __init__(self) -> None:
        self.open_connections = 0

    def new_session(self) -> asyncio.BaseProtocol:
        return Echo(self)


def refuse(on_close: Callable[[], None]) -> asyncio.BaseProtocol:
    return RefusedClient(PostgresClientStartup(), TOO_MANY, on_close)


OVERLOAD = Overload(lambda first: first == CANCEL[:8], refuse)


@asynccontextmanager
async def listening(
    max_connections: int = 10,
    startup_timeout_seconds: float | None = 5.0,
    tls: ServerTls | None = None,
) -> AsyncIterator[tuple[Listener, int]]:
    sock = open_listening_socket("127.0.0.1", 0)
    limits = ListenerLimits(max_connections, startup_timeout_seconds)
    listener = Listener(sock, EchoHandler(), limits, tls=tls, overload=OVERLOAD)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listener.serve())
        yield listener, sock.getsockname()[1]
        listener.close()
        listener.close()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, context: ssl.SSLContext | None = None) -> Client:
        name = "localhost" if context is not None else None
        return cls(
            *await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
        )

    async def ask(self, data: bytes) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(10):
            return await self.reader.read(1000)

    async def ask_rudely(self, data: bytes) -> bytes:
        """Ask somebody who may hang up without reading what was sent."""
        try:
            return await self.ask(data)
        except ConnectionError:
            return b""

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


async def test_the_first_bytes_reach_the_session() -> None:
    async with listening() as (listener, port):
        client = await Client.connect(port)
        assert await client.ask(b"hello") == b"<hello>"
        assert await client.ask(b"again") == b"<again>"
        await client.close()
        assert listener.accepted == 1


async def test_many_clients_are_accepted_at_once() -> None:
    async with listening(max_connections=300) as (_, port):
        clients = [await Client.connect(port) for _ in range(200)]
        answers = await asyncio.gather(*(client.ask(b"x") for client in clients))
        assert answers == [b"<x>"] * 200
        for client in clients:
            await client.close()


async def test_a_silent_client_is_cut_off() -> None:
    async with listening(startup_timeout_seconds=0.1) as (_, port):
        client = await Client.connect(port)
        # The kernel itself waits for a first byte before it tells of the client.
        async with asyncio.timeout(15):
            assert await client.reader.read() == b""
        await client.close()


async def test_a_silent_client_does_not_outlive_the_listener() -> None:
    async with listening(startup_timeout_seconds=None) as (_, port):
        client = await Client.connect(port)
        await asyncio.sleep(0.05)
    # Here it speaks too late. Until then the kernel keeps it waiting, at no cost to anybody.
    assert await client.ask_rudely(b"x") == b""
    await client.close()


async def test_direct_tls_is_served_where_the_protocol_is_named(authority: Authority) -> None:
    pair = authority.server("direct")
    tls = ServerTls(ListenerTls(certificate=pair.certificate, key=pair.key))
    context = ssl.create_default_context(cafile=authority.certificate)
    async with listening(tls=tls) as (_, port):
        context.set_alpn_protocols(["postgresql"])
        client = await Client.connect(port, context)
        assert await client.ask(b"hello") == b"<hello>"
        await client.close()
        plain = await Client.connect(port)
        assert await plain.ask(b"hello") == b"<hello>"
        await plain.close()


@pytest.mark.parametrize("protocols", [[], ["http/1.1"]])
async def test_direct_tls_without_the_protocol_name_is_cut_off(
    authority: Authority, protocols: list[str]
) -> None:
    pair = authority.server("nameless")
    tls = ServerTls(ListenerTls(certificate=pair.certificate, key=pair.key))
    context = ssl.create_default_context(cafile=authority.certificate)
    if protocols:
        context.set_alpn_protocols(protocols)
    async with listening(tls=tls) as (_, port):
        try:
            client = await Client.connect(port, context)
        except OSError:
            return  # cut off within the handshake already
        assert await client.ask_rudely(b"hello") == b""
        await client.close()


async def test_direct_tls_is_cut_off_where_there_is_none() -> None:
    async with listening() as (_, port):
        client = await Client.connect(port)
        assert await client.ask_rudely(b"\x16\x03\x01") == b""
        await client.close()


async def test_one_client_too_many_is_told_so_after_its_startup_message() -> None:
    async with listening(max_connections=1) as (listener, port):
        first = await Client.connect(port)
        assert await first.ask(b"hello") == b"<hello>"
        second = await Client.connect(port)
        assert await second.ask(SSL_REQUEST) == b"N"
        answer = await second.ask(startup())
        assert answer.startswith(b"E")
        assert b"C53300\0" in answer
        assert await second.reader.read() == b""
        urgent = await Client.connect(port)
        assert await urgent.ask(CANCEL) == b"<" + CANCEL + b">"
        assert listener.refused == 1
        for client in (first, second, urgent):
            await client.close()


async def test_a_place_that_became_free_is_given_to_the_next() -> None:
    async with listening(max_connections=1) as (_, port):
        for _ in range(3):
            client = await Client.connect(port)
            assert await client.ask(b"x") == b"<x>"
            await client.close()
            await asyncio.sleep(0.05)


async def test_accepting_goes_on_after_a_lack_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESOURCE_PAUSE_SECONDS", 0.05)
    async with listening() as (listener, port):
        real = listener._socket  # noqa: SLF001 - no other way to run out of files
        failures = [errno.EMFILE, errno.ECONNABORTED, errno.ENFILE]

        class Exhausted:
            def accept(self) -> tuple[socket.socket, object]:
                if failures:
                    raise OSError(failures.pop(0), "injected")
                return real.accept()

            def fileno(self) -> int:
                return real.fileno()

            def close(self) -> None:
                real.close()

        listener._socket = cast("socket.socket", Exhausted())  # noqa: SLF001
        client = await Client.connect(port)
        assert await client.ask(b"hello") == b"<hello>"
        assert failures == []
        await client.close()


async def test_a_vanished_client_is_forgotten() -> None:
    async with listening(max_connections=30) as (_, port):
        for _ in range(20):
            sock = socket.create_connection(("127.0.0.1", port))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            sock.send(b"x")
            sock.close()
        client = await Client.connect(port)
        assert await client.ask(b"hello") == b"<hello>"
        await client.close()


def startup() -> bytes:
    body = b"\0\3\0\0user\0ana\0\0"
    return (len(body) + 4).to_bytes(4) + body
