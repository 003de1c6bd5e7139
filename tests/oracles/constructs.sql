-- Queries of every construct that a result column can come through, over the schema of
-- `test_lineage.py`. One statement ends with a semicolon; `-- since 17` before it says from which
-- version on the server knows it.

-- FROM
SELECT * FROM people;
SELECT p.*, o.* FROM people p, orders o;
SELECT mail, total FROM people JOIN orders ON person = people.id;
SELECT * FROM people JOIN orders USING (id);
SELECT * FROM people p JOIN orders o USING (id) JOIN staff s USING (id);
SELECT * FROM people LEFT JOIN orders USING (id);
SELECT * FROM people RIGHT JOIN orders USING (id);
SELECT * FROM people FULL JOIN orders USING (id);
SELECT * FROM people NATURAL JOIN orders;
SELECT * FROM people NATURAL FULL JOIN staff;
SELECT * FROM people CROSS JOIN orders;
SELECT x.* FROM people JOIN orders USING (id) AS x;
SELECT x.id, mail FROM people JOIN orders USING (id) AS x;
SELECT j.* FROM (people p JOIN orders o ON o.person = p.id) AS j;
SELECT j.mail, j.total FROM (people p JOIN orders o ON o.person = p.id) AS j (a, mail, b, c, d, e, f, total);
SELECT j.a, j.b FROM (people CROSS JOIN staff) AS j (a, b);
SELECT * FROM (people JOIN orders USING (id)) AS j;
SELECT j FROM (people p JOIN staff s USING (id)) AS j;
SELECT * FROM (SELECT mail, id FROM people) x;
SELECT * FROM (SELECT mail, id FROM people) x (a, b), (SELECT 1) y;
SELECT a FROM people AS p (a, b);
SELECT b, mood FROM people AS p (a, b);
SELECT * FROM ONLY people;
SELECT * FROM people TABLESAMPLE system (50) REPEATABLE (1);
SELECT mail FROM people p TABLESAMPLE bernoulli (10);
SELECT l.m FROM people p, LATERAL (SELECT p.mail AS m) l;
SELECT l.* FROM people p CROSS JOIN LATERAL (SELECT o.total, p.city FROM orders o WHERE o.person = p.id LIMIT 1) l;
SELECT l.x FROM people p LEFT JOIN LATERAL (SELECT upper(p.mail) AS x) l ON true;
TABLE people;
VALUES (1, 'x'), (2, 'y');
SELECT * FROM (VALUES (1, 'x'), (2, 'y')) v;
SELECT column2 FROM (VALUES (1, (SELECT mail FROM people LIMIT 1))) v;
SELECT b FROM (VALUES ((SELECT city FROM people LIMIT 1), (SELECT mail FROM people LIMIT 1))) v (a, b);

-- Rows from functions
SELECT g FROM generate_series(1, 3) g;
SELECT * FROM people, generate_series(1, 3);
SELECT * FROM people, generate_series(1, length(mail)) g;
SELECT id, u FROM people, unnest(tags) u;
SELECT * FROM people p, unnest(p.tags) WITH ORDINALITY u (tag, place);
SELECT place FROM people p, unnest(p.tags) WITH ORDINALITY u (tag, place);
SELECT * FROM people p, unnest(p.tags, ARRAY[p.city]) u (a, b);
SELECT b FROM people p, unnest(p.tags, ARRAY[p.city]) u (a, b);
SELECT a FROM people p, ROWS FROM (unnest(p.tags), generate_series(1, 2)) u (a, b);
SELECT b FROM people p, ROWS FROM (unnest(p.tags), generate_series(1, 2)) u (a, b);
SELECT * FROM people p, ROWS FROM (unnest(p.tags), generate_series(1, 2)) WITH ORDINALITY u (a, b, c);
SELECT k FROM people, jsonb_each(document) AS j (k, v);
SELECT key, value FROM people, jsonb_each_text(document);
SELECT j.value FROM people, jsonb_each_text(document) j;
SELECT a FROM people, jsonb_to_record(document) AS r (a text, b int);
SELECT * FROM people, jsonb_to_recordset(document) AS r (a text, b int);
SELECT r.* FROM people p, json_to_record(row_to_json(p)) AS r (id int, mail text);
SELECT e FROM people, jsonb_array_elements_text(document) e;
SELECT * FROM people, regexp_matches(mail, '(.)') m;
SELECT m[1] FROM people, regexp_matches(mail, '(.)') m;
SELECT (jsonb_each(document)).key FROM people;
SELECT unnest(tags), id FROM people;
SELECT generate_series(1, 3), city FROM people;
SELECT * FROM current_date;
SELECT * FROM now() AS n, people;
SELECT t.name FROM people, json_populate_record(NULL::staff, '{}') t;
SELECT t.* FROM people, jsonb_populate_record(NULL::staff, document) t;

