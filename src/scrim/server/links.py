"""Sessions whose bytes the kernel's event loop moves, and how they come there.

A session is linked where its data store is reached without TLS: both sockets go to the kernel, the
client's with its TLS if it has one, and this side hears of the session only when something is to be
decided or a socket has ended. Where the data store is reached over TLS, the session stays with the
transports of Python's event loop. Both are the same session with the same relay.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from scrim.kernel import Reactor
from scrim.server.logging import failure
from scrim.server.tls import TlsTransport
from scrim.upstream.socket_transport import SocketTransport

if TYPE_CHECKING:
    from scrim.protocols.postgres.codec import Relay
    from scrim.upstream.connection import UpstreamConnection

_log = logging.getLogger("scrim.server.links")


class LinkedSession(Protocol):
    """What is told of a linked session."""

    def posted(self) -> None:
        """Look at what the relay waits for, or which socket has ended."""


class LinkedSide(asyncio.Transport):
    """Stands for one socket of a linked session; its bytes are the kernel's business.

    Args:
        relay: The session's relay.
        client: Whether it is the client's socket, else the data store's.
        peer: The peer's address.
    """

    def __init__(self, relay: "Relay", *, client: bool, peer: object) -> None:
        """Be open."""
        super().__init__()
        self._relay = relay
        self._client = client
        self._peer = peer
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send something of the gateway's own."""
        if self._client:
            self._relay.tell_client(bytes(data))
        else:
            self._relay.tell_upstream(bytes(data))

    def is_closing(self) -> bool:
        """Whether the session is over."""
        return self._closing

    def close(self) -> None:
        """Be closed: the session ends its link itself, when it has said all."""
        self._closing = True

    def abort(self) -> None:
        """Cut the session off."""
        self._closing = True
        self._relay.abort()

    def pause_reading(self) -> None:
        """Do nothing: what waits for an answer is not read anyway."""

    def resume_reading(self) -> None:
        """Do nothing: an answer lets the session go on."""

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return `peername`; there is nothing else to tell."""
        return self._peer if name == "peername" else default


class Links:
    """The kernel's event loop, and the sessions that it posts.

    Args:
        loop: The event loop on which the sessions decide.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the kernel's event loop."""
        self._loop = loop
        self._reactor = Reactor()
        self._sessions: dict[int, LinkedSession] = {}
        loop.add_reader(self._reactor.bell(), self._rung)

    def close(self) -> None:
        """Hear of nothing any more."""
        self._loop.remove_reader(self._reactor.bell())

    def link(
        self,
        session: LinkedSession,
        relay: "Relay",
        client: asyncio.Transport,
        upstream: "UpstreamConnection",
        client_waiting_bytes: int,
    ) -> tuple[int, LinkedSide] | None:
        """Give both sockets of a session to the kernel, if both can be given.

        Args:
            session: Who is told of it.
            relay: Its relay.
            client: Its client's transport, which is left.
            upstream: Its connection to the data store, which is lent.
            client_waiting_bytes: How much may wait for the client.

        Returns:
            The session's key, and what stands for the client's transport; None where one of the
            sockets is not to be had, or not now. Where the sockets cannot be watched both are
            closed, and the holder of the connection learns that it is lost.
        """
        if not isinstance(client, SocketTransport) or client.is_closing():
            return None
        peer = client.get_extra_info("peername")
        lent = upstream.lend(LinkedSide(relay, client=False, peer=_peer(upstream)))
        if lent is None:
            return None
        tls = client.tls if isinstance(client, TlsTransport) else None
        descriptor, unsent = client.detach()
        try:
            key = relay.link(self._reactor, (descriptor, unsent, tls), lent, client_waiting_bytes)
        except OSError as error:
            failure(_log, "a session could not be linked", error)
            upstream.take_back(None)
            return None
        self._sessions[key] = session
        return key, LinkedSide(relay, client=True, peer=peer)

    def forget(self, key: int, session: LinkedSession) -> None:
        """Do not tell a session any more."""
        if self._sessions.get(key) is session:
            del self._sessions[key]

    def _rung(self) -> None:
        for key in self._reactor.take_posted():
            session = self._sessions.get(key)
            if session is not None:
                session.posted()


def _peer(upstream: "UpstreamConnection") -> object:
    return None if upstream.transport is None else upstream.transport.get_extra_info("peername")
