"""Masked values that a client was shown work in its statements, and guesses of raw ones do not."""

from __future__ import annotations

import asyncio
import subprocess
import time
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest
from psycopg import sql

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "masked_space"
ANALYST = User("analyst@example.com", ("analysts",))
INVESTIGATOR = User("investigator@example.com", ("investigators",))
PEOPLE = 40
COLUMNS = ("phone", "iban", "member", "ticket", "born", "handle", "account")
"""Columns with reversible operators; `email` has none."""
TAGS = {
    "public.people.id": ["public"],
    "public.people.city": ["public"],
    "public.people.phone": ["contact.phone"],
    "public.people.iban": ["financial.iban"],
    "public.people.member": ["person.employee_number"],
    "public.people.ticket": ["confidential"],
    "public.people.born": ["person.birth_date"],
    "public.people.handle": ["network.cookie"],
    "public.people.account": ["confidential"],
    "public.people.email": ["contact.email"],
    "public.visits.phone": ["contact.phone"],
    "public.visits.note": ["public"],
}
OPERATORS = {
    "network.cookie": "siv",
    "person.employee_number": "ff1",
}
SCHEMA = f"""
CREATE TABLE people (
    id int PRIMARY KEY, city text, phone text, iban text, member varchar(12), ticket uuid,
    born date, handle text, account bigint, email text);
INSERT INTO people SELECT
    i, 'town ' || i % 4, '+1 202-555-' || to_char(100 + i, 'FM0000'),
    'GB' || to_char(98 - (mod(mod(('32142829' || to_char(60161300000000 + i, 'FM00000000000000')
        || '161100')::numeric, 97), 97)), 'FM00') || 'WEST' || to_char(60161300000000 + i,
        'FM00000000000000'),
    to_char(700000000 + i * 7919, 'FM000000000'), md5(i::text)::uuid,
    date '1970-01-01' + i * 100, 'o''neill\\' || i, 4000000 + i * 37,
    'adelheid' || i || '@mail.example.org'
    FROM generate_series(1, {PEOPLE}) i;
CREATE TABLE visits (phone text, note text);
INSERT INTO visits SELECT phone, 'visit of ' || id FROM people;
CREATE VIEW towns AS SELECT id, phone AS number, city FROM people;
"""


class Space:
    """The same database as its owner and as an analyst see it."""

    def __init__(self, direct: Endpoint, through: Endpoint, gateway: GatewayProcess) -> None:
        self.direct, self.through, self.gateway = direct, through, gateway

    def owner(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.direct.conninfo(), autocommit=True, connect_timeout=20)

    def analyst(self, *, prepare_threshold: int | None = None) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self.through.conninfo(),
            autocommit=True,
            connect_timeout=20,
            prepare_threshold=prepare_threshold,
        )


