"""What detection has learnt about columns, kept while a worker runs.

Only verdicts are kept, never values. What once was found sensitive stays so: a verdict can be
strengthened by later rows, not taken back by them.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from scrim.detection.columns import Verdict
from scrim.domain.column import Column

MAX_COLUMNS: Final = 100_000
ENOUGH_BATCHES: Final = 16
"""Batches of rows after which a column is not sampled again; its cells are still scanned."""


@dataclass(slots=True)
class _Known:
    verdict: Verdict
    batches: int


class VerdictMemory:
    """Verdicts by column."""

    def __init__(self) -> None:
        """Know nothing."""
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
        known = self._known.get(column)
        if known is None:
            if len(self._known) >= MAX_COLUMNS:
                self._known.popitem(last=False)
            self._known[column] = _Known(verdict, 1)
            return verdict.entity is not None
        known.batches += 1
        former = known.verdict
        if former.entity is None or (
            verdict.entity is not None and verdict.confidence > former.confidence
        ):
            known.verdict = verdict
        return known.verdict.entity != former.entity
