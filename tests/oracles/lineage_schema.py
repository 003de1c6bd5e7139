"""The schema that `constructs.sql` and random queries are about."""

from __future__ import annotations

SCHEMA = """
CREATE TYPE pair AS (one text, two text);
CREATE TYPE address AS (street text, number int);
CREATE TABLE people (id int PRIMARY KEY, mail text, city text, mood text, tags text[],
    document jsonb, home address, born date,
    mail_length int GENERATED ALWAYS AS (length(mail)) STORED);
CREATE TABLE orders (id int PRIMARY KEY, person int, total numeric);
CREATE TABLE staff (id int PRIMARY KEY, manager int, name text, salary int);
CREATE TABLE old_people (died date) INHERITS (people);
CREATE TABLE parts (id int, happened date, note text) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE VIEW mails AS SELECT id, lower(mail) AS mail, city FROM people;
CREATE VIEW documents AS SELECT p.id, row_to_json(p) AS doc, p.city AS town FROM people p;
CREATE VIEW towns AS SELECT id, city FROM mails UNION ALL SELECT id, name FROM staff;
CREATE VIEW deep AS
    SELECT t.city || m.mail AS both_of_them, t.id FROM towns t JOIN mails m USING (id);
CREATE RECURSIVE VIEW recursive_names (r) AS
    SELECT name FROM staff UNION SELECT r || city FROM recursive_names, people;
CREATE MATERIALIZED VIEW kept AS SELECT id, name || salary AS both_columns FROM staff;
CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION initials(name text) RETURNS text LANGUAGE sql AS 'SELECT left(name, 1)';
CREATE FUNCTION second(text, b int) RETURNS int LANGUAGE sql AS $$ SELECT $2 $$;
CREATE FUNCTION by_id(wanted int) RETURNS text LANGUAGE sql STABLE AS
    'SELECT city FROM people WHERE id = wanted';
CREATE FUNCTION people_in(town text) RETURNS SETOF people LANGUAGE sql STABLE AS
    'SELECT * FROM people WHERE city = town';
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql AS 'SELECT name FROM staff';
CREATE FUNCTION mail_and_city(wanted int) RETURNS TABLE (m text, c text) LANGUAGE sql STABLE AS
    'SELECT mail, city FROM people WHERE id = wanted';
CREATE FUNCTION initials_atomic(whole text) RETURNS text LANGUAGE sql
    BEGIN ATOMIC SELECT left(initials_atomic.whole, 1); END;
"""
PROTECTED = frozenset({"people.mail", "people.home", "staff.name", "orders.total", "parts.note"})
