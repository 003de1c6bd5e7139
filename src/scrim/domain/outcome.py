"""Answers of the policy engine, with what they rest on."""

from dataclasses import dataclass

from scrim.domain.decision import Effect


@dataclass(frozen=True, slots=True)
class RowLimit:
    """How many rows of one result may be seen.

    Attributes:
        rows: The rows.
        policy: The policy that says so.
    """

    rows: int
    policy: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer of the policy engine.

    Attributes:
        effect: Permit or deny.
        policies: Identifiers of the policies that decided it, sorted.
        obligations: Annotation name and value pairs of the deciding policies, such as
            `("max_rows", "1000")`.
        reason: Why it was denied when no policy says so, in words for people; else empty.
        row_limit: The smallest limit that one of them sets to the rows of a result; None without.
    """

    effect: Effect
    policies: tuple[str, ...] = ()
    obligations: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    row_limit: RowLimit | None = None

    @property
    def permitted(self) -> bool:
        """Whether the answer is permit."""
        return self.effect is Effect.PERMIT
