"""Whatever a text is, it is read or refused with a reason, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.statements.dialects.dialect import DIALECTS
from scrim.statements.dialects.reading import read, without_literals
from scrim.statements.dialects.schema import SchemaCatalog, SchemaError
from scrim.statements.facts import StatementError
from tests.unit.statements.dialects.lineage_of import ALL, CATALOG, every, one

DEEP = 400
HOSTILE = {
    "brackets": "SELECT " + "(" * DEEP + "id" + ")" * DEEP + " FROM people",
    "brackets within the bound": "SELECT " + "(" * 23 + "id" + ")" * 23 + " FROM people",
    "subqueries": "SELECT * FROM " + "(SELECT * FROM " * 23 + "people" + ") x" * 23,
    "calls": "SELECT " + "UPPER(" * 23 + "id" + ")" * 23 + " FROM people",
    "cases": "SELECT " + "CASE WHEN 1 = 1 THEN " * 23 + "id" + " END" * 23 + " FROM people",
    "conditions": "SELECT id FROM people WHERE " + "id = 1 AND " * 3_000 + "1 = 1",
    "sums": "SELECT " + "id + " * 3_000 + "id FROM people",
    "negations": "SELECT " + "NOT " * 500 + "id FROM people",
    "signs": "SELECT " + "- " * 500 + "id FROM people",
    "list": "SELECT id FROM people WHERE id IN (" + "1, " * 9_000 + "1)",
    "columns": "SELECT " + "id, " * 3_000 + "id FROM people",
    "dots": "SELECT " + "a." * 3_000 + "id FROM people",
    "subscripts": "SELECT id" + "[0]" * 3_000 + " FROM people",
    "unions": " UNION ALL ".join(["SELECT id FROM people"] * 600),
    "joins": "SELECT * FROM people" + " JOIN clean USING (id)" * 300,
    "statements": "SELECT 1;" * 5_000,
    "words": "a " * 100_000,
    "bytes": "SELECT '" + "x" * 1_000_000 + "'",
    "expressions": "WITH "
    + ", ".join(f"c{n} AS (SELECT * FROM {f'c{n - 1}' if n else 'people'})" for n in range(150))
    + " SELECT * FROM c149",
    "doubling": "WITH "
    + ", ".join(
        f"c{n} AS (SELECT a.id FROM {f'c{n - 1}' if n else 'people'} a, "
        f"{f'c{n - 1}' if n else 'people'} b)"
        for n in range(60)
    )
    + " SELECT * FROM c59",
}
WORDS = st.sampled_from(
    [
        "SELECT",
        "FROM",
        "WHERE",
        "people",
        "clean",
        "email",
        "id",
        "card",
        "*",
        ",",
        "(",
        ")",
        "[",
        "]",
        ".",
        ":",
        "::",
        "'",
        '"',
        "`",
        ";",
        "--",
        "/*",
        "*/",
        "/*!",
        "#",
        "$$",
        "@x",
        "?",
        "AS",
        "JOIN",
        "ON",
        "USING",
        "WITH",
        "RECURSIVE",
        "UNION",
        "ALL",
        "GROUP",
        "BY",
        "ORDER",
        "QUALIFY",
        "PIVOT",
        "LATERAL",
        "FLATTEN",
        "UNNEST",
        "EXPLODE",
        "VALUES",
        "INSERT",
        "INTO",
        "UPDATE",
        "SET",
        "DELETE",
        "MERGE",
        "CREATE",
        "TABLE",
        "VIEW",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "NOT",
        "IN",
        "EXISTS",
        "OVER",
        "PARTITION",
        "LIMIT",
        "1",
        "'x'",
        "\\",
        "\\'",
        "|>",
        "=>",
        "->",
        ":=",
        "=",
        "<",
        ">",
        "+",
        "-",
        "||",
        "NULL",
        "STRUCT",
        "ARRAY",
        "MAP",
        "COUNT",
        "MAX",
        "UPPER",
        "CAST",
        "INTERVAL",
        "DATE",
        "\n",
        "\t",
        "é",
    ]
)


def refusal(sql: str, dialect: str) -> StatementError | None:
    """Return why a text is refused; None where it is read. Any other error is a failure."""
    try:
        every(sql, dialect)
    except StatementError as error:
        return error
    return None


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("shape", HOSTILE)
def test_a_hostile_text_takes_bounded_time(dialect: str, shape: str) -> None:
    begun = time.process_time()
    refused = refusal(HOSTILE[shape], dialect)
    assert refused is None or refused.message
    assert time.process_time() - begun < 8


@given(dialect=st.sampled_from(ALL), words=st.lists(WORDS, max_size=25))
def test_no_text_of_words_ends_in_another_error(dialect: str, words: list[str]) -> None:
    refused = refusal(" ".join(words), dialect)
    assert refused is None or (refused.code and refused.message and refused.position >= 0)


@given(dialect=st.sampled_from(ALL), text=st.text(max_size=80))
def test_no_text_ends_in_another_error(dialect: str, text: str) -> None:
    refused = refusal(text, dialect)
    assert refused is None or refused.message


@given(
    dialect=st.sampled_from(ALL),
    columns=st.lists(
        st.sampled_from(["id", "email", "name", "p.card", "*"]), min_size=1, max_size=4
    ),
    wraps=st.lists(
        st.sampled_from(
            [
                "SELECT * FROM ({}) AS w",
                "WITH w AS ({}) SELECT * FROM w",
                "SELECT w.* FROM ({}) AS w WHERE 1 = 1",
                "({})",
                "SELECT * FROM ({}) AS w LIMIT 3",
                "{} UNION ALL {}",
            ]
        ),
        max_size=3,
    ),
)
def test_what_is_around_a_query_keeps_its_columns(
    dialect: str, columns: list[str], wraps: list[str]
) -> None:
    sql = f"SELECT {', '.join(columns)} FROM people AS p"
    bare = one(sql, dialect)
    for wrap in wraps:
        sql = wrap.format(*[sql] * wrap.count("{}"))
    wrapped = one(sql, dialect)
    if wrapped.rest is None:
        assert wrapped.sources() == bare.sources()
    else:
        assert wrapped.anywhere() >= bare.anywhere()


def test_errors_say_where_and_quote_nothing() -> None:
    with pytest.raises(StatementError) as caught:
        read("SELECT id FROM people WHERE 'secret' secret secret", DIALECTS["trino"], CATALOG)
    assert (caught.value.code, caught.value.position > 20) == ("42601", True)
    assert "secret" not in caught.value.message


def test_nothing_of_a_statement_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for dialect in ALL:
        for sql in ("UNLOAD ('secret') TO 'x'", "CALL secret()", "SELECT secret FROM"):
            with pytest.raises(StatementError):
                read(sql, DIALECTS[dialect], CATALOG)
    assert "secret" not in caplog.text


def test_a_statement_is_shown_without_its_literals() -> None:
    shown = without_literals("SELECT 'secret', 12 -- secret\nFROM t", DIALECTS["mysql"], 100)
    assert shown == "SELECT ? , ? FROM t"
    assert without_literals("SELECT 'secret", DIALECTS["mysql"], 100) == ""


@pytest.mark.parametrize(
    "document",
    [
        [],
        "people",
        {"people": 1},
        {"people": [1]},
        {1: ["id"]},
        {"a": {"b": {"c": {"d": {"e": ["id"]}}}}},
        {"people": {}, "x": None},
    ],
)
def test_a_schema_that_is_none_is_refused(document: object) -> None:
    with pytest.raises(SchemaError):
        SchemaCatalog.of(document)


def test_names_are_found_by_as_many_parts_as_are_given() -> None:
    catalog = SchemaCatalog.of(
        {"Project": {"Shop": {"People": ["Id"]}, "Other": {"People": ["X"]}}}
    )
    assert len(catalog.named(None, "people")) == 2
    assert [one.schema for one in catalog.named("shop", "people")] == ["project.shop"]
    assert [one.schema for one in catalog.named("project.shop", "people")] == ["project.shop"]
    assert catalog.named("elsewhere.shop", "people") == ()
    assert catalog.named("op", "people") == ()
