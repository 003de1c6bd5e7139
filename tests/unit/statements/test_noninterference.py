"""Two databases that differ in protected values only: where results differ, lineage must say so."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import psycopg
import pytest

from scrim.statements.facts import read
from scrim.statements.lineage import Lineage
from tests.support.postgres import create_database
from tests.unit.statements.conftest import load
from tests.unit.statements.query_generator import PROTECTED, SCHEMA, Generator
from tests.unit.statements.test_everyday_tools import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrim.domain.column import ColumnOrigin
    from tests.support.postgres import PostgresServer

WORLDS = ("one", "two")


@pytest.fixture(scope="module")
def connection(debian_postgres: PostgresServer) -> Iterator[psycopg.Connection]:
    create_database(debian_postgres, "worlds")
    for world in WORLDS:
        # Equal values stay equal and keep their order, so that only values differ.
        debian_postgres.execute(SCHEMA.format(schema=world, canary=f"canary{world}"), "worlds")
    with psycopg.connect(debian_postgres.dsn("worlds"), autocommit=True) as opened:
        yield opened


def results(connection: psycopg.Connection, sql: str, world: str) -> list[Counter[object]] | None:
    """Return the values of each column; None when the query fails."""
    # Only the query itself may take too long.
    settings = f"SET LOCAL search_path = {world}; SET LOCAL statement_timeout = '300ms'"
    connection.execute(f"BEGIN; {settings}".encode())
    try:
        rows = connection.execute(sql.encode()).fetchmany(5000)
    except psycopg.Error:
        return None
    finally:
        connection.execute("ROLLBACK")
    columns = zip(*rows, strict=True) if rows else ()
    return [Counter(str(value) for value in column) for column in columns]


def is_protected(origin: ColumnOrigin) -> bool:
    return not origin.known or any(
        f"{column.relation}.{column.name}" in PROTECTED for column in origin.columns
    )


def compare(connection: psycopg.Connection, seed: int, count: int) -> tuple[int, int, int]:
    """Run queries; return how many ran, how many columns differed, how many were masked for it."""
    lineage = Lineage(load(connection))
    generator = Generator(random.Random(seed))  # noqa: S311 - nothing secret
    ran = differing = protected = 0
    for _ in range(count):
        sql = generator.statement()
        one, two = (results(connection, sql, world) for world in WORLDS)
        if one is None or two is None or not one or not two:
            continue
        ran += 1
        (facts,) = read(sql)
        # Of either world the described columns are alike.
        connection.execute(f"SET search_path = {WORLDS[-1]}".encode())
        origins = lineage.resolve(facts, described(connection.pgconn, sql))
        for left, right, origin in zip(one, two, origins, strict=True):
            protected += is_protected(origin)
            if left != right:
                differing += 1
                assert is_protected(origin), sql
    return ran, differing, protected


def test_no_protected_value_flows_unseen(connection: psycopg.Connection) -> None:
    seed = random.randrange(2**32)  # noqa: S311 - nothing secret
    ran, differing, protected = compare(connection, seed, 300)
    assert ran > 150, seed
    assert differing > 50, seed
    # Masking what need not be masked is safe, but little of it is what makes this useful.
    assert protected < 2.5 * differing, seed


@pytest.mark.long
def test_no_protected_value_flows_unseen_in_many_queries(connection: psycopg.Connection) -> None:
    seed = int(os.environ.get("SCRIM_SEED", "1"))
    ran, _, _ = compare(connection, seed, 100_000)
    assert ran > 50_000
