"""What the kernel's parser found in a statement, mirrored from its JSON (`rust/sql/src/facts.rs`).

Absent fields are empty.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrim import kernel
from scrim.statements.compared import Compared, decode_compared

OptionValue = bool | str | tuple[str, ...]
_Json = Mapping[str, Any]


class StatementError(Exception):
    """A statement string cannot be analysed, so it is refused.

    Attributes:
        code: SQLSTATE that PostgreSQL would use.
        message: What is wrong; may quote the statement, so for its sender alone, never for a log.
        position: Character position from 1; 0 when unknown.
    """

    def __init__(self, code: str, message: str, position: int) -> None:
        """Keep all three."""
        super().__init__(code)
        self.code = code
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its schema as written."""

    schema: str | None
    name: str


@dataclass(frozen=True, slots=True)
class RelationUse:
    """A relation and what the statement does with it.

    Attributes:
        schema: Schema as written, None when absent.
        name: Name of the relation.
        role: `read`, `write` or `ddl`.
        verb: `select insert update delete merge truncate copy create ddl lock`.
    """

    schema: str | None
    name: str
    role: str
    verb: str


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """A function that is called.

    Attributes:
        schema: Schema as written, None when absent.
        name: Name of the function.
        constant_args: Whether every argument is a constant.
        reads_columns: Whether an argument is made of columns or subqueries.
        constants: The arguments of `set_config`, None where one is no constant.
        attribute: Whether it is written as `(value).name`, so that it may be a field as well.
    """

    schema: str | None
    name: str
    constant_args: bool = False
    reads_columns: bool = False
    constants: tuple[str | None, ...] = ()
    attribute: bool = False


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
    aggregated_columns: tuple[ColumnName, ...] = ()
    counted_columns: tuple[ColumnName, ...] = ()
    functions: tuple[Name, ...] = ()
    altered_functions: tuple[Name, ...] = ()
    attributes: tuple[str, ...] = ()
    subqueries: tuple["Query", ...] = ()
    opaque: bool = False


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
        kind: `relation`, `cte`, `query`, `function`, `join` or `other`.
        schema: Schema of a relation as written.
        name: Its own name.
        alias: The name that it has in the query, None for its own.
        columns: New names for its first columns.
        lateral: Whether a subquery may refer to the items before it.
        by_name_only: Whether `*` leaves it out.
        query: The query of a subquery.
        flow: What the values of a function are made of.
    """

    kind: str
    schema: str | None = None
    name: str = ""
    alias: str | None = None
    columns: tuple[str, ...] = ()
    lateral: bool = False
    by_name_only: bool = False
    query: "Query | None" = None
    flow: Flow | None = None

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
        influences: What decides which rows there are and how they are put together.
        altered: For a subquery in an expression, whether its value is altered there.
        aggregated: For a subquery in an expression, whether its value goes into an aggregate there.
    """

    ctes: tuple["Cte", ...] = ()
    branches: tuple["Query", ...] = ()
    sources: tuple[Source, ...] = ()
    targets: tuple[Target, ...] = ()
    merges: bool = False
    opaque: bool = False
    altered: bool = False
    aggregated: bool = False
    compared: tuple[Compared, ...] = ()
    conditions: tuple["Query", ...] = ()
    influences: tuple["Influence", ...] = ()


@dataclass(frozen=True, slots=True)
class Influence:
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


@dataclass(frozen=True, slots=True)
class Write:
    """Data that goes from a query into a relation, or a definition that keeps the query.

    Attributes:
        relation: The relation, None for what has no relation of its own.
        query: The query.
        assigned: Whether each target goes to the column that its alias names, as with `SET`.
    """

    relation: Name | None
    query: Query
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """What `COPY` moves, where, and in which format.

    Attributes:
        relation: The relation, None when a query is copied.
        columns: Columns listed after the relation.
        query_span: First byte of the inner query in the statement string, and the byte after it.
        destination: `stdin`, `stdout`, `program` or `file`.
        options: Options by name.
    """

    relation: Name | None
    columns: tuple[str, ...]
    query_span: tuple[int, int] | None
    destination: str
    options: Mapping[str, OptionValue]


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is changed, reset or shown; `value` is None for the default."""

    name: str
    value: str | None
    local: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one statement."""

    operation: str
    statement: str
    index: int = 0
    start: int = 0
    end: int = 0
    verbs: tuple[str, ...] = ()
    relations: tuple[RelationUse, ...] = ()
    functions: tuple[FunctionUse, ...] = ()
    operators: tuple[Name, ...] = ()
    types: tuple[Name, ...] = ()
    columns: tuple[ColumnName, ...] = ()
    predicate_columns: tuple[ColumnName, ...] = ()
    ordering_columns: tuple[ColumnName, ...] = ()
    query: Query | None = None
    writes: tuple[Write, ...] = ()
    copy: Copy | None = None
    setting: Setting | None = None
    name: str | None = None
    inner: "Facts | None" = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    transaction: str | None = None
    parameters: int = 0


def read(sql: str) -> tuple[Facts, ...]:
    """Return the facts of every statement in a string.

    Args:
        sql: The statement string, as the client sent it.

    Raises:
        StatementError: If the grammar refuses it or it exceeds a bound.
    """
    return decode(kernel.analyse(sql))


