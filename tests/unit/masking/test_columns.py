"""What happens to a result column, from where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.memory import VerdictMemory
from scrim.domain.column import Column, ColumnOrigin
from scrim.domain.decision import Treatment
from scrim.masking.columns import ColumnDecider, escapes_search

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "body": "text",
    "doc": "jsonb",
    "bytes": "bytea",
    "total": "numeric",
    "open": "text",
    "email": "text",
    "n1": "int8",
}


@dataclass
class Relatives:
    """The columns of one relation."""

    kinds: Mapping[str, str]

    def siblings(self, column: Column) -> tuple[str, ...]:
        return (column.name,)

    def kind_of(self, column: Column) -> str:
        return self.kinds[column.name]


@dataclass(frozen=True)
class Grant:
    """What is seen of a column."""

    raw: bool
    operator: str = ""


def column(name: str) -> Column:
    return Column("public", "letters", name)


def treatment(
    kind: str, *columns: str, altered: tuple[str, ...] = (), unchanged: bool = False
) -> Treatment:
    """Return what becomes of a column of that kind, made of these; only `open` is seen raw."""
    decider = ColumnDecider(
        ColumnJudge(builtin_catalogue()),
        VerdictMemory(),
        lambda asked, _tags, _confidence: Grant(asked.name == "open"),
        lambda _column: frozenset(),
    )
    origin = ColumnOrigin(
        frozenset(map(column, columns)),
        known=True,
        unchanged=unchanged,
        altered=frozenset(map(column, altered)),
    )
    decided = decider.decide(0, origin, {"kind": kind}, Relatives(KINDS))
    return decided.planned.decision.treatment


def test_a_text_is_searched_while_it_is_whole() -> None:
    assert treatment("text", "body", unchanged=True) is Treatment.SCAN
    assert treatment("text", "body") is Treatment.SCAN
    assert treatment("jsonb", "body", "doc") is Treatment.SCAN


@pytest.mark.parametrize("kind", ["text", "int4", "float8", "bool", "jsonb", "uuid"])
@pytest.mark.parametrize("made_of", ["body", "doc", "bytes"])
def test_what_is_made_of_a_searched_column_is_masked(kind: str, made_of: str) -> None:
    assert treatment(kind, made_of, altered=(made_of,)) is Treatment.MASK


def test_the_size_of_a_searched_column_passes() -> None:
    assert treatment("int4", "body") is Treatment.PASS
    assert treatment("int4", "bytes") is Treatment.PASS
    assert treatment("bool", "doc") is Treatment.PASS


def test_bytes_as_text_are_masked_as_they_are_spelled_in_hexadecimal_digits() -> None:
    assert treatment("text", "bytes") is Treatment.MASK


def test_what_is_made_of_numbers_or_of_what_is_seen_raw_goes_on_as_before() -> None:
    assert treatment("numeric", "total", altered=("total",)) is Treatment.SCAN
    assert treatment("text", "total", altered=("total",)) is Treatment.SCAN
    assert treatment("text", "open", altered=("open",)) is Treatment.PASS
    # The whole text beside a part of one that is seen raw.
    assert treatment("text", "body", "open", altered=("open",)) is Treatment.SCAN


def test_numbers_with_room_for_a_card_are_searched() -> None:
    assert treatment("int8", "n1", unchanged=True) is Treatment.SCAN
    assert treatment("numeric", "total", unchanged=True) is Treatment.SCAN
    assert treatment("int4", "n1") is Treatment.PASS


def test_a_column_known_by_its_name_is_masked_whole_and_altered() -> None:
    assert treatment("text", "email") is Treatment.MASK
    assert treatment("int4", "email", altered=("email",)) is Treatment.MASK


def test_only_kinds_that_say_nothing_escape_no_search() -> None:
    assert not escapes_search("numeric", "text", altered=True)
    assert not escapes_search("text", "text", altered=False)
    assert not escapes_search("inet", "text", altered=False)
    assert escapes_search("inet", "text", altered=True)
    assert escapes_search("tsvector", "text", altered=False)
