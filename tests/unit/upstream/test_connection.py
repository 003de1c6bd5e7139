"""One connection: pressure, cancel requests and parting, against stores that misbehave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from scrim.config.connections import UpstreamTls
from scrim.protocols.postgres.framing import frame
from scrim.protocols.postgres.messages import BackendKeyData, ReadyForQuery, Terminate
from scrim.upstream.connection import ExchangeReceiver, UpstreamConnection
from scrim.upstream.control import ControlConnection
from scrim.upstream.target import Target
from scrim.upstream.tls import PLAIN, build_policy
from scrim.wire import ProtocolError, UpstreamLogin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from scrim.protocols.postgres.dialect import PostgresDialect
    from scrim.upstream.connector import Connector
    from scrim.upstream.pool import Pool
    from scrim.upstream.tls import TlsPolicy

    Connect = Callable[[Target], Connector]
    Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WELCOME = frame("R", bytes(4)) + BackendKeyData(7, b"abcd").encode() + ReadyForQuery().encode()


class Store:
    """A data store that follows a script with every client."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.port = 0
        self.clients = 0

    def target(self, tls: TlsPolicy = PLAIN, timeout: float = 5) -> Target:
        return Target("127.0.0.1", self.port, UpstreamLogin("u", "d"), tls, timeout)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.clients, len(self.scripts) - 1)]
        self.clients += 1
        try:
            await script(reader, writer)
        finally:
            writer.close()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = Store()
    server = await asyncio.start_server(store.serve, "127.0.0.1", 0)
    store.port = server.sockets[0].getsockname()[1]
    async with server:
        yield store


async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let the gateway in and read whatever it says until it leaves."""
    await reader.read(1000)
    writer.write(WELCOME)
    while await reader.read(100_000):
        pass


def says(data: bytes) -> Script:
    """Return a script that answers the first words with some bytes and hangs up."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(data)
        await writer.drain()

    return script


@pytest.mark.parametrize(
    "data", [b"", b"R\0\0", b"\0" * 10, b"HTTP/1.1 400\r\n\r\n", b"Z\0\0\0\5I"]
)
async def test_stores_that_answer_with_garbage(data: bytes, store: Store, connect: Connect) -> None:
    store.scripts = [says(data)]
    with pytest.raises(ProtocolError):
        await connect(store.target()).open()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"S" + b"\x15\x03\x01\x00\x02\x02\x28", "unencrypted data"),
        (b"", "was lost"),
        (b"E", "did not understand"),
    ],
)
async def test_stores_that_fail_before_tls(
    data: bytes, message: str, store: Store, connect: Connect
) -> None:
    store.scripts = [says(data)]
    policy = build_policy(UpstreamTls(mode="require"))
    with pytest.raises(ProtocolError, match=message):
        await connect(store.target(policy)).open()


async def test_a_store_that_promises_tls_and_speaks_something_else(
    store: Store, connect: Connect
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"S")
        await reader.read(1000)
        writer.write(b"no TLS at all, but a long enough text to be read as a record")
        await writer.drain()

    store.scripts = [script]
    require = build_policy(UpstreamTls(mode="require"))
    with pytest.raises(ProtocolError, match="could not be established"):
        await connect(store.target(require)).open()
    store.clients, store.scripts = 0, [script, welcome]
    prefer = build_policy(UpstreamTls(mode="prefer"))
    connection = await connect(store.target(prefer)).open()
    await closed(connection)


async def closed(connection: UpstreamConnection) -> None:
    connection.close()
    await connection.wait_closed()


