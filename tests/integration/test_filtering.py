"""Conditions on columns that somebody does not see raw: counted, refused, or free."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "filtering"
STRICT = "strict"
FREE = "free"
VALUES = 12
ROWS = 10
PROBERS = [User(f"prober{number}@example.com", ("analysts",)) for number in range(40)]
TRUSTED = User("trusted@example.com", ("analysts", "comparers"))
RAW = User("raw@example.com", ("analysts", "seers"))
POLICIES = """
permit(principal in Group::"analysts", action in [Action::"connect", Action::"select",
    Action::"insert", Action::"update", Action::"delete", Action::"copy", Action::"ddl"], resource);
permit(principal in Group::"comparers", action == Action::"filter", resource is Column)
when { resource.tags.contains("confidential") };
permit(principal in Group::"seers", action == Action::"unmask", resource);
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
TAGS = {
    "public.staff.id": ["public"],
    "public.staff.team": ["public"],
    "public.staff.age": ["public"],
    "public.staff.salary": ["confidential"],
    "public.staff.email": ["contact.email"],
    "public.staff.phone": ["contact.phone"],
    "public.payments.staff_email": ["contact.email"],
    "public.payments.amount": ["public"],
    "public.numbers.n": ["public"],
    "public.notes.doc": ["confidential"],
}
SCHEMA = """
CREATE TABLE staff (id int PRIMARY KEY, team text, age int, salary int, email text, phone text);
INSERT INTO staff SELECT i, 'team ' || i % 4, 20 + i % 40, 40000 + (i * 7919) % 60000,
    'adelheid' || i || '@mail.example.org', '+1 202-555-' || to_char(100 + i, 'FM0000')
    FROM generate_series(1, 60) i;
CREATE TABLE payments (id int, staff_email text, amount int);
INSERT INTO payments SELECT i, 'adelheid' || (i % 60 + 1) || '@mail.example.org', i
    FROM generate_series(1, 200) i;
CREATE TABLE notes (doc jsonb);
INSERT INTO notes VALUES ('{"items": [{"note": "adelheid"}, {"note": "berthold"}]}');
CREATE TABLE numbers (n int);
INSERT INTO numbers SELECT i FROM generate_series(1, 100) i;
"""
EVADERS = [User(f"evader{number}@example.com", ("analysts",)) for number in range(60)]
EXHAUSTED = psycopg.errors.ConfigurationLimitExceeded
DENIED = psycopg.errors.InsufficientPrivilege


class Desk:
    """A gateway before one database, under three connections with different settings."""

    def __init__(self, port: int, gateway: GatewayProcess) -> None:
        self.port, self.gateway = port, gateway
        self._fresh = iter(PROBERS)

    def connect(
        self, user: User | None = None, database: str = DATABASE
    ) -> psycopg.Connection[Any]:
        user = user or self.prober()
        endpoint = Endpoint("scrim", "127.0.0.1", self.port, database, user.name, user.password)
        return psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20)

    def prober(self) -> User:
        """Return somebody who has not asked anything yet."""
        return next(self._fresh)


@pytest.fixture(scope="module")
def desk(debian_postgres: PostgresServer) -> Iterator[Desk]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)

    def store(**settings: Any) -> Store:  # noqa: ANN401 - as scrim.yaml has them
        return Store(server.port, DATABASE, "postgres", server.password, TAGS, settings)

    stores = {
        DATABASE: store(filter_budget={"values": VALUES, "rows": ROWS}),
        STRICT: store(filtering="refuse"),
        FREE: store(filtering="allow"),
    }
    users = [*PROBERS, *EVADERS, TRUSTED, RAW]
    with GatewayProcess(stores, users, POLICIES, workers=2) as gateway:
        yield Desk(gateway.port, gateway)


def count(connection: psycopg.Connection[Any], condition: str, *values: object) -> int:
    row = connection.execute(
        f"SELECT count(*) FROM staff WHERE {condition}", values or None
    ).fetchone()
    assert row is not None
    return int(row[0])


