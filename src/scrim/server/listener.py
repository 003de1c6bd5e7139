"""The accept loop: from a listening port to a transport with its session protocol.

The loop is our own, not asyncio's, for three reasons. A connection's first byte says whether it
starts with TLS directly, and must be looked at without being taken (`MSG_PEEK`). A burst of
connections is accepted in one wake-up instead of one each. And a connection that has not yet said
anything costs one entry in a dictionary, not a task and a session.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from scrim.server.addresses import bind
from scrim.server.logging import event
from scrim.server.tls import ALPN, ServerTls, TlsTransport
from scrim.upstream.socket_transport import SocketTransport

ACCEPTS_PER_WAKE_UP = 128
BACKLOG = 4096
RESOURCE_PAUSE_SECONDS = 0.5
TLS_RECORD_HANDSHAKE = 0x16
PEEKED_BYTES = 8

KEEPALIVE_IDLE_SECONDS = 60
KEEPALIVE_INTERVAL_SECONDS = 15
KEEPALIVE_PROBES = 4

_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

_log = logging.getLogger("scrim.server.listener")


class ConnectionHandler(Protocol):
    """Who takes the connections; `scrim.server.gateway.Gateway` is one."""

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""

    def new_session(self) -> asyncio.BaseProtocol:
        """Return the protocol of one new client connection."""


@dataclass(frozen=True, slots=True)
class ListenerLimits:
    """Bounds of one listener.

    Attributes:
        max_connections: Clients that may be connected at one time.
        startup_timeout_seconds: How long a client may stay silent, and how long a TLS handshake may
            take; None means no limit.
    """

    max_connections: int
    startup_timeout_seconds: float | None


@dataclass(frozen=True, slots=True)
class Overload:
    """What becomes of clients above the limit.

    Attributes:
        is_urgent: Whether a connection that starts with these bytes is served all the same.
        new_refused: Makes the protocol that says no, from a function to call at its end.
    """

    is_urgent: Callable[[bytes], bool]
    new_refused: Callable[[Callable[[], None]], asyncio.BaseProtocol]


def open_listening_socket(host: str, port: int) -> socket.socket:
    """Return a shared, non-blocking, listening socket whose options connections inherit.

    Raises:
        ListenError: The address cannot be listened on.
    """
    sock = bind(host, port, shared=True)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_PROBES)
    # The kernel wakes us when the client has spoken, so the first byte is nearly always there.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    sock.listen(BACKLOG)
    return sock


class Listener:
    """Accepts on one socket until it is closed, and hands connections to their handler.

    Attributes:
        accepted: Connections accepted so far.
        refused: Connections turned away because the limit was reached.
        handing_over: Connections in the midst of a TLS handshake.
    """

    def __init__(
        self,
        sock: socket.socket,
        handler: ConnectionHandler,
        limits: ListenerLimits,
        *,
        tls: ServerTls | None = None,
        overload: Overload | None = None,
    ) -> None:
        """Keep what connections need; `serve` starts to accept.

        Args:
            sock: A listening, non-blocking socket, which the listener closes in the end.
            handler: Who takes the connections.
            limits: Bounds in force; may be replaced while serving.
            tls: Present where clients may start with TLS directly.
            overload: What becomes of clients above the limit; they are cut off without it.
        """
        self.accepted = 0
        self.refused = 0
        self.limits = limits
        self.tls = tls
        self._socket = sock
        self._handler = handler
        self._overload = overload
        self._refusing = 0
        self._silent: dict[socket.socket, asyncio.TimerHandle | None] = {}
        self.handing_over = 0
        self._closed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> None:
        """Accept until `close`."""
        try:
            self._loop.add_reader(self._socket.fileno(), self._accept_burst)
            await self._closed.wait()
        finally:
            self._shut()

    def close(self) -> None:
        """Take what the kernel has queued, stop listening, and drop clients that said nothing."""
        if self._closed.is_set():
            return
        self._accept_burst()
        self._closed.set()
        self._shut()

    def _shut(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        for sock in list(self._silent):
            self._forget(sock)
            sock.close()

    def _accept_burst(self) -> None:
        for _ in range(ACCEPTS_PER_WAKE_UP):
            try:
                sock, _peer = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _OUT_OF_RESOURCES:
                    self._pause(error.errno)
                    return
                continue  # the client gave up before we came to it
            self.accepted += 1
            sock.setblocking(False)
            self._look(sock)

    def _pause(self, error_number: int) -> None:
        """Stop accepting for a moment: polling a full process would only burn its processor."""
        reason = errno.errorcode.get(error_number, "?")
        event(_log, logging.ERROR, "out of resources, accepting is paused", reason=reason)
        self._loop.remove_reader(self._socket.fileno())
        self._loop.call_later(RESOURCE_PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        if not self._closed.is_set():
            self._loop.add_reader(self._socket.fileno(), self._accept_burst)

    def _look(self, sock: socket.socket) -> None:
        """Look at the first bytes without taking them; wait where there are none yet."""
        try:
            first = sock.recv(PEEKED_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            self._wait_for_first_byte(sock)
            return
        except OSError:
            first = b""
        self._forget(sock)
        if first:
            self._route(sock, first)
        else:
            sock.close()

    def _wait_for_first_byte(self, sock: socket.socket) -> None:
        if sock in self._silent:
            return
        timeout = self.limits.startup_timeout_seconds
        timer = None if timeout is None else self._loop.call_later(timeout, self._expire, sock)
        self._silent[sock] = timer
        self._loop.add_reader(sock.fileno(), self._look, sock)

    def _expire(self, sock: socket.socket) -> None:
        self._forget(sock)
        sock.close()

    def _forget(self, sock: socket.socket) -> None:
        """Stop waiting for the first byte, if we were."""
        if sock in self._silent:
            timer = self._silent.pop(sock)
            if timer is not None:
                timer.cancel()
            self._loop.remove_reader(sock.fileno())

    def _route(self, sock: socket.socket, first: bytes) -> None:
        """Choose what becomes of a connection by its first bytes."""
        direct_tls = first[0] == TLS_RECORD_HANDSHAKE
        if direct_tls and self.tls is None:
            sock.close()
            return
        if self._is_full() and not (self._overload and self._overload.is_urgent(first)):
            self.refused += 1
            # Beyond this many at once, and for TLS, even saying no costs more than it is worth.
            if direct_tls or self._overload is None or self._refusing >= ACCEPTS_PER_WAKE_UP:
                sock.close()
                return
            self._refusing += 1
            self._begin(sock, self._overload.new_refused(self._refusal_ended))
        elif direct_tls and self.tls is not None:
            gate = AlpnGate(self._handler.new_session, self.limits.startup_timeout_seconds, self)
            TlsTransport(self._loop, sock, gate, self.tls.acceptor.session()).read_now()
        else:
            self._begin(sock, self._handler.new_session())

    def _begin(self, sock: socket.socket, protocol: asyncio.BaseProtocol) -> None:
        """Make a transport of a plain socket, whose first bytes are there."""
        if isinstance(protocol, asyncio.Protocol):
            SocketTransport(self._loop, sock, protocol, lingers=True).read_now()

    def _is_full(self) -> bool:
        in_use = self._handler.open_connections + self.handing_over
        return in_use >= self.limits.max_connections

    def _refusal_ended(self) -> None:
        self._refusing -= 1


class AlpnGate(asyncio.Protocol):
    """Lets a direct TLS connection through to its session only if it named the protocol by ALPN.

    Without that, a browser could be tricked into sending bytes of its own to a database port.
    """

    def __init__(
        self,
        new_session: Callable[[], asyncio.BaseProtocol],
        timeout: float | None,
        listener: Listener,
    ) -> None:
        """Keep how to make the session, and how long the handshake may take."""
        self._new_session = new_session
        self._timeout = timeout
        self._listener = listener
        self._timer: asyncio.TimerHandle | None = None
        self._transport: TlsTransport
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock."""
        self._transport = cast("TlsTransport", transport)
        self._listener.handing_over += 1
        if self._timeout is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._timeout, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        """Replace this protocol by the session, or hang up: the handshake is done."""
        self._end()
        transport = self._transport
        session = self._new_session() if transport.tls.protocol == ALPN.encode() else None
        if not isinstance(session, asyncio.Protocol):
            transport.abort()
            return
        transport.set_protocol(session)
        session.connection_made(transport)
        session.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._end()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._ended:
            self._ended = True
            self._listener.handing_over -= 1