async def test_a_store_that_says_nothing(store: Store, connect: Connect) -> None:
    async def script(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass

    store.scripts = [script]
    with pytest.raises(ProtocolError, match="did not answer in time"):
        await connect(store.target(timeout=0.1)).open()


async def test_a_cancel_request_that_nobody_takes(store: Store, connect: Connect) -> None:
    store.scripts = [welcome, says(b"")]
    connection = await connect(store.target()).open()
    assert await connection.cancel()
    taken = connection.tainted
    store.port = 1
    connection.equip(nobody, b"")
    assert not await connection.cancel()
    assert (taken, connection.tainted) == (False, True)
    connection.cancel_key = None
    assert not await connection.cancel()
    await closed(connection)
    assert not await connection.cancel()


async def nobody(_: UpstreamConnection) -> bool:
    return False


async def test_parting_is_polite(store: Store, connect: Connect) -> None:
    heard = asyncio.get_running_loop().create_future()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(WELCOME)
        heard.set_result(await reader.read())

    store.scripts = [script]
    connection = await connect(store.target()).open()
    connection.close()
    connection.close()
    connection.write(b"too late")
    connection.pause_reading()
    connection.resume_reading()
    await connection.wait_closed()
    assert await heard == Terminate().encode()
    assert repr(connection) == "<UpstreamConnection closed>"


async def test_bytes_that_belong_to_nobody_end_the_connection(
    store: Store, connect: Connect
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(WELCOME)
        await reader.read(1000)
        writer.write(b"what nobody asked for")
        await reader.read(1000)

    store.scripts = [script]
    connection = await connect(store.target()).open()
    connection.write(b"x")
    await connection.wait_closed()
    assert connection.closed


async def test_a_store_that_does_not_read_puts_pressure_on_the_writer(
    store: Store, connect: Connect
) -> None:
    full, again = asyncio.Event(), asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(WELCOME)
        await full.wait()
        while await reader.read(1_000_000):
            pass

    class Writer:
        def upstream_data(self, data: bytes) -> None:
            raise AssertionError(data)

        def upstream_lost(self, exc: Exception | None) -> None:
            pass

        def upstream_pause_writing(self) -> None:
            full.set()

        def upstream_resume_writing(self) -> None:
            again.set()

    store.scripts = [script]
    connection = await connect(store.target()).open()
    connection.receiver = Writer()
    for _ in range(100):
        connection.write(bytes(1_000_000))
    async with asyncio.timeout(10):
        await full.wait()
        await again.wait()
    connection.abort()
    await connection.wait_closed()


async def test_a_hang_up_ends_the_exchange(
    store: Store, connect: Connect, dialect: PostgresDialect
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(WELCOME)
        await reader.read(1000)

    store.scripts = [script]
    connection = await connect(store.target()).open()
    with pytest.raises(ProtocolError, match="was lost"):
        await ControlConnection(connection, dialect).query("SELECT 1")
    ends: list[ProtocolError | None] = []
    receiver = ExchangeReceiver(connection, dialect.idle(), None, ends.append)
    receiver.upstream_pause_writing()
    receiver.upstream_resume_writing()
    receiver.upstream_lost(None)
    receiver.upstream_lost(None)
    assert len(ends) == 1


async def test_a_question_that_is_called_off_ends_the_connection(
    store: Store, connect: Connect, dialect: PostgresDialect
) -> None:
    store.scripts = [welcome]
    connection = await connect(store.target()).open()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ControlConnection(connection, dialect).query("SELECT 1")
    assert connection.closed
    await connection.wait_closed()


async def test_a_pool_cannot_fill_itself_from_a_store_that_fails(
    store: Store, make_pool: Callable[..., Pool]
) -> None:
    store.scripts = [says(b"")]
    pool = make_pool(store.target(), min_idle=2)
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(pool.run())
        while pool.healthy:  # noqa: ASYNC110 - the pool announces nothing
            await asyncio.sleep(0.01)
        keeper.cancel()
    assert pool.statistics.open == 0


async def test_an_old_connection_is_not_handed_out(
    store: Store, make_pool: Callable[..., Pool]
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(WELCOME)
        await reader.read(1000)
        writer.write(frame("C", b"DISCARD ALL\0") + ReadyForQuery().encode())
        await reader.read()

    store.scripts = [script]
    pool = make_pool(store.target(), max_lifetime=0.2)
    first = await pool.acquire("alice")
    pool.release(first, clean=True)
    while not pool.statistics.idle:  # noqa: ASYNC110 - the pool announces nothing
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.25)
    assert pool.try_acquire("alice") is None
    assert first.closed


async def test_a_pool_that_drains_while_it_opens_gives_nothing_out(
    store: Store, make_pool: Callable[..., Pool]
) -> None:
    slow = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        await slow.wait()
        writer.write(WELCOME)
        await reader.read()

    store.scripts = [script]
    pool = make_pool(store.target())
    opening = asyncio.ensure_future(pool.acquire("alice"))
    while not store.clients:  # noqa: ASYNC110 - the store announces nothing
        await asyncio.sleep(0.01)
    await pool.drain(0)
    slow.set()
    with pytest.raises(ProtocolError, match="shutting down"):
        await opening
    assert pool.statistics.open == 0
    await asyncio.sleep(0.05)
