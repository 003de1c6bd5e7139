"""How a quasi-identifier is made coarser, level by level, within its type.

Level 0 is the value itself, each further level joins groups of the one before and never parts
them, and the last one, which every column has, is NULL for all. A bin is named by its lower end, a
time by the first moment of its month or year, so that a column keeps its type.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from scrim.domain.arguments import check_mapping, check_names, check_number, check_whole, wrong_type
from scrim.masking.groups.requirements import Array, GroupError

MAX_LEVELS: Final = 16
MAX_ENTRIES: Final = 1_000_000
PERIODS: Final[Mapping[str, tuple[str, int]]] = {
    "day": ("day", 1),
    "month": ("month", 1),
    "quarter": ("quarter", 1),
    "year": ("year", 1),
    "decade": ("year", 10),
}
"""Unit and multiple of each part of a date, from fine to coarse; each holds the one before."""

Kind = Any
"""A data type of Arrow."""


class Hierarchy(Protocol):
    """The levels of a column between its values and NULL."""

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""

    def generalise(self, values: Array, level: int) -> Array:
        """Return values at a level, in the same type.

        Args:
            values: An array.
            level: From 1 to `height`.

        Raises:
            GroupError: If the array is of a type that this hierarchy does not take.
        """


@dataclass(frozen=True, slots=True)
class Flat:
    """No level between the values and NULL."""

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""
        return 0

    def generalise(self, values: Array, level: int) -> Array:
        """Return the values as they are; there is no level to ask for."""
        del level
        return values


@dataclass(frozen=True, slots=True)
class Bins:
    """Numbers by the lower end of their bin.

    Attributes:
        widths: Width of a bin at each level; each is a multiple of the one before.
        origin: Where a bin begins.
    """

    widths: tuple[float, ...]
    origin: float = 0

    def __post_init__(self) -> None:
        """Refuse widths that are not finite, not positive, or do not nest."""
        _bound_levels("widths", self.widths)
        for number in (*self.widths, self.origin):
            check_number("widths and origin: one of them", number)
        if not all(math.isfinite(number) for number in (*self.widths, self.origin)):
            raise GroupError("widths and origin of bins must be finite")
        exact = [_exact(width) for width in self.widths]
        if exact[0] <= 0 or any(
            wider <= width or wider % width for width, wider in pairwise(exact)
        ):
            raise GroupError("widths of bins must be positive, each a multiple of the one before")

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""
        return len(self.widths)

    def generalise(self, values: Array, level: int) -> Array:
        """Return numbers as the lower end of their bin.

        An end that the type cannot hold is its least value; an end between two values of the type
        is the next one above. What is not finite stays.
        """
        kind = values.type
        width, origin = _exact(self.widths[level - 1]), _exact(self.origin)
        if pa.types.is_floating(kind):
            found: list[Any] = [
                number
                if number is None or not math.isfinite(number)
                else float((Fraction(number) - origin) // width * width + origin)
                for number in pc.cast(values, pa.float64()).to_pylist()
            ]
            return pc.cast(pa.array(found, pa.float64()), kind, safe=False)
        unit, least = _grid(kind)
        found = [
            None
            if number is None
            else max(
                math.ceil(((Fraction(number) - origin) // width * width + origin) / unit), least
            )
            for number in values.to_pylist()
        ]
        if pa.types.is_decimal(kind):
            found = [None if n is None else Decimal(n).scaleb(-kind.scale) for n in found]
        return pa.array(found, kind)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Texts by their first characters, with `*` where something was cut, as for postal codes.

    Attributes:
        keep: Characters that stay at each level, fewer each time.
    """

    keep: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse lengths that do not shrink."""
        _bound_levels("keep", self.keep)
        for count in self.keep:
            check_whole("keep: one of them", count)
        if self.keep[-1] < 1 or any(b >= a for a, b in pairwise(self.keep)):
            raise GroupError("a prefix keeps at least 1 character, and fewer at each level")

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""
        return len(self.keep)

    def generalise(self, values: Array, level: int) -> Array:
        """Return the first characters of texts."""
        _demand(_is_text(values.type), "a prefix", values.type)
        keep = self.keep[level - 1]
        cut = [
            text if text is None or len(text) <= keep else f"{text[:keep]}*"
            for text in values.to_pylist()
        ]
        return pa.array(cut, values.type)


@dataclass(frozen=True, slots=True)
class Periods:
    """Dates and times by the first moment of a period.

    Attributes:
        parts: Of `day`, `month`, `quarter`, `year`, `decade`, from fine to coarse.
    """

    parts: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse parts that do not exist, or are not in order."""
        _bound_levels("parts", self.parts)
        check_names("parts", self.parts)
        order = list(PERIODS)
        if any(part not in PERIODS for part in self.parts):
            raise GroupError(f"parts of dates are {', '.join(order)}")
        places = [order.index(part) for part in self.parts]
        if places != sorted(set(places)):
            raise GroupError("parts of dates must go from fine to coarse")

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""
        return len(self.parts)

    def generalise(self, values: Array, level: int) -> Array:
        """Return the first moment of each value's period, in the value's own time zone."""
        kind = values.type
        _demand(pa.types.is_date(kind) or pa.types.is_timestamp(kind), "parts of dates", kind)
        unit, multiple = PERIODS[self.parts[level - 1]]
        return pc.cast(pc.floor_temporal(values, multiple=multiple, unit=unit), kind)


