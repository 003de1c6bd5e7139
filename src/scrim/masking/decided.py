"""What the data path does with a statement string, and with all that do the same."""

from dataclasses import dataclass, replace

from scrim.domain.decision import Refusal
from scrim.domain.outcome import RowLimit
from scrim.masking.plans import Plan
from scrim.masking.turning import Fill, Turn, Turned
from scrim.statements.facts import Facts


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a statement string.

    Attributes:
        intent: The record that is written before it is forwarded: what goes before its text and its
            shape, and what follows them.
        operation: What it does, in one word for counts.
        refusal: Why it is not forwarded.
        raw: Whether its results go through unread.
        remember: Whether the decision holds for every statement of this shape.
        scope: The essence of all statements that it holds for, and the epoch in which it does; None
            when it holds for this string, or its shape, alone.
        copies: Its COPY TO statements: index, options as JSON, plan.
        deallocates: Which prepared statements are gone when it completes.
        changes_catalog: Whether the catalog is to be loaded again after it.
        facts: Its statements.
        turns: What of its values is turned back.
        fills: Its COPY FROM statements whose data is turned back.
        limit: How many rows of each of its results a client gets; None where policy does not say.
        naming: What its statements have to do with named results: index, what, name.
        reshapes: Whether columns or rows of its results may be left out.
    """

    intent: tuple[bytes, bytes]
    operation: str
    refusal: Refusal | None
    raw: bool
    remember: bool
    scope: tuple[bytes, int] | None
    copies: tuple[tuple[int, str, Plan], ...]
    deallocates: str | None
    changes_catalog: bool
    facts: tuple[Facts, ...]
    turns: tuple[Turn, ...] = ()
    fills: tuple[Fill, ...] = ()
    limit: RowLimit | None = None
    naming: tuple[tuple[int, str, str], ...] = ()
    reshapes: bool = False

    def turning(self, turned: Turned) -> "Decided":
        """Return the same with what is turned back; what is particular holds for nothing else."""
        kept = not turned.particular
        return replace(
            self,
            turns=turned.turns,
            fills=turned.fills,
            remember=self.remember and kept,
            scope=self.scope if kept else None,
        )
