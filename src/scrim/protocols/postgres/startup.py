"""The gateway's side of a client's startup, without I/O.

    OPENING --SSLRequest--> TLS --established--> OPENING --StartupMessage--> DECIDING
    DECIDING --challenge--> AWAITING --credential--> DECIDING --accept--> ENDED

Law of this machine: plain text never carries over into TLS. Bytes that arrive behind an
SSLRequest or a GSSENCRequest before its answer are refused, because whoever sent them could be a
stranger between client and gateway (CVE-2021-23222).
"""

import functools
from enum import Enum, auto
from typing import TYPE_CHECKING

from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import FrameReader
from scrim.protocols.postgres.messages import (
    Authentication,
    AuthenticationCode,
    BackendKeyData,
    NegotiateProtocolVersion,
    ParameterStatus,
    PasswordMessage,
    ReadyForQuery,
    SASLInitialResponse,
)
from scrim.protocols.postgres.startup_packets import (
    MAX_STARTUP_BYTES,
    OPTION_PREFIX,
    PROTOCOL_3_0,
    PROTOCOL_3_1,
    PROTOCOL_3_2,
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
    parse_startup_packet,
)
from scrim.wire import (
    CancelKey,
    Challenge,
    Credential,
    Password,
    PasswordPrompt,
    ProtocolError,
    SaslBegin,
    SaslContinue,
    SaslFinal,
    SaslMechanisms,
    SaslResponse,
    SessionParameters,
    StartupStep,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrim.domain.decision import Refusal

MAX_CREDENTIAL_BYTES = 16_384
"""Bound on one authentication message: room for a signed token."""
MAX_USER_BYTES = 256
MAX_EARLY_BYTES = 65_536
"""Bound on what a client may send before it has been answered."""
SHORT_SECRET_BYTES = 4
_FALSE = frozenset({"false", "off", "no", "0"})


class _State(Enum):
    OPENING = auto()
    TLS = auto()
    DECIDING = auto()
    AWAITING = auto()
    ENDED = auto()


class PostgresClientStartup:
    """Takes a client from its first byte to ReadyForQuery.

    Args:
        tls_available: Whether the listener can upgrade to TLS.
        tls_required: Whether a session without TLS is refused. A cancel request without TLS
            is served all the same, because clients before libpq 17 send no other.
        tls_active: Whether the connection began with TLS (direct TLS).
    """

    def __init__(
        self, *, tls_available: bool = False, tls_required: bool = False, tls_active: bool = False
    ) -> None:
        """Start before the first byte."""
        self._tls_available = tls_available
        self._tls_required = tls_required
        self._tls_active = tls_active
        self._asked_tls = tls_active
        self._asked_gss = tls_active
        self._state = _State.OPENING
        self._reader = FrameReader(MAX_STARTUP_BYTES)
        self._outgoing: list[bytes] = []
        self._challenge: Challenge | None = None
        self._credential: Credential | None = None
        self._cancel_key: CancelKey | None = None
        self._parameters = {"database": ""}
        self.protocol_version = PROTOCOL_3_0
        """The version that the session speaks from now on."""

    @property
    def tls_active(self) -> bool:
        """Whether the connection is protected by TLS."""
        return self._tls_active

    @property
    def parameters(self) -> dict[str, str]:
        """The startup parameters, without protocol options; `database` is always present."""
        return self._parameters

    @property
    def user(self) -> str:
        """The user name that the client gave."""
        return self.parameters.get("user", "")

    @property
    def database(self) -> str:
        """The connection name that the client gave; its user name where it gave none."""
        return self.parameters["database"]

    @property
    def credential(self) -> Credential:
        """The credential that arrived last."""
        if self._credential is None:
            raise ProtocolError("the client has sent no credential yet")
        return self._credential

    @property
    def cancel_key(self) -> CancelKey:
        """The session that a cancel request names."""
        if self._cancel_key is None:
            raise ProtocolError("the client has sent no cancel request")
        return self._cancel_key

    @property
    def secret_bytes(self) -> int:
        """How long the secret of this session's cancel key should be: 4 bytes or 32."""
        return 32 if self.protocol_version >= PROTOCOL_3_2 else SHORT_SECRET_BYTES

    def receive(self, data: bytes) -> StartupStep:
        """Take bytes and say what is needed next.

        Raises:
            ProtocolError: If the client broke the protocol, or asked for what is not served.
        """
        self._reader.feed(data)
        if self._state is _State.OPENING:
            return self._open()
        if self._state is _State.AWAITING:
            return self._take_credential()
        if self._state is _State.TLS and len(self._reader):
            raise ProtocolError("unencrypted data arrived after an SSLRequest was accepted")
        if len(self._reader) > MAX_EARLY_BYTES:
            raise ProtocolError("too much data arrived before the session began")
        return StartupStep.NEED_DATA

    def tls_established(self) -> StartupStep:
        """Say that the transport is now protected; returns what is needed next."""
        self._tls_active = self._asked_tls = self._asked_gss = True
        self._state = _State.OPENING
        return StartupStep.NEED_DATA

    def _open(self) -> StartupStep:
        body = self._reader.next_packet()
        if body is None:
            return StartupStep.NEED_DATA
        match parse_startup_packet(body):
            case SSLRequest():
                return self._answer_ssl()
            case GSSENCRequest():
                return self._answer_gss()
            case CancelRequest(key):
                self._cancel_key = key
                self._state = _State.ENDED
                return StartupStep.CANCEL
            case StartupMessage() as message:
                return self._begin(message)

    def _answer_ssl(self) -> StartupStep:
        if self._asked_tls:
            raise ProtocolError("SSLRequest is allowed once, before TLS is on")
        if len(self._reader):
            raise ProtocolError("unencrypted data arrived after an SSLRequest")
        self._asked_tls = True
        if not self._tls_available:
            self._outgoing.append(b"N")
            return StartupStep.REPLY
        self._outgoing.append(b"S")
        self._state = _State.TLS
        return StartupStep.START_TLS

    def _answer_gss(self) -> StartupStep:
        if self._asked_gss:
            raise ProtocolError("GSSENCRequest is allowed once, before encryption is on")
        if len(self._reader):
            raise ProtocolError("unencrypted data arrived after a GSSENCRequest")
        self._asked_gss = True
        self._outgoing.append(b"N")
        return StartupStep.REPLY

    def _begin(self, message: StartupMessage) -> StartupStep:
        parameters = message.parameters
        self._parameters = _session_parameters(parameters)
        self.protocol_version = PROTOCOL_3_2 if message.version >= PROTOCOL_3_2 else PROTOCOL_3_0
        if self._tls_required and not self._tls_active:
            raise ProtocolError("this gateway requires TLS; connect with sslmode=require", "28000")
        if not parameters.get("user"):
            raise ProtocolError("no user name was given in the startup packet", "28000")
        if len(parameters["user"].encode()) > MAX_USER_BYTES:
            raise ProtocolError("the user name is too long", "28000")
        if parameters.get("replication", "false").lower() not in _FALSE:
            raise ProtocolError("replication connections are not served by this gateway", "0A000")
        options = tuple(name for name in parameters if name.startswith(OPTION_PREFIX))
        if options or message.version == PROTOCOL_3_1 or message.version > PROTOCOL_3_2:
            reply = NegotiateProtocolVersion(self.protocol_version, options)
            self._outgoing.append(reply.encode())
        self._state = _State.DECIDING
        # What comes next on this connection has a type byte and may carry a token.
        early = self._reader.take()
        self._reader = FrameReader(MAX_CREDENTIAL_BYTES)
        self._reader.feed(early)
        return StartupStep.AUTHENTICATE

    def challenge(self, challenge: Challenge) -> StartupStep:
        """Ask the client for a credential, and say what is needed next.

        Raises:
            ProtocolError: If a password would cross the network unprotected, or what the
                client has already sent is no credential.
        """
        match challenge:
            case SaslMechanisms(names):
                message = Authentication.sasl(names)
            case SaslContinue(data):
                message = Authentication(AuthenticationCode.SASL_CONTINUE, data)
            case SaslFinal(data):
                self._outgoing.append(Authentication(AuthenticationCode.SASL_FINAL, data).encode())
                return StartupStep.REPLY
            case PasswordPrompt():
                if not self._tls_active:
                    raise ProtocolError("a password is never asked for without TLS", "28000")
                message = Authentication(AuthenticationCode.CLEARTEXT_PASSWORD)
        self._outgoing.append(message.encode())
        self._challenge = challenge
        self._state = _State.AWAITING
        return self._take_credential()

    def _take_credential(self) -> StartupStep:
        message = self._reader.next_frame()
        if message is None:
            return StartupStep.NEED_DATA
        if message.kind == "X":
            self._state = _State.ENDED
            return StartupStep.CLOSE
        if message.kind != PasswordMessage.KIND:
            raise ProtocolError("an authentication message was expected")
        match self._challenge:
            case SaslMechanisms():
                initial = SASLInitialResponse.parse(message.body)
                self._credential = SaslBegin(initial.mechanism, initial.data)
            case SaslContinue():
                self._credential = SaslResponse(message.body)
            case _:
                self._credential = Password(PasswordMessage.parse(message.body).password)
        self._state = _State.DECIDING
        return StartupStep.CREDENTIAL

    def accept(self, session: SessionParameters, key: CancelKey) -> None:
        """Tell the client that it is signed in and may send statements."""
        self._outgoing.append(Authentication(AuthenticationCode.OK).encode())
        self._outgoing.append(_encoded_parameters(session.parameters))
        self._outgoing.append(BackendKeyData(key.process_id, key.secret).encode())
        self._outgoing.append(ReadyForQuery().encode())
        self._state = _State.ENDED

    def refuse(self, refusal: "Refusal") -> None:
        """Tell the client why it is turned away; the connection is closed afterwards."""
        self._outgoing.append(ErrorFields.from_refusal(refusal, "FATAL").encode())
        self._state = _State.ENDED

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the client."""
        outgoing = b"".join(self._outgoing)
        self._outgoing.clear()
        return outgoing

    def take_rest(self) -> bytes:
        """Return and clear the bytes received after the startup's end."""
        return self._reader.take()


def _session_parameters(given: "Mapping[str, str]") -> dict[str, str]:
    """Return what a startup message asks for the session itself."""
    kept = {name: text for name, text in given.items() if not name.startswith(OPTION_PREFIX)}
    kept.pop("replication", None)
    return kept | {"database": kept.get("database") or kept.get("user", "")}


@functools.lru_cache(maxsize=256)
def _encoded_parameters(parameters: tuple[tuple[str, str], ...]) -> bytes:
    """Return the messages that report settings; most clients ask for the same ones."""
    return b"".join(ParameterStatus(*pair).encode() for pair in parameters)
