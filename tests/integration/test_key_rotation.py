"""Rotating the masking key under a running gateway, before a real PostgreSQL."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.endpoint import Endpoint
from tests.support.gateway_process import (
    GatewayError,
    GatewayProcess,
    Store,
    User,
    scrim_program,
)
from tests.support.postgres import create_database, embedded_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.postgres import PostgresServer

DATABASE = "rotation"
ANALYST = User("analyst@example.com", ("analysts",))
EMAIL = "ana@" + "corp.example.org"
SCHEMA = f"""
CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO people VALUES (1, '{EMAIL}');
"""
LOOK = "SELECT email FROM people WHERE id = 1"
SETTLE_S = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with embedded_server() as postgres:
        create_database(postgres, DATABASE)
        postgres.execute(SCHEMA, DATABASE)
        yield postgres


def gateway_before(server: PostgresServer, **settings: Any) -> GatewayProcess:  # noqa: ANN401 - YAML
    tags = {"public.people.email": ["contact.email"]}
    store = Store(server.port, DATABASE, "postgres", server.password, tags)
    return GatewayProcess({DATABASE: store}, [ANALYST], settings=settings, workers=2)


@pytest.fixture
def gateway(server: PostgresServer) -> Iterator[GatewayProcess]:
    with gateway_before(server) as running:
        yield running


def connect(gateway: GatewayProcess) -> psycopg.Connection[Any]:
    name, password = ANALYST.name, ANALYST.password
    endpoint = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, name, password)
    return psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20)


def look(connection: psycopg.Connection[Any], *, prepare: bool = False) -> str:
    row = connection.execute(LOOK, prepare=prepare).fetchone()
    assert row is not None
    return str(row[0])


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def key(configuration: Path, *arguments: str) -> dict[str, Any]:
    """Run `scrim key` and return what it wrote."""
    command = [str(scrim_program()), "key", *arguments, "--json", "-c", str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written: dict[str, Any] = json.loads(done.stdout)
    return written


def records(gateway: GatewayProcess, kind: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in gateway.audit_text().splitlines()]
    return [record for record in found if record["record"] == kind]


def test_values_change_after_a_rotation_and_a_reload_everywhere_at_once(
    gateway: GatewayProcess,
) -> None:
    sessions = [connect(gateway) for _ in range(12)]
    before = {look(session, prepare=index % 2 == 0) for index, session in enumerate(sessions)}
    (first,) = before
    assert first != EMAIL
    shown = key(gateway.configuration, "rotate")
    assert [(one["version"], one["status"]) for one in shown["versions"]] == [
        (1, "retired"),
        (2, "active"),
    ]
    assert {look(session) for session in sessions} == {first}
    gateway.reload()
    eventually(lambda: all(look(session) != first for session in sessions))
    (second,) = {look(session, prepare=index % 2 == 0) for index, session in enumerate(sessions)}
    assert second not in {first, EMAIL}
    assert "@" in second
    with connect(gateway) as fresh:
        assert look(fresh) == second
    for session in sessions:
        session.close()
    assert key(gateway.configuration, "list") == shown
    written = gateway.log_text() + gateway.audit_text()
    for one in json.loads((gateway.directory / "masking.key").read_text())["versions"]:
        assert one["plain"] not in written
        assert base64.b64decode(one["plain"]).hex() not in written


def test_tokens_that_were_shown_before_a_rotation_still_work(server: PostgresServer) -> None:
    settings = {"masking": {"operators": {"contact.email": "siv"}}}
    with gateway_before(server, **settings) as gateway, connect(gateway) as session:
        find = "SELECT id FROM people WHERE email = %s"
        tokens = [look(session)]
        for rotation in (["rotate"], ["rotate", "--derive"]):
            key(gateway.configuration, *rotation)
            gateway.reload()
            eventually(lambda: look(session) != tokens[-1])
            tokens.append(look(session))
        assert len(set(tokens)) == 3
        for token in tokens:
            assert session.execute(find, (token,)).fetchall() == [(1,)]
            assert session.execute(f"{find[:-2]}'{token}'").fetchall() == [(1,)]
        assert session.execute(find, (EMAIL,)).fetchall() == []
        with session.cursor() as cursor, cursor.copy("COPY people FROM STDIN") as copy:
            for number, token in enumerate(tokens, 2):
                copy.write_row((number, token))
        stored = server.execute("SELECT DISTINCT email FROM people", DATABASE)
        server.execute("DELETE FROM people WHERE id > 1", DATABASE)
        assert stored.split() == [EMAIL]


def test_a_rotation_is_on_record_with_the_version_in_force(gateway: GatewayProcess) -> None:
    key(gateway.configuration, "rotate", "--derive")
    gateway.reload()
    eventually(
        lambda: len([r for r in records(gateway, "gateway") if r["event"] == "reloaded"]) == 2
    )
    versions = {(r["event"], r["key_version"]) for r in records(gateway, "gateway")}
    assert versions == {("started", 1), ("reloaded", 2)}
    (rotated,) = records(gateway, "key")
    assert (rotated["event"], rotated["former"], rotated["version"]) == ("rotated", 1, 2)


def test_a_broken_key_file_changes_nothing_in_a_running_gateway(gateway: GatewayProcess) -> None:
    with connect(gateway) as session:
        masked = look(session)
        path = gateway.directory / "masking.key"
        key(gateway.configuration, "rotate")
        path.write_bytes(path.read_bytes()[:200])
        gateway.reload()
        eventually(lambda: "the old one stays in use" in gateway.log_text())
        assert "masking.key is cut off or damaged" in gateway.log_text()
        assert look(session) == masked


def start_with(gateway: GatewayProcess, prepare: Callable[[Path], object]) -> str:
    """Start a gateway that cannot start, and return what it says."""
    gateway.prepare()
    prepare(gateway.directory)
    gateway.launch()
    with pytest.raises(GatewayError) as caught:
        gateway.wait_ready()
    return str(caught.value)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda folder: (folder / "masking.key").unlink(), "masking.key_file: does not exist"),
        (lambda folder: (folder / "masking.key").chmod(0o644), "run: chmod 600"),
        (lambda folder: (folder / "masking.key").write_bytes(b"{" * 100), "is cut off or damaged"),
        (
            lambda folder: (folder / "masking.key").write_bytes(b"\0" * 32),
            "a key that is not random",
        ),
        (lambda folder: (folder / "masking.key").write_bytes(b"x" * 31), "does not hold a key"),
    ],
    ids=["missing", "open", "cut-off", "zero", "short"],
)
def test_a_key_that_cannot_be_used_refuses_the_start(
    server: PostgresServer, prepare: Callable[[Path], object], reason: str
) -> None:
    said = start_with(gateway_before(server), prepare)
    assert reason in said
    assert "masking.key" in said


def test_wrapped_keys_start_with_their_key_encryption_key_only(server: PostgresServer) -> None:
    provider = {"key_provider": {"name": "local", "file": "kek.key"}}

    def wrap(folder: Path) -> None:
        key(folder / "scrim.yaml", "generate", "--kek")
        (folder / "masking.key").unlink()
        key(folder / "scrim.yaml", "generate")

    def take_another(folder: Path) -> None:
        wrap(folder)
        (folder / "kek.key").unlink()
        key(folder / "scrim.yaml", "generate", "--kek")

    gateway = gateway_before(server, masking=provider)
    gateway.prepare()
    wrap(gateway.directory)
    gateway.launch()
    try:
        gateway.wait_ready()
        with connect(gateway) as session:
            assert look(session) != EMAIL
    finally:
        gateway.stop()
    said = start_with(gateway_before(server, masking=provider), take_another)
    assert "was not wrapped by the key-encryption key in" in said
