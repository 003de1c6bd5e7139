"""Peers that vanish, crawl, hang, die and talk nonsense: what the gateway does then.

Each test keeps a bystander, another client's session, which must notice nothing; and in the end
the gateway must hold no more sockets and no more upstream work than before.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.fault_proxy import Fault, FaultProxy, Faults
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database, embedded_server
from tests.support.processes import open_descriptors, resident_kilobytes
from tests.support.raw_client import RawClient, RawClientError, message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.support.fault_proxy import Kind
    from tests.support.postgres import PostgresServer

DATABASE = "faults"
CANARY = "vxqkzmarker"
ANALYST = User("analyst@example.com", ("analysts",))
SCHEMA = f"""
CREATE TABLE people (id int PRIMARY KEY, email text, padding text);
INSERT INTO people SELECT i, '{CANARY}' || i || '@corp.example.org', repeat('y', 1000)
FROM generate_series(1, 20000) AS i;
"""
TAGS = {
    "public.people.id": ["public"],
    "public.people.padding": ["public"],
    "public.people.email": ["contact.email"],
}
ALL_ROWS = "SELECT id, email, padding FROM people"
ONE_ROW = "SELECT id, email FROM people WHERE id = 7"
SETTLE_S = 10.0
CLIENT_PATIENCE_S = 25.0
LIMITS = {"startup_timeout_ms": 2000, "shutdown_timeout_ms": 2000}
POOL = {"max_connections": 8, "max_per_principal": 8, "wait_timeout_ms": 3000}
SPARE_DESCRIPTORS = 4
FLAT_KILOBYTES = 64 * 1024
# What the gateway says about a store that is gone, broken, or does not answer.
UPSTREAM_CODES = {"08006", "08001", "08000", "08004", "08P01", "57P01", "57P02", "57P03", "53300"}


@dataclass(slots=True)
class Scene:
    """A server, a proxy behind the gateway, the gateway, and a proxy before it.

    Attributes:
        server: PostgreSQL.
        behind: The proxy between the gateway and PostgreSQL.
        gateway: The gateway.
        before: The proxy between clients and the gateway.
    """

    server: PostgresServer
    behind: FaultProxy
    gateway: GatewayProcess
    before: FaultProxy

    def endpoint(self, port: int | None = None) -> Endpoint:
        port = port or self.gateway.port
        return Endpoint("scrim", "127.0.0.1", port, DATABASE, ANALYST.name, ANALYST.password)

    def running_statements(self) -> int:
        text = self.server.execute(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DATABASE}' "
            "AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return int(text)

    def sessions(self) -> int:
        text = self.server.execute(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DATABASE}'"
        )
        return int(text)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own, because it is restarted."""
    with embedded_server() as postgres:
        create_database(postgres, DATABASE)
        postgres.execute(SCHEMA, DATABASE)
        yield postgres


@pytest.fixture
async def scene(server: PostgresServer) -> AsyncIterator[Scene]:
    """The whole way, healthy at first."""
    async with FaultProxy(server.port) as behind:
        store = Store(behind.port, DATABASE, "postgres", server.password, TAGS, {"pool": POOL})
        gateway = GatewayProcess({DATABASE: store}, [ANALYST], settings={"limits": LIMITS})
        await asyncio.to_thread(gateway.start)
        try:
            async with FaultProxy(gateway.port) as before:
                yield Scene(server, behind, gateway, before)
        finally:
            await asyncio.to_thread(gateway.stop)


@contextlib.asynccontextmanager
async def undisturbed(scene: Scene) -> AsyncIterator[None]:
    """Keep another session at work meanwhile, and look for leaks at the end."""
    bystander = RawClient(scene.endpoint())
    await asyncio.to_thread(bystander.open)
    await asyncio.to_thread(bystander.query, ONE_ROW)
    descriptors = open_descriptors(scene.gateway.pid)
    try:
        yield
        assert len(await asyncio.to_thread(bystander.query, ONE_ROW)) == 1
        # Pooled upstream sessions may stay; each is one socket.
        allowed = descriptors + SPARE_DESCRIPTORS + POOL["max_connections"]
        await eventually(lambda: open_descriptors(scene.gateway.pid) <= allowed)
        await eventually(lambda: scene.running_statements() == 0)
        assert scene.sessions() <= POOL["max_connections"]
    finally:
        bystander.close()
    assert CANARY.encode() not in bystander.received


