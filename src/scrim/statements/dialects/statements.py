"""The statements of sqlglot's tree as facts: what each does, to what, and what it returns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from sqlglot import exp

from scrim.statements.catalog import Catalog
from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.expressions import Visible, folded
from scrim.statements.dialects.functions import function_name, is_reviewed
from scrim.statements.dialects.lexical import refused
from scrim.statements.dialects.queries import QueryReader
from scrim.statements.dialects.selecting import joined
from scrim.statements.dialects.tables import Tables, schema_of
from scrim.statements.dialects.trees import expressions_of
from scrim.statements.facts import (
    Cte,
    Facts,
    FunctionUse,
    Name,
    Query,
    RowInfluence,
    Source,
    Target,
    Write,
)

_PLAIN: Final = {
    "Use": "use",
    "Set": "set",
    "Transaction": "transaction",
    "Commit": "transaction",
    "Rollback": "transaction",
    "Show": "other",
    "Grant": "admin",
    "Revoke": "admin",
    "Kill": "admin",
    "Analyze": "admin",
    "Drop": "ddl",
    "Alter": "ddl",
    "TruncateTable": "ddl",
    "Comment": "ddl",
}
"""Operations of statements that return nothing of tables, by their class."""
_WITHOUT_ROWS: Final = frozenset({"use", "set", "transaction", "admin", "ddl"})
_REASONS: Final = {
    "Command": "a statement that sqlglot does not know the parts of cannot be checked",
    "Execute": "a procedure runs statements that are not seen",
    "Copy": "it moves data past the gateway",
    "LoadData": "it moves data past the gateway",
    "Export": "it moves data past the gateway",
}


_Read = tuple[str, Query | None, Sequence[Write]]
"""Operation, result and what is stored."""


class StatementReader:
    """Reads statements of one dialect."""

    def __init__(self, dialect: SqlDialect, catalog: Catalog) -> None:
        """Keep what names mean.

        Args:
            dialect: The dialect.
            catalog: The schema.
        """
        self._dialect = dialect
        self._catalog = catalog

    def facts(self, node: exp.Expr, index: int) -> Facts:
        """Return the facts of a statement.

        Args:
            node: The statement.
            index: Its place in the string.

        Raises:
            StatementError: If it is of a kind that cannot be checked.
        """
        tables = Tables(self._dialect, self._catalog)
        work = _Work(QueryReader(self._dialect, tables), tables, self._visible(node))
        operation, query, writes = work.read(node)
        work.note_all(node)
        return Facts(
            operation=operation,
            statement=_statement(node, operation),
            index=index,
            relations=tuple(tables.uses),
            functions=tuple(self._unreviewed(node)),
            query=query,
            writes=tuple(writes),
        )

    def _visible(self, node: exp.Expr) -> Visible:
        """Return the names that columns can have anywhere in a statement."""
        names = {folded(one.alias) for one in node.find_all(exp.Alias)}
        for alias in node.find_all(exp.TableAlias):
            names.update(folded(one.name) for one in alias.args.get("columns") or ())
        for table in node.find_all(exp.Table):
            for relation in self._catalog.named(None, folded(table.name)):
                names.update(column.name for column in self._catalog.columns(relation.id))
        return Visible(columns=frozenset(names))

    def _unreviewed(self, node: exp.Expr) -> Iterable[FunctionUse]:
        """Give the functions that can return anything, so that the statement may touch more."""
        found: dict[FunctionUse, None] = {}
        for one in node.walk():
            qualified = isinstance(one.parent, exp.Dot) and one.arg_key == "expression"
            if isinstance(one, exp.Func) and (
                qualified or not is_reviewed(one, self._dialect.name)
            ):
                # With a schema, so that it is never taken for a function of PostgreSQL.
                name = folded(function_name(one))
                found[FunctionUse(self._dialect.name, name, reads_columns=True)] = None
        return found


class _Work:
    """One statement that is being read."""

    def __init__(self, reader: QueryReader, tables: Tables, visible: Visible) -> None:
        self._reader = reader
        self._tables = tables
        self._visible = visible

    def read(self, node: exp.Expr) -> _Read:
        """Return operation, result and what is stored."""
        kind = type(node).__name__
        if isinstance(node, exp.Query | exp.Values):
            return self._query(node)
        changes: dict[str, Callable[[exp.Expr], _Read]] = {
            "Insert": self._insert,
            "Update": self._update,
            "Delete": self._delete,
            "Merge": self._merge,
            "Create": self._create,
        }
        if kind in changes:
            return changes[kind](node)
        if isinstance(node, exp.Describe) and isinstance(node.this, exp.Query):
            self._reader.query(node.this, self._visible)
            return "explain", None, ()
        operation = _PLAIN.get(kind)
        if operation is None:
            reason = _REASONS.get(kind, "a statement of this kind cannot be checked")
            raise refused(f"{kind.upper()}: {reason}")
        if operation == "ddl":
            self._changed(node)
        return operation, Query() if operation in _WITHOUT_ROWS else None, ()

    def note_all(self, node: exp.Expr) -> None:
        """Note the relations that nothing else has noted, so that they count as touched."""
        known = {(use.schema, use.name) for use in self._tables.uses}
        defined = {(None, folded(cte.alias)) for cte in node.find_all(exp.CTE)}
        for table in node.find_all(exp.Table):
            key = (schema_of(table), folded(table.name))
            if key not in known and key not in defined and not isinstance(table.this, exp.Func):
                self._tables.use(*key)
                known.add(key)

    def _query(self, node: exp.Expr) -> _Read:
        into = node.args.get("into")
        query = self._reader.query(node, self._visible)
        if into is None:
            return "select", query, ()
        target = self._target(into.this, "create")
        return "create_table_as", replace(query, targets=()), (Write(target, query),)

    def _insert(self, node: exp.Expr) -> _Read:
        target = self._target(node.this, "insert")
        stored = node.args.get("expression")
        query = Query()
        if isinstance(stored, exp.Query | exp.Values):
            body = stored
            query = self._reader.defined(
                node, self._visible, lambda ctes: _wrapped(self._inner(body), ctes)
            )
        elif stored is not None:
            query = Query(opaque=True)
        writes = [Write(target, query)]
        if node.args.get("conflict") is not None:
            writes.append(Write(target, Query(opaque=True)))
        return "insert", self._returning(node, query), writes

    def _inner(self, node: exp.Expr) -> Query:
        return self._reader.query(node, self._visible)

    def _update(self, node: exp.Expr) -> _Read:
        start = node.args.get("from_")
        items = [node.this, *([start.this] if start is not None else [])]
        target = self._target(node.this, "update")
        several = bool(node.this.args.get("joins"))
        query = self._changing(node, items, node.expressions)
        write = Write(None if several else target, query, assigned=True)
        return "update", self._returning(node, query), (write,)

    def _delete(self, node: exp.Expr) -> _Read:
        using = node.args.get("using") or ()
        items = [node.this, *(using if isinstance(using, list) else [])]
        for one in node.args.get("tables") or [node.this]:
            self._target(one, "delete")
        query = self._changing(node, [one for one in items if isinstance(one, exp.Expr)], ())
        return "delete", self._returning(node, query), ()

    def _merge(self, node: exp.Expr) -> _Read:
        target = self._target(node.this, "merge")
        whens = node.args.get("whens")
        values = [
            value
            for when in (whens.expressions if whens is not None else ())
            for value in _values(when.args.get("then"))
        ]
        query = self._changing(node, [node.this, node.args["using"]], values)
        return "merge", self._returning(node, query), (Write(target, query),)

    def _create(self, node: exp.Expr) -> _Read:
        kind = str(node.args.get("kind") or "").upper()
        stored = node.args.get("expression")
        if kind in {"FUNCTION", "PROCEDURE"}:
            return "create_function", Query(), ()
        self._changed(node)
        if node.args.get("clone") is not None:
            return "ddl", Query(), (Write(self._target(node.this, "create"), Query(opaque=True)),)
        if not isinstance(stored, exp.Query):
            return "ddl", Query(), ()
        target = self._target(node.this, "create")
        query = self._reader.defined(
            node, self._visible, lambda ctes: _wrapped(self._inner(stored), ctes)
        )
        operation = "create_view" if kind == "VIEW" else "create_table_as"
        return operation, Query(), (Write(target, query),)

    def _changing(
        self, node: exp.Expr, items: Sequence[exp.Expr], values: Sequence[exp.Expr]
    ) -> Query:
        """Return the query that a change is made of: its sources, values and conditions."""

        def read(ctes: tuple[Cte, ...]) -> Query:
            sources: list[Source] = []
            visible = self._visible
            for item in items:
                for source in self._reader.sources(item, visible):
                    sources.append(source)
                    visible = visible.inside([source.visible_name])
            targets = []
            for value in values:
                assigned = isinstance(value, exp.EQ)
                alias = folded(value.this.name) if assigned else None
                flow = self._reader.expressions.flow(
                    value.expression if assigned else value, visible
                )
                targets.append(Target(alias, "expression", flow))
            conditions = [
                one
                for name in ("where", "on", "order", "limit")
                if isinstance(one := node.args.get(name), exp.Expr)
            ]
            for join in node.find_all(exp.Join):
                conditions += [one for one in (join.args.get("on"),) if one is not None]
            for when in node.find_all(exp.When):
                conditions += [one for one in (when.args.get("condition"),) if one is not None]
            flows = [
                self._reader.expressions.flow(one, visible)
                for condition in conditions
                for one in expressions_of(condition)
            ]
            influences = (RowInfluence("filter", joined(flows)),) if flows else ()
            return Query(
                ctes=ctes, sources=tuple(sources), targets=tuple(targets), row_influences=influences
            )

        return self._reader.defined(node, self._visible, read)

    def _returning(self, node: exp.Expr, changing: Query) -> Query:
        """Return what a change gives back: nothing, or anything of what it touches."""
        returning = node.args.get("returning")
        if returning is None:
            return replace(changing, targets=())
        # What OUTPUT and RETURNING call old and new differs from store to store.
        return replace(changing, opaque=True)

    def _target(self, node: exp.Expr, verb: str) -> Name | None:
        """Note a relation that is written, and return its name."""
        table = node.this if isinstance(node, exp.Schema) else node
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            raise refused("what is written to is no table by its name")
        schema, name = schema_of(table), folded(table.name)
        self._tables.use(schema, name, "write", verb)
        return Name(schema, name)

    def _changed(self, node: exp.Expr) -> None:
        for table in node.this.find_all(exp.Table) if isinstance(node.this, exp.Expr) else ():
            self._tables.use(schema_of(table), folded(table.name), "ddl", "ddl")
        for one in node.args.get("expressions") or ():
            if isinstance(one, exp.Table):
                self._tables.use(schema_of(one), folded(one.name), "ddl", "ddl")


def _statement(node: exp.Expr, operation: str) -> str:
    """Return what PostgreSQL's grammar calls a statement that gives names to other data."""
    if isinstance(node, exp.Query):
        return "SelectStmt"
    if isinstance(node, exp.Create) and operation != "create_function":
        return {"create_view": "ViewStmt", "ddl": "CreateStmt"}.get(operation, "CreateTableAsStmt")
    return "AlterTableStmt" if isinstance(node, exp.Alter) else type(node).__name__


def _wrapped(query: Query, ctes: tuple[Cte, ...]) -> Query:
    """Return a query with table expressions of what is around it."""
    if not ctes:
        return query
    return replace(query, ctes=(*ctes, *query.ctes))


def _values(then: object) -> list[exp.Expr]:
    """Return the values that one branch of MERGE stores."""
    if isinstance(then, exp.Update):
        return list(then.expressions)
    if isinstance(then, exp.Insert):
        stored = then.args.get("expression")
        if isinstance(stored, exp.Tuple):
            return list(stored.expressions)
        return [stored] if isinstance(stored, exp.Expr) else []
    return []
