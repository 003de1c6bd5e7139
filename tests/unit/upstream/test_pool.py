"""The pool against a real server: sharing, cleaning, limits, the queue, and stores that fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from scrim.wire import ProtocolError
from tests.unit.upstream.holders import ALICE, BOB, Recorder, ask, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrim.protocols.postgres.dialect import PostgresDialect
    from scrim.upstream.pool import Pool

    MakePool = Callable[..., Pool]

PID = "SELECT pg_backend_pid()"


async def test_a_released_connection_serves_the_next_session(
    make_pool: MakePool, dialect: PostgresDialect
) -> None:
    pool = make_pool()
    assert pool.try_acquire(ALICE) is None
    first = await pool.acquire(ALICE)
    pid = await ask(first, dialect, PID)
    pool.release(first, clean=True)
    await until(lambda: pool.statistics.idle == 1)
    second = pool.try_acquire(BOB)
    assert second is first
    assert await ask(second, dialect, PID) == pid
    pool.release(second, clean=True)


async def test_nothing_of_a_session_reaches_the_next(
    make_pool: MakePool, dialect: PostgresDialect
) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    for sql in (
        "SET application_name = 'alice'",
        "SET search_path = pg_catalog",
        "CREATE TEMP TABLE of_alice (a int)",
        "PREPARE of_alice AS SELECT 1",
        "LISTEN of_alice",
        "SELECT pg_advisory_lock(7)",
        "DECLARE of_alice CURSOR WITH HOLD FOR SELECT 1",
    ):
        await ask(connection, dialect, sql)
    assert connection.parameters["application_name"] == "alice"
    pool.release(connection, clean=True)
    await until(lambda: pool.statistics.idle == 1)
    again = await pool.acquire(BOB)
    assert again is connection
    assert again.parameters["application_name"] != "alice"
    left = await ask(
        again,
        dialect,
        "SELECT current_setting('search_path'), to_regclass('pg_temp.of_alice'),"
        " (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors),"
        " (SELECT count(*) FROM pg_listening_channels()),"
        " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')",
    )
    assert left == [('"$user", public', None, "0", "0", "0", "0")]
    pool.release(again, clean=True)


@pytest.mark.parametrize("sql", ["BEGIN", "BEGIN; CREATE TEMP TABLE half (a int)"])
async def test_an_open_transaction_is_rolled_back(
    sql: str, make_pool: MakePool, dialect: PostgresDialect
) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    await ask(connection, dialect, sql)
    pool.release(connection, clean=True, in_transaction=True)
    await until(lambda: pool.statistics.idle == 1)
    again = await pool.acquire(BOB)
    assert again is connection
    assert await ask(again, dialect, "SELECT to_regclass('half')") == [(None,)]
    pool.release(again, clean=True)


async def test_an_unreported_transaction_fails_the_reset(
    make_pool: MakePool, dialect: PostgresDialect
) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    await ask(connection, dialect, "BEGIN")
    pool.release(connection, clean=True, in_transaction=False)
    await until(lambda: pool.statistics.open == 0)
    assert connection.closed


async def test_an_unread_answer_fails_the_reset(make_pool: MakePool) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    sql = b"SELECT 'DISCARD ALL'\0"
    connection.receiver = Recorder()
    connection.write(b"Q" + (len(sql) + 4).to_bytes(4) + sql)
    pool.release(connection, clean=True)
    await until(lambda: pool.statistics.open == 0)
    assert connection.closed


async def test_an_unclean_connection_is_closed(make_pool: MakePool) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    pool.release(connection, clean=False)
    assert connection.closed
    assert pool.statistics.open == 0
    pool.release(connection, clean=False)
    assert pool.statistics.active == 0


async def test_bytes_go_to_the_holder_and_stop_when_it_pauses(make_pool: MakePool) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    connection.receiver = recorder = Recorder()
    connection.pause_reading()
    sql = b"SELECT 1\0"
    connection.write(b"Q" + (len(sql) + 4).to_bytes(4) + sql)
    await asyncio.sleep(0.1)
    assert recorder.data == b""
    connection.resume_reading()
    await until(lambda: recorder.data.endswith(b"Z\0\0\0\x05I"))
    pool.release(connection, clean=True)


async def test_the_queue_is_served_in_order(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1)
    order: list[int] = []

    async def session(number: int) -> None:
        connection = await pool.acquire(f"user {number}")
        order.append(number)
        pool.release(connection, clean=number % 2 == 0)

    held = await pool.acquire(ALICE)
    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task(session(number))
            await asyncio.sleep(0)
        assert pool.statistics.waiting == 8
        pool.release(held, clean=True)
    assert order == list(range(8))
    assert pool.statistics.waiting == 0


async def test_waiting_ends_with_an_error(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1, wait_timeout=0.1)
    held = await pool.acquire(ALICE)
    with pytest.raises(ProtocolError, match="became free in time") as caught:
        await pool.acquire(BOB)
    assert caught.value.code == "53300"
    assert pool.statistics.waiting == 0
    pool.release(held, clean=True)
    pool.release(await pool.acquire(BOB), clean=True)


async def test_the_queue_is_bounded(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1, max_waiting=0)
    held = await pool.acquire(ALICE)
    with pytest.raises(ProtocolError, match="became free in time"):
        await pool.acquire(BOB)
    pool.release(held, clean=True)


async def test_a_principal_at_its_limit_holds_nobody_else_up(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=3, max_per_principal=1)
    held = await pool.acquire(ALICE)
    async with asyncio.TaskGroup() as tasks:
        second = tasks.create_task(pool.acquire(ALICE))
        await until(lambda: pool.statistics.waiting == 1)
        other = await pool.acquire(BOB)
        assert not second.done()
        pool.release(held, clean=True)
    pool.release(other, clean=True)
    pool.release(second.result(), clean=True)


async def test_a_client_that_leaves_the_queue_loses_nothing(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1)
    for clean in (True, False):
        held = await pool.acquire(ALICE)
        waiting = asyncio.ensure_future(pool.acquire(BOB))
        await until(lambda: pool.statistics.waiting == 1)
        pool.release(held, clean=clean)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await until(lambda: pool.statistics.waiting == 0)
        again = await pool.acquire(BOB)
        assert pool.statistics.active == 1
        assert pool.statistics.open == 1
        pool.release(again, clean=True)
        await until(lambda: pool.statistics.idle == 1)


async def test_a_turn_that_comes_as_the_client_leaves_is_given_back(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1)
    held = await pool.acquire(ALICE)
    waiting = asyncio.ensure_future(pool.acquire(BOB))
    await until(lambda: pool.statistics.waiting == 1)
    # The place is given and the waiter cancelled before it has run again.
    pool.release(held, clean=False)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert pool.statistics.active == 0
    assert pool.statistics.open == 0


async def test_a_late_cancel_never_hits_the_next_holder(
    make_pool: MakePool, dialect: PostgresDialect
) -> None:
    pool = make_pool(max_connections=1)
    for _ in range(20):
        connection = await pool.acquire(ALICE)
        async with asyncio.TaskGroup() as tasks:
            cancel = tasks.create_task(connection.cancel())
            await asyncio.sleep(0)
            pool.release(connection, clean=True)
            assert pool.statistics.idle == 0
        assert cancel.result()
        again = await pool.acquire(BOB)
        assert await ask(again, dialect, "SELECT pg_sleep(0.02)") == [("",)]
        pool.release(again, clean=True)


async def test_old_and_unused_connections_are_closed_and_some_kept_ready(
    make_pool: MakePool,
) -> None:
    pool = make_pool(min_idle=2, max_lifetime=0.2, idle_timeout=0.1)
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(pool.run())
        await until(lambda: pool.statistics.idle == 2)
        held = [await pool.acquire(ALICE) for _ in range(4)]
        await asyncio.sleep(0.3)
        for connection in held:
            pool.release(connection, clean=True)
        assert all(connection.closed for connection in held)
        await until(lambda: pool.statistics.idle == 2)
        keeper.cancel()


async def test_unused_connections_are_closed(make_pool: MakePool) -> None:
    pool = make_pool(idle_timeout=0.05)
    pool.release(await pool.acquire(ALICE), clean=True)
    await until(lambda: pool.statistics.idle == 1)
    await asyncio.sleep(0.1)
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(pool.run())
        await until(lambda: pool.statistics.open == 0)
        keeper.cancel()


async def test_draining_waits_for_holders_and_lets_nobody_in(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=2)
    held = await pool.acquire(ALICE)
    pool.release(await pool.acquire(BOB), clean=True)
    async with asyncio.TaskGroup() as tasks:
        drained = tasks.create_task(pool.drain(5))
        await until(lambda: pool.statistics.open == 1)
        with pytest.raises(ProtocolError, match="shutting down") as caught:
            await pool.acquire(BOB)
        assert caught.value.code == "57P01"
        assert not drained.done()
        pool.release(held, clean=True)
    assert pool.statistics.open == 0


async def test_draining_dismisses_the_queue_and_cuts_off_who_stays(make_pool: MakePool) -> None:
    pool = make_pool(max_connections=1)
    held = await pool.acquire(ALICE)
    waiting = asyncio.ensure_future(pool.acquire(BOB))
    await until(lambda: pool.statistics.waiting == 1)
    held.receiver = recorder = Recorder()
    await pool.drain(0.1)
    with pytest.raises(ProtocolError, match="shutting down"):
        await waiting
    await recorder.lost.wait()
    pool.release(held, clean=True)
    assert pool.statistics.active == 0


async def test_control_connections_need_no_place(
    make_pool: MakePool, dialect: PostgresDialect
) -> None:
    del dialect
    pool = make_pool(max_connections=1)
    held = await pool.acquire(ALICE)
    async with pool.control() as control:
        assert control.parameters["server_version"].startswith("15.")
        rows = await control.query("SELECT g, NULL, repeat('x', g) FROM generate_series(1, 3) g")
        assert rows == [("1", None, "x"), ("2", None, "xx"), ("3", None, "xxx")]
        assert await control.query("") == []
    pool.release(held, clean=True)


@pytest.mark.parametrize(
    ("sql", "options", "message", "code"),
    [
        ("SELECT 1/0", {}, "SQLSTATE 22012", "08006"),
        ("SELECT repeat('x', 5000)", {"max_bytes": 1000}, "impossible length", "08P01"),
        (
            "SELECT repeat('x', 900), g FROM generate_series(1, 9) g",
            {"max_bytes": 1000},
            "too large",
            "54000",
        ),
        ("SELECT pg_sleep(5)", {"timeout": 0.1}, "did not answer in time", "08006"),
        ("COPY (SELECT 1) TO STDOUT", {}, "out of step", "08006"),
    ],
)
async def test_control_answers_are_bounded(
    sql: str, options: dict[str, float], message: str, code: str, make_pool: MakePool
) -> None:
    async with make_pool().control() as control:
        with pytest.raises(ProtocolError, match=message) as caught:
            await control.query(sql, **options)  # type: ignore[arg-type]
        assert caught.value.code == code
        with pytest.raises(ProtocolError, match="was lost"):
            await control.query("SELECT 1")
