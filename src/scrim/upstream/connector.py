"""Opens connections to one data store: addresses, TLS, sign-in, and cancel requests."""

import asyncio
import ssl
from collections.abc import Callable

from scrim.upstream.connection import UpstreamConnection, lost
from scrim.upstream.target import Target
from scrim.upstream.tls import server_end_point
from scrim.wire import (
    LOGIN_REFUSED,
    NEWER_VERSION_REFUSED,
    ProtocolError,
    TlsDemand,
    UpstreamDialect,
    UpstreamStartup,
)

CANCEL_TIMEOUT_SECONDS = 5.0


class _TlsFailed(ProtocolError):  # noqa: N818 - caught here, and told to clients as its base
    """TLS was agreed on and could not be established."""


class _Handshake:
    """Feeds a startup with bytes and wakes the opener when there is something to do for it."""

    def __init__(self, connection: UpstreamConnection, startup: UpstreamStartup) -> None:
        self._connection = connection
        self._startup = startup
        self._turn: asyncio.Future[None] | None = None
        self._error: ProtocolError | None = None
        connection.receiver = self

    def upstream_data(self, data: bytes) -> None:
        try:
            self._startup.receive(data)
        except ProtocolError as error:
            self._connection.pause_reading()
            self._wake(error)
            return
        if outgoing := self._startup.take_outgoing():
            self._connection.write(outgoing)
        if self._startup.ready or self._startup.wants_tls:
            self._wake(None)

    def upstream_lost(self, exc: Exception | None) -> None:  # noqa: ARG002, RUF100 - interface
        self._wake(lost())

    def upstream_pause_writing(self) -> None:
        """Do nothing: what is sent is short."""

    def upstream_resume_writing(self) -> None:
        """Do nothing: what is sent is short."""

    def _wake(self, error: ProtocolError | None) -> None:
        self._error = self._error or error
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    async def turn(self) -> None:
        """Send what the startup has to say and wait until it is ready or wants TLS."""
        self._turn = asyncio.get_running_loop().create_future()
        if outgoing := self._startup.take_outgoing():
            self._connection.write(outgoing)
        if self._error is None and not (self._startup.ready or self._startup.wants_tls):
            await self._turn
        if self._error is not None:
            raise self._error


class Connector:
    """Opens connections to one data store.

    Args:
        target: Where it is.
        dialect: Its protocol.
        clock: Returns seconds, monotonic.
    """

    def __init__(
        self, target: Target, dialect: UpstreamDialect, clock: Callable[[], float]
    ) -> None:
        """Remember what the store understands as it is learned."""
        self._target = target
        self._dialect = dialect
        self._clock = clock
        self._compatible = False

    async def open(self) -> UpstreamConnection:
        """Return a new connection on which the store awaits a statement.

        Raises:
            ProtocolError: If the store cannot be reached, refuses, or does not answer in time.
        """
        try:
            async with asyncio.timeout(self._target.connect_timeout):
                return await self._open()
        except TimeoutError:
            raise ProtocolError("the data store did not answer in time", "08006") from None

    async def _open(self) -> UpstreamConnection:
        failure = lost()
        for demand in self._target.tls.attempts:
            try:
                return await self._attempt(demand)
            except ProtocolError as error:
                if error.code == NEWER_VERSION_REFUSED and not self._compatible:
                    self._compatible = True
                    return await self._open()
                failure = error
                # The next attempt differs in TLS only, so it helps only where TLS may matter.
                if error.code != LOGIN_REFUSED and not isinstance(error, _TlsFailed):
                    break
        raise failure

    async def _attempt(self, demand: TlsDemand) -> UpstreamConnection:
        startup = self._dialect.startup(self._target.login, demand, compatible=self._compatible)
        connection = await self._connect(self._target.host, self._target.port)
        try:
            await self._begin(connection, startup)
        except BaseException:
            connection.abort()
            raise
        connection.parameters = dict(startup.session.parameters)
        connection.cancel_key = startup.cancel_key
        now = self._clock()
        connection.opened_at = connection.used_at = connection.checked_at = now
        connection.equip(self._cancel, self._dialect.farewell())
        connection.detach()
        connection.use_plain_socket()
        return connection

    async def _connect(self, host: str, port: int) -> UpstreamConnection:
        loop = asyncio.get_running_loop()
        try:
            if self._target.unix_socket:
                path = self._dialect.socket_path(host, port)
                _, connection = await loop.create_unix_connection(UpstreamConnection, path)
            else:
                _, connection = await loop.create_connection(UpstreamConnection, host, port)
        except OSError as error:
            reason = type(error).__name__ if error.errno is None else error.strerror
            raise ProtocolError(f"the data store cannot be reached ({reason})", "08006") from None
        return connection

    async def _begin(self, connection: UpstreamConnection, startup: UpstreamStartup) -> None:
        handshake = _Handshake(connection, startup)
        await handshake.turn()
        if startup.wants_tls:
            startup.tls_established(await self._start_tls(connection))
            await handshake.turn()

    async def _start_tls(self, connection: UpstreamConnection) -> bytes:
        """Upgrade the transport and return the channel binding."""
        context = self._target.tls.context
        if context is None or connection.transport is None:
            raise _TlsFailed("TLS towards the data store is not configured", "08006")
        loop = asyncio.get_running_loop()
        try:
            transport = await loop.start_tls(
                connection.transport, connection, context, server_hostname=self._target.host
            )
        except ssl.SSLCertVerificationError as error:
            raise _TlsFailed(
                f"the data store's certificate is not accepted ({error.verify_message})", "08006"
            ) from None
        except (OSError, ValueError):
            raise _TlsFailed("TLS with the data store could not be established", "08006") from None
        if transport is None:
            raise lost()
        connection.transport = transport
        secured = transport.get_extra_info("ssl_object")
        return server_end_point(secured.getpeercert(binary_form=True))

    async def _cancel(self, connection: UpstreamConnection) -> bool:
        """Carry a cancel request, and wait until the store has taken it by hanging up."""
        if connection.transport is None or connection.cancel_key is None:
            return False
        secured = connection.transport.get_extra_info("ssl_object") is not None
        demand = TlsDemand.REQUIRE if secured else TlsDemand.NONE
        # The same address again: a name may stand for several servers.
        peer = connection.transport.get_extra_info("peername")
        host, port = self._target.host, self._target.port
        if not self._target.unix_socket and peer:
            host, port = peer[0], peer[1]
        try:
            async with asyncio.timeout(CANCEL_TIMEOUT_SECONDS):
                messenger = await self._connect(host, port)
                try:
                    await self._begin(
                        messenger, self._dialect.cancel(connection.cancel_key, demand)
                    )
                    await _hang_up(messenger)
                finally:
                    messenger.abort()
        except (ProtocolError, TimeoutError):
            return False
        return True


class _Farewell:
    """Waits for the store to hang up."""

    def __init__(self) -> None:
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def upstream_data(self, data: bytes) -> None:
        """Do nothing: the store has nothing to say here."""

    def upstream_lost(self, exc: Exception | None) -> None:  # noqa: ARG002, RUF100 - interface
        if not self.gone.done():
            self.gone.set_result(None)

    def upstream_pause_writing(self) -> None:
        """Do nothing: what is sent is short."""

    def upstream_resume_writing(self) -> None:
        """Do nothing: what is sent is short."""


async def _hang_up(connection: UpstreamConnection) -> None:
    farewell = _Farewell()
    connection.receiver = farewell
    if not connection.closed:
        await farewell.gone
