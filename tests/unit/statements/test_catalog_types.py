from __future__ import annotations

from typing import Any

import pytest

from scrim.statements.catalog_types import RawType, TypeCatalog

MOOD, MOODS, EMAIL, PERIOD, PERIODS, ADDRESS, VECTOR, POINT, LOOP = range(30_001, 30_010)
ROW_TYPE, TABLE = 31_000, 32_000


def row(oid: int, name: str, kind: str = "b", **other: int | str) -> RawType:
    fields: dict[str, Any] = {
        "category": "U",
        "element": 0,
        "base": 0,
        "modifier": -1,
        "relation": 0,
        "delimiter": ",",
        "length": -1,
    }
    return RawType(oid=oid, schema="public", name=name, type_kind=kind, **(fields | other))


@pytest.fixture
def types() -> TypeCatalog:
    return TypeCatalog(
        types=[
            row(MOOD, "mood", "e"),
            row(MOODS, "_mood", category="A", element=MOOD),
            row(EMAIL, "email_type", "d", base=1043, modifier=54),
            row(PERIOD, "period", "r"),
            row(PERIODS, "multiperiod", "m"),
            row(ADDRESS, "address", "c", relation=TABLE),
            row(VECTOR, "vector"),
            row(POINT, "point"),
            row(LOOP, "loop", "d", base=LOOP),
            row(1007, "_int4", category="A", element=23),
            row(22, "int2vector", category="A", element=21),
        ],
        enums={MOOD: ["sad", "happy"]},
        ranges=[[PERIOD, 1082, PERIODS]],
        row_types={ROW_TYPE: TABLE},
        fields=lambda relation: [(25, -1), (EMAIL, -1)] if relation == TABLE else [],
    )


@pytest.mark.parametrize(
    ("type_id", "modifier", "expected"),
    [
        (25, -1, {"kind": "text"}),
        (1043, 24, {"kind": "text", "max_chars": 20}),
        (1043, -1, {"kind": "text"}),
        (1042, 14, {"kind": "text", "pad": True, "max_chars": 10}),
        (1042, -1, {"kind": "text", "pad": True}),
        (1700, -1, {"kind": "numeric"}),
        (1700, ((10 << 16) | 2) + 4, {"kind": "numeric", "precision": 10, "scale": 2}),
        (1700, ((3 << 16) | (-2 & 0x7FF)) + 4, {"kind": "numeric", "precision": 3, "scale": -2}),
        (1560, 8, {"kind": "bit", "length": 8}),
        (3802, -1, {"kind": "jsonb"}),
        (MOOD, -1, {"kind": "enum", "labels": ["sad", "happy"]}),
        (EMAIL, -1, {"kind": "text", "max_chars": 50}),
        (PERIOD, -1, {"kind": "range", "subtype": {"kind": "date"}}),
        (PERIODS, -1, {"kind": "multirange", "subtype": {"kind": "date"}}),
        (VECTOR, -1, {"kind": "vector"}),
        (POINT, -1, {"kind": "unknown"}),
        (22, -1, {"kind": "unknown"}),
        (99_999, -1, {"kind": "unknown"}),
        (LOOP, -1, {"kind": "unknown"}),
    ],
)
def test_types_are_described(
    types: TypeCatalog, type_id: int, modifier: int, expected: dict[str, Any]
) -> None:
    assert types.spec(type_id, modifier) == expected


def test_an_array_describes_its_elements(types: TypeCatalog) -> None:
    assert types.spec(MOODS) == {
        "kind": "array",
        "element": {"kind": "enum", "labels": ["sad", "happy"]},
        "element_oid": MOOD,
        "delimiter": ",",
    }
    assert types.spec(1007)["element"] == {"kind": "int4"}


@pytest.mark.parametrize("type_id", [ADDRESS, ROW_TYPE])
def test_a_composite_type_or_row_describes_its_fields(types: TypeCatalog, type_id: int) -> None:
    assert types.spec(type_id) == {
        "kind": "composite",
        "fields": [
            {"action": "scan", "type": {"kind": "text"}},
            {"action": "scan", "type": {"kind": "text", "max_chars": 50}},
        ],
    }


def test_names_are_known(types: TypeCatalog) -> None:
    assert types.name(MOOD) == "mood"
    assert types.name(1) == ""
