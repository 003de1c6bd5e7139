"""What becomes of the values that a statement brings along: turned back, counted, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scrim.domain.decision import Refusal
from scrim.masking.filtering import FilterDecider, FilterGrants, MeteredUse
from scrim.masking.results import ResultDecider
from scrim.masking.turning import NOTHING_TURNED, MaskedWrites, TurnDecider, Turned
from scrim.statements.facts import Facts
from scrim.statements.lineage import Lineage


@dataclass(frozen=True, slots=True)
class DecidedValues:
    """What was decided about the values of a statement string.

    Attributes:
        turned: What of them is turned back, or why the string is not forwarded.
        metered: What of them is counted whenever it is run.
    """

    turned: Turned = NOTHING_TURNED
    metered: tuple[MeteredUse, ...] = ()

    @property
    def counted_columns(self) -> tuple[str, ...]:
        """Qualified names of the columns that questions are counted for, in their order."""
        return tuple(sorted({name for use in self.metered for name in use.columns}))


NOTHING_DECIDED: Final = DecidedValues()


class ValueDecider:
    """Decides about the values in statements for one principal in one data store."""

    def __init__(
        self, results: ResultDecider, lineage: Lineage, writes: MaskedWrites, grants: FilterGrants
    ) -> None:
        """Keep who is asked.

        Args:
            results: Knows how the principal sees a column.
            lineage: Knows which column a statement means.
            writes: What becomes of values that are written to masked columns.
            grants: Asks policy for the `filter` action.
        """
        self._turning = TurnDecider(results, lineage, writes)
        self._filtering = FilterDecider(results, lineage, grants)

    def decide(self, statements: Sequence[Facts]) -> DecidedValues:
        """Return what becomes of the values in a statement string, or why it is refused."""
        turned = self._turning.decide(statements)
        if turned.refusal is not None:
            return DecidedValues(turned)
        metered = self._filtering.uses(statements)
        if isinstance(metered, Refusal):
            return DecidedValues(replace(turned, refusal=metered))
        return DecidedValues(turned, metered)
