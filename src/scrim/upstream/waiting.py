"""The queue of clients that wait for a connection: first come, first served, for a limited time."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from scrim.upstream.connection import UpstreamConnection
from scrim.wire import ProtocolError


@dataclass(frozen=True, slots=True)
class Place:
    """What a client gets at its turn.

    Attributes:
        connection: A connection, None for the right to open one.
    """

    connection: UpstreamConnection | None


@dataclass(eq=False, slots=True)
class _Waiter:
    principal: str
    turn: asyncio.Future[Place]


def no_connection() -> ProtocolError:
    """Return the error for a client that waited in vain."""
    return ProtocolError(
        "no connection to the data store became free in time; try again later", "53300"
    )


class WaitingLine:
    """The queue.

    Attributes:
        waits: Clients that have waited.
        wait_seconds: How long they did, added up.
        timeouts: Those that waited in vain.

    Args:
        timeout: Seconds that a client waits.
        longest: Clients that may wait at one time.
        offer: Returns what a principal may have now, None when that is nothing.
        take_back: Takes back what a client got that went away at the same moment.
    """

    def __init__(
        self,
        timeout: float,
        longest: int,
        offer: Callable[[str], Place | None],
        take_back: Callable[[str, Place], None],
    ) -> None:
        """Start empty."""
        self._timeout = timeout
        self._longest = longest
        self._offer = offer
        self._take_back = take_back
        self.waits = self.timeouts = 0
        self.wait_seconds = 0.0
        self._waiters: deque[_Waiter] = deque()
        self._serving = self._again = False

    def __len__(self) -> int:
        """Return how many clients wait."""
        return len(self._waiters)

    async def wait(self, principal: str) -> Place:
        """Return what the client of a principal gets at its turn.

        Raises:
            ProtocolError: If its turn did not come in time, or the queue is full.
        """
        if len(self._waiters) >= self._longest:
            raise no_connection()
        loop = asyncio.get_running_loop()
        waiter = _Waiter(principal, loop.create_future())
        timer = loop.call_later(self._timeout, self._time_out, waiter)
        self._waiters.append(waiter)
        self.waits += 1
        since = loop.time()
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            self._leave(waiter)
            raise
        finally:
            timer.cancel()
            self.wait_seconds += loop.time() - since

    def _time_out(self, waiter: _Waiter) -> None:
        self.timeouts += not waiter.turn.done()
        self._refuse(waiter, no_connection())

    def _refuse(self, waiter: _Waiter, error: ProtocolError) -> None:
        if not waiter.turn.done():
            self._waiters.remove(waiter)
            waiter.turn.set_exception(error)

    def _leave(self, waiter: _Waiter) -> None:
        if waiter.turn.cancelled():
            self._waiters.remove(waiter)
        elif waiter.turn.exception() is None:
            self._take_back(waiter.principal, waiter.turn.result())

    def serve(self) -> None:
        """Give what is free to the first who may have it, and so on."""
        # What is offered may turn out to be spent, which frees a place and calls this again.
        self._again = True
        if self._serving:
            return
        self._serving = True
        try:
            while self._again:
                self._again = False
                for waiter in list(self._waiters):
                    self._serve(waiter)
        finally:
            self._serving = False

    def _serve(self, waiter: _Waiter) -> None:
        if waiter.turn.done():
            return
        place = self._offer(waiter.principal)
        if place is not None:
            self._waiters.remove(waiter)
            waiter.turn.set_result(place)

    def dismiss(self, reason: Callable[[], ProtocolError]) -> None:
        """Refuse everybody."""
        for waiter in list(self._waiters):
            self._refuse(waiter, reason())