-- Documents
SELECT x.* FROM people, XMLTABLE('/a' PASSING xmlparse(CONTENT mail) COLUMNS n int PATH '@n', o FOR ORDINALITY, t text PATH 't' DEFAULT city) x;
SELECT n FROM people, XMLTABLE('/a' PASSING xmlparse(CONTENT mail) COLUMNS n int PATH '@n') x;
-- since 17
SELECT j.* FROM people, JSON_TABLE(document, '$' COLUMNS (a text PATH '$.a', o FOR ORDINALITY)) j;
-- since 17
SELECT a, c FROM people, JSON_TABLE(document, '$' PASSING city AS x COLUMNS (a text PATH '$.a', NESTED PATH '$.b[*]' COLUMNS (c int PATH '$.c'))) j;
-- since 17
SELECT j.a, id FROM people, JSON_TABLE(document, '$' COLUMNS (a text EXISTS PATH '$.a')) AS j;
-- since 17
SELECT JSON_VALUE(document, '$.a'), JSON_QUERY(document, '$.b'), JSON_EXISTS(document, '$.c') FROM people;
-- since 16
SELECT JSON_OBJECT('a': mail), JSON_ARRAY(city, id) FROM people;
-- since 16
SELECT JSON_ARRAYAGG(mail ORDER BY city), JSON_OBJECTAGG(id: city) FROM people;
-- since 17
SELECT JSON_SERIALIZE(document), JSON_SCALAR(city) FROM people;
SELECT xmlelement(name a, xmlattributes(mail AS m), city), xmlforest(city) FROM people;
SELECT document ->> 'a', document -> 'b' -> 'c', document #>> '{a,b}' FROM people;
SELECT document['a'] FROM people;

-- Rows and composites
SELECT p FROM people p;
SELECT (p).mail, (p).city FROM people p;
SELECT (p.*).mail FROM people p;
SELECT (p).* FROM people p;
SELECT (home).street, (home).* FROM people;
SELECT (p.home).street FROM people p;
SELECT ROW(mail, city) IS NULL FROM people;
SELECT (x).mail FROM (SELECT p AS x FROM people p) q;
SELECT (x).* FROM (SELECT p AS x FROM people p) q;
SELECT row_to_json(p) FROM people p;
SELECT to_jsonb(p.*) - 'mail' FROM people p;
SELECT row_to_json(x) FROM (SELECT id, city FROM people) x;
SELECT json_agg(x) FROM (SELECT id, city FROM people) x;
SELECT array_agg(p) FROM people p;
SELECT (array_agg(p))[1].city FROM people p;
SELECT (SELECT p) FROM people p;
SELECT x.a FROM (SELECT ROW(mail, city)::pair AS a FROM people) x;
SELECT (x.a).one, (x.a).two FROM (SELECT ROW(mail, city)::pair AS a FROM people) x;
SELECT (mail, city) = (city, mail) FROM people;
SELECT (id, city) IN (SELECT id, name FROM staff) FROM people;
SELECT p IS NULL FROM people p;
SELECT count(p) FROM people p;

-- Set operations
SELECT mail FROM people UNION SELECT name FROM staff;
SELECT mail, id FROM people UNION ALL SELECT name, 1 FROM staff;
SELECT id, city FROM people INTERSECT SELECT id, name FROM staff;
SELECT id, city FROM people EXCEPT SELECT id, mail FROM people;
SELECT city FROM people EXCEPT ALL (SELECT mail FROM people UNION SELECT name FROM staff);
SELECT x FROM (SELECT city AS x FROM people UNION SELECT name FROM staff) u ORDER BY x;
(SELECT city FROM people ORDER BY mail LIMIT 1) UNION ALL (SELECT name FROM staff LIMIT 1);
SELECT * FROM (SELECT id, mail FROM people UNION SELECT * FROM (VALUES (1, 'x')) v) u;
WITH a AS (SELECT mail AS m FROM people) SELECT m FROM a UNION SELECT city FROM people;

