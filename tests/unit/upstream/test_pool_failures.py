"""The pool and stores that kill sessions, restart, hang and are down."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scrim.upstream.target import Target
from scrim.wire import ProtocolError, UpstreamLogin
from tests.support.postgres import tls_server
from tests.unit.upstream.conftest import target_of
from tests.unit.upstream.holders import ALICE, Recorder, ask, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrim.protocols.postgres.dialect import PostgresDialect
    from scrim.upstream.pool import Pool
    from tests.support.certificates import Authority
    from tests.support.postgres import PostgresServer

    MakePool = Callable[..., Pool]


async def test_a_killed_idle_session_is_dropped_at_once(
    make_pool: MakePool, debian_postgres: PostgresServer
) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    pool.release(connection, clean=True)
    await until(lambda: pool.statistics.idle == 1)
    debian_postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'by_scram'"
    )
    await until(lambda: pool.statistics.open == 0)
    assert connection.closed
    pool.release(await pool.acquire(ALICE), clean=True)


async def test_the_holder_learns_that_its_session_is_gone(
    make_pool: MakePool, debian_postgres: PostgresServer
) -> None:
    pool = make_pool()
    connection = await pool.acquire(ALICE)
    connection.receiver = recorder = Recorder()
    debian_postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'by_scram'"
    )
    await recorder.lost.wait()
    assert b"57P01" in recorder.data
    assert pool.statistics.active == 1
    pool.release(connection, clean=False)
    assert pool.statistics.active == 0


async def test_a_cancel_of_unknown_fate_retires_the_connection(
    make_pool: MakePool, authority: Authority
) -> None:
    with tls_server(authority) as server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        pool = make_pool(target_of(server, login=login))
        connection = await pool.acquire(ALICE)
        server.stop(keep=True, immediately=True)
        assert not await connection.cancel()
        pool.release(connection, clean=True)
        assert pool.statistics.idle == 0


async def test_a_store_that_hangs_during_the_reset(
    make_pool: MakePool, authority: Authority
) -> None:
    with tls_server(authority) as server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        target = target_of(server, login=login, connect_timeout=0.5)
        pool = make_pool(target, reset_timeout=0.2)
        connection = await pool.acquire(ALICE)
        stop_backend(server, signal.SIGSTOP)
        pool.release(connection, clean=True)
        await until(lambda: pool.statistics.open == 0)
        stop_backend(server, signal.SIGCONT)


def stop_backend(server: PostgresServer, number: signal.Signals) -> None:
    """Send a signal to every process of a server."""
    listed = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in [server.pid, *map(int, listed)]:
        os.kill(pid, number)


async def test_signs_of_life_find_a_store_that_hangs(
    make_pool: MakePool, authority: Authority
) -> None:
    with tls_server(authority) as server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        pool = make_pool(target_of(server, login=login), ping_interval=0, reset_timeout=0.2)
        pool.release(await pool.acquire(ALICE), clean=True)
        await until(lambda: pool.statistics.idle == 1)
        async with asyncio.TaskGroup() as tasks:
            keeper = tasks.create_task(pool.run())
            await asyncio.sleep(0.1)
            await until(lambda: pool.statistics.idle == 1)
            stop_backend(server, signal.SIGSTOP)
            await until(lambda: pool.statistics.open == 0)
            stop_backend(server, signal.SIGCONT)
            keeper.cancel()


async def test_a_restart_of_the_store_is_survived(
    make_pool: MakePool, authority: Authority, dialect: PostgresDialect
) -> None:
    with tls_server(authority) as server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        pool = make_pool(target_of(server, login=login))
        for immediately in (False, True):
            pool.release(await pool.acquire(ALICE), clean=True)
            await until(lambda: pool.statistics.idle == 1)
            await asyncio.to_thread(server.restart, immediately=immediately)
            await until(lambda: pool.statistics.idle == 0)
            connection = await pool.acquire(ALICE)
            assert await ask(connection, dialect, "SELECT 1") == [("1",)]
            pool.release(connection, clean=True)
            await until(lambda: pool.statistics.idle == 1)


async def test_a_store_that_is_down_is_left_in_peace(
    make_pool: MakePool, unused_tcp_port: int
) -> None:
    pool = make_pool(Target("127.0.0.1", unused_tcp_port, UpstreamLogin("u", "d")))
    before = pool.healthy
    codes = set()
    for _ in range(50):
        with pytest.raises(ProtocolError) as caught:
            await pool.acquire(ALICE)
        codes.add(caught.value.code)
    assert codes == {"08006"}
    assert pool.statistics.failed < 10
    assert (before, pool.healthy) == (True, False)
    assert pool.statistics.open == 0
    assert pool.statistics.active == 0
