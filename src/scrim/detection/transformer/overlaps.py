"""Joins what the kernel found in a cell with what a model found.

1. Where the kernel has found a value by its shape, a checksum or a name, the model gives way: its
   span is cut back to what lies outside. An address or a place that contains such values whole,
   each of them less than two fifths of it, covers them: it is more than the number in it.
2. Of two that only models speak for, the longer keeps its span, then the column's own entity, then
   the more confident; what it contains is covered, and what crosses it is cut back.

No byte that was found is left out, but spaces at the ends of what is cut back.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from scrim.domain.finding import Evidence, Finding

PLACES: Final = frozenset({"contact.street_address", "contact.city"})
SHARE: Final = (2, 5)
"""Part of an address from which on a value in it is more than a part."""
_MODELS: Final = Evidence.SENTENCE | Evidence.MODEL


def join(
    cell: bytes, known: Sequence[Finding], model: Sequence[Finding], expected: str | None
) -> list[Finding]:
    """Return the findings of both in their order, without overlaps.

    Args:
        cell: The cell that the spans count the bytes of.
        known: The kernel's findings, in order and without overlaps.
        model: The model's, likewise.
        expected: Entity that the cell is believed to hold.
    """
    if not model:
        return list(known)
    firm = [one for one in known if one.evidence & ~_MODELS]
    soft = [one for one in known if not one.evidence & ~_MODELS]
    covering, others = [], []
    covered: set[Finding] = set()
    ends = [one.end for one in firm]
    for one in model:
        near = firm[bisect_right(ends, one.start) : bisect_left(firm, one.end, key=_start)]
        if _covers(one, near):
            covering.append(one)
            covered.update(near)
        else:
            others.append(one)
    firm = [one for one in firm if one not in covered]
    taken: list[tuple[int, int]] = []
    joined: list[Finding] = []
    rest = [*soft, *others]
    rest.sort(key=lambda one: (one.start - one.end, one.entity != expected, -one.confidence))
    for one in (*firm, *covering, *rest):
        for start, end in _free(taken, one.start, one.end):
            if (piece := _trimmed(cell, start, end, one)) is not None:
                joined.append(piece)
                insort(taken, (piece.start, piece.end))
    return sorted(joined, key=_start)


def _start(finding: Finding) -> int:
    return finding.start


def _covers(place: Finding, near: Sequence[Finding]) -> bool:
    """Say whether an address contains all that it touches, and is more than any of it."""
    return (
        place.entity in PLACES
        and bool(near)
        and all(
            place.start <= one.start
            and one.end <= place.end
            and (one.end - one.start) * SHARE[1] < (place.end - place.start) * SHARE[0]
            for one in near
        )
    )


def _free(taken: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is not taken of a span."""
    place = max(bisect_left(taken, (start, start)) - 1, 0)
    # A copy: what is yielded becomes taken.
    for first, after in taken[place : bisect_left(taken, (end, end))]:
        if after > start:
            if first > start:
                yield start, first
            start = after
    if start < end:
        yield start, end


def _trimmed(cell: bytes, start: int, end: int, finding: Finding) -> Finding | None:
    """Return a finding with the span that is left of it; None if that says nothing."""
    if (start, end) == (finding.start, finding.end):
        return finding
    piece = cell[start:end]
    if not any(map(str.isalnum, piece.decode("utf-8", "replace"))):
        return None
    start += len(piece) - len(piece.lstrip())
    return replace(finding, start=start, end=start + len(piece.strip()))
