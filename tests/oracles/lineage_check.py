"""Compares the lineage of queries with the server's own analysis of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from scrim.domain.column import Column, ResultField
from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.oracles.analysed import Analysed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrim.statements.catalog import Catalog


@dataclass(slots=True)
class Compared:
    """What comparing some queries found.

    Attributes:
        queries: How many were compared.
        columns: How many result columns they have.
        protected: How many of these have a protected column in them.
        missed: What flows and lineage does not know of.
        needless: Result columns that lineage masks for a protected column that is not in them.
        unknown: Result columns of which lineage says that anything can be in them.
        wider: Result columns that have base columns, protected or not, which do not flow.
        refused: Queries that the server does not take as a view, with why.
    """

    queries: int = 0
    columns: int = 0
    protected: int = 0
    missed: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    unknown: int = 0
    wider: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def needless_share(self) -> float:
        """The share of result columns that are masked without need, from 0 to 1."""
        return len(self.needless) / self.columns if self.columns else 0.0


def described(connection: psycopg.Connection, sql: str) -> list[ResultField]:
    """Return the columns of a statement's result as the server describes them."""
    pgconn = connection.pgconn
    prepared = pgconn.prepare(b"", sql.encode())
    if prepared.error_message:
        raise psycopg.ProgrammingError(prepared.error_message.decode())
    result = pgconn.describe_prepared(b"")
    return [
        ResultField(
            (result.fname(place) or b"").decode(),
            result.ftable(place),
            result.ftablecol(place),
            result.ftype(place),
            result.fmod(place),
        )
        for place in range(result.nfields)
    ]


def compare(
    connection: psycopg.Connection,
    catalog: Catalog,
    queries: Iterable[str],
    protected: Iterable[str],
    *,
    traced: bool = True,
) -> Compared:
    """Compare the lineage of each query's result columns.

    Args:
        connection: The database, in which each query becomes a view for a moment.
        catalog: Its snapshot.
        queries: The queries.
        protected: Base columns as `relation.column`.
        traced: Whether lineage is told which columns the server traces to tables itself.
    """
    found = Compared()
    lineage = Lineage(catalog)
    analysed = Analysed(connection)
    hidden = frozenset(protected)
    for sql in queries:
        try:
            fields = described(connection, sql)
            expected = analysed.of_query(sql, len(fields))
        except psycopg.Error as error:
            found.refused.append(f"{str(error).splitlines()[0]}: {sql[:80]}")
            continue
        if not traced:
            fields = [field._replace(relation_id=0, column_number=0) for field in fields]
        (facts,) = read(sql)
        origins = lineage.resolve(facts, fields)
        found.queries += 1
        for place, (sources, origin) in enumerate(zip(expected, origins, strict=True)):
            real = {_name(catalog, *source) for source in sources}
            told = {_spoken(column) for column in origin.columns}
            views = {name for name in told if _is_view(catalog, name)}
            at = f"column {place + 1} of {sql}"
            found.columns += 1
            found.protected += bool(real & hidden)
            if not real <= told:
                found.missed.append(f"{sorted(real - told)} in {at}")
            if not origin.known:
                found.unknown += 1
            if not (origin.known and told - views <= real):
                found.wider.append(f"{sorted(told - views - real)} in {at}")
            masked = not origin.known or bool(told & hidden)
            if masked and not real & hidden:
                found.needless.append(f"{sorted(told & hidden)} in {at}")
    return found


def _name(catalog: Catalog, relation: int, number: int) -> str:
    found = catalog.relation(relation)
    column = None if found is None else catalog.column(relation, number)
    assert found is not None
    # A dropped column has a number and no name.
    return _spoken(found.column("" if column is None else column.name))


def _spoken(column: Column) -> str:
    return f"{column.schema}.{column.relation}.{column.name}".removeprefix("public.")


def _is_view(catalog: Catalog, name: str) -> bool:
    *schema, relation, _ = name.split(".")
    return any(
        found.is_view for found in catalog.named(schema[0] if schema else "public", relation)
    )
