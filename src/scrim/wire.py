"""The seam between sockets and protocols: what a protocol offers, and what the server gives it.

Everything here is sans-IO. A protocol folder under `scrim.protocols` declares one
`PROTOCOL: ProtocolFamily`; the server picks it by the listener's name and hands its parts to
`upstream` and `identity`, so neither of those imports a protocol.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ProtocolError(Exception):
    """A peer broke the protocol.

    Attributes:
        code: The error code that the protocol's clients understand (SQLSTATE for PostgreSQL).
        message: What was wrong and what to do. Never contains payload bytes.
    """

    def __init__(self, message: str, code: str = "08P01") -> None:
        """Keep the message and its code."""
        super().__init__(message)
        self.message = message
        self.code = code


class StartupStep(StrEnum):
    """What the client's startup needs next from the server."""

    NEED_DATA = "need data"
    REPLY = "reply"  # only outgoing bytes to send
    START_TLS = "start TLS"  # send the outgoing bytes, then upgrade the transport
    AUTHENTICATE = "authenticate"  # startup parameters are complete
    CREDENTIAL = "credential"  # an authentication message of the client arrived
    CANCEL = "cancel"  # the connection is a cancel request
    CLOSE = "close"  # send the outgoing bytes, then close


@dataclass(frozen=True, slots=True)
class CancelKey:
    """Identifies a running session for a cancel request.

    Attributes:
        process_id: The number given to the client at startup.
        secret: 4 bytes in protocol 3.0, up to 256 bytes in 3.2.
    """

    process_id: int
    secret: bytes = field(repr=False)


class ClientStartup(Protocol):
    """The gateway's side of a client's startup."""

    @property
    def user(self) -> str:
        """The user name that the client gave."""

    @property
    def database(self) -> str:
        """The connection name that the client gave."""

    @property
    def parameters(self) -> dict[str, str]:
        """All startup parameters, `user` and `database` among them."""

    def receive(self, data: bytes) -> StartupStep:
        """Take bytes and say what is needed next. Raises ProtocolError."""

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the client."""

    def take_rest(self) -> bytes:
        """Return and clear the bytes received after the startup's end."""


class UpstreamStartup(Protocol):
    """The gateway's side of its own connection to a data store."""

    @property
    def ready(self) -> bool:
        """Whether the store accepts statements."""

    @property
    def wants_tls(self) -> bool:
        """Whether the transport must be upgraded now; call `tls_established` afterwards."""

    def receive(self, data: bytes) -> None:
        """Take bytes. Raises ProtocolError on refusal or garbage."""

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the store."""


@dataclass(frozen=True, slots=True)
class SessionParameters:
    """What a fresh upstream session reported about itself.

    Attributes:
        parameters: Reported settings in the order of their arrival.
    """

    parameters: Sequence[tuple[str, str]]
