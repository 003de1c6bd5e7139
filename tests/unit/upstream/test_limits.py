"""The bounds of a pool, and how attempts at a store that is down are spaced out."""

from __future__ import annotations

from scrim.config.connections import Pool as PoolSettings
from scrim.upstream.limits import Backoff, PoolLimits


def test_the_defaults_are_those_of_the_configuration() -> None:
    assert PoolLimits.from_settings(PoolSettings()) == PoolLimits()


def test_attempts_get_rarer_until_one_succeeds() -> None:
    backoff = Backoff(first=1, longest=5)
    before = backoff.failing
    for delay in (1, 2, 4, 5, 5):
        backoff.failed(100)
        assert (before, backoff.failing) == (False, True)
        assert backoff.waits(100 + delay - 0.01)
        assert not backoff.waits(100 + delay)
    backoff.succeeded()
    assert not backoff.failing
    assert not backoff.waits(100)


def test_many_failures_do_not_overflow() -> None:
    backoff = Backoff()
    for _ in range(5000):
        backoff.failed(0)
    assert not backoff.waits(2)
