"""What the kernel's parser found in a statement, mirrored from its JSON (`rust/sql/src/facts.rs`).

Absent fields are empty.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrim import kernel
from scrim.statements.queries import (
    ColumnName,
    Cte,
    Flow,
    Joined,
    Mark,
    Name,
    Query,
    RowField,
    RowFunction,
    RowInfluence,
    Source,
    Target,
    decode_columns,
    decode_names,
    decode_optional_query,
    decode_query,
)

__all__ = [
    "ColumnName",
    "Copy",
    "Cte",
    "Facts",
    "Flow",
    "FunctionUse",
    "Joined",
    "Mark",
    "Name",
    "OptionValue",
    "Query",
    "RelationUse",
    "RowField",
    "RowFunction",
    "RowInfluence",
    "Setting",
    "Source",
    "StatementError",
    "Target",
    "Write",
    "decode",
    "read",
]

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
class RelationUse:
    """A relation and what the statement does with it.

    Attributes:
        schema: Schema as written, None when absent.
        name: Name of the relation.
        role: `read`, `write` or `ddl`.
        verb: `select insert update delete merge truncate copy create reference ddl lock`.
    """

    schema: str | None
    name: str
    role: str
    verb: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key refers to.

    Attributes:
        relation: The relation.
        columns: The columns there; none for those of its primary key.
    """

    relation: Name
    columns: tuple[str, ...] = ()


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
class Write:
    """Data that goes from a query into a relation, or a definition that keeps the query.

    Attributes:
        relation: The relation, None for what has no relation of its own.
        query: The query.
        assigned: Whether each target goes to the column that its alias names, as with `SET`.
        listed: Whether a list of columns says the same of each target of a new row.
    """

    relation: Name | None
    query: Query
    assigned: bool = False
    listed: bool = False


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
    """What is known about one statement.

    Attributes:
        selected: Functions whose results it selects as they are, and that it calls nowhere else.
        references: What its foreign keys refer to.
        additive: Whether it only adds or drops columns of a relation, or changes what new rows get.
    """

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
    selected: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    additive: bool = False
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
        operators=decode_names(raw.get("operators", ())),
        types=decode_names(raw.get("types", ())),
        columns=decode_columns(raw.get("columns", ())),
        predicate_columns=decode_columns(raw.get("predicate_columns", ())),
        ordering_columns=decode_columns(raw.get("ordering_columns", ())),
        query=decode_optional_query(raw.get("query")),
        writes=tuple(
            Write(
                _optional_name(write.get("relation")),
                decode_query(write["query"]),
                write.get("assigned", False),
                write.get("listed", False),
            )
            for write in raw.get("writes", ())
        ),
        selected=tuple(raw.get("selected", ())),
        references=tuple(
            Reference(decode_names([one["relation"]])[0], tuple(one.get("columns", ())))
            for one in raw.get("references", ())
        ),
        additive=raw.get("additive", False),
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


def _optional_name(raw: _Json | None) -> Name | None:
    return None if raw is None else Name(raw.get("schema"), raw["name"])
