"""One connection to a data store: a transport whose bytes go to whoever holds the connection."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from scrim.upstream.socket_transport import SocketTransport
from scrim.wire import CancelKey, ProtocolError, SessionParameters, UpstreamExchange


def lost() -> ProtocolError:
    """Return the error that tells that the data store hung up."""
    return ProtocolError("the connection to the data store was lost", "08006")


class Receiver(Protocol):
    """Whoever holds a connection and takes its bytes."""

    def upstream_data(self, data: bytes) -> None:
        """Take bytes of the data store."""

    def upstream_lost(self, exc: Exception | None) -> None:
        """Learn that the connection is gone."""

    def upstream_pause_writing(self) -> None:
        """Stop writing: the data store does not read fast enough."""

    def upstream_resume_writing(self) -> None:
        """Write again."""


class _Nobody:
    """Holds a connection between two holders; nothing may arrive then."""

    def __init__(self, connection: "UpstreamConnection") -> None:
        self._connection = connection

    def upstream_data(self, data: bytes) -> None:
        self._connection.abort()

    def upstream_lost(self, exc: Exception | None) -> None:
        """Do nothing: `closed` says it."""

    def upstream_pause_writing(self) -> None:
        """Do nothing: nobody writes."""

    def upstream_resume_writing(self) -> None:
        """Do nothing: nobody writes."""


class UpstreamConnection(asyncio.Protocol):
    """One connection to a data store.

    Attributes:
        receiver: Whoever takes the bytes; set by the holder.
        parameters: Settings that the store reported, by name.
        cancel_key: What a cancel request must name, None when the store gave nothing.
        closed: Whether the connection is gone or going.
        tainted: Whether it must not be used again after its holder has released it.
        opened_at: When the session began, by the pool's clock.
        used_at: When somebody held it last, by the pool's clock.
        checked_at: When the store last answered, by the pool's clock.
        principal: Name of the principal that holds it, None when nobody does.
    """

    def __init__(self) -> None:
        """Belong to nobody and be connected to nothing."""
        self._nobody = _Nobody(self)
        self.receiver: Receiver = self._nobody
        self.parameters: dict[str, str] = {}
        self.cancel_key: CancelKey | None = None
        self.closed = False
        self.tainted = False
        self.opened_at = 0.0
        self.used_at = 0.0
        self.checked_at = 0.0
        self.principal: str | None = None
        self.transport: asyncio.Transport | None = None
        self._canceller: Callable[[UpstreamConnection], Awaitable[bool]] | None = None
        self._farewell = b""
        self._on_closed: Callable[[UpstreamConnection], None] | None = None
        self._on_settled: Callable[[], None] | None = None
        self._gone = asyncio.Event()
        self._cancels = 0
        self._reading = True
        self._lent: tuple[int, int, object] = (0, 0, None)

    def __repr__(self) -> str:
        """Say the state, and nothing that belongs to the session."""
        state = "closed" if self.closed else "open"
        return f"<UpstreamConnection {state}>"

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if self.transport is None:
            _keep_alive(transport)
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on."""
        self.receiver.upstream_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell holder and pool."""
        self.closed = True
        self._gone.set()
        self.receiver.upstream_lost(exc)
        if self._on_closed is not None:
            self._on_closed(self)

    def pause_writing(self) -> None:
        """Hand the pressure on."""
        self.receiver.upstream_pause_writing()

    def resume_writing(self) -> None:
        """Hand the relief on."""
        self.receiver.upstream_resume_writing()

    # What the holder calls.

    @property
    def session(self) -> SessionParameters:
        """What the store reported, for a client's startup."""
        return SessionParameters(tuple(self.parameters.items()))

    def write(self, data: bytes) -> None:
        """Send bytes; on a connection that is gone they go nowhere."""
        if self.transport is not None and not self.closed:
            self.transport.write(data)

    def pause_reading(self) -> None:
        """Stop taking bytes of the store."""
        if self.transport is not None and self._reading and not self.closed:
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Take bytes of the store again."""
        if self.transport is not None and not self._reading and not self.closed:
            self._reading = True
            self.transport.resume_reading()

    async def cancel(self) -> bool:
        """Ask the store to cancel what this session is doing.

        Until the store has taken the request nobody else gets the connection, because a late
        request would hit the next holder's statement.

        Returns:
            Whether the store took the request. It never says whether it could be followed.
        """
        if self.closed or self._canceller is None or self.cancel_key is None:
            return False
        self._cancels += 1
        taken = False
        try:
            taken = await self._canceller(self)
        finally:
            self._cancels -= 1
            # A request whose fate is unknown may still arrive.
            self.tainted = self.tainted or not taken
            if not self._cancels and (settled := self._on_settled) is not None:
                self._on_settled = None
                settled()
        return taken

    def close(self) -> None:
        """End the session politely."""
        if not self.closed and self.transport is not None:
            self.transport.write(self._farewell)
            self.closed = True
            self.transport.close()

    def abort(self) -> None:
        """End the connection at once, for a store that does not follow or cannot be trusted."""
        self.closed = True
        if self.transport is not None:
            self.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the transport is gone, after `close` or `abort`."""
        await self._gone.wait()

    # What pool and connector call.

    def equip(
        self, canceller: Callable[["UpstreamConnection"], Awaitable[bool]], farewell: bytes
    ) -> None:
        """Give what the connection cannot know: how to cancel, and how to part."""
        self._canceller = canceller
        self._farewell = farewell

    def use_plain_socket(self) -> None:
        """Move from the loop's own transport to one whose socket can be lent."""
        old = self.transport
        if old is None or self.closed or old.get_extra_info("ssl_object") is not None:
            return
        endpoint = old.get_extra_info("socket")
        peer = old.get_extra_info("peername")
        own = socket.socket(fileno=os.dup(endpoint.fileno()))
        old.set_protocol(asyncio.Protocol())
        old.abort()
        self.transport = SocketTransport(asyncio.get_running_loop(), own, self, peer)

    def lend(self, stand_in: asyncio.Transport) -> int | None:
        """Give the socket to the kernel's event loop; None where it cannot be given.

        Args:
            stand_in: Takes the transport's place for as long as the socket is lent.
        """
        own = self.transport
        if not isinstance(own, SocketTransport) or self.closed or own.get_write_buffer_size():
            return None
        self._lent = (own.socket.family, own.socket.proto, own.get_extra_info("peername"))
        descriptor, _ = own.detach()
        self.transport = stand_in
        return descriptor

    def take_back(self, descriptor: int | None) -> None:
        """Take the socket back; None when it has ended."""
        if descriptor is None:
            self.transport = None
            if not self.closed:
                self.connection_lost(None)
            return
        family, proto, peer = self._lent
        own = socket.socket(family, socket.SOCK_STREAM, proto, fileno=descriptor)
        self.transport = SocketTransport(asyncio.get_running_loop(), own, self, peer)
        self._reading = True
        if self.closed:
            self.transport.abort()

    def watch(self, on_closed: Callable[["UpstreamConnection"], None]) -> None:
        """Have a function called when the connection is gone."""
        self._on_closed = on_closed

    def detach(self) -> None:
        """Take the connection from its holder."""
        self.receiver = self._nobody
        self.resume_reading()

    def when_settled(self, action: Callable[[], None]) -> None:
        """Run an action when no cancel request is under way, at once if none is."""
        if self._cancels:
            self._on_settled = action
        else:
            action()


