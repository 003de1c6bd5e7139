from __future__ import annotations

import pytest

from scrim.domain.column import ResultField
from scrim.statements.facts import read
from scrim.statements.lineage import resolve
from tests.unit.statements.sample_schema import (
    customer,
    sample_catalog,
    spoken,
    traced,
    untraced,
)

CUSTOMERS = "customers.city customers.email customers.id customers.name"  # of public


def origins(sql: str, count: int = 1) -> list[str]:
    """Where each column of a result comes from, when the data store traces none of them."""
    (facts,) = read(sql)
    return [spoken(origin) for origin in resolve(facts, sample_catalog(), untraced(count))]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # What holds no data is clean.
        ("SELECT count(*) FROM public.customers", ""),
        ("SELECT count(DISTINCT email) FROM public.customers", ""),
        ("SELECT count(*) FROM (SELECT email FROM public.customers) x", ""),
        ("SELECT 1 FROM public.customers", ""),
        ("SELECT $1::text || 'x' FROM public.customers", ""),
        ("SELECT now() FROM public.customers", ""),
        ("SELECT current_user FROM public.customers", ""),
        ("SELECT row_number() OVER (ORDER BY email) FROM public.customers", ""),
        ("SELECT EXISTS (SELECT 1 FROM public.customers)", ""),
        ("SELECT (SELECT count(*) FROM public.customers)", ""),
        ("SELECT GROUPING(email) FROM public.customers GROUP BY CUBE (email)", ""),
        ("SELECT nextval('s')", ""),
        # A masked value shows as well that there is one.
        ("SELECT email IS NULL FROM public.customers", ""),
        ("SELECT c.email IS NOT NULL FROM public.customers c", ""),
        # An expression is made of the columns in it.
        ("SELECT lower(email) FROM public.customers", "customers.email"),
        ("SELECT total + 1 FROM public.orders", "orders.total"),
        ("SELECT email || name FROM public.customers", "customers.email customers.name"),
        ("SELECT CASE WHEN email = 'x' THEN 1 ELSE 0 END FROM public.customers", "customers.email"),
        ("SELECT upper(email) IS NULL FROM public.customers", "customers.email"),
        ("SELECT array_agg(email ORDER BY name) FROM public.customers", "customers.email"),
        ("SELECT max(city) FILTER (WHERE email = 'x') FROM public.customers", "customers.city"),
        ("SELECT mode() WITHIN GROUP (ORDER BY email) FROM public.customers", "customers.email"),
        ("SELECT lag(email) OVER (ORDER BY id) FROM public.customers", "customers.email"),
        ("SELECT ARRAY[email] FROM public.customers", "customers.email"),
        ("SELECT ROW(email, id) FROM public.customers", "customers.email customers.id"),
        ("SELECT email::bytea FROM public.customers", "customers.email"),
        ("SELECT coalesce(email, 'x') FROM public.customers", "customers.email"),
        ("SELECT greatest(email, 'x') FROM public.customers", "customers.email"),
        ("SELECT xmlelement(name a, email) FROM public.customers", "customers.email"),
        ("SELECT json_object('a': email) FROM public.customers", "customers.email"),
        ("SELECT o.total || c.email FROM public.orders o JOIN public.customers c ON true",
         "customers.email orders.total"),
        ("SELECT lower(public.customers.email) FROM public.customers", "customers.email"),
        ("SELECT format('%s', \"email\") FROM public.customers", "customers.email"),
        ('SELECT lower(U&"\\0065mail") FROM public.customers', "customers.email"),
        # Whole rows.
        ("SELECT row_to_json(c) FROM public.customers c", CUSTOMERS),
        ("SELECT c FROM public.customers c", CUSTOMERS),
        ("SELECT to_jsonb(c.*) FROM public.customers c", CUSTOMERS),
        ("SELECT (c).email || '' FROM public.customers c", "customers.email"),
        ("SELECT (c.*).email || '' FROM public.customers c", "customers.email"),
        ("SELECT (email).field FROM public.customers", "customers.email"),
        ("SELECT (email).field FROM public.staff AS email", "staff.email"),
        ("SELECT ROW(c.*) FROM public.customers c", CUSTOMERS),
        ("SELECT (c.*)::text FROM public.customers c", CUSTOMERS),
        ("SELECT json_agg(x) FROM (SELECT email FROM public.customers) x", "customers.email"),
        ("SELECT (c.email).upper FROM public.customers c", "customers.email"),
        ("SELECT j.key || '' FROM jsonb_each('{}') j", ""),
        ("SELECT (SELECT to_json(c) FROM orders AS o (id, r) LIMIT 1) FROM public.customers c",
         f"customers.city {CUSTOMERS[15:]} orders.customer_id orders.id orders.id orders.total "
         "orders.total"),
        ("SELECT lower(c.ctid) FROM (SELECT email AS ctid FROM public.customers) c",
         "customers.email"),
        ("SELECT lower(ctid) FROM (SELECT email AS ctid FROM public.customers) c",
         "customers.email"),
        ("SELECT c.ctid::text FROM public.customers c", ""),
        # Columns with other names.
        ("SELECT lower(b) FROM public.customers AS c (a, b)", "customers.email"),
        ("SELECT lower(x.m) FROM (SELECT email FROM public.customers) x (m)", "customers.email"),
        ("SELECT lower(m) FROM (SELECT email AS m, id FROM public.customers) x", "customers.email"),
        ("SELECT lower(x) FROM (VALUES ('a'), ('b')) v (x)", ""),
        ("SELECT lower(column1) FROM (VALUES ((SELECT email FROM public.customers))) v",
         "customers.email"),
        # Table expressions.
        ("WITH x AS (SELECT email AS e FROM public.customers) SELECT lower(e) FROM x",
         "customers.email"),
        ("WITH x (e) AS (SELECT email FROM public.customers) SELECT lower(e) FROM x",
         "customers.email"),
        ("WITH customers AS (SELECT 1 AS email) SELECT lower(email) FROM customers", ""),
        ("WITH x AS (SELECT 1 AS email) SELECT (SELECT lower(email) FROM public.customers)",
         "customers.email"),
        ("WITH x AS (SELECT * FROM public.customers), y AS (SELECT * FROM x) "
         "SELECT lower(email) FROM y", "customers.email"),
        ("WITH RECURSIVE x AS (SELECT id, email AS v FROM public.customers UNION ALL "
         "SELECT x.id, name FROM x, public.customers) SELECT lower(v) FROM x",
         "customers.email customers.name"),
        ("WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n + 1 FROM x",
         ""),
        ("WITH x AS (DELETE FROM public.customers RETURNING *) SELECT lower(email) FROM x",
         "customers.email"),
        # Set operations.
        ("SELECT city FROM public.customers UNION SELECT email FROM public.customers",
         "customers.city customers.email"),
        ("SELECT 1 UNION SELECT 2", ""),
        ("SELECT lower(c) FROM (SELECT city AS c FROM public.customers INTERSECT "
         "SELECT email FROM public.customers) x", "customers.city customers.email"),
        ("TABLE public.staff EXCEPT SELECT 1, 'x'", "staff.email staff.id"),
        # Subqueries.
        ("SELECT (SELECT max(email) FROM public.customers)", "customers.email"),
        ("SELECT ARRAY(SELECT email FROM public.customers)", "customers.email"),
        ("SELECT 'x' = ANY (SELECT email FROM public.customers)", "customers.email"),
        ("SELECT (SELECT lower(c.email)) FROM public.customers c", "customers.email"),
        ("SELECT (SELECT email || o.total FROM public.customers LIMIT 1) FROM public.orders o",
         "customers.email orders.total"),
        # Rows from functions.
        ("SELECT g + 1 FROM generate_series(1, 3) g", ""),
        ("SELECT lower(u) FROM public.customers c, unnest(ARRAY[c.email]) u", "customers.email"),
        ("SELECT lower(x.e) FROM public.customers c, LATERAL (SELECT c.email AS e) x",
         "customers.email"),
        ("SELECT lower(v) FROM public.customers c, jsonb_each_text(to_jsonb(c)) AS j (k, v)",
         CUSTOMERS),
        # Joins.
        ("SELECT lower(email) FROM public.customers JOIN public.orders USING (id)",
         "customers.email"),
        ("SELECT id + 1 FROM public.customers FULL JOIN public.staff USING (id)",
         "customers.id staff.id"),
        # Views, inheritance and other schemas.
        ("SELECT lower(mail) FROM public.simple_view", "customers.email simple_view.mail"),
        ("SELECT n + 1 FROM public.simple_view", "simple_view.n"),
        ("SELECT lower(shown) FROM public.view_of_view",
         "customers.email simple_view.mail view_of_view.shown"),
        ("SELECT doc->>'a' FROM public.row_view", f"{CUSTOMERS} row_view.doc"),
        ("SELECT total + 1 FROM app.orders", "orders.total orders.total"),
        ("SELECT lower(phone) FROM app.people", "employees.phone people.phone"),
        ("SELECT lower(phone) FROM app.employees", "employees.phone people.phone"),
        ("SELECT salary + 1 FROM app.employees", "employees.salary"),
        ("SELECT lower(code) FROM customers", "customers.code"),
        ("SELECT id + 1 FROM customers", "customers.id customers.id"),
        ("SELECT lower(short) FROM computed", "computed.email computed.short"),
        # The system's own relations.
        ("SELECT lower(relname) FROM pg_class", ""),
        ("SELECT tablename || '' FROM pg_stats", ""),
        ("SELECT most_common_vals::text FROM pg_stats", "pg_stats.most_common_vals ?"),
        ("SELECT row_to_json(s) FROM pg_stats s", "pg_stats.most_common_vals ?"),
        ("SELECT ctid::text FROM public.customers", ""),
        # What changes rows.
        ("UPDATE public.customers SET city = 'x' RETURNING lower(email)", "customers.email"),
        ("DELETE FROM public.customers c RETURNING old.email || 'x'", "customers.email"),
        ("INSERT INTO public.staff VALUES (1, 'x') RETURNING lower(email)", "staff.email"),
        ("UPDATE public.orders o SET total = 1 FROM public.customers c RETURNING lower(c.email)",
         "customers.email"),
        # Statements that are not queries.
        ("SHOW server_version", ""),
        ("EXPLAIN SELECT * FROM public.staff", ""),
        ("EXPLAIN SELECT email FROM public.staff WHERE id > 5", "staff.id"),
        ("EXPLAIN ANALYZE SELECT email FROM public.staff WHERE id > 5", "staff.email staff.id"),
        ("EXPLAIN ANALYZE SELECT id FROM public.staff ORDER BY id", "staff.id"),
        ("EXPLAIN ANALYZE SELECT s FROM public.staff s ORDER BY id", "staff.email staff.id"),
        ("EXPLAIN ANALYZE SELECT * FROM public.staff ORDER BY id", "staff.email staff.id"),
        ("EXPLAIN ANALYZE SELECT m FROM (SELECT email AS m FROM public.staff) s",
         "staff.email staff.id"),
        ("EXPLAIN SELECT id FROM public.staff WHERE email = 'x'", "staff.email"),
        ("EXPLAIN SELECT CASE WHEN email = 'x' THEN 1 END FROM public.staff", "staff.email"),
        ("EXPLAIN SELECT id FROM public.staff GROUP BY id, email", "staff.email staff.id"),
        ("EXPLAIN SELECT 1 FROM public.staff JOIN public.customers USING (email)",
         "customers.email staff.email"),
        ("EXPLAIN (ANALYZE, SERIALIZE) SELECT * FROM public.staff", "staff.email staff.id"),
        ("EXPLAIN INSERT INTO public.staff (email) VALUES ('x')", "staff.email staff.id"),
        ("EXPLAIN WITH x AS (UPDATE public.staff SET email = 'x') SELECT 1",
         "staff.email staff.id"),
        ("EXPLAIN SELECT 1", ""),
        ("DECLARE c CURSOR FOR SELECT lower(email) FROM public.customers", "customers.email"),
    ],
)  # fmt: skip
def test_a_column_comes_from_what_its_expression_names(sql: str, expected: str) -> None:
    assert origins(sql) == [expected]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT mystery(email) FROM public.customers",
        "SELECT mystery() FROM public.customers",
        "SELECT * FROM mystery()",
        "SELECT public.lower(email) FROM public.customers",
        "SELECT lower(nothing) FROM public.customers",
        "SELECT c.mystery FROM public.customers c",
        "SELECT lower(x) FROM nowhere",
        "SELECT lower(x.email) FROM public.customers c",
        "SELECT id + 1 FROM public.strange_view",
        "SELECT id + 1 FROM public.looping_view",
        "SELECT id + 1 FROM public.broken_view",
        "SELECT lower(odd) FROM public.computed",
        "SELECT f.pg_read_file FROM unnest(ARRAY['/etc/passwd']) f",
        "SELECT ('/etc/passwd'::text).pg_read_file",
        "SELECT (s.email).mine FROM public.staff s",
        "SELECT s.mine FROM public.staff s",
        "SELECT x.mine FROM (SELECT 1 AS a) x",
        "FETCH ALL FROM c",
        "EXECUTE p",
        "CALL p()",
        "EXPLAIN SELECT mystery()",
        "EXPLAIN EXECUTE p",
        "EXPLAIN CREATE TABLE x AS EXECUTE p",
        "INSERT INTO public.ruled VALUES (1) RETURNING a || 'x'",
    ],
)
def test_what_is_not_understood_is_unknown(sql: str) -> None:
    catalog = sample_catalog(functions=[["public", "mine", None]])
    (facts,) = read(sql)
    (found,) = resolve(facts, catalog, untraced(1))
    assert spoken(found).endswith("?")