-- Table expressions
WITH a AS (SELECT id, mail FROM people) SELECT * FROM a;
WITH a (x, y) AS (SELECT id, mail FROM people), b AS (SELECT y AS z FROM a) SELECT b.z, a.x FROM a, b;
WITH a AS (SELECT 1 AS id), people AS (SELECT 2 AS mail) SELECT mail, a.id FROM people, a;
WITH a AS MATERIALIZED (SELECT mail FROM people) SELECT (SELECT max(mail) FROM a), 1;
WITH RECURSIVE r AS (SELECT id, manager, name FROM staff WHERE manager IS NULL UNION ALL SELECT s.id, s.manager, r.name FROM staff s JOIN r ON s.manager = r.id) SELECT * FROM r;
WITH RECURSIVE r (n, v) AS (SELECT 1, city FROM people UNION SELECT n + 1, mail FROM r, people WHERE n < 3) SELECT v, n FROM r;
WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n, mail FROM r JOIN people ON people.id = n;
WITH RECURSIVE r (id, manager) AS (SELECT id, manager FROM staff UNION ALL SELECT s.id, s.manager FROM staff s JOIN r ON s.manager = r.id) SEARCH DEPTH FIRST BY id SET ordered SELECT id, ordered FROM r;
WITH RECURSIVE r (id, manager) AS (SELECT id, manager FROM staff UNION ALL SELECT s.id, s.manager FROM staff s JOIN r ON s.manager = r.id) CYCLE id SET seen USING path SELECT id, seen, path FROM r;
WITH RECURSIVE r (id, name) AS (SELECT id, name FROM staff UNION ALL SELECT s.id, s.name FROM staff s JOIN r ON s.manager = r.id) SEARCH BREADTH FIRST BY id SET ordered SELECT * FROM r;
WITH RECURSIVE r AS (SELECT id, name FROM staff UNION ALL SELECT id, name FROM (SELECT * FROM r) x) SELECT name FROM r;
WITH RECURSIVE a AS (SELECT city AS v FROM people UNION SELECT v FROM a), b AS (SELECT v AS w FROM a UNION SELECT w FROM b) SELECT w FROM b;

-- Subqueries
SELECT (SELECT mail FROM people LIMIT 1);
SELECT EXISTS (SELECT mail FROM people), id FROM staff;
SELECT NOT EXISTS (SELECT 1 FROM people p WHERE p.mail = s.name), id FROM staff s;
SELECT id IN (SELECT id FROM people) FROM staff;
SELECT ARRAY(SELECT mail FROM people ORDER BY city), 1;
SELECT name = ANY (SELECT city FROM people), name > ALL (SELECT city FROM people) FROM staff;
SELECT (SELECT count(*) FROM people WHERE city = s.name), s.id FROM staff s;
SELECT (SELECT s.name FROM people LIMIT 1) FROM staff s;
SELECT CASE WHEN EXISTS (SELECT 1 FROM people) THEN id ELSE 0 END FROM staff;
SELECT (SELECT (SELECT (SELECT p.mail))) FROM people p;
SELECT max((SELECT o.total FROM orders o WHERE o.person = p.id LIMIT 1)) FROM people p;

