"""The gateway's side of its own connection to a PostgreSQL server, without I/O.

    TLS_ANSWER --S--> UPGRADE --established--> SIGN_IN --AuthenticationOk--> SETTLING --Z--> READY
    TLS_ANSWER --N--> SIGN_IN, where TLS is only preferred

The server is not trusted: every message is bounded, and so are their number and their sum.
"""

import hashlib
from collections.abc import Callable
from enum import Enum, auto

from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import Frame, FrameReader
from scrim.protocols.postgres.messages import (
    Authentication,
    AuthenticationCode,
    BackendKeyData,
    NegotiateProtocolVersion,
    ParameterStatus,
    PasswordMessage,
    ReadyForQuery,
    SASLInitialResponse,
    SASLResponse,
)
from scrim.protocols.postgres.scram_client import NONCE_BYTES, ScramClient, choose_mechanism
from scrim.protocols.postgres.startup_packets import (
    PROTOCOL_3_0,
    PROTOCOL_3_2,
    CancelRequest,
    SSLRequest,
    StartupMessage,
)
from scrim.session.scram import MECHANISM_PLUS
from scrim.wire import (
    LOGIN_REFUSED,
    NEWER_VERSION_REFUSED,
    CancelKey,
    ProtocolError,
    SessionParameters,
    TlsDemand,
    UpstreamLogin,
)

MAX_MESSAGE_BYTES = 65_536
MAX_TOTAL_BYTES = 1 << 20
MAX_PARAMETERS = 200

_REFUSALS = {
    "3D000": ("the data store has no database of the configured name", LOGIN_REFUSED),
    "53300": ("the data store has no connection slot left", "53300"),
    "57P01": ("the data store is shutting down", "57P03"),
    "57P03": ("the data store is starting up or shutting down", "57P03"),
}


def refusal_of(fields: ErrorFields) -> ProtocolError:
    """Say in the gateway's words why a server refused its login.

    The server's own text names the gateway's user, which is no client's business.
    """
    if fields.code in _REFUSALS:
        return ProtocolError(*_REFUSALS[fields.code])
    if fields.code.startswith("28"):
        return ProtocolError("the data store refused the gateway's credentials", LOGIN_REFUSED)
    return ProtocolError(
        f"the data store refused the connection (SQLSTATE {fields.safe_code})", LOGIN_REFUSED
    )


class _State(Enum):
    TLS_ANSWER = auto()
    UPGRADE = auto()
    SIGN_IN = auto()
    SETTLING = auto()
    READY = auto()


class _Opening:
    """What a session and a cancel request have in common: TLS first, then the first packet."""

    def __init__(self, tls: TlsDemand) -> None:
        self._demand = tls
        self._tls_active = False
        self._end_point = b""
        self._outgoing: list[bytes] = []
        self._state = _State.TLS_ANSWER

    def _begin(self) -> None:
        """Send the first packet, or ask for TLS before it."""
        if self._demand is TlsDemand.NONE:
            self._open()
        else:
            self._outgoing.append(SSLRequest().encode())

    def _open(self) -> None:
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Whether the server accepts statements."""
        return self._state is _State.READY

    @property
    def wants_tls(self) -> bool:
        """Whether the transport must be upgraded now."""
        return self._state is _State.UPGRADE

    def tls_established(self, end_point: bytes) -> None:
        """Say that TLS is on.

        Args:
            end_point: The `tls-server-end-point` channel binding, empty when there is none.
        """
        self._tls_active = True
        self._end_point = end_point
        self._open()

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the server."""
        outgoing = b"".join(self._outgoing)
        self._outgoing.clear()
        return outgoing

    def _take_tls_answer(self, data: bytes) -> None:
        if self._state is _State.UPGRADE or len(data) > 1:
            raise ProtocolError("the data store sent unencrypted data before TLS was on", "08006")
        if data == b"S":
            self._state = _State.UPGRADE
        elif data == b"N" and self._demand is TlsDemand.PREFER:
            self._open()
        elif data == b"N":
            raise ProtocolError(
                "the data store does not offer TLS, which the connection's tls mode requires",
                "08006",
            )
        else:
            raise ProtocolError("the data store did not understand a request for TLS", "08006")


