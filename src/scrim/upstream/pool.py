"""Session pooling: a connection belongs to one session, is cleaned, and then serves the next.

    opening -> held <-> (released -> cancel requests settle -> DISCARD ALL, checked -> idle)
       any state -> closed, as soon as anything is not as it should be

Law of the pool: whenever a connection or a place becomes free, the first in the queue who may have
it gets it before anybody else can ask. So an idle connection means that nobody is waiting for it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from scrim.upstream.connection import ExchangeReceiver, UpstreamConnection
from scrim.upstream.connector import Connector
from scrim.upstream.control import ControlConnection, open_control
from scrim.upstream.limits import Backoff, PoolLimits, PoolStatistics
from scrim.upstream.target import Target
from scrim.upstream.waiting import Place, WaitingLine
from scrim.wire import ProtocolError, UpstreamDialect

MAINTENANCE_SECONDS = 1.0
ABORT_SECONDS = 1.0


class Pool:
    """The connections of one worker to one data store.

    Args:
        target: Where the store is.
        dialect: Its protocol.
        limits: The bounds.
        clock: Returns seconds, monotonic.
    """

    def __init__(
        self,
        target: Target,
        dialect: UpstreamDialect,
        limits: PoolLimits,
        clock: Callable[[], float],
    ) -> None:
        """Open nothing yet."""
        self._dialect = dialect
        self._limits = limits
        self._clock = clock
        self._connector = Connector(target, dialect, clock)
        self._idle: deque[UpstreamConnection] = deque()
        self._members: set[UpstreamConnection] = set()
        self._opening = 0
        self._held: Counter[str] = Counter()
        self._queue = WaitingLine(
            limits.wait_timeout, limits.max_waiting, self._offer, self._take_back
        )
        self._backoff = Backoff()
        self._failure = ProtocolError("the data store cannot be reached", "08006")
        self._draining = False
        self._emptied = asyncio.Event()
        self._opened = self._failed = self._discarded = 0
        self._closing: set[UpstreamConnection] = set()

    @property
    def statistics(self) -> PoolStatistics:
        """What the pool is doing."""
        return PoolStatistics(
            len(self._members) + self._opening,
            len(self._idle),
            self._held.total(),
            len(self._queue),
            self._opened,
            self._failed,
            self._discarded,
            self._queue.waits,
            self._queue.wait_seconds,
            self._queue.timeouts,
        )

    @property
    def healthy(self) -> bool:
        """Whether the store was there the last time it was needed."""
        return not self._backoff.failing

    # Taking a connection.

    def try_acquire(self, principal: str) -> UpstreamConnection | None:
        """Return an idle connection at once, None when there is none for this principal.

        The caller sets `receiver` before the event loop runs again.
        """
        if self._draining or self._held[principal] >= self._limits.max_per_principal:
            return None
        while self._idle:
            connection = self._idle.pop()
            if connection.closed or self._expired(connection):
                self._discard(connection)
                continue
            return self._hand_out(connection, principal)
        return None

    async def acquire(self, principal: str) -> UpstreamConnection:
        """Return a connection, waiting in the queue where that is needed.

        Args:
            principal: Name of the principal, for its limit.

        Raises:
            ProtocolError: 53300 if none became free in time, 57P01 if the gateway is stopping,
                08006 or 57P03 if the store cannot be used.
        """
        connection = self.try_acquire(principal)
        if connection is not None:
            return connection
        if self._draining:
            raise _stopping()
        if self._has_place(principal):
            self._reserve(principal)
            return await self._open(principal)
        place = await self._queue.wait(principal)
        return place.connection or await self._open(principal)

    def _offer(self, principal: str) -> Place | None:
        """Return what a waiting client may have now."""
        connection = self.try_acquire(principal)
        if connection is None:
            if not self._has_place(principal):
                return None
            self._reserve(principal)
        return Place(connection)

    def _take_back(self, principal: str, place: Place) -> None:
        """Take back what a client got that has gone away."""
        if place.connection is None:
            self._give_up_place(principal)
        else:
            self._unhold(principal)
            place.connection.principal = None
            self._make_idle(place.connection)

    def _has_place(self, principal: str) -> bool:
        return (
            len(self._members) + self._opening < self._limits.max_connections
            and self._held[principal] < self._limits.max_per_principal
        )

    def _reserve(self, principal: str) -> None:
        self._opening += 1
        self._held[principal] += 1

    def _give_up_place(self, principal: str) -> None:
        self._opening -= 1
        self._unhold(principal)
        self._queue.serve()

    def _unhold(self, principal: str) -> None:
        self._held[principal] -= 1
        if not self._held[principal]:
            del self._held[principal]

    async def _open(self, principal: str) -> UpstreamConnection:
        """Fill a reserved place for a principal."""
        try:
            connection = await self._connect()
        except BaseException:
            self._give_up_place(principal)
            raise
        if self._draining:
            connection.close()
            self._give_up_place(principal)
            raise _stopping()
        self._opening -= 1
        self._members.add(connection)
        connection.principal = principal
        return connection

    async def _connect(self) -> UpstreamConnection:
        if self._draining:
            raise _stopping()
        if self._backoff.waits(self._clock()):
            raise ProtocolError(self._failure.message, self._failure.code)
        try:
            connection = await self._connector.open()
        except ProtocolError as error:
            self._failed += 1
            self._failure = error
            self._backoff.failed(self._clock())
            raise
        self._backoff.succeeded()
        self._opened += 1
        connection.watch(self._gone)
        return connection

    def _hand_out(self, connection: UpstreamConnection, principal: str) -> UpstreamConnection:
        connection.detach()
        connection.principal = principal
        self._held[principal] += 1
        return connection

    # Giving a connection back.

    def release(
        self, connection: UpstreamConnection, *, clean: bool, in_transaction: bool = False
    ) -> None:
        """Take a connection back.

        Args:
            connection: The connection; its holder must not touch it any more.
            clean: Whether the store awaits a statement and every answer has been read. If not,
                the connection is closed.
            in_transaction: Whether a transaction is open, which is rolled back.
        """
        if connection.principal is None:
            return
        self._unhold(connection.principal)
        connection.principal = None
        connection.detach()
        if connection.closed or not clean:
            self._discard(connection, politely=False)
        else:
            connection.when_settled(lambda: self._clean(connection, in_transaction=in_transaction))
        self._queue.serve()

    def _clean(self, connection: UpstreamConnection, *, in_transaction: bool) -> None:
        if connection.closed or connection.tainted or self._draining or self._expired(connection):
            self._discard(connection)
            self._queue.serve()
            return
        exchange = self._dialect.reset(in_transaction=in_transaction)
        ExchangeReceiver(
            connection,
            exchange,
            self._limits.reset_timeout,
            lambda error: self._cleaned(connection, error),
        )

    def _cleaned(self, connection: UpstreamConnection, error: ProtocolError | None) -> None:
        connection.used_at = self._clock()
        self._checked(connection, error)

    def _checked(self, connection: UpstreamConnection, error: ProtocolError | None) -> None:
        """Take the end of a reset or of a sign of life."""
        if error is not None:
            self._discard(connection, politely=False)
            self._queue.serve()
            return
        connection.checked_at = self._clock()
        self._make_idle(connection)

    def _make_idle(self, connection: UpstreamConnection) -> None:
        if connection.closed or self._draining:
            self._discard(connection)
        else:
            self._idle.append(connection)
            ExchangeReceiver(
                connection,
                self._dialect.idle(),
                None,
                lambda _: self._discard(connection, politely=False),
            )
        self._queue.serve()

    def _expired(self, connection: UpstreamConnection) -> bool:
        lifetime = self._limits.max_lifetime
        return bool(lifetime) and self._clock() - connection.opened_at >= lifetime

    def _discard(self, connection: UpstreamConnection, *, politely: bool = True) -> None:
        """Close a connection and free its place at once."""
        if connection in self._members:
            self._closing.add(connection)
        if politely:
            connection.close()
        else:
            connection.abort()
        self._forget(connection)

    def _gone(self, connection: UpstreamConnection) -> None:
        self._closing.discard(connection)
        self._forget(connection)
        if self._draining and not (self._members or self._closing):
            self._emptied.set()

    def _forget(self, connection: UpstreamConnection) -> None:
        """Drop a connection that is gone; the holder, if there is one, still releases it."""
        if connection not in self._members:
            return
        self._members.remove(connection)
        self._discarded += 1
        if connection in self._idle:
            self._idle.remove(connection)
        self._queue.serve()

    # Keeping the pool in shape.

    async def run(self) -> None:
        """Keep the pool in shape until it is cancelled or drained."""
        while not self._draining:
            self._close_unused()
            self._ask_for_signs_of_life()
            await self._fill()
            await asyncio.sleep(MAINTENANCE_SECONDS)

    def _close_unused(self) -> None:
        now, limits = self._clock(), self._limits
        for connection in list(self._idle):
            unused = now - connection.used_at >= limits.idle_timeout > 0
            surplus = len(self._idle) > limits.min_idle
            if (unused and surplus) or self._expired(connection):
                self._discard(connection)

    def _ask_for_signs_of_life(self) -> None:
        now, limits = self._clock(), self._limits
        for connection in list(self._idle):
            if now - connection.checked_at >= limits.ping_interval:
                self._idle.remove(connection)
                self._ping(connection)

    def _ping(self, connection: UpstreamConnection) -> None:
        ExchangeReceiver(
            connection,
            self._dialect.ping(),
            self._limits.reset_timeout,
            lambda error: self._checked(connection, error),
        )

    async def _fill(self) -> None:
        limits = self._limits
        while (
            not self._draining
            and len(self._idle) < limits.min_idle
            and len(self._members) + self._opening < limits.max_connections
        ):
            self._opening += 1
            try:
                connection = await self._connect()
            except ProtocolError:
                return
            finally:
                self._opening -= 1
            self._members.add(connection)
            self._make_idle(connection)

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - ends what is left after it
        """Let nobody in, wait until every holder is done, and close everything.

        Args:
            timeout: Seconds to wait; whatever is left then is cut off.
        """
        self._draining = True
        self._queue.dismiss(_stopping)
        for connection in list(self._idle):
            self._discard(connection)
        if await self._empty_within(timeout):
            return
        for connection in self._members | self._closing:
            self._discard(connection, politely=False)
        await self._empty_within(ABORT_SECONDS)

    async def _empty_within(self, seconds: float) -> bool:
        """Wait until every connection is gone; say whether that was so in time."""
        if not (self._members or self._closing):
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._emptied.wait()
        except TimeoutError:
            return False
        return True

    def control(self) -> AbstractAsyncContextManager[ControlConnection]:
        """Return a connection for the gateway's own statements, outside the pool's limits."""
        return open_control(self._connector, self._dialect)


def _stopping() -> ProtocolError:
    return ProtocolError("the gateway is shutting down", "57P01")