-- Aggregates, grouping, windows
SELECT city, count(*), max(mail) FROM people GROUP BY city;
SELECT count(mail), count(DISTINCT mail), count(*) FILTER (WHERE mail LIKE 'a%') FROM people;
SELECT city, GROUPING(city, mood), count(*) FROM people GROUP BY GROUPING SETS ((city), (mood), ());
SELECT mail, city FROM people GROUP BY ROLLUP (mail, city) HAVING count(*) > 1;
SELECT upper(mail) AS m, count(*) FROM people GROUP BY 1 ORDER BY 2;
SELECT upper(city), lower(upper(city)) FROM people GROUP BY upper(city);
SELECT people.*, count(*) FROM people GROUP BY people.id;
SELECT string_agg(city, ',' ORDER BY mail), array_agg(id ORDER BY mail DESC) FROM people;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary), mode() WITHIN GROUP (ORDER BY city) FROM people, staff;
SELECT rank(5) WITHIN GROUP (ORDER BY salary) FROM staff;
SELECT sum(total) FILTER (WHERE person > 1), avg(total) FROM orders;
SELECT row_number() OVER (ORDER BY mail), rank() OVER (PARTITION BY city ORDER BY mail), id FROM people;
SELECT lag(city) OVER (ORDER BY mail), first_value(id) OVER w, ntile(2) OVER w FROM people WINDOW w AS (ORDER BY mail);
SELECT sum(total) OVER (PARTITION BY person ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders;
SELECT count(*) OVER (), count(mail) OVER (PARTITION BY city) FROM people;
SELECT DISTINCT city FROM people ORDER BY city;
SELECT DISTINCT ON (city) id, city FROM people ORDER BY city, mail;
SELECT sum(sum(total)) OVER (ORDER BY person), person FROM orders GROUP BY person;
SELECT max(x) FROM (SELECT mail || city AS x FROM people) q;
SELECT regr_slope(total, person), corr(total, id) FROM orders;

-- Expressions
SELECT 1, 'x', NULL, true, now(), current_user FROM people;
SELECT mail IS NULL, mail IS NOT NULL, (mail) IS NULL FROM people;
SELECT upper(mail) IS NULL, mail || 'x' FROM people;
SELECT coalesce(mail, city), nullif(city, mail), greatest(id, 3) FROM people;
SELECT CASE city WHEN 'x' THEN mail WHEN mail THEN 'y' END FROM people;
SELECT CASE WHEN mail = 'x' THEN 1 END FROM people;
SELECT mail = 'x', mail LIKE 'a%', mail IN ('x', 'y'), id BETWEEN 1 AND 3, mail SIMILAR TO 'a' FROM people;
SELECT mail::text, CAST(id AS text), mail COLLATE "C", id::numeric(10, 2) FROM people;
SELECT tags[1], tags[1:2], ARRAY[mail, city], tags || city FROM people;
SELECT extract(year FROM born), date_trunc('year', born), born AT TIME ZONE 'UTC', age(born) FROM people;
SELECT format('%s %s', mail, id), concat_ws(',', mail, city), substring(mail FROM 2 FOR 3), overlay(mail PLACING 'x' FROM 1), position('x' IN mail), trim(both 'x' FROM city) FROM people;
SELECT mail IS DISTINCT FROM city, NOT (id = 1), id = 1 AND mail = 'x' FROM people;
SELECT born - '2000-01-01'::date, born + interval '1 day' FROM people;
SELECT ctid, tableoid::regclass, p.xmin FROM people p;
SELECT md5(mail), encode(convert_to(mail, 'UTF8'), 'hex'), length(mail), hashtext(city) IS NULL FROM people;
SELECT $$x$$ || E'\n' || U&'\0061' || B'1'::text;
SELECT id + (SELECT max(total) FROM orders), pg_typeof(mail) FROM people;
SELECT mail_length, id FROM people;
SELECT array_length(tags, 1), cardinality(tags), tags @> ARRAY[city] FROM people;

-- Views and inheritance
SELECT * FROM mails;
SELECT mail FROM mails UNION SELECT city FROM people;
SELECT * FROM towns;
SELECT doc, doc ->> 'city', town FROM documents;
SELECT * FROM deep;
SELECT r FROM recursive_names;
SELECT m.* FROM mails m JOIN towns t USING (id);
SELECT id, both_columns FROM kept;
SELECT * FROM old_people;
SELECT * FROM parts;
SELECT happened FROM parts p WHERE p.id = 1;

-- SQL functions
SELECT initials(mail), id FROM people;
SELECT one(), id FROM people;
SELECT second(city, id) FROM people;
SELECT by_id(id) FROM people;
SELECT * FROM people_in('x');
SELECT p.mail FROM people_in('x') p;
SELECT names() FROM orders;
-- since 14
SELECT initials_atomic(mail), id FROM people;
-- since 14
SELECT m, c FROM mail_and_city(1);
SELECT * FROM mail_and_city(1);
