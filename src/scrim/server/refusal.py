"""Turning clients away in a way that they understand, without a session.

A PostgreSQL client shows an error only once it has sent its startup message, and before that it may
ask for encryption up to twice. So a client that is one too many is answered "no" to those
questions, and gets the error after its startup message. All of it is bounded in bytes and time,
because it happens exactly when there is no room.
"""

import asyncio
import struct
from collections.abc import Callable

CANCEL_CODE = 80877102
SSL_CODE = 80877103
GSS_CODE = 80877104

MAX_STARTUP_BYTES = 10_000
REFUSAL_TIMEOUT_SECONDS = 3.0


def is_cancel(first_bytes: bytes) -> bool:
    """Whether a connection starts with a cancel request, which is served even when all is full."""
    return len(first_bytes) >= 8 and struct.unpack_from(">I", first_bytes, 4)[0] == CANCEL_CODE


class Refusal(asyncio.Protocol):
    """Answers one client with an error and hangs up."""

    def __init__(self, error: bytes, on_close: Callable[[], None]) -> None:
        """Keep the encoded error, and whom to tell when the client is gone."""
        self._error = error
        self._on_close = on_close
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(REFUSAL_TIMEOUT_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Decline encryption, and answer the startup message with the error."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._received += data
        while len(self._received) >= 8:
            length, code = struct.unpack_from(">II", self._received)
            if code in {SSL_CODE, GSS_CODE} and length == 8:
                del self._received[:8]
                transport.write(b"N")
                continue
            if not 8 <= length <= MAX_STARTUP_BYTES:
                transport.abort()
            elif len(self._received) >= length:
                transport.write(self._error)
                transport.close()
            return

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
        self._on_close()
