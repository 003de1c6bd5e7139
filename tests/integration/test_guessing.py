"""No shape of a query asks for free whether a protected column holds a value.

The same conditions are tried by somebody without the `filter` permit and without any budget, by
somebody who has the permit, and by somebody who sees the values.
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

DATABASE = "guessing"
READER = User("reader@example.com", ("readers",))
COMPARER = User("comparer@example.com", ("readers", "comparers"))
SEER = User("seer@example.com", ("readers", "seers"))
POLICIES = """
permit(principal in Group::"readers", action in [Action::"connect", Action::"select",
    Action::"copy", Action::"call"], resource);
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
    "public.words.word": ["public"],
}
SCHEMA = """
CREATE TABLE people (
    id int PRIMARY KEY, phone text, handle text, born date, account bigint, email text);
INSERT INTO people SELECT i, '+1 202-555-' || to_char(100 + i, 'FM0000'), 'o_neill_' || i,
    date '1970-01-01' + i * 100, 4000000 + i * 37, 'adelheid' || i || '@mail.example.org'
    FROM generate_series(1, 20) i;
CREATE TABLE words (word text);
INSERT INTO words SELECT phone FROM people UNION ALL SELECT handle FROM people;
CREATE VIEW numbers AS SELECT id, phone AS number FROM people;
CREATE FUNCTION same(a anyelement, b anyelement) RETURNS boolean LANGUAGE sql AS 'SELECT a = b';
"""
RIGHT = {
    "phone": "+1 202-555-0107",
    "handle": "o_neill_7",
    "born": "1971-12-02",
    "account": "4000259",
    "email": "adelheid7@mail.example.org",
}
WRONG = {
    "phone": "+1 202-555-9999",
    "handle": "o_neill_x",
    "born": "1961-12-02",
    "account": "4999999",
    "email": "adelheidx@mail.example.org",
}
TYPES = {"phone": "text", "handle": "text", "born": "date", "account": "bigint", "email": "text"}
TURNED = frozenset({"phone", "handle", "born", "account"})
EXACT = (
    "{c} = {q}",
    "{q} = {c}",
    "{c} IN ({q})",
    "{c} = ANY (ARRAY[{q}]::{t}[])",
    "{c} IS NOT DISTINCT FROM {q}",
    "NULLIF({c}, {q}) IS NULL",
    "CASE {c} WHEN {q} THEN true ELSE false END",
    "({c}, id) = ({q}, id)",
    "({c}, 1) IN (({q}, 1))",
    "{c} OPERATOR(pg_catalog.=) {q}",
    "NOT ({c} <> {q})",
    "({c} = {q}) IS TRUE",
)
OTHER = (
    # Arrays, rows and documents of the column.
    "ARRAY[{c}] = ARRAY[{q}]::{t}[]",
    "ARRAY[{c}] @> ARRAY[{q}]::{t}[]",
    "{q}::{t} = ANY (ARRAY[{c}])",
    "ARRAY[{c}] && ARRAY[{q}]::{t}[]",
    "array_position(ARRAY[{c}], {q}::{t}) = 1",
    "cardinality(array_remove(ARRAY[{c}], {q}::{t})) = 0",
    "array_replace(ARRAY[{c}], {q}::{t}, NULL) = ARRAY[NULL]::{t}[]",
    "ROW({c}) = ROW({q}::{t})",
    "ROW({c}) IS NOT DISTINCT FROM ROW({q}::{t})",
    "ROW({c})::text = ROW({q}::{t})::text",
    "(people.*)::text LIKE '%' || {q} || '%'",
    "(people).{c} = {q}",
    "to_jsonb(people) ->> '{c}' = {q}",
    "to_jsonb(people) @> jsonb_build_object('{c}', {q}::{t})",
    "row_to_json(people) ->> '{c}' = {q}",
    "jsonb_path_exists(to_jsonb(people), '$.{c} ? (@ == $v)',"
    " jsonb_build_object('v', {q}::{t}))",
    "jsonb_build_object('v', {c}) = jsonb_build_object('v', {q}::{t})",
    "to_jsonb({c}) = to_jsonb({q}::{t})",
    "int8range(1, 9) @> CASE WHEN {c}::text = {q} THEN 5::bigint END",
    # Functions and other operators.
    "texteq({c}::text, {q})",
    "{c}::text LIKE {q}",
    "{c}::text ~~ {q}",
    "{c}::text ILIKE {q}",
    "{c}::text SIMILAR TO replace({q}, '+', '\\+')",
    "{c}::text ~ ('^' || replace({q}, '+', '\\+') || '$')",
    "regexp_like({c}::text, '^' || replace({q}, '+', '\\+') || '$')",
    "strpos({c}::text, {q}) = 1",
    "position({q} IN {c}::text) = 1",
    "starts_with({c}::text, {q})",
    "{c}::text ^@ {q}",
    "{c}::text || '' = {q}",
    "concat({c}) = {q}",
    "lower({c}::text) = lower({q})",
    "md5({c}::text) = md5({q})",
    "hashtext({c}::text) = hashtext({q})",
    "replace({c}::text, {q}, '') = ''",
    "{c}::varchar(60) = {q}",
    "{c}::text::varchar = {q}",
    "{c}::name = {q}",
    "{c}::text COLLATE \"C\" = {q}",
    "btrim({c}::text) = {q}",
    "encode(convert_to({c}::text, 'UTF8'), 'hex') = encode(convert_to({q}, 'UTF8'), 'hex')",
    "{c}::text::bytea = {q}::bytea",
    "bttextcmp({c}::text, {q}) = 0",
    "to_tsvector('simple', {c}::text) = to_tsvector('simple', {q})",
    "to_tsvector('simple', {c}::text) @@ phraseto_tsquery('simple', {q})",
    # Order.
    "{c} BETWEEN {q} AND {q}",
    "{c} BETWEEN SYMMETRIC {q} AND {q}",
    "{c} >= {q} AND {c} <= {q}",
    "NOT ({c} < {q} OR {c} > {q})",
    "greatest({c}, {q}::{t}) = least({c}, {q}::{t})",
    "({c}, id) >= ({q}, id) AND ({c}, id) <= ({q}, id)",
    # Conditions that are not written as such.
    "COALESCE(NULLIF({c}, {q}), NULL) IS NULL",
    "COALESCE({c}, {q}::{t}) = {q}::{t}",
    "CASE WHEN {c} = {q} THEN 1 ELSE 0 END = 1",
    "CASE WHEN true THEN {c} END = {q}",
    "1 / (CASE WHEN {c} = {q} THEN 1 ELSE 2 END) = 1",
    "({c} = {q})::int = 1",
    "({c} = {q}) = true",
    "bool({c} = {q})",
    "(SELECT {c}) = {q}",
    "(SELECT p.{c} FROM people p WHERE p.id = people.id) = {q}",
    "{c} = (SELECT {q}::{t})",
    "{c} = (VALUES ({q}::{t}))",
    "{c} IN (SELECT {q}::{t})",
    "{c} = ANY (SELECT {q}::{t})",
    "{c} IN (SELECT unnest(ARRAY[{q}]::{t}[]))",
    "{c} = COALESCE({q}, NULL)::{t}",
    "{q}::{t} IN (SELECT {c})",
    "{q}::{t} IN (SELECT p.{c} FROM people p WHERE p.id = people.id)",
    "{q}::{t} = ANY (SELECT p.{c} FROM people p WHERE p.id = people.id)",
    "ARRAY(SELECT p.{c} FROM people p WHERE p.id = people.id) = ARRAY[{q}]::{t}[]",
    # Sets and joins.
    "EXISTS (SELECT {c} INTERSECT SELECT {q}::{t})",
    "NOT EXISTS (SELECT {c} EXCEPT SELECT {q}::{t})",
    "(SELECT count(*) FROM (SELECT {c} UNION SELECT {q}::{t}) u) = 1",
    "(SELECT count(*) FROM (VALUES ({c}), ({q}::{t})) v (x) GROUP BY x LIMIT 1) = 2",
    "(SELECT count(DISTINCT x) FROM (VALUES ({c}), ({q}::{t})) v (x)) = 1",
    "(SELECT count(DISTINCT x) FROM unnest(ARRAY[{c}, {q}::{t}]) v (x)) = 1",
    "EXISTS (SELECT FROM people p JOIN (VALUES ({q}::{t})) v (x) ON p.{c} = v.x"
    " AND p.id = people.id)",
    "id IN (SELECT id FROM people JOIN (VALUES ({q}::{t})) v ({c}) USING ({c}))",
    "id IN (SELECT id FROM people NATURAL JOIN (VALUES ({q}::{t})) v ({c}))",
    "id IN (SELECT id FROM people JOIN (SELECT {q}::{t} AS {c}) v USING ({c}))",
    "EXISTS (WITH p (x) AS (SELECT people.{c}) SELECT FROM p WHERE x = {q})",
    "EXISTS (WITH p (x) AS (SELECT people.{c}) SELECT FROM p WHERE x || '' = {q})",
    "EXISTS (SELECT FROM (SELECT people.{c} AS x) p WHERE x::text LIKE {q})",
    "EXISTS (WITH RECURSIVE r (x) AS (SELECT {q}::{t} UNION SELECT people.{c} FROM r)"
    " SELECT count(*) FROM r HAVING count(*) = 1)",
    "EXISTS (SELECT 1 GROUP BY people.{c} HAVING people.{c} = {q})",
    "EXISTS (SELECT FROM LATERAL (SELECT people.{c} AS x) l, LATERAL (SELECT {q}::{t} AS y) m"
    " WHERE x = y)",
    "(SELECT min(x) = max(x) FROM (VALUES ({c}), ({q}::{t})) v (x))",
    "(SELECT rank() OVER (ORDER BY x DESC) FROM (VALUES ({c}), ({q}::{t})) v (x) LIMIT 1 OFFSET 1)"
    " = 1",
    "(SELECT rank({q}::{t}) WITHIN GROUP (ORDER BY x) = 1 AND max(x) = {q}::{t}"
    " FROM (SELECT people.{c} AS x) p)",
    # The users' own code.
    "same({c}::text, {q})",
    "same(ROW({c}), ROW({q}::{t}))",
)


def question(shape: str, column: str, value: str) -> str:
    quoted = "'" + value.replace("'", "''") + "'"
    condition = shape.replace("{c}", column).replace("{q}", quoted).replace("{t}", TYPES[column])
    return f"SELECT id FROM people WHERE {condition} ORDER BY id"
