from __future__ import annotations

import pytest

from scrim.statements.classify import Demand, demands, refusal, shown_calls
from scrim.statements.facts import Name, read
from tests.unit.statements.sample_schema import sample_catalog


def asked(sql: str) -> set[str]:
    """The demands of a statement, each in words."""
    (facts,) = read(sql)
    catalog = sample_catalog(functions=[["public", "mine", None], ["public", "a", None]])
    return {
        demand.action if demand.relation is None else f"{demand.action} {demand.relation.name}"
        for demand in demands(facts, catalog)
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", set()),
        ("COMMIT", set()),
        ("SET a = 1", set()),
        ("LISTEN x", set()),
        ("SELECT * FROM orders", {"select orders"}),
        ("LOCK TABLE orders IN ACCESS SHARE MODE", {"select orders"}),
        ("INSERT INTO orders SELECT * FROM staff", {"insert orders", "select staff"}),
        ("UPDATE orders SET total = 1", {"update orders"}),
        ("DELETE FROM orders", {"delete orders"}),
        ("TRUNCATE orders", {"delete orders"}),
        (
            "INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET total = 1",
            {"insert orders", "update orders"},
        ),
        (
            "MERGE INTO orders USING staff ON true WHEN MATCHED THEN DELETE",
            {"delete orders", "select staff"},
        ),
        (
            "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x",
            {"delete orders"},
        ),
        ("EXPLAIN ANALYZE DELETE FROM orders", {"delete orders"}),
        ("PREPARE p AS SELECT * FROM orders", {"select orders"}),
        ("COPY orders TO STDOUT", {"copy", "select orders", "copy orders"}),
        ("COPY (SELECT 1 FROM orders) TO STDOUT", {"copy", "select orders", "copy orders"}),
        ("COPY orders FROM STDIN", {"copy", "insert orders", "copy orders"}),
        ("CREATE TABLE x (a int)", {"ddl", "ddl x"}),
        ("CREATE TABLE x AS SELECT * FROM orders", {"ddl", "ddl x", "select orders"}),
        ("SELECT * INTO x FROM orders", {"ddl", "ddl x", "select orders"}),
        ("COMMENT ON TABLE orders IS 'x'", {"ddl"}),
        ("GRANT SELECT ON orders TO x", {"admin", "ddl orders"}),
        ("VACUUM orders", {"admin", "ddl orders"}),
        ("CALL p()", {"call"}),
        ("DO 'x'", {"admin"}),
        ("SELECT mine(1)", {"call"}),
        ("SELECT lower('x')", set()),
        ("SELECT (1).mine", {"call"}),
        ("SELECT o.mine FROM orders o", {"call", "select orders"}),
        ("SELECT o.total, o.name FROM orders o", {"select orders"}),
        ("SELECT r.a FROM ruled r", {"select ruled"}),
    ],
)
def test_statements_need_what_they_do(sql: str, expected: set[str]) -> None:
    assert asked(sql) == expected


def test_a_demand_is_listed_once() -> None:
    (facts,) = read("SELECT * FROM orders a, orders b")
    assert demands(facts, sample_catalog()) == (Demand("select", Name(None, "orders")),)


