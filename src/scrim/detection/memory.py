"""What detection has learnt about columns, kept while a worker runs.

Only verdicts are kept, never values. What once was found sensitive stays so: a verdict can be
strengthened by later rows, not taken back by them.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from scrim.detection.columns import Verdict
from scrim.domain.column import Column
from scrim.kernel import Epoch

MAX_COLUMNS: Final = 100_000
ENOUGH_BATCHES: Final = 16
"""Batches of rows after which a column is not sampled again; its cells are still scanned."""


@dataclass(slots=True)
class _Known:
    verdict: Verdict
    batches: int


class VerdictMemory:
    """Verdicts by column.

    Attributes:
        epoch: Another one begins when an answer of `entity` or `settled` becomes another one.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.epoch = Epoch()
        self._known: OrderedDict[Column, _Known] = OrderedDict()

    def entity(self, column: Column) -> str | None:
        """Return what the column was found to hold."""
        known = self._known.get(column)
        return None if known is None else known.verdict.entity

    def settled(self, column: Column) -> bool:
        """Whether sampling more of the column would hardly change its verdict."""
        known = self._known.get(column)
        return known is not None and (known.verdict.settled or known.batches >= ENOUGH_BATCHES)

    def learn(self, column: Column, verdict: Verdict) -> bool:
        """Take a verdict about a batch of values; returns whether it changes what is known."""
        entity, settled = self.entity(column), self.settled(column)
        known = self._known.get(column)
        if known is None:
            if len(self._known) >= MAX_COLUMNS:
                self._known.popitem(last=False)
                self.epoch.advance()
            self._known[column] = _Known(verdict, 1)
        else:
            known.batches += 1
            former = known.verdict
            if former.entity is None or (
                verdict.entity is not None and verdict.confidence > former.confidence
            ):
                known.verdict = verdict
        found = self.entity(column)
        if (found, self.settled(column)) != (entity, settled):
            self.epoch.advance()
        return found != entity
