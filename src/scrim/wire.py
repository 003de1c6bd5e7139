"""The seam between sockets and protocols: what a protocol offers, and what the server gives it.

Everything here is sans-IO. A protocol folder under `scrim.protocols` declares one
`PROTOCOL: ProtocolFamily`; the server picks it by the listener's name and hands its parts to
`upstream` and `identity`, so neither of those imports a protocol.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scrim.domain.column import ResultField
    from scrim.domain.decision import Refusal


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


NEWER_VERSION_REFUSED = "0A000"
"""Code of the ProtocolError that tells that a store speaks only an older protocol version."""

LOGIN_REFUSED = "08004"
"""Code of the ProtocolError that tells that a store turned the gateway's login away."""


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


@dataclass(frozen=True, slots=True)
class SaslMechanisms:
    """Challenge: pick one of these SASL mechanisms and begin it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaslContinue:
    """Challenge: the next message of the chosen SASL mechanism."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaslFinal:
    """The last message of the chosen SASL mechanism; success follows it, no answer is awaited."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordPrompt:
    """Challenge: send the password, or a token in its place, as it is."""


Challenge = SaslMechanisms | SaslContinue | SaslFinal | PasswordPrompt


@dataclass(frozen=True, slots=True)
class SaslBegin:
    """Credential: the mechanism that the client picked, with its first message."""

    mechanism: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaslResponse:
    """Credential: the client's next SASL message."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Password:
    """Credential: a password or a token."""

    text: str = field(repr=False)


Credential = SaslBegin | SaslResponse | Password


@dataclass(frozen=True, slots=True)
class SessionParameters:
    """What a fresh upstream session reported about itself.

    Attributes:
        parameters: Reported settings in the order of their arrival.
    """

    parameters: Sequence[tuple[str, str]]


class ClientStartup(Protocol):
    """The gateway's side of a client's startup.

    Order of calls: `receive` until it says AUTHENTICATE; then `challenge` and `receive` until
    it says CREDENTIAL, as often as the sign-in needs; at last `accept` or `refuse`. After each
    call the bytes of `take_outgoing` go to the client.
    """

    @property
    def user(self) -> str:
        """The user name that the client gave."""

    @property
    def database(self) -> str:
        """The connection name that the client gave."""

    @property
    def parameters(self) -> dict[str, str]:
        """All startup parameters, `user` and `database` among them."""

    @property
    def credential(self) -> Credential:
        """The credential that arrived last."""

    @property
    def cancel_key(self) -> CancelKey:
        """The session that a cancel request names."""

    def receive(self, data: bytes) -> StartupStep:
        """Take bytes and say what is needed next. Raises ProtocolError."""

    def tls_established(self) -> StartupStep:
        """Say that the transport is now protected, after START_TLS or before the first byte."""

    def challenge(self, challenge: Challenge) -> StartupStep:
        """Ask the client for a credential, and say what is needed next."""

    def accept(self, session: SessionParameters, key: CancelKey) -> None:
        """Tell the client that it is signed in and may send statements."""

    def refuse(self, refusal: "Refusal") -> None:
        """Tell the client why it is turned away."""

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the client."""

    def take_rest(self) -> bytes:
        """Return and clear the bytes received after the startup's end."""


class TlsDemand(StrEnum):
    """What one attempt to reach a data store asks for."""

    NONE = "none"
    PREFER = "prefer"  # ask, and go on without when the store has none
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class UpstreamLogin:
    """The gateway's own way into a data store.

    Attributes:
        user: User name in the store.
        database: Database to open.
        password: Its password; empty when the store asks for none.
        parameters: Further startup parameters, such as `application_name`.
        allow_cleartext: Whether to send the password as it is without TLS.
    """

    user: str
    database: str
    password: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = ()
    allow_cleartext: bool = False


class UpstreamStartup(Protocol):
    """The gateway's side of its own connection to a data store."""

    @property
    def ready(self) -> bool:
        """Whether the store accepts statements (or has been told what to cancel)."""

    @property
    def wants_tls(self) -> bool:
        """Whether the transport must be upgraded now; call `tls_established` afterwards."""

    @property
    def session(self) -> SessionParameters:
        """What the store reported."""

    @property
    def cancel_key(self) -> CancelKey | None:
        """What a cancel request must name; None when the store gave nothing."""

    def receive(self, data: bytes) -> None:
        """Take bytes. Raises ProtocolError on refusal or garbage."""

    def tls_established(self, end_point: bytes) -> None:
        """Say that TLS is on.

        Args:
            end_point: The `tls-server-end-point` channel binding, empty when there is none.
        """

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the store."""


class UpstreamExchange(Protocol):
    """One statement of the gateway's own, from its first byte to the store's readiness."""

    @property
    def done(self) -> bool:
        """Whether the store is ready for the next statement."""

    @property
    def rows(self) -> list[tuple[str | None, ...]]:
        """The rows of the answer, in text format."""

    @property
    def changed(self) -> tuple[tuple[str, str], ...]:
        """Settings of the session that the store reported meanwhile."""

    def receive(self, data: bytes) -> None:
        """Take bytes. Raises ProtocolError when the answer is not the expected one."""

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the store."""


class UpstreamDescription(UpstreamExchange, Protocol):
    """The question which columns a statement would return, without running it."""

    @property
    def fields(self) -> "Sequence[ResultField] | None":
        """The columns of its result; None where it has none, or was not accepted."""

    @property
    def refused(self) -> tuple[str, str] | None:
        """SQLSTATE and message where the store does not accept the statement, None where it does.

        No row was read, so the message can quote nothing but the statement and the schema.
        """


class UpstreamDialect(Protocol):
    """What `upstream` must know of a protocol to keep connections to a data store."""

    def startup(
        self, login: UpstreamLogin, tls: TlsDemand, *, compatible: bool = False
    ) -> UpstreamStartup:
        """Begin a session.

        Args:
            login: Who the gateway is there.
            tls: What is asked of the transport.
            compatible: Whether to speak the oldest version of the protocol, after a store
                refused a newer one with the code `NEWER_VERSION_REFUSED`.
        """

    def cancel(self, key: CancelKey, tls: TlsDemand) -> UpstreamStartup:
        """Begin a connection that only asks the store to cancel a session's statement."""

    def reset(self, *, in_transaction: bool) -> UpstreamExchange:
        """Return a session to the state that it had when it was new, and check that it is."""

    def ping(self) -> UpstreamExchange:
        """Ask whether the store still answers."""

    def query(self, sql: str, max_bytes: int) -> UpstreamExchange:
        """Ask for rows, refusing an answer beyond `max_bytes`."""

    def describe(self, sql: bytes) -> UpstreamDescription:
        """Ask which columns a statement would return."""

    def idle(self) -> UpstreamExchange:
        """Watch a session that nobody uses; raises ProtocolError when it is of no more use."""

    def farewell(self) -> bytes:
        """Return the bytes that end a session politely."""

    def socket_path(self, directory: str, port: int) -> str:
        """Return the path of the store's Unix socket in a directory."""
