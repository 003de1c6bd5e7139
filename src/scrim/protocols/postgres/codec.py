"""The established session of PostgreSQL: between the kernel's relay and the deciding layers.

The relay (`rust/relay`) moves a session's bytes in both directions and stops at what it has no
decision for. This module puts its questions into the words of the deciding layers, and their
answers into its own.
"""

from typing import TYPE_CHECKING, Final, Protocol

from scrim.config.limits import Limits
from scrim.domain.decision import Refusal
from scrim.domain.outcome import RowLimit
from scrim.kernel import AuditLog, Epoch, Plan, Relay, Ruling, ShapeHasher, Shapes, Turning
from scrim.protocols.postgres.errors import NOTICE, ErrorFields
from scrim.protocols.postgres.framing import Fields, frame
from scrim.protocols.postgres.messages import ParameterStatus
from scrim.protocols.postgres.rows import parse_row_description
from scrim.protocols.postgres.scrub import scrub
from scrim.protocols.postgres.settings import UTF8_NAMES
from scrim.wire import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CLIENT_GONE",
    "CLIENT_NEED",
    "ERROR",
    "ROW_DESCRIPTION",
    "SERVER_NEED",
    "UPSTREAM_GONE",
    "AuditLog",
    "Decided",
    "Relay",
    "Scrubber",
    "ShapeHasher",
    "decision",
    "fatal_error",
    "new_audit_log",
    "new_hasher",
    "new_relay",
    "new_shapes",
    "parse_row_description",
    "scrub_message",
    "setting_failure",
]

CLIENT_NEED: Final = 1
SERVER_NEED: Final = 2
CLIENT_GONE: Final = 4
UPSTREAM_GONE: Final = 8
"""Bits of `Relay.attention`."""

ERROR: Final = ord("E")
ROW_DESCRIPTION: Final = ord("T")


class Decided(Protocol):
    """What `scrim.enforcement` decides about a statement string."""

    @property
    def intent(self) -> tuple[bytes, bytes]:
        """The record that is written before it is forwarded, around its text and shape."""

    @property
    def operation(self) -> str:
        """What it does, in one word for counts."""

    @property
    def refusal(self) -> Refusal | None:
        """Why it is not forwarded."""

    @property
    def raw(self) -> bool:
        """Whether its results go through unread."""

    @property
    def scope(self) -> tuple[bytes, int] | None:
        """The essence of all statements that it holds for, and the epoch in which it does."""

    @property
    def turns(self) -> "Sequence[tuple[int, int, int, Turning]]":
        """What of its values is turned back: statement, depth, number, and how."""

    @property
    def fills(self) -> "Sequence[tuple[int, str, Sequence[Turning | None]]]":
        """Its COPY FROM statements whose data is turned back: index, options as JSON, how."""

    @property
    def copies(self) -> "Sequence[tuple[int, str, Plan]]":
        """Its COPY TO statements: index, options as JSON, plan."""

    @property
    def limit(self) -> RowLimit | None:
        """How many rows of each of its results a client gets."""

    @property
    def naming(self) -> "Sequence[tuple[int, str, str]]":
        """What its statements have to do with named results: index, what, name."""

    @property
    def reshapes(self) -> bool:
        """Whether columns or rows of its results may be left out."""

    @property
    def deallocates(self) -> str | None:
        """Which prepared statements are gone when it completes: a name, or empty for all."""


class Scrubber(Protocol):
    """What is known of the texts that a client may see."""

    def scrub_text(self, text: str) -> str:
        """Replace sensitive values inside a text."""

    def is_identifier(self, word: str) -> bool:
        """Whether a word is the name of something in the catalog."""

    def statement_text(self, context: tuple[object, str] | None) -> str:
        """Return the statement, without its literals, to which an answer belongs."""

    def conceal(self, text: str) -> str:
        """Replace a whole text of unknown sensitivity."""


def new_hasher(key: bytes) -> ShapeHasher:
    """Return what tells the shapes of statements apart.

    Args:
        key: 16 random bytes, so that nobody can make two statements of one shape.
    """
    return ShapeHasher(key)


def new_shapes(capacity: int, epoch: Epoch) -> Shapes:
    """Return an empty cache of decided statements.

    Args:
        capacity: How many it keeps.
        epoch: What ends when something decided for more than one statement may hold no longer.
    """
    return Shapes(capacity, epoch)


