"""Each result column of a statement in another dialect comes from the columns that it names."""

# ruff: noqa: E501 - a statement is read best in one line

from __future__ import annotations

import pytest

from scrim.statements.facts import StatementError
from tests.unit.statements.dialects.lineage_of import ALL, every, one

EVERYWHERE = [
    ("SELECT email FROM people", [{"email"}]),
    ("SELECT email AS e, id FROM people", [{"email"}, {"id"}]),
    ("SELECT p.email FROM shop.people p", [{"email"}]),
    ("SELECT people.email FROM people", [{"email"}]),
    ("SELECT * FROM clean", [{"id"}, {"word"}, {"amount"}]),
    ("SELECT c.*, 1 FROM clean c", [{"id"}, {"word"}, {"amount"}, set()]),
    ("SELECT UPPER(email), 'x', 1.5, NULL FROM people", [{"email"}, set(), set(), set()]),
    ("SELECT COUNT(*), COUNT(email), MAX(card) FROM people", [set(), set(), {"card"}]),
    ("SELECT CASE WHEN card = 'x' THEN name ELSE word END FROM people, clean",
     [{"card", "name", "word"}]),
    ("SELECT CAST(card AS CHAR(4)), COALESCE(name, email) FROM people",
     [{"card"}, {"name", "email"}]),
    ("SELECT id + 1, -id, id BETWEEN 1 AND 2, email LIKE 'x%', email IS NULL FROM people",
     [{"id"}, {"id"}, {"id"}, {"email"}, {"email"}]),
    ("SELECT x.e FROM (SELECT email AS e FROM people) x", [{"email"}]),
    ("WITH w AS (SELECT email AS e, id FROM people) SELECT * FROM w", [{"email"}, {"id"}]),
    ("WITH w AS (SELECT email FROM people), v AS (SELECT * FROM w) SELECT email FROM v",
     [{"email"}]),
    ("SELECT id FROM people UNION ALL SELECT email FROM people", [{"id", "email"}]),
    ("SELECT (SELECT MAX(email) FROM people), word FROM clean", [{"email"}, {"word"}]),
    ("SELECT SUM(total) OVER (PARTITION BY person_id ORDER BY id) FROM orders", [{"total"}]),
    ("SELECT w.word, p.name FROM people p LEFT JOIN clean w ON w.id = p.id",
     [{"word"}, {"name"}]),
    ("SELECT id FROM people WHERE email = 'x' ORDER BY card", [{"id"}]),
    ("SELECT nothing FROM clean", [{"?", "id", "word", "amount"}]),
    ("SELECT a FROM elsewhere", [{"?"}]),
    ("SELECT my_own_function(id) FROM clean", [{"?", "id", "word", "amount"}]),
]  # fmt: skip

