"""How many connections a pool keeps, and for how long."""

from dataclasses import dataclass
from typing import Self

from scrim.config.connections import Pool as PoolSettings


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The bounds of one pool; times are in seconds.

    Attributes:
        max_connections: Connections at one time, those that are being opened among them.
        max_per_principal: Connections that one principal may hold.
        wait_timeout: How long a client waits for a connection before an error.
        idle_timeout: Unused connections are closed after this; 0 means never.
        max_lifetime: A connection of this age is not used again; 0 means any.
        min_idle: Unused connections that are kept ready.
        max_waiting: Clients that may wait at one time.
        reset_timeout: How long the store may take to clean a session.
        ping_interval: An unused connection is asked for a sign of life this often.
    """

    max_connections: int = 50
    max_per_principal: int = 50
    wait_timeout: float = 10.0
    idle_timeout: float = 300.0
    max_lifetime: float = 3600.0
    min_idle: int = 0
    max_waiting: int = 10_000
    reset_timeout: float = 5.0
    ping_interval: float = 30.0

    @classmethod
    def from_settings(cls, settings: PoolSettings) -> Self:
        """Return the limits that the `pool` block of a connection describes."""
        return cls(
            settings.max_connections,
            settings.max_per_principal,
            settings.wait_timeout_ms / 1000,
            settings.idle_timeout_ms / 1000,
            settings.max_lifetime_ms / 1000,
            settings.min_idle,
        )


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """What a pool is doing, for metrics.

    Attributes:
        open: Connections, those that are being opened or cleaned among them.
        idle: Connections that are ready to be used.
        active: Connections that somebody holds.
        waiting: Clients that wait.
        opened: Connections opened since the start.
        failed: Attempts to open one that failed since the start.
        discarded: Connections that were thrown away instead of being used again.
        waits: Clients that had to wait since the start.
        wait_seconds: How long all of them waited, those that still do left out.
        timeouts: Clients that waited in vain since the start.
    """

    open: int
    idle: int
    active: int
    waiting: int
    opened: int
    failed: int
    discarded: int
    waits: int
    wait_seconds: float
    timeouts: int


class Backoff:
    """Spares a data store that is down, and its clients the wait: attempts are spaced out.

    Args:
        first: Seconds after the first failure.
        longest: Seconds that are never exceeded.
    """

    def __init__(self, first: float = 0.1, longest: float = 2.0) -> None:
        """Start without a failure."""
        self._first = first
        self._longest = longest
        self._failures = 0
        self._until = 0.0

    def failed(self, now: float) -> None:
        """Note a failure."""
        self._failures = min(self._failures + 1, 30)
        self._until = now + min(self._first * 2 ** (self._failures - 1), self._longest)

    def succeeded(self) -> None:
        """Forget all failures."""
        self._failures = 0
        self._until = 0.0

    @property
    def failing(self) -> bool:
        """Whether the last attempt failed."""
        return self._failures > 0

    def waits(self, now: float) -> bool:
        """Say whether it is too early for another attempt."""
        return now < self._until
