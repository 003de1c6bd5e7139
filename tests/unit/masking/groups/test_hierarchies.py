"""Generalisation of values: bins, prefixes, parts of dates and trees, each within its type."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.masking.groups.hierarchies import Ancestors, Bins, Flat, Periods, Prefix
from scrim.masking.groups.requirements import GroupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrim.masking.groups.hierarchies import Hierarchy
    from scrim.masking.groups.requirements import Array


def at(hierarchy: Hierarchy, values: Array, level: int) -> list[Any]:
    found = hierarchy.generalise(values, level)
    assert found.type == values.type
    return list(found.to_pylist())


def test_a_bin_is_named_by_its_lower_end() -> None:
    ages = pa.array([0, 9, 10, 37, -1, None], pa.int32())
    assert at(Bins((10, 20)), ages, 1) == [0, 0, 10, 30, -10, None]
    assert at(Bins((10, 20)), ages, 2) == [0, 0, 0, 20, -20, None]
    assert at(Bins((10,), origin=5), ages, 1) == [-5, 5, 5, 35, -5, None]


def test_bins_of_decimals_and_floats_are_exact() -> None:
    prices = pa.array([Decimal("0.30"), Decimal("9.99"), Decimal("-0.01")], pa.decimal128(5, 2))
    assert at(Bins((0.1,)), prices, 1) == [Decimal("0.30"), Decimal("9.90"), Decimal("-0.10")]
    assert at(Bins((0.5,)), pa.array([0.3, 0.5, -0.1]), 1) == [0.0, 0.5, -0.5]


def test_an_end_that_the_type_cannot_hold_is_its_least_value() -> None:
    assert at(Bins((50,)), pa.array([-128, -101, 127], pa.int8()), 1) == [-128, -128, 100]
    assert at(Bins((50,), origin=60), pa.array([11, 70], pa.uint8()), 1) == [10, 60]
    assert at(Bins((50,), origin=40), pa.array([3, 70], pa.uint8()), 1) == [0, 40]
    small = pa.array([Decimal("-9.5")], pa.decimal128(2, 1))
    assert at(Bins((20,)), small, 1) == [Decimal("-9.9")]


def test_what_is_not_finite_stays_by_itself() -> None:
    found = at(Bins((10,)), pa.array([math.inf, -math.inf, math.nan, 12.0]), 1)
    assert found[:2] == [math.inf, -math.inf]
    assert math.isnan(found[2])
    assert found[3] == 10.0


def test_a_prefix_marks_what_it_cut() -> None:
    codes = pa.array(["10115", "101", "10", "", "ééé12", None])
    assert at(Prefix((3, 2)), codes, 1) == ["101*", "101", "10", "", "ééé*", None]
    assert at(Prefix((3, 2)), codes, 2) == ["10*", "10*", "10", "", "éé*", None]


def test_a_period_is_named_by_its_first_moment() -> None:
    days = pa.array([dt.date(1995, 5, 17), dt.date(1969, 12, 31), None])
    assert at(Periods(("month", "quarter", "year", "decade")), days, 1)[0] == dt.date(1995, 5, 1)
    assert at(Periods(("quarter",)), days, 1)[0] == dt.date(1995, 4, 1)
    assert at(Periods(("year",)), days, 1)[1] == dt.date(1969, 1, 1)
    assert at(Periods(("decade",)), days, 1) == [dt.date(1990, 1, 1), dt.date(1960, 1, 1), None]
    moments = pa.array([dt.datetime(2024, 2, 29, 23, 59, tzinfo=dt.UTC)], pa.timestamp("us", "UTC"))
    assert at(Periods(("day",)), moments, 1) == [dt.datetime(2024, 2, 29, tzinfo=dt.UTC)]


def test_a_tree_gives_the_labels_above_a_value() -> None:
    tree = Ancestors({"Berlin": ("DE", "Europe"), "Bonn": ("DE", "Europe"), "Lima": ("PE", "S.A.")})
    cities = pa.array(["Bonn", "Lima", "Atlantis", None])
    assert at(tree, cities, 1) == ["DE", "PE", None, None]
    assert at(tree, cities, 2) == ["Europe", "S.A.", None, None]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Bins(()),
        lambda: Bins((10, 15)),
        lambda: Bins((10, 10)),
        lambda: Bins((0,)),
        lambda: Bins((math.nan,)),
        lambda: Bins((10,), origin=math.inf),
        lambda: Prefix((2, 3)),
        lambda: Prefix((1, 0)),
        lambda: Prefix(tuple(range(17, 0, -1))),
        lambda: Periods(("year", "month")),
        lambda: Periods(("week",)),
        lambda: Ancestors({}),
        lambda: Ancestors({"a": ("x",), "b": ("x", "y")}),
        lambda: Ancestors({"a": ("x", "y"), "b": ("x", "z")}),
    ],
)
def test_what_is_no_hierarchy_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(GroupError):
        wrong()


def test_a_hierarchy_refuses_a_type_that_is_not_its_own() -> None:
    for hierarchy, values in (
        (Bins((10,)), pa.array(["a"])),
        (Prefix((1,)), pa.array([1])),
        (Periods(("year",)), pa.array(["2024"])),
        (Ancestors({"a": ("b",)}), pa.array([1])),
    ):
        with pytest.raises(GroupError, match="cannot generalise a column of type"):
            hierarchy.generalise(values, 1)
    assert Flat().height == 0


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20), st.integers(1, 10**6))
def test_bins_nest_at_the_edges_of_the_type(numbers: list[int], width: int) -> None:
    bins = Bins((width, width * 2, width * 6))
    levels = [at(bins, pa.array(numbers, pa.int64()), level) for level in (1, 2, 3)]
    for finer, coarser in pairwise(levels):
        joined = dict(zip(finer, coarser, strict=True))
        assert [joined[label] for label in finer] == coarser
