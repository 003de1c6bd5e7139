"""The packets without a type byte that begin a connection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

from scrim.protocols.postgres.framing import Fields, packet, text
from scrim.protocols.postgres.messages import MAX_SECRET_BYTES
from scrim.wire import CancelKey, ProtocolError

MAX_STARTUP_BYTES = 10_000
PROTOCOL_3_0 = 3 << 16
PROTOCOL_3_1 = PROTOCOL_3_0 + 1
PROTOCOL_3_2 = PROTOCOL_3_0 + 2
OPTION_PREFIX = "_pq_."

_CANCEL_CODE = 1234 << 16 | 5678
_SSL_CODE = 1234 << 16 | 5679
_GSSENC_CODE = 1234 << 16 | 5680


@dataclass(frozen=True, slots=True)
class SSLRequest:
    """SSLRequest: the client would like TLS."""

    CODE: ClassVar[int] = _SSL_CODE

    def encode(self) -> bytes:
        """Return the packet's bytes."""
        return packet(self.CODE.to_bytes(4))


@dataclass(frozen=True, slots=True)
class GSSENCRequest:
    """GSSENCRequest: the client would like GSSAPI encryption."""

    CODE: ClassVar[int] = _GSSENC_CODE

    def encode(self) -> bytes:
        """Return the packet's bytes."""
        return packet(self.CODE.to_bytes(4))


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """CancelRequest: cancel what the named session is doing."""

    CODE: ClassVar[int] = _CANCEL_CODE
    key: CancelKey

    def encode(self) -> bytes:
        """Return the packet's bytes."""
        body = self.CODE.to_bytes(4) + self.key.process_id.to_bytes(4) + self.key.secret
        return packet(body)

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read what follows the code."""
        key = CancelKey(fields.unsigned(), fields.rest())
        if not 4 <= len(key.secret) <= MAX_SECRET_BYTES:
            raise ProtocolError("a CancelRequest has a key of impossible length")
        return cls(key)


@dataclass(frozen=True, slots=True)
class StartupMessage:
    """StartupMessage: protocol version and settings of a session.

    Attributes:
        version: Major and minor version in one number.
        parameters: Settings; `user` is required. The last of a repeated name counts.
    """

    version: int
    parameters: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the packet's bytes."""
        settings = (text(name) + text(value) for name, value in self.parameters.items())
        return packet(self.version.to_bytes(4) + b"".join(settings) + b"\0")

    @classmethod
    def parse(cls, version: int, fields: Fields) -> Self:
        """Read what follows the version."""
        parameters: dict[str, str] = {}
        while name := fields.text():
            parameters[name] = fields.text()
        fields.end()
        return cls(version, parameters)


StartupPacket = SSLRequest | GSSENCRequest | CancelRequest | StartupMessage


def parse_startup_packet(body: bytes) -> StartupPacket:
    """Read the body of a packet without a type byte.

    Raises:
        ProtocolError: If it is none that a connection may begin with.
    """
    fields = Fields(body, "startup")
    code = fields.unsigned()
    if code == CancelRequest.CODE:
        return CancelRequest.parse(fields)
    if code in {SSLRequest.CODE, GSSENCRequest.CODE}:
        fields.end()
        return SSLRequest() if code == SSLRequest.CODE else GSSENCRequest()
    if code >> 16 != PROTOCOL_3_0 >> 16:
        raise ProtocolError(
            f"protocol version {code >> 16}.{code & 0xFFFF} is not supported; use 3.0 or 3.2",
            "0A000",
        )
    return StartupMessage.parse(code, fields)
