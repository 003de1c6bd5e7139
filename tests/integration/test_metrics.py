"""Every metric that is documented has a figure, and the figure is what happened."""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from scrim.server.metrics import FAMILIES
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import create_database
from tests.support.raw_client import RawClient, RawClientError, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import PostgresServer

DATABASE = "counted"
ANALYST = User("analyst@example.com", ("analysts",))
CARD = "4111 1111 " + "1111 1111"
EMAIL = "ana@" + "corp.example.org"
SCHEMA = f"""
CREATE TABLE people (id int PRIMARY KEY, email text, body text);
INSERT INTO people VALUES (1, '{EMAIL}', 'write to {EMAIL}'), (2, NULL, 'card {CARD}, or {EMAIL}');
"""
WAIT_S = 0.4


@pytest.fixture(scope="module")
def gateway(debian_postgres: PostgresServer) -> Iterator[GatewayProcess]:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    pool = {"pool": {"max_connections": 1, "wait_timeout_ms": 2000}}
    store = Store(
        debian_postgres.port, DATABASE, "postgres", debian_postgres.password, settings=pool
    )
    with GatewayProcess({DATABASE: store}, [ANALYST]) as running:
        until = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                figures(running)
                break
            assert time.monotonic() < until, "the page is not served"
            time.sleep(0.05)
        yield running


def endpoint(gateway: GatewayProcess, user: User = ANALYST) -> Endpoint:
    return Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password)


def connect(gateway: GatewayProcess) -> psycopg.Connection[Any]:
    return psycopg.connect(
        endpoint(gateway).conninfo(), autocommit=True, prepare_threshold=None, connect_timeout=20
    )


def figures(gateway: GatewayProcess) -> dict[str, float]:
    """Return every figure: the metric's name and its labels, in one text."""
    url = f"http://127.0.0.1:{gateway.admin_port}/metrics"
    with urllib.request.urlopen(url, timeout=20) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {
        " ".join([sample.name, *(f"{k}={v}" for k, v in sorted(sample.labels.items()))]): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


class Since:
    """What has been added to the figures since it was made."""

    def __init__(self, gateway: GatewayProcess) -> None:
        self._gateway = gateway
        self._before = figures(gateway)

    def __getitem__(self, name: str) -> float:
        return figures(self._gateway).get(name, 0.0) - self._before.get(name, 0.0)

    def soon(self, name: str, expected: float) -> None:
        """Wait for a figure that is counted a moment after the client has its answer."""
        deadline = time.monotonic() + 10
        while self[name] != expected and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self[name] == expected, name


def test_statements_are_counted_by_operation_and_outcome(gateway: GatewayProcess) -> None:
    since = Since(gateway)
    with connect(gateway) as connection:
        for _ in range(3):
            connection.execute("SELECT id FROM people WHERE id = 1")
        connection.execute("UPDATE people SET id = 1 WHERE id = 1")
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1 / (id - 1) FROM people WHERE id = 1")
        with pytest.raises(psycopg.Error):
            connection.execute("DO $$ BEGIN END $$")
        connection.execute("SELECT 1; SHOW timezone")
        with contextlib.suppress(psycopg.Error), connection.pipeline():
            connection.execute("SELECT 1 / (id - 1) FROM people WHERE id = 1")
            connection.execute("SELECT id FROM people WHERE id = 1")
    statements = "scrim_statements_total operation={} outcome={}"
    since.soon(statements.format("select", "completed"), 3)
    since.soon(statements.format("select", "failed"), 2)
    since.soon(statements.format("update", "completed"), 1)
    since.soon(statements.format("do", "refused"), 1)
    since.soon(statements.format("several", "completed"), 1)
    since.soon("scrim_sessions_total", 1)


def test_requests_that_no_statement_belongs_to_are_counted_as_others(
    gateway: GatewayProcess,
) -> None:
    since = Since(gateway)
    with RawClient(endpoint(gateway)) as client:
        client.send(message(b"F", b"\0\0\0\1\0\0\0\0\0\0"))
        with pytest.raises(RawClientError):
            list(client.rows())
    since.soon("scrim_statements_total operation=other outcome=refused", 1)


def test_what_is_found_and_masked_is_counted_by_entity(gateway: GatewayProcess) -> None:
    since = Since(gateway)
    with connect(gateway) as connection:
        rows = connection.execute("SELECT id, body FROM people ORDER BY id").fetchall()
    assert EMAIL not in str(rows)
    since.soon("scrim_findings_total entity=contact.email", 2)
    since.soon("scrim_findings_total entity=financial.card", 1)
    since.soon("scrim_masked_values_total", 2)
    since.soon("scrim_rows_total", 2)


def test_shapes_are_counted_as_known_or_decided_afresh(gateway: GatewayProcess) -> None:
    with connect(gateway) as connection:
        connection.execute("SELECT 1")
        since = Since(gateway)
        for number in range(5):
            connection.execute(f"SELECT id FROM people WHERE id < {number} AND id < 17")
        since.soon("scrim_shape_cache_misses_total", 1)
        since.soon("scrim_shape_cache_hits_total", 4)
        assert figures(gateway)["scrim_shape_cache_entries"] > 0


def test_bytes_are_counted_by_direction(gateway: GatewayProcess) -> None:
    size = 100_000
    with connect(gateway) as connection:
        connection.execute("SELECT 1")
        since = Since(gateway)
        connection.execute(f"SELECT '{'x' * size}'")
        for direction in ("from_client", "to_server", "from_server", "to_client"):
            assert size < since[f"scrim_bytes_total direction={direction}"] < size + 1000


def test_records_are_counted_by_kind_as_many_as_there_are(gateway: GatewayProcess) -> None:
    with connect(gateway) as connection:
        connection.execute("SELECT id FROM people")
    time.sleep(1.5)
    counted = figures(gateway)
    assert counted["scrim_audit_failures_total"] == 0
    for kind in ("intent", "outcome", "columns", "session", "gateway"):
        written = gateway.audit_text().count(f'"record":"{kind}"')
        assert counted[f"scrim_audit_records_total kind={kind}"] == written > 0


def test_waits_for_the_pool_are_counted(gateway: GatewayProcess) -> None:
    label = f"connection={DATABASE}"
    since = Since(gateway)
    with connect(gateway) as holder, connect(gateway) as other:
        holder.execute("BEGIN")
        holder.execute("SELECT 1")
        release = threading.Timer(WAIT_S, holder.close)
        release.start()
        other.execute("SELECT 1")
        release.join()
        assert since[f"scrim_pool_waits_total {label}"] == 1
        assert WAIT_S / 2 < since[f"scrim_pool_wait_seconds_total {label}"] < 10
        with connect(gateway) as third, pytest.raises(psycopg.Error):
            third.execute("SELECT 1")
        assert since[f"scrim_pool_timeouts_total {label}"] == 1


def test_refused_sign_ins_are_counted(gateway: GatewayProcess) -> None:
    since = Since(gateway)
    stranger = replace(ANALYST, password="wrong")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(endpoint(gateway, stranger).conninfo())
    since.soon("scrim_sign_in_failures_total", 1)


def test_every_documented_metric_has_a_figure(gateway: GatewayProcess) -> None:
    with connect(gateway) as connection:
        connection.execute("SELECT body FROM people")
        connection.cancel()
    found = {name.split(" ")[0] for name in figures(gateway)}
    missing = [
        family.name for family in FAMILIES if not found & {family.name, f"{family.name}_total"}
    ]
    assert missing == []
