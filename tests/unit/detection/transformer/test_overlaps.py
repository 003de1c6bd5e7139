"""The kernel's findings and a model's: one answer for each byte."""

from __future__ import annotations

import time

from scrim.detection.transformer.overlaps import join
from scrim.domain.finding import Evidence, Finding

PERSON, PLACE, ORGANIZATION = "person.full", "contact.street_address", "contact.organization"
CELL = b"0123456789 abcdefghij 0123456789 abcdefghij"


def model(start: int, end: int, entity: str = PERSON, confidence: float = 0.9) -> Finding:
    return Finding(start, end, entity, confidence, Evidence.MODEL)


def kernel(
    start: int, end: int, entity: str = "x.y", evidence: Evidence = Evidence.PATTERN
) -> Finding:
    return Finding(start, end, entity, 0.6, evidence)


def joined(known: list[Finding], found: list[Finding]) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.entity) for one in join(CELL, known, found, None)]


def test_a_model_gives_way_where_a_shape_or_a_checksum_speaks() -> None:
    known = [kernel(4, 10, "x.y", Evidence.CHECKSUM)]
    assert joined(known, [model(4, 10)]) == [(4, 10, "x.y")]
    assert joined(known, [model(5, 8)]) == [(4, 10, "x.y")]
    assert joined(known, [model(0, 21)]) == [(0, 4, PERSON), (4, 10, "x.y"), (11, 21, PERSON)]
    assert joined(known, [model(4, 11)]) == [(4, 10, "x.y")]


def test_an_address_covers_the_numbers_in_it() -> None:
    known = [kernel(0, 5), kernel(22, 26)]
    assert joined(known, [model(0, 32, PLACE)]) == [(0, 32, PLACE)]
    assert joined(known, [model(0, 32)])[0] == (0, 5, "x.y")
    assert joined([kernel(0, 20)], [model(0, 32, PLACE)]) == [(0, 20, "x.y"), (20, 32, PLACE)]
    assert joined([kernel(5, 12)], [model(7, 32, PLACE)]) == [(5, 12, "x.y"), (12, 32, PLACE)]


def test_of_two_models_the_longer_span_stays_and_the_other_is_cut_back() -> None:
    known = [kernel(0, 10, ORGANIZATION, Evidence.SENTENCE)]
    assert joined(known, [model(0, 10)]) == [(0, 10, PERSON)]
    assert joined(known, [model(0, 21)]) == [(0, 21, PERSON)]
    assert joined(known, [model(5, 9)]) == [(0, 10, ORGANIZATION)]
    assert joined(known, [model(5, 21)]) == [(0, 5, ORGANIZATION), (5, 21, PERSON)]
    assert join(CELL, known, [model(0, 10)], ORGANIZATION) == known


def test_many_findings_take_no_longer_each() -> None:
    def seconds(count: int) -> float:
        cell = b"abcde 1234 " * count
        known = [kernel(11 * at + 6, 11 * at + 10) for at in range(count)]
        found = [model(11 * at, 11 * at + 10) for at in range(count)]
        began = time.perf_counter()
        assert len(join(cell, known, found, None)) == 2 * count
        return time.perf_counter() - began

    assert seconds(80_000) < 10 * max(seconds(20_000), 0.01)
