"""What people and tools do every day works for somebody who sees protected columns masked.

Each session is run directly and through the gateway, and has to get the same answers.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "everyday"
READER = User("reader@example.com", ("readers",))
POLICIES = """
permit(principal in Group::"readers", action in [Action::"connect", Action::"select",
    Action::"copy", Action::"call", Action::"ddl", Action::"insert", Action::"update",
    Action::"delete"], resource);
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
TAGS = {
    "public.orders": ["public"],
    "public.customers.id": ["public"],
    "public.customers.city": ["public"],
    "public.customers.phone": ["contact.phone"],
    "public.customers.rating": ["confidential"],
    "public.parents.secret_word": ["confidential"],
}
SCHEMA = """
CREATE TABLE customers (id serial PRIMARY KEY, city text, phone text UNIQUE, rating int);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int REFERENCES customers, status text);
INSERT INTO customers (city, phone, rating)
    SELECT 'City ' || i % 3, '+1 202-555-010' || i, i * 7
    FROM generate_series(1, 9) i;
CREATE TABLE parents (id int, secret_word text);
CREATE TABLE heirs (own int) INHERITS (parents);
CREATE TABLE notes_of (note text);
INSERT INTO orders (customer_id, status)
    SELECT i % 9 + 1, 'status ' || i % 4 FROM generate_series(1, 40) i;
"""
SESSIONS = {
    "ordered by what is counted": (
        "SELECT c.city, count(*) AS n FROM customers c JOIN orders o ON o.customer_id = c.id"
        " GROUP BY 1 ORDER BY n DESC, 1",
        "SELECT c.id, (SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id) AS last"
        " FROM customers c ORDER BY last DESC LIMIT 3",
        "SELECT upper(c.city) AS name, count(o.id) FROM customers c JOIN orders o"
        " ON o.customer_id = c.id GROUP BY name ORDER BY count DESC, name",
    ),
    "plans": (
        "EXPLAIN (COSTS OFF) SELECT phone, rating FROM customers WHERE city = 'City 1'",
        "EXPLAIN (VERBOSE, COSTS OFF) SELECT c.phone"
        " FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'status 1'",
    ),
    "temporary tables": (
        "CREATE TEMP TABLE taken (id int, status text)",
        "INSERT INTO taken SELECT id, status FROM orders WHERE id < 5",
        "SELECT status, count(*) AS n FROM taken GROUP BY 1 ORDER BY n, 1",
        "UPDATE taken SET status = 'x' WHERE id = 1 RETURNING *",
        "SELECT * FROM pg_temp.taken ORDER BY id",
        "ANALYZE taken",
        "CREATE TEMP TABLE alike (LIKE customers INCLUDING DEFAULTS)",
        "SELECT count(*) FROM alike",
        "CREATE TEMP TABLE copied AS SELECT o.id, c.city FROM orders o"
        " JOIN customers c ON c.id = o.customer_id",
        "SELECT c.city, count(t.id) FROM copied c LEFT JOIN taken t ON t.id = c.id"
        " GROUP BY 1 ORDER BY 1",
    ),
    "migrations": (
        "CREATE TABLE notes (id serial PRIMARY KEY, customer_id int REFERENCES customers (id)"
        " ON DELETE CASCADE, body text DEFAULT '')",
        "ALTER TABLE notes ADD FOREIGN KEY (id) REFERENCES orders (id)",
        "ALTER TABLE customers ADD COLUMN vip boolean NOT NULL DEFAULT false, ADD seen date",
        "ALTER TABLE customers ALTER COLUMN vip SET DEFAULT true, ALTER vip DROP NOT NULL",
        "SELECT count(*) FROM customers WHERE vip",
        "ALTER TABLE customers DROP COLUMN vip, DROP COLUMN seen",
        "DROP TABLE notes",
        "ANALYZE customers",
    ),
    "sequences and locks": (
        "SELECT setval('orders_id_seq', (SELECT max(id) FROM orders))",
        "SELECT setval(pg_get_serial_sequence('customers', 'id'), coalesce(max(id), 1),"
        " max(id) IS NOT NULL) FROM customers",
        "SELECT id, pg_try_advisory_xact_lock(id) FROM orders WHERE id < 3 ORDER BY id",
        "SELECT pg_advisory_xact_lock(hashtext('job'))",
        "SELECT pg_try_advisory_xact_lock(hashtextextended('job', 0))",
        "SELECT pg_stat_reset_single_table_counters('orders'::regclass)",
    ),
}
REFUSED = {
    "SELECT setval('orders_id_seq', (SELECT max(rating) FROM customers))": "that you see as they",
    "SELECT count(setval('orders_id_seq', id)) FROM customers": "Select just its result",
    "SELECT a FROM (SELECT setval('orders_id_seq', id), 1 AS a FROM customers OFFSET 0) x": "just",
    "SELECT pg_advisory_lock(id) FROM customers WHERE rating > 5": "that you see as they are",
    "CREATE TABLE k (e text REFERENCES customers (phone))": "Name columns after the relation",
    "CREATE TABLE k (e int REFERENCES customers)": "Name columns after the relation",
    "ALTER TABLE customers RENAME COLUMN phone TO city2": "Add or drop columns",
    "ALTER TABLE customers ADD CHECK (phone <> 'x')": "Add or drop columns",
    "CREATE TABLE customers (id int)": "Use another name",
    "ALTER TABLE ONLY parents DROP COLUMN secret_word": "Add or drop columns",
    "ALTER TABLE parents DROP COLUMN secret_word": "Add or drop columns",
}


