"""What was decided for one statement holds for those that do the same, and for no others."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrim.detection.columns import Verdict
from scrim.domain.column import Column, ResultField
from scrim.masking import rewriter
from scrim.masking.rewriter import column_rule
from tests.unit.desk import Desk
from tests.unit.statements.sample_schema import TEXT, identifiers, sample_catalog

if TYPE_CHECKING:
    from scrim.masking.choice import OperatorTable

CATALOG = sample_catalog()
MAIL = b"adelheid@mail.example.org"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "log", CATALOG)


def named(name: str, place: int = 0, relation: str = "customers") -> ResultField:
    """A field of that name that the data store traces to a column, 0 for none."""
    number = identifiers()["public", relation] if place else 0
    return ResultField(name, number, place, TEXT, -1)


def test_a_new_name_for_a_column_is_not_decided_again(desk: Desk) -> None:
    first = desk.run("SELECT email AS a FROM customers", [named("a", 2)], [[MAIL]])
    assert desk.asked == 2
    second = desk.run("SELECT email AS b FROM customers", [named("b", 2)], [[MAIL]])
    assert desk.asked == 2
    assert MAIL not in first.seen + second.seen
    assert [record["record"] for record in second.records] == ["intent", "columns", "outcome"]
    intent, columns, _ = second.records
    assert intent["statement"] == "SELECT email AS b FROM customers"
    assert intent["shape"] == columns["shape"] != first.records[0]["shape"]
    assert [column["name"] for column in columns["columns"]] == ["b"]


def test_a_column_of_another_origin_is_decided_by_itself(desk: Desk) -> None:
    desk.run("SELECT city AS email FROM customers", [named("email", 4)], [[MAIL]])
    answer = desk.run("SELECT email AS city FROM customers", [named("city", 2)], [[MAIL]])
    assert desk.asked == 4
    assert MAIL not in answer.seen


def test_what_detection_learns_ends_what_was_decided_before(desk: Desk) -> None:
    fields, rows = [named("a", 1)], [[b"some text"]]
    desk.verdicts.learn(Column("public", "customers", "id"), Verdict(None, 0.0, (), settled=True))
    assert b"some text" in desk.run("SELECT id AS a FROM customers", fields, rows).seen
    found = Verdict("contact.email", 0.9, (), settled=True)
    desk.verdicts.learn(Column("public", "customers", "id"), found)
    answer = desk.run("SELECT id AS b FROM customers", [named("b", 1)], rows)
    assert desk.asked == 4
    assert b"some text" not in answer.seen


def test_what_the_catalog_does_not_know_is_looked_for_each_time(desk: Desk) -> None:
    for number in range(3):
        desk.run(f"SELECT a AS n{number} FROM unheard_of", [])
    assert desk.asked == 3
    assert desk.shapes.rulings == 0


def test_what_changes_the_catalog_is_decided_each_time(desk: Desk) -> None:
    for number in range(3):
        desk.run(f"CREATE INDEX i ON staff (email) WHERE id > {number}", [])
    assert desk.asked == 3
    assert desk.shapes.rulings == 0


def test_new_answers_begin_with_nothing(desk: Desk) -> None:
    desk.run("SELECT email AS a FROM customers", [named("a", 2)], [[MAIL]])
    desk.forget()
    desk.run("SELECT email AS b FROM customers", [named("b", 2)], [[MAIL]])
    assert desk.asked == 4


NAMES = st.sampled_from(["a", "b", "email", "city", '"x y"', "ID"])
COLUMNS = st.sampled_from(
    [
        ("id", 1),
        ("email", 2),
        ("name", 3),
        ("city", 4),
        ("upper(email)", 0),
        ("email || city", 0),
        ("count(*)", 0),
        ("mystery(city)", 0),
        ("(SELECT max(email) FROM staff)", 0),
        ("'x'", 0),
        ("customers", 0),
    ]
)
CONDITIONS = st.sampled_from(
    ["", " WHERE id = 1", " WHERE id = 'z'", " WHERE id IN (1, 2, 3)", " WHERE id IN (4)",
     " WHERE email ~ 'x'", " ORDER BY 1", " ORDER BY a", " LIMIT 3"]
)  # fmt: skip
OTHERS = st.sampled_from(
    [
        "SELECT total AS a FROM orders",
        "INSERT INTO staff (id, email) SELECT id, email FROM customers",
        "INSERT INTO staff (id, email) SELECT id, city FROM customers",
        "INSERT INTO staff VALUES (1, 'x')",
        "INSERT INTO staff VALUES (1, 'x'), (2, 'y')",
        "UPDATE customers SET email = email WHERE id = 1",
        "UPDATE customers SET city = email WHERE id = 1",
        "SELECT a AS b FROM unheard_of",
        "SET search_path = app",
        "SET role = 'postgres'",
        "DISCARD ALL",
        "SELECT pg_read_file('x') AS a",
        "SELECT FROM WHERE",
        "COMMIT",
        ";",
    ]
)


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, tuple[ResultField, ...]]:
    targets = draw(st.lists(st.tuples(COLUMNS, NAMES), min_size=1, max_size=3))
    words = ", ".join(f"{column} AS {name}" for (column, _), name in targets)
    fields = tuple(named(name.strip('"'), place) for (_, place), name in targets)
    sql = f"SELECT {words} FROM customers{draw(CONDITIONS)}"
    if draw(st.booleans()):
        sql = f"SELECT {words} FROM customers UNION ALL {sql}"
        fields = tuple(named(field.name) for field in fields)
    if draw(st.integers(0, 5)) == 0:
        sql = f"WITH w AS ({sql}) SELECT * FROM w"
    return sql, fields


LESSONS = st.tuples(
    st.sampled_from(["id", "email", "name", "city"]),
    st.sampled_from([None, "contact.email", "person.full"]),
    st.booleans(),
)
STEPS = st.lists(
    st.one_of(queries(), queries(), st.tuples(OTHERS, st.just(())), LESSONS),
    min_size=2,
    max_size=12,
)


def _without_freshness(column: rewriter.PlannedColumn, operators: OperatorTable) -> rewriter.Rule:
    return column_rule(
        replace(column, whole=column.whole and not column.mixed, mixed=False), operators
    )


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_a_statement_is_answered_alike_whatever_was_decided_before(
    steps: list[tuple[str, tuple[ResultField, ...]] | tuple[str, str | None, bool]],
) -> None:
    # What is masked freshly differs each time, whatever is remembered.
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(rewriter, "column_rule", _without_freshness),
    ):
        remembering, forgetful = (Desk(Path(folder) / name, CATALOG) for name in ("one", "two"))
        for number, step in enumerate(steps):
            if len(step) == 3:
                name, entity, settled = step
                verdict = Verdict(entity, 0.5, (), settled=settled)
                for desk in (remembering, forgetful):
                    desk.verdicts.learn(Column("public", "customers", name), verdict)
                continue
            # Each time a new shape, that does the same.
            sql, fields = step[0] + ";" * number, step[1]
            rows = [[MAIL] * len(fields), [b"plain"] * len(fields)] if fields else []
            forgetful.forget()
            answer, expected = (desk.run(sql, fields, rows) for desk in (remembering, forgetful))
            assert (answer.sent, answer.seen) == (expected.sent, expected.seen), sql
            assert answer.records == expected.records, sql
        assert remembering.asked <= forgetful.asked
