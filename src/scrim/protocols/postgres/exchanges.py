"""Statements of the gateway's own on an upstream session, without I/O.

Each exchange runs from its Query to ReadyForQuery and accepts nothing but the answer that it
expects, so that a session which is out of step is found out and thrown away.
"""

from typing import TYPE_CHECKING, ClassVar

from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import Fields, FrameReader, frame
from scrim.protocols.postgres.messages import ParameterStatus, Query, ReadyForQuery
from scrim.protocols.postgres.rows import parse_row_description
from scrim.wire import ProtocolError

if TYPE_CHECKING:
    from scrim.domain.column import ResultField

MAX_ANSWER_BYTES = 65_536
MAX_DESCRIPTION_BYTES = 4 << 20
MAX_CHANGES = 1000
_LOST_STATES = frozenset({"57P01", "57P02", "57P03", "57P05"})


def _failure(fields: ErrorFields) -> ProtocolError:
    """Say that the server failed a statement of the gateway, without the server's text."""
    if fields.code in _LOST_STATES:
        return ProtocolError("the data store ended the session", "57P01")
    return ProtocolError(
        f"the data store failed a statement of the gateway (SQLSTATE {fields.safe_code})", "08006"
    )


def _out_of_step() -> ProtocolError:
    return ProtocolError("an upstream session is out of step", "08006")


class _Exchange:
    """What all exchanges share: bounded frames and messages that may come at any time."""

    def __init__(self, max_bytes: int) -> None:
        self._reader = FrameReader(max_bytes)
        self._outgoing: list[bytes] = []
        self._changed: list[tuple[str, str]] = []
        self.done = False
        self.rows: list[tuple[str | None, ...]] = []

    @property
    def changed(self) -> tuple[tuple[str, str], ...]:
        """Settings that the server reported meanwhile."""
        return tuple(self._changed)

    def take_outgoing(self) -> bytes:
        """Return and clear the bytes to send to the server."""
        outgoing = b"".join(self._outgoing)
        self._outgoing.clear()
        return outgoing

    def receive(self, data: bytes) -> None:
        """Take bytes of the server.

        Raises:
            ProtocolError: If they are not the expected answer.
        """
        self._reader.feed(data)
        while frame := self._reader.next_frame():
            if frame.kind == ParameterStatus.KIND:
                message = ParameterStatus.parse(frame.body)
                self._changed.append((message.name, message.value))
                if len(self._changed) > MAX_CHANGES:
                    raise _out_of_step()
            elif frame.kind != "N":
                if self.done:
                    raise _out_of_step()
                self._take(frame.kind, frame.body)
        if self.done and len(self._reader):
            raise _out_of_step()

    def _take(self, kind: str, body: bytes) -> None:
        raise NotImplementedError


class Reset(_Exchange):
    """Brings a session back to the state of a new one and checks that it is.

    `DISCARD ALL` undoes settings, roles, prepared statements, cursors, subscriptions, advisory
    locks, temporary tables and sequence state. What extensions keep in the server process
    (session globals of PL/Perl and PL/Python, connections of dblink) outlives it.
    """

    _ROLLBACK: ClassVar[str] = "ROLLBACK"
    _DISCARD: ClassVar[str] = "DISCARD ALL"

    def __init__(self, *, in_transaction: bool) -> None:
        """Send what is needed, in one round trip."""
        super().__init__(MAX_ANSWER_BYTES)
        statements = [self._ROLLBACK, self._DISCARD] if in_transaction else [self._DISCARD]
        self._expected: list[tuple[str, bytes]] = []
        for statement in statements:
            self._outgoing.append(Query(statement).encode())
            self._expected += [("C", statement.encode("ascii") + b"\0"), ("Z", b"I")]

    def _take(self, kind: str, body: bytes) -> None:
        if kind == "E":
            raise _failure(ErrorFields.parse(body))
        if (kind, body) != self._expected.pop(0):
            raise _out_of_step()
        self.done = not self._expected


class Ping(_Exchange):
    """Asks whether the server still answers, with an empty statement."""

    def __init__(self) -> None:
        """Send the statement."""
        super().__init__(MAX_ANSWER_BYTES)
        self._outgoing.append(Query("").encode())
        self._expected = [("I", b""), ("Z", b"I")]

    def _take(self, kind: str, body: bytes) -> None:
        if kind == "E":
            raise _failure(ErrorFields.parse(body))
        if (kind, body) != self._expected.pop(0):
            raise _out_of_step()
        self.done = not self._expected


class RowsQuery(_Exchange):
    """Asks for rows in text format.

    Args:
        sql: One statement that returns rows, or several whose rows are joined.
        max_bytes: Bound on the sum of all rows.
    """

    def __init__(self, sql: str, max_bytes: int) -> None:
        """Send the statement."""
        super().__init__(max_bytes)
        self._outgoing.append(Query(sql).encode())
        self._left = max_bytes
        self._error: ProtocolError | None = None

    def _take(self, kind: str, body: bytes) -> None:
        self._left -= len(body)
        if self._left < 0:
            raise ProtocolError("the answer to a statement of the gateway is too large", "54000")
        if kind == "D":
            self.rows.append(_row(body))
        elif kind == "E":
            self._error = _failure(ErrorFields.parse(body))
            if ErrorFields.parse(body).severity != "ERROR":
                raise self._error
        elif kind == ReadyForQuery.KIND:
            self.done = True
            if self._error is not None:
                raise self._error
        elif kind not in {"T", "C", "I"}:
            raise _out_of_step()


class Description(_Exchange):
    """Asks for the columns of a statement by Parse and Describe, so that it is never run.

    Args:
        sql: The statement.
    """

    _UNNAMED: ClassVar[bytes] = b"\0"
    _NO_PARAMETER_TYPES: ClassVar[bytes] = b"\0\0"

    def __init__(self, sql: bytes) -> None:
        """Send the question."""
        super().__init__(MAX_DESCRIPTION_BYTES)
        parse = self._UNNAMED + sql + b"\0" + self._NO_PARAMETER_TYPES
        self._outgoing += [frame("P", parse), frame("D", b"S" + self._UNNAMED), frame("S", b"")]
        self.fields: list[ResultField] | None = None
        self.refused: tuple[str, str] | None = None

    def _take(self, kind: str, body: bytes) -> None:
        if kind == "T":
            self.fields = parse_row_description(body)
        elif kind == "E":
            error = ErrorFields.parse(body)
            if error.severity != "ERROR":
                raise _failure(error)
            self.refused = (error.safe_code, error.message)
        elif kind == ReadyForQuery.KIND:
            self.done = True
        elif kind not in {"1", "t", "n"}:
            raise _out_of_step()


class Idle(_Exchange):
    """Watches a session that nobody uses: only settings and notices may arrive."""

    def __init__(self) -> None:
        """Send nothing."""
        super().__init__(MAX_ANSWER_BYTES)

    def _take(self, kind: str, body: bytes) -> None:
        if kind == "E":
            raise _failure(ErrorFields.parse(body))
        raise _out_of_step()


def _row(body: bytes) -> tuple[str | None, ...]:
    """Return the cells of a DataRow."""
    fields = Fields(body, "DataRow")
    cells: list[str | None] = []
    for _ in range(fields.unsigned(2)):
        length = fields.signed()
        cells.append(None if length == -1 else fields.take(length).decode("utf-8", "replace"))
    fields.end()
    return tuple(cells)