def test_several_columns_are_told_apart() -> None:
    assert origins("SELECT lower(email), id + 1, *, 1 FROM public.staff", 5) == [
        "staff.email",
        "staff.id",
        "staff.id",
        "staff.email",
        "",
    ]


def test_where_columns_cannot_be_counted_each_carries_everything() -> None:
    everything = "staff.email staff.id"
    assert origins("SELECT *, 1 FROM public.staff", 7) == [everything] * 7
    assert origins("SELECT *, 1 FROM public.staff NATURAL JOIN nowhere", 5)[0].endswith("?")


def test_columns_that_joins_merge_come_first() -> None:
    assert origins("SELECT *, 1 FROM public.staff NATURAL JOIN public.orders", 5) == [
        "orders.id staff.id",
        "staff.email",
        "orders.customer_id",
        "orders.total",
        "",
    ]
    assert origins("SELECT *, 1 FROM public.staff NATURAL LEFT JOIN public.orders", 5) == [
        "staff.id",
        "staff.email",
        "orders.customer_id",
        "orders.total",
        "",
    ]
    assert origins("SELECT * FROM public.orders o RIGHT JOIN public.staff s USING (id)", 4) == [
        "staff.id",
        "orders.customer_id",
        "orders.total",
        "staff.email",
    ]


