"""The queries of a statement, mirrored from the kernel's JSON (`rust/sql/src/facts.rs`).

Absent fields are empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scrim.statements.asking import Asking, decode_asking
from scrim.statements.compared import Compared, decode_compared

_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its schema as written."""

    schema: str | None
    name: str


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column as written; `name` is `*` for all columns."""

    qualifier: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What an expression is made of."""

    columns: tuple[ColumnName, ...] = ()
    altered_columns: tuple[ColumnName, ...] = ()
    cut_columns: tuple[ColumnName, ...] = ()
    aggregated_columns: tuple[ColumnName, ...] = ()
    counted_columns: tuple[ColumnName, ...] = ()
    measured_columns: tuple[ColumnName, ...] = ()
    rows: tuple["RowField", ...] = ()
    functions: tuple[Name, ...] = ()
    altered_functions: tuple[Name, ...] = ()
    attributes: tuple[str, ...] = ()
    types: tuple[Name, ...] = ()
    subqueries: tuple["Query", ...] = ()
    opaque: bool = False
    windowed: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """One item of a select or `RETURNING` list.

    Attributes:
        alias: The name after `AS`, None when absent.
        kind: `column`, `star`, `constant` or `expression`.
        flow: What it is made of.
        without: For a star, the names of the columns that it leaves out.
    """

    alias: str | None
    kind: str
    flow: Flow
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One item that a query takes rows from.

    Attributes:
        kind: `relation`, `cte`, `query`, `function`, `merged` (the alias of what `USING` merges) or
            `other`.
        schema: Schema of a relation as written.
        name: Its own name.
        alias: The name that it has in the query, None for its own.
        columns: New names for its first columns.
        lateral: Whether a subquery may refer to the items before it.
        by_name_only: Whether `*` leaves it out.
        query: The query of a subquery.
        functions: Functions whose columns stand side by side.
        shared: What every one of these columns is made of as well.
        ordinality: Whether a last column numbers the rows.
    """

    kind: str
    schema: str | None = None
    name: str = ""
    alias: str | None = None
    columns: tuple[str, ...] = ()
    lateral: bool = False
    by_name_only: bool = False
    query: "Query | None" = None
    functions: tuple["RowFunction", ...] = ()
    shared: Flow | None = None
    ordinality: bool = False

    @property
    def visible_name(self) -> str:
        """The name by which the query refers to it."""
        return self.alias if self.alias is not None else self.name


@dataclass(frozen=True, slots=True)
class Query:
    """A query: what it takes rows from and what each of its columns is made of.

    Attributes:
        compared: Columns that are compared with values of the statement, or get them.
        conditions: Subqueries in which something is compared, and from which no column comes.
        row_influences: What decides which rows there are and how they are put together.
        asks: What of it is a question about values, and what may fail.
        altered: For a subquery in an expression, whether its value is altered there.
        aggregated: For a subquery in an expression, whether its value goes into an aggregate there.
    """

    ctes: tuple["Cte", ...] = ()
    branches: tuple["Query", ...] = ()
    sources: tuple[Source, ...] = ()
    targets: tuple[Target, ...] = ()
    joined: tuple["Joined", ...] = ()
    subtracts: bool = False
    opaque: bool = False
    altered: bool = False
    aggregated: bool = False
    compared: tuple[Compared, ...] = ()
    conditions: tuple["Query", ...] = ()
    row_influences: tuple["RowInfluence", ...] = ()
    asks: tuple[Asking, ...] = ()


@dataclass(frozen=True, slots=True)
class RowInfluence:
    """What decides which rows there are, how they are put together or in which order they stand.

    Attributes:
        kind: `filter`, `join`, `group` or `order`; `inside` for what only has influences in itself,
            such as the subquery of `EXISTS`.
        flow: What it is made of.
        position: Number of the result column that it is, from 1.
        output: Name of the result column that it is; `*` for all of them.
        natural: Whether it is every column that several sources have, as in `NATURAL JOIN`.
        optional: Whether there may be no column of that name, so that it is another influence.
    """

    kind: str
    flow: Flow
    position: int = 0
    output: str = ""
    natural: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Cte:
    """A common table expression."""

    name: str
    columns: tuple[str, ...]
    recursive: bool
    query: Query
    marks: tuple["Mark", ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A column that `SEARCH` or `CYCLE` adds, and the columns that it is made of."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """A source, or a join of two.

    Attributes:
        source: Position of the source among the sources; of no meaning for a join.
        sides: Both sides of a join.
        using: Columns that `USING` merges.
        natural: Whether all columns that both sides have are merged.
        kind: Which side a merged column has its values from: `left`, `right`, `inner` (either, as
            types have it), or `full` (both).
    """

    source: int = 0
    sides: tuple["Joined", ...] = ()
    using: tuple[str, ...] = ()
    natural: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RowFunction:
    """A function in `FROM`, or a column of `XMLTABLE` or `JSON_TABLE`.

    Attributes:
        schema: Schema of the function as written.
        name: Its name; empty for what is not a call by name.
        defined: Names of its columns, where the statement defines them.
        flow: What its values are made of.
    """

    schema: str | None
    name: str
    defined: tuple[str, ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class RowField:
    """`(row).field`, where the row is a column or a source.

    Attributes:
        row: Name of the column or the source.
        field: Name of the field; `*` for all of them.
        starred: Whether the row is written as `name.*`, so that it cannot be a column.
        altered: Whether its value is altered.
        aggregated: Whether its value goes into an aggregate.
    """

    row: str
    field: str
    starred: bool = False
    altered: bool = False
    aggregated: bool = False


def decode_names(raw: list[_Json] | tuple[()]) -> tuple[Name, ...]:
    """Return names from the kernel's JSON."""
    return tuple(Name(name.get("schema"), name["name"]) for name in raw)


