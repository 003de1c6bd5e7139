"""The data of the evasion tests: a few secrets in every type and object that can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.gateway_process import User

if TYPE_CHECKING:
    from tests.evasion.canaries import Canaries, Person

DATABASE = "vault"
ANALYST = User("analyst@example.com", ("analysts",))
INVESTIGATOR = User("investigator@example.com", ("investigators",))

_SCHEMA = """
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;
CREATE EXTENSION pgcrypto; CREATE EXTENSION dblink; CREATE EXTENSION tablefunc;
CREATE EXTENSION xml2; CREATE EXTENSION intarray; CREATE EXTENSION ltree;
CREATE EXTENSION pageinspect; CREATE EXTENSION lo;
CREATE SCHEMA hidden; CREATE SCHEMA sandbox;
CREATE TYPE pair AS (label text, contact text);
CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE people (
    id int PRIMARY KEY, full_name text, email text, phone varchar(40), card text, ssn char(11),
    iban text, remarks text, notes text, profile jsonb, plain json, emails text[], grid text[][],
    contact pair, contacts pair[], address mail, nick citext, blob bytea, extra hstore, doc xml,
    words tsvector, ip inet, born date, span daterange, numbers int8range, digits numeric,
    big bigint, code uuid, tag name, path ltree, moment timestamptz, query tsquery);
CREATE TABLE clean (id int PRIMARY KEY, word text, amount numeric, payload jsonb);
INSERT INTO clean VALUES (1, 'plain', 12.5, '{"k": "v"}'), (2, 'other', 7, NULL);
CREATE TABLE series (id int PRIMARY KEY, label text, remarks text);
CREATE TABLE parent (id int, remarks text);
CREATE TABLE child (more text) INHERITS (parent);
CREATE TABLE parts (id int, remarks text) PARTITION BY RANGE (id);
CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE TABLE sandbox.copies (id int, word text);
CREATE TABLE unlogged_scratch (id int, word text);
CREATE TABLE letters (
    id int PRIMARY KEY, body text, doc jsonb, plain_doc json, lines text[], bytes bytea,
    part pair, code bigint, backwards text GENERATED ALWAYS AS (reverse(body)) STORED);
CREATE TABLE counts (id int PRIMARY KEY, n1 bigint, n2 numeric, n3 bigint[]);
INSERT INTO counts SELECT i, i * 7, i * 1.5, ARRAY[i] FROM generate_series(1, 3000) i;
CREATE VIEW faces AS SELECT id, full_name AS face, remarks AS story FROM people;
CREATE VIEW faces_twice AS SELECT upper(f.story) AS loud, f.* FROM faces f;
CREATE VIEW turned AS SELECT id, reverse(body) AS body FROM letters;
CREATE MATERIALIZED VIEW turned_once AS SELECT id, encode(body::bytea, 'hex') AS body FROM letters;
CREATE TABLE ruled (id int, word text);
INSERT INTO ruled VALUES (1, 'plain');
CREATE RULE on_update AS ON UPDATE TO ruled DO INSTEAD UPDATE clean SET word = word WHERE id = 1
    RETURNING id, (SELECT remarks FROM people WHERE id = 1);
CREATE RULE on_insert AS ON INSERT TO ruled DO INSTEAD UPDATE clean SET word = word WHERE id = 1
    RETURNING id, (SELECT remarks FROM people WHERE id = 1);
CREATE RULE on_delete AS ON DELETE TO ruled DO INSTEAD UPDATE clean SET word = word WHERE id = 1
    RETURNING id, (SELECT remarks FROM people WHERE id = 1);
CREATE TABLE told (id int, word text);
CREATE RULE tells_too AS ON INSERT TO told DO ALSO
    SELECT remarks, remarks || '' AS word FROM people;
CREATE VIEW told_seen AS SELECT id, word FROM told;
CREATE VIEW ruled_seen AS SELECT id, word FROM ruled;
CREATE VIEW ruled_seen_twice AS SELECT * FROM ruled_seen;
CREATE VIEW triggered AS SELECT id, word FROM clean;
CREATE FUNCTION fills() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.word := (SELECT remarks FROM people WHERE id = 1); RETURN NEW; END';
CREATE TRIGGER instead INSTEAD OF INSERT OR UPDATE ON triggered
    FOR EACH ROW EXECUTE FUNCTION fills();
