"""psycopg 3 on asyncio, and its connection pool."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from tests.conformance.shop import SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")


def place(places: Places, name: str) -> Endpoint:
    endpoint: Endpoint = getattr(places, name)
    return endpoint


async def rows(endpoint: Endpoint, statement: str, *, binary: bool = False) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(endpoint.conninfo()) as connection:
        cursor = connection.cursor(binary=binary)
        await cursor.execute(statement.encode())
        return await cursor.fetchall()


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("who", BOTH)
async def test_clean_values_are_those_of_the_database(
    places: Places, who: str, binary: bool
) -> None:
    statement = "SELECT * FROM clean ORDER BY id"
    expected = await rows(places.direct, statement, binary=binary)
    assert repr(await rows(place(places, who), statement, binary=binary)) == repr(expected)


async def test_protected_values_are_masked_for_the_analyst_only(places: Places) -> None:
    statement = "SELECT * FROM people ORDER BY id"
    assert_masked(await rows(places.analyst, statement))
    assert await rows(places.investigator, statement) == await rows(places.direct, statement)


async def test_many_connections_of_a_pool_work_at_one_time(places: Places) -> None:
    async def one(pool: AsyncConnectionPool[Any], number: int) -> int:
        async with pool.connection() as connection:
            cursor = await connection.execute("SELECT id FROM series WHERE id = %s", (number,))
            row = await cursor.fetchone()
            return int(row[0])

    conninfo = places.analyst.conninfo()
    async with AsyncConnectionPool(conninfo, min_size=2, max_size=8, open=False) as pool:
        received = await asyncio.gather(*(one(pool, number) for number in range(1, 101)))
    assert received == list(range(1, 101))


@pytest.mark.parametrize("who", BOTH)
async def test_a_server_side_cursor_fetches_in_pieces(places: Places, who: str) -> None:
    endpoint = place(places, who)
    async with (
        await psycopg.AsyncConnection.connect(endpoint.conninfo()) as connection,
        connection.cursor(name="pieces") as cursor,
    ):
        cursor.itersize = 100
        await cursor.execute("SELECT email FROM series")
        received = [row async for row in cursor]
    assert len(received) == SERIES_ROWS
    if who == "analyst":
        assert_masked(received)


@pytest.mark.parametrize("who", BOTH)
async def test_copy_out(places: Places, who: str) -> None:
    endpoint = place(places, who)
    async with (
        await psycopg.AsyncConnection.connect(endpoint.conninfo()) as connection,
        connection.cursor().copy("COPY people TO STDOUT") as copy,
    ):
        text = b"".join([bytes(block) async for block in copy])
    assert text.count(b"\n") == 3
    if who == "analyst":
        assert_masked(text)


@pytest.mark.parametrize("who", BOTH)
async def test_a_cancelled_task_cancels_the_statement(places: Places, who: str) -> None:
    endpoint = place(places, who)
    async with await psycopg.AsyncConnection.connect(
        endpoint.conninfo(), autocommit=True
    ) as connection:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await connection.execute("SELECT count(*) FROM series a, series b, series c")
        cursor = await connection.execute("SELECT 1")
        assert await cursor.fetchone() == (1,)


@pytest.mark.parametrize("who", BOTH)
async def test_a_pipeline_keeps_its_order(places: Places, who: str) -> None:
    endpoint = place(places, who)
    async with (
        await psycopg.AsyncConnection.connect(endpoint.conninfo()) as connection,
        connection.pipeline(),
    ):
        cursors = [
            await connection.execute("SELECT id FROM series WHERE id = %s", (number,))
            for number in range(1, 31)
        ]
        received = [await cursor.fetchone() for cursor in cursors]
    assert received == [(number,) for number in range(1, 31)]
