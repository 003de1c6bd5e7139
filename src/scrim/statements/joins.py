"""The columns of joined sources: what `*` gives, and what the names of merged columns mean."""

from collections.abc import Mapping, Sequence

from scrim.statements.origins import NOTHING, Origins, Outputs, side_by_side, union, unordered
from scrim.statements.queries import Joined


def joined_columns(
    joined: Sequence[Joined], sources: Sequence[Outputs]
) -> tuple[Outputs, Mapping[str, Origins]]:
    """Return the columns that `*` gives, and the origins of merged columns by name.

    Args:
        joined: How the sources are joined.
        sources: The columns of each source.
    """
    merged: dict[str, Origins] = {}
    parts = [_columns(one, sources, merged) for one in joined]
    return side_by_side(parts), merged


def _columns(one: Joined, sources: Sequence[Outputs], merged: dict[str, Origins]) -> Outputs:
    """Return the columns of a join: the merged ones, the others of the left side, of the right."""
    if not one.sides:
        return sources[one.source]
    left, right = (_columns(side, sources, merged) for side in one.sides)
    names = one.using
    if one.natural:
        if not _is_certain(left) or not _is_certain(right):
            return _unclear(left, right)
        there = {name for name, _ in right.columns}
        names = tuple(str(name) for name, _ in left.columns if name in there)
    if not names:
        return side_by_side([left, right])
    if not _is_certain(left) or not _is_certain(right):
        for name in names:
            merged[name] = _all_of(name, left) | _all_of(name, right)
        return _unclear(left, right)
    columns: list[tuple[str | None, Origins]] = []
    for name in names:
        sides = {"left": (left,), "right": (right,)}.get(one.kind, (left, right))
        origins = union(_all_of(name, side) for side in sides)
        if one.kind == "full":
            origins = origins.mixed()
        # A name that several joins merge is ambiguous, and then refused.
        merged[name] = origins
        columns.append((name, origins))
    for side in (left, right):
        columns += [(name, origins) for name, origins in side.columns if name not in names]
    found = tuple(columns)
    return Outputs(found, head=len(found))


def _is_certain(side: Outputs) -> bool:
    return side.exact and all(name is not None for name, _ in side.columns)


def _all_of(name: str, side: Outputs) -> Origins:
    found = [origins for own, origins in side.columns if own is None or own == name]
    if side.rest is not None:
        found.append(side.rest)
    return union(found) if found else NOTHING


def _unclear(left: Outputs, right: Outputs) -> Outputs:
    """Return the columns of both sides, in no known order."""
    rests = [side.rest for side in (left, right) if side.rest is not None]
    return unordered(left.columns + right.columns, union(rests) if rests else None)
