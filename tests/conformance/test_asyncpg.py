"""asyncpg, which prepares everything and reads binary only."""

from __future__ import annotations

import asyncio
import io
import ssl
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.conformance.shop import LARGE_CHARACTERS, PROTECTED, SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.certificates import Authority
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")


def place(places: Places, name: str) -> Endpoint:
    endpoint: Endpoint = getattr(places, name)
    return endpoint


async def connect(
    endpoint: Endpoint, context: ssl.SSLContext | None = None
) -> asyncpg.Connection[asyncpg.Record]:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        password=endpoint.password,
        database=endpoint.database,
        ssl=context or False,
    )
    return connection


async def rows(endpoint: Endpoint, statement: str) -> list[tuple[Any, ...]]:
    connection = await connect(endpoint)
    try:
        return [tuple(row.values()) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


@pytest.mark.parametrize("who", BOTH)
async def test_clean_values_are_those_of_the_database(places: Places, who: str) -> None:
    statement = "SELECT * FROM clean ORDER BY id"
    assert repr(await rows(place(places, who), statement)) == repr(
        await rows(places.direct, statement)
    )


@pytest.mark.parametrize("column", PROTECTED)
async def test_a_protected_column_is_masked_within_its_type(places: Places, column: str) -> None:
    statement = f"SELECT {column} FROM people ORDER BY id"
    raw, masked = await rows(places.direct, statement), await rows(places.analyst, statement)
    assert_masked(masked)
    assert masked[2] == (None,)
    assert all(before != after for before, after in zip(raw[:2], masked[:2], strict=True))
    assert await rows(places.investigator, statement) == raw


async def test_values_are_masked_as_for_a_client_that_reads_text(places: Places) -> None:
    direct = await connect(places.analyst)
    try:
        in_binary = await direct.fetch("SELECT salary, born, token, points FROM people ORDER BY id")
        as_text = await direct.fetch(
            "SELECT salary::text, born::text, token::text, points::text FROM people ORDER BY id"
        )
    finally:
        await direct.close()
    assert_masked([list(row.values()) for row in (*in_binary, *as_text)])


@pytest.mark.parametrize("who", BOTH)
async def test_a_prepared_statement_is_run_many_times(places: Places, who: str) -> None:
    connection = await connect(place(places, who))
    try:
        statement = await connection.prepare("SELECT id, label FROM series WHERE id = $1")
        for number in range(1, 30):
            assert tuple((await statement.fetchrow(number) or {}).values()) == (
                number,
                f"label {number}",
            )
    finally:
        await connection.close()


@pytest.mark.parametrize("who", BOTH)
async def test_a_cursor_fetches_in_pieces(places: Places, who: str) -> None:
    connection = await connect(place(places, who))
    try:
        async with connection.transaction():
            query = "SELECT id, email FROM series ORDER BY id"
            received = [tuple(row.values()) async for row in connection.cursor(query, prefetch=37)]
    finally:
        await connection.close()
    assert [row[0] for row in received] == list(range(1, SERIES_ROWS + 1))
    if who == "analyst":
        assert_masked(received)


async def insert_twice(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    async with connection.transaction():
        await connection.execute("INSERT INTO scratch VALUES (1, 'a')")
        await connection.execute("INSERT INTO scratch VALUES (1, 'b')")


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
async def test_an_error_rolls_a_transaction_back(places: Places, who: str) -> None:
    connection = await connect(place(places, who))
    try:
        with pytest.raises(asyncpg.UniqueViolationError):
            await insert_twice(connection)
        assert await connection.fetchval("SELECT count(*) FROM scratch") == 0
    finally:
        await connection.close()


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
async def test_copy_both_ways(places: Places, who: str) -> None:
    connection = await connect(place(places, who))
    try:
        records = [(number, f"word {number}") for number in range(300)]
        await connection.copy_records_to_table("scratch", records=records)
        out = io.BytesIO()
        await connection.copy_from_query("SELECT * FROM people", output=out, format="csv")
        assert await connection.fetchval("SELECT count(*) FROM scratch") == 300
    finally:
        await connection.close()
    if who == "analyst":
        assert_masked(out.getvalue())


@pytest.mark.parametrize("who", BOTH)
async def test_a_timeout_cancels_the_statement(places: Places, who: str) -> None:
    connection = await connect(place(places, who))
    try:
        with pytest.raises(asyncio.TimeoutError):
            await connection.fetch("SELECT count(*) FROM series a, series b, series c", timeout=0.5)
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
async def test_a_large_value_goes_in_and_comes_out(places: Places, who: str) -> None:
    word = "x" * LARGE_CHARACTERS
    connection = await connect(place(places, who))
    try:
        await connection.execute("INSERT INTO scratch VALUES ($1, $2)", 1, word)
        assert await connection.fetchval("SELECT word FROM scratch") == word
    finally:
        await connection.close()


async def test_notifications_arrive(places: Places) -> None:
    arrived = asyncio.Event()
    listener, sender = await connect(places.investigator), await connect(places.investigator)
    try:
        await listener.add_listener("asyncpg_parcels", lambda *_: arrived.set())
        await sender.execute("NOTIFY asyncpg_parcels")
        await asyncio.wait_for(arrived.wait(), 10)
    finally:
        await listener.close()
        await sender.close()


async def test_a_pool_resets_its_connections(places: Places) -> None:
    endpoint = places.analyst
    async with asyncpg.create_pool(
        host=endpoint.host,
        port=endpoint.port,
        user=endpoint.user,
        password=endpoint.password,
        database=endpoint.database,
        min_size=1,
        max_size=4,
    ) as pool:
        numbers = range(1, 41)
        received = await asyncio.gather(
            *(pool.fetchval("SELECT id FROM series WHERE id = $1", number) for number in numbers)
        )
    assert received == list(numbers)


async def test_tls(places: Places, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    connection = await connect(places.analyst, context)
    try:
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()
