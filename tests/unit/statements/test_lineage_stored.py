"""What statements store of other data."""

from __future__ import annotations

import pytest

from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.unit.statements.sample_schema import sample_catalog, spoken


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders (note) VALUES (1 ### 1)",
        "INSERT INTO orders (note) SELECT 1 ### 1",
        "UPDATE orders SET note = 1 ### 1",
        "UPDATE orders SET note = ROW(1)::leaking::text",
        "MERGE INTO orders USING orders o ON true WHEN MATCHED THEN UPDATE SET note = 1 ### 1",
    ],
)
def test_what_users_operators_and_casts_give_is_not_stored_as_known(sql: str) -> None:
    catalog = sample_catalog(
        operators=[["public", "###", None, False], ["public", "=", None, True]],
        casts=[["leaking", "e", None]],
    )
    (facts,) = read(sql)
    assert any(not origin.known for _, _, origin in Lineage(catalog).stored(facts))
    (facts,) = read("UPDATE orders SET note = 'x' WHERE id = 1")
    assert not Lineage(catalog).stored(facts)


def test_what_explain_would_store_counts() -> None:
    (facts,) = read("EXPLAIN ANALYZE CREATE TABLE t AS SELECT email FROM public.staff")
    assert Lineage(sample_catalog()).stored(facts)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO orders VALUES (1, $1)", []),
        ("UPDATE public.customers SET name = coalesce($1, name)", []),
        ("UPDATE public.customers SET name = name || 'x'", [("customers", "name", "")]),
        # A name that can mean two relations may take the value from one to the other.
        ("UPDATE orders SET total = total + 1", [("orders", "total", "orders.total orders.total")]),
        ("UPDATE public.customers SET name = email", [("customers", "name", "customers.email")]),
        (
            "INSERT INTO orders (total) SELECT email FROM public.customers",
            [("orders", "total", "customers.email")],
        ),
        (
            "INSERT INTO public.customers (id, email) SELECT 7, c.email FROM public.customers c",
            [],
        ),
        (
            "INSERT INTO public.customers (email) VALUES ((SELECT email FROM public.customers))",
            [],
        ),
        (
            "WITH c AS (SELECT email AS e FROM public.customers) "
            "INSERT INTO public.customers (email) SELECT e FROM c ON CONFLICT DO NOTHING",
            [],
        ),
        # Nothing says where each value goes, or it is another column, relation, or value.
        (
            "INSERT INTO public.customers SELECT 7, email, name FROM public.customers",
            [
                ("customers", "email", "customers.email"),
                ("customers", "name", "customers.name"),
            ],
        ),
        (
            "INSERT INTO public.customers (email, name) SELECT name, email FROM public.customers",
            [("customers", "email", "customers.name"), ("customers", "name", "customers.email")],
        ),
        (
            "INSERT INTO public.customers (name) SELECT email AS name FROM public.customers",
            [("customers", "name", "customers.email")],
        ),
        (
            "INSERT INTO public.customers (email, name) "
            "SELECT c.* FROM (SELECT name, email FROM public.customers) c",
            [("customers", "name", "customers.name"), ("customers", "email", "customers.email")],
        ),
        (
            "INSERT INTO public.customers (email, name) SELECT email, name FROM public.customers "
            "UNION ALL SELECT name, email FROM public.customers",
            [
                ("customers", "email", "customers.email customers.name"),
                ("customers", "name", "customers.email customers.name"),
            ],
        ),
        (
            "INSERT INTO public.customers (email) SELECT reverse(email) FROM public.customers",
            [("customers", "email", "customers.email")],
        ),
        (
            "INSERT INTO customers (email) SELECT email FROM public.customers",
            [("customers", "email", "customers.email")],
        ),
        ("CREATE TABLE x AS SELECT count(*) FROM public.customers", []),
        (
            "CREATE VIEW x AS SELECT lower(email) AS e FROM public.customers",
            [("x", "e", "customers.email")],
        ),
        (
            "INSERT INTO staff VALUES (1) ON CONFLICT (id) DO UPDATE SET email = excluded.email",
            [],
        ),
        ("CREATE TABLE x AS EXECUTE p", [("x", None, "?")]),
        ("SELECT email INTO x FROM public.customers", [("x", "email", "customers.email")]),
        (
            "PREPARE p AS SELECT email INTO x FROM public.customers",
            [("x", "email", "customers.email")],
        ),
        (
            "EXPLAIN ANALYZE CREATE TABLE x AS SELECT email FROM public.customers",
            [("x", "email", "customers.email")],
        ),
        # Only the first branch can say `INTO`.
        (
            "SELECT 'a' AS e INTO x UNION ALL SELECT email FROM public.customers",
            [("x", "e", "customers.email")],
        ),
        (
            "WITH w AS (INSERT INTO orders (total) SELECT email FROM public.customers) SELECT 1",
            [("orders", "total", "customers.email")],
        ),
    ],
)
def test_what_is_stored_from_other_data_is_found(
    sql: str, expected: list[tuple[str, str | None, str]]
) -> None:
    (facts,) = read(sql)
    found = [
        (relation.name if relation else "", column, spoken(origin))
        for relation, column, origin in Lineage(sample_catalog()).stored(facts)
    ]
    assert found == expected
