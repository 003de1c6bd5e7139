"""The search for the least generalisation with which a table meets a requirement.

Full-domain generalisation as of Samarati (2001, doi:10.1109/69.971193): each quasi-identifier has
one level for all records, and a node of the lattice is the levels of all of them. The loss of a
node is Sweeney's precision metric (2002, doi:10.1142/S021848850200165X): the mean over the
quasi-identifiers of level by highest level.

Nodes are tried by their loss, ties by the levels from the left, so the first that meets the
requirement is one of least loss. A quasi-identifier that does not meet it by itself at a level
cannot meet it there with others, which gives the first node. After `MAX_NODES` nodes, fewer for
many records, the search goes on greedily: the step that leaves the fewest records below, until the
requirement is met, then every level down again that is not needed. Nothing depends on chance.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from scrim.masking.groups.classes import Coded, Frame, classes_of, condensed
from scrim.masking.groups.hierarchies import Hierarchy
from scrim.masking.groups.requirements import Array, Requirement

MAX_NODES: Final = 2_000
MAX_ROWS: Final = 100_000_000
"""Rows of the condensed frame that may be grouped before the search becomes greedy."""
LEAST_NODES: Final = 16

Node = tuple[int, ...]
"""The level of each quasi-identifier."""


@dataclass(frozen=True, slots=True)
class Levels:
    """One quasi-identifier at each of its levels.

    Attributes:
        values: Its distinct values at each level, in the type of the column; the last is NULL.
        codes: What each code of level 0 becomes at each level.
    """

    values: tuple[Array, ...]
    codes: tuple[Array, ...]

    @property
    def top(self) -> int:
        """The highest level."""
        return len(self.values) - 1

    def code(self, level: int, codes: Array) -> Array:
        """Return codes of level 0 at a level."""
        return codes if level == 0 else pc.take(self.codes[level], codes)


def levels_of(column: Coded, hierarchy: Hierarchy) -> Levels:
    """Return a column at each level of its hierarchy, and at last as NULL.

    Raises:
        GroupError: If the hierarchy does not take the column's type.
    """
    values = [column.values]
    values += [
        hierarchy.generalise(column.values, level) for level in range(1, hierarchy.height + 1)
    ]
    values.append(pa.nulls(len(column.values), column.values.type))
    codes = [pa.array(range(len(column.values)), pa.int32())]
    codes += [one.dictionary_encode("encode").indices for one in values[1:]]
    return Levels(tuple(values), tuple(codes))


class Lattice:
    """The generalisations of one table."""

    def __init__(
        self, frame: Frame, levels: Sequence[Levels], requirement: Requirement, allowed: int
    ) -> None:
        """Say what is searched.

        Args:
            frame: The records, by code of level 0.
            levels: The levels of each quasi-identifier.
            requirement: What every class must meet.
            allowed: Records that may be in classes that do not, because they are left out.
        """
        self._frame = condensed(frame)
        self._levels = levels
        self._requirement = requirement
        self._allowed = allowed
        shared = math.lcm(*(one.top for one in levels))
        self._costs = [shared // one.top for one in levels]
        rows = max(len(self._frame.weight), 1)
        # Joining a class that meets a demand of entropy with one that does not may spoil it, so
        # where some records are left out, a coarser node may fail although a finer one passes.
        self._spoils = requirement.entropy and allowed > 0
        self._budget = min(MAX_NODES, max(LEAST_NODES, MAX_ROWS // rows))

    def search(self) -> Node | None:
        """Return the node of least loss that meets the requirement, None if none is found."""
        top = tuple(one.top for one in self._levels)
        if not self._spoils and not self._meets(top):
            return None
        first = self._first()
        waiting = [(self._loss(first), first)]
        seen = {first}
        for _ in range(self._budget):
            if not waiting:
                return None
            _, node = heapq.heappop(waiting)
            if self._meets(node):
                return node
            for above in self._above(node):
                if above not in seen:
                    seen.add(above)
                    heapq.heappush(waiting, (self._loss(above), above))
        return self._greedy(first)

    def _first(self) -> Node:
        """Return the lowest level at which each quasi-identifier meets the requirement alone."""
        if self._spoils:
            return (0,) * len(self._levels)
        return tuple(
            next(
                level for level in range(one.top + 1) if self._left({place: level}) <= self._allowed
            )
            for place, one in enumerate(self._levels)
        )

    def _greedy(self, node: Node) -> Node | None:
        while not self._meets(node):
            steps = [(self._left_at(one), self._loss(one), one) for one in self._above(node)]
            if not steps:
                return None
            node = min(steps)[-1]
        for place in range(len(node)):
            while node[place]:
                lower = (*node[:place], node[place] - 1, *node[place + 1 :])
                if not self._meets(lower):
                    break
                node = lower
        return node

    def _above(self, node: Node) -> Iterator[Node]:
        for place, (level, one) in enumerate(zip(node, self._levels, strict=True)):
            if level < one.top:
                yield (*node[:place], level + 1, *node[place + 1 :])

    def _loss(self, node: Node) -> int:
        return sum(level * cost for level, cost in zip(node, self._costs, strict=True))

    def _meets(self, node: Node) -> bool:
        return self._left_at(node) <= self._allowed

    def _left_at(self, node: Node) -> int:
        return self._left(dict(enumerate(node)))

    def _left(self, node: dict[int, int]) -> int:
        """Return how many records are in classes below, grouped by some quasi-identifiers."""
        columns: list[Array] = [
            self._levels[place].code(level, self._frame.quasi[place])
            for place, level in node.items()
        ]
        requirement = self._requirement
        found = classes_of(self._frame, columns, entropy=requirement.entropy)
        return found.records_below(requirement)