async def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it did not settle in time"
        await asyncio.sleep(0.1)


def read_all(endpoint: Endpoint, sql: str = ALL_ROWS) -> tuple[bytes, Exception | None]:
    """Return every byte that arrived, and how it ended."""
    client = RawClient(endpoint, timeout_s=CLIENT_PATIENCE_S)
    error: Exception | None = None
    try:
        client.open()
        client.query(sql)
    except (RawClientError, OSError) as problem:
        error = problem
    finally:
        client.close()
    return bytes(client.received), error


@pytest.mark.parametrize("kind", ["cut", "reset"])
async def test_clients_that_vanish_mid_row_leave_nothing_behind(scene: Scene, kind: Kind) -> None:
    scene.before.faults = Faults(to_client=Fault(kind, after=300_000))
    async with undisturbed(scene):
        for _ in range(12):
            received, error = await asyncio.to_thread(read_all, scene.endpoint(scene.before.port))
            assert error is not None
            assert CANARY.encode() not in received


async def test_a_client_that_reads_slowly_holds_back_only_itself(scene: Scene) -> None:
    scene.before.planned.append(Faults(to_client=Fault("stall", after=100_000)))
    async with undisturbed(scene):
        slow = asyncio.create_task(  # noqa: TID251 - awaited below, whatever happens
            asyncio.to_thread(read_all, scene.endpoint(scene.before.port))
        )
        await asyncio.sleep(1)
        before = resident_kilobytes(scene.gateway.pid)
        for _ in range(20):
            received, error = await asyncio.to_thread(read_all, scene.endpoint(), ONE_ROW)
            assert error is None
            assert CANARY.encode() not in received
        # Twenty megabytes wait for the slow client: in PostgreSQL, not in the gateway.
        assert resident_kilobytes(scene.gateway.pid) - before < FLAT_KILOBYTES
        scene.before.release()
        received, error = await slow
        assert error is None
        assert len(received) > 20_000_000
        assert CANARY.encode() not in received


@pytest.mark.parametrize("direction", ["to_server", "to_client"])
async def test_a_session_works_one_byte_at_a_time(scene: Scene, direction: str) -> None:
    scene.before.planned.append(Faults(**{direction: Fault("trickle")}))
    async with undisturbed(scene):
        received, error = await asyncio.to_thread(
            read_all, scene.endpoint(scene.before.port), ONE_ROW
        )
        assert error is None
        assert CANARY.encode() not in received


async def test_an_upstream_that_sends_one_byte_at_a_time_is_understood(scene: Scene) -> None:
    # The bystander has the catalog read and keeps the healthy upstream session.
    async with undisturbed(scene):
        scene.behind.faults = Faults(to_client=Fault("trickle"))
        await read_one_row(scene)


async def test_a_slow_network_on_both_sides_is_only_slow(scene: Scene) -> None:
    slow = Faults(Fault("delay", seconds=0.02), Fault("delay", seconds=0.02))
    scene.behind.faults = scene.before.faults = slow
    async with undisturbed(scene):
        received, error = await asyncio.to_thread(
            read_all, scene.endpoint(scene.before.port), ONE_ROW
        )
        assert error is None
        assert CANARY.encode() not in received


async def test_a_client_too_slow_to_sign_in_is_disconnected(scene: Scene) -> None:
    scene.before.planned.append(Faults(to_server=Fault("trickle", seconds=1.0)))
    async with undisturbed(scene):
        started = time.monotonic()
        _, error = await asyncio.to_thread(read_all, scene.endpoint(scene.before.port), ONE_ROW)
        assert error is not None
        assert time.monotonic() - started < LIMITS["startup_timeout_ms"] / 1000 + SETTLE_S


@pytest.mark.parametrize("kind", ["garbage", "truncate", "half close", "cut", "reset"])
async def test_nonsense_from_a_client_ends_its_session_only(scene: Scene, kind: Kind) -> None:
    async with undisturbed(scene):
        for after in (0, 3, 40, 150, 400):
            scene.before.planned.append(Faults(to_server=Fault(kind, after=after)))
            work = asyncio.to_thread(read_all, scene.endpoint(scene.before.port), ONE_ROW)
            reading = asyncio.ensure_future(work)
            with contextlib.suppress(TimeoutError):
                # A truncated message leaves a signed-in client waiting, as PostgreSQL would.
                received, _ = await asyncio.wait_for(asyncio.shield(reading), 4)
                assert CANARY.encode() not in received
            scene.before.cut_all()
            await reading