def new_audit_log(descriptor: int, sync: bool) -> AuditLog:  # noqa: FBT001, RUF100 - interface
    """Return the writer of the audit log that the data path shares with Python.

    Args:
        descriptor: Opened for appending; stays the caller's.
        sync: Whether a line must be on the disk before it counts.
    """
    return AuditLog(descriptor, sync)


def decision(decided: Decided) -> Ruling:
    """Return what was decided in the form that the relay keeps."""
    refusal = decided.refusal
    return Ruling(
        decided.intent,
        operation=decided.operation,
        refusal=None
        if refusal is None
        else (refusal.code, refusal.message, refusal.detail, refusal.hint, refusal.position),
        raw=decided.raw,
        copies=decided.copies,
        deallocates=decided.deallocates,
        context=decided,
        scope=decided.scope,
        turns=decided.turns,
        fills=decided.fills,
        limit=None if decided.limit is None else (decided.limit.rows, decided.limit.policy),
        naming=decided.naming,
        reshapes=decided.reshapes,
    )


def fatal_error(code: str, message: str) -> bytes:
    """Return the error that ends a client's session."""
    return ErrorFields.from_refusal(Refusal(code, message), "FATAL").encode()


def setting_failure(body: bytes) -> tuple[str, str]:
    """Return message and SQLSTATE for a startup setting that the data store refused."""
    error = ErrorFields.parse(body)
    return "a setting of the startup packet was refused by the data store", error.code


def scrub_message(
    kind: int, body: bytes, context: tuple[object, str] | None, scrubber: Scrubber
) -> bytes:
    """Return what a client without raw access gets in the place of a message.

    Args:
        kind: Type byte: an error, a notice, a notification or a parameter's value.
        body: Its body.
        context: What was decided about the statement that it answers, if it answers one, and the
            text of that.
        scrubber: What is known of the texts that the client may see.

    Raises:
        ProtocolError: If the message is malformed, or says that masking can no longer be sure.
    """
    match chr(kind):
        case "E" | "N" as letter:
            fields = ErrorFields.parse(body)
            statement = scrubber.statement_text(context)
            scrubbed = scrub(fields, statement, scrubber.is_identifier, scrubber.scrub_text)
            return scrubbed.encode(NOTICE if letter == "N" else "E")
        case "A":
            return _notification(body, scrubber)
        case "S":
            return _parameter(ParameterStatus.parse(body), scrubber)
        case _:
            raise ProtocolError("a message that cannot be masked was to be masked", "XX000")


def _notification(body: bytes, scrubber: Scrubber) -> bytes:
    fields = Fields(body, "NotificationResponse")
    process_id = fields.take(4)
    channel = fields.text()
    payload = fields.text()
    fields.end()
    concealed = scrubber.conceal(payload) if payload else ""
    return frame("A", process_id + channel.encode() + b"\0" + concealed.encode() + b"\0")


def _parameter(status: ParameterStatus, scrubber: Scrubber) -> bytes:
    name = status.name
    if name == "standard_conforming_strings" and status.value != "on":
        raise ProtocolError("standard_conforming_strings was turned off", "0A000")
    if name == "client_encoding" and status.value.lower() not in UTF8_NAMES:
        raise ProtocolError("the client encoding was changed from UTF8", "0A000")
    # Whatever a statement put there goes through the same search as any other text.
    return ParameterStatus(name, scrubber.scrub_text(status.value)).encode()


def new_relay(  # noqa: PLR0913 - each is a part of the session that the relay needs
    session: str,
    *,
    raw: bool,
    shapes: Shapes,
    audit: AuditLog,
    hasher: ShapeHasher,
    limits: Limits,
) -> Relay:
    """Return the relay of a new session.

    Args:
        session: Its name in the audit log.
        raw: Whether the principal may see everything of the connection.
        shapes: The statements decided for such a principal.
        audit: Where statements are recorded before they are forwarded.
        hasher: What tells statements apart.
        limits: The bounds in force.
    """
    return Relay(
        session,
        raw,
        shapes,
        audit,
        hasher,
        max_statement_bytes=limits.max_statement_bytes,
        max_message_bytes=limits.max_message_bytes,
        max_row_bytes=limits.max_row_bytes,
    )
