"""What a query takes rows from: relations, subqueries, functions, and what is made of them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from scrim.statements.dialects.expressions import Visible, folded, path, references
from scrim.statements.facts import Flow, Query, RowFunction, Source, Target

if TYPE_CHECKING:
    from scrim.statements.dialects.queries import QueryReader

_RESHAPING: Final = ("pivots", "changes", "rows_from", "match", "connect", "pattern")
"""Arguments after which a source has other columns than what it is made of."""


class SourceReader:
    """Reads the sources of queries."""

    def __init__(self, reader: "QueryReader") -> None:
        """Keep who reads what is inside of them.

        Args:
            reader: Reads queries and expressions.
        """
        self._reader = reader

    def sources(self, node: exp.Expr, visible: Visible) -> list[Source]:
        """Return the sources that one item of FROM stands for.

        Args:
            node: The item.
            visible: The names that are visible to it, those of the items before it among them.
        """
        found = []
        for source in self._of(node, visible):
            found.append(source)
            visible = visible.inside([source.visible_name])
        for join in node.args.get("joins") or ():
            found += self.sources(join.this, visible)
        for lateral in node.args.get("laterals") or ():
            found += self.sources(lateral, visible)
        return found

    def arrays(self, join: exp.Join, visible: Visible) -> list[Source]:
        """Return what ARRAY JOIN takes rows from: the values of columns."""
        nodes = [join.this, *(join.args.get("expressions") or ())]
        return [
            rows(folded(node.alias or node.name), (), self._reader.expressions.flow(node, visible))
            for node in nodes
        ]

    def _of(self, node: exp.Expr, visible: Visible) -> Iterator[Source]:
        alias, columns = _names(node)
        if any(node.args.get(name) for name in _RESHAPING):
            self._note(node, visible)
            yield Source("other", alias=_reshaped(node) or alias)
            return
        match node:
            case exp.Final():
                yield from self.sources(node.this, visible)
            case exp.Table():
                yield self._table(node, visible, alias, columns)
            case exp.Subquery() if isinstance(node.this, exp.Table | exp.Subquery) and not alias:
                yield from self.sources(node.this, visible)
            case exp.Subquery() if isinstance(node.this, exp.Query):
                query = self._reader.query(node, visible)
                # What a subquery may see of its neighbours differs; seeing more joins more.
                yield Source("query", alias=alias or "", columns=columns, query=query, lateral=True)
            case exp.Lateral() if isinstance(node.this, exp.Subquery):
                query = self._reader.query(node.this, visible)
                yield Source("query", alias=alias or "", columns=columns, query=query, lateral=True)
            case exp.Values():
                query = self._reader.query(node, visible)
                yield Source("query", alias=alias or "", columns=columns, query=query, lateral=True)
            case exp.Lateral() | exp.TableFromRows():
                yield self._function(node.this, visible, alias, columns)
            case _:
                yield self._function(node, visible, alias, columns)

    def _note(self, node: exp.Expr, visible: Visible) -> None:
        """Note the relations below something whose columns become others."""
        inner = node.this
        if isinstance(node, exp.Table) and isinstance(inner, exp.Identifier):
            self._reader.tables.meaning(node)
        elif isinstance(inner, exp.Query):
            self._reader.query(inner, visible)
        elif isinstance(inner, exp.Table | exp.Subquery):
            self.sources(inner, visible)

    def _table(
        self, node: exp.Table, visible: Visible, alias: str | None, columns: tuple[str, ...]
    ) -> Source:
        if not isinstance(node.this, exp.Identifier):
            return self._function(node.this, visible, alias, columns)
        kind, schema, name = self._reader.tables.meaning(node)
        first = (schema or "").partition(".")[0]
        if first in visible.sources:
            # `FROM orders o, o.items`: an array in a row of another source.
            parts = [*(schema or "").split("."), name]
            found, _ = references(parts, visible)
            if self._reader.tables.catalog.named(schema, name):
                return Source("other", alias=alias or name, columns=columns)
            del self._reader.tables.uses[next(reversed(self._reader.tables.uses))]
            flow = Flow(columns=tuple(found), altered_columns=tuple(found))
            return rows(alias or name, columns, flow)
        return Source(kind, schema, name, alias, columns)

    def _function(
        self, node: exp.Expr, visible: Visible, alias: str | None, columns: tuple[str, ...]
    ) -> Source:
        flow = Flow(opaque=True)
        if isinstance(node, exp.Func):
            # Anything else is a file, a stage or the like.
            flow = self._reader.expressions.flow(node, visible)
        if columns and self._reader.dialect.names_all_columns and not flow.opaque:
            query = Query(targets=tuple(Target(name, "expression", flow) for name in columns))
            return Source("query", alias=alias or "", query=query, lateral=True)
        return rows(alias or "", columns, flow)


def rows(alias: str, columns: tuple[str, ...], flow: Flow) -> Source:
    """Return a source of rows that are made of an expression, with columns that nobody knows."""
    function = RowFunction(None, "", (), flow)
    return Source("function", alias=alias, columns=columns, functions=(function,))


def _names(node: exp.Expr) -> tuple[str | None, tuple[str, ...]]:
    """Return the alias of a source, and the names that it gives to its columns."""
    alias = node.args.get("alias")
    if not isinstance(alias, exp.TableAlias):
        found = path(alias) if isinstance(alias, exp.Expr) else None
        return (found[-1] if found else None), ()
    columns = tuple(folded(one.name) for one in alias.args.get("columns") or ())
    if alias.this is None:
        # BigQuery names the values of an array as if they were a source.
        return (columns[0], ()) if columns else (None, ())
    return folded(alias.name), columns


def _reshaped(node: exp.Expr) -> str | None:
    for pivot in node.args.get("pivots") or ():
        if isinstance(pivot, exp.Expr) and pivot.alias:
            return folded(pivot.alias)
    return None
