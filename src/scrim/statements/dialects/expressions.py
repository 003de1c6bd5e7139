"""What an expression of sqlglot's tree is made of, as the facts of `scrim.statements.facts`.

Only what is listed here is looked into. Every other node makes the expression opaque, so that it
carries all that the statement touches.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlglot import exp

from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.functions import is_reviewed
from scrim.statements.dialects.trees import children
from scrim.statements.facts import ColumnName, Flow, Query

_STRUCTURE: Final = tuple(
    getattr(exp, name)
    for name in """
    Alias Paren Tuple Bracket Slice Distinct Order Ordered Interval AtTimeZone FromTimeZone
    WithinGroup IgnoreNulls RespectNulls HavingMax JSONKeyValue FormatJson OnCondition
    JSONSchema Kwarg Prior Between Escape All Any Binary Unary Predicate Introducer
    """.split()  # noqa: SIM905 - a list that people read and extend
)
"""Nodes that are made of what is below them."""
_LEAVES: Final = tuple(
    getattr(exp, name)
    for name in """
    Literal Boolean Null Placeholder DataType Var IntervalSpan JSONPath HexString BitString
    ByteString RawString National UnicodeString TableAlias
    """.split()  # noqa: SIM905 - a list that people read and extend
)
"""Nodes that hold nothing of any column."""
_HIDDEN: Final = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})
"""Names that PostgreSQL's lineage takes for columns of the system, which they are only there."""

QueryReader = Callable[[exp.Expr, "Visible"], Query]


@dataclass(frozen=True, slots=True)
class Visible:
    """The names that an expression can use.

    Attributes:
        sources: Names of the sources of the query and those around it.
        has_sources: Whether the query itself takes rows from something.
        columns: Names that columns can have, in the whole statement.
    """

    sources: frozenset[str] = frozenset()
    has_sources: bool = False
    columns: frozenset[str] = frozenset()

    def inside(self, names: Iterable[str]) -> "Visible":
        """Return what is visible in a query inside."""
        return replace(self, sources=self.sources | frozenset(names), has_sources=True)


@dataclass(slots=True)
class _Found:
    """What has been found of an expression."""

    columns: list[ColumnName] = field(default_factory=list)
    altered: list[ColumnName] = field(default_factory=list)
    aggregated: list[ColumnName] = field(default_factory=list)
    counted: list[ColumnName] = field(default_factory=list)
    subqueries: list[Query] = field(default_factory=list)
    opaque: bool = False

    def flow(self) -> Flow:
        return Flow(
            columns=tuple(dict.fromkeys(self.columns)),
            altered_columns=tuple(dict.fromkeys(self.altered)),
            aggregated_columns=tuple(dict.fromkeys(self.aggregated)),
            counted_columns=tuple(dict.fromkeys(self.counted)),
            subqueries=tuple(self.subqueries),
            opaque=self.opaque,
        )


