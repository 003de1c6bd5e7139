"""Cuts a byte stream into protocol messages, bounded, for startup and the gateway's own statements.

The steady state does not come through here: the kernel frames rows and statements.
"""

from typing import NamedTuple

from scrim.wire import ProtocolError

LENGTH_BYTES = 4
HEADER_BYTES = 5


class Frame(NamedTuple):
    """One message.

    Attributes:
        kind: The type byte as a one-character string.
        body: What follows the length.
    """

    kind: str
    body: bytes


class FrameReader:
    """Collects bytes and returns the messages in them.

    Args:
        max_length: Longest message body accepted; the announced length is checked before a
            byte of the body is kept.
    """

    __slots__ = ("_buffer", "_max_length")

    def __init__(self, max_length: int) -> None:
        """Start with nothing."""
        self._buffer = bytearray()
        self._max_length = max_length

    def __len__(self) -> int:
        """Return the number of bytes that are not part of a returned message."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """Return the next complete message, None while it is incomplete.

        Raises:
            ProtocolError: If its length is impossible or beyond the bound.
        """
        buffer = self._buffer
        if len(buffer) < HEADER_BYTES:
            return None
        length = int.from_bytes(buffer[1:HEADER_BYTES])
        if not LENGTH_BYTES <= length <= self._max_length + LENGTH_BYTES:
            raise ProtocolError("a message has an impossible length")
        if len(buffer) < length + 1:
            return None
        frame = Frame(chr(buffer[0]), bytes(buffer[HEADER_BYTES : length + 1]))
        del buffer[: length + 1]
        return frame

    def next_packet(self) -> bytes | None:
        """Return the body of the next message without a type byte, as at the start of a session.

        Raises:
            ProtocolError: If its length is impossible or beyond the bound.
        """
        buffer = self._buffer
        if len(buffer) < LENGTH_BYTES:
            return None
        length = int.from_bytes(buffer[:LENGTH_BYTES])
        if not LENGTH_BYTES + 4 <= length <= self._max_length:
            raise ProtocolError("the startup packet has an impossible length")
        if len(buffer) < length:
            return None
        packet = bytes(buffer[LENGTH_BYTES:length])
        del buffer[:length]
        return packet

    def take(self) -> bytes:
        """Return and clear the bytes that are not part of a returned message."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest


def frame(kind: str, body: bytes) -> bytes:
    """Return a message with its header.

    Args:
        kind: The type as a one-character string.
        body: What follows the length.
    """
    return kind.encode("ascii") + (len(body) + LENGTH_BYTES).to_bytes(4) + body


def packet(body: bytes) -> bytes:
    """Return a message without a type byte, as at the start of a session."""
    return (len(body) + LENGTH_BYTES).to_bytes(4) + body


def text(value: str) -> bytes:
    """Return a NUL-terminated string.

    Raises:
        ProtocolError: If the value contains a NUL, which would shift everything after it.
    """
    encoded = value.encode()
    if b"\0" in encoded:
        raise ProtocolError("a text contains a NUL character")
    return encoded + b"\0"


class Fields:
    """Reads the fields of one message body in order.

    Args:
        body: The body.
        what: Name of the message, for errors.
    """

    __slots__ = ("_body", "_offset", "_what")

    def __init__(self, body: bytes, what: str) -> None:
        """Start at the first field."""
        self._body = body
        self._offset = 0
        self._what = what

    def _fail(self) -> ProtocolError:
        return ProtocolError(f"a {self._what} message is malformed")

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self._offset + count
        if count < 0 or end > len(self._body):
            raise self._fail()
        part = self._body[self._offset : end]
        self._offset = end
        return part

    def unsigned(self, size: int = 4) -> int:
        """Return the next big-endian number."""
        return int.from_bytes(self.take(size))

    def signed(self, size: int = 4) -> int:
        """Return the next big-endian number in two's complement."""
        return int.from_bytes(self.take(size), signed=True)

    def raw_text(self) -> bytes:
        """Return the next NUL-terminated string without its end."""
        end = self._body.find(b"\0", self._offset)
        if end < 0:
            raise self._fail()
        return self.take(end - self._offset + 1)[:-1]

    def text(self) -> str:
        """Return the next NUL-terminated string, which must be UTF-8."""
        try:
            return self.raw_text().decode()
        except UnicodeDecodeError:
            raise self._fail() from None

    def rest(self) -> bytes:
        """Return all remaining bytes."""
        return self.take(len(self._body) - self._offset)

    def end(self) -> None:
        """Check that nothing is left."""
        if self._offset != len(self._body):
            raise self._fail()