def asked(connection: psycopg.Connection[Any], questions: Iterator[str] | list[str]) -> int:
    """Return how many of some statements are answered before one is refused."""
    answered = 0
    for question in questions:
        try:
            connection.execute(question).fetchall()
        except EXHAUSTED:
            return answered
        answered += 1
    return answered


def test_a_binary_search_is_stopped(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        low, high = 0, 1 << 20
        with pytest.raises(EXHAUSTED, match="budget for comparing") as caught:  # noqa: PT012
            while low < high:
                middle = (low + high) // 2
                row = connection.execute(
                    "SELECT count(*) FROM staff WHERE id = 17 AND salary > %s", (middle,)
                ).fetchone()
                assert row is not None
                low, high = (middle + 1, high) if row[0] else (low, middle)
        assert high - low > 1
        assert "public.staff.salary" in str(caught.value.diag.message_detail)
        assert "`filter` permission" in str(caught.value.diag.message_hint)
        # Only questions about that column are over.
        assert connection.execute("SELECT count(*) FROM staff WHERE age > 30").fetchone()
        assert connection.execute("SELECT salary FROM staff").fetchone()
    records = desk.gateway.audit_text()
    assert "filter_refused" in records
    assert '"counted":["public.staff.salary"]' in records


def test_values_that_were_used_cost_nothing_more(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        rows = [f"SELECT id FROM staff WHERE salary > {40_000 + n}" for n in range(VALUES)]
        assert asked(connection, rows) == VALUES
        assert asked(connection, rows * 3) == 3 * VALUES
        assert asked(connection, ["SELECT id FROM staff WHERE salary < 40001"]) == 1
        assert asked(connection, ["SELECT id FROM staff WHERE salary > 39999"]) == 0


def test_the_count_is_one_for_all_sessions_and_workers(desk: Desk) -> None:
    user = desk.prober()
    answered = 0
    for number in range(VALUES + 4):
        with closing(desk.connect(user)) as connection:
            answered += asked(
                connection, [f"SELECT id FROM staff WHERE salary > {40_000 + number}"]
            )
    assert answered == VALUES


def test_dashboards_are_not_stopped(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        for _ in range(30):
            for statement in (
                "SELECT team, count(*), avg(salary) FROM staff GROUP BY team ORDER BY team",
                "SELECT team, count(*) FROM staff WHERE salary > 70000 GROUP BY team",
                "SELECT count(*) FROM staff WHERE salary BETWEEN 50000 AND 60000",
                "SELECT p.amount FROM payments p JOIN staff s ON s.email = p.staff_email "
                "WHERE s.team = 'team 1'",
                "SELECT amount FROM payments JOIN staff ON email = staff_email WHERE age > 30",
                "SELECT count(DISTINCT email) FROM staff",
                "SELECT email, count(*) FROM staff GROUP BY email HAVING count(*) > 1",
                "SELECT id, salary FROM staff ORDER BY salary DESC LIMIT 10",
                "SELECT id FROM staff WHERE email IS NOT NULL AND salary IS NOT NULL",
                "SELECT sum(CASE WHEN salary > 70000 THEN 1 ELSE 0 END) FROM staff",
                "SELECT team FROM staff UNION SELECT 'all' ORDER BY 1",
                "SELECT team, max(salary), min(salary) FROM staff GROUP BY team",
                "SELECT team, count(*) AS members FROM staff GROUP BY 1 ORDER BY members DESC, 1",
                "SELECT upper(team) AS name, count(*) FROM staff GROUP BY name ORDER BY count",
                "SELECT id, (SELECT count(*) FROM payments p WHERE p.staff_email = s.email) AS n "
                "FROM staff s ORDER BY n DESC LIMIT 5",
                "SELECT s.team, sum(s.salary), max(p.amount) FROM staff s "
                "JOIN payments p ON p.staff_email = s.email GROUP BY 1",
            ):
                connection.execute(statement).fetchall()
        for number in range(60):
            connection.execute(
                "SELECT p.amount FROM payments p JOIN staff s ON s.email = p.staff_email "
                "WHERE p.amount > %s",
                (number,),
            )


def test_masked_space_costs_nothing(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        phones = connection.execute("SELECT phone, id FROM staff ORDER BY id").fetchall()
        for phone, number in phones[: VALUES * 3]:
            found = connection.execute("SELECT id FROM staff WHERE phone = %s", (phone,)).fetchall()
            assert found == [(number,)]


def test_guesses_of_what_cannot_be_turned_back_are_counted(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        guesses = [
            f"SELECT team, id FROM staff WHERE email = 'adelheid{n}@mail.example.org' OR id < 5"
            for n in range(30)
        ]
        assert asked(connection, guesses) == VALUES


@pytest.mark.parametrize("binary", [False, True])
def test_parameters_are_counted_in_both_formats(desk: Desk, binary: bool) -> None:
    mark = "%b" if binary else "%t"
    with closing(desk.connect()) as connection:
        connection.prepare_threshold = 0
        answered = 0
        with pytest.raises(EXHAUSTED):  # noqa: PT012
            for number in range(40):
                connection.execute(
                    f"SELECT id FROM staff WHERE salary > {mark}", (40_000 + number,)
                ).fetchall()
                answered += 1
        assert answered == VALUES


def test_a_value_is_the_same_as_text_in_binary_and_in_the_statement(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        numbers = [40_000 + number for number in range(VALUES)]
        for mark in ("%b", "%t"):
            for number in numbers:
                connection.execute(f"SELECT id FROM staff WHERE salary > {mark}", (number,))
        assert asked(connection, [f"SELECT id FROM staff WHERE salary > {n}" for n in numbers])


def test_the_elements_of_arrays_are_counted(desk: Desk) -> None:
    for binary in (False, True):
        mark = "%b" if binary else "%t"
        with closing(desk.connect()) as connection:
            query = f"SELECT id FROM staff WHERE email = ANY ({mark})"
            connection.execute(query, ([f'a{n}, {{"}}' for n in range(VALUES)],))
            with pytest.raises(EXHAUSTED):
                connection.execute(query, (["b"],))
    with closing(desk.connect()) as connection, pytest.raises(EXHAUSTED):  # noqa: PT012
        values = ", ".join(f"'a{n}'" for n in range(VALUES + 1))
        connection.execute(f"SELECT id FROM staff WHERE email IN ({values})")


async def test_pipelines_do_not_run_ahead_of_the_count(desk: Desk) -> None:
    user = desk.prober()

    async def one(number: int) -> bool:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=desk.port,
            user=user.name,
            password=user.password,
            database=DATABASE,
            ssl=False,
        )
        try:
            await connection.fetch("SELECT id FROM staff WHERE salary > $1", 40_000 + number)
        except asyncpg.exceptions.ConfigurationLimitExceededError:
            return False
        finally:
            await connection.close()
        return True

    answers = await asyncio.gather(*(one(number) for number in range(VALUES * 2)))
    # Some may be refused because others, under way, may yet tell of a single row.
    assert 0 < sum(answers) <= VALUES


def test_statements_of_one_pipeline_are_counted_each(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        answered = 0
        with pytest.raises(EXHAUSTED), connection.pipeline():  # noqa: PT012
            cursors = [
                connection.execute("SELECT count(*) FROM staff WHERE salary > %s", (41_000 + n,))
                for n in range(40)
            ]
            for cursor in cursors:
                cursor.fetchall()
                answered += 1
        assert answered <= min(VALUES, ROWS)


def test_answers_of_a_single_row_are_counted(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        lists = [f"SELECT id FROM staff ORDER BY salary LIMIT {n}" for n in range(2, 40)]
        assert asked(connection, lists) == len(lists)
        walk = [f"SELECT id FROM staff ORDER BY salary LIMIT 1 OFFSET {n}" for n in range(40)]
        assert asked(connection, walk) == ROWS
        # What was asked may be asked again; what is new could be a single row again.
        assert asked(connection, [*lists, *walk[:ROWS]]) == len(lists) + ROWS
        assert asked(connection, ["SELECT id FROM staff ORDER BY salary LIMIT 40"]) == 0


EVASIONS = (
    "SELECT id FROM staff WHERE salary / 1 > {n}",
    "SELECT id FROM staff WHERE {n} < salary",
    "SELECT id FROM staff WHERE NOT (salary <= {n} AND true)",
    "SELECT id FROM staff WHERE int4gt(salary, {n})",
    "SELECT id FROM staff WHERE greatest(salary, {n}) = salary",
    "SELECT id FROM staff WHERE width_bucket(salary, {n}, 1000000, 1) = 1",
    "SELECT id FROM staff WHERE salary > ({n} + 0) AND id > 0",
    "SELECT id FROM staff WHERE salary > (SELECT {n})",
    "SELECT id FROM staff WHERE salary IN (SELECT {n} UNION SELECT 1)",
    "SELECT id FROM staff WHERE CASE WHEN salary > {n} THEN true ELSE false END",
    "SELECT id, CASE WHEN salary > {n} THEN 1 ELSE 0 END FROM staff",
    "SELECT id, 1 / (salary - {n}) FROM staff",
    "SELECT id FROM staff GROUP BY id, salary > {n}",
    "SELECT id FROM staff ORDER BY salary > {n}, id",
    "SELECT DISTINCT ON (salary > {n}) id FROM staff",
    "SELECT team, count(*) FILTER (WHERE salary > {n}) FROM staff GROUP BY team",
    "SELECT team FROM staff GROUP BY team HAVING max(salary) > {n}",
    "SELECT id, count(*) OVER (ORDER BY salary RANGE {n} PRECEDING) FROM staff",
    "SELECT id, rank() OVER (PARTITION BY salary > {n}) FROM staff",
    "SELECT s.id FROM staff s JOIN staff t ON s.salary > {n} AND s.id = t.id",
    "SELECT id FROM numbers LEFT JOIN staff ON id = n AND salary > {n}",
    "SELECT id FROM (SELECT id, salary AS x FROM staff) s WHERE x > {n}",
    "WITH s AS (SELECT id, salary AS x FROM staff) SELECT id FROM s WHERE x > {n}",
    "SELECT n FROM numbers WHERE EXISTS (SELECT 1 FROM staff WHERE id = n AND salary > {n})",
    "SELECT n FROM numbers WHERE n IN (SELECT id FROM staff WHERE salary > {n})",
    "SELECT n, (SELECT count(*) FROM staff WHERE salary > {n}) FROM numbers",
    "UPDATE staff SET team = team WHERE salary > {n} RETURNING id",
    "EXPLAIN SELECT id FROM staff WHERE salary > {n}",
    "SELECT id FROM staff WHERE email < 'a{n}'",
    "SELECT id FROM staff WHERE email LIKE 'a{n}%'",
    "SELECT id FROM staff WHERE email ~ 'a{n}'",
    "SELECT id FROM staff WHERE left(email, {n}) = 'a'",
    "SELECT id FROM staff WHERE position('a{n}' IN email) > 0",
    "SELECT id FROM staff WHERE (email, 1) = ('a{n}', 1)",
    "SELECT id FROM staff WHERE phone LIKE '+1{n}%'",
    "SELECT id FROM staff WHERE phone < '+1{n}'",
    "SELECT id FROM staff s WHERE to_jsonb(s)->>'salary' > '{n}'",
    "SELECT id FROM staff s WHERE s::text LIKE '%{n}%'",
    "SELECT id FROM staff s WHERE (s).salary > {n}",
    "SELECT team, count(*) FROM staff GROUP BY team, salary / {n}",
    "SELECT 1 FROM pg_stats WHERE tablename = 'staff' AND attname = 'salary' "
    "AND histogram_bounds::text < '{n}'",
    "SELECT max(x) FROM (SELECT salary x FROM staff WHERE id = 1 UNION ALL SELECT {n}) q",
    "SELECT max(CASE g WHEN 1 THEN salary ELSE {n} END) FROM staff, generate_series(1, 2) g "
    "WHERE id = 1",
    "SELECT max(CASE WHEN id = 1 THEN salary ELSE {n} END) FROM staff WHERE id < 3",
    "SELECT greatest(salary, {n}) FROM staff",
    "MERGE INTO payments p USING staff s ON p.id = s.id AND s.salary > {n} "
    "WHEN MATCHED THEN UPDATE SET amount = amount",
)


@pytest.mark.parametrize("shape", EVASIONS)
def test_whatever_asks_for_a_value_is_counted(desk: Desk, shape: str) -> None:
    with closing(desk.connect(EVADERS[EVASIONS.index(shape)])) as connection:
        answered = 0
        for number in range(VALUES * 3):
            try:
                connection.execute(shape.replace("{n}", str(40_000 + number)))
            except (EXHAUSTED, DENIED, psycopg.errors.FeatureNotSupported):
                break
            except psycopg.errors.DivisionByZero:
                pass
            answered += 1
        assert answered <= VALUES


AMPLIFIERS = (
    # One statement that would tell the values of all rows.
    "SELECT s.id, max(g) FROM staff s JOIN generate_series(1, 100000) g ON s.salary >= g "
    "GROUP BY s.id",
    "SELECT s.id, max(n) FROM staff s JOIN numbers ON s.salary >= n * 1000 GROUP BY s.id",
    "SELECT s.id, max(n) FROM staff s, numbers WHERE s.salary / 1000 >= n GROUP BY s.id",
    "SELECT s.id, n FROM staff s JOIN numbers ON s.salary = n",
    "SELECT id, n FROM staff JOIN (SELECT n AS salary, n FROM numbers) x USING (salary)",
    "SELECT id, n FROM staff NATURAL JOIN (SELECT n AS salary, n FROM numbers) x",
    "SELECT s.id, v.g FROM staff s JOIN (VALUES (40000), (50000)) v (g) ON s.salary > v.g",
    "SELECT s.id, g FROM staff s, unnest(ARRAY[40000, 50000]) g WHERE s.salary > g",
    "SELECT s.id, (SELECT max(n) FROM numbers WHERE n * 1000 < s.salary) FROM staff s",
    "SELECT id, salary FROM staff UNION ALL SELECT -n, n * 1000 FROM numbers ORDER BY 2",
    "SELECT id, salary FROM staff UNION ALL SELECT -g, g FROM generate_series(1, 100000) g "
    "ORDER BY salary",
    "SELECT x FROM (SELECT id AS x, salary AS y FROM staff UNION ALL SELECT -n, n FROM numbers) z "
    "ORDER BY y",
    "SELECT array_agg(x) FROM (SELECT id AS x, salary AS y FROM staff UNION ALL "
    "SELECT -n, n FROM numbers) z GROUP BY y",
    "SELECT count(*) FROM (SELECT salary FROM staff INTERSECT SELECT n FROM numbers) z",
    "SELECT count(*) FROM (SELECT salary FROM staff EXCEPT SELECT 50000) z",
    "SELECT n, ascii(substr(histogram_bounds::text, n)) = 50 FROM numbers, pg_stats "
    "WHERE tablename = 'staff' AND n = ascii(substr(histogram_bounds::text, 2))",
    "SELECT n, max(v) FROM numbers, LATERAL (SELECT salary v FROM staff WHERE id = 1 "
    "UNION ALL SELECT n * 1000) q GROUP BY n",
    "SELECT id, greatest(salary, n * 1000) FROM staff, numbers",
    "SELECT count(DISTINCT v) FROM (SELECT salary v FROM staff UNION ALL SELECT n FROM numbers) q",
    "SELECT n FROM numbers LIMIT (SELECT salary / 1000 FROM staff WHERE id = 1)",
    "SELECT n FROM numbers OFFSET (SELECT salary / 1000 FROM staff WHERE id = 1)",
    "SELECT g FROM staff, generate_series(1, salary) g WHERE id = 1",
    "SELECT generate_series(1, salary) FROM staff WHERE id = 1",
    "SELECT 1 FROM staff, regexp_split_to_table(repeat('x', salary), '') WHERE id = 1",
    "SELECT s.id FROM staff s JOIN numbers ON n = ascii(substr(s.email, 1, 1))",
    "WITH RECURSIVE r AS (SELECT 1 AS g UNION ALL SELECT g + 1 FROM r WHERE g < 100000) "
    "SELECT id, max(g) FROM staff JOIN r ON salary > g GROUP BY id",
)


@pytest.mark.parametrize("statement", AMPLIFIERS)
def test_nothing_asks_more_than_one_question_at_a_time(desk: Desk, statement: str) -> None:
    refused = (DENIED, psycopg.errors.FeatureNotSupported)
    with closing(desk.connect(EVADERS[0])) as connection, pytest.raises(refused):
        connection.execute(statement)


def test_tables_of_ones_own_ask_no_more_at_a_time(desk: Desk) -> None:
    with closing(desk.connect(EVADERS[0])) as connection:
        connection.execute("CREATE TEMP TABLE guesses (g int, v text)")
        connection.execute("INSERT INTO guesses SELECT n, 'a' || n FROM numbers")
        for statement in (
            "SELECT s.id, count(*) FROM staff s JOIN guesses ON salary > g * 1000 GROUP BY s.id",
            "SELECT s.id, count(*) FROM staff s JOIN guesses ON salary > g GROUP BY s.id",
            "SELECT s.id, g FROM staff s JOIN guesses ON email = v",
            "SELECT s.id FROM staff s WHERE (SELECT count(*) FROM guesses WHERE g < salary) > 5",
        ):
            with pytest.raises(DENIED, match="comparing protected data"):
                connection.execute(statement)


def test_columns_of_one_row_may_be_compared(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        for statement in (
            "SELECT id FROM staff WHERE salary > age",
            "SELECT id FROM staff s JOIN numbers ON n = id WHERE s.salary > s.age * 1000",
            "SELECT count(*) FROM staff WHERE salary / 1000 = id",
        ):
            connection.execute(statement)


VARYING = (
    "SELECT id FROM staff WHERE salary > random() * 100000",
    "SELECT id FROM staff WHERE salary > extract(epoch FROM clock_timestamp())::int % 100000",
    "SELECT id FROM staff WHERE salary > extract(epoch FROM 'now'::timestamptz)::int % 100000",
    "SELECT id FROM staff WHERE salary > (SELECT avg(salary) FROM staff)",
    "SELECT id FROM staff WHERE salary > current_setting('my.guess')::int",
    "SELECT id FROM staff WHERE salary > (SELECT count(*) FROM numbers)",
    "SELECT id FROM staff WHERE salary > pg_backend_pid()",
)


@pytest.mark.parametrize("statement", VARYING)
def test_what_may_be_another_question_each_time_counts_each_time(
    desk: Desk, statement: str
) -> None:
    user = EVADERS[len(EVASIONS) + VARYING.index(statement)]
    with closing(desk.connect(user)) as connection:
        connection.execute("SET my.guess = '50000'")
        answered = 0
        while answered <= VALUES:
            try:
                connection.execute(statement)
            except (EXHAUSTED, DENIED):
                break
            answered += 1
        assert answered <= VALUES


def test_statements_that_sql_prepares_take_no_values(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="PREPARE"):
            connection.execute("PREPARE p (int) AS SELECT id FROM staff WHERE salary > $1")
        connection.execute(
            "PREPARE q (int) AS SELECT id FROM staff WHERE salary > 50000 OR id = $1"
        )
        assert connection.execute("EXECUTE q (3)").fetchall()


def test_cursors_and_copies_are_counted(desk: Desk) -> None:
    for shape in (
        "DECLARE c CURSOR WITH HOLD FOR SELECT id FROM staff WHERE salary > {n}",
        "COPY (SELECT id FROM staff WHERE salary > {n}) TO STDOUT",
        "CREATE TEMP TABLE t{n} AS SELECT id FROM staff WHERE salary > {n}",
        "CREATE TEMP VIEW v{n} AS SELECT id FROM staff WHERE salary > {n}",
        "DELETE FROM payments USING staff WHERE payments.id = staff.id AND salary > {n} + 100000",
    ):
        with closing(desk.connect()) as connection:
            answered = 0
            with pytest.raises(EXHAUSTED):  # noqa: PT012
                for number in range(VALUES * 2):
                    statement = shape.replace("{n}", str(40_000 + number))
                    if statement.startswith("COPY"):
                        with connection.cursor().copy(statement) as copy:
                            for _ in copy:
                                pass
                    else:
                        connection.execute(statement)
                    if statement.startswith("DECLARE"):
                        connection.execute("CLOSE c")
                    answered += 1
            assert answered <= VALUES


def test_strings_of_statements_are_counted_whole(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        many = "; ".join(f"SELECT id FROM staff WHERE salary > {40_000 + n}" for n in range(40))
        with pytest.raises(EXHAUSTED):
            connection.execute(many)
        # All or none: nothing of the refused string was counted.
        few = [f"SELECT id FROM staff WHERE salary > {40_000 + n}" for n in range(VALUES)]
        assert asked(connection, few) == VALUES


def test_a_permission_to_filter_lifts_the_budget_of_its_columns(desk: Desk) -> None:
    with closing(desk.connect(TRUSTED)) as connection:
        salaries = [f"SELECT id FROM staff WHERE salary > {40_000 + n}" for n in range(VALUES * 3)]
        assert asked(connection, salaries) == len(salaries)
        emails = [f"SELECT id FROM staff WHERE email > 'a{n}'" for n in range(VALUES * 3)]
        assert asked(connection, emails) == VALUES
    with closing(desk.connect(RAW)) as connection:
        emails = [f"SELECT id FROM staff WHERE email > 'a{n}'" for n in range(VALUES * 3)]
        assert asked(connection, emails) == len(emails)


def test_a_connection_can_refuse_or_allow(desk: Desk) -> None:
    with closing(desk.connect(database=STRICT)) as connection:
        for statement in (
            "SELECT id FROM staff WHERE salary > 5",
            "SELECT id FROM staff ORDER BY salary",
            "SELECT id FROM staff WHERE email LIKE 'a%'",
            "SELECT count(*) FILTER (WHERE salary > 5) FROM staff",
        ):
            with pytest.raises(DENIED, match="comparing protected data is not allowed here"):
                connection.execute(statement)
        for statement in (
            "SELECT salary, avg(salary) FROM staff GROUP BY salary",
            "SELECT amount FROM payments JOIN staff ON email = staff_email WHERE age > 30",
            "SELECT id FROM staff WHERE salary IS NOT NULL AND phone = '+1 202-555-0143'",
        ):
            connection.execute(statement)
    with closing(desk.connect(database=FREE)) as connection:
        salaries = [f"SELECT id FROM staff WHERE salary > {40_000 + n}" for n in range(VALUES * 3)]
        assert asked(connection, salaries) == len(salaries)


def test_the_count_holds_no_value(desk: Desk) -> None:
    with closing(desk.connect()) as connection:
        connection.execute("SELECT id FROM staff WHERE email = 'zebedee-marker@example.org'")
    files = list((desk.gateway.directory / "audit").glob("filter-budget*"))
    assert files
    for file in files:
        assert file.stat().st_mode & 0o077 == 0
        assert b"zebedee-marker" not in file.read_bytes()


def test_parts_of_stored_documents_are_rows_and_each_path_counts_once(desk: Desk) -> None:
    with desk.connect() as connection:
        path = "SELECT item->>'note' FROM notes, jsonb_array_elements(doc->'{}') item"
        for _ in range(2 * VALUES):
            notes = [row[0] for row in connection.execute(path.format("items")).fetchall()]
        assert len(notes) == 2
        assert not {"adelheid", "berthold"} & set(notes)
        with pytest.raises(DENIED, match="how many rows"):
            connection.execute(
                "SELECT 1 FROM notes, staff,"
                " jsonb_array_elements(doc || jsonb_build_array(salary)) item"
            )
        assert asked(connection, [path.format(f"i{n}") for n in range(2 * VALUES)]) == VALUES - 2
