"""Where each column of a statement's result can come from.

Soundness rests on three rules. A result column that the data store itself traces to a relation's
column is that column, whatever it is called now. Any other column is made of what its expression
names, if every name in it is understood. Everything else carries all that the statement touches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scrim.domain.column import ColumnOrigin, ResultField
from scrim.statements.bodies import Bodies, Reading
from scrim.statements.catalog import Catalog, CatalogColumn, Relation
from scrim.statements.compared import Compared
from scrim.statements.copied import Copied, copied
from scrim.statements.facts import Facts, Name, Query, StatementError, Write, read
from scrim.statements.functions import is_pure
from scrim.statements.influencing import Influenced, InfluenceResolver, influenced_by
from scrim.statements.origins import (
    ANYTHING,
    NOTHING,
    Origins,
    Outputs,
    combined,
    listed,
    opaque,
    union,
)
from scrim.statements.placing import placed, without_own_names
from scrim.statements.scopes import QueryResolver
from scrim.statements.system_relations import (
    COMMENT,
    COMMENT_RELATIONS,
    MISSING_VALUES,
    SETTINGS,
    carries_data,
    is_system,
)
from scrim.statements.visible import Influences, Lookup, Noticed, Watched, touched

_MAX_VIEW_DEPTH: Final = 32
_DISPLACING: Final = frozenset({"AlterObjectSchemaStmt", "AlterTableStmt", "RenameStmt"})
_UNSEEN: Final = frozenset({"call", "do", "execute", "fetch"})
_STORING: Final = frozenset({"insert", "update", "merge"})
_STORED_KINDS: Final = frozenset({"r", "p", "m"})
_SIZING: Final = "analyze"
"""Option of `EXPLAIN` that tells how large the rows are that were sorted, hashed or kept."""
_NOBODY: Final = Relation(0, "", "", "", has_rules=True)
_CREATING: Final = frozenset({"CreateStmt", "CreateTableAsStmt", "ViewStmt"})


class Lineage:
    """Resolves statements against one catalog snapshot.

    Keep it as long as the snapshot: it remembers what views are made of.

    Args:
        catalog: The snapshot.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Start with nothing remembered."""
        self.catalog = catalog
        self._outputs: dict[int, Outputs] = {}
        self._view_depth = 0
        self._bodies = Bodies(
            catalog,
            Reading(
                self.relation_outputs,
                self._everything,
                lambda facts: not self._uses_unreviewed_code(facts),
            ),
        )

    def resolve(self, facts: Facts, fields: Sequence[ResultField]) -> list[ColumnOrigin]:
        """Return where each column of a statement's result can come from.

        Args:
            facts: The statement; for FETCH and EXECUTE that of the cursor or prepared statement.
            fields: The columns of the result as the data store describes them.
        """
        everything = self._everything(facts)
        outputs = self._result(facts, everything)
        rewritten = self._is_rewritten(facts)
        suspect = self._uses_unreviewed_code(facts)
        found = []
        for place, field in enumerate(fields):
            unchanged = False
            if rewritten:
                origins = Origins(everything.columns, known=False)
            elif field.relation_id:
                origins = self._described(field)
                unchanged = field.column_number > 0
            else:
                origins = placed(outputs, place, field, len(fields))
                if suspect:
                    origins = Origins(origins.columns | everything.columns, known=False)
            found.append(origins.to_origin(unchanged=unchanged and len(origins.columns) == 1))
        return found

    def outputs(self, facts: Facts) -> Outputs:
        """Return the columns of a statement's result as far as it tells them by itself."""
        return self._result(facts, self._everything(facts))

    def influences(self, facts: Facts) -> Influences:
        """Return where what decides which rows there are comes from, without being in any value.

        The kinds are `filter` (conditions, limits, what rows are made of), `join`, `group` (also
        `DISTINCT`, `UNION` and `PARTITION BY`) and `order` (also of aggregates and windows). A kind
        that the statement does not have is absent. What a view or policy has is not among them:
        who asks did not choose it.

        Args:
            facts: The statement; for FETCH and EXECUTE that of the cursor or prepared statement.
        """
        found: Influences = {}
        if facts.query is not None:
            resolver = QueryResolver(
                self.catalog,
                self.catalog.named,
                self.relation_outputs,
                self._everything(facts),
                Watched(influences=found, body=self._bodies.body),
            )
            resolver.outputs(facts.query)
            if self._uses_unreviewed_code(facts):
                everything = self._everything(facts).with_unknown()
                found = dict.fromkeys(found, everything)
        elif facts.inner is not None:
            found = self.influences(facts.inner)
        elif facts.operation in _UNSEEN or facts.predicate_columns or facts.ordering_columns:
            found = {"filter": self._everything(facts).with_unknown()}
        return {kind: origins for kind, origins in found.items() if origins != NOTHING}

    def stored(self, facts: Facts) -> list[tuple[Name | None, str | None, ColumnOrigin]]:
        """Return what a statement stores from other data: relation, column if known, origins.

        Assigning a value to the column that it came from is left out, unless it is altered on the
        way, and so is a copy of it in the same column of a new row, where a list of columns says
        that it goes there. What a statement gives another name or place counts as stored there.
        """
        return self.written(facts) + list(self.displaced(facts))

    def written(self, facts: Facts) -> list[tuple[Name | None, str | None, ColumnOrigin]]:
        """Return the same without what only gets another name or place."""
        everything = self._everything(facts)
        if self._uses_unreviewed_code(facts):
            everything = Origins(everything.columns, known=False)
        suspect = any(
            self.catalog.has_carrying_operator(name.schema, name.name) for name in facts.operators
        ) or any(name.name in self.catalog.unreviewed_casts for name in facts.types)
        found = []
        for write in facts.writes:
            outputs = self._resolver(everything).outputs(write.query)
            if suspect:
                outputs = combined(outputs, opaque(everything))
            if write.query.opaque:
                # `CREATE TABLE ... AS EXECUTE`: what is executed is not in the statement.
                outputs = opaque(Origins(everything.columns, known=False))
            entries = [(name, origins) for name, origins in outputs.columns]
            if outputs.rest is not None:
                entries.append((None, outputs.rest))
            own = self._own_columns(write) if write.assigned or write.listed else None
            for name, origins in entries:
                moved = Origins(
                    frozenset(
                        column
                        for column in origins.columns
                        if own is None
                        # A new row beside the one that it is made of: the two can be compared.
                        or (write.listed and column in origins.altered)
                        or (column.schema, column.relation, name) != (*own, column.name)
                    ),
                    origins.known,
                    origins.altered,
                )
                if moved != NOTHING:
                    origin = ColumnOrigin(moved.columns, moved.known, altered=moved.altered)
                    found.append((write.relation, name, origin))
        if suspect:
            # What is written as constants with an operator between them counts as constant.
            origin = ColumnOrigin(everything.columns, known=False)
            found += [
                (Name(use.schema, use.name), None, origin)
                for use in facts.relations
                if use.role == "write" and use.verb in _STORING
            ]
        return found

    def compared(self, facts: Facts) -> list[tuple[Compared, Origins, bool]]:
        """Return the columns that a statement compares with values of its own, or writes them to.

        With each goes where it comes from, and whether it is also compared with what the statement
        makes of values of its own. Those of a statement inside it, as of `EXPLAIN`, are not among
        them.
        """
        noticed: Noticed = {}
        if facts.query is not None:
            QueryResolver(
                self.catalog,
                self.catalog.named,
                self.relation_outputs,
                self._everything(facts),
                Watched(compared=noticed, body=self._bodies.body),
            ).outputs(facts.query)
        return [noticed[key] for key in sorted(noticed)]

    def influenced(self, facts: Facts) -> list[Influenced]:
        """Return what decides about the rows of a statement; not of one inside it."""
        everything = self.touched(facts)
        resolver = InfluenceResolver(
            self.catalog, self.catalog.named, self.relation_outputs, everything
        )
        found = influenced_by(resolver, facts.query)
        if self._uses_unreviewed_code(facts):
            found = [replace(one, known=False, varies=True) for one in found]
        return found

    def selected(self, facts: Facts) -> Origins:
        """Return where what a statement selects comes from, with what decides about its rows."""
        if self._uses_unreviewed_code(facts):
            return self._everything(facts).with_unknown()
        return union([self.outputs(facts).total(), *self.influences(facts).values()])

    def references(self, facts: Facts) -> Iterator[Origins]:
        """Give, for each foreign key of a definition, where what it refers to comes from."""
        for reference in facts.references:
            name = reference.relation
            for relation in self.catalog.named(name.schema, name.name):
                outputs = self.relation_outputs(relation)
                if reference.columns:
                    yield union(outputs.named(one) or ANYTHING for one in reference.columns)
                else:
                    # Which columns its primary key has is not known.
                    yield outputs.total()

    def touched(self, facts: Facts) -> Origins:
        """Return where any value that a statement reads can have come from."""
        return self._everything(facts)

    def copied(self, facts: Facts) -> Copied:
        """Return the columns that a `COPY ... FROM` fills."""
        return copied(facts, self.catalog, self.relation_outputs)

    def _own_columns(self, write: Write) -> tuple[str, str] | None:
        """Return schema and name of the relation that is written, if it is certain which it is."""
        if write.relation is None:
            return None
        candidates = self.catalog.named(write.relation.schema, write.relation.name)
        return (candidates[0].schema, candidates[0].name) if len(candidates) == 1 else None

    def displaced(self, facts: Facts) -> Iterator[tuple[Name | None, str | None, ColumnOrigin]]:
        """Give what is renamed, moved, rebuilt or checked, and what a new relation is taken for.

        Tags belong to names, and until a transaction ends nobody else sees what it renamed.
        """
        if facts.statement == "AlterDomainStmt":
            # What is added to a domain is asked of all that the columns of it hold.
            for relation, column in self.catalog.columns_of_type(facts.name or ""):
                origins = self.relation_outputs(relation).named(column.name) or ANYTHING
                yield (
                    Name(relation.schema, relation.name),
                    column.name,
                    ColumnOrigin(origins.columns, origins.known),
                )
        moves = facts.statement in _DISPLACING | _CREATING | {"SelectStmt"}
        if not moves or (facts.additive and not self._has_heirs(facts)):
            return
        uses = [use for use in facts.relations if use.role == "ddl" or use.verb == "create"]
        names = [Name(use.schema, use.name) for use in uses]
        if facts.statement in _CREATING | {"SelectStmt"}:
            # Without a schema, as the search path may be anybody's.
            names = [Name(None, name.name) for name in names]
        elif facts.statement in {"RenameStmt", "AlterObjectSchemaStmt"}:
            if not names:
                # A schema, a type or a function, with all that depends on its name.
                yield (None, None, ColumnOrigin(frozenset(), known=False))
            if facts.statement == "RenameStmt":
                names.append(Name(None, facts.name or ""))
        for name in names:
            for relation in self.catalog.named(name.schema, name.name):
                total = self.relation_outputs(relation).total()
                # `ALTER COLUMN ... USING` stores what an expression makes of the columns in it.
                named = {column.name for column in facts.columns}
                rebuilt = facts.statement == "AlterTableStmt"
                altered = {column for column in total.columns if rebuilt and column.name in named}
                yield (
                    name,
                    None,
                    ColumnOrigin(total.columns, total.known, altered=frozenset(altered)),
                )

    def _has_heirs(self, facts: Facts) -> bool:
        """Say whether other relations inherit from those that a statement defines.

        A column that is dropped may stay there, and what is known of it comes from the one above.
        """
        return any(
            relation.kind != "p" and len(self.catalog.relatives(relation.id)) > 1
            for use in facts.relations
            if use.role == "ddl"
            for relation in self.catalog.named(use.schema, use.name)
        )

    def relation_outputs(self, relation: Relation) -> Outputs:
        """Return the columns of a relation with the base columns behind each."""
        found = self._outputs.get(relation.id)
        if found is None:
            # What leads back to itself meets this.
            self._outputs[relation.id] = opaque(ANYTHING)
            if relation.is_view and not is_system(relation.schema):
                found = self._view_outputs(relation)
            else:
                found = self._table_outputs(relation)
            self._outputs[relation.id] = found
        return found

    def _table_outputs(self, table: Relation) -> Outputs:
        columns = self.catalog.columns(table.id)
        stored = {
            column.name: self._base(table, column.name) | self._nested(column.type_id)
            for column in columns
        }
        generated = {
            column.name: self._generated(table, column, stored)
            for column in columns
            if column.generated
        }
        return listed(
            (name, origins | generated.get(name, NOTHING)) for name, origins in stored.items()
        )

    def _generated(
        self, table: Relation, column: CatalogColumn, stored: Mapping[str, Origins]
    ) -> Origins:
        """Return what a column that is computed from others of its row is made of."""
        whole = union(stored.values())
        expression = self.catalog.generation(table.id, column.number)
        if expression is None:
            return Origins(whole.columns, known=False)
        row = listed(stored.items())
        try:
            (facts,) = read(f"SELECT {expression} FROM generated")  # noqa: S608 - is only parsed
        except (StatementError, ValueError):
            return Origins(whole.columns, known=False)
        resolver = QueryResolver(
            self.catalog, lambda _schema, _name: (table,), lambda _relation: row, whole
        )
        if facts.query is None or self._uses_unreviewed_code(facts):
            return Origins(whole.columns, known=False)
        return resolver.outputs(facts.query).total()

    def _nested(self, type_id: int) -> Origins:
        """Return what a column can hold because rows of other relations are stored in it."""
        rows = self.catalog.types.nested_rows(type_id)
        if rows is None:
            return ANYTHING
        found = [self.catalog.relation(oid) for oid in rows]
        return union(self.relation_outputs(one).total() for one in found if one is not None)

    def _base(self, relation: Relation, column: str) -> Origins:
        if is_system(relation.schema):
            return self._system_base(relation, column)
        family = {relation.column(column)}
        for other in self.catalog.relatives(relation.id):
            relative = self.catalog.relation(other)
            if relative is None:
                return Origins(frozenset(family), known=False)
            if any(own.name == column for own in self.catalog.columns(other)):
                family.add(relative.column(column))
        return Origins(frozenset(family), exact=True)

    def _system_base(self, relation: Relation, column: str) -> Origins:
        if relation.name in COMMENT_RELATIONS and column == COMMENT.name:
            return Origins(frozenset({COMMENT}))
        if (relation.name, column) == SETTINGS:
            return Origins(frozenset({relation.column(column)}))
        if (relation.name, column) == MISSING_VALUES:
            return Origins(self.catalog.kept_values())
        if not carries_data(relation.name, column):
            return NOTHING
        # Anything can be in it, and in a condition it counts as a column of its own.
        return Origins(frozenset({relation.column(column)}), known=False)

    def _view_outputs(self, view: Relation) -> Outputs:
        """Resolve a view by its stored query; each column also counts as itself."""
        names = [column.name for column in self.catalog.columns(view.id)]
        outputs = self._view_query(view)
        if not (outputs.exact and len(outputs.columns) == len(names)):
            total = outputs.total()
            return listed((name, total | Origins(frozenset({view.column(name)}))) for name in names)
        return listed(
            (name, origins | Origins(frozenset({view.column(name)}), exact=origins.exact))
            for name, (_, origins) in zip(names, outputs.columns, strict=True)
        )

    def _view_query(self, view: Relation) -> Outputs:
        definition = self.catalog.view_definition(view.id)
        if definition is None or self._view_depth >= _MAX_VIEW_DEPTH:
            return opaque(ANYTHING)
        used = self.catalog.view_relations(view.id)

        def lookup(schema: str | None, name: str) -> tuple[Relation, ...]:
            # The store's own record of what the view uses says which relation a name means.
            return tuple(
                relation
                for relation in self.catalog.named(schema, name)
                if relation.id in used or is_system(relation.schema)
            )

        self._view_depth += 1
        try:
            (facts,) = read(definition)
            everything = self._everything(facts, lookup)
            if facts.query is None or self._uses_unreviewed_code(facts):
                return opaque(Origins(everything.columns, known=False))
            return self._resolver(everything, lookup).outputs(facts.query)
        except (StatementError, ValueError):
            return opaque(ANYTHING)
        finally:
            self._view_depth -= 1

    def _described(self, field: ResultField) -> Origins:
        """Return the origins of a column that the data store traced itself."""
        relation = self.catalog.relation(field.relation_id)
        if relation is None:
            return ANYTHING
        if field.column_number < 0:
            return NOTHING
        outputs = self.relation_outputs(relation)
        if field.column_number == 0:
            return outputs.total()
        column = self.catalog.column(relation.id, field.column_number)
        named = None if column is None else outputs.named(column.name)
        return ANYTHING if named is None else named

    def _everything(self, facts: Facts, lookup: Lookup | None = None) -> Origins:
        names = [Name(use.schema, use.name) for use in facts.relations]
        found = touched(lookup or self.catalog.named, self.relation_outputs, names)
        for function in facts.functions:
            if is_pure(function, self.catalog):
                continue
            body = None
            if not function.attribute:
                body = self._bodies.body(Name(function.schema, function.name))
            found = found.with_unknown() if body is None else found | body.outputs.total()
        return found

    def _resolver(self, everything: Origins, lookup: Lookup | None = None) -> QueryResolver:
        return QueryResolver(
            self.catalog,
            lookup or self.catalog.named,
            self.relation_outputs,
            everything,
            Watched(body=self._bodies.body),
        )

    def _result(self, facts: Facts, everything: Origins) -> Outputs:
        if facts.operation == "show":
            return opaque(NOTHING)
        if facts.operation == "explain":
            return opaque(self._planned(facts, everything))
        query: Query | None = facts.query
        if facts.operation in {"declare", "prepare"} and facts.inner is not None:
            query = facts.inner.query
        if query is None:
            return opaque(Origins(everything.columns, known=False))
        return without_own_names(self._resolver(everything).outputs(query), query)

    def _planned(self, facts: Facts, everything: Origins) -> Origins:
        """Return what can be in a plan: constants of the statement, of views and of rules.

        Estimates are made from the statistics of what decides about rows, and what is compared with
        masked data is quoted as it was turned back. Of other columns of a table there is nothing.
        """
        inner = facts.inner
        plain = (
            inner is not None
            and inner.statement == "SelectStmt"
            and inner.query is not None
            and inner.operation == "select"
            and set(inner.verbs) == {"select"}
            and not self._uses_unreviewed_code(facts)
            and all(is_pure(function, self.catalog) for function in facts.functions)
            and all(
                relation.kind in _STORED_KINDS and not relation.has_rules
                for use in facts.relations
                for relation in self.catalog.named(use.schema, use.name) or (_NOBODY,)
            )
        )
        if inner is None or not plain:
            named = inner is not None and "ExecuteStmt" in _statements(inner)
            return Origins(everything.columns, known=everything.known and not named)
        compared = [origins for _, origins, _ in self.compared(inner)]
        asked = [part for one in self.influenced(inner) for part in one.parts]
        sized = _named(inner, everything) if _SIZING in facts.options else NOTHING
        return union([*self.influences(inner).values(), *compared, *asked, sized])

    def _is_rewritten(self, facts: Facts) -> bool:
        """Whether rules make the statement another one, whose columns nobody saw.

        What is written to a view is written to what it is made of, by the rules of that.
        """
        return any(
            self.catalog.is_rewritten(relation.id)
            for use in facts.relations
            if use.role == "write"
            for relation in self.catalog.named(use.schema, use.name)
        )

    def _uses_unreviewed_code(self, facts: Facts) -> bool:
        """Whether operators or casts can run functions that nobody reviewed."""
        catalog = self.catalog
        return (
            catalog.has_unreviewed_implicit_cast
            or any(
                catalog.has_unreviewed_operator(name.schema, name.name) for name in facts.operators
            )
            or any(name.name in catalog.unreviewed_casts for name in facts.types)
        )


def _named(facts: Facts, everything: Origins) -> Origins:
    """Return what a statement names; all that it touches where that may be more than columns."""
    names = {column.name for column in facts.columns}
    if names - {column.name for column in everything.columns}:
        return everything
    return Origins(frozenset(one for one in everything.columns if one.name in names))


def _statements(facts: Facts) -> set[str]:
    """Return the kinds of a statement and of those inside it."""
    inner = set() if facts.inner is None else _statements(facts.inner)
    return {facts.statement, *inner}


def resolve(facts: Facts, catalog: Catalog, fields: Sequence[ResultField]) -> list[ColumnOrigin]:
    """Return where each column of a statement's result can come from.

    Args:
        facts: The statement.
        catalog: The data store's schema. Who resolves many statements keeps a `Lineage` instead.
        fields: The columns of the result as the data store describes them.
    """
    return Lineage(catalog).resolve(facts, fields)
