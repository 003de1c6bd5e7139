"""A session without client and data store, in which a statement is decided and not run.

It has the relay of a real session, with the same decisions, bounds and records. Whether a statement
would be forwarded is therefore the relay's own answer: what is in the place of the data store says
that it failed, and a statement that was refused before comes back with another error.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scrim.config.limits import Limits
from scrim.domain.column import ResultField
from scrim.domain.decision import Refusal
from scrim.enforcement import Enforcement
from scrim.masking.columns import DecidedColumn
from scrim.masking.decided import Decided
from scrim.masking.plans import Plan, PlanMaker, PlanRecord
from scrim.masking.results import Described
from scrim.protocols.postgres import codec
from scrim.protocols.postgres.codec import CLIENT_NEED, SERVER_NEED, Relay
from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import FrameReader, frame
from scrim.server.scope import MAX_SHAPES
from scrim.server.store import Store
from scrim.statements.incoming import Incoming

LABEL: Final = "explain"
NOT_RUN: Final = Refusal("00000", "the statement was not run")
MAX_RECORDS_BYTES: Final = 16 << 20
MAX_ANSWER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of a statement string.

    Attributes:
        decided: What was decided; None where it was refused before.
        refusal: Why it would not be forwarded; None where it would.
        intent: The record that would be written before.
    """

    decided: Decided | None
    refusal: Refusal | None
    intent: dict[str, Any]


class Rehearsal:
    """Decides statements as a session of one principal would, without running them."""

    def __init__(self, store: Store, enforcement: Enforcement, limits: Limits) -> None:
        """Keep what a session is made of.

        Args:
            store: The data store, whose catalog is loaded.
            enforcement: Who decides.
            limits: The bounds for clients.
        """
        self._store = store
        self._enforcement = enforcement
        self._limits = limits

    def decide(
        self, text: bytes, columns: Sequence[ResultField] | None, *, extended: bool
    ) -> Rehearsed:
        """Say what would become of a statement string.

        Args:
            text: The string.
            columns: The answer to `ColumnsNeeded`, once it has been raised.
            extended: Whether it comes by the extended protocol, as one with parameters must.

        Raises:
            ColumnsNeeded: If the columns of a query have to be asked for.
        """
        with tempfile.TemporaryFile() as file:
            audit = codec.new_audit_log(file.fileno(), False)
            relay = codec.new_relay(
                LABEL,
                raw=self._enforcement.raw,
                shapes=codec.new_shapes(MAX_SHAPES, self._store.verdicts.epoch),
                audit=audit,
                hasher=codec.new_hasher(secrets.token_bytes(16)),
                limits=self._limits,
            )
            decided = self._send(relay, _message(text, extended=extended), columns)
            refusal = _answer(relay)
            audit.flush()
            records = os.pread(file.fileno(), MAX_RECORDS_BYTES, 0)
        return Rehearsed(decided, refusal, _intent(records))

    def _send(
        self, relay: Relay, message: bytes, columns: Sequence[ResultField] | None
    ) -> Decided | None:
        """Give the relay what a client sends, and decide what it asks about."""
        decided = None
        relay.client(message)
        while relay.attention & CLIENT_NEED:
            need = relay.client_need()
            if need is None or need[0] != "statement":
                break
            _, text, extended, shape = need
            incoming = Incoming(text, shape, extended)
            decided = self._enforcement.decide(incoming, columns, fresh=True)
            relay.decide(codec.decision(decided), decided.remember)
            relay.client(b"")
        return decided


def _message(text: bytes, *, extended: bool) -> bytes:
    if not extended:
        return frame("Q", text + b"\0")
    return frame("P", b"\0" + text + b"\0\0\0") + frame("S", b"")


def _answer(relay: Relay) -> Refusal | None:
    """Return the error that the client would get of the gateway; None if it would get none."""
    answer = relay.take_farewell()
    if not answer and not relay.attention & CLIENT_NEED:
        answer = relay.server(ErrorFields.from_refusal(NOT_RUN).encode()) or b""
    if relay.attention & SERVER_NEED:
        relay.message(b"")  # the error was the data store's, and so would be searched
    reader = FrameReader(MAX_ANSWER_BYTES)
    reader.feed(answer)
    while message := reader.next_frame():
        if message.kind == "E":
            fields = ErrorFields.parse(message.body)
            if fields.code != NOT_RUN.code:
                told = fields.fields
                position = int(told.get("P", "0") or 0)
                detail, hint = told.get("D", ""), told.get("H", "")
                return Refusal(fields.code, fields.message, detail, hint, position)
    return None


def _intent(records: bytes) -> dict[str, Any]:
    for line in records.splitlines():
        record: dict[str, Any] = json.loads(line)
        if record.get("record") == "intent":
            # They say which session and which moment it was, and there is neither.
            for name in ("session", "statement_id", "time", "shape", "phase"):
                record.pop(name, None)
            return record
    return {}


@dataclass(frozen=True, slots=True)
class Noted:
    """A result that was decided.

    Attributes:
        described: The result, with what each column gets.
        record: The record of it, but for the names of the columns.
    """

    described: Described
    record: PlanRecord | None


@dataclass(frozen=True, slots=True)
class NotingPlanMaker(PlanMaker):
    """Makes plans, and notes what they are made for.

    Attributes:
        noted: The results, in their order.
    """

    noted: list[Noted] = field(default_factory=list)

    def make(
        self,
        columns: Sequence[DecidedColumn],
        context: object = None,
        **options: Any,  # noqa: ANN401 - whatever it takes
    ) -> Plan:
        """Return the compiled plan, as `PlanMaker.make` does with the same options."""
        if isinstance(context, Described):
            self.noted.append(Noted(context, options.get("record")))
        return PlanMaker.make(self, columns, context, **options)
