"""No shape of a query asks for free whether a protected column holds a value.

The same conditions are tried by somebody without the `filter` permit and without any budget, by
somebody who has the permit, and by somebody who sees the values.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.pq import DiagnosticField

from scrim.cli.explain_view import branches, lines
from scrim.config.load import load
from scrim.server.explaining import Asker, explaining
from tests.evasion.shapes_guesses import (
    BITS,
    CALLED,
    CONVERTED,
    DICTIONARIES,
    EXACT,
    FAILING,
    OTHER,
    TURNED_BACK,
    WHOLE,
    WITHIN,
)
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "guessing"
READER = User("reader@example.com", ("readers",))
COMPARER = User("comparer@example.com", ("readers", "comparers"))
SEER = User("seer@example.com", ("readers", "seers"))
POLICIES = """
permit(principal in Group::"readers", action in [Action::"connect", Action::"select",
    Action::"copy", Action::"call", Action::"ddl"], resource);
permit(principal in Group::"comparers", action == Action::"filter", resource);
permit(principal in Group::"seers", action == Action::"unmask", resource);
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""
TAGS = {
    "public.people.id": ["public"],
    "public.people.phone": ["contact.phone"],
    "public.people.handle": ["network.cookie"],
    "public.people.born": ["person.birth_date"],
    "public.people.account": ["confidential"],
    "public.people.email": ["contact.email"],
    "public.people.secret": ["confidential"],
    "public.words.word": ["public"],
    "public.holders.held": ["confidential"],
}
SCHEMA = """
CREATE TABLE people (
    id int PRIMARY KEY, phone text, handle text, born date, account bigint, email text,
    secret text);
INSERT INTO people SELECT i, '+1 202-555-' || to_char(100 + i, 'FM0000'), 'o_neill_' || i,
    date '1970-01-01' + i * 100, 4000000 + i * 37, 'adelheid' || i || '@mail.example.org',
    'Plan ' || i
    FROM generate_series(1, 20) i;
CREATE TABLE words (word text);
INSERT INTO words SELECT phone FROM people UNION ALL SELECT handle FROM people
    UNION ALL SELECT email FROM people UNION ALL SELECT secret FROM people
    UNION ALL SELECT born::text FROM people UNION ALL SELECT account::text FROM people;
CREATE DOMAIN held AS text; CREATE DOMAIN held_too AS held; CREATE DOMAIN unused AS text;
CREATE TABLE holders (id int, held held_too);
INSERT INTO holders SELECT id, secret FROM people;
CREATE VIEW everybody AS SELECT * FROM people;
CREATE FUNCTION probes(v text, c text) RETURNS boolean LANGUAGE plpgsql AS $f$
DECLARE r boolean; BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM people WHERE %I::text = $1)', c) INTO r USING v;
    RETURN r; END $f$;
CREATE FUNCTION same(a anyelement, b anyelement) RETURNS boolean LANGUAGE sql AS 'SELECT a = b';
"""
RIGHT = {
    "phone": "+1 202-555-0107",
    "handle": "o_neill_7",
    "born": "1971-12-02",
    "account": "4000259",
    "email": "adelheid7@mail.example.org",
    "secret": "Plan 7",
}
WRONG = {
    "phone": "+1 202-555-9999",
    "handle": "o_neill_x",
    "born": "1961-12-02",
    "account": "4999999",
    "email": "adelheidx@mail.example.org",
    "secret": "Plan X",
}
TYPES = {
    "phone": "text",
    "handle": "text",
    "born": "date",
    "account": "bigint",
    "email": "text",
    "secret": "text",
}
TURNED = frozenset({"phone", "handle", "born", "account"})


def statement(shape: str, column: str, value: str) -> str:
    """Return what asks by a shape whether somebody has a value."""
    quoted = "'" + value.replace("'", "''") + "'"
    marks = (("{c}", column), ("{q}", quoted), ("{r}", value), ("{t}", TYPES[column]))
    for mark, text in marks:
        shape = shape.replace(mark, text)
    whole = shape.startswith(("SELECT", "WITH", "CREATE", "EXPLAIN"))
    return shape if whole else f"SELECT id FROM people WHERE {shape}"


