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
        strands: Where rows of several queries are put together, the columns of each of them; empty
            where the columns are all of the same rows.
        transformed: Those of the columns that went through an expression.
        aggregated: Those of the columns of which the values of many rows went into one.
        measured: Those of the columns that are only compared or measured: no value of theirs is in
            it.
        cut: Whether a part of a value can be in it, or a number made of one, rather than all that
            makes it equal to others.
        made: Whether what the statement makes up can be in it beside values of the columns, such as
            the numbers of `generate_series`.
    """

    columns: frozenset[Column] = frozenset()
    known: bool = True
    altered: frozenset[Column] = frozenset()
    exact: bool = False
    strands: frozenset[frozenset[Column]] = frozenset()
    transformed: frozenset[Column] = frozenset()
    aggregated: frozenset[Column] = frozenset()
    measured: frozenset[Column] = frozenset()
    made: bool = False
    cut: bool = False

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
            self.strands | other.strands,
            self.transformed | other.transformed,
            self.aggregated | other.aggregated,
            _measured((self, other)),
            self.made or other.made,
            self.cut or other.cut,
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
            strands=self.strands,
            measured=self.measured,
            made=self.made,
            cut=True,
        )

    def choosing(self) -> "Origins":
        """Return the origins of what it chooses: which that is tells a part of the value."""
        return replace(self, exact=False, cut=True)

    def spelled(self) -> "Origins":
        """Return the origins of the same value in another spelling, or joined with others."""
        return replace(self.changed(), cut=self.cut)

    def through_expression(self) -> "Origins":
        """Return the origins of what an expression gives that has the value in it."""
        if not self.columns:
            return self
        return replace(self, exact=False, transformed=self.columns)

    def through_aggregate(self) -> "Origins":
        """Return the origins of what an aggregate makes of many such values."""
        return replace(self, exact=False, transformed=self.columns, aggregated=self.columns)

    def only_measured(self) -> "Origins":
        """Return the origins of what only tells how the value compares, or how large it is."""
        return replace(self, exact=False, measured=self.columns)

    def with_made(self) -> "Origins":
        """Return the same, but for that made-up values can be in it as well."""
        return replace(self, exact=False, made=True)

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
            self.measured,
            self.made,
            self.cut,
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
    strands: set[frozenset[Column]] = set()
    transformed: set[Column] = set()
    aggregated: set[Column] = set()
    known = exact = True
    for part in found:
        columns |= part.columns
        altered |= part.altered
        strands |= part.strands
        transformed |= part.transformed
        aggregated |= part.aggregated
        known = known and part.known
        exact = exact and part.exact
    return Origins(
        frozenset(columns),
        known,
        frozenset(altered),
        exact and bool(columns),
        frozenset(strands),
        frozenset(transformed),
        frozenset(aggregated),
        _measured(found),
        any(part.made for part in found),
        any(part.cut for part in found),
    )


def _together(parts: Iterable[Origins]) -> Origins:
    """Return what can have come from any of the parts, each of which stands beside the others."""
    found = list(parts)
    everything = union(found).mixed()
    return everything.with_made() if everything.columns and NOTHING in found else everything


def _measured(parts: Iterable[Origins]) -> frozenset[Column]:
    """Return the columns that are only measured in each of the parts that they are in."""
    found = [part for part in parts if part.columns]
    if not any(part.measured for part in found):
        return frozenset()
    whole = frozenset(column for part in found for column in part.columns - part.measured)
    return frozenset(column for part in found for column in part.measured) - whole


@dataclass(frozen=True, slots=True)
class Outputs:
    """The columns that a query or a source of rows gives.

    Attributes:
        columns: Name and origins of each that is known. The name is None where it is not worked
            out, so that the column can have any name.
        rest: Where the values of further columns can have come from; None when there are none.
        head: How many of the columns are the first ones, in their order.
        tail: How many of the columns are the last ones, in their order; of no meaning when `exact`.
        of_one: Whether each row is made of one row, or one group of rows, of a single relation.
    """

    columns: tuple[tuple[str | None, Origins], ...] = ()
    rest: Origins | None = None
    head: int = 0
    tail: int = 0
    of_one: bool = False
    # A row of 1,600 columns is put together once, however often a statement names it.
    _total: Origins | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def exact(self) -> bool:
        """Whether these are all columns, each in its place."""
        return self.rest is None and self.head == len(self.columns)

    def total(self) -> Origins:
        """Return where any of its values can have come from."""
        found = self._total
        if found is None:
            found = _together(origins for _, origins in self.columns)
            if self.rest is not None:
                found |= self.rest
            object.__setattr__(self, "_total", found)
        return found

    def named(self, name: str) -> Origins | None:
        """Return the origins of the column of that name, None when there is none."""
        exact = [origins for own, origins in self.columns if own == name]
        if exact:
            return union(exact)
        possible = [origins for own, origins in self.columns if own is None]
        if self.rest is not None:
            possible.append(self.rest)
        return union(possible) if possible else None

    def placed(self, place: int, count: int | None = None) -> Origins:
        """Return the origins of the column in a place.

        Args:
            place: The place, from 0.
            count: How many columns there are in truth, None when that is not known.
        """
        if self.exact:
            fits = count is None or count == len(self.columns)
            return self.columns[place][1] if fits and place < self.head else self.total()
        if count is not None and count < self.head + self.tail:
            return self.total()
        if place < self.head:
            return self.columns[place][1]
        if count is None:
            return self.total()
        from_end = count - place
        if from_end <= self.tail:
            return self.columns[len(self.columns) - from_end][1]
        return self._middle()

    def name_of(self, place: int) -> str | None:
        """Return the name that the column in a place must have, None where that is not known."""
        return self.columns[place][0] if place < self.head else None

    def _middle(self) -> Origins:
        """Return where the values of the columns can have come from whose place is not known."""
        inner = self.columns[self.head : len(self.columns) - self.tail]
        found = _together(origins for _, origins in inner)
        return found if self.rest is None else found | self.rest

    def renamed(self, names: tuple[str, ...]) -> "Outputs":
        """Return the same with new names for the first columns."""
        if not names:
            return self
        first = min(len(names), self.head)
        renamed = tuple((names[place], self.columns[place][1]) for place in range(first))
        others = names[first:]
        if self.exact or not others:
            return replace(self, columns=renamed + self.columns[first:])
        # The names stand for columns that cannot be told apart; further ones may follow.
        unplaced = _together(origins for _, origins in self.columns[first:])
        if self.rest is not None:
            unplaced |= self.rest
        named = tuple((name, unplaced) for name in others)
        return Outputs(renamed + named, unplaced, head=first)


def listed(columns: Iterable[tuple[str | None, Origins]]) -> Outputs:
    """Return columns that are all known, in their order."""
    found = tuple(columns)
    return Outputs(found, head=len(found))


def listed_alike(names: Iterable[str], origins: Origins) -> Outputs:
    """Return columns of these names that all have the same origins."""
    return listed((name, origins) for name in names)


def unordered(
    columns: Iterable[tuple[str | None, Origins]], rest: Origins | None = None
) -> Outputs:
    """Return columns that are known by their names and not by their places."""
    return Outputs(tuple(columns), rest)


def opaque(origins: Origins) -> Outputs:
    """Return columns of any number and name that have these origins."""
    return Outputs(rest=origins.mixed())


def side_by_side(parts: Iterable[Outputs]) -> Outputs:
    """Return the columns of one after those of another."""
    columns: list[tuple[str | None, Origins]] = []
    rest: Origins | None = None
    head = tail = 0
    exact = True
    for part in parts:
        columns += part.columns
        if exact:
            head += part.head
        if part.exact:
            tail += len(part.columns)
        else:
            exact = False
            tail = part.tail
        if part.rest is not None:
            rest = part.rest if rest is None else rest | part.rest
    return Outputs(tuple(columns), rest, head, 0 if exact else tail)


def combined(left: Outputs, right: Outputs) -> Outputs:
    """Return the columns of a set operation: the names of the left side, the values of both."""
    if not (left.exact and right.exact and len(left.columns) == len(right.columns)):
        return opaque(left.total() | right.total())
    pairs = zip(left.columns, right.columns, strict=True)
    return listed((name, _either(one, other)) for (name, one), (_, other) in pairs)


def _either(one: Origins, other: Origins) -> Origins:
    found = one | other
    if one.columns != other.columns:
        either = {side.strands or frozenset({side.columns}) for side in (one, other)}
        found = replace(found, strands=frozenset().union(*either))
    return found.with_made() if NOTHING in (one, other) and found.columns else found
