"""The figures of all workers as one set; `exposition` writes it for Prometheus.

A worker reports nested dictionaries whose leaves are numbers (`FAMILIES` lists which it knows).
Figures of workers are added up. What only ever grows must not shrink when a worker ends, so the
last figures of ended workers stay in the sum. No label holds a value or the name of a user.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

MAX_SERIES_PER_FAMILY = 2000

Figures = Mapping[str, object]
Path = tuple[str, ...]


class Kind(StrEnum):
    """How a figure behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: where its figures lie, and what they mean.

    Attributes:
        name: The metric's name without its unit-less suffix `_total`.
        kind: Counter or gauge.
        meaning: One sentence for the metric's help text.
        path: The keys that lead to the figure, or to the dictionaries that `labels` name.
        labels: What the keys below `path` are, one label for each level.
    """

    name: str
    kind: Kind
    meaning: str
    path: Path
    labels: tuple[str, ...] = ()


def _counter(name: str, meaning: str, path: str, *labels: str) -> Family:
    return Family(name, Kind.COUNTER, meaning, tuple(path.split(".")), labels)


def _gauge(name: str, meaning: str, path: str, *labels: str) -> Family:
    return Family(name, Kind.GAUGE, meaning, tuple(path.split(".")), labels)


def _pool_families() -> Iterator[Family]:
    """Yield the families of upstream pools, whose figures lie below the connection's name."""
    gauges = {
        "open": "Upstream sessions.",
        "idle": "Upstream sessions that nobody uses.",
        "waiting": "Clients that wait for an upstream session.",
        "limit": "Upstream sessions that are allowed at one time.",
    }
    counters = {
        "opened": "Upstream sessions opened.",
        "closed": "Upstream sessions closed.",
        "waits": "Clients that had to wait for an upstream session.",
        "wait_seconds": "Time that clients waited for upstream sessions.",
        "timeouts": "Clients that waited in vain.",
        "failures": "Failed attempts to open an upstream session.",
    }
    for key, meaning in gauges.items():
        yield _gauge(f"scrim_pool_{key}", meaning, f"pools.{key}", "connection")
    for key, meaning in counters.items():
        yield _counter(f"scrim_pool_{key}", meaning, f"pools.{key}", "connection")


FAMILIES: tuple[Family, ...] = (
    _gauge("scrim_workers", "Worker processes that accept clients.", "workers.ready"),
    _gauge("scrim_workers_wanted", "Worker processes that are configured.", "workers.wanted"),
    _counter("scrim_worker_restarts", "Worker processes that were replaced.", "workers.restarts"),
    _gauge("scrim_connections_open", "Connected clients.", "connections.open"),
    _counter("scrim_connections_accepted", "Accepted connections.", "connections.accepted"),
    _counter(
        "scrim_connections_refused",
        "Connections turned away at max_client_connections.",
        "connections.refused",
    ),
    _gauge("scrim_sessions_open", "Signed-in sessions.", "sessions.open"),
    _counter("scrim_sessions", "Sessions that were signed in.", "sessions.opened"),
    _counter("scrim_sign_in_failures", "Refused sign-ins.", "sessions.sign_in_failures"),
    _counter("scrim_cancel_requests", "Cancel requests.", "sessions.cancel_requests"),
    _counter(
        "scrim_statements",
        "Statements that ended, or were refused.",
        "statements",
        "operation",
        "outcome",
    ),
    _counter("scrim_shape_cache_hits", "Statements decided from the cache.", "shapes.hits"),
    _counter("scrim_shape_cache_misses", "Statements decided afresh.", "shapes.misses"),
    _gauge("scrim_shape_cache_entries", "Cached statement shapes.", "shapes.entries"),
    _counter("scrim_rows", "Rows of statements that ended.", "rows"),
    _counter("scrim_masked_values", "Values replaced.", "masked_values"),
    _counter(
        "scrim_findings", "Sensitive values found by searching, and replaced.", "findings", "entity"
    ),
    _counter("scrim_audit_records", "Audit records written.", "audit.records", "kind"),
    _counter("scrim_audit_failures", "Audit records that could not be written.", "audit.failures"),
    _counter("scrim_bytes", "Bytes moved by signed-in sessions.", "bytes", "direction"),
    *_pool_families(),
)


class Totals:
    """Adds the figures of workers up, those of ended ones included."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._current: dict[int, Figures] = {}
        self._ended: dict[str, object] = {}

    def update(self, worker_index: int, figures: Figures) -> None:
        """Take a worker's newest figures."""
        self._current[worker_index] = figures

    def retire(self, worker_index: int) -> None:
        """Keep what an ended worker counted, and forget its gauges."""
        figures = self._current.pop(worker_index, None)
        if figures is None:
            return
        for family in FAMILIES:
            if family.kind is Kind.COUNTER:
                for labels, number in series(figures, family):
                    _store(self._ended, place(family, labels), number)

    def merged(self, *, wanted: int, ready: int, restarts: int) -> Figures:
        """Return one set of figures for the whole gateway."""
        sums: dict[str, object] = {
            "workers": {"wanted": wanted, "ready": ready, "restarts": restarts}
        }
        for figures in (self._ended, *self._current.values()):
            for family in FAMILIES:
                for labels, number in series(figures, family):
                    _store(sums, place(family, labels), number)
        return sums


def place(family: Family, labels: Path) -> Path:
    """Return the keys that lead to one series of a family.

    The figures of a pool lie together below its connection's name, which is a label.
    """
    if family.path[0] == "pools":
        return ("pools", *labels, family.path[1])
    return (*family.path, *labels)


def series(figures: Figures, family: Family) -> Iterator[tuple[Path, float]]:
    """Yield the label values and the number of each series of a family that a worker reported."""
    found: Iterator[tuple[Path, object]]
    if family.path[0] == "pools":
        pools = figures.get("pools")
        items = pools.items() if isinstance(pools, Mapping) else ()
        found = (((str(k),), _at(v, family.path[1:])) for k, v in items)
    else:
        found = _leaves(_at(figures, family.path), len(family.labels))
    for count, (labels, number) in enumerate(found):
        if count >= MAX_SERIES_PER_FAMILY:
            return
        if isinstance(number, int | float) and math.isfinite(number):
            yield labels, float(number)


def _at(tree: object, path: Path) -> object:
    for key in path:
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def _leaves(tree: object, depth: int) -> Iterator[tuple[Path, object]]:
    if depth == 0:
        yield (), tree
    elif isinstance(tree, Mapping):
        for key, below in tree.items():
            for labels, leaf in _leaves(below, depth - 1):
                yield (str(key), *labels), leaf


def _store(tree: dict[str, object], path: Path, number: float) -> None:
    for key in path[:-1]:
        tree = cast("dict[str, object]", tree.setdefault(key, {}))
    before = tree.get(path[-1], 0.0)
    tree[path[-1]] = number + (before if isinstance(before, int | float) else 0.0)