def test_a_part_of_unknown_width_leaves_what_is_beside_it_in_its_place() -> None:
    (facts,) = read(
        "SELECT s.*, f.*, total + 1 "
        "FROM public.customers, public.staff s, unnest(ARRAY[city]) f, app.orders"
    )
    fields = [ResultField(name, 0, 0, 25, -1) for name in ("id", "email", "f", "x")]
    found = [spoken(origin) for origin in resolve(facts, sample_catalog(), fields)]
    assert found == ["staff.id", "staff.email", "customers.city", "orders.total orders.total"]
    # Another name where a column is expected: the snapshot is not what the data store has.
    moved = [ResultField(name, 0, 0, 25, -1) for name in ("id", "new", "f", "x")]
    found = [spoken(origin) for origin in resolve(facts, sample_catalog(), moved)]
    everything = "customers.city orders.total orders.total staff.email staff.id"
    assert found == ["staff.id", everything, "customers.city", "orders.total orders.total"]


def test_a_column_that_the_data_store_traces_is_that_column() -> None:
    (facts,) = read("SELECT email AS id, 'x' FROM public.customers")
    found = resolve(facts, sample_catalog(), [traced("public", "customers", 2), *untraced(1)])
    assert found[0].columns == {customer("email")}
    assert found[0].known
    assert found[0].unchanged
    assert not found[1].columns


