"""Bounds how often somebody may try something: a bucket for each, and one for all together."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAX_KEYS: Final = 10_000
"""Buckets that are kept; the one used longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often.

    Attributes:
        count: That many at once.
        seconds: After that long all of them are there again.
    """

    count: int
    seconds: float


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float

    def refill(self, rate: Rate, now: float) -> None:
        self.left = min(rate.count, self.left + max(0.0, now - self.at) * rate.count / rate.seconds)
        self.at = now


class Attempts:
    """Counts tries by who makes them."""

    def __init__(self, each: Rate, together: Rate, clock: Callable[[], float]) -> None:
        """Start with all buckets full.

        Args:
            each: How often one may.
            together: How often all may, so that many who are each within their bound are bounded.
            clock: Returns seconds that never go back.
        """
        self._each = each
        self._together = together
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._all = _Bucket(together.count, clock())

    def wait(self, who: str) -> float:
        """Return for how many seconds somebody may not try; 0 where they may."""
        now = self._clock()
        waits = 0.0
        for bucket, rate in ((self._bucket(who, now), self._each), (self._all, self._together)):
            bucket.refill(rate, now)
            waits = max(waits, (1 - bucket.left) * rate.seconds / rate.count)
        return waits

    def note(self, who: str) -> None:
        """Count a try."""
        self.wait(who)
        for bucket in (self._buckets[who], self._all):
            bucket.left = max(0.0, bucket.left - 1)

    def _bucket(self, who: str, now: float) -> _Bucket:
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(self._each.count, now)
            if len(self._buckets) > MAX_KEYS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(who)
        return bucket