@pytest.mark.parametrize(
    "sql",
    [
        "DO 'begin end'",
        "SELECT query_to_xml('select 1', true, true, '')",
        "SELECT lower(dblink('', 'x'))",
        "SELECT * FROM dblink('', 'x') AS t(a text)",
        "WITH x AS (SELECT lo_get(1)) SELECT 1",
        "SELECT pg_catalog.pg_read_file('x')",
        "SELECT ('/etc/passwd'::text).pg_read_file",
        "SELECT f.pg_read_file FROM unnest(ARRAY['/etc/passwd']) f",
        "SELECT 1 FROM generate_series(1, 2) AS s WHERE s.lo_get IS NULL",
        "SELECT pg_notify('a', email) FROM customers",
        "SELECT 1 FROM customers WHERE pg_try_advisory_lock(ascii(email))",
        "SELECT pg_advisory_lock(ascii(email)) IS NULL FROM customers",
        "SELECT 1 FROM (SELECT setval('s', id) FROM customers OFFSET 0) AS x",
        "SELECT pg_sleep((SELECT length(email) FROM customers))",
        "SELECT set_config('a.b', email, false) FROM customers",
        "SELECT set_config(name, 'off', false) FROM pg_settings",
        "SELECT set_config(n, 'view, foreign-table', false) FROM customers AS pg_settings(n)",
        "SELECT set_config($1, 'x', false)",
        "SELECT set_config('client_encoding', $1, false)",
        "SELECT set_config('standard_conforming_strings', 'off', false)",
        "SET standard_conforming_strings = off",
        "SET client_encoding = 'LATIN1'",
        "SET NAMES 'SQL_ASCII'",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "SHOW primary_conninfo",
        "COPY orders TO '/tmp/x'",
        "COPY orders FROM '/tmp/x'",
        "COPY orders TO PROGRAM 'cat'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'",
        "CREATE TRIGGER t BEFORE INSERT ON orders EXECUTE FUNCTION f()",
        "CREATE RULE r AS ON INSERT TO orders DO INSTEAD SELECT 1",
        "CREATE EXTENSION dblink",
        "CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int)",
        "CREATE CAST (int AS text) WITH FUNCTION f(int)",
        "ALTER SYSTEM SET a = 1",
        "UPDATE pg_settings SET setting = 'x'",
        "DELETE FROM pg_catalog.pg_class",
        "EXPLAIN ANALYZE SELECT query_to_xml('x', true, true, '')",
        "PREPARE p AS SELECT query_to_xml($1, true, true, '')",
    ],
)
def test_ways_around_the_mask_are_refused(sql: str) -> None:
    (facts,) = read(sql)
    found = refusal(facts, sample_catalog())
    assert found is not None, sql
    assert found.code in {"42501", "0A000"}
    assert found.message
    assert found.detail
    assert found.hint


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM customers",
        "SELECT c.lo_price, c.name FROM customers c",
        "SET client_encoding = 'UTF8'",
        "SET NAMES 'utf-8'",
        "SET client_encoding TO DEFAULT",
        "SET standard_conforming_strings = on",
        "SET ROLE NONE",
        "RESET ROLE",
        "RESET ALL",
        "DISCARD ALL",
        "SET search_path = app",
        "SET application_name = 'x'",
        "SHOW server_version",
        "SELECT set_config('search_path', '', false)",
        "SELECT pg_catalog.set_config('jit', $1, false)",
        "SELECT set_config(name, 'view, foreign-table', false) FROM pg_settings",
        "SELECT pg_advisory_lock(5)",
        "SELECT pg_advisory_lock($1)",
        "SELECT nextval('s')",
        "LISTEN x",
        "NOTIFY x",
        "COPY customers TO STDOUT",
        "COPY customers FROM STDIN",
        "CREATE TABLE x (a int)",
        "CREATE TEMP TABLE x AS SELECT 1",
        "SELECT * FROM pg_stats",
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
    ],
)
def test_ordinary_statements_are_not_refused(sql: str) -> None:
    (facts,) = read(sql)
    assert refusal(facts, sample_catalog()) is None


def test_calls_that_show_a_column_to_others_pass_where_their_result_is_selected() -> None:
    for sql in (
        "SELECT setval('s', (SELECT max(id) FROM customers))",
        "SELECT pg_catalog.setval('s', max(id)) FROM customers",
        "SELECT id, pg_try_advisory_lock(id) FROM customers",
    ):
        (facts,) = read(sql)
        assert refusal(facts, sample_catalog()) is None, sql
        assert len(shown_calls(facts)) == 1, sql
    for sql in ("SELECT setval('s', 5)", "SELECT max(id) FROM customers", "SELECT pg_sleep(id)"):
        (facts,) = read(sql)
        assert shown_calls(facts) == (), sql


def test_a_refusal_names_the_statement_in_words() -> None:
    (facts,) = read("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'")
    found = refusal(facts, sample_catalog())
    assert found is not None
    assert found.message == "CREATE FUNCTION is not allowed"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a text DEFAULT mine())",
        "CREATE TABLE t (a text CHECK (mine(a) > 'x'))",
        "CREATE TABLE t (a text DEFAULT (1 ### 1))",
        "CREATE TABLE t (a text DEFAULT ROW(1)::leaking::text)",
        "ALTER TABLE orders ALTER total SET DEFAULT mine()",
        "ALTER TABLE orders ADD COLUMN a text DEFAULT mine()",
        "ALTER TABLE orders ADD CHECK (mine(total) IS NULL)",
        "CREATE DOMAIN d AS text DEFAULT mine()",
        "CREATE DOMAIN d AS text CHECK (mine(VALUE) IS NULL)",
        "ALTER DOMAIN d SET DEFAULT mine()",
        "ALTER DOMAIN d ADD CHECK (mine(VALUE) IS NULL)",
        "CREATE INDEX ON orders (mine(total))",
        "CREATE INDEX ON orders (total) WHERE mine(total) IS NULL",
        "CREATE SCHEMA s CREATE TABLE t (a text DEFAULT mine())",
    ],
)
def test_definitions_do_not_run_what_nobody_reviewed(sql: str) -> None:
    (facts,) = read(sql)
    catalog = sample_catalog(
        functions=[["public", "mine", None]],
        operators=[["public", "###", None]],
        casts=[["leaking", "e", None]],
    )
    assert refusal(facts, catalog) is not None