class PostgresCancel(_Opening):
    """A connection that only carries a CancelRequest; ready once that is on its way."""

    def __init__(self, key: CancelKey, tls: TlsDemand) -> None:
        """Ask for TLS or send the request at once."""
        super().__init__(tls)
        self._key = key
        self.session = SessionParameters(())
        self.cancel_key: CancelKey | None = None
        self._begin()

    def _open(self) -> None:
        self._outgoing.append(CancelRequest(self._key).encode())
        self._state = _State.READY

    def receive(self, data: bytes) -> None:
        """Take the answer about TLS; anything after the request has no meaning."""
        if self._state in {_State.TLS_ANSWER, _State.UPGRADE}:
            self._take_tls_answer(data)


class PostgresUpstreamStartup(_Opening):
    """Signs the gateway in to a server.

    Args:
        login: Who the gateway is there.
        tls: What is asked of the transport.
        random_bytes: Source of nonces.
        version: The protocol version to ask for.
    """

    def __init__(
        self,
        login: UpstreamLogin,
        tls: TlsDemand,
        random_bytes: Callable[[int], bytes],
        version: int = PROTOCOL_3_2,
    ) -> None:
        """Ask for TLS or for the session at once."""
        super().__init__(tls)
        self._login = login
        self._random_bytes = random_bytes
        self._reader = FrameReader(MAX_MESSAGE_BYTES)
        self._received = 0
        self._scram: ScramClient | None = None
        self._answered = False
        self._proven = True
        self._parameters: dict[str, str] = {}
        self.protocol_version = version
        """The version that the session speaks; final when it is ready."""
        self.cancel_key: CancelKey | None = None
        """What a cancel request must name; None when the server gave nothing."""
        self._begin()

    @property
    def session(self) -> SessionParameters:
        """What the server reported."""
        return SessionParameters(tuple(self._parameters.items()))

    def _open(self) -> None:
        login = self._login
        parameters = {**dict(login.parameters), "user": login.user, "database": login.database}
        self._outgoing.append(StartupMessage(self.protocol_version, parameters).encode())
        self._state = _State.SIGN_IN

    def receive(self, data: bytes) -> None:
        """Take bytes of the server.

        Raises:
            ProtocolError: If it refuses the login, asks for what is not safe, or sends garbage.
        """
        if self._state in {_State.TLS_ANSWER, _State.UPGRADE}:
            self._take_tls_answer(data)
            return
        self._received += len(data)
        if self._received > MAX_TOTAL_BYTES:
            raise ProtocolError("the data store sent too much before its session began", "08006")
        self._reader.feed(data)
        while self._state is not _State.READY and (frame := self._reader.next_frame()):
            self._take(frame)
        if self._state is _State.READY and len(self._reader):
            raise ProtocolError("the data store sent data before any statement", "08006")

    def _take(self, frame: Frame) -> None:
        kind, body = frame
        if kind == "E":
            raise self._refusal(ErrorFields.parse(body))
        if kind == "N":
            return
        if self._state is _State.SIGN_IN:
            self._take_sign_in(kind, body)
        else:
            self._take_settling(kind, body)

    def _refusal(self, fields: ErrorFields) -> ProtocolError:
        if (
            self.protocol_version > PROTOCOL_3_0
            and not self._answered
            and fields.code in {"0A000", "08P01"}
        ):
            return ProtocolError(
                "the data store speaks only protocol version 3.0", NEWER_VERSION_REFUSED
            )
        return refusal_of(fields)

    def _take_sign_in(self, kind: str, body: bytes) -> None:
        self._answered = True
        if kind == Authentication.KIND:
            self._authenticate(Authentication.parse(body))
        elif kind == NegotiateProtocolVersion.KIND:
            version = NegotiateProtocolVersion.parse(body).version
            if not PROTOCOL_3_0 <= version <= self.protocol_version:
                raise ProtocolError("the data store speaks no protocol version that is known here")
            self.protocol_version = version
        else:
            raise ProtocolError("the data store did not ask for authentication", "08006")

    def _authenticate(self, message: Authentication) -> None:
        match message.code:
            case AuthenticationCode.OK:
                if not self._proven:
                    raise ProtocolError("the data store cut a SCRAM exchange short", LOGIN_REFUSED)
                self._state = _State.SETTLING
            case AuthenticationCode.CLEARTEXT_PASSWORD:
                if not (self._tls_active or self._login.allow_cleartext):
                    raise ProtocolError(
                        "the data store asks for the password in clear text without TLS; "
                        "set the connection's tls mode to require or stricter",
                        LOGIN_REFUSED,
                    )
                self._send_password(self._password())
            case AuthenticationCode.MD5_PASSWORD:
                self._send_password(self._md5(message.data))
            case AuthenticationCode.SASL:
                self._begin_scram(message.mechanisms())
            case AuthenticationCode.SASL_CONTINUE if self._scram is not None:
                answer = self._scram.respond(message.data)
                self._outgoing.append(SASLResponse(answer).encode())
            case AuthenticationCode.SASL_FINAL if self._scram is not None:
                self._scram.verify(message.data)
                self._proven = True
            case code:
                raise ProtocolError(
                    f"the data store asks for an authentication method (number {code}) that the "
                    "gateway does not know",
                    LOGIN_REFUSED,
                )

    def _password(self) -> str:
        if not self._login.password:
            raise ProtocolError(
                "the data store asks for a password, and the connection has none; set "
                "password_file, password_env or passfile",
                LOGIN_REFUSED,
            )
        return self._login.password

    def _send_password(self, password: str) -> None:
        if not self._proven:
            raise ProtocolError("the data store cut a SCRAM exchange short", LOGIN_REFUSED)
        self._outgoing.append(PasswordMessage(password).encode())

    def _md5(self, salt: bytes) -> str:
        if len(salt) != 4:
            raise ProtocolError("a md5 authentication message is malformed")
        secret = (self._password() + self._login.user).encode()
        inner = hashlib.md5(secret, usedforsecurity=False).hexdigest().encode("ascii")
        return "md5" + hashlib.md5(inner + salt, usedforsecurity=False).hexdigest()

    def _begin_scram(self, offered: tuple[str, ...]) -> None:
        if self._scram is not None:
            raise ProtocolError("the data store began a second SCRAM exchange", LOGIN_REFUSED)
        mechanism = choose_mechanism(offered, self._end_point)
        self._scram = ScramClient(
            self._password(),
            mechanism,
            self._random_bytes(NONCE_BYTES),
            end_point=self._end_point,
            binding_offered=MECHANISM_PLUS in offered,
        )
        self._proven = False
        self._outgoing.append(SASLInitialResponse(mechanism, self._scram.first()).encode())

    def _take_settling(self, kind: str, body: bytes) -> None:
        if kind == ParameterStatus.KIND:
            message = ParameterStatus.parse(body)
            self._parameters[message.name] = message.value
            if len(self._parameters) > MAX_PARAMETERS:
                raise ProtocolError("the data store reported too many settings", "08006")
        elif kind == BackendKeyData.KIND:
            key = BackendKeyData.parse(body)
            self.cancel_key = CancelKey(key.process_id, key.secret)
        elif kind == ReadyForQuery.KIND:
            if ReadyForQuery.parse(body).status != "I":
                raise ProtocolError("the data store began a session inside a transaction", "08006")
            self._state = _State.READY
        else:
            raise ProtocolError("the data store sent a message out of place", "08006")