def decode_columns(raw: list[_Json] | tuple[()]) -> tuple[ColumnName, ...]:
    """Return columns from the kernel's JSON."""
    return tuple(ColumnName(tuple(column.get("qualifier", ())), column["name"]) for column in raw)


def _flow(raw: _Json) -> Flow:
    return Flow(
        columns=decode_columns(raw.get("columns", ())),
        altered_columns=decode_columns(raw.get("altered_columns", ())),
        cut_columns=decode_columns(raw.get("cut_columns", ())),
        aggregated_columns=decode_columns(raw.get("aggregated_columns", ())),
        counted_columns=decode_columns(raw.get("counted_columns", ())),
        measured_columns=decode_columns(raw.get("measured_columns", ())),
        rows=tuple(_row_field(field) for field in raw.get("rows", ())),
        functions=decode_names(raw.get("functions", ())),
        altered_functions=decode_names(raw.get("altered_functions", ())),
        types=decode_names(raw.get("types", ())),
        attributes=tuple(raw.get("attributes", ())),
        subqueries=tuple(decode_query(query) for query in raw.get("subqueries", ())),
        opaque=raw.get("opaque", False),
        windowed=raw.get("windowed", False),
    )


def decode_optional_query(raw: _Json | None) -> Query | None:
    """Return a query from the kernel's JSON, None where there is none."""
    return None if raw is None else decode_query(raw)


def decode_query(raw: _Json) -> Query:
    """Return a query from the kernel's JSON."""
    return Query(
        ctes=tuple(
            Cte(
                name=cte["name"],
                columns=tuple(cte.get("columns", ())),
                recursive=cte.get("recursive", False),
                query=decode_query(cte["query"]),
                marks=tuple(
                    Mark(mark["name"], tuple(mark.get("columns", ())))
                    for mark in cte.get("marks", ())
                ),
            )
            for cte in raw.get("ctes", ())
        ),
        branches=tuple(decode_query(branch) for branch in raw.get("branches", ())),
        sources=tuple(_source(source) for source in raw.get("sources", ())),
        targets=tuple(
            Target(target.get("alias"), target["kind"], _flow(target))
            for target in raw.get("targets", ())
        ),
        joined=tuple(_joined(joined) for joined in raw.get("joined", ())),
        subtracts=raw.get("subtracts", False),
        opaque=raw.get("opaque", False),
        altered=raw.get("altered", False),
        aggregated=raw.get("aggregated", False),
        compared=tuple(
            decode_compared(compared, tuple(map(_flow, compared.get("against", ()))))
            for compared in raw.get("compared", ())
        ),
        conditions=tuple(decode_query(query) for query in raw.get("conditions", ())),
        row_influences=tuple(_row_influence(one) for one in raw.get("row_influences", ())),
        asks=tuple(decode_asking(one, _flow(one)) for one in raw.get("asks", ())),
    )


def _row_influence(raw: _Json) -> RowInfluence:
    return RowInfluence(
        kind=raw["kind"],
        flow=_flow(raw),
        position=raw.get("position", 0),
        output=raw.get("output", ""),
        natural=raw.get("natural", False),
        optional=raw.get("optional", False),
    )


def _source(raw: _Json) -> Source:
    return Source(
        kind=raw["kind"],
        schema=raw.get("schema"),
        name=raw.get("name", ""),
        alias=raw.get("alias"),
        columns=tuple(raw.get("columns", ())),
        lateral=raw.get("lateral", False),
        by_name_only=raw.get("by_name_only", False),
        query=decode_optional_query(raw.get("query")),
        functions=tuple(_row_function(function) for function in raw.get("functions", ())),
        shared=None if raw.get("shared") is None else _flow(raw["shared"]),
        ordinality=raw.get("ordinality", False),
    )


def _joined(raw: _Json) -> Joined:
    return Joined(
        source=raw.get("source", 0),
        sides=tuple(_joined(side) for side in raw.get("sides", ())),
        using=tuple(raw.get("using", ())),
        natural=raw.get("natural", False),
        kind=raw.get("kind", ""),
    )


def _row_function(raw: _Json) -> RowFunction:
    return RowFunction(
        raw.get("schema"), raw.get("name", ""), tuple(raw.get("defined", ())), _flow(raw)
    )


def _row_field(raw: _Json) -> RowField:
    return RowField(
        row=raw["row"],
        field=raw["field"],
        starred=raw.get("starred", False),
        altered=raw.get("altered", False),
        aggregated=raw.get("aggregated", False),
    )
