"""Explains statements of other dialects, by a schema that is written down and no policy."""

from scrim.domain.column import Column, ColumnOrigin
from scrim.domain.decision import Refusal
from scrim.server.explained_columns import ANYTHING, MAX_SOURCES, POSSIBLE, UNKNOWN
from scrim.server.explanation import (
    ExplainedColumn,
    ExplainedStatement,
    Explanation,
    Influence,
    SourceColumn,
    UsedRelation,
)
from scrim.statements.catalog import Catalog
from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.lexical import TOO_COMPLEX, refused
from scrim.statements.dialects.reading import read, without_literals
from scrim.statements.facts import Facts, StatementError
from scrim.statements.lineage import Lineage

MAX_SHOWN: int = 16_000
HINT = "Write it in a simpler way, or in parts. Nothing of it is known as it is."


def explain_dialect(text: bytes, dialect: SqlDialect, catalog: Catalog) -> Explanation:
    """Say what is seen in a statement string of another dialect.

    Args:
        text: The string.
        dialect: Its dialect.
        catalog: What relations and columns there are.
    """
    statements: list[ExplainedStatement] = []
    refusal = None
    shown = ""
    try:
        decoded = text.decode()
        shown = without_literals(decoded, dialect, MAX_SHOWN)
        lineage = Lineage(catalog)
        statements = [_statement(facts, lineage) for facts in read(decoded, dialect, catalog)]
    except UnicodeDecodeError:
        refusal = Refusal("22021", "the statement is not UTF-8", hint="Send it as UTF-8.")
    except RecursionError:
        refusal = _refusal(refused("statement nests too deeply to be checked", TOO_COMPLEX))
    except StatementError as error:
        refusal = _refusal(error)
    return Explanation(shown, tuple(statements), dialect=dialect.name, refusal=refusal)


def _refusal(error: StatementError) -> Refusal:
    return Refusal(error.code, error.message, hint=HINT, position=error.position)


def _statement(facts: Facts, lineage: Lineage) -> ExplainedStatement:
    outputs = lineage.outputs(facts)
    columns = [_column(name or "", origins.to_origin()) for name, origins in outputs.columns]
    notes = []
    if outputs.rest is not None:
        columns.append(_column("*", outputs.rest.to_origin()))
        notes.append("* stands for columns whose number and names are not known")
    for name, column, origin in lineage.stored(facts):
        target = ".".join(part for part in ((name.name if name else ""), column or "") if part)
        listed = ", ".join(sorted(one.qualified_name() for one in origin.columns)[:10])
        listed += "" if origin.known else " and anything else"
        notes.append(f"stores {listed or 'nothing of a table'} in {target or 'something'}")
    unknown = [use.name for use in facts.functions]
    notes += [f"what the function {name} returns is not known" for name in dict.fromkeys(unknown)]
    notes += [
        f"the schema has no table {use.name}, so anything may be in it"
        for use in facts.relations
        if use.role == "read" and not lineage.catalog.named(use.schema, use.name)
    ]
    return ExplainedStatement(
        facts.operation,
        tuple(
            UsedRelation(f"{use.schema}.{use.name}" if use.schema else use.name, use.role, use.verb)
            for use in facts.relations
        ),
        tuple(columns),
        "lineage" if columns else "",
        _influences(facts, lineage),
        tuple(notes),
    )


def _column(name: str, origin: ColumnOrigin) -> ExplainedColumn:
    ordered = sorted(origin.columns, key=Column.qualified_name)[:MAX_SOURCES]
    sources = tuple(
        SourceColumn(
            column.qualified_name().removeprefix("."),
            origin.kind(column) if origin.known else POSSIBLE,
        )
        for column in ordered
    )
    why = "" if origin.known else UNKNOWN
    return ExplainedColumn(name, why=why, known=origin.known, sources=sources)


def _influences(facts: Facts, lineage: Lineage) -> tuple[Influence, ...]:
    ways: dict[str, list[str]] = {}
    for way, origins in lineage.influences(facts).items():
        for column in sorted(origins.columns, key=Column.qualified_name)[:MAX_SOURCES]:
            ways.setdefault(column.qualified_name().removeprefix("."), []).append(way)
        if not origins.known:
            ways.setdefault(ANYTHING, []).append(way)
    return tuple(Influence(column, tuple(found)) for column, found in ways.items())
