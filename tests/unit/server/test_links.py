from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

import pytest

from scrim.config.limits import Limits
from scrim.kernel import Epoch
from scrim.protocols.postgres import codec
from scrim.server.links import LinkedSide, Links
from scrim.upstream.connection import UpstreamConnection
from scrim.upstream.socket_transport import SocketTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

QUERY = b"Q\0\0\0\x0dSELECT 1\0"
WAITING_BYTES = 64 * 1024


class Watched:
    """A session that counts how often it is posted."""

    def __init__(self) -> None:
        self.times = 0
        self.rung = asyncio.Event()

    def posted(self) -> None:
        self.times += 1
        self.rung.set()


class Pair:
    """A relay with the near and far ends of both of its sockets."""

    def __init__(self, path: Path) -> None:
        loop = asyncio.get_running_loop()
        self.log = path.open("ab")
        self.relay = codec.new_relay(
            "session-1",
            raw=True,
            shapes=codec.new_shapes(10, Epoch()),
            audit=codec.new_audit_log(self.log.fileno(), False),
            hasher=codec.new_hasher(bytes(16)),
            limits=Limits(),
        )
        near_client, self.client = socket.socketpair()
        near_server, self.server = socket.socketpair()
        for near in (near_client, near_server):
            near.setblocking(False)
        for far in (self.client, self.server):
            far.settimeout(5)
        self.transport = SocketTransport(loop, near_client, asyncio.Protocol(), ("192.0.2.7", 7))
        self.connection = UpstreamConnection()
        SocketTransport(loop, near_server, self.connection, ("192.0.2.9", 5432))

    def close(self) -> None:
        self.relay.abort()
        self.transport.abort()
        self.connection.abort()
        self.client.close()
        self.server.close()
        self.log.close()


@pytest.fixture
async def links() -> AsyncIterator[Links]:
    links = Links(asyncio.get_running_loop())
    yield links
    links.close()


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    pair = Pair(tmp_path / "log")
    yield pair
    pair.close()


def linked(pair: Pair, links: Links, session: Watched) -> tuple[int, LinkedSide]:
    found = links.link(session, pair.relay, pair.transport, pair.connection, WAITING_BYTES)
    assert found is not None
    return found


async def test_a_linked_session_is_posted_when_its_client_asks_something_new(
    links: Links, pair: Pair
) -> None:
    session = Watched()
    _, side = linked(pair, links, session)
    assert side.get_extra_info("peername") == ("192.0.2.7", 7)
    pair.client.sendall(QUERY)
    await asyncio.wait_for(session.rung.wait(), 5)
    assert pair.relay.attention == codec.CLIENT_NEED
    need = pair.relay.client_need()
    assert need is not None
    assert need[:2] == ("statement", b"SELECT 1")


async def test_both_ends_of_a_linked_session_are_told_what_the_gateway_says(
    links: Links, pair: Pair
) -> None:
    session = Watched()
    _, side = linked(pair, links, session)
    side.write(b"to the client")
    assert pair.client.recv(100) == b"to the client"
    pair.connection.write(b"to the data store")
    assert pair.server.recv(100) == b"to the data store"


async def test_sockets_that_cannot_be_watched_are_closed_and_their_session_is_told(
    links: Links, pair: Pair
) -> None:
    # No event loop takes a file of a disk.
    os.dup2(pair.log.fileno(), pair.transport.socket.fileno())
    linked = links.link(Watched(), pair.relay, pair.transport, pair.connection, WAITING_BYTES)
    assert linked is None
    assert pair.connection.closed
    assert pair.client.recv(1) == b""
    assert pair.server.recv(1) == b""


async def test_the_data_stores_socket_comes_back_and_can_be_lent_again(
    links: Links, pair: Pair
) -> None:
    session = Watched()
    key, _ = linked(pair, links, session)
    taken = pair.relay.take_upstream()
    assert taken is not None
    assert taken[1]
    pair.connection.take_back(taken[0])
    pair.relay.close()
    links.forget(key, session)
    assert pair.client.recv(1) == b""
    pair.connection.write(b"reset")
    assert pair.server.recv(100) == b"reset"
    transport = pair.connection.transport
    assert transport is not None
    assert transport.get_extra_info("peername") == ("192.0.2.9", 5432)
    again = pair.connection.lend(LinkedSide(pair.relay, client=False, peer=None))
    assert again is not None
    socket.socket(fileno=again).close()


async def test_a_forgotten_session_hears_nothing(links: Links, pair: Pair) -> None:
    session = Watched()
    key, _ = linked(pair, links, session)
    links.forget(key, session)
    pair.client.sendall(QUERY)
    await asyncio.sleep(0.05)
    assert session.times == 0


async def test_a_client_that_vanished_is_posted(links: Links, pair: Pair) -> None:
    session = Watched()
    linked(pair, links, session)
    pair.client.close()
    await asyncio.wait_for(session.rung.wait(), 5)
    assert pair.relay.attention == codec.CLIENT_GONE


async def test_a_session_whose_socket_cannot_be_given_away_keeps_its_transports(
    links: Links, pair: Pair
) -> None:
    session = Watched()
    own = pair.connection.transport
    pair.connection.transport = asyncio.Transport()
    found = links.link(session, pair.relay, pair.transport, pair.connection, WAITING_BYTES)
    assert found is None
    assert not pair.transport.is_closing()
    pair.client.sendall(QUERY)
    await asyncio.sleep(0.05)
    assert session.times == 0
    pair.connection.transport = own
