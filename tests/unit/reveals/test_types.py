"""Types as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from scrim.masking.types import check_type
from scrim.reveals.request import RequestError
from scrim.reveals.types import parse_type


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("text", {"kind": "text"}),
        ("varchar(40)", {"kind": "text", "max_chars": 40}),
        ("character varying( 40 )", {"kind": "text", "max_chars": 40}),
        ("CHAR(3)", {"kind": "text", "max_chars": 3, "pad": True}),
        ("bpchar", {"kind": "text", "max_chars": 1, "pad": True}),
        ("bigint", {"kind": "int8"}),
        ("numeric(12,2)", {"kind": "numeric", "precision": 12, "scale": 2}),
        ("numeric", {"kind": "numeric"}),
        ("timestamp with time zone", {"kind": "timestamptz"}),
        ("timestamp(3) without time zone", {"kind": "timestamp"}),
        ("time (3)", {"kind": "time"}),
        ("bit varying(7)", {"kind": "varbit", "length": 7}),
        ("uuid", {"kind": "uuid"}),
        ("int4[][]", {"kind": "array", "element": {"kind": "int4"}}),
    ],
)
def test_a_type_is_understood(text: str, spec: dict[str, Any]) -> None:
    assert parse_type(text) == spec
    check_type(parse_type(text))


@pytest.mark.parametrize(
    "text", ["", "json", "varchar(x)", "text(1", "int8[", "x" * 200, "text" + "[]" * 7, "with"]
)
def test_what_is_no_type_that_can_be_turned_back_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="--type"):
        parse_type(text)