DIALECT = [
    ("mysql", "SELECT `email` `x`, CONCAT(name, 'y') FROM `shop`.`people` LIMIT 5",
     [{"email"}, {"name"}]),
    ("mysql", "SELECT SUBSTRING_INDEX(email, '@', 1), doc->>'$.a', IF(id, name, 1) FROM people",
     [{"email"}, {"doc"}, {"id", "name"}]),
    ("mysql", "SELECT jt.a FROM people, JSON_TABLE(doc, '$[*]' COLUMNS(a INT PATH '$.a')) AS jt",
     [{"doc"}]),
    ("mysql", "SELECT GROUP_CONCAT(DISTINCT email SEPARATOR ',') FROM people", [{"email"}]),
    ("snowflake", "SELECT f.value:name::string, f.index FROM people p,"
     " LATERAL FLATTEN(input => p.doc:items) f", [{"doc"}, {"doc"}]),
    ("snowflake", "SELECT OBJECT_CONSTRUCT(*) FROM clean", [{"id", "word", "amount"}]),
    ("snowflake", "SELECT email AS a, UPPER(a) AS b, b || 'x' FROM people",
     [{"email"}, {"email"}, {"email"}]),
    ("snowflake", "SELECT * EXCLUDE (email, card, doc, tags) FROM people", [{"id"}, {"name"}]),
    ("snowflake", "SELECT id FROM people QUALIFY ROW_NUMBER() OVER (ORDER BY email) = 1",
     [{"id"}]),
    ("snowflake", "WITH RECURSIVE r AS (SELECT id AS n FROM people UNION ALL"
     " SELECT n + 1 FROM r) SELECT n FROM r", [{"id"}]),
    ("bigquery", "SELECT * EXCEPT (email, card, doc, tags) FROM `shop.people`", [{"id"}, {"name"}]),
    ("bigquery", "SELECT p.doc.a.b, t FROM people p, UNNEST(p.tags) t", [{"doc"}, {"tags"}]),
    ("bigquery", "SELECT STRUCT(email AS e, id), ARRAY(SELECT name FROM people) FROM people",
     [{"email", "id"}, {"name"}]),
    ("bigquery", "SELECT @parameter, id FROM clean", [set(), {"id"}]),
    ("bigquery", "SELECT p FROM people AS p",
     [{"id", "name", "email", "card", "doc", "tags"}]),
    ("tsql", "SELECT TOP 5 [email], ISNULL([name], '') FROM [shop].[people]",
     [{"email"}, {"name"}]),
    ("tsql", "SELECT x.value, p.id FROM people AS p CROSS APPLY OPENJSON(p.doc) x",
     [{"doc"}, {"id"}]),
    ("tsql", "WITH r AS (SELECT id AS n FROM people UNION ALL SELECT n + 1 FROM r)"
     " SELECT n FROM r", [{"id"}]),
    ("redshift", "SELECT o.total, i.sku FROM orders o, o.items i", [{"total"}, {"items"}]),
    ("redshift", "SELECT email AS a, LEN(a) AS b FROM people", [{"email"}, {"email"}]),
    ("databricks", "SELECT doc:a.b::string, e.v, id FROM people LATERAL VIEW explode(tags) e AS v",
     [{"doc"}, {"tags"}, {"id"}]),
    ("spark", "SELECT p.id FROM people p LEFT ANTI JOIN clean c ON p.id = c.id", [{"id"}]),
    ("databricks", "SELECT * FROM clean LEFT SEMI JOIN people USING (id)",
     [{"id"}, {"word"}, {"amount"}]),
    ("clickhouse", "SELECT argMax(email, id), sumIf(id, card = 'x'), quantile(0.5)(id)"
     " FROM people FINAL", [{"email", "id"}, {"id", "card"}, {"id"}]),
    ("clickhouse", "SELECT t FROM people ARRAY JOIN tags AS t", [{"tags"}]),
    ("clickhouse", "SELECT (email AS e), e FROM people", [{"email"}, {"email"}]),
    ("trino", "SELECT transform(tags, x -> x || email), y FROM people CROSS JOIN UNNEST(doc)"
     " AS u (y)", [{"tags", "email"}, {"doc"}]),
    ("trino", "SELECT ROW(email, 1), ARRAY[name], DATE '2020-01-01' FROM people",
     [{"email"}, {"name"}, set()]),
]  # fmt: skip


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(("sql", "sources"), EVERYWHERE, ids=lambda given: str(given)[:60])
def test_columns_come_from_what_they_name(dialect: str, sql: str, sources: list[set[str]]) -> None:
    assert one(sql, dialect).sources() == sources


@pytest.mark.parametrize(("dialect", "sql", "sources"), DIALECT, ids=lambda given: str(given)[:60])
def test_columns_come_through_what_a_dialect_has(
    dialect: str, sql: str, sources: list[set[str]]
) -> None:
    assert one(sql, dialect).sources() == sources


