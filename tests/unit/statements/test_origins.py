from __future__ import annotations

import pytest

from scrim.domain.column import ColumnOrigin
from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog, spoken, traced, untraced


@pytest.mark.parametrize(
    ("expression", "altered"),
    [
        # Whole values, alone or beside others.
        ("email", ""),
        ("coalesce(email, name)", ""),
        ("nullif(email, '')", ""),
        ("greatest(email, name)", ""),
        ("CASE WHEN city = 'x' THEN email ELSE name END", ""),
        ("CASE city WHEN 'x' THEN email END", ""),
        ("(SELECT email)", ""),
        ("ARRAY(SELECT email)", ""),
        ("ARRAY[email, name]", ""),
        ("(ARRAY[email, name])[1]", ""),
        ("ROW(email, name)", ""),
        ("max(email)", ""),
        ("array_agg(email ORDER BY left(name, 1))", ""),
        ("string_agg(name, ',') FILTER (WHERE left(email, 1) = 'x')", "customers.name"),
        ("lag(email) OVER (ORDER BY left(name, 1))", ""),
        ("mode() WITHIN GROUP (ORDER BY email)", ""),
        ("jsonb_build_object('a', email)", ""),
        ("json_object('a': email)", ""),
        ("to_jsonb(c)", ""),
        ("to_jsonb(c) ->> 'email'", ""),
        ("c", ""),
        ("email::text", ""),
        ("email::varchar", ""),
        ('email COLLATE "C"', ""),
        ("btrim(email)", ""),
        ("trim(both from email)", ""),
        # What only measures or compares.
        ("length(email)", ""),
        ("count(left(email, 1))", ""),
        ("email IS NULL", ""),
        ("email = 'x' AND name LIKE 'y%'", ""),
        ("email IN ('x', name)", ""),
        ("email BETWEEN 'a' AND name", ""),
        ("email = ANY (ARRAY[name])", ""),
        ("sum(CASE WHEN city = 'x' THEN 1 ELSE 0 END)", ""),
        ("upper(CASE WHEN city = 'x' THEN name END)", "customers.name"),
        ("lpad(length(email)::text, 3)", ""),
        ("EXISTS (SELECT left(email, 1))", ""),
        # Parts, other spellings, and whatever nobody reviewed.
        ("upper(email)", "customers.email"),
        ("reverse(email)", "customers.email"),
        ("left(email, 3)", "customers.email"),
        ("left(coalesce(email, name), 3)", "customers.email customers.name"),
        ("coalesce(left(email, 3), name)", "customers.email"),
        ("length(repeat('x', ascii(email)))", "customers.email"),
        ("left(email, 1) = 'a'", "customers.email"),
        ("CASE left(email, 1) WHEN 'a' THEN 1 END", "customers.email"),
        ("email || ''", "customers.email"),
        ("email || ' ' || name", "customers.email customers.name"),
        ("concat(email, name)", "customers.email customers.name"),
        ("string_agg(email, ', ')", "customers.email"),
        ("btrim(email, 'abc')", "customers.email"),
        ("email::varchar(3)", "customers.email"),
        ('email::"char"', "customers.email"),
        ("email::name", "customers.email"),
        ("email::bytea", "customers.email"),
        ("email::int", "customers.email"),
        ("(c.email).upper", "customers.email"),
        ("json_object('a': email RETURNING bytea)", "customers.email"),
        ("reverse((SELECT email))", "customers.email"),
        ("xmlelement(name a, email)", "customers.email"),
        ("(left(email, 1))::text", "customers.email"),
        ("app.max(email)", "customers.email"),
    ],
)
def test_what_alters_a_value_is_told_from_what_keeps_it_whole(
    expression: str, altered: str
) -> None:
    sql = f"SELECT {expression} FROM public.customers c"
    (facts,) = read(sql)
    (origin,) = Lineage(sample_catalog(functions=[["app", "max", "citext"]])).resolve(
        facts, untraced(1)
    )
    assert spoken(ColumnOrigin(origin.altered, known=True)) == altered


@pytest.mark.parametrize(
    ("sql", "altered"),
    [
        ("SELECT x FROM (SELECT left(email, 1) AS x FROM public.customers) q", "customers.email"),
        (
            "WITH q (x) AS (SELECT left(email, 1) FROM public.customers) SELECT x FROM q",
            "customers.email",
        ),
        (
            "SELECT name FROM public.customers UNION SELECT left(email, 1) FROM public.customers",
            "customers.email",
        ),
        ("SELECT x FROM public.customers, unnest(ARRAY[email]) x", ""),
        ("SELECT x FROM public.customers, regexp_split_to_table(email, 'a') x", "customers.email"),
        ("SELECT x.upper FROM public.customers, unnest(ARRAY[email]) x", "customers.email"),
        (
            "SELECT x.a FROM public.customers, XMLTABLE('/a' PASSING name COLUMNS a text) x",
            "customers.name",
        ),
        ("SELECT j.a FROM (public.staff s (a, b) JOIN public.orders o ON true) j", ""),
        ("SELECT mail FROM public.simple_view WHERE false UNION SELECT 'x'", "customers.email"),
        ("SELECT short || '' FROM public.computed", "computed.email computed.short"),
    ],
)
def test_an_altered_value_stays_altered_on_its_way(sql: str, altered: str) -> None:
    (facts,) = read(sql)
    (origin,) = Lineage(sample_catalog()).resolve(facts, untraced(1))
    assert spoken(ColumnOrigin(origin.altered, known=True)) == altered


def test_a_generated_column_and_a_view_are_made_of_what_they_alter() -> None:
    (facts,) = read("SELECT short FROM public.computed")
    (origin,) = Lineage(sample_catalog()).resolve(facts, [traced("public", "computed", 3)])
    assert (spoken(ColumnOrigin(origin.altered, known=True)), origin.unchanged) == (
        "computed.email",
        False,
    )


def test_storing_what_is_made_of_the_column_itself_is_told() -> None:
    (facts,) = read("UPDATE public.customers SET email = reverse(email)")
    ((_, _, origin),) = Lineage(sample_catalog()).stored(facts)
    assert spoken(origin) == ""
    assert spoken(ColumnOrigin(origin.altered, known=True)) == "customers.email"
    (facts,) = read("UPDATE public.customers SET email = coalesce($1, email)")
    assert Lineage(sample_catalog()).stored(facts) == []
