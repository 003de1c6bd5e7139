"""Minimum group size: groups of an aggregated result that stand for few are not shown."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrim.domain.arguments import check_text, check_whole
from scrim.masking.groups.classes import as_table
from scrim.masking.groups.requirements import MAX_GROUP_SIZE, Array, GroupError, Table


@dataclass(frozen=True, slots=True)
class Shown:
    """An aggregated result without its small groups.

    Attributes:
        table: The groups that stayed, in their order.
        groups: Groups that were left out.
        complementary: Those of them that are large enough, and were left out to hide the others.
    """

    table: Table
    groups: int
    complementary: int = 0


def minimum_groups(
    table: Table,
    count: str,
    k: int,
    *,
    action: Literal["suppress", "refuse"] = "suppress",
    complementary: bool = False,
) -> Shown:
    """Leave out, or refuse, the groups of an aggregated result that are smaller than `k`.

    Args:
        table: One row for each group; a table or record batch.
        count: Name of the column that says how many each group stands for, a number. NULL, NaN
            and what is negative are small.
        k: Least size of a group that is shown.
        action: What happens to a result with small groups.
        complementary: Whether further groups are left out, the smallest first, until at least two
            are and together stand for `k`. Without, whoever knows the total finds the size of a
            single group that is left out by subtraction.

    Raises:
        GroupError: If the column is missing or no number, or a small group is refused.
        TypeError: If an argument is of a wrong type.
    """
    check_text("count", count)
    check_whole("k", k)
    if action not in {"suppress", "refuse"}:
        raise GroupError("action takes suppress or refuse")
    if not 1 <= k <= MAX_GROUP_SIZE:
        raise GroupError(f"k must be from 1 to {MAX_GROUP_SIZE:,}")
    whole = as_table(table)
    places = whole.schema.get_all_field_indices(count)
    if len(places) != 1:
        raise GroupError(f"the table has {'no' if not places else 'more than one'} column {count}")
    counts = whole.column(places[0])
    if not (
        pa.types.is_integer(counts.type)
        or pa.types.is_floating(counts.type)
        or pa.types.is_decimal(counts.type)
    ):
        raise GroupError(f"column {count} is of type {counts.type}; a count is a number")
    keep = pc.fill_null(pc.greater_equal(counts, pa.scalar(k, pa.int64())), fill_value=False)
    small = pc.sum(pc.invert(keep)).as_py() or 0
    if not small:
        return Shown(whole, 0)
    if action == "refuse":
        raise GroupError(f"{small:,} of {whole.num_rows:,} groups are smaller than {k}")
    further = _complementary(counts, keep, k) if complementary else []
    if further:
        chosen = set(further)
        keep = pa.array(
            [kept and place not in chosen for place, kept in enumerate(keep.to_pylist())],
            pa.bool_(),
        )
    return Shown(whole.filter(keep), small + len(further), len(further))


def _complementary(counts: Array, keep: Array, k: int) -> list[int]:
    """Return the places of the groups that hide the small ones, the smallest first."""
    sizes, kept = counts.to_pylist(), keep.to_pylist()
    hidden = [size for size, stays in zip(sizes, kept, strict=True) if not stays]
    total = sum(size for size in hidden if size is not None and size > 0)
    number = len(hidden)
    chosen: list[int] = []
    for place in sorted((p for p, stays in enumerate(kept) if stays), key=lambda p: (sizes[p], p)):
        if number >= 2 and total >= k:
            break
        chosen.append(place)
        total += sizes[place]
        number += 1
    return chosen