CREATE VIEW harmless AS SELECT id, word FROM clean;
CREATE MATERIALIZED VIEW kept AS SELECT id, lower(remarks) AS story FROM people;
CREATE FUNCTION sql_reads(n int) RETURNS text LANGUAGE sql AS
    'SELECT remarks FROM people WHERE id = n';
CREATE FUNCTION sql_rows() RETURNS SETOF people LANGUAGE sql AS 'SELECT * FROM people';
CREATE FUNCTION definer_reads() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN RETURN (SELECT remarks FROM people WHERE id = 1); END';
CREATE FUNCTION shouts(n int) RETURNS int LANGUAGE plpgsql AS
    'DECLARE t text; BEGIN SELECT remarks INTO t FROM people WHERE id = n;
     RAISE NOTICE ''secret: %'', t; RETURN n; END';
CREATE FUNCTION fails(n int) RETURNS int LANGUAGE plpgsql AS
    'DECLARE t text; BEGIN SELECT remarks INTO t FROM people WHERE id = n;
     RAISE EXCEPTION ''%'', t USING DETAIL = t, HINT = t, COLUMN = t, TABLE = t; END';
CREATE FUNCTION tells(n int) RETURNS int LANGUAGE plpgsql AS
    'DECLARE t text; BEGIN SELECT remarks INTO t FROM people WHERE id = n;
     PERFORM pg_notify(''gossip'', t); RETURN n; END';
CREATE FUNCTION sandbox.initcap(text) RETURNS text LANGUAGE sql AS
    'SELECT remarks FROM public.people WHERE id = 1';
