"""What `scrim explain` shows: lines, a tree, JSON, Graphviz and SVG, whatever names there are."""

from __future__ import annotations

import io
import json
import re
from dataclasses import fields
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from scrim.cli.explain_graph import MAX_EDGES, MAX_NODES, dot_of, graph_of, svg_of
from scrim.cli.explain_view import branches, lines, show
from scrim.cli.main import app
from scrim.domain.decision import Refusal
from scrim.server import explanation
from scrim.server.explanation import (
    ExplainedColumn,
    ExplainedStatement,
    Explanation,
    Influence,
    Permission,
    SourceColumn,
    UsedRelation,
)
from tests.support.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.text(max_size=30)


def explained(*columns: ExplainedColumn, refusal: Refusal | None = None) -> Explanation:
    statement = ExplainedStatement(
        "select",
        (UsedRelation("people", "read", "select"),),
        columns,
        "data store",
        (Influence("shop.people.country", ("filter", "order")),),
        ("a note",),
    )
    return Explanation(
        "SELECT ?",
        (statement,),
        connection="shop",
        principal=("bot", "alice@example.com"),
        permissions=(Permission("select", "shop.people", True, ("work",)),),
        refusal=refusal,
    )


def column(name: str, *sources: str, treatment: str = "mask") -> ExplainedColumn:
    return ExplainedColumn(
        name,
        "text",
        treatment,
        {"name": "email"},
        "contact.email",
        "protected column",
        "because",
        sources=tuple(SourceColumn(one, "transformed", ("pii",), raw=False) for one in sources),
    )


def test_a_pipe_gets_indented_lines() -> None:
    buffer = io.StringIO()
    show(explained(column("mail", "shop.people.email")), Console(file=buffer))
    shown = buffer.getvalue().splitlines()
    assert shown[0] == "allowed as bot for alice@example.com on shop"
    assert "      mail text: masked as contact.email by email" in shown
    assert "        from: shop.people.email (transformed; tags pii; not raw)" in shown
    assert "      shop.people.country: filter, order" in shown
    assert "    select on shop.people: permitted by work" in shown


def test_a_terminal_gets_a_tree() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, no_color=True)
    show(explained(column("mail", "shop.people.email")), console)
    assert isinstance(console.file, io.StringIO)
    assert "└── " in console.file.getvalue()


def test_a_refusal_says_what_to_do_instead() -> None:
    refusal = Refusal("42501", "not allowed", "It runs code.", "Ask for raw access.", 7)
    shown = list(lines(branches(explained(refusal=refusal))))
    assert "  refused: 42501 not allowed" in shown
    assert "    why: It runs code." in shown
    assert "    instead: Ask for raw access." in shown
    assert "    at character 7" in shown


def test_many_sources_are_counted_and_not_listed() -> None:
    shown = list(lines(branches(explained(column("all", *(f"s.t.c{n}" for n in range(500)))))))
    assert any(line.strip() == "from: 488 more columns" for line in shown)
    assert len(shown) < 40


@given(NAMES, NAMES)
def test_no_name_can_control_a_terminal(name: str, source: str) -> None:
    for line in lines(branches(explained(column(name, source)))):
        assert line.isprintable()


@given(NAMES, NAMES)
def test_no_name_breaks_out_of_a_drawing(name: str, source: str) -> None:
    shown = explained(column(name, source))
    root = ElementTree.fromstring(svg_of(shown))  # noqa: S314 - what was just written
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "rect", "text", "path")
    }
    for line in dot_of(shown).splitlines():
        # Without escaped characters, quotes come in pairs.
        assert re.sub(r"\\.", "", line).count('"') % 2 == 0


def test_a_graph_leads_from_sources_to_columns() -> None:
    graph = graph_of(explained(column("a", "s.t.x", "s.t.y"), column("b", "s.t.x")))
    names = [(graph.sources[e.source].title, graph.targets[e.target].title) for e in graph.edges]
    assert sorted(names) == [("s.t.x", "a"), ("s.t.x", "b"), ("s.t.y", "a")]
    assert "s.t.x" in dot_of(explained(column("a", "s.t.x")))


def test_a_large_graph_is_bounded_and_says_so() -> None:
    sources = [f"s.t.c{n}" for n in range(1_000)]
    shown = explained(*(column(f"c{n}", *sources) for n in range(1_600)))
    graph = graph_of(shown)
    assert (len(graph.sources), len(graph.targets)) == (MAX_NODES, MAX_NODES)
    assert len(graph.edges) == MAX_EDGES
    assert graph.left_out.endswith("more are not drawn")
    assert "more are not drawn" in svg_of(shown)
    assert len(svg_of(shown)) < 1_000_000


def test_every_field_of_the_json_is_described() -> None:
    page = (ROOT / "docs/reference/explain.md").read_text()
    kinds = (
        explanation.Explanation, explanation.ExplainedStatement, explanation.ExplainedColumn,
        explanation.SourceColumn, explanation.Influence, explanation.UsedRelation,
        explanation.Permission, explanation.AuditRecords, Refusal,
    )  # fmt: skip
    names = {field.name for kind in kinds for field in fields(kind)} | {"format", "verdict"}
    assert sorted(name for name in names if f"`{name}`" not in page) == []
    document = explained(column("a", "b")).document()
    assert json.loads(json.dumps(document)) == json.loads(json.dumps(document))
    assert document["verdict"] == "allowed"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "tables.yaml"
    path.write_text("shop: {people: [id, email], clean: {id: int}}")
    return path


def test_another_dialect_is_explained_by_a_written_schema(schema: Path) -> None:
    sql = "SELECT p.*, UPPER(email) AS loud FROM people p WHERE id = 1"
    done = CliRunner().invoke(
        app, ["explain", sql, "--dialect", "snowflake", "--schema", str(schema), "--json"]
    )
    assert done.exit_code == 0
    (statement,) = json.loads(done.stdout)["statements"]
    assert [one["name"] for one in statement["columns"]] == ["id", "email", "loud"]
    assert statement["columns"][2]["sources"][0]["column"] == "shop.people.email"
    assert statement["columns"][2]["sources"][0]["use"] == "transformed"
    assert statement["influences"] == [{"column": "shop.people.id", "ways": ["filter"]}]


@pytest.mark.parametrize("sql", ["CALL leak()", "SELECT /*! 1 */", "SELECT 'x", "SELECT FROM"])
def test_what_cannot_be_read_in_a_dialect_is_refused(schema: Path, sql: str) -> None:
    done = CliRunner().invoke(
        app, ["explain", "-", "--dialect", "mysql", "--schema", str(schema), "--json"], input=sql
    )
    refusal = json.loads(done.stdout)["refusal"]
    assert done.exit_code == 77
    assert refusal["message"]
    assert refusal["hint"]


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "is neither YAML nor JSON"), ("[1]", "neither a table"), ("people: 3", "people")],
)
def test_a_wrong_schema_is_explained(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "tables.yaml"
    path.write_text(content)
    done = CliRunner().invoke(
        app, ["explain", "SELECT 1", "--dialect", "mysql", "--schema", str(path)]
    )
    assert said in str(done.exception)


def test_an_unknown_dialect_names_those_that_are_known() -> None:
    done = CliRunner().invoke(app, ["explain", "SELECT 1", "--dialect", "oracle"])
    assert "known are mysql, snowflake" in str(done.exception)
