"""The queries of sqlglot's tree as the facts that lineage follows columns through."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sqlglot import exp

from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.expressions import ExpressionReader, Visible, folded, path
from scrim.statements.dialects.selecting import Select, hidden, joined, many
from scrim.statements.dialects.sources import SourceReader
from scrim.statements.dialects.tables import Definitions, Tables
from scrim.statements.dialects.trees import children, expressions_of, inside
from scrim.statements.facts import ColumnName, Cte, Flow, Query, RowInfluence, Source, Target

_CLAUSES: Final = (
    ("filter", ("where", "prewhere", "having", "qualify", "limit", "offset", "sample", "connect")),
    ("group", ("group", "distribute", "cluster")),
    ("order", ("order", "sort")),
)
"""Arguments of a query that decide which rows there are, by what they decide."""
_SHAPING: Final = ("for_", "match", "pivots", "exclude")
"""Arguments after which the columns of a result are not those of its list."""
_MANY_COLUMNS: Final = (
    exp.Aliases,
    exp.Columns,
    exp.Explode,
    exp.Posexplode,
    exp.Inline,
    exp.Stack,
    exp.JSONTable,
)
"""Items of a list that can stand for several columns."""
_EVERYTHING: Final = Query(opaque=True)


class QueryReader:
    """Reads the queries of one statement.

    Attributes:
        dialect: The dialect.
        expressions: Reads their expressions.
        tables: The relations that they name.
    """

    def __init__(self, dialect: SqlDialect, tables: Tables) -> None:
        """Read nothing yet.

        Args:
            dialect: The dialect.
            tables: What the relations of the statement are.
        """
        self.dialect = dialect
        self.tables = tables
        self.expressions = ExpressionReader(dialect, self.query)
        self._sources = SourceReader(self)
        self.sources = self._sources.sources

    def query(self, node: exp.Expr, visible: Visible) -> Query:
        """Return a query as facts.

        Args:
            node: A SELECT, a set operation, VALUES, or one of these in brackets.
            visible: The names that are visible around it.
        """
        return self.defined(node, visible, lambda ctes: self._body(node, visible, ctes))

    def defined(
        self, node: exp.Expr, visible: Visible, read: Callable[[tuple[Cte, ...]], Query]
    ) -> Query:
        """Return what is read with the table expressions of a statement or query visible.

        Args:
            node: What has the WITH, if it has one.
            visible: The names that are visible around it.
            read: Reads the rest of it.
        """
        definitions = node.args.get("with_")
        if definitions is None:
            return read(())
        known = Definitions.of(definitions)
        if known is None:
            return _EVERYTHING
        with self.tables.defining(known):
            ctes = []
            for cte in definitions.expressions:
                query = self.query(cte.this, visible)
                columns = tuple(folded(one.name) for one in _alias_columns(cte))
                name = folded(cte.alias)
                ctes.append(Cte(name, columns, known.recursive(name), query))
                known.defined(name)
            return read(tuple(ctes))

    def _body(self, node: exp.Expr, visible: Visible, ctes: tuple[Cte, ...]) -> Query:
        match node:
            case exp.Select():
                return self._select(node, visible, ctes)
            case exp.SetOperation():
                return self._set_operation(node, visible, ctes)
            case exp.Subquery() if _is_plain(node):
                inner = self.query(node.this, visible)
                influences = tuple(_of_result(node))
                if not ctes and not influences:
                    return inner
                # Order and limit of what is in brackets.
                star = Target(None, "star", Flow(columns=(ColumnName((), "*"),)))
                source = Source("query", query=inner, lateral=True)
                return Query(
                    ctes=ctes, sources=(source,), targets=(star,), row_influences=influences
                )
            case exp.Values():
                return self._values(node, visible)
            case _:
                return _EVERYTHING

    def _values(self, node: exp.Values, visible: Visible) -> Query:
        rows = [
            row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions
        ]
        flows = [[self.expressions.flow(cell, visible) for cell in row] for row in rows]
        if len({len(row) for row in flows}) != 1:
            return Query(targets=(many([flow for row in flows for flow in row]),))
        columns = zip(*flows, strict=True)
        return Query(
            targets=tuple(Target(None, "expression", joined(column)) for column in columns)
        )

    def _set_operation(
        self, node: exp.SetOperation, visible: Visible, ctes: tuple[Cte, ...]
    ) -> Query:
        if any(node.args.get(name) for name in ("by_name", "side", "kind", "on", *_SHAPING)):
            return _EVERYTHING
        branches = (self.query(node.this, visible), self.query(node.expression, visible))
        influences = []
        if node.args.get("distinct") is not False or not isinstance(node, exp.Union):
            influences.append(RowInfluence("group", Flow(), output="*"))
        influences += _of_result(node)
        return Query(
            ctes=ctes,
            branches=branches,
            row_influences=tuple(influences),
        )

    def _select(self, node: exp.Select, visible: Visible, ctes: tuple[Cte, ...]) -> Query:
        select = Select(Visible(visible.sources, False, visible.columns))
        start = node.args.get("from_")
        if start is not None:
            found = self._sources.sources(start.this, select.visible)
            select.add(found)
            select.place(len(found), None)
        for join in node.args.get("joins") or ():
            self._join(join, select)
        for lateral in node.args.get("laterals") or ():
            found = self._sources.sources(lateral, select.visible)
            select.add(found)
            select.place(len(found), None)
        if any(node.args.get(name) for name in _SHAPING):
            return Query(ctes=ctes, sources=tuple(select.sources), opaque=True)
        targets = [self._target(one, select) for one in node.expressions]
        if node.args.get("kind"):
            targets = [many([target.flow for target in targets])]
        influences = [*select.influences, *self._clauses(node, select)]
        if any(source.kind == "other" for source in select.sources):
            influences.append(RowInfluence("group", Flow(opaque=True)))
        if node.args.get("distinct") is not None:
            influences.append(RowInfluence("group", Flow(), output="*"))
        if self.dialect.lateral_aliases:
            aliased = self._aliased(node, select)
            if aliased is None:
                return Query(ctes=ctes, sources=tuple(select.sources), opaque=True)
            select.sources += aliased
        return Query(
            ctes=ctes,
            sources=tuple(select.sources),
            targets=tuple(targets),
            joined=select.following(),
            row_influences=tuple(influences),
        )

    def _join(self, join: exp.Join, select: Select) -> None:
        kind = str(join.args.get("kind") or "").upper()
        if kind == "ARRAY":
            select.add(self._sources.arrays(join, select.visible))
            select.unclear = True
            return
        if join.args.get("pivots"):
            found = [Source("other", alias=_alias_name(join.this))]
        else:
            found = self._sources.sources(join.this, select.visible) or [Source("other")]
        if kind in {"SEMI", "ANTI"}:
            select.add(hidden(found))
        else:
            select.add(found)
            comma = not any(
                join.args.get(name) for name in ("kind", "side", "method", "on", "using")
            )
            select.place(len(found), None if comma else join)
        for name in ("on", "match_condition"):
            condition = join.args.get(name)
            if condition is not None:
                select.influences += self._influences("join", condition, select.visible)
        for column in join.args.get("using") or ():
            merged = ColumnName((), folded(column.name))
            select.influences.append(RowInfluence("join", Flow(columns=(merged,))))
        if str(join.args.get("method") or "").upper() == "NATURAL":
            select.influences.append(RowInfluence("join", Flow(), natural=True))

    def _clauses(self, node: exp.Expr, select: Select) -> Iterator[RowInfluence]:
        """Give what the clauses after the list of columns decide."""
        aliases = {folded(one.alias) for one in node.args.get("expressions") or () if one.alias}
        for kind, names in _CLAUSES:
            for name in names:
                given = node.args.get(name)
                if isinstance(given, exp.Group) and given.args.get("all"):
                    yield RowInfluence(kind, Flow(), output="*")
                for clause in expressions_of(given):
                    yield from self._clause(kind, clause, aliases, select)
        distinct = node.args.get("distinct")
        if isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None:
            yield from self._influences("group", distinct.args["on"], select.visible)
        areas = [*node.expressions, *(node.args.get("windows") or ())]
        areas += [one for name in ("qualify", "order") if (one := node.args.get(name)) is not None]
        for window in inside(areas, exp.Window):
            for part in window.args.get("partition_by") or ():
                yield from self._influences("group", part, select.visible)
            order = window.args.get("order")
            if order is not None:
                yield from self._influences("order", order, select.visible)
        for condition in inside(areas, exp.Filter):
            yield from self._influences("filter", condition.expression, select.visible)

    def _clause(
        self, kind: str, clause: exp.Expr, aliases: set[str], select: Select
    ) -> Iterator[RowInfluence]:
        number = clause.this if isinstance(clause, exp.Ordered) else clause
        if isinstance(number, exp.Var) and number.name.upper() == "ALL":
            yield RowInfluence(kind, Flow(), output="*")
            return
        if isinstance(number, exp.Literal):
            if number.is_int and kind != "filter":
                yield RowInfluence(kind, Flow(), position=int(number.this))
            return
        used = {
            folded(column.name)
            for column in clause.find_all(exp.Column)
            if not column.args.get("table")
        }
        for name in used & aliases:
            yield RowInfluence(kind, Flow(), output=name)
        if used & aliases:
            # What else is in it counts where there is a column of that name, or it is no alias.
            for column in clause.find_all(exp.Column):
                optional = folded(column.name) in aliases
                flow = self.expressions.flow(column, select.visible)
                yield RowInfluence(kind, flow, optional=optional)
            for inner in clause.find_all(exp.Query):
                yield from self._influences(kind, inner, select.visible)
            return
        yield from self._influences(kind, clause, select.visible)

    def _influences(self, kind: str, node: exp.Expr, visible: Visible) -> Iterator[RowInfluence]:
        for one in expressions_of(node):
            flow = self.expressions.flow(one, visible)
            if flow != Flow():
                yield RowInfluence(kind, flow)

    def _target(self, node: exp.Expr, select: Select) -> Target:
        alias = folded(node.alias) if isinstance(node, exp.Alias) else None
        inner = node.this if isinstance(node, exp.Alias) else node
        while isinstance(inner, exp.Paren):
            inner = inner.this
        star = inner.this if isinstance(inner, exp.Column) else inner
        if isinstance(star, exp.Star):
            return self._star(inner, star, select)
        parts = path(inner)
        flow = self.expressions.flow(inner, select.visible)
        if isinstance(inner, _MANY_COLUMNS) or (parts is not None and parts[-1] == "*"):
            return many([flow])
        if parts is None:
            return Target(alias, "expression", flow)
        whole = len(flow.columns) == 1 and not flow.altered_columns
        return Target(alias or parts[-1], "column" if whole else "expression", flow)

    def _star(self, node: exp.Expr, star: exp.Star, select: Select) -> Target:
        table = node.table if isinstance(node, exp.Column) else ""
        qualifier = (folded(table),) if table else ()
        if qualifier and qualifier[0] not in select.visible.sources:
            # A structure with fields.
            return many([self.expressions.flow(exp.column(table), select.visible)])
        column = ColumnName(qualifier, "*")
        if select.merges and select.unclear and not qualifier:
            # Which columns are merged, and where they stand, is not followed.
            return Target(None, "star", Flow(opaque=True))
        flow = Flow(columns=(column,))
        if star.args.get("ilike"):
            return Target(None, "star", Flow(opaque=True))
        changed = [*(star.args.get("replace") or ()), *(star.args.get("rename") or ())]
        if changed:
            flows = [self.expressions.flow(one.this, select.visible) for one in changed]
            return many([*flows, Flow(columns=(column,), altered_columns=(column,))])
        names = [path(one) for one in star.args.get("except_") or ()]
        if any(name is None or len(name) > 1 for name in names):
            # A field that is left out of a column, and the like.
            return Target(None, "star", Flow(opaque=True))
        return Target(None, "star", flow, without=tuple(name[0] for name in names if name))

    def _aliased(self, node: exp.Select, select: Select) -> list[Source] | None:
        """Return the names that expressions of a list give to each other, as sources.

        Each is a subquery of one column, which sees those before it. None where one uses a name
        that is given later: what it is then is not followed.
        """
        found = []
        if self.dialect.aliases_first:
            # They can be given anywhere, and used everywhere.
            given = list(inside(list(children(node)), exp.Alias))
        else:
            given = [item for item in node.expressions if isinstance(item, exp.Alias)]
        later = {folded(one.alias) for one in given}
        for place, one in enumerate(given):
            name = folded(one.alias)
            later.discard(name)
            flow = self.expressions.flow(one.this, select.visible)
            if any(not column.qualifier and column.name in later for column in flow.columns):
                return None
            query = Query(targets=(Target(name, "expression", flow),))
            hidden = f"\0{place}"
            found.append(
                Source("query", alias=hidden, lateral=True, by_name_only=True, query=query)
            )
        return found


def _is_plain(node: exp.Subquery) -> bool:
    """Whether brackets hold a query and nothing that changes its columns."""
    changing = (
        "joins",
        "laterals",
        "pivots",
        "match",
        "where",
        "group",
        "having",
        "qualify",
        "for_",
    )
    return not any(node.args.get(name) for name in changing)


def _of_result(node: exp.Expr) -> Iterator[RowInfluence]:
    """Give what clauses decide that can use nothing but the columns of the result."""
    for kind, names in _CLAUSES:
        clauses = [one for name in names if isinstance(one := node.args.get(name), exp.Expr)]
        if any(isinstance(c, exp.Order) or c.find(exp.Column, exp.Query) for c in clauses):
            yield RowInfluence(kind, Flow(), output="*")


def _alias_columns(node: exp.Expr) -> Sequence[exp.Expr]:
    alias = node.args.get("alias")
    return alias.args.get("columns") or () if isinstance(alias, exp.TableAlias) else ()


def _alias_name(node: exp.Expr) -> str | None:
    return folded(node.alias) or None
