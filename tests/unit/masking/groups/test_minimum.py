"""Minimum group size of an aggregated result."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.masking.groups.minimum import minimum_groups
from scrim.masking.groups.requirements import GroupError

if TYPE_CHECKING:
    from scrim.masking.groups.requirements import Array

CITIES = pa.table({"city": ["Ulm", "Bonn", "Köln", "Trier"], "n": [40, 3, 12, 7]})


def test_small_groups_are_left_out() -> None:
    shown = minimum_groups(CITIES, "n", 5)
    assert shown.table["city"].to_pylist() == ["Ulm", "Köln", "Trier"]
    assert (shown.groups, shown.complementary) == (1, 0)


def test_a_single_small_group_takes_the_next_smallest_along() -> None:
    # The total of 62 less 40, 12 and 7 would tell 3.
    shown = minimum_groups(CITIES, "n", 5, complementary=True)
    assert shown.table["city"].to_pylist() == ["Ulm", "Köln"]
    assert (shown.groups, shown.complementary) == (2, 1)
    several = pa.table({"n": [1, 1, 9, 8, 30]})
    assert minimum_groups(several, "n", 5, complementary=True).table["n"].to_pylist() == [9, 30]


def test_a_result_with_a_small_group_is_refused() -> None:
    with pytest.raises(GroupError, match="1 of 4 groups are smaller than 5"):
        minimum_groups(CITIES, "n", 5, action="refuse")
    assert minimum_groups(CITIES, "n", 3, action="refuse").table == CITIES


@pytest.mark.parametrize(
    "counts",
    [
        pa.array([None, 9], pa.int16()),
        pa.array([-7, 9]),
        pa.array([math.nan, 9.0]),
        pa.array([Decimal("4.99"), Decimal("9.00")]),
        pa.array([4, 9], pa.uint64()),
    ],
)
def test_what_is_no_size_is_small(counts: Array) -> None:
    batch = pa.record_batch([counts], ["n"])
    assert minimum_groups(batch, "n", 5).table.num_rows == 1


def test_a_count_must_be_there_and_a_number() -> None:
    for column, message in (("m", "no column m"), ("city", "a count is a number")):
        with pytest.raises(GroupError, match=message):
            minimum_groups(CITIES, column, 5)
    with pytest.raises(GroupError, match="k must be"):
        minimum_groups(CITIES, "n", 0)


@given(st.lists(st.integers(0, 30) | st.none(), max_size=12), st.integers(1, 12))
def test_nothing_small_is_shown_and_nothing_hidden_can_be_subtracted(
    counts: list[int | None], k: int
) -> None:
    shown = minimum_groups(
        pa.table({"n": pa.array(counts, pa.int64())}), "n", k, complementary=True
    )
    kept = shown.table["n"].to_pylist()
    assert all(count >= k for count in kept)
    assert len(counts) - len(kept) == shown.groups
    hidden = sum(count or 0 for count in counts) - sum(kept)
    assert not kept or shown.groups == 0 or (shown.groups >= 2 and hidden >= k)