class ExchangeReceiver:
    """Runs one exchange of the gateway's own on a connection.

    Args:
        connection: The connection.
        exchange: What is said; the connection is aborted when it goes wrong or takes too long.
        timeout: Seconds that it may take, None for an exchange without an end.
        on_end: Called once, with None or the reason of the failure.
    """

    def __init__(
        self,
        connection: UpstreamConnection,
        exchange: UpstreamExchange,
        timeout: float | None,
        on_end: Callable[[ProtocolError | None], None],
    ) -> None:
        """Begin at once."""
        self._connection = connection
        self._exchange = exchange
        self._on_end: Callable[[ProtocolError | None], None] | None = on_end
        self._timer: asyncio.TimerHandle | None = None
        connection.receiver = self
        if timeout is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(timeout, self._time_out)
        if outgoing := exchange.take_outgoing():
            connection.write(outgoing)

    def upstream_data(self, data: bytes) -> None:
        """Take a part of the answer."""
        try:
            self._exchange.receive(data)
        except ProtocolError as error:
            self._end(error)
            return
        if changed := self._exchange.changed:
            self._connection.parameters.update(changed)
        if self._exchange.done:
            self._end(None)

    def upstream_lost(self, exc: Exception | None) -> None:  # noqa: ARG002, RUF100 - interface
        """Give up."""
        self._end(lost())

    def upstream_pause_writing(self) -> None:
        """Do nothing: what is sent is short."""

    def upstream_resume_writing(self) -> None:
        """Do nothing: what is sent is short."""

    def _time_out(self) -> None:
        self._end(ProtocolError("the data store did not answer in time", "08006"))

    def _end(self, error: ProtocolError | None) -> None:
        on_end, self._on_end = self._on_end, None
        if self._timer is not None:
            self._timer.cancel()
        if on_end is None:
            return
        if error is not None:
            self._connection.abort()
        else:
            self._connection.detach()
        on_end(error)


def _keep_alive(transport: asyncio.BaseTransport) -> None:
    """Have the kernel notice a store that vanished without a word."""
    endpoint = transport.get_extra_info("socket")
    if endpoint is not None and endpoint.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