@pytest.mark.parametrize("dialect", ALL)
def test_what_decides_the_rows_is_told(dialect: str) -> None:
    seen = one(
        "SELECT p.id, MAX(p.doc) AS d FROM people p JOIN clean c ON c.word = p.name"
        " WHERE p.email = 'x' GROUP BY p.id HAVING MAX(c.amount) > 1 ORDER BY d",
        dialect,
    )
    found = {
        kind: {column.name for column in origins.columns}
        for kind, origins in seen.influences.items()
    }
    assert found == {
        "join": {"word", "name"},
        "filter": {"email", "amount"},
        "group": {"id"},
        "order": {"doc"},
    }


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(
    ("sql", "operation", "stored"),
    [
        ("INSERT INTO clean (word) SELECT email FROM people", "insert", {"email"}),
        ("INSERT INTO clean (word) VALUES ('x')", "insert", set()),
        ("UPDATE people SET name = email WHERE card = 'x'", "update", {"email"}),
        ("UPDATE people SET email = email", "update", set()),
        ("DELETE FROM people WHERE card = 'x'", "delete", set()),
        ("CREATE TABLE kept AS SELECT email AS e FROM people", "create_table_as", {"email"}),
        ("CREATE VIEW kept AS SELECT email AS e FROM people", "create_view", {"email"}),
        ("DROP TABLE clean", "ddl", set()),
    ],
)
def test_what_is_stored_is_told(dialect: str, sql: str, operation: str, stored: set[str]) -> None:
    seen = one(sql, dialect)
    assert (seen.operation, set(seen.stored)) == (operation, stored)
    assert seen.anywhere() == set()


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "CREATE TABLE kept CLONE people"),
        ("mysql", "UPDATE people p JOIN clean c ON c.id = p.id SET c.word = p.email"),
        ("mysql", "UPDATE people p, clean c SET c.word = p.email"),
        ("mysql", "INSERT INTO clean (word) SELECT email FROM people ON DUPLICATE KEY UPDATE word = 'x'"),
        ("mysql", "INSERT INTO clean (word) VALUES ('x') ON DUPLICATE KEY UPDATE word = (SELECT MAX(email) FROM people)"),
        ("mysql", "REPLACE INTO clean (word) SELECT email FROM people"),
        ("mysql", "ALTER TABLE people RENAME TO kept"),
        ("mysql", "RENAME TABLE people TO kept"),
        ("spark", "INSERT OVERWRITE TABLE clean SELECT 1, email, 2 FROM people"),
        ("tsql", "SELECT email INTO kept FROM people"),
        ("bigquery", "CREATE OR REPLACE TABLE people AS SELECT 1 AS email"),
        ("trino", "CREATE MATERIALIZED VIEW kept AS SELECT email FROM people"),
        ("redshift", "CREATE TABLE kept (e) AS SELECT email FROM people"),
        ("mysql", "WITH w AS (SELECT email FROM people) INSERT INTO clean (word) SELECT email FROM w"),
    ],
)  # fmt: skip
def test_no_way_of_storing_is_missed(dialect: str, sql: str) -> None:
    try:
        seen = one(sql, dialect)
    except StatementError:
        return
    assert {"email", "?"} & seen.stored


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("snowflake", "SELECT email, MAX(card) FROM people GROUP BY ALL"),
        ("databricks", "SELECT email, card FROM people ORDER BY ALL"),
    ],
)
def test_grouping_by_all_is_an_influence_of_all(dialect: str, sql: str) -> None:
    (found,) = one(sql, dialect).influences.values()
    assert {column.name for column in found.columns} == {"email", "card"}


@pytest.mark.parametrize("dialect", ["snowflake", "bigquery", "tsql", "databricks"])
def test_merge_stores_what_it_sets(dialect: str) -> None:
    seen = one(
        "MERGE INTO clean AS c USING people AS p ON c.id = p.id"
        " WHEN MATCHED AND p.card = 'x' THEN UPDATE SET word = p.email"
        " WHEN NOT MATCHED THEN INSERT (id, word) VALUES (p.id, p.name);",
        dialect,
    )
    assert set(seen.stored) == {"email", "id", "name"}
    assert {"card", "id"} <= {c.name for c in seen.influences["filter"].columns}


def test_several_statements_are_read_one_by_one() -> None:
    first, second = every("SELECT 1; SELECT email FROM people;", "mysql")
    assert first.sources() == [set()]
    assert second.sources() == [{"email"}]