@dataclass(frozen=True, slots=True)
class Ancestors:
    """Texts by a tree, such as a city by its state and its country.

    Attributes:
        tree: Labels of each value, the nearest first; all values have equally many, and equal
            labels have equal labels above them. A value that it lacks becomes NULL.
    """

    tree: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        """Refuse what is no tree."""
        check_mapping("tree", self.tree, "a mapping of values to their labels")
        if not 1 <= len(self.tree) <= MAX_ENTRIES:
            raise GroupError(f"a hierarchy has 1 to {MAX_ENTRIES:,} values")
        for labels in self.tree.values():
            check_names("tree: the labels of a value", labels)
        depths = {len(labels) for labels in self.tree.values()}
        if len(depths) > 1:
            raise GroupError("every value of a hierarchy needs equally many labels")
        _bound_levels("tree", next(iter(self.tree.values())))
        above: dict[tuple[int, str], str] = {}
        for labels in self.tree.values():
            for level, (label, parent) in enumerate(pairwise(labels)):
                if above.setdefault((level, label), parent) != parent:
                    raise GroupError("a label of a hierarchy stands below two others")

    @property
    def height(self) -> int:
        """Number of levels above the values, without NULL."""
        return len(next(iter(self.tree.values())))

    def generalise(self, values: Array, level: int) -> Array:
        """Return the labels of texts at a level."""
        _demand(_is_text(values.type), "a hierarchy", values.type)
        labels = [self.tree.get(text, ()) for text in values.to_pylist()]
        return pa.array([one[level - 1] if one else None for one in labels], values.type)


def _bound_levels(name: str, levels: object) -> None:
    if isinstance(levels, str | bytes) or not isinstance(levels, Sequence):
        raise wrong_type(name, levels, "a tuple, with what each level has")
    if not 1 <= len(levels) <= MAX_LEVELS:
        raise GroupError(f"a hierarchy has 1 to {MAX_LEVELS} levels")


def _exact(number: float) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(str(number))


def _grid(kind: Kind) -> tuple[Fraction, int]:
    """Return the distance of two neighbouring values of a type, and its least value in those."""
    if pa.types.is_decimal(kind):
        return Fraction(10) ** -kind.scale, 1 - 10**kind.precision
    _demand(pa.types.is_integer(kind), "bins", kind)
    signed = pa.types.is_signed_integer(kind)
    return Fraction(1), -(1 << (kind.bit_width - 1)) if signed else 0


def _is_text(kind: Kind) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _demand(fits: object, what: str, kind: object) -> None:
    if not fits:
        raise GroupError(f"{what} cannot generalise a column of type {kind}")