class Room:
    """One database, as three principals see it whose budgets are empty."""

    def __init__(self, gateway: GatewayProcess, database: str = DATABASE) -> None:
        self.gateway, self.database = gateway, database

    def connect(self, user: User, **settings: Any) -> psycopg.Connection[Any]:  # noqa: ANN401
        endpoint = Endpoint(
            "scrim", "127.0.0.1", self.gateway.port, self.database, user.name, user.password
        )
        return psycopg.connect(endpoint.conninfo(), autocommit=True, **settings)


@pytest.fixture(scope="module")
def room(embedded_postgres: PostgresServer) -> Iterator[Room]:
    server = embedded_postgres
    create_database(server, DATABASE)
    server.execute(SCHEMA, DATABASE)
    settings = {
        "operators": {"network.cookie": "siv"},
        "filter_budget": {"values": 0, "rows": 0},
    }
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS, settings)
    with GatewayProcess({DATABASE: store}, [READER, COMPARER, SEER], POLICIES) as gateway:
        yield Room(gateway)


def answers(connection: psycopg.Connection[Any], shape: str, column: str) -> list[Any]:
    """Return what a right and a wrong guess get: rows, or the SQLSTATE of a refusal."""
    values = (RIGHT[column], WRONG[column])
    return [answer(connection, statement(shape, column, value)) for value in values]


def answer(connection: psycopg.Connection[Any], query: str) -> list[Any] | str:
    """Return the rows that a query gets, or the SQLSTATE of an error."""
    try:
        return connection.execute(query).fetchall()
    except psycopg.Error as error:
        return error.sqlstate or "no SQLSTATE"


REFUSALS = ["53400", "42501", "0A000"]
DROPS = {
    "DOMAIN": "DROP DOMAIN IF EXISTS guess",
    "TYPE": "DROP TYPE IF EXISTS guess",
    "TEMP": "DISCARD TEMP",
}


@pytest.mark.parametrize("column", RIGHT)
def test_no_shape_is_free(room: Room, column: str) -> None:
    with closing(room.connect(READER)) as reader, closing(room.connect(SEER)) as seer:
        for shape in (*EXACT, *OTHER, *WHOLE, *CALLED):
            right, wrong = answers(reader, shape, column)
            if not (right in REFUSALS and wrong in REFUSALS):
                assert column != "email", shape
                assert right == wrong, shape
            right, wrong = answers(seer, shape, column)
            assert right != wrong, f"{shape} tells nobody of {column}"
            assert isinstance(right, list), shape


