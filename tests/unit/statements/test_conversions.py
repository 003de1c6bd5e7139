"""Which expressions read a value as something that the schema defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.statements.conversions import converts_by_schema
from scrim.statements.facts import read

if TYPE_CHECKING:
    from tests.unit.statements.conftest import Sample


def converts(sample: Sample, expression: str) -> bool:
    (facts,) = read(f"SELECT {expression} FROM app.people p")
    assert facts.query is not None
    return any(converts_by_schema(one.flow, sample.catalog) for one in facts.query.asks)


@pytest.mark.parametrize(
    "expression",
    [
        "mail::app.email",
        "mail::email",
        "upper(mail::text::mood::text)",
        "ARRAY[mail]::mood[]",
        "mail::nobody_knows",
        "ROW(mail, 1)::address",
        "ROW(mail, 1)::people",
        "email(mail)",
        "nobody_knows(mail)",
        "(mail).email",
        "(lower(mail)).nobody_knows",
        "mail::regclass",
        "mail::pg_catalog.regtype",
        "to_regclass(mail)",
        "pg_relation_size(lower(mail))",
        "current_setting(mail)",
        "mail::email = 'x'",
    ],
)
def test_definitions_decide_about_these(sample: Sample, expression: str) -> None:
    assert converts(sample, expression)


@pytest.mark.parametrize(
    "expression",
    [
        "mail::text, mail::varchar(3), mail::pg_catalog.text, id::bigint, price::numeric(9, 1)",
        "upper(mail), sqrt(id), price / (price - id), length(mail::text)",
        "(home).street, (p).mail, ((p).home).number",
        "'x'::mood, NULL::app.email, pg_typeof(mail), app.answer(id)",
        "mail = 'x'::text, tags[1], to_jsonb(p)",
    ],
)
def test_nothing_but_the_value_decides_about_these(sample: Sample, expression: str) -> None:
    assert not converts(sample, expression)


def test_types_of_extensions_read_values_in_one_way(sample: Sample) -> None:
    assert not converts(sample, f"mail::{sample.extension}")
