"""Interleaved measurements: A B A B, so that both contestants see the same weather."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Sample = dict[str, float]
"""What one run of one contestant gave, such as `{"tps": 9000.0, "p99_ms": 0.4}`."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio between two contestants.

    Attributes:
        median: The median of the ratios of the pairs.
        low: The smallest of them.
        high: The largest of them.
    """

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return the ratio with its spread."""
        return f"{self.median:.3f} ({self.low:.3f} to {self.high:.3f})"


def interleave(
    contestants: Mapping[str, Callable[[], Sample]], pairs: int
) -> dict[str, list[Sample]]:
    """Run every contestant once per round, in an order that turns with each round.

    Args:
        contestants: What to run, by name.
        pairs: How many rounds.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    order = list(contestants)
    for _ in range(pairs):
        for name in order:
            samples[name].append(contestants[name]())
        # Whoever comes second profits from warm caches; taking turns cancels that out.
        order.reverse()
    return samples


def ratio(subject: Sequence[Sample], reference: Sequence[Sample], value: str) -> Ratio:
    """Return how one contestant compares with another, pair by pair.

    Args:
        subject: The samples of the contestant of interest.
        reference: The samples of the one that it is compared with.
        value: The value of the samples to compare.

    Raises:
        BenchmarkError: A reference sample is zero, which no figure can stand on.
    """
    if any(sample[value] <= 0 for sample in reference):
        raise BenchmarkError(f"the reference measured {value} as zero: run longer")
    ratios = sorted(a[value] / b[value] for a, b in zip(subject, reference, strict=True))
    return Ratio(statistics.median(ratios), ratios[0], ratios[-1])


def median(samples: Sequence[Sample], value: str) -> float:
    """Return the median of a value over the samples.

    Args:
        samples: The samples of one contestant.
        value: The value's name.
    """
    return statistics.median(sample[value] for sample in samples)


def geometric_mean(ratios: Iterable[Ratio]) -> Ratio:
    """Return the geometric mean of several ratios, their low and high ends likewise.

    Args:
        ratios: Ratios of different workloads.
    """
    known = list(ratios)
    return Ratio(
        statistics.geometric_mean(ratio.median for ratio in known),
        statistics.geometric_mean(ratio.low for ratio in known),
        statistics.geometric_mean(ratio.high for ratio in known),
    )


def percentile(values: Sequence[float], fraction: float) -> float:
    """Return the value below which a fraction of the values lies.

    Args:
        values: At least one value.
        fraction: Between 0 and 1.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * fraction) - 1)]
