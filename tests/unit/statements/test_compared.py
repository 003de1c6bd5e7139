"""Which columns a statement compares with values of its own, or writes such values to."""

from __future__ import annotations

import pytest

from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog

LINEAGE = Lineage(sample_catalog())


def compared(sql: str) -> list[str]:
    """The base columns of what is compared, with `!` behind what can be nothing else."""
    (facts,) = read(sql)
    return [
        " ".join(
            [
                one.role,
                *sorted(f"{column.relation}.{column.name}" for column in origins.columns),
                "!" if origins.exact and origins.known and not origins.altered else "-",
            ]
        )
        for one, origins, _ in LINEAGE.compared(facts)
        if one.role != "compared" or not one.against
    ]


def made_up(condition: str) -> bool:
    """Whether a condition compares the e-mail address with what is made of values."""
    (facts,) = read(f"SELECT FROM staff, app.people p, (VALUES ('x')) v (x) WHERE {condition}")
    return any(constant for one, _, constant in LINEAGE.compared(facts) if one.name == "email")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT FROM public.customers WHERE email = 'x'", ["compared customers.email !"]),
        ("SELECT FROM staff s WHERE 'x' <> s.email", ["compared staff.email !"]),
        (
            "SELECT FROM staff WHERE EXISTS"
            " (SELECT FROM app.people WHERE phone = 'x' AND email = 'y')",
            ["compared employees.phone people.phone !", "compared staff.email !"],
        ),
        ("SELECT FROM (SELECT email AS e FROM staff) q WHERE e = 'x'", ["compared staff.email !"]),
        (
            "WITH q AS (SELECT * FROM staff) SELECT FROM q WHERE email = $1",
            ["compared staff.email !"],
        ),
        (
            "SELECT FROM staff WHERE id IN (SELECT id FROM app.people WHERE phone = 'x')",
            ["compared employees.phone people.phone !"],
        ),
        ("DELETE FROM staff WHERE email IN ('x', 'y')", ["compared staff.email !"]),
        (
            "SELECT FROM staff s JOIN app.people p ON s.id = p.id AND p.phone = 'x'",
            ["compared employees.phone people.phone !"],
        ),
        ("SELECT FROM app.orders WHERE total = '5'", ["compared orders.total orders.total !"]),
        # What can be something else than the column.
        (
            "SELECT FROM simple_view WHERE mail = 'x'",
            ["compared customers.email simple_view.mail -"],
        ),
        (
            "SELECT FROM (SELECT coalesce(email, 'x') AS e FROM staff) q WHERE e = 'x'",
            ["compared staff.email -"],
        ),
        (
            "SELECT FROM (SELECT email FROM staff UNION SELECT 'x') q WHERE email = 'x'",
            ["compared staff.email -"],
        ),
        (
            "WITH RECURSIVE t (r, s) AS (SELECT 'a', email FROM staff UNION ALL"
            " SELECT s, 'b' FROM t WHERE s <> 'b') SELECT FROM t",
            ["compared staff.email -"],
        ),
        ("SELECT FROM mystery() m (a) WHERE a = 'x'", ["compared -"]),
        ("SELECT FROM staff WHERE staff = 'x'", ["compared staff.email staff.id -"]),
    ],
)
def test_what_is_compared_is_followed_to_its_column(sql: str, expected: list[str]) -> None:
    assert sorted(compared(sql)) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO staff VALUES (1, 'x')", ["inserted staff.email !", "inserted staff.id !"]),
        ("INSERT INTO staff (email) SELECT 'x' FROM app.people", ["inserted staff.email !"]),
        ("UPDATE staff SET email = 'x' FROM app.people p", ["updated staff.email !"]),
        (
            "INSERT INTO staff (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET email = $1",
            ["inserted staff.id !", "updated staff.email !"],
        ),
        ("INSERT INTO unheard_of VALUES ('x')", ["inserted -"]),
        # Which of the two is meant is not known, so places mean nothing.
        ("INSERT INTO customers VALUES (1)", ["inserted -"]),
        (
            "WITH q AS (UPDATE staff SET email = 'x' RETURNING *) SELECT FROM q",
            ["updated staff.email !"],
        ),
    ],
)
def test_what_is_written_is_followed_to_its_column(sql: str, expected: list[str]) -> None:
    assert sorted(compared(sql)) == expected


@pytest.mark.parametrize(
    "condition",
    [
        "email = 'x' || 'y'",
        "lower('x') = email",
        "email = (SELECT 'x')",
        "email IN (SELECT unnest(ARRAY['x']))",
        "email IN (VALUES ('x'))",
        "email = ANY (string_to_array($1, ','))",
        "email = v.x",
        "(p.id, email) = (staff.id, v.x)",
        "email = (SELECT x FROM (SELECT 'x' AS x) q)",
        "email = mystery('x')",
        "email = current_user",
    ],
)
def test_values_are_known_in_any_disguise(condition: str) -> None:
    assert made_up(condition)


def test_joins_that_merge_columns_are_looked_at() -> None:
    values = "(VALUES ('x')) v (email)"
    for sql, expected in (
        (f"SELECT FROM staff JOIN {values} USING (email)", ["email"]),
        (f"SELECT FROM staff NATURAL JOIN {values}", ["email"]),
        ("SELECT FROM staff JOIN public.customers USING (email)", []),
        ("SELECT FROM staff NATURAL JOIN app.people, generate_series(1, 2) g (email)", ["email"]),
        ("SELECT FROM staff JOIN app.people USING (id), generate_series(1, 2) g", []),
    ):
        (facts,) = read(sql)
        found = [one.name for one, _, constant in LINEAGE.compared(facts) if constant]
        assert found == expected, sql


@pytest.mark.parametrize(
    "condition",
    ["email = 'x'", "email = p.phone", "email IN (SELECT phone FROM app.people)", "email > 'x'"],
)
def test_columns_are_no_made_up_values(condition: str) -> None:
    assert not made_up(condition)
