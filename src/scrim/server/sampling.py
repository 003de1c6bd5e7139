"""Samples the tables of a data store, with the gateway's own connection and reading only.

No table is read as a whole: a large one gives a random part of its pages, any other its first
rows, each value at most `MAX_VALUE_CHARACTERS` long. The session may not write, and the store ends
a statement that takes longer than `STATEMENT_SECONDS`.
"""

import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from scrim.config.connections import Connection
from scrim.detection.inventory import Place
from scrim.domain.column import Column
from scrim.protocols.postgres.dialect import PostgresDialect
from scrim.statements.catalog import Catalog, CatalogError, Relation
from scrim.statements.catalog_queries import LOAD
from scrim.statements.lookup import CatalogLookup
from scrim.upstream.connector import Connector
from scrim.upstream.control import ControlConnection, open_control
from scrim.upstream.target import APPLICATION_NAME, build_target
from scrim.wire import ProtocolError

STATEMENT_SECONDS: Final = 15
MAX_VALUE_CHARACTERS: Final = 2048
MAX_SAMPLE_BYTES: Final = 64 << 20
MAX_CELLS: Final = 200_000
"""Cells of one table; a wide table gives fewer rows."""
LARGE_PAGES: Final = 256
"""Pages from which on a table is sampled at random."""
SPARE_FACTOR: Final = 3
"""So many times the wanted rows are aimed at, because pages are filled unevenly."""
TABLE_KINDS: Final = frozenset({"r", "p", "m", "f"})
UNREAD_KINDS: Final = frozenset({"bytea", "bool", "vector", "halfvec", "sparsevec", "tsvector"})
"""Kinds of types whose values say nothing; their columns are judged by their names."""
TELLING: Final = frozenset({"08", "42", "55", "57"})
"""Classes of errors that speak of connections, rights, locks and time, never of a value."""
SYSTEM_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema"})
PARAMETERS: Final = (
    ("application_name", f"{APPLICATION_NAME} scan"),
    ("client_encoding", "UTF8"),
    ("default_transaction_read_only", "on"),
    ("statement_timeout", f"{STATEMENT_SECONDS * 1000}"),
    ("lock_timeout", "2000"),
    ("standard_conforming_strings", "on"),
)
_PAGES: Final = (
    "SELECT c.oid::bigint::text, c.relpages::text, c.reltuples::bigint::text "
    "FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm') AND c.relpages > 0"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a data store is looked at.

    Attributes:
        schemas: Names of schemas, all of them when empty.
        only: Names of tables, or patterns such as `public.cust*`; all of them when empty.
        rows: Rows of each table.
    """

    schemas: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    rows: int = 1000

    def wants(self, relation: Relation) -> bool:
        """Whether a relation is looked at."""
        if relation.kind not in TABLE_KINDS or relation.schema in SYSTEM_SCHEMAS:
            return False
        if self.schemas and relation.schema not in self.schemas:
            return False
        names = (relation.name, f"{relation.schema}.{relation.name}")
        return not self.only or any(fnmatchcase(n, one) for one in self.only for n in names)


@dataclass(frozen=True, slots=True)
class TableSample:
    """Some rows of one table.

    Attributes:
        places: Its columns.
        rows: The rows; empty when it is empty or could not be read.
        problem: Why it could not be read, empty when it could.
    """

    places: tuple[Place, ...]
    rows: list[tuple[str | None, ...]]
    problem: str = ""


async def sample_tables(
    settings: Connection, selection: Selection, on_count: Callable[[int], None]
) -> AsyncIterator[TableSample]:
    """Yield a sample of each table of a data store.

    Args:
        settings: The connection in scrim.yaml.
        selection: What is looked at.
        on_count: Told how many tables there are.

    Raises:
        ProtocolError: If the data store cannot be reached.
        SecretError: If the password cannot be read.
    """
    async with AsyncExitStack() as stack:
        session = _Session(settings, stack)
        lookup = CatalogLookup(await _catalog(session))
        pages = {
            int(row[0] or 0): (int(row[1] or 0), int(row[2] or 0))
            for row in await session.query(_PAGES)
        }
        tables = sorted(_wanted(lookup.catalog, selection), key=lambda one: (one.schema, one.name))
        on_count(len(tables))
        for relation in tables:
            places = _places(lookup, relation)
            try:
                rows = await _sample(session, relation, places, selection.rows, pages)
            except ProtocolError as error:
                yield TableSample(places, [], _reason(error))
                continue
            yield TableSample(places, rows)


class _Session:
    """A control connection that is opened anew after a statement that the store refused."""

    def __init__(self, settings: Connection, stack: AsyncExitStack) -> None:
        self._dialect = PostgresDialect(secrets.token_bytes)
        target = build_target(settings.upstream, os.environ, PARAMETERS)
        self._connector = Connector(target, self._dialect, time.monotonic)
        self._stack = stack
        self._control: ControlConnection | None = None

    async def query(self, sql: str) -> list[tuple[str | None, ...]]:
        if self._control is None:
            opened = open_control(self._connector, self._dialect)
            self._control = await self._stack.enter_async_context(opened)
        try:
            return await self._control.query(
                sql, timeout=STATEMENT_SECONDS + 5, max_bytes=MAX_SAMPLE_BYTES
            )
        except ProtocolError:
            self._control = None
            await self._stack.aclose()
            raise


def _reason(error: ProtocolError) -> str:
    """Return why a table could not be read, without what the store may say of its values."""
    told = error.message if error.code[:2] in TELLING else "the data store refused it"
    return f"{told} ({error.code})"


async def _catalog(session: _Session) -> Catalog:
    rows = await session.query(LOAD)
    try:
        return Catalog.from_json((rows[0][0] if rows and rows[0] else None) or "")
    except CatalogError as error:
        raise ProtocolError(str(error), "XX000") from None


def _wanted(catalog: Catalog, selection: Selection) -> Iterable[Relation]:
    """Yield what is looked at; a partitioned table stands for its partitions."""
    for relation in catalog.relations():
        parents = (catalog.relation(parent) for parent in catalog.parents(relation.id))
        if any(parent is not None and parent.kind == "p" for parent in parents):
            continue
        if selection.wants(relation):
            yield relation


def _places(lookup: CatalogLookup, relation: Relation) -> tuple[Place, ...]:
    columns = lookup.catalog.columns(relation.id)
    siblings = tuple(column.name for column in columns)
    places = []
    for one in columns:
        column = Column(relation.schema, relation.name, one.name)
        name = lookup.catalog.types.name(one.type_id)
        places.append(Place(column, name, lookup.kind_of(column), siblings))
    return tuple(places)


async def _sample(
    session: _Session,
    relation: Relation,
    places: tuple[Place, ...],
    wanted: int,
    pages: dict[int, tuple[int, int]],
) -> list[tuple[str | None, ...]]:
    if not places:
        return []
    rows = max(1, min(wanted, MAX_CELLS // len(places)))
    listed = ", ".join(_expression(place) for place in places)
    source = f"{quoted(relation.schema)}.{quoted(relation.name)}"
    size, tuples = pages.get(relation.id, (0, 0))
    if relation.kind in {"r", "m"} and size >= LARGE_PAGES and tuples > 0:
        share = min(100.0, max(100.0 * SPARE_FACTOR * rows / tuples, 100.0 / size))
        sql = f"SELECT {listed} FROM {source} TABLESAMPLE SYSTEM ({share:.6f}) LIMIT {rows}"  # noqa: S608 - quoted names
        found = await session.query(sql)
        if len(found) >= min(rows, tuples) / 2:
            return found
    return await session.query(f"SELECT {listed} FROM {source} LIMIT {rows}")  # noqa: S608 - quoted names


def _expression(place: Place) -> str:
    if place.kind in UNREAD_KINDS:
        return "NULL::text"
    name = quoted(place.column.name)
    return f"pg_catalog.left({name}::text, {MAX_VALUE_CHARACTERS})"


def quoted(identifier: str) -> str:
    """Return an identifier as SQL takes it whatever is in it."""
    return '"' + identifier.replace('"', '""') + '"'
