"""`scrim serve` before a real PostgreSQL: reloads, drains, crashes, cancels, overload."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import psycopg
import pytest

from scrim.server.store import REFRESH_PAUSE_SECONDS
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import POLICIES, GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database, embedded_server
from tests.support.raw_client import RawClient, RawClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "serve"
ANALYST = User("analyst@example.com", ("analysts",))
INVESTIGATOR = User("investigator@example.com", ("investigators",))
EMAIL = "ana@" + "corp.example.org"
SCHEMA = f"""
CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO people VALUES (1, '{EMAIL}');
"""
TAGS = {"public.people.email": ["contact.email"]}
LOOK = "SELECT email FROM people WHERE id = 1"
LIMITS: dict[str, Any] = {"shutdown_timeout_ms": 10_000}
SETTLE_S = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own, because it is stopped."""
    with embedded_server() as postgres:
        create_database(postgres, DATABASE)
        postgres.execute(SCHEMA, DATABASE)
        yield postgres


def gateway_before(
    server: PostgresServer,
    workers: int = 1,
    **settings: Any,  # noqa: ANN401 - a YAML document
) -> GatewayProcess:
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
    users = [ANALYST, INVESTIGATOR]
    return GatewayProcess(
        {DATABASE: store}, users, workers=workers, settings={"limits": LIMITS, **settings}
    )


@pytest.fixture
def gateway(server: PostgresServer) -> Iterator[GatewayProcess]:
    with gateway_before(server) as running:
        yield running


@pytest.fixture
def two_workers(server: PostgresServer) -> Iterator[GatewayProcess]:
    with gateway_before(server, workers=2) as running:
        eventually(lambda: served(running))
        yield running


def raw_client(gateway: GatewayProcess) -> RawClient:
    name, password = ANALYST.name, ANALYST.password
    return RawClient(Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, name, password))


def connect(gateway: GatewayProcess, user: User = ANALYST) -> psycopg.Connection[Any]:
    endpoint = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password)
    return psycopg.connect(
        endpoint.conninfo(), autocommit=True, connect_timeout=20, prepare_threshold=None
    )


