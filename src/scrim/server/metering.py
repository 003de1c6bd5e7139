"""Counts what principals ask of columns that they do not see raw, before a statement is run.

Each distinct value that a column is compared with is a question of its own, and each distinct
statement may tell of a single row. What an hour has seen already costs nothing more, and does not
leave this process: only new questions are written to the file that all workers share.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from scrim.config.connections import FilterBudget
from scrim.domain.decision import Refusal
from scrim.domain.principal import Principal
from scrim.masking.filtering import MeteredUse
from scrim.server.filter_store import ROW, VALUE, FilterStore, FilterStoreError
from scrim.statements.held import Parameter, Question, everything, questions

HOUR_SECONDS: Final = 3_600
HASH_BYTES: Final = 16
MAX_SEEN: Final = 200_000
"""Questions that are remembered here; more are looked up in the file."""
MAX_PENDING: Final = 50_000
"""Statements that run whose single-row answer is counted in advance."""

MAX_QUESTIONS: Final = 20_000
"""Questions of one statement: each value counts for each column that it may be compared with."""

_TOO_MANY: Final = Refusal(
    "54000",
    "the statement asks too many questions about protected data at once",
    hint="Compare with fewer values, name fewer columns, or ask for the `filter` permission.",
)
_UNREADABLE: Final = Refusal(
    "58030",
    "the statement was refused because what it asks could not be counted",
    hint="Ask the gateway's operator to look at the audit directory.",
)


@dataclass(frozen=True, slots=True)
class Charge:
    """A statement that is about to be run.

    Attributes:
        connection: The name of its data store.
        principal: Who asks.
        budget: How much may be asked.
        uses: The uses that are counted.
        sql: The text, as the client sent it.
        parameters: Its parameters.
    """

    connection: str
    principal: Principal
    budget: FilterBudget
    uses: Sequence[MeteredUse]
    sql: bytes
    parameters: Sequence[Parameter]


@dataclass(slots=True)
class _Hour:
    number: int
    seen: set[tuple[bytes, int, bytes]] = field(default_factory=set)
    several: set[tuple[bytes, int, bytes]] = field(default_factory=set)


class FilterMeter:
    """What one worker counts."""

    def __init__(self, store: FilterStore, key: bytes, clock: Callable[[], float]) -> None:
        """Have counted nothing yet.

        Args:
            store: The file that all workers share.
            key: Keys the hashes; the same in all workers.
            clock: Returns the seconds since the epoch.
        """
        self._store = store
        self._key = key
        self._clock = clock
        self._hour = _Hour(-1)
        self._pending: OrderedDict[int, tuple[int, frozenset[tuple[bytes, int, bytes]]]] = (
            OrderedDict()
        )
        self._number = 0

    def charge(self, charge: Charge) -> int | Refusal:
        """Count what a statement asks.

        Args:
            charge: The statement.

        Returns:
            A number for it, to be given to `several` if it answers with more than one row; or why
            it is not run.
        """
        now = self._clock()
        hour = int(now // HOUR_SECONDS)
        if hour != self._hour.number:
            self._hour = _Hour(hour)
        try:
            asked, names = self._asked(charge)
            limits = {VALUE: charge.budget.values, ROW: charge.budget.rows}
            answer = self._count(hour, asked, limits)
        except ValueError:
            return _TOO_MANY
        except FilterStoreError:
            return _UNREADABLE
        if isinstance(answer, tuple):
            subject, kind = answer
            return _exhausted(names[subject], kind, limits[kind], hour)
        self._number += 1
        rows = frozenset(one for one in answer if one[1] == ROW)
        if rows:
            self._pending[self._number] = (hour, rows)
            if len(self._pending) > MAX_PENDING:
                self._pending.popitem(last=False)
        return self._number

    def several(self, numbers: Iterable[int]) -> None:
        """Take back that statements told of a single row: they ended with two or more.

        Args:
            numbers: What `charge` gave.
        """
        for number in numbers:
            hour, rows = self._pending.pop(number, (0, frozenset[tuple[bytes, int, bytes]]()))
            if not rows:
                continue
            try:
                self._store.forget(hour, rows)
            except FilterStoreError:
                continue  # it counts as one of a single row, then
            if hour == self._hour.number:
                self._hour.seen -= rows
                # The same statement is not written and taken back again in this hour.
                self._hour.several |= rows

    def _count(
        self, hour: int, asked: dict[tuple[bytes, int], set[bytes]], limits: dict[int, int]
    ) -> tuple[bytes, int] | set[tuple[bytes, int, bytes]]:
        unseen = {
            (subject, kind): new
            for (subject, kind), hashes in asked.items()
            if (new := {one for one in hashes if not self._knows((subject, kind, one))})
        }
        if not unseen:
            return set()
        answer = self._store.charge(hour, unseen, limits)
        seen, several = self._hour.seen, self._hour.several
        if isinstance(answer, set):
            if len(seen) + len(several) > MAX_SEEN:
                seen.clear()
                several.clear()
            seen.update(
                (subject, kind, one) for (subject, kind), hashes in unseen.items() for one in hashes
            )
        return answer

    def _knows(self, question: tuple[bytes, int, bytes]) -> bool:
        return question in self._hour.seen or question in self._hour.several

    def _asked(
        self, charge: Charge
    ) -> tuple[dict[tuple[bytes, int], set[bytes]], dict[bytes, str]]:
        """Return the questions by subject and kind, and the column of each subject."""
        # Whoever acts for somebody spends what that somebody has.
        person = charge.principal.chain()[-1]
        values = questions(charge.sql, charge.parameters)
        whole = everything(charge.sql, charge.parameters)
        asked: dict[tuple[bytes, int], set[bytes]] = {}
        names: dict[bytes, str] = {}
        most = MAX_QUESTIONS
        for use in charge.uses:
            asks = values.get((use.statement, use.depth, use.number), Question((b"",), varies=True))
            varies = use.varies or asks.varies
            hashes = {self._hashed(one, salted=varies) for one in asks.values}
            statement = self._hashed(whole, salted=varies)
            for column in use.columns:
                subject = self._hashed(
                    repr((charge.connection, person.kind.value, person.name, column)).encode()
                )
                names[subject] = column
                if use.values:
                    asked.setdefault((subject, VALUE), set()).update(hashes)
                asked.setdefault((subject, ROW), set()).add(statement)
            most -= (len(hashes) + 1) * len(use.columns)
            if most < 0:
                raise ValueError("the statement asks too many questions")
        return asked, names

    def _hashed(self, content: bytes, *, salted: bool = False) -> bytes:
        salt = secrets.token_bytes(HASH_BYTES) if salted else b""
        return blake2b(content, key=self._key, salt=salt, digest_size=HASH_BYTES).digest()


def _exhausted(column: str, kind: int, limit: int, hour: int) -> Refusal:
    until = datetime.fromtimestamp((hour + 1) * HOUR_SECONDS, UTC)
    what = "answers of a single row" if kind == ROW else "distinct values"
    return Refusal(
        "53400",
        "the budget for comparing protected data is used up",
        f"{'Column ' if '.' in column else ''}{column}: more than {limit} {what} in this hour.",
        f"Wait until {until:%H:%M} UTC, use values that were used in this hour, or ask for the "
        "`filter` permission.",
    )
