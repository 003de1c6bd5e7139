"""Follows columns through the subqueries, joins and table expressions of a query.

Names are looked up as PostgreSQL does, from the inside out. Where a name can mean several things,
all of them count; where it means nothing that is known, anything does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from scrim.statements.catalog import Catalog
from scrim.statements.compared import MERGED
from scrim.statements.facts import (
    ColumnName,
    Cte,
    Flow,
    Name,
    Query,
    RowField,
    RowFunction,
    Source,
    Target,
)
from scrim.statements.functions import (
    gives_rows,
    is_pure,
    is_pure_attribute,
    result_columns,
)
from scrim.statements.joins import joined_columns
from scrim.statements.making import makes_up, numbers_rows
from scrim.statements.origins import (
    NOTHING,
    Origins,
    Outputs,
    combined,
    listed,
    listed_alike,
    opaque,
    side_by_side,
    union,
    unordered,
)
from scrim.statements.system_relations import COMMENT, COMMENT_FUNCTIONS
from scrim.statements.visible import (
    Body,
    Ctes,
    Lookup,
    Noticed,
    RelationOutputs,
    Scope,
    Watched,
    fated,
    has_column,
    is_named,
    is_of_one,
    is_visible,
    marked,
    merged,
    name_of,
    shared,
    unqualified,
    whole_rows,
    without,
    written,
)

_SYSTEM_COLUMNS: Final = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})
_MAX_ROUNDS: Final = 12
_MAX_COLUMNS: Final = 1_664
_MAX_QUERIES: Final = 20_000


class QueryResolver:
    """Resolves the queries of one statement.

    Args:
        catalog: The data store's schema.
        lookup: Gives the relations that a name can mean.
        relation_outputs: Gives the columns of a relation with their base columns.
        everything: All that the statement touches, for what is not understood.
        watched: Gets what is not part of a result.
    """

    def __init__(
        self,
        catalog: Catalog,
        lookup: Lookup,
        relation_outputs: RelationOutputs,
        everything: Origins,
        watched: Watched | None = None,
    ) -> None:
        """Keep what resolving needs."""
        self._noticed = None if watched is None else watched.compared
        self._influences = None if watched is None else watched.influences
        self._body = None if watched is None else watched.body
        self._catalog = catalog
        self._lookup = lookup
        self._relation_outputs = relation_outputs
        self._everything = everything
        self._unknown = Origins(everything.columns, known=False)
        self._queries = 0

    def outputs(
        self, query: Query, parent: Scope | None = None, ctes: Ctes | None = None
    ) -> Outputs:
        """Return the columns of a query's result.

        Args:
            query: The query.
            parent: The scope of the query around it.
            ctes: The table expressions that are visible in it.
        """
        # Recursion inside recursion is looked at again and again; what takes too long is unknown.
        self._queries += 1
        if self._queries > _MAX_QUERIES:
            self._influenced("filter", self._unknown)
            return opaque(self._unknown)
        visible = self._with(query.ctes, parent, ctes or {})
        if query.opaque:
            self._influenced("filter", self._unknown)
            if self._noticed is not None:
                self.outputs(replace(query, opaque=False, ctes=()), parent, visible)
            return opaque(self._everything.changed())
        if query.branches:
            left, right = (self.outputs(branch, parent, visible) for branch in query.branches)
            if self._noticed is not None:
                self._notice_branches(query, left, right, Scope(parent, visible))
            found = left if query.subtracts else combined(left, right)
            self._influence(query, Scope(parent, visible), found)
            return found
        scope = Scope(parent, visible)
        for source in query.sources:
            scope.sources.append((source, self._source(source, scope)))
        columns = None
        if query.joined:
            columns, scope.merged = joined_columns(
                query.joined, [outputs for _, outputs in scope.sources]
            )
        if self._noticed is not None:
            self._notice_query(query, scope)
        found = self._targets(query, scope, columns)
        self._influence(query, scope, found)
        if len(scope.sources) == 1 and is_of_one(*scope.sources[0]):
            kept = all(self._keeps_rows(target.flow) for target in query.targets)
            return replace(found, of_one=kept)
        return found

    def _keeps_rows(self, flow: Flow) -> bool:
        """Say whether an expression has nothing in it but what its own row, or group, gives."""
        return not (
            flow.subqueries
            or flow.windowed
            or numbers_rows(flow)
            or any(gives_rows(function, self._catalog) for function in flow.functions)
        )

    def _influence(self, query: Query, scope: Scope, outputs: Outputs) -> None:
        if self._influences is None:
            return
        # What `USING` names is a column of each side.
        apart = Scope(scope.parent, scope.ctes, scope.sources)
        for influence in query.row_influences:
            flow = influence.flow
            here = apart if influence.kind == "join" else scope
            if influence.position:
                found = outputs.placed(influence.position - 1)
            elif influence.output:
                named = None if influence.output == "*" else outputs.named(influence.output)
                found = outputs.total() if named is None else named
            elif influence.natural:
                found = shared(scope)
            elif influence.optional and not all(
                is_visible(column.name, here) for column in flow.columns
            ):
                continue
            else:
                found = union(
                    [
                        self._flow(flow, here),
                        *(self._column(column, here) for column in flow.counted_columns),
                    ]
                )
            if influence.kind != "inside":
                self._influenced(influence.kind, found)

    def _influenced(self, kind: str, origins: Origins) -> None:
        if self._influences is not None:
            self._influences[kind] = self._influences.get(kind, NOTHING) | origins

    def _notice_query(self, query: Query, scope: Scope) -> None:
        """Note what is to be known of a query whose sources are known."""
        if self._noticed is not None:
            self._notice(query, scope, self._noticed)

    def _notice_branches(self, query: Query, left: Outputs, right: Outputs, scope: Scope) -> None:
        """Note what is to be known of a set operation."""
        for condition in query.conditions:
            self.outputs(condition, scope, scope.ctes)

    def _notice(self, query: Query, scope: Scope, noticed: Noticed) -> None:
        for compared in query.compared:
            if compared.role == MERGED:
                noticed.update(merged(compared, scope))
                continue
            if compared.writes:
                found = written(compared, scope)
            else:
                found = self._column(ColumnName(compared.qualifier, compared.name), scope)
            constant = any(self._is_constant(flow, scope) for flow in compared.against)
            key = (compared.number, compared.name)
            before = noticed.get(key, (compared, NOTHING, False))
            noticed[key] = (compared, before[1] | found, constant or before[2])
        for condition in query.conditions:
            self.outputs(condition, scope, scope.ctes)

    def _is_constant(self, flow: Flow, scope: Scope) -> bool:
        """Say whether an expression is made of what the statement brings along."""
        if not (flow.columns or flow.counted_columns or flow.subqueries or flow.rows):
            return True
        return not self._flow(flow, scope).columns

    def _with(self, ctes: Iterable[Cte], parent: Scope | None, outer: Ctes) -> Ctes:
        visible = dict(outer)
        definitions = tuple(ctes)
        if not definitions:
            return visible
        for cte in definitions:
            if cte.recursive:
                visible[cte.name] = opaque(self._unknown)
        for cte in definitions:
            if cte.recursive and cte.query.branches:
                found = self._recursive(cte, parent, visible)
            else:
                found = self.outputs(cte.query, parent, visible)
            visible[cte.name] = marked(found.renamed(cte.columns), cte)
        return visible

    def _recursive(self, cte: Cte, parent: Scope | None, visible: Ctes) -> Outputs:
        """Find what a query that names itself gives: the least that is true of it."""
        inner = self._with(cte.query.ctes, parent, visible)
        current = self.outputs(cte.query.branches[0], parent, inner)
        for _ in range(_MAX_ROUNDS):
            named = {**visible, cte.name: marked(current.renamed(cte.columns), cte)}
            following = combined(current, self.outputs(cte.query, parent, named))
            if following == current:
                return current
            current = following
        return opaque(self._unknown)

    def _source(self, source: Source, scope: Scope) -> Outputs:
        # A subquery sees the sources before it only if it says so.
        around = scope if source.lateral else scope.parent
        match source.kind:
            case "relation":
                found = self._relation(source)
            case "cte":
                found = scope.ctes.get(source.name, opaque(self._unknown))
            case "query" if source.query is not None:
                found = self.outputs(source.query, around, scope.ctes)
            case "function":
                found = self._functions(source, scope)
            case "merged":
                found = listed(
                    (name, unqualified(name, scope) or self._unknown) for name in source.columns
                )
            case _:
                found = opaque(self._everything.changed())
        return found.renamed(source.columns)

    def _functions(self, source: Source, scope: Scope) -> Outputs:
        parts = []
        shared = NOTHING if source.shared is None else self._flow(source.shared, scope)
        self._influenced("filter", shared)
        for function in source.functions:
            flow = (self._flow(function.flow, scope) | shared).through_expression()
            # What rows are made of says how many there are.
            self._influenced("filter", flow)
            names = function.defined or result_columns(function, source, self._catalog)
            if names is None:
                parts.append(opaque(flow))
            else:
                parts.append(self._inlined(function, names, scope) or listed_alike(names, flow))
        if source.ordinality:
            parts.append(listed([("ordinality", NOTHING)]))
        return side_by_side(parts)

    def _inlined(self, function: RowFunction, names: Sequence[str], scope: Scope) -> Outputs | None:
        """Return the columns of a function in SQL, each with what the body makes it of."""
        name = Name(function.schema, function.name)
        if self._body is None or is_pure(name, self._catalog):
            return None
        body = self._body(name)
        if body is None or not body.outputs.exact or len(body.outputs.columns) != len(names):
            return None
        given = tuple(called for called in function.flow.functions if called != name)
        arguments = self._flow(replace(function.flow, functions=given), scope)
        columns = zip(names, body.outputs.columns, strict=True)
        return listed((own, (origins | arguments).changed()) for own, (_, origins) in columns)

    def _relation(self, source: Source) -> Outputs:
        candidates = self._lookup(source.schema, source.name)
        if not candidates:
            return opaque(self._unknown)
        found = [self._relation_outputs(candidate) for candidate in candidates]
        if len(found) == 1:
            return found[0]
        # Which of them is meant depends on the session; their columns are put together by name.
        merged = tuple(column for outputs in found for column in outputs.columns)
        rests = [outputs.rest for outputs in found if outputs.rest is not None]
        return unordered(merged, union(rests) if rests else None)

    def _targets(self, query: Query, scope: Scope, columns: Outputs | None) -> Outputs:
        parts: list[Outputs] = []
        width = 0
        for target in query.targets:
            if target.kind == "star":
                expanded = without(self._star(target, scope, columns), target.without)
                parts += expanded
                width += sum(len(outputs.columns) for outputs in expanded)
                if width > _MAX_COLUMNS:
                    return opaque(self._unknown)
                continue
            found = self._flow(target.flow, scope)
            if target.kind != "column":
                found = found.through_expression()
                if any(gives_rows(function, self._catalog) for function in target.flow.functions):
                    self._influenced("filter", found)
            parts.append(listed([(name_of(target), found)]))
        return side_by_side(parts)

    def _star(self, target: Target, scope: Scope, columns: Outputs | None) -> list[Outputs]:
        column = target.flow.columns[0] if target.flow.columns else None
        if column is None or column.name != "*":
            row = target.flow.rows[0] if target.flow.rows else None
            found = None if row is None else self._row(row, scope)
            # `(expression).*`: as many columns as the composite value has.
            return [found or opaque(self._flow(target.flow, scope).through_expression())]
        if not column.qualifier:
            if columns is not None:
                return [columns]
            return [outputs for source, outputs in scope.sources if not source.by_name_only]
        here = [outputs for source, outputs in scope.sources if is_named(source, column.qualifier)]
        return here or [opaque(self._column(column, scope))]

    def _row(self, row: RowField, scope: Scope) -> Outputs | None:
        """Return the columns of the source that a name means, None where it may be a column."""
        level: Scope | None = scope
        while level is not None:
            if not row.starred and unqualified(row.row, level) is not None:
                return None
            named = [outputs for source, outputs in level.sources if source.visible_name == row.row]
            if named:
                return named[0] if len(named) == 1 else None
            level = level.parent
        return None

    def _row_field(self, row: RowField, scope: Scope) -> Origins:
        """Return what `(row).field` holds."""
        source = self._row(row, scope)
        if source is not None:
            if row.field == "*":
                return source.total()
            found = self._attribute(source, row.field)
        else:
            # A field of a composite value, or a function of it.
            qualifier = (row.row,) if row.starred else ()
            found = self._column(ColumnName(qualifier, "*" if row.starred else row.row), scope)
            if row.field != "*" and not is_pure_attribute(row.field, self._catalog):
                return self._unknown
            if self._catalog.is_attribute_function(row.field):
                found = found.changed()
        return found.through_expression()

    def _flow(self, flow: Flow, scope: Scope) -> Origins:
        bodies = self._bodies(flow.functions)
        if (
            flow.opaque
            or bodies is None
            or not all(is_pure_attribute(name, self._catalog) for name in flow.attributes)
        ):
            # What is inside is not looked at.
            self._influenced("filter", self._unknown)
            return self._unknown
        parts = [
            fated(
                found.choosing() if column in flow.cut_columns else found,
                altered=column in flow.altered_columns,
                cut=column in flow.cut_columns,
                aggregated=column in flow.aggregated_columns,
                measured=column in flow.measured_columns,
            )
            for column in flow.columns
            # What is made up and only compared is no part of the value.
            if (found := self._column(column, scope)) != NOTHING
            or column not in flow.measured_columns
        ]
        parts += [
            fated(self._row_field(row, scope), altered=row.altered, aggregated=row.aggregated)
            for row in flow.rows
        ]
        if any(function.name in COMMENT_FUNCTIONS for function in flow.functions):
            cut = any(function.name in COMMENT_FUNCTIONS for function in flow.altered_functions)
            parts.append(fated(Origins(frozenset({COMMENT})), altered=cut))
        parts += [
            fated(
                self.outputs(query, scope, scope.ctes).total(),
                altered=query.altered,
                aggregated=query.aggregated,
            )
            for query in flow.subqueries
        ]
        parts += [body.outputs.total() for body in bodies]
        found = union(parts)
        if found.columns and (makes_up(flow.functions) or NOTHING in parts):
            found = found.with_made()
        if bodies:
            found = found.changed()
        # `(value).name` calls a function where no field has that name.
        calls = any(self._catalog.is_attribute_function(name) for name in flow.attributes)
        return fated(found, altered=calls)

    def _bodies(self, functions: Iterable[Name]) -> list[Body] | None:
        """Return the bodies of functions that nobody reviewed, None where one has none."""
        found = []
        for function in functions:
            if is_pure(function, self._catalog):
                continue
            body = None if self._body is None else self._body(function)
            if body is None:
                return None
            found.append(body)
            for kind, origins in body.influences.items():
                self._influenced(kind, origins)
        return found

    def _column(self, column: ColumnName, scope: Scope) -> Origins:
        level: Scope | None = scope
        # What the name may mean where that is not certain; then the scopes around count as well.
        possible: list[Origins] = []
        while level is not None:
            if column.qualifier:
                found = self._qualified(column, level)
            elif column.name == "*":
                found = union(outputs.total() for _, outputs in level.sources)
            else:
                found = unqualified(column.name, level)
                if found is not None and not has_column(column.name, level):
                    possible.append(found)
                    found = None
                if found is None:
                    possible += whole_rows(column.name, level)
            if found is not None:
                return union([found, *possible])
            level = level.parent
        if possible:
            return union(possible)
        return NOTHING if self._is_system_column(column, scope) else self._unknown

    def _qualified(self, column: ColumnName, level: Scope) -> Origins | None:
        matching = [
            outputs for source, outputs in level.sources if is_named(source, column.qualifier)
        ]
        if not matching:
            return None
        if column.name == "*":
            return union(outputs.total() for outputs in matching)
        return union(self._attribute(outputs, column.name) for outputs in matching)

    def _attribute(self, outputs: Outputs, name: str) -> Origins:
        """Return what `alias.name` holds: a column, or else a function of the row."""
        found = outputs.named(name)
        exact = any(own == name for own, _ in outputs.columns)
        if found is None and name in _SYSTEM_COLUMNS:
            return NOTHING
        if found is None or not (exact or is_pure_attribute(name, self._catalog)):
            return self._unknown
        return fated(found, altered=not exact and self._catalog.is_attribute_function(name))

    def _is_system_column(self, column: ColumnName, scope: Scope) -> bool:
        return not column.qualifier and column.name in _SYSTEM_COLUMNS and bool(scope.sources)
