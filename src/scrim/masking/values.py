"""What becomes of the values that a statement brings along: turned back, counted, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from scrim.domain.decision import Refusal
from scrim.masking.filtering import FilterDecider, FilterGrants, MeteredUse
from scrim.masking.results import ResultDecider
from scrim.masking.turning import MaskedWrites, Turn, TurnDecider
from scrim.statements.facts import Facts
from scrim.statements.lineage import Lineage


@dataclass(frozen=True, slots=True)
class DecidedValues:
    """What was decided about the values of a statement string.

    Attributes:
        turns: What of them is turned back.
        metered: What of them is counted whenever it is run.
    """

    turns: tuple[Turn, ...]
    metered: tuple[MeteredUse, ...]


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

    def decide(self, statements: Sequence[Facts]) -> DecidedValues | Refusal:
        """Return what becomes of the values in a statement string, or why it is refused."""
        turns = self._turning.turns(statements)
        if isinstance(turns, Refusal):
            return turns
        metered = self._filtering.uses(statements)
        return metered if isinstance(metered, Refusal) else DecidedValues(turns, metered)
