"""Answers of the policy engine, with what they rest on."""

from dataclasses import dataclass

from scrim.domain.decision import Effect


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer of the policy engine.

    Attributes:
        effect: Permit or deny.
        policies: Identifiers of the policies that decided it, sorted.
        obligations: Annotation name and value pairs of the deciding policies, such as
            `("max_rows", "1000")`.
        reason: Why it was denied when no policy says so, in words for people; else empty.
    """

    effect: Effect
    policies: tuple[str, ...] = ()
    obligations: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def permitted(self) -> bool:
        """Whether the answer is permit."""
        return self.effect is Effect.PERMIT