def folded(name: str) -> str:
    """Return a name as names are compared: without regard to case, which joins more, never less."""
    return name.casefold()


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where a walk over an expression is.

    Attributes:
        visible: The names that can be used.
        found: What has been found.
        bound: Names that a function around it has given to its own values.
        altered: Whether something around it makes another value of what is here.
        aggregated: Whether something around it makes one value of many.
    """

    visible: Visible
    found: _Found
    bound: frozenset[str] = frozenset()
    altered: bool = False
    aggregated: bool = False

    def below(self, *, many: bool = False) -> "_Walk":
        """Return the walk inside something that makes another value of what is in it."""
        return replace(self, altered=True, aggregated=self.aggregated or many)


class ExpressionReader:
    """Reads the expressions of one statement."""

    def __init__(self, dialect: SqlDialect, read_query: QueryReader) -> None:
        """Keep what subqueries are read with.

        Args:
            dialect: The dialect.
            read_query: Reads a subquery.
        """
        self._dialect = dialect
        self._read_query = read_query
        kinds: tuple[tuple[type | tuple[type, ...], Callable[[exp.Expr, _Walk], None]], ...] = (
            (_LEAVES, _skip),
            (exp.Query, self._query),
            ((exp.Column, exp.Dot, exp.Identifier), self._reference),
            (exp.Star, _star),
            (exp.Parameter, self._parameter),
            ((exp.Alias, exp.Paren), self._same),
            (exp.Count, self._count),
            ((exp.Window, exp.Filter), self._first),
            (exp.Lambda, self._lambda),
            ((exp.PropertyEQ, exp.JSONColumnDef, exp.OpenJSONColumnDef), self._named),
            (exp.Func, self._function),
            (_STRUCTURE, self._all),
        )
        self._kinds = kinds

    def flow(self, node: exp.Expr, visible: Visible) -> Flow:
        """Return what an expression is made of.

        Args:
            node: The expression.
            visible: The names that it can use.
        """
        found = _Found()
        self._read(node, _Walk(visible, found))
        return found.flow()

    def _read(self, node: exp.Expr, walk: _Walk) -> None:
        for kinds, read in self._kinds:
            if isinstance(node, kinds):
                read(node, walk)
                return
        walk.found.opaque = True

    def _query(self, node: exp.Expr, walk: _Walk) -> None:
        query = self._read_query(node, walk.visible)
        walk.found.subqueries.append(
            replace(query, altered=walk.altered, aggregated=walk.aggregated)
        )

    def _parameter(self, _node: exp.Expr, walk: _Walk) -> None:
        walk.found.opaque = walk.found.opaque or not self._dialect.variables_are_parameters

    def _same(self, node: exp.Expr, walk: _Walk) -> None:
        self._read(node.this, walk)

    def _first(self, node: exp.Expr, walk: _Walk) -> None:
        """Read the value; what rows it is made of is an influence."""
        self._read(node.this, walk.below())

    def _all(self, node: exp.Expr, walk: _Walk) -> None:
        for one in children(node):
            self._read(one, walk.below())

    def _named(self, node: exp.Expr, walk: _Walk) -> None:
        """Read what gets a name, without the name."""
        for one in children(node):
            if not isinstance(one, exp.Identifier):
                self._read(one, walk.below())

    def _lambda(self, node: exp.Expr, walk: _Walk) -> None:
        names = frozenset(folded(one.name) for one in node.expressions)
        self._read(node.this, replace(walk.below(), bound=walk.bound | names))

    def _function(self, node: exp.Expr, walk: _Walk) -> None:
        if not is_reviewed(node, self._dialect.name):
            walk.found.opaque = True
        for one in children(node):
            self._read(one, walk.below(many=isinstance(node, exp.AggFunc)))

    def _count(self, node: exp.Expr, walk: _Walk) -> None:
        """Read what is counted: how many there are says nothing of the values."""
        inner = _Found()
        for one in children(node):
            if not isinstance(one, exp.Star):
                self._read(one, _Walk(walk.visible, inner, walk.bound, True, True))
        found = walk.found
        found.counted += inner.columns
        found.subqueries += inner.subqueries
        found.opaque = found.opaque or inner.opaque

    def _reference(self, node: exp.Expr, walk: _Walk) -> None:
        found, parts = walk.found, path(node)
        if parts is None:
            if isinstance(node, exp.Dot) and not isinstance(node.expression, exp.Func):
                self._read(node.this, walk.below())
            else:
                # `schema.function(...)`, a place in a row, or something new.
                found.opaque = True
            return
        if parts == ["*"]:
            _star(node, walk)
        elif parts[0] not in walk.bound or (len(parts) > 1 and parts[0] in walk.visible.sources):
            # `p.email` inside `p -> ...` may still be the column of a source.
            columns, whole = references(parts, walk.visible)
            if any(column.name in _HIDDEN for column in columns):
                found.opaque = True
            found.columns += columns
            if walk.altered or not whole:
                found.altered += columns
            if walk.aggregated:
                found.aggregated += columns


def _skip(_node: exp.Expr, _walk: _Walk) -> None:
    """Find nothing."""


def _star(_node: exp.Expr, walk: _Walk) -> None:
    if not walk.visible.has_sources:
        walk.found.opaque = True
        return
    column = ColumnName((), "*")
    walk.found.columns.append(column)
    walk.found.altered.append(column)
    if walk.aggregated:
        walk.found.aggregated.append(column)


def references(parts: Sequence[str], visible: Visible) -> tuple[list[ColumnName], bool]:
    """Return every column that a name with dots can mean, and whether it is all of one value.

    Args:
        parts: The parts of the name.
        visible: The names that can be used there.
    """
    found: list[tuple[ColumnName, bool]] = []
    for place in range(1, len(parts)):
        # `schema.table.column.field`: everything up to the column names a source.
        if parts[place - 1] in visible.sources:
            whole = place == len(parts) - 1
            found.append((ColumnName((parts[place - 1],), parts[place]), whole))
    if not found or parts[0] in visible.columns:
        found.append((ColumnName((), parts[0]), len(parts) == 1))
    return [column for column, _ in found], all(whole for _, whole in found)


def path(node: exp.Expr) -> list[str] | None:
    """Return the parts of a name with dots; None where it is something else."""
    match node:
        case exp.Identifier():
            return [folded(node.name)]
        case exp.Star():
            return ["*"]
        case exp.Column():
            nodes = [node.args.get(name) for name in ("catalog", "db", "table", "this")]
            parts = [path(one) for one in nodes if isinstance(one, exp.Expr)]
        case exp.Dot() if isinstance(node.this, exp.Column | exp.Dot | exp.Identifier):
            parts = [path(node.this), path(node.expression)]
        case _:
            return None
    flat = [name for part in parts for name in (part or ())]
    return flat if all(parts) else None
