"""k-anonymity and l-diversity of a table: checked, and brought about.

k-anonymity (Samarati and Sweeney 1998): every combination of quasi-identifiers that occurs is
shared by at least k records. l-diversity (Machanavajjhala et al. 2007,
doi:10.1145/1217299.1217302): the records that share it have at least l distinct values of what is
sensitive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrim.domain.arguments import check_kind, check_mapping, check_number, check_text, wrong_type
from scrim.masking.groups.classes import Coded, as_table, classes_of, frame_of
from scrim.masking.groups.hierarchies import Flat, Hierarchy
from scrim.masking.groups.lattice import Lattice, Levels, Node, levels_of
from scrim.masking.groups.requirements import GroupError, Report, Requirement, Table

Method = Literal["refuse", "suppress", "generalise"]

DEFAULT_SHARES: Final[Mapping[Method, float]] = {
    "refuse": 0.0,
    "suppress": 1.0,
    "generalise": 0.05,
}
"""Share of the records that may be left out, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A table that meets a requirement.

    Attributes:
        table: The records that stayed, in their order and with the types they had.
        report: How it stands now, with the records left out and the levels.
    """

    table: Table
    report: Report


def check(table: Table, requirement: Requirement) -> Report:
    """Say how a table stands against a requirement.

    Args:
        table: A table or record batch.
        requirement: What every class must meet.

    Raises:
        GroupError: If a column is missing or of a type without equality.
        TypeError: If an argument is of a wrong type.
    """
    check_kind("requirement", requirement, Requirement, "a Requirement")
    frame, _ = frame_of(as_table(table), requirement)
    return classes_of(frame, frame.quasi, entropy=requirement.entropy).report(requirement)


def enforce(
    table: Table,
    requirement: Requirement,
    method: Method = "generalise",
    hierarchies: Mapping[str, Hierarchy] | None = None,
    max_suppressed: float | None = None,
) -> Anonymous:
    """Return a table that meets a requirement.

    Args:
        table: A table or record batch.
        requirement: What every class must meet.
        method: `refuse` changes nothing; `suppress` leaves out the records of classes below;
            `generalise` first makes quasi-identifiers coarser, as little as possible, until few
            enough records are left out.
        hierarchies: How each quasi-identifier becomes coarser. One without a hierarchy stays as it
            is, or becomes NULL for all.
        max_suppressed: Share of the records that may be left out, from 0 to 1; by default any with
            `suppress`, and a twentieth with `generalise`.

    Raises:
        GroupError: If the table cannot be made to meet it so, or a column or hierarchy is wrong.
        TypeError: If an argument is of a wrong type.
    """
    _check_arguments(requirement, method, hierarchies, max_suppressed)
    whole = as_table(table)
    known = hierarchies or {}
    if unknown := sorted(set(known) - set(requirement.quasi)):
        raise GroupError(f"{unknown[0]} has a hierarchy and is not a quasi-identifier")
    share = DEFAULT_SHARES[method] if max_suppressed is None else max_suppressed
    if not 0 <= share <= 1:
        raise GroupError("max_suppressed must be from 0 to 1")
    allowed = 0 if method == "refuse" else int(whole.num_rows * share)
    frame, quasi = frame_of(whole, requirement)
    codes, levels = list(frame.quasi), dict.fromkeys(requirement.quasi, 0)
    if method == "generalise":
        columns = tuple(
            levels_of(column, known.get(name, Flat()))
            for name, column in zip(requirement.quasi, quasi, strict=True)
        )
        node = _searched(Lattice(frame, columns, requirement, allowed))
        codes = [
            one.code(level, column)
            for one, level, column in zip(columns, node, frame.quasi, strict=True)
        ]
        levels = dict(zip(requirement.quasi, node, strict=True))
        whole = _generalised(whole, levels, columns, quasi)
    found = classes_of(frame, codes, entropy=requirement.entropy)
    left_out = found.records_below(requirement)
    if left_out > allowed:
        raise GroupError(
            f"{left_out:,} of {whole.num_rows:,} records are in classes that do not meet the "
            "requirement"
        )
    if left_out:
        whole = whole.filter(pc.invert(pc.take(found.below(requirement), found.ids)))
    return _checked(whole, requirement, left_out, levels)


def _check_arguments(
    requirement: object, method: object, hierarchies: object, max_suppressed: object
) -> None:
    check_kind("requirement", requirement, Requirement, "a Requirement")
    check_text("method", method)
    if method not in DEFAULT_SHARES:
        raise GroupError(f"method takes one of {', '.join(DEFAULT_SHARES)}")
    if max_suppressed is not None:
        check_number("max_suppressed", max_suppressed)
    if not hierarchies:
        return
    check_mapping("hierarchies", hierarchies, "a mapping of columns to hierarchies")
    for one in hierarchies.values():  # type: ignore[attr-defined]
        if not (hasattr(one, "height") and callable(getattr(one, "generalise", None))):
            raise wrong_type("hierarchies: one of them", one, "a hierarchy, such as Bins")


def _searched(lattice: Lattice) -> Node:
    node = lattice.search()
    if node is None:
        raise GroupError(
            "no generalisation of the table meets the requirement; ask for less, or let more "
            "records be left out"
        )
    return node


def _generalised(
    table: Table,
    levels: Mapping[str, int],
    columns: Sequence[Levels],
    quasi: Sequence[Coded],
) -> Table:
    """Return a table with its quasi-identifiers at their levels, where NULL may stand then."""
    for (name, level), one, column in zip(levels.items(), columns, quasi, strict=True):
        if level:
            place = table.schema.get_field_index(name)
            values = pc.take(one.values[level], column.codes)
            field = table.schema.field(place).with_nullable(True)  # noqa: FBT003, RUF100
            if pa.types.is_dictionary(field.type):
                values = values.dictionary_encode().cast(field.type)
            table = table.set_column(place, field, values)
    return table


def _checked(
    table: Table,
    requirement: Requirement,
    suppressed: int,
    levels: Mapping[str, int],
) -> Anonymous:
    """Look at the outcome by itself: what is given away rests on no step of the search."""
    report = check(table, requirement)
    if not report.satisfied:
        raise GroupError("the outcome does not meet the requirement; nothing is given away")
    return Anonymous(table, replace(report, suppressed=suppressed, levels=levels))
