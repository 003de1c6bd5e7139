"""Sets of base columns, and the columns of a query's result with where each comes from."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from scrim.domain.column import Column, ColumnOrigin


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a value can have come from.

    Attributes:
        columns: Base columns that can flow into it.
        known: False when anything else can, too.
        altered: Those of the columns of which a part or another spelling can flow into it.
        exact: Whether it is the value of one of the columns and never anything else, such as a
            constant.
        transformed: Those of the columns that went through an expression.
        aggregated: Those of the columns of which the values of many rows went into one.
    """

    columns: frozenset[Column] = frozenset()
    known: bool = True
    altered: frozenset[Column] = frozenset()
    exact: bool = False
    transformed: frozenset[Column] = frozenset()
    aggregated: frozenset[Column] = frozenset()

    def __or__(self, other: "Origins") -> "Origins":
        """Return what can have come from either."""
        if other in (self, NOTHING):
            return self
        if self == NOTHING:
            return other
        return Origins(
            self.columns | other.columns,
            self.known and other.known,
            self.altered | other.altered,
            self.exact and other.exact,
            self.transformed | other.transformed,
            self.aggregated | other.aggregated,
        )

    def mixed(self) -> "Origins":
        """Return the same, but for that anything may stand beside it."""
        return replace(self, exact=False) if self.exact else self

    def changed(self) -> "Origins":
        """Return the origins of what a function makes of the value."""
        return Origins(
            self.columns,
            self.known,
            self.columns,
            transformed=self.columns,
            aggregated=self.aggregated,
        )

    def through_expression(self) -> "Origins":
        """Return the origins of what an expression gives that has the value in it."""
        if not self.columns:
            return self
        return replace(self, exact=False, transformed=self.columns)

    def through_aggregate(self) -> "Origins":
        """Return the origins of what an aggregate makes of many such values."""
        return replace(self, exact=False, transformed=self.columns, aggregated=self.columns)

    def with_unknown(self) -> "Origins":
        """Return the same, but for that anything can flow into it as well."""
        return replace(self, known=False, exact=False)

    def to_origin(self, *, unchanged: bool = False) -> ColumnOrigin:
        """Return it as what the deciding steps work with.

        Args:
            unchanged: Whether the value is exactly that of the single column.
        """
        return ColumnOrigin(
            self.columns,
            self.known,
            unchanged,
            self.altered,
            self.transformed,
            self.aggregated,
        )


NOTHING: Final = Origins()
"""Made of constants, counts and facts about the schema."""

ANYTHING: Final = Origins(known=False)
"""Made of something that was not understood."""


def union(parts: Iterable[Origins]) -> Origins:
    """Return what can have come from any of the parts."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    columns: set[Column] = set()
    altered: set[Column] = set()
    transformed: set[Column] = set()
    aggregated: set[Column] = set()
    known = exact = True
    for part in found:
        columns |= part.columns
        altered |= part.altered
        transformed |= part.transformed
        aggregated |= part.aggregated
        known = known and part.known
        exact = exact and part.exact
    return Origins(
        frozenset(columns),
        known,
        frozenset(altered),
        exact and bool(columns),
        frozenset(transformed),
        frozenset(aggregated),
    )


@dataclass(frozen=True, slots=True)
class Outputs:
    """The columns that a query or a source of rows gives.

    Attributes:
        columns: Name and origins of each, in order. The name is None where it is not worked out, so
            that the column can have any name.
        ordered: Whether the order is the real one.
        rest: Where the values of further columns can have come from; None when there are none.
    """

    columns: tuple[tuple[str | None, Origins], ...] = ()
    ordered: bool = True
    rest: Origins | None = field(default=None)

    @property
    def exact(self) -> bool:
        """Whether these are all columns, each in its place."""
        return self.ordered and self.rest is None

    def total(self) -> Origins:
        """Return where any of its values can have come from."""
        everything = union(origins for _, origins in self.columns).mixed()
        return everything if self.rest is None else everything | self.rest

    def named(self, name: str) -> Origins | None:
        """Return the origins of the column of that name, None when there is none."""
        exact = [origins for own, origins in self.columns if own == name]
        if exact:
            return union(exact)
        possible = [origins for own, origins in self.columns if own is None]
        if self.rest is not None:
            possible.append(self.rest)
        return union(possible) if possible else None

    def placed(self, place: int) -> Origins:
        """Return the origins of the column in that place, from 0; of all if it is not certain."""
        if self.exact and place < len(self.columns):
            return self.columns[place][1]
        return self.total()

    def renamed(self, names: tuple[str, ...]) -> "Outputs":
        """Return the same with new names for the first columns."""
        if not names:
            return self
        if not self.exact:
            # The names stand for columns that cannot be told apart.
            total = self.total()
            return Outputs(tuple((name, total) for name in names), ordered=False, rest=total)
        renamed = tuple(
            (names[place] if place < len(names) else own, origins)
            for place, (own, origins) in enumerate(self.columns)
        )
        return Outputs(renamed)


def opaque(origins: Origins) -> Outputs:
    """Return columns of any number and name that have these origins."""
    return Outputs(ordered=False, rest=origins.mixed())


def combined(left: Outputs, right: Outputs) -> Outputs:
    """Return the columns of a set operation: the names of the left side, the values of both."""
    if not (left.exact and right.exact and len(left.columns) == len(right.columns)):
        return opaque(left.total() | right.total())
    pairs = zip(left.columns, right.columns, strict=True)
    return Outputs(tuple((name, _either(one, other)) for (name, one), (_, other) in pairs))


def _either(one: Origins, other: Origins) -> Origins:
    found = one | other
    return found.mixed() if NOTHING in (one, other) else found
