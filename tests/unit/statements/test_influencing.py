"""Which base columns decide about a statement's rows, and beside what they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scrim.statements.facts import read
from scrim.statements.influencing import strands
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog

if TYPE_CHECKING:
    from scrim.statements.influencing import Influenced

LINEAGE = Lineage(sample_catalog())


def found(sql: str) -> list[Influenced]:
    (facts,) = read(sql)
    return LINEAGE.influenced(facts)


def columns(sql: str) -> dict[str, set[str]]:
    """Return the columns by the form of the influence."""
    result: dict[str, set[str]] = {}
    for one in found(sql):
        names = {f"{column.relation}.{column.name}" for column in one.columns}
        result.setdefault(one.influence.form, set()).update(names)
    return result


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM customers WHERE email = 'x'", {"equal": {"customers.email"}}),
        (
            "SELECT 1 FROM simple_view WHERE mail = 'x'",
            {"equal": {"customers.email", "simple_view.mail"}},
        ),
        (
            "SELECT 1 FROM (SELECT id, email AS m FROM public.customers) c WHERE m LIKE 'x'",
            {"compare": {"customers.email"}},
        ),
        (
            "WITH w AS (SELECT lower(email) AS m FROM public.staff) SELECT 1 FROM w WHERE m < 'x'",
            {"compare": {"staff.email"}},
        ),
        (
            "SELECT 1 FROM app.employees e WHERE EXISTS (SELECT 1 FROM public.staff s "
            "WHERE s.id = e.id AND e.salary > 5)",
            {
                "columns": {"staff.id", "employees.id", "people.id"},
                "compare": {"employees.salary"},
            },
        ),
        (
            "SELECT 1 FROM app.people p JOIN app.employees e USING (phone)",
            {"merged": {"people.phone", "employees.phone"}},
        ),
        ("SELECT id FROM app.employees ORDER BY salary", {"sort": {"employees.salary"}}),
        ("SELECT salary AS x FROM app.employees ORDER BY 1", {"sort": {"employees.salary"}}),
        (
            "SELECT upper(phone) AS x FROM app.people ORDER BY x",
            {"sort": {"people.phone", "employees.phone"}},
        ),
        # The result's column goes before that of a source.
        ("SELECT salary AS id FROM app.employees ORDER BY id", {"sort": {"employees.salary"}}),
        (
            "SELECT id AS x, count(*) AS n FROM public.staff GROUP BY 1 ORDER BY n",
            {"group": {"staff.id"}},
        ),
        (
            "SELECT phone, count(*) AS employees FROM app.employees GROUP BY 1 ORDER BY employees",
            {"group": {"employees.phone", "people.phone"}},
        ),
        ("SELECT id, (SELECT count(*) FROM public.staff) AS n FROM app.employees ORDER BY n", {}),
        (
            "SELECT phone, count(*) FROM app.employees GROUP BY phone ORDER BY count",
            {"group": {"employees.phone", "people.phone"}},
        ),
        (
            "SELECT max(salary) FROM app.employees ORDER BY max",
            {"group": {"employees.salary"}, "sort": {"employees.salary"}},
        ),
        (
            "SELECT lower(phone) AS p FROM app.employees GROUP BY p",
            {"group": {"employees.phone", "people.phone"}},
        ),
        # A column of a source goes before the result's.
        (
            "SELECT lower(phone) AS salary FROM app.employees GROUP BY salary",
            {"group": {"employees.phone", "people.phone", "employees.salary"}},
        ),
        (
            "SELECT salary FROM app.employees UNION SELECT id FROM public.staff",
            {"set": {"employees.salary", "staff.id"}},
        ),
        (
            "SELECT id FROM public.staff LIMIT (SELECT max(salary) FROM app.employees)",
            {"limit": {"employees.salary"}, "group": {"employees.salary"}},
        ),
        (
            "SELECT g FROM app.employees e, generate_series(1, e.salary) g",
            {"rows": {"employees.salary"}},
        ),
        ("UPDATE app.employees SET id = id WHERE salary > 5", {"compare": {"employees.salary"}}),
        ("DELETE FROM app.employees WHERE salary > 5", {"compare": {"employees.salary"}}),
        ("SELECT 1 FROM app.employees WHERE salary IS NULL", {}),
        ("SELECT count(*), max(salary) FROM app.employees", {"group": {"employees.salary"}}),
    ],
)
def test_influences_are_resolved_to_base_columns(sql: str, expected: dict[str, set[str]]) -> None:
    assert columns(sql) == expected


def test_columns_of_one_row_are_told_from_those_of_several() -> None:
    for condition, one_row in (
        ("e.salary > e.id * 1", True),
        ("salary > e.id * 1", True),
        ("e.salary > s.id * 1", False),
        ("e.salary > (SELECT 1)", False),
        ("e.salary > g.g * 1", False),
    ):
        sql = (
            "SELECT 1 FROM app.employees e, public.staff s, generate_series(1, 9) g "
            f"WHERE {condition}"
        )
        assert [one.one_row for one in found(sql)] == [one_row], condition


@pytest.mark.parametrize(
    ("source", "one_row"),
    [
        ("SELECT salary, id FROM app.employees", True),
        ("SELECT abs(salary) AS salary, id FROM app.employees WHERE id > 1", True),
        ("SELECT * FROM (SELECT salary, id FROM app.employees) s", True),
        ("SELECT max(salary) AS salary, max(id) AS id FROM app.employees GROUP BY phone", True),
        ("SELECT e.salary, s.id FROM app.employees e, public.staff s", False),
        ("SELECT a.salary, b.id FROM app.employees a, app.employees b", False),
        ("SELECT salary, generate_series(1, 5) AS id FROM app.employees", False),
        ("SELECT salary, (SELECT max(id) FROM public.staff) AS id FROM app.employees", False),
        ("SELECT first_value(salary) OVER () AS salary, id FROM app.employees", False),
        ("SELECT salary, row_number() OVER () AS id FROM app.employees", False),
        ("SELECT salary, random() AS id FROM app.employees", False),
        ("SELECT salary, id FROM app.employees UNION ALL SELECT 1, 2", False),
    ],
)
def test_rows_of_a_subquery_are_of_one_relation(source: str, one_row: bool) -> None:
    for sql in (
        f"SELECT salary / id FROM ({source}) x",
        f"WITH x AS ({source}) SELECT salary / id FROM x",
        f"WITH x AS ({source}), y AS (TABLE x) SELECT salary / id FROM y",
    ):
        combined = [one for one in found(sql) if one.influence.form in {"combined", "sort"}]
        assert [one.one_row for one in combined] == [one_row], sql


def test_a_column_of_several_queries_keeps_them_apart() -> None:
    sql = (
        "SELECT 1 FROM (SELECT salary AS x FROM app.employees UNION ALL "
        "SELECT id FROM public.staff UNION ALL SELECT 5) z ORDER BY x"
    )
    (one,) = [one for one in found(sql) if one.influence.form == "sort"]
    kept = {frozenset(column.name for column in strand) for strand in strands(one.parts)}
    assert kept == {frozenset({"salary"}), frozenset({"id"}), frozenset()}


def test_what_is_not_understood_is_not_known() -> None:
    for condition in ("unheard_of(salary) > 5", "nobody.knows > 5", "salary > query_to_xml('x')"):
        (one,) = found(f"SELECT 1 FROM app.employees WHERE {condition}")
        assert (one.known, one.varies) == (False, True), condition


def test_what_varies_is_told() -> None:
    for condition, varies in (
        ("salary * 2 > 5", False),
        ("abs(salary) > 5", False),
        ("salary > random() * 5", True),
        ("salary > current_setting('x')::int", True),
        ("salary > (SELECT 5)", True),
    ):
        (one,) = found(f"SELECT 1 FROM app.employees WHERE {condition}")
        assert one.varies is varies, condition


def test_a_function_of_the_users_is_not_one_of_the_servers() -> None:
    catalog = sample_catalog(functions=[("public", "abs", None)])
    (facts,) = read("SELECT 1 FROM app.employees WHERE abs(salary) > 5")
    (one,) = Lineage(catalog).influenced(facts)
    assert (one.known, one.varies) == (False, True)