CREATE FUNCTION sandbox.dense_rank(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION peek(int) RETURNS text LANGUAGE sql AS
    'SELECT remarks FROM public.people WHERE id = $1';
CREATE PROCEDURE proc_reads(INOUT t text) LANGUAGE plpgsql AS
    'BEGIN SELECT remarks INTO t FROM people WHERE id = 1; END';
CREATE AGGREGATE sandbox.pick(text) (SFUNC = textcat, STYPE = text);
CREATE FUNCTION combine(int, int) RETURNS text LANGUAGE sql AS
    'SELECT remarks FROM public.people WHERE id = $1';
CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int, FUNCTION = combine);
CREATE FUNCTION sandbox.joined(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS
    'SELECT remarks FROM public.people WHERE id = 1';
CREATE OPERATOR sandbox.|&> (LEFTARG = text, RIGHTARG = text, FUNCTION = sandbox.joined);
CREATE FUNCTION sandbox.to_citext(pair) RETURNS citext LANGUAGE sql AS
    'SELECT remarks::citext FROM public.people WHERE id = 1';
CREATE CAST (pair AS citext) WITH FUNCTION sandbox.to_citext(pair);
CREATE TABLE holder (id int PRIMARY KEY, whole people, wholes people[]);
CREATE STATISTICS pair_stats (mcv) ON remarks, email FROM people;
CREATE TABLE aged (id int PRIMARY KEY);
INSERT INTO aged VALUES (1), (2);
"""

TAGS = {
    **{f"public.clean.{name}": ["public"] for name in ("id", "word", "amount", "payload")},
    "public.told.id": ["public"],
    "public.told.word": ["public"],
    "public.ruled.id": ["public"],
    "public.ruled.word": ["public"],
    "public.series.id": ["public"],
    "public.series.label": ["public"],
    "public.series.remarks": ["confidential"],
    "public.people.id": ["public"],
    "public.people.full_name": ["person.full"],
    "public.people.email": ["contact.email"],
    "public.people.phone": ["contact.phone"],
    "public.people.card": ["financial.card"],
    "public.people.ssn": ["us.ssn"],
    "public.people.iban": ["financial.iban"],
    **{
        f"public.people.{name}": ["confidential"]
        for name in (
            "remarks", "profile", "plain", "emails", "grid", "contact", "contacts", "address",
            "nick", "blob", "extra", "doc", "words", "ip", "born", "span", "numbers", "digits",
            "big", "code", "tag", "path", "moment", "query",
        )
    },
    "public.aged.id": ["public"],
    "public.aged.tier": ["confidential"],
    "public.holder.id": ["public"],
    "public.parent.id": ["public"],
    "public.parent.remarks": ["confidential"],
    "public.parts.remarks": ["confidential"],
    "public.letters.id": ["public"],
    "public.counts.id": ["public"],
    "public.wide": ["confidential"],
}  # fmt: skip


def schema(canaries: Canaries) -> str:
    """Return the statements that make the database.

    Args:
        canaries: Who is in it.
    """
    return f"{_SCHEMA}\n{_contents(canaries)}"


def exchange(canaries: Canaries) -> str:
    """Return the statements that put others into the place of those in the database.

    Args:
        canaries: Who is in it from then on.
    """
    return (
        "TRUNCATE people, letters, series, parent, parts, holder;"
        " DELETE FROM counts WHERE id = 4000; ALTER TABLE aged DROP COLUMN tier;"
        f"{_contents(canaries)}"
    )


def _contents(canaries: Canaries) -> str:
    first, second = canaries.people
    return "\n".join(
        [
            _insert(1, first),
            _insert(2, second),
            # Numbers of cards behind thousands of others, so that no sample shows them.
            f"INSERT INTO counts VALUES (4000, {first.card}, {second.card}, ARRAY[{first.card}]);",
            _letter(1, first),
            _letter(2, second),
            f"INSERT INTO series VALUES (1, 'one', '{first.secret}');",
            f"INSERT INTO series VALUES (2, 'two', '{second.secret}');",
            f"INSERT INTO parent VALUES (1, '{first.secret}');",
            f"INSERT INTO child VALUES (2, '{second.secret}', 'more');",
            f"INSERT INTO parts VALUES (1, '{first.secret}');",
            "INSERT INTO holder SELECT id, p, ARRAY[p] FROM people p;",
            f"ALTER TABLE aged ADD COLUMN tier text DEFAULT '{second.secret}';",
            "DO $do$ BEGIN EXECUTE format("
            f"'ALTER ROLE postgres IN DATABASE %I SET app.contact = %L',"
            f" current_database(), '{first.email}'); END $do$;",
            f"COMMENT ON TABLE people IS 'ask {first.email}';",
            f"COMMENT ON COLUMN people.remarks IS 'ask {second.email}';",
            "ALTER TABLE people ALTER remarks SET STATISTICS 100;",
            "INSERT INTO people (id, remarks, email)"
            f" SELECT i, '{first.secret}', '{first.email}' FROM generate_series(100, 150) i;",
            "REFRESH MATERIALIZED VIEW kept; REFRESH MATERIALIZED VIEW turned_once; ANALYZE;",
        ]
    )


def _insert(row: int, who: Person) -> str:
    name = f"{who.given} {who.family}"
    pair = f"ROW('{name}', '{who.email}')::pair"
    values = (
        str(row), f"'{name}'", f"'{who.email}'", f"'{who.phone}'", f"'{who.card}'",
        f"'{who.ssn}'", f"'{who.iban}'", f"'{who.secret}'",
        f"'Please write to {who.email} or call {who.phone}.'",
        f"""'{{"name": "{name}", "deep": [{{"mail": "{who.email}", "n": {who.number}}}]}}'""",
        f"""'{{"name": "{name}"}}'""", f"ARRAY['{who.email}', '{who.secret}']",
        f"ARRAY[['{who.email}'], ['{name}']]", pair, f"ARRAY[{pair}]", f"'{who.email}'",
        f"'{name}'", f"convert_to('{who.secret}', 'UTF8')",
        f"""hstore('mail', '{who.email}') || hstore('k', '{who.secret}')""",
        f"'<p mail=\"{who.email}\"><name>{name}</name></p>'",
        f"to_tsvector('simple', '{who.secret}')", f"'{who.address}'", f"'{who.born}'",
        f"daterange('{who.born}', '2000-01-01')", f"int8range({who.number}, NULL)",
        f"{who.number}.25", who.number, f"'{who.code}'", f"'{who.family}{who.given}'",
        f"text2ltree('{who.family}.{who.given}')", f"'{who.born} 03:04:05+00'",
        f"to_tsquery('simple', '{who.family}')",
    )  # fmt: skip
    return f"INSERT INTO people VALUES ({', '.join(values)});"


def _letter(row: int, who: Person) -> str:
    """Return the statement for a row of untagged texts that detection knows when they are whole."""
    text = f"{who.email}, {who.card}; {who.iban}"
    values = (
        str(row), f"'{text}'", f"""'{{"k": ["{text}"]}}'""", f"""'{{"k": "{text}"}}'""",
        f"ARRAY['{who.email}', '{who.card}', E'pay:\\n{who.card}\\t{who.iban}\\n']",
        f"convert_to('{text}', 'UTF8')",
        f"ROW('{who.email}', '{who.card}')::pair", who.card,
    )  # fmt: skip
    return f"INSERT INTO letters VALUES ({', '.join(values)});"
