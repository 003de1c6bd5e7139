"""Messages of a session's beginning and those that the gateway itself sends, one class each.

Names and layouts are those of the chapter "Message Formats" of the PostgreSQL documentation.
`encode` writes the whole message; `parse` reads a body and raises ProtocolError when it is not
exactly one message.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Self

from scrim.protocols.postgres.framing import Fields, frame, text
from scrim.wire import ProtocolError

MAX_SECRET_BYTES = 256
MAX_MECHANISMS = 32
MAX_OPTIONS = 1000


class AuthenticationCode(IntEnum):
    """The kinds of Authentication message."""

    OK = 0
    CLEARTEXT_PASSWORD = 3
    MD5_PASSWORD = 5
    SASL = 10
    SASL_CONTINUE = 11
    SASL_FINAL = 12


@dataclass(frozen=True, slots=True)
class Authentication:
    """Authentication (backend): what the server wants next, or that it is satisfied.

    Attributes:
        code: The kind, as a number because a server may send kinds unknown here.
        data: What follows the kind: a salt, mechanism names or a SASL message.
    """

    KIND: ClassVar[str] = "R"
    code: int
    data: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, self.code.to_bytes(4) + self.data)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        fields = Fields(body, "Authentication")
        return cls(fields.unsigned(), fields.rest())

    @classmethod
    def sasl(cls, mechanisms: tuple[str, ...]) -> Self:
        """Return AuthenticationSASL that offers mechanisms."""
        return cls(AuthenticationCode.SASL, b"".join(map(text, mechanisms)) + b"\0")

    def mechanisms(self) -> tuple[str, ...]:
        """Return the names that AuthenticationSASL offers."""
        fields = Fields(self.data, "AuthenticationSASL")
        names: list[str] = []
        while name := fields.text():
            names.append(name)
            if len(names) > MAX_MECHANISMS:
                raise ProtocolError("an AuthenticationSASL message offers too many mechanisms")
        fields.end()
        return tuple(names)


@dataclass(frozen=True, slots=True)
class BackendKeyData:
    """BackendKeyData (backend): what a cancel request must name.

    Attributes:
        process_id: Number of the server process.
        secret: 4 bytes in protocol 3.0, 4 to 256 in 3.2.
    """

    KIND: ClassVar[str] = "K"
    process_id: int
    secret: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, self.process_id.to_bytes(4) + self.secret)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        fields = Fields(body, "BackendKeyData")
        message = cls(fields.unsigned(), fields.rest())
        if not 4 <= len(message.secret) <= MAX_SECRET_BYTES:
            raise ProtocolError("a BackendKeyData message has a key of impossible length")
        return message


@dataclass(frozen=True, slots=True)
class ParameterStatus:
    """ParameterStatus (backend): the value of a setting that clients care about."""

    KIND: ClassVar[str] = "S"
    name: str
    value: str

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, text(self.name) + text(self.value))

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        fields = Fields(body, "ParameterStatus")
        message = cls(fields.text(), fields.text())
        fields.end()
        return message


@dataclass(frozen=True, slots=True)
class ReadyForQuery:
    """ReadyForQuery (backend): the session awaits a statement.

    Attributes:
        status: `I` idle, `T` in a transaction, `E` in a failed transaction.
    """

    KIND: ClassVar[str] = "Z"
    status: str = "I"

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, self.status.encode("ascii"))

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        if body not in {b"I", b"T", b"E"}:
            raise ProtocolError("a ReadyForQuery message is malformed")
        return cls(body.decode("ascii"))


@dataclass(frozen=True, slots=True)
class NegotiateProtocolVersion:
    """NegotiateProtocolVersion (backend): what of the requested protocol is not supported.

    Attributes:
        version: The newest version that the server speaks, major and minor in one number.
        options: Requested protocol options that it does not know.
    """

    KIND: ClassVar[str] = "v"
    version: int
    options: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """Return the message's bytes."""
        options = b"".join(map(text, self.options))
        return frame(self.KIND, self.version.to_bytes(4) + len(self.options).to_bytes(4) + options)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        fields = Fields(body, "NegotiateProtocolVersion")
        version, count = fields.unsigned(), fields.unsigned()
        if count > MAX_OPTIONS:
            raise ProtocolError("a NegotiateProtocolVersion message lists too many options")
        message = cls(version, tuple(fields.text() for _ in range(count)))
        fields.end()
        return message


@dataclass(frozen=True, slots=True)
class PasswordMessage:
    """PasswordMessage (frontend): a password, or its MD5 digest."""

    KIND: ClassVar[str] = "p"
    password: str = field(repr=False)

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, text(self.password))

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body."""
        fields = Fields(body, "PasswordMessage")
        message = cls(fields.text())
        fields.end()
        return message


@dataclass(frozen=True, slots=True)
class SASLInitialResponse:
    """SASLInitialResponse (frontend): the chosen mechanism and its first message."""

    KIND: ClassVar[str] = "p"
    mechanism: str
    data: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, text(self.mechanism) + len(self.data).to_bytes(4) + self.data)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a body; an absent first message (length -1) reads as an empty one."""
        fields = Fields(body, "SASLInitialResponse")
        mechanism, length = fields.text(), fields.signed()
        message = cls(mechanism, b"" if length == -1 else fields.take(length))
        fields.end()
        return message


@dataclass(frozen=True, slots=True)
class SASLResponse:
    """SASLResponse (frontend): the next message of the mechanism; all of the body is its data."""

    KIND: ClassVar[str] = "p"
    data: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, self.data)


@dataclass(frozen=True, slots=True)
class Query:
    """Query (frontend): the text of one or more statements."""

    KIND: ClassVar[str] = "Q"
    sql: str

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, text(self.sql))


@dataclass(frozen=True, slots=True)
class Terminate:
    """Terminate (frontend): the session ends."""

    KIND: ClassVar[str] = "X"

    def encode(self) -> bytes:
        """Return the message's bytes."""
        return frame(self.KIND, b"")
