"""What detection has learnt about columns, kept while a worker runs.

Only verdicts are kept, never values. What once was found sensitive stays so: a verdict can be
strengthened by later rows, not taken back by them. A verdict is settled for one version of the
catalog; under another one, and when it is to be reviewed, the column is sampled again.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from scrim.detection.columns import Verdict
from scrim.domain.column import Column
from scrim.kernel import Epoch

MAX_COLUMNS: Final = 100_000
ENOUGH_BATCHES: Final = 16
"""Batches of rows after which a column is not sampled again; its cells are still scanned."""
REVIEWED_BATCHES: Final = 1
"""Batches that a review looks at; a column that holds what it held needs no more."""


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that differs from the one before.

    Attributes:
        column: The column.
        former: What it was found to hold before; none if nothing.
        verdict: What it is found to hold now.
        catalog: Digest of the catalog under which that was found.
    """

    column: Column
    former: str | None
    verdict: Verdict
    catalog: str


@dataclass(slots=True)
class _Known:
    verdict: Verdict
    batches: int
    catalog: str
    reviewed: bool = False


class VerdictMemory:
    """Verdicts by column.

    Attributes:
        epoch: Another one begins when an answer of `entity` or `settled` becomes another one.
        watches_confidence: Whether one begins for `confidence` as well.
        on_change: Told of every verdict that says another entity than before.
    """

    def __init__(self, on_change: Callable[[VerdictChange], None] | None = None) -> None:
        """Know nothing.

        Args:
            on_change: Told of every verdict that says another entity than before.
        """
        self.epoch = Epoch()
        self.on_change = on_change
        self.watches_confidence = False
        self._catalog = ""
        self._known: OrderedDict[Column, _Known] = OrderedDict()

    def entity(self, column: Column) -> str | None:
        """Return what the column was found to hold."""
        known = self._known.get(column)
        return None if known is None else known.verdict.entity

    def confidence(self, column: Column) -> int | None:
        """Return how sure it is what the column holds, from 0 to 100; None when nothing is known.

        A column in which nothing was found has none.
        """
        known = self._known.get(column)
        if known is None or known.verdict.entity is None:
            return None
        return round(known.verdict.confidence * 100)

    def entities(self, columns: Iterable[Column]) -> frozenset[str]:
        """Return what some columns were found to hold, such as those of a table."""
        found = (self.entity(column) for column in columns)
        return frozenset(entity for entity in found if entity is not None)

    def settled(self, column: Column) -> bool:
        """Whether sampling more of the column would hardly change its verdict."""
        known = self._known.get(column)
        if known is None or known.catalog != self._catalog:
            return False
        if known.reviewed:
            return known.batches >= REVIEWED_BATCHES
        return known.verdict.settled or known.batches >= ENOUGH_BATCHES

    def new_catalog(self, digest: str) -> None:
        """Hold verdicts of another version of the catalog for unsettled.

        Args:
            digest: Digest of the catalog that is in force now.
        """
        if digest != self._catalog:
            self._catalog = digest
            if self._known:
                self.epoch.advance()

    def review(self) -> None:
        """Have every column sampled again when it next flows, if but once."""
        if self._known:
            for known in self._known.values():
                known.reviewed = True
                known.batches = 0
            self.epoch.advance()

    def learn(self, column: Column, verdict: Verdict) -> bool:
        """Take a verdict about a batch of values; returns whether it changes what is known."""
        entity, settled = self.entity(column), self.settled(column)
        confidence = self.confidence(column)
        known = self._known.get(column)
        if known is None:
            if len(self._known) >= MAX_COLUMNS:
                self._known.popitem(last=False)
                self.epoch.advance()
            self._known[column] = _Known(verdict, 1, self._catalog)
        else:
            if known.catalog != self._catalog:
                known.catalog, known.batches, known.reviewed = self._catalog, 0, False
            known.batches += 1
            former = known.verdict
            if former.entity is None or (
                verdict.entity is not None and verdict.confidence > former.confidence
            ):
                known.verdict = verdict
        found = self.entity(column)
        surer = self.watches_confidence and self.confidence(column) != confidence
        if surer or (found, self.settled(column)) != (entity, settled):
            self.epoch.advance()
        if found != entity and self.on_change is not None:
            self.on_change(VerdictChange(column, entity, verdict, self._catalog))
        return found != entity
