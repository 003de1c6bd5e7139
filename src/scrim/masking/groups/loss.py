"""What an answer takes of the privacy of those whom a table is about."""

from dataclasses import dataclass
from typing import Final

from scrim.domain.arguments import check_number
from scrim.masking.groups.requirements import GroupError

MAX_EPSILON: Final = 100.0
MIN_EPSILON: Final = 1e-6
MAX_DELTA: Final = 1e-3
MIN_DELTA: Final = 1e-15


@dataclass(frozen=True, slots=True)
class Loss:
    """The privacy that an answer takes.

    Attributes:
        epsilon: Bound of the logarithm of the ratio of probabilities of any answer, with one
            subject's records and without.
        delta: Probability with which that bound may fail; 0 for Laplace's noise.
    """

    epsilon: float
    delta: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what protects nobody, and what no answer could have.

        Raises:
            GroupError: If a figure is out of its range.
            TypeError: If it is no number.
        """
        check_number("epsilon", self.epsilon)
        check_number("delta", self.delta)
        if not MIN_EPSILON <= self.epsilon <= MAX_EPSILON:
            raise GroupError(f"epsilon must be from {MIN_EPSILON:g} to {MAX_EPSILON:g}")
        if self.delta and not MIN_DELTA <= self.delta <= MAX_DELTA:
            raise GroupError(f"delta must be 0, or from {MIN_DELTA:g} to {MAX_DELTA:g}")

    def half(self) -> "Loss":
        """Return the loss of each of two answers that together have this one."""
        return Loss(self.epsilon / 2, self.delta / 2)