def test_a_traced_row_carries_all_its_columns_and_a_system_column_none() -> None:
    (facts,) = read("SELECT c, ctid FROM public.customers c")
    row, system = resolve(
        facts,
        sample_catalog(),
        [traced("public", "customers", 0), traced("public", "customers", -1)],
    )
    assert spoken(row) == CUSTOMERS
    assert not row.unchanged
    assert spoken(system) == ""


def test_a_traced_column_of_a_view_carries_what_is_behind_it() -> None:
    (facts,) = read("SELECT mail FROM simple_view")
    (found,) = resolve(facts, sample_catalog(), [traced("public", "simple_view", 2)])
    assert spoken(found) == "customers.email simple_view.mail"


def test_a_traced_column_that_the_snapshot_does_not_have_is_unknown() -> None:
    (facts,) = read("SELECT 1")
    fields = [traced("public", "customers", 9)]
    assert spoken(resolve(facts, sample_catalog(), fields)[0]) == "?"


def test_rules_make_every_column_unknown() -> None:
    (facts,) = read("INSERT INTO ruled VALUES (1) RETURNING id")
    (found,) = resolve(facts, sample_catalog(), [traced("public", "ruled", 1)])
    assert spoken(found) == "ruled.a ruled.id ?"


@pytest.mark.parametrize(
    "sql",
    ["SELECT email <<>> 'x' FROM public.staff", "SELECT email::special FROM public.staff"],
)
def test_unreviewed_operators_and_casts_make_expressions_unknown(sql: str) -> None:
    catalog = sample_catalog(operators=[["public", "<<>>", None]], casts=[["special", "e", None]])
    (facts,) = read(sql)
    (found,) = resolve(facts, catalog, untraced(1))
    assert spoken(found) == "staff.email staff.id ?"


