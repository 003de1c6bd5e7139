from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scrim.upstream.socket_transport import SocketTransport

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listening(asyncio.Protocol):
    """Keeps what a transport tells."""

    def __init__(self) -> None:
        self.heard = b""
        self.pauses: list[str] = []
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.fails = False
        self.came = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.came.set()
        if self.fails:
            raise ValueError("a fault of the protocol")

    def pause_writing(self) -> None:
        self.pauses.append("pause")

    def resume_writing(self) -> None:
        self.pauses.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)


@contextmanager
def connected() -> Iterator[tuple[SocketTransport, Listening, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(5)
    protocol = Listening()
    transport = SocketTransport(asyncio.get_running_loop(), near, protocol)
    with far:
        yield transport, protocol, far
        transport.abort()


async def heard(protocol: Listening, length: int) -> bytes:
    async with asyncio.timeout(5):
        while len(protocol.heard) < length:
            await protocol.came.wait()
            protocol.came.clear()
    return protocol.heard


async def read_all(far: socket.socket, length: int) -> bytes:
    def read() -> bytes:
        data = b""
        while len(data) < length:
            chunk = far.recv(1 << 16)
            if not chunk:
                break
            data += chunk
        return data

    return await asyncio.to_thread(read)


async def test_bytes_pass_both_ways() -> None:
    with connected() as (transport, protocol, far):
        far.sendall(b"question")
        assert await heard(protocol, 8) == b"question"
        transport.write(b"answer")
        assert far.recv(100) == b"answer"


async def test_what_cannot_be_written_at_once_is_written_later_and_in_order() -> None:
    with connected() as (transport, protocol, far):
        transport.set_write_buffer_limits(high=1024)
        data = bytes(range(256)) * 16_384
        transport.write(data)
        transport.write(b"end")
        assert transport.get_write_buffer_size() > 0
        assert protocol.pauses == ["pause"]
        assert await read_all(far, len(data) + 3) == data + b"end"
        await asyncio.sleep(0.01)
        assert protocol.pauses == ["pause", "resume"]
        assert transport.get_write_buffer_size() == 0


async def test_close_sends_what_waits_first() -> None:
    with connected() as (transport, protocol, far):
        data = b"x" * (4 << 20)
        transport.write(data)
        transport.close()
        assert transport.is_closing()
        assert await read_all(far, len(data) + 1) == data
        assert await protocol.lost is None


async def test_abort_sends_nothing_more() -> None:
    with connected() as (transport, protocol, far):
        transport.write(b"x" * (4 << 20))
        transport.abort()
        assert await protocol.lost is None
        assert len(await read_all(far, 4 << 20)) < 4 << 20


async def test_a_peer_that_leaves_ends_the_connection() -> None:
    with connected() as (transport, protocol, far):
        far.sendall(b"last words")
        far.close()
        assert await protocol.lost is None
        assert protocol.heard == b"last words"
        assert transport.is_closing()


async def test_a_peer_that_cannot_be_written_to_ends_the_connection() -> None:
    with connected() as (transport, protocol, far):
        transport.pause_reading()
        far.close()
        transport.write(b"into the void")
        assert isinstance(await protocol.lost, OSError)


async def test_nothing_is_read_while_reading_is_paused() -> None:
    with connected() as (transport, protocol, far):
        transport.pause_reading()
        far.sendall(b"later")
        await asyncio.sleep(0.02)
        assert protocol.heard == b""
        transport.resume_reading()
        assert await heard(protocol, 5) == b"later"


async def test_a_detached_socket_goes_on_elsewhere() -> None:
    with connected() as (transport, protocol, far):
        data = b"y" * (4 << 20)
        transport.write(data)
        descriptor, unsent = transport.detach()
        with socket.socket(fileno=descriptor) as taken:
            far.sendall(b"for the next one")
            await asyncio.sleep(0.02)
            assert protocol.heard == b""
            assert taken.recv(100) == b"for the next one"
        sent = await read_all(far, len(data))
        assert sent + unsent == data
        assert not protocol.lost.done()
        assert transport.is_closing()


async def test_a_fault_of_the_protocol_ends_the_connection() -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: faults.append(context.get("exception"))
    )
    with connected() as (_, protocol, far):
        protocol.fails = True
        far.sendall(b"boom")
        assert isinstance(await protocol.lost, ValueError)
    assert [type(fault) for fault in faults] == [ValueError]


async def test_a_peer_that_still_talks_hears_the_last_words_all_the_same() -> None:
    near, far = await tcp_pair()
    protocol = Listening()
    transport = SocketTransport(asyncio.get_running_loop(), near, protocol, lingers=True)
    with far:
        far.sendall(b"a question that nobody reads")
        transport.write(b"last words")
        transport.close()
        assert await protocol.lost is None
        far.sendall(b"and another one")
        await asyncio.sleep(0.05)
        assert await read_all(far, 100) == b"last words"
        assert near.fileno() >= 0
        far.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(5):
            while near.fileno() >= 0:  # noqa: ASYNC110 - nobody is told of it
                await asyncio.sleep(0.001)


async def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        far = socket.create_connection(server.getsockname())
        near, _ = server.accept()
    near.setblocking(False)
    far.settimeout(5)
    return near, far


@pytest.mark.parametrize("again", ["close", "abort", "write"])
async def test_a_closed_transport_stays_closed(again: str) -> None:
    with connected() as (transport, protocol, _):
        transport.close()
        if again == "write":
            transport.write(b"too late")
        else:
            getattr(transport, again)()
        assert await protocol.lost is None
        await asyncio.sleep(0)
        assert transport.is_closing()
