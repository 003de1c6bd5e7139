"""Which columns of a result stand in one row of one relation.

It is not enough that they come from one relation. In `SELECT a.born, b.id FROM people a, people b`
both do, and whoever may choose which `id` stands beside a date could have that date masked as if
it were anybody's. So columns count as those of one row only if the statement takes rows from their
relation in one place, and only reads.
"""

from collections import Counter
from collections.abc import Sequence

from scrim.domain.column import ResultField, RowPlace
from scrim.statements.catalog import Catalog
from scrim.statements.facts import Facts, Query


class _UnclearError(Exception):
    """It is not certain where rows come from."""


def row_places(
    catalog: Catalog, facts: Facts | None, fields: Sequence[ResultField]
) -> list[RowPlace | None]:
    """Return for each column of a result the row that it stands in, None where that is not certain.

    Args:
        catalog: The data store's schema.
        facts: The statement; for FETCH and EXECUTE that of the cursor or prepared statement.
        fields: The columns of the result as the data store describes them. It traces a column to
            its relation through joins, subqueries and table expressions, but not through anything
            that is computed.
    """
    single = _read_once(catalog, facts)
    places: list[RowPlace | None] = []
    for field in fields:
        column = None
        if field.column_number > 0 and (single is None or field.relation_id in single):
            column = catalog.column(field.relation_id, field.column_number)
        known = facts is not None and column is not None
        places.append(RowPlace(field.relation_id, column.name) if known and column else None)
    return places


def _read_once(catalog: Catalog, facts: Facts | None) -> frozenset[int] | None:
    """Return the relations that rows are taken from once; None for all."""
    if facts is None:
        return frozenset()
    if facts.operation == "copy_out" and facts.copy is not None and facts.copy.relation is not None:
        return None
    query = facts.query
    if facts.operation in {"declare", "prepare"} and facts.inner is not None:
        query = facts.inner.query
    if query is None:
        return frozenset()
    sources = _Sources(catalog)
    try:
        sources.add(query)
    except _UnclearError:
        return frozenset()
    if any(count > 1 for count in sources.expressions.values()):
        return frozenset()
    return frozenset(relation for relation, count in sources.relations.items() if count == 1)


class _Sources:
    """Counts what a query takes rows from."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.relations: Counter[int] = Counter()
        self.expressions: Counter[str] = Counter()

    def add(self, query: Query) -> None:
        """Count the sources of a query; raise where they are not all seen."""
        if query.opaque:
            raise _UnclearError
        for cte in query.ctes:
            if cte.recursive:
                raise _UnclearError
            self.add(cte.query)
        for branch in query.branches:
            self.add(branch)
        for source in query.sources:
            if source.kind == "relation":
                # `old` and `new` of what is written are among them, and so it counts as several.
                found = self._catalog.named(source.schema, source.name)
                self.relations.update(relation.id for relation in found)
            elif source.kind == "cte":
                self.expressions[source.name] += 1
            elif source.kind == "query" and source.query is not None:
                self.add(source.query)
            elif source.kind != "function":
                # An alias of a join hides what is joined.
                raise _UnclearError
