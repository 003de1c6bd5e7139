"""Statements that one after the other try to take a value from under its tags.

A row is never deleted.
"""

from __future__ import annotations

from typing import Final

STEPS: Final[dict[str, tuple[str, ...]]] = {
    "insert by position": (
        "INSERT INTO series SELECT id + 100, remarks, remarks FROM series",
        "SELECT label FROM series",
    ),
    "insert of a union by position": (
        "INSERT INTO series (id, label, remarks) SELECT id + 200, remarks, remarks FROM series"
        " UNION ALL SELECT id + 300, remarks, remarks FROM series",
        "SELECT label FROM series",
    ),
    "merge by position": (
        "MERGE INTO series USING series s ON false WHEN NOT MATCHED THEN"
        " INSERT VALUES (s.id + 400, s.remarks, s.remarks)",
        "SELECT label FROM series",
    ),
    "update from another column": (
        "UPDATE series SET label = remarks",
        "SELECT label FROM series",
    ),
    "update of several columns": (
        "UPDATE series SET (label) = ROW((SELECT max(remarks) FROM people))",
        "SELECT label FROM series",
    ),
    "upsert": (
        "INSERT INTO series SELECT * FROM series ON CONFLICT (id)"
        " DO UPDATE SET label = excluded.remarks",
        "SELECT label FROM series",
    ),
    "a namesake in the search path": (
        "SET search_path = sandbox, public",
        "CREATE TABLE series (id int, label text, remarks text)",
        "INSERT INTO series (remarks) SELECT remarks FROM public.series",
        "SELECT remarks || '' FROM sandbox.series",
        "SELECT remarks FROM sandbox.series",
    ),
    "a namesake from a query": (
        "SET search_path = sandbox, public",
        "CREATE TABLE people AS SELECT remarks FROM public.people",
        "SELECT remarks FROM sandbox.people",
    ),
    "a namesake from SELECT INTO": (
        "SET search_path = sandbox, public",
        "SELECT remarks INTO people FROM public.people",
        "SELECT remarks FROM sandbox.people",
    ),
    "a temporary view in front of a table": (
        "CREATE TEMP VIEW clean AS SELECT remarks AS word FROM people",
        "SELECT word || '' FROM clean",
    ),
    "a temporary table from a prepared statement": (
        "PREPARE p AS SELECT remarks AS word FROM people",
        "CREATE TEMP TABLE clean AS EXECUTE p",
        "SELECT word || '' FROM clean",
    ),
    "a generated column": (
        "ALTER TABLE series ADD COLUMN copy text GENERATED ALWAYS AS (remarks) STORED",
        "SELECT copy FROM series",
    ),
    "a rebuilt column": (
        "ALTER TABLE series ALTER COLUMN label TYPE text USING remarks",
        "SELECT label FROM series",
    ),
    "a renamed column": (
        "ALTER TABLE series RENAME COLUMN remarks TO words",
        "SELECT words FROM series",
        "ALTER TABLE series RENAME COLUMN words TO remarks",
    ),
    "a renamed table": (
        "ALTER TABLE parent RENAME TO parent_once",
        "SELECT remarks FROM parent_once",
        "ALTER TABLE parent_once RENAME TO parent",
    ),
    "tables that swap names in a transaction": (
        "BEGIN",
        "ALTER TABLE clean RENAME TO clean_once",
        "ALTER TABLE people RENAME COLUMN remarks TO word",
        "ALTER TABLE people RENAME TO clean",
        "SELECT word || '' FROM clean",
        "ROLLBACK",
    ),
    "a renamed schema": (
        "ALTER SCHEMA public RENAME TO private",
        "SELECT remarks FROM private.people",
        "ALTER SCHEMA private RENAME TO public",
    ),
    "a table in another schema": (
        "ALTER TABLE people SET SCHEMA hidden",
        "SELECT remarks FROM hidden.people",
        "ALTER TABLE hidden.people SET SCHEMA public",
    ),
    "a child that leaves its parent": (
        "ALTER TABLE child NO INHERIT parent",
        "SELECT remarks FROM child",
        "ALTER TABLE child INHERIT parent",
    ),
    "a partition that leaves": (
        "ALTER TABLE parts DETACH PARTITION parts_low",
        "SELECT remarks FROM parts_low",
        "ALTER TABLE parts ATTACH PARTITION parts_low FOR VALUES FROM (0) TO (100)",
    ),
    "a function with another name": (
        "BEGIN",
        "ALTER FUNCTION peek(int) RENAME TO ascii",
        "SELECT public.ascii(1), ascii(1)",
        "ROLLBACK",
    ),
    "a copy in a table": (
        "CREATE TABLE sandbox.taken AS SELECT remarks AS word FROM people",
        "SELECT word FROM sandbox.taken",
    ),
    "a copy in a materialised view": (
        "CREATE MATERIALIZED VIEW sandbox.seen AS SELECT remarks AS word FROM people",
        "SELECT word FROM sandbox.seen",
    ),
    "a changed view": (
        "BEGIN",
        "CREATE OR REPLACE VIEW harmless AS SELECT id, remarks AS word FROM people",
        "SELECT word || '' FROM harmless",
        "ROLLBACK",
    ),
    "RETURNING": (
        "BEGIN",
        "UPDATE people SET id = id + 1000 RETURNING remarks, remarks || '', people",
        "DELETE FROM series RETURNING *, remarks || ''",
        "WITH d AS (DELETE FROM parent RETURNING remarks) SELECT remarks || '' FROM d",
        "ROLLBACK",
    ),
    "what rules return": (
        "UPDATE ruled SET word = word RETURNING word, word || ''",
        "INSERT INTO ruled VALUES (2, 'x') RETURNING *",
        "DELETE FROM ruled RETURNING ruled",
    ),
    "what rules return beside the statement": (
        "INSERT INTO told VALUES (1, 'x')",
        "INSERT INTO told_seen VALUES (1, 'x')",
        "SELECT 1; INSERT INTO told_seen VALUES (1, 'x'); SELECT 2",
        "PREPARE t AS INSERT INTO told_seen VALUES (1, 'x'); EXECUTE t; DEALLOCATE t",
    ),
    "what rules return behind views": (
        "UPDATE ruled_seen SET word = word RETURNING word",
        "UPDATE ruled_seen_twice SET word = word RETURNING word, word || ''",
        "INSERT INTO ruled_seen VALUES (2, 'x') RETURNING *",
        "DELETE FROM ruled_seen RETURNING ruled_seen.*",
        "WITH u AS (UPDATE ruled_seen SET word = word RETURNING word) SELECT word FROM u",
    ),
    "what triggers return in the place of views": (
        "INSERT INTO triggered VALUES (9, 'x') RETURNING *",
        "UPDATE triggered SET word = 'x' WHERE id = 1 RETURNING word, word || ''",
        "WITH u AS (UPDATE triggered SET word = 'x' RETURNING word) SELECT word FROM u",
    ),
    "notifications": ("LISTEN gossip", "SELECT tells(1)", "SELECT 1", "UNLISTEN *"),
    "a procedure": ("CALL proc_reads('')",),
    "a function in front of the system's": (
        "SET search_path = sandbox, pg_catalog, public",
        "SELECT initcap('x')",
        "SELECT dense_rank(remarks) FROM people",
    ),
    "a searched text turned round in a table": (
        "CREATE TABLE sandbox.turned AS SELECT reverse(body) AS word FROM letters",
        "SELECT word FROM sandbox.turned",
    ),
    "a searched text cut into rows": (
        "INSERT INTO sandbox.copies SELECT i, substr(body, i * 6, 6)"
        " FROM letters, generate_series(0, 5) i WHERE letters.id = 1",
        "SELECT string_agg(word, '' ORDER BY id) FROM sandbox.copies",
        "SELECT array_agg(word ORDER BY id)::text FROM sandbox.copies",
    ),
    "a searched text turned round in its place": (
        "BEGIN",
        "UPDATE letters SET body = reverse(body), lines[1] = reverse(lines[1])",
        "SELECT body, lines FROM letters",
        "ROLLBACK",
    ),
    "a searched text turned round by an upsert": (
        "BEGIN",
        "INSERT INTO letters (id, body) SELECT id, body FROM letters"
        " ON CONFLICT (id) DO UPDATE SET body = reverse(letters.body)",
        "SELECT body FROM letters",
        "ROLLBACK",
    ),
    "a searched column rebuilt": (
        "BEGIN",
        "ALTER TABLE letters ALTER COLUMN body TYPE text USING reverse(body)",
        "SELECT body FROM letters",
        "ROLLBACK",
    ),
    "a searched text in a column that is computed": (
        "ALTER TABLE letters ADD COLUMN hex text"
        " GENERATED ALWAYS AS (encode(decode(body, 'escape'), 'hex')) STORED",
        "SELECT hex FROM letters",
        "ALTER TABLE letters DROP COLUMN hex",
    ),
    "a searched text in a view and a cursor": (
        "CREATE TEMP VIEW loud AS SELECT reverse(body) AS word FROM letters",
        "SELECT word FROM loud",
        "BEGIN",
        "DECLARE c CURSOR FOR SELECT reverse(body) FROM letters",
        "FETCH ALL FROM c",
        "ROLLBACK",
        "DELETE FROM letters WHERE false RETURNING reverse(body)",
        "COPY (SELECT reverse(body) FROM letters) TO STDOUT",
    ),
    "a table from EXPLAIN": (
        "EXPLAIN ANALYZE CREATE TABLE sandbox.explained AS SELECT remarks AS word FROM people",
        "SELECT word FROM sandbox.explained",
        "EXPLAIN (ANALYZE) SELECT remarks AS word INTO sandbox.explained_too FROM people",
        "SELECT word FROM sandbox.explained_too",
        "EXPLAIN ANALYZE CREATE MATERIALIZED VIEW sandbox.seen_too AS SELECT remarks w FROM people",
        "SELECT w FROM sandbox.seen_too",
    ),
    "a default that reads": (
        "CREATE TABLE sandbox.filled (i int, word text DEFAULT sql_reads(1))",
        "INSERT INTO sandbox.filled (i) VALUES (1)",
        "SELECT word FROM sandbox.filled",
        "ALTER TABLE clean ALTER word SET DEFAULT sql_reads(1)",
        "INSERT INTO clean (id) VALUES (99) RETURNING word",
        "SELECT word FROM clean WHERE id = 99",
    ),
    "a domain's default that reads": (
        "CREATE DOMAIN sandbox.told AS text DEFAULT sql_reads(1)",
        "CREATE TABLE sandbox.told_once (i int, word sandbox.told)",
        "INSERT INTO sandbox.told_once (i) VALUES (1)",
        "SELECT word FROM sandbox.told_once",
    ),
    "users' operators in what is stored": (
        "INSERT INTO clean (id, word) VALUES (71, 'a'::text OPERATOR(sandbox.|&>) 'b'::text)",
        "INSERT INTO clean (id, word) VALUES (72, ROW('a', 'b')::pair::citext)",
        "UPDATE clean SET word = 1 ### 1 WHERE id = 2",
        "SELECT word FROM clean",
    ),
    "an operator before the system's": (
        "SET search_path = sandbox, pg_catalog, public",
        "SELECT 'a'::text |&> 'b'::text",
        "SELECT word |&> word FROM clean",
    ),
    "a function in the system's schema": (
        "ALTER FUNCTION sandbox.dense_rank(text) SET SCHEMA pg_catalog",
        "SELECT pg_catalog.dense_rank(remarks) FROM people",
    ),
    "cursors that outlive": (
        "BEGIN",
        "DECLARE held CURSOR WITH HOLD FOR SELECT remarks || '', p FROM people p",
        "COMMIT",
        "FETCH 2 FROM held",
        "FETCH ALL FROM held",
        "CLOSE held",
    ),
    "savepoints": (
        "BEGIN",
        "SAVEPOINT a",
        "SELECT remarks::int FROM people",
        "ROLLBACK TO a",
        "SELECT remarks || '' FROM people",
        "RELEASE a",
        "ROLLBACK",
    ),
    "prepared transactions": (
        "BEGIN",
        "SELECT remarks || '' FROM people",
        "PREPARE TRANSACTION 'gossip'",
        "SELECT gid FROM pg_prepared_xacts",
        "ROLLBACK PREPARED 'gossip'",
    ),
    "a foreign key and a table made alike": (
        "BEGIN",
        "CREATE TABLE sandbox.k (r int REFERENCES people (id) ON UPDATE CASCADE)",
        "INSERT INTO sandbox.k SELECT id FROM people",
        "CREATE TABLE sandbox.k3 (LIKE people INCLUDING ALL)",
        "INSERT INTO sandbox.k3 SELECT * FROM people",
        "SELECT * FROM sandbox.k3",
        "SELECT r FROM sandbox.k",
        "ROLLBACK",
        "CREATE TABLE sandbox.k3 (LIKE people INCLUDING ALL)",
        "INSERT INTO sandbox.k3 SELECT * FROM people",
        "SELECT * FROM sandbox.k3",
        "DROP TABLE sandbox.k3",
    ),
    "columns that are added": (
        "ALTER TABLE people ADD COLUMN extra text DEFAULT 'x'",
        "UPDATE people SET extra = remarks",
        "INSERT INTO people (id, extra) SELECT id + 700, remarks FROM people",
        "SELECT extra FROM people",
        "ALTER TABLE people DROP COLUMN extra",
    ),
    "a temporary table": (
        "CREATE TEMP TABLE taken (word text)",
        "INSERT INTO taken SELECT remarks FROM people",
        "INSERT INTO taken SELECT reverse(body) FROM letters",
        "INSERT INTO taken SELECT peek(1)",
        "SELECT word FROM taken",
        "INSERT INTO pg_temp.taken SELECT body FROM letters",
        "SELECT reverse(word) FROM pg_temp.taken",
        "SELECT word, taken, to_jsonb(taken) FROM taken",
    ),
    "a temporary namesake": (
        "CREATE TEMP TABLE clean AS SELECT body AS word FROM letters",
        "SELECT reverse(word) FROM clean",
        "SELECT word FROM clean",
    ),
    "a temporary namesake in a transaction": (
        "BEGIN",
        "CREATE TEMP TABLE clean AS SELECT body AS word FROM letters",
        "SELECT reverse(word) FROM clean",
        "SELECT word FROM clean",
        "ROLLBACK",
    ),
    "a searched text in a column that is seen": (
        "BEGIN",
        "INSERT INTO clean (id, word) SELECT 500 + id, body FROM letters",
        "SELECT reverse(word) FROM clean",
        "ROLLBACK",
    ),
    "texts in another form": (
        "SET bytea_output = 'escape'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'",
        "SELECT blob, born, moment, span, big FROM people",
        "SET extra_float_digits = 0; SET xmlbinary = 'hex'; SET timezone = 'Asia/Tokyo'",
        "SELECT moment, doc, digits FROM people",
    ),
}
"""Statements by what they try."""