def test_no_row_brings_a_guess_for_itself_or_others(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for query in (
            *(shape.replace("{n}", RIGHT["account"]) for shape in WITHIN),
            *(f"SELECT {shape} FROM people WHERE id = 7" for shape in BITS),
        ):
            with pytest.raises(psycopg.Error) as caught:
                reader.execute(query.encode())
            assert caught.value.sqlstate in REFUSALS, query


@pytest.mark.parametrize("column", ["phone", "email", "secret"])
@pytest.mark.parametrize("definition", CONVERTED)
def test_a_guess_in_a_definition_is_not_free(room: Room, definition: str, column: str) -> None:
    for value in (RIGHT[column], WRONG[column]):
        with closing(room.connect(READER)) as reader:
            reader.execute(statement(definition, column, value))
            try:
                for shape in CONVERTED[definition]:
                    with pytest.raises(psycopg.Error) as caught:
                        reader.execute(statement(shape, column, value))
                    assert caught.value.sqlstate in REFUSALS, shape
            finally:
                reader.execute(DROPS[definition.split()[1]])


def test_what_is_turned_back_is_not_read_by_a_definition(room: Room) -> None:
    with closing(room.connect(READER)) as reader, closing(room.connect(COMPARER)) as comparer:
        row = reader.execute("SELECT phone FROM people WHERE id = 7").fetchone()
        assert row is not None
        definition = "CREATE DOMAIN guess AS text CHECK (VALUE <> {q})"
        reader.execute(statement(definition, "phone", RIGHT["phone"]))
        try:
            for shape in TURNED_BACK:
                for asker in (reader, comparer):
                    with pytest.raises(psycopg.errors.FeatureNotSupported):
                        asker.execute(statement(shape, "phone", row[0]))
        finally:
            reader.execute("DROP DOMAIN guess")
        asked = f"SELECT id FROM people WHERE phone = '{row[0]}'::text::varchar"
        assert reader.execute(asked).fetchall() == [(7,)]


def test_a_domain_is_not_checked_against_what_columns_hold(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for check in ("VALUE <> 'Plan 7'", "VALUE <> 'Plan X'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"ALTER DOMAIN held ADD CHECK ({check})")
            reader.execute(f"ALTER DOMAIN unused ADD CHECK ({check})")


def test_ordinary_expressions_are_free(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for expression in (
            "upper(secret), born::text, account::numeric, -account, sqrt(account)",
            "concat(email, phone), coalesce(phone, handle), ARRAY[phone, handle], (phone, handle)",
            "to_jsonb(people), people::text, account IS NULL, phone = handle, email || secret",
            "concat(email, note), coalesce(email, note), ROW(email, note)",
            "id * id, note || id, id::text::int, n / id",
            "count(email), max(secret), sum(account), avg(account), array_agg(phone)",
        ):
            joined = "people, (SELECT id AS i, 'n' || id AS note, id AS n FROM people) o"
            query = f"SELECT {expression} FROM {joined} WHERE i = id"
            assert reader.execute(query).fetchall(), expression


@pytest.mark.parametrize("column", sorted(TURNED))
def test_a_permit_to_filter_asks_about_raw_values_but_by_plain_equality(
    room: Room, column: str
) -> None:
    with closing(room.connect(COMPARER)) as comparer:
        for shape in EXACT:
            right, wrong = answers(comparer, shape, column)
            assert right == wrong, shape
        for shape in (
            "{c}::text LIKE {q}",
            "{c} BETWEEN {q} AND {q}",
            "strpos({c}::text, {q}) = 1",
        ):
            right, wrong = answers(comparer, shape, column)
            assert ([len(right), len(wrong)]) == [1, 0], shape


def test_work_in_masked_space_needs_no_permit_and_costs_nothing(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for column in sorted(TURNED):
            row = reader.execute(f"SELECT {column} FROM people WHERE id = 7").fetchone()
            assert row is not None
            for shape in EXACT:
                if shape.startswith("NULLIF"):
                    continue  # an expression of it, which is counted
                asked = statement(shape, column, str(row[0]))
                assert reader.execute(asked).fetchall() == [(7,)], (shape, column)


@pytest.mark.parametrize("column", RIGHT)
def test_nobody_has_a_guess_masked_as_a_hidden_value(room: Room, column: str) -> None:
    with closing(room.connect(READER)) as reader, closing(room.connect(COMPARER)) as comparer:
        row = reader.execute(f"SELECT {column} FROM people WHERE id = 7").fetchone()
        assert row is not None
        shown = str(row[0])
        answered = 0
        for shape in DICTIONARIES:
            asked = statement(shape, column, RIGHT[column])
            try:
                found = [str(value) for (value,) in reader.execute(asked)]
            except psycopg.Error as error:
                assert error.sqlstate in REFUSALS, (asked, error)  # noqa: PT017
            else:
                answered += 1
                assert shown not in found, asked
            if "{q}::{t}" not in shape:
                found = [str(value) for (value,) in comparer.execute(asked)]
                assert shown not in found, asked
        assert answered > len(DICTIONARIES) // 3


def test_a_series_of_numbers_is_no_dictionary(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        shown = {value for (value,) in reader.execute("SELECT account FROM people")}
        for query in (
            "SELECT account - account + g FROM people, generate_series(4000001, 4000800) g"
            " WHERE id = 1",
            "SELECT account FROM people WHERE id = 1 UNION ALL"
            " SELECT generate_series(4000001, 4000800)",
            "SELECT account - account + row_number() OVER () FROM people, words",
            "SELECT account - account + id FROM people",
            "SELECT greatest(account - account, length(repeat(word, 4))) FROM people, words",
            "SELECT account - account + count(*) FROM people, words GROUP BY account",
        ):
            try:
                found = [int(value) for (value,) in reader.execute(query)]
            except psycopg.Error as error:
                assert error.sqlstate in REFUSALS, (query, error)  # noqa: PT017
                continue
            assert len(set(found)) > len(found) // 2, f"{query}: {found[:9]}"
            assert len(shown & set(found)) < 3, query


def test_no_row_before_an_error_tells_a_value(room: Room) -> None:
    with (
        closing(room.connect(READER)) as reader,
        closing(room.connect(COMPARER)) as comparer,
        closing(room.connect(SEER)) as seer,
    ):
        for shape in FAILING:
            query = f"SELECT {shape} WHERE people.id = 5"
            assert answer(reader, query) in REFUSALS, query
            assert answer(seer, query) not in REFUSALS, query
            # What `nullif` would turn back is refused in any case.
            assert answer(comparer, query) not in ["53400", "42501"], query


def test_calculating_with_the_own_row_is_counted_and_not_refused(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for shape in (
            "account % id FROM people",
            "account - lag(account) OVER (ORDER BY id) FROM people",
            "account / sum(account) OVER () FROM people",
            "sum(account) / sum(id) FROM people GROUP BY id % id",
            "a % id FROM (SELECT id, account AS a FROM people) x",
            "s % n FROM (SELECT sum(account) AS s, count(id) AS n FROM people GROUP BY born) x",
            "replace(phone, handle, email) FROM people",
        ):
            with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
                reader.execute(f"SELECT {shape}")
        for shape in (
            "sum(account) / count(*) FROM people",
            "lag(account) OVER (ORDER BY id) FROM people",
            "concat(p.email, w.word) FROM people p, words w",
            "p.email || w.word FROM people p, words w",
            "upper(p.secret || p.id || w.word) FROM people p, words w",
            "age(born) FROM people",
            "phone::bytea FROM people, words",
        ):
            assert reader.execute(f"SELECT {shape}").fetchall(), shape


def test_texts_of_several_rows_are_put_together_and_count(room: Room) -> None:
    with closing(room.connect(READER)) as reader, closing(room.connect(COMPARER)) as comparer:
        for shape in (
            "p.email || ', ' || w.word FROM people p, words w",
            "concat(p.secret, ' ', w.word, ' ', p.born) FROM people p, words w",
            "p.phone || ' ' || g FROM people p, generate_series(1, 3) g",
        ):
            with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
                reader.execute(f"SELECT {shape}")
            found = comparer.execute(f"SELECT {shape} WHERE p.id = 5").fetchall()
            assert len(set(found)) == len(found), shape
        for shape in (
            "to_jsonb(p.email) || to_jsonb(w.word) FROM people p, words w",
            "d || jsonb_build_object(word, 1) FROM words,"
            " (SELECT jsonb_build_object(email, 1) AS d FROM people) p",
            "(p.email || w.word)::int FROM people p, words w",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"SELECT {shape}")


def test_what_is_made_of_hidden_values_alone_is_masked_alike(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        for expression in (
            "phone",
            "upper(phone)",
            "phone || handle",
            "max(phone)",
            "coalesce(phone, handle)",
            "CASE WHEN id > 3 THEN phone END",
            "(SELECT p.phone FROM people p WHERE p.id = people.id)",
            "concat(phone, handle)",
        ):
            query = f"SELECT {expression} FROM people WHERE id > 5 GROUP BY id ORDER BY id"
            first, second = (
                reader.execute(f"{query.replace('id > 5', f'id > {start}')}").fetchall()
                for start in ("5", "6")
            )
            assert first[1:] == second, expression


def test_functions_in_conditions_count_but_mere_calls_do_not(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        assert reader.execute("SELECT probes('x', 'phone')").fetchall()
        assert reader.execute("SELECT * FROM probes('x', 'phone')").fetchall()
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded) as caught:
            reader.execute("SELECT 1 WHERE probes('x', 'phone')")
        assert "functions of the database's users" in str(caught.value.diag.message_detail)
    with closing(room.connect(COMPARER)) as comparer:
        comparer.execute("SELECT 1 WHERE probes('x', 'phone')")


@pytest.mark.parametrize(
    "definition",
    [
        "CREATE INDEX ON people ((lower(phone)))",
        "CREATE INDEX ON people (id) WHERE phone = '+1 202-555-0107'",
        "CREATE UNIQUE INDEX ON people ((account / 1000))",
        "CREATE INDEX ON people ((people IS NOT NULL))",
        "CREATE INDEX ON people ((1 / (account - 4000259)))",
        "CREATE STATISTICS s ON (phone = '+1 202-555-0107'), id FROM people",
        "CREATE TABLE asks (v text REFERENCES people (phone))",
        "ALTER TABLE people ADD CHECK (account <> 4000259)",
    ],
)
def test_definitions_ask_nothing(room: Room, definition: str) -> None:
    with (
        closing(room.connect(READER)) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute(definition)


def test_columns_may_be_indexed_as_they_are(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        reader.execute("CREATE INDEX ON people (phone)")
        reader.execute("CREATE INDEX ON people (phone) WHERE id > 3")
        reader.execute("CREATE INDEX ON people ((id + 1))")
    with closing(room.connect(COMPARER)) as comparer:
        comparer.execute("CREATE INDEX ON people ((lower(phone)))")


def test_a_refused_union_says_what_to_write(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
            reader.execute("SELECT phone FROM people UNION SELECT word FROM words")
        assert "UNION ALL" in str(caught.value.diag.message_hint)
        query = "SELECT phone FROM people UNION ALL SELECT word FROM words"
        assert reader.execute(query).fetchall()


def test_a_parameter_of_an_unknown_type_is_named_so(room: Room) -> None:
    with closing(room.connect(READER)) as reader:
        answer = reader.pgconn.prepare(b"", b"SELECT id FROM people WHERE id = $1", [987654])
        assert answer.error_field(DiagnosticField.SQLSTATE) == b"42704"


async def test_explain_says_what_is_counted_and_what_is_mixed(room: Room) -> None:
    config = load(room.gateway.configuration).config
    async with explaining(config, DATABASE, Asker(READER.name)) as explain:
        found = await explain(
            b"SELECT account, account - account + id FROM people"
            b" WHERE email LIKE 'a%' AND phone = 'x' ORDER BY handle"
        )
        called = await explain(b"SELECT 1 WHERE probes('x', 'phone')")
    (statement,) = found.statements
    columns, counted = statement.columns, statement.counted
    assert [column.mixed for column in columns] == [False, True]
    assert {column.treatment for column in columns} == {"mask"}
    assert [(use.columns, use.counts, use.each_time) for use in counted] == [
        (("public.people.email",), "values", False),
        (("public.people.account",), "values", False),
        (("public.people.handle",), "rows", False),
    ]
    assert found.document()["statements"][0]["counted"][2]["counts"] == "rows"
    text = "\n".join(lines(branches(found)))
    assert "public.people.email: values, and single rows" in text
    assert "equal ones do not look equal" in text
    (use,) = called.statements[0].counted
    assert (use.columns, use.each_time) == (("what functions of the database's users read",), True)