@pytest.fixture(scope="module")
def space(debian_postgres: PostgresServer) -> Iterator[Space]:
    server = debian_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    store = Store(
        server.port,
        DATABASE,
        "postgres",
        server.password,
        TAGS,
        {"operators": OPERATORS},
    )
    with GatewayProcess({DATABASE: store}, [ANALYST, INVESTIGATOR]) as gateway:
        direct = Endpoint("direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password)
        through = Endpoint(
            "scrim", "127.0.0.1", gateway.port, DATABASE, ANALYST.name, ANALYST.password
        )
        yield Space(direct, through, gateway)


@pytest.fixture
def analyst(space: Space) -> Iterator[psycopg.Connection[Any]]:
    with closing(space.analyst()) as connection:
        yield connection


@pytest.fixture
def owner(space: Space) -> Iterator[psycopg.Connection[Any]]:
    with closing(space.owner()) as connection:
        yield connection


def of(connection: psycopg.Connection[Any], column: str, number: int) -> Any:  # noqa: ANN401
    """What somebody sees of a column of one person."""
    query = sql.SQL("SELECT {} FROM people WHERE id = %s").format(sql.Identifier(column))
    row = connection.execute(query, (number,)).fetchone()
    assert row is not None
    return row[0]


def found(
    connection: psycopg.Connection[Any],
    condition: str,
    *values: object,
    binary: bool | None = None,
) -> list[int]:
    """The people of whom a condition holds."""
    mark = {None: "%s", True: "%b", False: "%t"}[binary]
    query = f"SELECT id FROM people WHERE {condition.replace('?', mark)} ORDER BY id"
    return [number for (number,) in connection.execute(query, values or None).fetchall()]


def hidden(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> dict[int, Any]:
    """Raw values by person, but for those that chance has made the masked value of another."""
    everything = sql.SQL("SELECT id, {} FROM people").format(sql.Identifier(column))
    shown = {value for _, value in analyst.execute(everything).fetchall()}
    raw = owner.execute(everything).fetchall()
    return {number: value for number, value in raw if value not in shown}


def literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_that_was_shown_finds_its_row(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    for number, raw in list(hidden(analyst, owner, column).items())[:3]:
        shown = of(analyst, column, number)
        assert shown != raw
        assert found(analyst, f"{column} = {literal(shown)}") == [number]
        assert found(analyst, f"{column} = {literal(raw)}") == []
        for binary in (None, True, False):
            assert found(analyst, f"{column} = ?", shown, binary=binary) == [number]
            assert found(analyst, f"{column} = ?", raw, binary=binary) == []


@pytest.mark.parametrize("column", COLUMNS)
def test_lists_and_arrays_of_shown_values_find_their_rows(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    shown = [of(analyst, column, number) for number in (2, 3, 5)]
    unseen = hidden(analyst, owner, column)
    raw = next(value for number, value in unseen.items() if number not in (2, 3, 5))
    listed = ", ".join(literal(value) for value in (*shown, raw))
    assert found(analyst, f"{column} IN ({listed})") == [2, 3, 5]
    assert found(analyst, f"{column} NOT IN ({listed}) AND id < 9") == [1, 4, 6, 7, 8]
    assert found(analyst, f"{column} IN (?, ?)", shown[0], raw) == [2]
    for binary in (True, False):
        assert found(analyst, f"{column} = ANY(?)", [*shown, raw], binary=binary) == [2, 3, 5]
        rest = found(analyst, f"{column} <> ALL(?) AND id < 9", shown, binary=binary)
        assert rest == [1, 4, 6, 7, 8]


def test_numbers_are_turned_back_as_numbers(analyst: psycopg.Connection[Any]) -> None:
    shown = of(analyst, "account", 9)
    for condition in (f"account={shown}", f"account IN ({shown}, 5)", f"{shown} = account"):
        assert found(analyst, condition) == [9]
    assert found(analyst, f"account <> {shown} AND id IN (8, 9)") == [8]


def test_rows_views_subqueries_and_joins_work(analyst: psycopg.Connection[Any]) -> None:
    shown = of(analyst, "phone", 4)
    member = of(analyst, "member", 4)
    for query in (
        "SELECT id FROM people WHERE (phone, member) = (%(phone)s, %(member)s)",
        "SELECT id FROM people WHERE (phone, id) IN ((%(phone)s, 4), ('x', 5))",
        "SELECT id FROM towns WHERE number = %(phone)s",
        "SELECT id FROM (SELECT id, phone AS p FROM people) q WHERE p = %(phone)s",
        "WITH q AS (SELECT id, phone AS p FROM people) SELECT id FROM q WHERE q.p = %(phone)s",
        "SELECT id FROM people p WHERE EXISTS (SELECT FROM visits v WHERE v.phone = p.phone"
        " AND v.phone = %(phone)s)",
        "SELECT p.id FROM people p JOIN visits v ON v.phone = p.phone AND v.phone = %(phone)s",
        "SELECT id FROM people WHERE phone::text = %(phone)s",
        "SELECT id FROM people WHERE CASE phone WHEN %(phone)s THEN true ELSE false END",
        "SELECT id FROM people WHERE %(phone)s IS NOT DISTINCT FROM phone",
        "SELECT id FROM people WHERE (%(phone)s::text IS NULL OR phone = %(phone)s)",
        "SELECT id FROM people WHERE id = 4 AND NULLIF(phone, %(phone)s) IS NULL",
    ):
        rows = analyst.execute(query, {"phone": shown, "member": member}).fetchall()
        assert rows == [(4,)], query


def test_a_prepared_statement_is_used_with_one_value_after_another(
    space: Space, owner: psycopg.Connection[Any]
) -> None:
    with closing(space.analyst(prepare_threshold=0)) as analyst:
        shown = {number: of(analyst, "phone", number) for number in range(1, 6)}
        query = "SELECT id FROM people WHERE phone = %s"
        raw = hidden(analyst, owner, "phone")
        for number, phone in shown.items():
            assert analyst.execute(query, (phone,)).fetchall() == [(number,)]
            if number in raw:
                assert analyst.execute(query, (raw[number],)).fetchall() == []
        assert raw


def test_a_statement_of_a_known_shape_is_not_decided_again(
    space: Space, analyst: psycopg.Connection[Any]
) -> None:
    shown = [of(analyst, "iban", number) for number in range(1, 6)]
    found(analyst, f"iban = {literal(shown[0])} AND id > 0")
    before = space.gateway.audit_text().count('"intent"')
    misses = _misses(space)
    for number, iban in enumerate(shown, 1):
        assert found(analyst, f"iban = {literal(iban)} AND id > 0") == [number]
    assert space.gateway.audit_text().count('"intent"') == before + len(shown)
    assert _misses(space) == misses


def _misses(space: Space) -> str:
    url = f"http://127.0.0.1:{space.gateway.admin_port}/metrics"
    until = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                lines = answer.read().decode().splitlines()
            break
        except OSError:
            # The page may be served later than the first session.
            assert time.monotonic() < until, "the page is not served"
            time.sleep(0.05)
    found = [line for line in lines if line.startswith("scrim_shape_cache_misses")]
    assert found
    return "\n".join(found)


def test_a_value_that_was_shown_is_written_as_the_real_one(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    shown = of(analyst, "phone", 10)
    raw = of(owner, "phone", 10)
    analyst.execute("UPDATE people SET phone = %s, city = 'moved' WHERE id = 11", (shown,))
    assert of(owner, "phone", 11) == raw
    assert of(owner, "city", 11) == "moved"
    analyst.execute(f"INSERT INTO people (id, phone, handle) VALUES (100, {literal(shown)}, 'new')")
    assert of(owner, "phone", 100) == raw
    assert of(owner, "handle", 100) == "new"
    handle = of(analyst, "handle", 10)
    analyst.execute(
        "INSERT INTO people SELECT 101, 'x', %s, NULL, NULL, NULL, NULL, %s", (shown, handle)
    )
    assert (of(owner, "phone", 101), of(owner, "handle", 101)) == (raw, of(owner, "handle", 10))
    analyst.execute(
        "INSERT INTO people (id, phone) VALUES (101, 'x')"
        " ON CONFLICT (id) DO UPDATE SET handle = %s",
        (of(analyst, "handle", 12),),
    )
    assert of(owner, "handle", 101) == of(owner, "handle", 12)
    with analyst.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO visits VALUES (%s, %s)",
            [(shown, "again"), (of(analyst, "phone", 12), "too")],
        )
    rows = owner.execute("SELECT phone FROM visits WHERE note IN ('again', 'too') ORDER BY note")
    assert rows.fetchall() == [(raw,), (of(owner, "phone", 12),)]


def test_a_row_is_copied_by_a_query_to_the_same_columns(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    analyst.execute(
        "INSERT INTO people (id, handle, email, phone)"
        " SELECT id + 200, handle, email, phone FROM people WHERE handle = %s",
        (of(analyst, "handle", 20),),
    )
    for column in ("handle", "email", "phone"):
        assert of(owner, column, 220) == of(owner, column, 20)
        assert of(analyst, column, 220) == of(analyst, column, 20)
        assert of(analyst, column, 220) != of(owner, column, 20)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO people (id, city) SELECT 300, handle FROM people WHERE id = 20",
        "INSERT INTO people (id, phone) SELECT 300, handle FROM people WHERE id = 20",
        "INSERT INTO people (id, handle) SELECT 300, left(handle, 1) FROM people WHERE id = 20",
        "INSERT INTO people SELECT 300, handle FROM people WHERE id = 20",
        "INSERT INTO people (id, city, handle) SELECT 300, p.* FROM"
        " (SELECT handle, city FROM people WHERE id = 20) p",
        "INSERT INTO visits (note) SELECT phone FROM people WHERE id = 20",
        "INSERT INTO visits (phone) SELECT phone FROM people WHERE id = 20",
        "CREATE TABLE copied AS SELECT handle FROM people",
    ],
)
def test_a_query_stores_nothing_masked_where_it_would_be_seen(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], query: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="storing"):
        analyst.execute(query)
    assert owner.execute("SELECT count(*) FROM people WHERE id = 300").fetchone() == (0,)


def test_what_cannot_be_turned_back_is_not_updated_but_can_be_new(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    before = of(owner, "email", 13)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="masked column"):
        analyst.execute("UPDATE people SET email = %s WHERE id = 13", (of(analyst, "email", 13),))
    assert of(owner, "email", 13) == before
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="cannot be read"):
        analyst.execute("UPDATE people SET member = 'none of them' WHERE id = 13")
    analyst.execute("UPDATE people SET email = NULL WHERE id = 12")
    analyst.execute("INSERT INTO people (id, email) VALUES (110, 'berta@mail.example.org')")
    assert of(owner, "email", 110) == "berta@mail.example.org"


def test_what_is_not_understood_is_refused_and_says_why(analyst: psycopg.Connection[Any]) -> None:
    shown = of(analyst, "phone", 14)
    for query, values in (
        ("SELECT id FROM people WHERE phone = %(a)s OR city = %(a)s", {"a": shown}),
        ("SELECT id FROM people WHERE phone = %(a)s OR handle = %(a)s", {"a": shown}),
        ("SELECT %(a)s::text FROM people WHERE phone = %(a)s", {"a": shown}),
    ):
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="something else"):
            analyst.execute(query, values)
    for query in (
        "SELECT id FROM people WHERE born = 'January 5, 1980'",
        "SELECT id FROM people WHERE account = 0x10",
    ):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="cannot be read"):
            analyst.execute(query)
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="PREPARE"):
        analyst.execute("PREPARE p AS SELECT id FROM people WHERE phone = $1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="kept"):
        analyst.execute(f"CREATE VIEW v AS SELECT id FROM people WHERE phone = {literal(shown)}")
    assert found(analyst, "phone = ?", shown) == [14]


def test_errors_point_into_the_statement_that_the_client_sent(
    analyst: psycopg.Connection[Any],
) -> None:
    shown = of(analyst, "handle", 15)
    query = f"SELECT id FROM people WHERE handle = {literal(shown)} AND nothing = 1"
    with pytest.raises(psycopg.errors.UndefinedColumn) as raised:
        analyst.execute(query)
    assert raised.value.diag.statement_position == str(query.index("nothing") + 1)


def test_no_raw_value_is_shown_on_the_way(
    space: Space, analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    shown, raw = of(analyst, "handle", 16), of(owner, "handle", 16)
    plan = analyst.execute(f"EXPLAIN SELECT FROM people WHERE handle = {literal(shown)}").fetchall()
    assert raw not in str(plan)
    assert raw not in space.gateway.audit_text()
    assert raw not in space.gateway.log_text()


def test_psql_and_cursors_work_with_shown_values(
    space: Space, analyst: psycopg.Connection[Any]
) -> None:
    shown = of(analyst, "ticket", 17)
    query = f"SELECT id FROM people WHERE ticket = '{shown}'; SELECT 1"
    ran = subprocess.run(
        ["psql", "-AtX", "-c", query, space.through.conninfo()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.split() == ["17", "1"]
    ran = subprocess.run(
        ["psql", "-AtX", space.through.conninfo()],
        input=f"COPY (SELECT id FROM people WHERE ticket = '{shown}') TO STDOUT;",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.split() == ["17"]
    with analyst.transaction(), analyst.cursor("c") as cursor:
        cursor.execute("SELECT id FROM people WHERE ticket = %s", (shown,))
        assert cursor.fetchall() == [(17,)]


def test_a_pipeline_of_prepared_statements_is_turned_back(space: Space) -> None:
    with closing(space.analyst(prepare_threshold=0)) as analyst:
        shown = {number: of(analyst, "member", number) for number in range(20, 26)}
        with analyst.pipeline():
            cursors = [
                (number, analyst.execute("SELECT id FROM people WHERE member = %s", (member,)))
                for number, member in shown.items()
            ]
            for number, cursor in cursors:
                assert cursor.fetchall() == [(number,)]


def test_values_in_the_binary_format_of_their_types_are_turned_back(space: Space) -> None:
    async def run() -> None:
        through = space.through
        connection = await asyncpg.connect(
            host=through.host,
            port=through.port,
            user=through.user,
            password=through.password,
            database=through.database,
            ssl=False,
        )
        try:
            for column in COLUMNS:
                query = f"SELECT {column} FROM people WHERE id = ANY($1) ORDER BY id"
                shown = [row[0] for row in await connection.fetch(query, [30, 31])]
                query = f"SELECT id FROM people WHERE {column} = $1"
                assert await connection.fetchval(query, shown[1]) == 31
                query = f"SELECT id FROM people WHERE {column} = ANY($1) ORDER BY id"
                rows = await connection.fetch(query, shown)
                assert [row[0] for row in rows] == [30, 31]
        finally:
            await connection.close()

    asyncio.run(run())


def test_whoever_sees_raw_values_writes_raw_values(
    space: Space, owner: psycopg.Connection[Any]
) -> None:
    investigator = Endpoint(
        "scrim",
        "127.0.0.1",
        space.gateway.port,
        DATABASE,
        INVESTIGATOR.name,
        INVESTIGATOR.password,
    )
    with closing(psycopg.connect(investigator.conninfo(), autocommit=True)) as connection:
        assert found(connection, "phone = ?", of(owner, "phone", 18)) == [18]