def decode(analysed: str | bytes) -> tuple[Facts, ...]:
    """Return facts from the kernel's JSON; raises StatementError with why there are none."""
    try:
        answer = json.loads(analysed)
    except RecursionError:
        raise StatementError("54001", "statement nests too deeply to be checked", 0) from None
    if isinstance(answer, dict):
        raise StatementError(answer["code"], answer["message"], answer["position"])
    return tuple(_facts(raw) for raw in answer)


def _facts(raw: _Json) -> Facts:
    copy, setting, inner = raw.get("copy"), raw.get("setting"), raw.get("inner")
    return Facts(
        operation=raw["operation"],
        statement=raw["statement"],
        index=raw["index"],
        start=raw["start"],
        end=raw["end"],
        verbs=tuple(raw.get("verbs", ())),
        relations=tuple(
            RelationUse(use.get("schema"), use["name"], use["role"], use["verb"])
            for use in raw.get("relations", ())
        ),
        functions=tuple(_function(use) for use in raw.get("functions", ())),
        operators=_names(raw.get("operators", ())),
        types=_names(raw.get("types", ())),
        columns=_columns(raw.get("columns", ())),
        predicate_columns=_columns(raw.get("predicate_columns", ())),
        ordering_columns=_columns(raw.get("ordering_columns", ())),
        query=_optional_query(raw.get("query")),
        writes=tuple(
            Write(
                _optional_name(write.get("relation")),
                _query(write["query"]),
                write.get("assigned", False),
            )
            for write in raw.get("writes", ())
        ),
        copy=None if copy is None else _copy(copy),
        setting=None
        if setting is None
        else Setting(setting["name"], setting.get("value"), setting.get("local", False)),
        name=raw.get("name"),
        inner=None if inner is None else _facts(inner),
        options=_options(raw),
        transaction=raw.get("transaction"),
        parameters=raw.get("parameters", 0),
    )


def _function(raw: _Json) -> FunctionUse:
    return FunctionUse(
        schema=raw.get("schema"),
        name=raw["name"],
        constant_args=raw.get("constant_args", False),
        reads_columns=raw.get("reads_columns", False),
        constants=tuple(raw.get("constants", ())),
        attribute=raw.get("attribute", False),
    )


def _copy(raw: _Json) -> Copy:
    span = raw.get("query_span")
    return Copy(
        relation=_optional_name(raw.get("relation")),
        columns=tuple(raw.get("columns", ())),
        query_span=None if span is None else (span[0], span[1]),
        destination=raw["destination"],
        options=_options(raw),
    )


def _options(raw: _Json) -> Mapping[str, OptionValue]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.get("options", ())
    }


def _names(raw: list[_Json] | tuple[()]) -> tuple[Name, ...]:
    return tuple(Name(name.get("schema"), name["name"]) for name in raw)


def _optional_name(raw: _Json | None) -> Name | None:
    return None if raw is None else Name(raw.get("schema"), raw["name"])


def _columns(raw: list[_Json] | tuple[()]) -> tuple[ColumnName, ...]:
    return tuple(ColumnName(tuple(column.get("qualifier", ())), column["name"]) for column in raw)


def _flow(raw: _Json) -> Flow:
    return Flow(
        columns=_columns(raw.get("columns", ())),
        altered_columns=_columns(raw.get("altered_columns", ())),
        aggregated_columns=_columns(raw.get("aggregated_columns", ())),
        counted_columns=_columns(raw.get("counted_columns", ())),
        functions=_names(raw.get("functions", ())),
        altered_functions=_names(raw.get("altered_functions", ())),
        attributes=tuple(raw.get("attributes", ())),
        subqueries=tuple(_query(query) for query in raw.get("subqueries", ())),
        opaque=raw.get("opaque", False),
    )


def _optional_query(raw: _Json | None) -> Query | None:
    return None if raw is None else _query(raw)


def _query(raw: _Json) -> Query:
    return Query(
        ctes=tuple(
            Cte(
                name=cte["name"],
                columns=tuple(cte.get("columns", ())),
                recursive=cte.get("recursive", False),
                query=_query(cte["query"]),
            )
            for cte in raw.get("ctes", ())
        ),
        branches=tuple(_query(branch) for branch in raw.get("branches", ())),
        sources=tuple(_source(source) for source in raw.get("sources", ())),
        targets=tuple(
            Target(target.get("alias"), target["kind"], _flow(target))
            for target in raw.get("targets", ())
        ),
        merges=raw.get("merges", False),
        opaque=raw.get("opaque", False),
        altered=raw.get("altered", False),
        aggregated=raw.get("aggregated", False),
        compared=tuple(
            decode_compared(compared, tuple(map(_flow, compared.get("against", ()))))
            for compared in raw.get("compared", ())
        ),
        conditions=tuple(_query(query) for query in raw.get("conditions", ())),
        influences=tuple(_influence(influence) for influence in raw.get("influences", ())),
    )


def _influence(raw: _Json) -> Influence:
    return Influence(
        kind=raw["kind"],
        flow=_flow(raw),
        position=raw.get("position", 0),
        output=raw.get("output", ""),
        natural=raw.get("natural", False),
        optional=raw.get("optional", False),
    )


def _source(raw: _Json) -> Source:
    flow = raw.get("flow")
    return Source(
        kind=raw["kind"],
        schema=raw.get("schema"),
        name=raw.get("name", ""),
        alias=raw.get("alias"),
        columns=tuple(raw.get("columns", ())),
        lateral=raw.get("lateral", False),
        by_name_only=raw.get("by_name_only", False),
        query=_optional_query(raw.get("query")),
        flow=None if flow is None else _flow(flow),
    )
