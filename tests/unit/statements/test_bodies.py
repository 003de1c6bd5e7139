from __future__ import annotations

import json

import pytest

from scrim.domain.column import ResultField
from scrim.statements.catalog import Catalog
from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_snapshot, spoken, untraced

ATOMIC = (
    "CREATE OR REPLACE FUNCTION public.{0}({1}) RETURNS text LANGUAGE sql\n"
    "BEGIN ATOMIC\n {2};\nEND\n"
)
_ROUTINES = {
    # Name: whether it gives rows, its columns in FROM, its body, its arguments.
    "one": (False, [], "SELECT 1", []),
    "mail_of": (False, [], "SELECT email FROM public.staff WHERE id = wanted", ["wanted"]),
    "by_number": (False, [], "SELECT email FROM public.staff WHERE id = $1", []),
    "qualified": (False, [], "SELECT qualified.email FROM public.orders", ["email"]),
    "column_first": (False, [], "SELECT email FROM public.staff", ["email"]),
    "initial": (False, [], "SELECT left(name, 1)", ["name"]),
    "all_staff": (True, ["id", "email"], "SELECT * FROM public.staff", []),
    "two_steps": (False, [], "SELECT id FROM public.orders; SELECT email FROM public.staff", []),
    "atomic": (
        False,
        [],
        ATOMIC.format("atomic", "n int", "SELECT email FROM public.staff WHERE id = atomic.n"),
        ["n"],
    ),
    "loud": (
        False,
        [],
        "CREATE FUNCTION public.loud(a text) RETURNS text LANGUAGE sql RETURN upper(a)",
        ["a"],
    ),
    "outer_one": (False, [], "SELECT mail_of(1)", []),
    # What is not read.
    "dense_rank": (False, [], "SELECT given", ["given"]),
    "loops": (False, [], "SELECT loops()", []),
    "writes": (False, [], "INSERT INTO public.staff VALUES (1) RETURNING email", []),
    "hides": (False, [], "SELECT mystery()", []),
    "broken": (False, [], "SELECT FROM WHERE", []),
    "several": (
        False,
        [],
        ATOMIC.format("several", "", "SELECT 1;\n SELECT email FROM public.staff"),
        [],
    ),
    "elsewhere": (False, [], None, []),
    "operates": (False, [], "SELECT email <<>> 'x' FROM public.staff", []),
}


def lineage(*others: tuple[str, str]) -> Lineage:
    """The lineage of a catalog with the functions, and with others of some names."""
    rows = [
        [30_000 + place, "public", name, gives_rows, columns, body, arguments, None]
        for place, (name, (gives_rows, columns, body, arguments)) in enumerate(_ROUTINES.items())
    ]
    rows += [
        [31_000 + place, "app", name, False, [], body, [], None]
        for place, (name, body) in enumerate(others)
    ]
    functions = sorted({(str(row[1]), str(row[2])) for row in rows})
    listed = [(*function, None) for function in functions]
    snapshot = sample_snapshot(functions=listed, operators=[["public", "<<>>", None]])
    return Lineage(Catalog.from_json(json.dumps(snapshot | {"routines": rows})))


def origin(sql: str, *others: tuple[str, str]) -> str:
    (facts,) = read(sql)
    return spoken(lineage(*others).resolve(facts, untraced(1))[0])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT one()", ""),
        ("SELECT one() FROM public.customers", ""),
        ("SELECT mail_of(1)", "staff.email"),
        ("SELECT mail_of(id) FROM public.customers", "customers.id staff.email"),
        ("SELECT public.mail_of(1)", "staff.email"),
        ("SELECT by_number(1)", "staff.email"),
        ("SELECT qualified('x')", ""),
        ("SELECT qualified(city) FROM public.customers", "customers.city"),
        ("SELECT column_first('x')", "staff.email"),
        ("SELECT initial(email) FROM public.customers", "customers.email"),
        ("SELECT two_steps()", "staff.email"),
        ("SELECT atomic(1)", "staff.email"),
        ("SELECT loud(city) FROM public.customers", "customers.city"),
        ("SELECT outer_one()", "staff.email"),
        ("SELECT lower(x) FROM mail_of(1) x", "staff.email"),
        ("SELECT id + 1 FROM all_staff()", "staff.id"),
        ("SELECT lower(a.email) FROM all_staff() a", "staff.email"),
        ("SELECT a FROM all_staff() a", "staff.email staff.id"),
        ("EXPLAIN SELECT mail_of(1)", "staff.email"),
    ],
)
def test_a_function_in_sql_is_made_of_its_body_and_what_it_is_given(
    sql: str, expected: str
) -> None:
    assert origin(sql) == expected


@pytest.mark.parametrize(
    "name", ["dense_rank", "loops", "writes", "hides", "broken", "several", "elsewhere", "operates"]
)
def test_a_body_that_is_not_understood_makes_the_function_unknown(name: str) -> None:
    assert origin(f"SELECT {name}() FROM public.orders").endswith("?")
    assert origin(f"SELECT {name} FROM {name}()").endswith("?")


def test_every_function_of_a_name_counts() -> None:
    other = ("one", "SELECT total FROM public.orders")
    assert origin("SELECT one()", other) == "orders.total"
    assert origin("SELECT public.one()", other) == ""
    assert origin("SELECT one()", ("one", "SELECT mystery()")).endswith("?")


def test_rows_of_a_function_keep_their_columns_apart() -> None:
    (facts,) = read("SELECT *, 1 FROM all_staff()")
    fields = [ResultField(name, 0, 0, 25, -1) for name in ("id", "email", "x")]
    found = [spoken(one) for one in lineage().resolve(facts, fields)]
    assert found == ["staff.id", "staff.email", ""]


def test_what_goes_through_a_body_is_altered() -> None:
    (facts,) = read("SELECT initial(email) FROM public.customers")
    (found,) = lineage().resolve(facts, untraced(1))
    assert found.altered == found.columns


def test_conditions_in_a_body_influence_the_rows() -> None:
    (facts,) = read("SELECT count(*) FROM mail_of(7)")
    found = lineage().influences(facts)
    assert {kind: spoken(one.to_origin()) for kind, one in found.items()} == {
        "filter": "staff.email staff.id"
    }