def look(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(LOOK).fetchone()
    assert row is not None
    return str(row[0])


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def worker_processes(gateway: GatewayProcess) -> set[int]:
    """Return the processes of the workers that run."""
    found = set()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            line = (folder / "cmdline").read_bytes().split(b"\0")
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if b"scrim.server.worker" in line and int(status[1]) == gateway.pid:
                found.add(int(folder.name))
    return found


def worker_of(connection: psycopg.Connection[Any]) -> int:
    """Return the index of the worker that serves a session."""
    return connection.info.backend_pid >> 23


def page(gateway: GatewayProcess, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{gateway.admin_port}{path}"
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def served(gateway: GatewayProcess) -> bool:
    try:
        return page(gateway, "/readyz")[0] == 200
    except OSError:
        return False


def test_a_reload_under_load_drops_nobody_and_takes_effect(two_workers: GatewayProcess) -> None:
    gateway, stop = two_workers, threading.Event()

    def keep_asking() -> set[str]:
        seen = set()
        with connect(gateway) as connection:
            while not stop.is_set():
                seen.add(look(connection))
        return seen

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(keep_asking) for _ in range(6)]
        try:
            with connect(gateway) as watcher:
                assert look(watcher) != EMAIL
                unmask = 'permit(principal, action == Action::"unmask", resource);'
                (gateway.directory / "policies" / "scrim.cedar").write_text(POLICIES + unmask)
                gateway.reload()
                eventually(lambda: look(watcher) == EMAIL)
                time.sleep(0.3)
        finally:
            stop.set()
        for answers in asking:
            seen = answers.result()
            assert EMAIL in seen
            assert len(seen) == 2


def test_a_reload_holds_for_statements_that_were_prepared_before(gateway: GatewayProcess) -> None:
    def look_prepared() -> str:
        row = prepared.execute(LOOK, prepare=True).fetchone()
        assert row is not None
        return str(row[0])

    policies = gateway.directory / "policies" / "scrim.cedar"
    unmask = 'permit(principal, action == Action::"unmask", resource);'
    policies.write_text(POLICIES + unmask)
    gateway.reload()
    with connect(gateway) as watcher:
        eventually(lambda: look(watcher) == EMAIL)
        with connect(gateway) as prepared:
            assert look_prepared() == EMAIL
            policies.write_text(POLICIES)
            gateway.reload()
            eventually(lambda: look(watcher) != EMAIL)
            assert look_prepared() != EMAIL


def test_a_prepared_statement_loses_raw_access_and_permission_with_its_principal(
    gateway: GatewayProcess,
) -> None:
    def look_prepared(connection: psycopg.Connection[Any]) -> str:
        row = connection.execute(LOOK, prepare=True).fetchone()
        assert row is not None
        return str(row[0])

    with connect(gateway, INVESTIGATOR) as raw, connect(gateway) as refused:
        for _ in range(4):
            assert look_prepared(raw) == EMAIL
            assert look_prepared(refused) != EMAIL
        (gateway.directory / "policies" / "scrim.cedar").write_text("""
            permit(principal, action == Action::"connect", resource);
            permit(
                principal in Group::"investigators",
                action in [Action::"select", Action::"filter"],
                resource
            );
        """)
        gateway.reload()
        eventually(lambda: look(raw) != EMAIL)
        assert look_prepared(raw) != EMAIL
        assert look_prepared(raw) != EMAIL
        for _ in range(2):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                look_prepared(refused)


def test_sessions_that_name_what_is_not_there_wait_for_one_catalog_together(
    gateway: GatewayProcess,
) -> None:
    asking = 12

    def name_something_new(number: int, started: threading.Barrier) -> float:
        with connect(gateway) as connection:
            look(connection)
            started.wait(20)
            began = time.monotonic()
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.execute(f"SELECT * FROM nothing_{number}")
            return time.monotonic() - began

    alone = name_something_new(asking, threading.Barrier(1))
    started = threading.Barrier(asking)
    with concurrent.futures.ThreadPoolExecutor(asking) as pool:
        waits = [pool.submit(name_something_new, n, started) for n in range(asking)]
        longest = max(wait.result() for wait in waits)
    # A load of its own for each would take as many pauses between two loads.
    assert longest < (alone + REFRESH_PAUSE_SECONDS) * asking / 3


def test_a_bad_configuration_is_refused_in_words_and_nothing_changes(
    gateway: GatewayProcess,
) -> None:
    with connect(gateway) as connection:
        masked = look(connection)
        text = gateway.configuration.read_text()
        gateway.configuration.write_text(text + "surprise: 1\n")
        gateway.reload()
        eventually(lambda: "the old one stays in use" in gateway.log_text())
        assert "surprise" in gateway.log_text()
        assert look(connection) == masked
        (gateway.directory / "policies" / "scrim.cedar").write_text("permit (nonsense")
        gateway.configuration.write_text(text)
        gateway.reload()
        eventually(lambda: gateway.log_text().count("the old one stays in use") == 2)
        assert look(connection) == masked


@pytest.mark.parametrize("looks", [1, 5], ids=["fresh", "linked"])
def test_stopping_ends_idle_sessions_and_lets_transactions_end(
    server: PostgresServer, looks: int
) -> None:
    with gateway_before(server) as gateway, raw_client(gateway) as idle:
        busy = connect(gateway, INVESTIGATOR)
        for _ in range(looks):
            idle.query(LOOK)
        busy.execute("BEGIN")
        busy.execute("CREATE TEMP TABLE kept (n int)")
        os.kill(gateway.pid, signal.SIGTERM)
        # Not asked by a statement: libpq drops an error that comes right behind an answer.
        with pytest.raises(RawClientError, match="57P01"):
            list(idle.rows())
        busy.execute("INSERT INTO kept VALUES (1)")
        assert busy.execute("SELECT n FROM kept").fetchone() == (1,)
        busy.execute("COMMIT")
        with pytest.raises(psycopg.OperationalError):
            connect(gateway)
        eventually(lambda: not gateway.running)
        with pytest.raises(psycopg.OperationalError):
            look(busy)
        busy.close()


def test_stopping_waits_for_a_running_statement(server: PostgresServer) -> None:
    with (
        gateway_before(server) as gateway,
        connect(gateway, INVESTIGATOR) as connection,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        sleeping = pool.submit(connection.execute, "SELECT 7 FROM pg_sleep(1.5)")
        time.sleep(0.5)
        os.kill(gateway.pid, signal.SIGTERM)
        assert sleeping.result(timeout=SETTLE_S).fetchone() == (7,)
        eventually(lambda: not gateway.running)


def test_a_crashed_worker_takes_only_its_own_clients_with_it(two_workers: GatewayProcess) -> None:
    gateway = two_workers
    sessions = [connect(gateway) for _ in range(24)]
    assert {worker_of(session) for session in sessions} == {0, 1}
    before = worker_processes(gateway)
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    fate: dict[int, set[bool]] = {0: set(), 1: set()}
    for session in sessions:
        try:
            fate[worker_of(session)].add(look(session) != EMAIL)
        except psycopg.OperationalError:
            fate[worker_of(session)].add(False)
        session.close()
    assert sorted(fate.values(), key=sorted) == [{False}, {True}]
    eventually(lambda: len(worker_processes(gateway) - {victim}) == 2)
    eventually(lambda: served(gateway))
    with connect(gateway) as fresh:
        assert look(fresh) != EMAIL
    assert "signal SIGKILL" in gateway.log_text()


def test_a_cancel_request_finds_its_session_in_whichever_worker(
    two_workers: GatewayProcess,
) -> None:
    gateway = two_workers
    victims = [connect(gateway, INVESTIGATOR) for _ in range(12)]
    others = [connect(gateway, INVESTIGATOR) for _ in range(4)]
    assert {worker_of(victim) for victim in victims} == {0, 1}
    with concurrent.futures.ThreadPoolExecutor(len(victims) + len(others)) as pool:
        sleep = "SELECT 7 FROM pg_sleep(%s)"
        undisturbed = [pool.submit(other.execute, sleep % 4) for other in others]
        sleeping = [pool.submit(victim.execute, sleep % 60) for victim in victims]
        time.sleep(1)
        for victim in victims:
            victim.cancel_safe(timeout=20)
        for future in sleeping:
            with pytest.raises(psycopg.errors.QueryCanceled):
                future.result(timeout=SETTLE_S)
        for future in undisturbed:
            assert future.result(timeout=SETTLE_S).fetchone() == (7,)
    for connection in victims + others:
        connection.close()


def test_one_client_too_many_is_told_so(server: PostgresServer) -> None:
    with gateway_before(server, limits={"max_client_connections": 2}) as gateway:
        eventually(lambda: served(gateway))
        # The look for the port may still count.
        eventually(lambda: "connections_open 0" in page(gateway, "/metrics")[1].replace(".0", ""))
        first, second = connect(gateway), connect(gateway)
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            connect(gateway)
        first.close()
        eventually(lambda: "connections_open 1" in page(gateway, "/metrics")[1].replace(".0", ""))
        with connect(gateway) as third:
            look(third)
        second.close()


def test_the_pages_tell_what_happens_and_name_nobody(server: PostgresServer) -> None:
    with gateway_before(server, workers=2) as gateway:
        eventually(lambda: served(gateway))
        with connect(gateway) as connection:
            for _ in range(5):
                look(connection)
        status, text = page(gateway, "/metrics")
        assert status == 200
        assert "scrim_workers 2.0" in text
        assert "scrim_sessions_total 1.0" in text
        assert ANALYST.name not in text
        assert EMAIL not in text
        assert page(gateway, "/healthz") == (200, "ok\n")


def test_readiness_follows_the_data_store(server: PostgresServer) -> None:
    with gateway_before(server) as gateway:
        eventually(lambda: served(gateway))
        server.stop(keep=True)
        try:
            eventually(lambda: page(gateway, "/readyz")[0] == 503)
            problems = json.loads(page(gateway, "/readyz")[1])["problems"]
            assert problems == [f"connection {DATABASE}: the data store cannot be reached"]
            assert page(gateway, "/healthz")[0] == 200
        finally:
            server.start()
        eventually(lambda: served(gateway))


def test_a_gateway_that_cannot_start_says_why_and_ends_with_78(server: PostgresServer) -> None:
    gateway = gateway_before(server)
    gateway.prepare()
    try:
        (gateway.directory / "policies" / "scrim.cedar").write_text("permit (nonsense")
        command = [str(scrim_program()), "serve", "--config", str(gateway.configuration)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 78
        assert "scrim.cedar" in done.stderr
        assert "Traceback" not in done.stderr
    finally:
        gateway.stop()


def test_the_log_never_shows_values_statements_or_passwords(gateway: GatewayProcess) -> None:
    with connect(gateway, INVESTIGATOR) as connection:
        assert look(connection) == EMAIL
        with pytest.raises(psycopg.Error):
            connection.execute(f"SELECT '{EMAIL}'::int")
    log = gateway.log_text()
    assert EMAIL not in log
    assert "SELECT" not in log
    assert INVESTIGATOR.password not in log
