from __future__ import annotations

import pytest

from scrim.statements.facts import ColumnName, Name, RelationUse, StatementError, read


def test_a_select_is_read_with_its_relations_and_targets() -> None:
    (facts,) = read("SELECT c.email AS mail, count(*) FROM public.customers c WHERE id = $1")
    assert facts.operation == "select"
    assert facts.relations == (RelationUse("public", "customers", "read", "select"),)
    assert facts.predicate_columns == (ColumnName((), "id"),)
    assert facts.parameters == 1
    assert facts.query is not None
    mail, count = facts.query.targets
    assert (mail.alias, mail.kind) == ("mail", "column")
    assert mail.flow.columns == (ColumnName(("c",), "email"),)
    assert count.flow.functions == (Name(None, "count"),)
    assert facts.query.sources[0].visible_name == "c"


def test_every_statement_of_a_string_is_read() -> None:
    assert [facts.operation for facts in read("BEGIN; SELECT 1; COMMIT")] == [
        "transaction",
        "select",
        "transaction",
    ]
    assert read(" -- nothing") == ()


def test_copy_is_read_with_its_format() -> None:
    (facts,) = read("COPY customers (id, email) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)")
    assert facts.copy is not None
    assert facts.copy.relation == Name(None, "customers")
    assert facts.copy.columns == ("id", "email")
    assert facts.copy.destination == "stdout"
    assert facts.copy.options == {"format": "csv", "header": True, "force_quote": ("*",)}


def test_the_query_of_a_copy_is_found_in_the_text() -> None:
    sql = "COPY (SELECT ')', email FROM customers) TO STDOUT"
    (facts,) = read(sql)
    assert facts.copy is not None
    assert facts.copy.query_span is not None
    start, end = facts.copy.query_span
    assert sql[start:end] == "SELECT ')', email FROM customers"


def test_inner_statements_and_settings_are_read() -> None:
    (facts,) = read("PREPARE p AS SELECT 1")
    assert facts.name == "p"
    assert facts.inner is not None
    assert facts.inner.operation == "select"
    (facts,) = read("SET LOCAL work_mem = '1MB'")
    assert facts.setting is not None
    assert (facts.setting.name, facts.setting.value, facts.setting.local) == (
        "work_mem",
        "1MB",
        True,
    )
    (facts,) = read("EXPLAIN (ANALYZE, FORMAT json) SELECT 1")
    assert facts.options == {"analyze": True, "format": "json"}


def test_what_the_grammar_refuses_is_an_error_with_its_place() -> None:
    with pytest.raises(StatementError) as caught:
        read("SELECT 1 FORM t")
    assert caught.value.code == "42601"
    assert "FORM" in caught.value.message or "t" in caught.value.message
    assert caught.value.position > 0
    assert "FORM" not in str(caught.value)


def test_too_deep_a_statement_is_an_error() -> None:
    with pytest.raises(StatementError) as caught:
        read(f"SELECT {'(' * 5000}1{')' * 5000}")
    assert caught.value.code == "54001"


def test_deep_but_allowed_queries_are_read() -> None:
    sql = "SELECT 1"
    for _ in range(60):
        sql = f"SELECT * FROM ({sql}) x"
    (facts,) = read(sql)
    assert facts.operation == "select"
