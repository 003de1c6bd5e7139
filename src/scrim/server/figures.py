"""What one worker has counted, in the shape that `scrim.server.metrics` lists."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from scrim.masking.plans import PlanMaker
from scrim.server.store import Store

MASKED: Final = ("masked", "nulled", "scrubbed")
WITHOUT_DECISION: Final = "other"
"""What requests count as that were refused before it was known what they do."""


class WorkerFigures:
    """Counts of sessions and data stores, of those that are gone as well."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counts: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()

    def add(self, statistics: Mapping[str, int]) -> None:
        """Add what a session's relay counted.

        Args:
            statistics: Counts by name; the parts of a name are joined by dots.
        """
        self._counts.update(statistics)

    def add_findings(self, makers: Iterable[PlanMaker]) -> None:
        """Add what the plans of data stores found."""
        for maker in makers:
            for entity, count in maker.take_findings():
                self._findings[entity] += count

    def of_statements(self) -> dict[str, object]:
        """Return the figures of statements, rows and bytes."""
        counts = self._counts
        statements = self._below("statements")
        refused = sum(outcomes.get("refused", 0) for outcomes in statements.values())
        # Those that never came to a decision, such as a call by the function call protocol.
        undecided = counts["refused"] - refused
        if undecided > 0:
            statements[WITHOUT_DECISION] = {"refused": undecided}
        return {
            "statements": statements,
            "bytes": self._named("bytes"),
            "findings": dict(self._findings),
            "rows": counts["rows"],
            "masked_values": sum(counts[name] for name in MASKED),
        }

    def of_shapes(self, entries: int) -> dict[str, int]:
        """Return the figures of the cache of decided shapes.

        Args:
            entries: Shapes that it holds now.
        """
        return {**self._named("shapes"), "entries": entries}

    def _named(self, group: str) -> dict[str, int]:
        prefix = f"{group}."
        return {
            name.removeprefix(prefix): count
            for name, count in self._counts.items()
            if name.startswith(prefix)
        }

    def _below(self, group: str) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for name, count in self._named(group).items():
            operation, _, outcome = name.rpartition(".")
            found.setdefault(operation, {})[outcome] = count
        return found


def pool_figures(store: Store) -> dict[str, float]:
    """Return the figures of a data store's pool."""
    statistics = store.pool.statistics
    return {
        "open": statistics.open,
        "idle": statistics.idle,
        "waiting": statistics.waiting,
        "limit": store.settings.pool.max_connections,
        "opened": statistics.opened,
        "closed": statistics.discarded,
        "waits": statistics.waits,
        "wait_seconds": statistics.wait_seconds,
        "timeouts": statistics.timeouts,
        "failures": statistics.failed,
    }
