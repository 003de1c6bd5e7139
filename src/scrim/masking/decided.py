"""What the data path does with a statement string."""

from dataclasses import dataclass

from scrim.domain.decision import Refusal
from scrim.masking.plans import Plan
from scrim.statements.facts import Facts


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a statement string.

    Attributes:
        intent: The record that is written before it is forwarded.
        operation: What it does, in one word for counts.
        refusal: Why it is not forwarded.
        raw: Whether its results go through unread.
        remember: Whether the decision holds for every statement of this shape.
        copies: Its COPY TO statements: index, options as JSON, plan.
        deallocates: Which prepared statements are gone when it completes.
        changes_catalog: Whether the catalog is to be loaded again after it.
        facts: Its statements.
        statement: Its text without literals.
        shape: Its shape.
    """

    intent: bytes
    operation: str
    refusal: Refusal | None
    raw: bool
    remember: bool
    copies: tuple[tuple[int, str, Plan], ...]
    deallocates: str | None
    changes_catalog: bool
    facts: tuple[Facts, ...]
    statement: str
    shape: str
