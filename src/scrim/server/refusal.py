"""Turning clients away in a way that they understand, without a session.

A client shows an error only once it has sent its startup message, and before that it may ask for
encryption. So a client that is one too many is led through its startup and gets the error in the
place of a sign-in. All of it is bounded in bytes and time, because it happens exactly when there is
no room.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from scrim.domain.decision import Refusal
from scrim.wire import ClientStartup, ProtocolError, StartupStep

REFUSAL_TIMEOUT_SECONDS = 3.0


class RefusedClient(asyncio.Protocol):
    """Answers one client with an error and hangs up."""

    def __init__(
        self, startup: ClientStartup, refusal: Refusal, on_close: Callable[[], None]
    ) -> None:
        """Keep what to say.

        Args:
            startup: A startup that offers no TLS.
            refusal: Why the client is turned away.
            on_close: Called when the client is gone.
        """
        self._startup = startup
        self._refusal = refusal
        self._on_close = on_close
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock."""
        # A cast, not a check: uvloop's transports are no instances of asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(REFUSAL_TIMEOUT_SECONDS, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        """Decline encryption, and answer the startup message with the error."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        try:
            step = self._startup.receive(data)
        except ProtocolError:
            transport.abort()
            return
        if step is StartupStep.AUTHENTICATE:
            self._startup.refuse(self._refusal)
        transport.write(self._startup.take_outgoing())
        if step not in {StartupStep.NEED_DATA, StartupStep.REPLY}:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
        self._on_close()