class Desk:
    """One database, directly and as the reader sees it."""

    def __init__(self, server: PostgresServer, gateway: GatewayProcess) -> None:
        self.server, self.gateway = server, gateway

    def connect(self, *, direct: bool) -> psycopg.Connection[Any]:
        if direct:
            return psycopg.connect(self.server.dsn(DATABASE), autocommit=True)
        endpoint = Endpoint(
            "scrim", "127.0.0.1", self.gateway.port, DATABASE, READER.name, READER.password
        )
        return psycopg.connect(endpoint.conninfo(), autocommit=True)

    def answers(self, session: tuple[str, ...], *, direct: bool) -> list[Any]:
        with closing(self.connect(direct=direct)) as connection:
            found: list[Any] = []
            for statement in session:
                cursor = connection.execute(statement)
                found.append(cursor.fetchall() if cursor.description else cursor.statusmessage)
            return found


@pytest.fixture(scope="module")
def desk(embedded_postgres: PostgresServer) -> Iterator[Desk]:
    server = embedded_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
    with GatewayProcess({DATABASE: store}, [READER], POLICIES) as gateway:
        yield Desk(server, gateway)


@pytest.mark.parametrize("name", SESSIONS)
def test_everyday_sessions_are_answered_as_directly(desk: Desk, name: str) -> None:
    session = SESSIONS[name]
    assert desk.answers(session, direct=False) == desk.answers(session, direct=True)


def test_what_is_refused_says_what_to_do_instead(desk: Desk) -> None:
    with closing(desk.connect(direct=False)) as connection:
        for statement, hint in REFUSED.items():
            with pytest.raises(psycopg.errors.InsufficientPrivilege) as raised:
                connection.execute(statement)
            assert hint in (raised.value.diag.message_hint or ""), statement


def test_a_column_that_was_just_added_takes_no_searched_text(desk: Desk) -> None:
    with closing(desk.connect(direct=False)) as connection:
        connection.execute("BEGIN")
        connection.execute("ALTER TABLE orders ADD COLUMN memo text")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE orders SET memo = (SELECT max(note) FROM notes_of)")
        connection.execute("ROLLBACK")


def test_a_plan_that_was_run_does_not_tell_how_long_values_are(desk: Desk) -> None:
    with closing(desk.connect(direct=False)) as connection:
        for value in ("string_agg(c.phone, c.phone)", "concat(c.phone)", "c.phone", "c.id"):
            query = f"SELECT {value} FROM customers c, orders o GROUP BY o.id, c.id ORDER BY o.id"
            plan = str(connection.execute(f"EXPLAIN ANALYZE {query}".encode()).fetchall())
            assert ("Memory" in plan) == (value == "c.id"), query


def test_a_plan_does_not_quote_what_was_turned_back(desk: Desk) -> None:
    with closing(desk.connect(direct=False)) as connection:
        row = connection.execute("SELECT phone FROM customers WHERE id = 7").fetchone()
        assert row is not None
        shown = f"'{row[0]}'"
        assert "0107" not in shown
        asked = f"SELECT id FROM customers WHERE phone = {shown}"
        assert connection.execute(asked.encode()).fetchall() == [(7,)]
        for query in (
            asked,
            f"SELECT phone = {shown} FROM customers",
            f"SELECT CASE phone WHEN {shown} THEN 1 END FROM customers",
            f"SELECT 1 FROM orders WHERE EXISTS (SELECT FROM customers WHERE phone IN ({shown}))",
            f"WITH c AS (SELECT * FROM customers) SELECT nullif(phone, {shown}) FROM c",
            f"INSERT INTO customers (phone) VALUES ({shown})",
            f"WITH u AS (UPDATE customers SET phone = {shown} WHERE id = 7) SELECT 1",
        ):
            plan = connection.execute(f"EXPLAIN (VERBOSE) {query}".encode()).fetchall()
            assert "0107" not in str(plan), query