@pytest.mark.parametrize("kind", ["cut", "reset", "garbage", "half close"])
async def test_a_broken_upstream_gives_a_clear_end_and_no_raw_byte(
    scene: Scene, kind: Kind
) -> None:
    async with undisturbed(scene):
        for after in (0, 5, 200, 100_000):
            scene.behind.faults = Faults(to_client=Fault(kind, after=after))
            for _ in range(3):
                received, error = await asyncio.to_thread(read_all, scene.endpoint())
                assert CANARY.encode() not in received
                if isinstance(error, RawClientError) and error.code:
                    assert error.code in UPSTREAM_CODES
            scene.behind.faults = Faults()
            await eventually(lambda: read_all(scene.endpoint(), ONE_ROW)[1] is None)


async def test_an_upstream_that_hangs_is_not_waited_for_at_sign_in(scene: Scene) -> None:
    async with undisturbed(scene):
        scene.behind.faults = Faults(to_client=Fault("stall"))
        started = time.monotonic()
        for _ in range(2):
            received, _ = await asyncio.to_thread(read_all, scene.endpoint(), ONE_ROW)
            assert CANARY.encode() not in received
        assert time.monotonic() - started < 40
        scene.behind.faults = Faults()
        scene.behind.release()
        await eventually(lambda: read_all(scene.endpoint(), ONE_ROW)[1] is None)


async def test_a_client_can_leave_a_hanging_upstream(scene: Scene) -> None:
    async with undisturbed(scene):
        scene.behind.faults = Faults(to_client=Fault("stall", after=50_000))
        client = RawClient(scene.endpoint())
        with contextlib.suppress(RawClientError):
            await asyncio.to_thread(client.open)
            client.send(message(b"Q", ALL_ROWS.encode() + b"\0"))
            await asyncio.sleep(0.5)
        client.close()
        scene.behind.faults = Faults()
        scene.behind.release()
        await read_one_row(scene)


async def test_sessions_end_clearly_when_the_upstream_restarts(scene: Scene) -> None:
    victim = RawClient(scene.endpoint())
    await asyncio.to_thread(victim.open)
    await asyncio.to_thread(victim.query, ONE_ROW)
    # Not in another thread: the server ends with the thread that started it.
    scene.server.restart(immediately=True)
    with pytest.raises((RawClientError, OSError)) as caught:
        await asyncio.to_thread(victim.query, ONE_ROW)
    victim.close()
    code = getattr(caught.value, "code", "")
    assert code == "" or code in UPSTREAM_CODES
    await eventually(lambda: read_all(scene.endpoint(), ONE_ROW)[1] is None)
    assert CANARY.encode() not in victim.received


async def test_an_upstream_that_is_away_gives_an_error_and_comes_back(scene: Scene) -> None:
    scene.server.stop(keep=True)
    try:
        with pytest.raises(psycopg.OperationalError):
            await asyncio.to_thread(one_row_by_psycopg, scene.endpoint())
    finally:
        scene.server.start()
    await eventually(lambda: read_all(scene.endpoint(), ONE_ROW)[1] is None)


async def test_more_clients_than_upstream_sessions_wait_and_then_are_refused(scene: Scene) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(POOL["max_connections"]):
            client = RawClient(scene.endpoint())
            await asyncio.to_thread(client.open)
            stack.callback(client.close)
            await asyncio.to_thread(client.query, ONE_ROW)
        started = time.monotonic()
        _, error = await asyncio.to_thread(read_all, scene.endpoint(), ONE_ROW)
        assert isinstance(error, RawClientError)
        assert error.code.startswith("53") or error.code in UPSTREAM_CODES
        assert time.monotonic() - started >= POOL["wait_timeout_ms"] / 1000 - 0.5
    await eventually(lambda: read_all(scene.endpoint(), ONE_ROW)[1] is None)


def one_row_by_psycopg(endpoint: Endpoint) -> None:
    with psycopg.connect(endpoint.conninfo()) as connection:
        connection.execute(ONE_ROW.encode())


async def read_one_row(scene: Scene) -> None:
    received, error = await asyncio.to_thread(read_all, scene.endpoint(), ONE_ROW)
    assert error is None
    assert CANARY.encode() not in received
