"""Columns count as those of one row where nobody can choose what stands beside them."""

from __future__ import annotations

import pytest

from scrim.domain.column import ResultField, RowPlace
from scrim.statements.copying import copy_target
from scrim.statements.facts import read
from scrim.statements.rows import row_places
from tests.unit.statements.sample_schema import identifiers, sample_catalog, traced, untraced

CATALOG = sample_catalog()
CUSTOMERS = identifiers()["public", "customers"]
ORDERS = identifiers()["public", "orders"]
BOTH = [traced("public", "customers", 1), traced("public", "customers", 4)]


def places(sql: str, fields: list[ResultField] | None = None) -> list[RowPlace | None]:
    (facts,) = read(sql)
    return row_places(CATALOG, facts, BOTH if fields is None else fields)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, city FROM customers",
        "SELECT c.id AS a, c.city AS b FROM public.customers AS c WHERE id = $1 ORDER BY 2",
        "SELECT id, city FROM (SELECT * FROM customers) AS inside",
        "WITH few AS (SELECT * FROM customers) SELECT id, city FROM few",
        "SELECT c.id, c.city FROM customers c JOIN orders o ON o.customer_id = c.id",
        "SELECT c.id, c.city FROM customers c LEFT JOIN orders o USING (id)",
        "SELECT DISTINCT id, city FROM customers GROUP BY id, city",
        "SELECT id, city FROM customers, generate_series(1, 3)",
        # What a subquery in an expression reads is no column that the store traces.
        "SELECT id, city FROM customers WHERE id IN (SELECT id FROM customers)",
        "DECLARE c CURSOR FOR SELECT id, city FROM customers",
        "PREPARE p AS SELECT id, city FROM customers",
        "COPY customers (id, city) TO STDOUT",
    ],
)
def test_columns_of_a_relation_that_is_read_once_are_of_one_row(sql: str) -> None:
    assert places(sql) == [(CUSTOMERS, "id"), (CUSTOMERS, "city")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.id, b.city FROM customers a, customers b",
        "SELECT a.id, b.city FROM customers a JOIN customers b ON a.id <> b.id",
        "SELECT a.id, b.city FROM customers a, LATERAL (SELECT city FROM customers) b",
        "SELECT a.id, b.city FROM (SELECT id FROM customers) a, (SELECT city FROM customers) b",
        "WITH c AS (SELECT * FROM customers) SELECT a.id, b.city FROM c a, c b",
        "WITH c AS (SELECT * FROM customers) SELECT c.id, customers.city FROM c, customers",
        "WITH RECURSIVE c AS (SELECT * FROM customers) SELECT id, city FROM c",
        "SELECT j.* FROM (customers a CROSS JOIN customers b) AS j",
        "SELECT a.id, a.city FROM customers a JOIN customers b USING (id) AS j",
        "SELECT id, city FROM customers UNION ALL SELECT id, city FROM customers",
        "UPDATE customers SET id = 7 RETURNING id, city",
        "INSERT INTO customers (id, city) VALUES (7, 'x') RETURNING id, city",
        "DELETE FROM customers RETURNING id, city",
        "WITH w AS (UPDATE customers SET id = 7 RETURNING *) SELECT id, city FROM w",
        "EXPLAIN SELECT id, city FROM customers",
        "VALUES (1, 2)",
    ],
)
def test_rows_that_somebody_may_have_put_together_do_not_count(sql: str) -> None:
    assert places(sql) == [None, None]


def test_columns_of_two_relations_are_of_two_rows() -> None:
    fields = [traced("public", "customers", 1), traced("public", "orders", 2)]
    found = places("SELECT c.id, o.customer_id FROM customers c, orders o", fields)
    assert found == [(CUSTOMERS, "id"), (ORDERS, "customer_id")]


def test_what_is_computed_stands_in_no_row() -> None:
    assert places("SELECT 7 AS id, city FROM customers", [*untraced(1), BOTH[1]]) == [
        None,
        (CUSTOMERS, "city"),
    ]
    system = [ResultField("ctid", CUSTOMERS, -1, 27, -1), ResultField("c", CUSTOMERS, 0, 25, -1)]
    assert places("SELECT ctid, c FROM customers c", system) == [None, None]
    assert row_places(CATALOG, None, BOTH) == [None, None]
    unheard = [ResultField("a", 999_999, 1, 25, -1), ResultField("a", CUSTOMERS, 99, 25, -1)]
    assert places("SELECT * FROM customers", unheard) == [None, None]


def test_the_query_of_a_copy_is_looked_at() -> None:
    sql = b"COPY (SELECT a.id, b.city FROM customers a, customers b) TO STDOUT"
    (facts,) = read(sql.decode())
    target = copy_target(facts, sql)
    assert target is not None
    assert row_places(CATALOG, target.facts, BOTH) == [None, None]