def test_a_name_that_a_user_took_is_unknown_unless_it_is_qualified() -> None:
    catalog = sample_catalog(functions=[["public", "count", None]])
    for sql, expected in [
        ("SELECT count(email) FROM public.staff", "staff.email staff.id ?"),
        ("SELECT pg_catalog.count(email) FROM public.staff", ""),
    ]:
        (facts,) = read(sql)
        assert spoken(resolve(facts, catalog, untraced(1))[0]) == expected


def test_expansion_without_bound_ends_as_unknown() -> None:
    sql = "SELECT * FROM public.staff"
    for place in range(30):
        sql = f"SELECT *, * FROM ({sql}) x{place}"
    assert origins(f"SELECT lower(email) FROM ({sql}) y")[0].endswith("?")


def test_recursion_inside_recursion_ends() -> None:
    sql = "SELECT 1 AS a"
    for place in range(8):
        sql = (
            f"WITH RECURSIVE r{place} AS ({sql} UNION ALL "
            f"SELECT a + 1 FROM r{place}) SELECT a FROM r{place}"
        )
    assert len(origins(sql)) == 1


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT email FROM public.staff", "unchanged"),
        ("SELECT e FROM (SELECT email AS e FROM public.staff) x", "unchanged"),
        ("SELECT email FROM public.staff UNION SELECT 'x'", "unchanged"),
        ("SELECT lower(email) FROM public.staff", "transformed"),
        ("SELECT coalesce(email, 'x') FROM public.staff", "transformed"),
        ("SELECT e FROM (SELECT email || 'x' AS e FROM public.staff) x", "transformed"),
        ("SELECT u FROM public.staff, unnest(ARRAY[email]) u", "transformed"),
        ("SELECT max(email) FROM public.staff", "aggregated"),
        ("SELECT lower(max(e)) FROM (SELECT email AS e FROM public.staff) x", "aggregated"),
        ("SELECT max(email) || lower(email) FROM public.staff GROUP BY email", "aggregated"),
        ("SELECT max((SELECT email FROM public.staff)) FROM public.customers", "aggregated"),
        ("SELECT (SELECT max(email) FROM public.staff)", "aggregated"),
    ],
)
def test_how_a_column_flows_is_told(sql: str, expected: str) -> None:
    (facts,) = read(sql)
    (found,) = resolve(facts, sample_catalog(), untraced(1))
    assert [found.kind(column) for column in found.columns] == [expected]
