"""From a query through the gateway to the value behind what it showed, with a real PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from scrim.audit.reader import read_records
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database, embedded_server

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "reveal"
EMAIL = "ana@" + "corp.example.org"
CARD = "4111 1111 1111 1111"
ROW_ID = "018f4e2b-7c1d-7e55-b3a0-5f2d9c1e4a77"
SCHEMA = f"""
CREATE TABLE people (id uuid, email text, card text, born date, salary int, label varchar(12));
INSERT INTO people VALUES ('{ROW_ID}', '{EMAIL}', '{CARD}', '1984-02-29', 51000, '{EMAIL[:12]}');
"""
TAGS = {
    "public.people.id": ["person.full"],
    "public.people.email": ["contact.email"],
    "public.people.card": ["financial.card"],
    "public.people.born": ["person.birth_date"],
    "public.people.salary": ["financial.salary"],
    "public.people.label": ["contact.email"],
}
POLICIES = """
permit (principal, action in [Action::"connect", Action::"select"], resource);
@id("fraud reveals")
permit (principal in Group::"fraud", action == Action::"reveal",
        resource is Column in Connection::"reveal");
@id("support reveals by approval")
@approval("supervisors")
permit (principal in Group::"support", action == Action::"reveal", resource);
"""
FRAUD = User("fraud@example.com", ("fraud",))
SUPPORT = User("support@example.com", ("support",))
SUPERVISOR = User("supervisor@example.com", ("supervisors",))
OPERATORS = {
    "contact.email": {"name": "siv"},
    "financial.card": {"name": "ff1"},
    "person.full": {"name": "siv"},
    "person.birth_date": {"name": "siv"},
    "financial.salary": {"name": "ff1"},
}


@pytest.fixture(scope="module")
def gateway() -> Iterator[GatewayProcess]:
    with embedded_server() as postgres:
        create_database(postgres, DATABASE)
        postgres.execute(SCHEMA, DATABASE)
        store = Store(postgres.port, DATABASE, "postgres", postgres.password, TAGS)
        with GatewayProcess(
            {DATABASE: store},
            [FRAUD, SUPPORT, SUPERVISOR],
            policies=POLICIES,
            settings={"masking": {"operators": OPERATORS}},
        ) as running:
            yield running


def select(gateway: GatewayProcess, columns: str, user: User = SUPPORT) -> list[str]:
    endpoint = Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password)
    with psycopg.connect(endpoint.conninfo(), autocommit=True, connect_timeout=20) as connection:
        row = connection.execute(f"SELECT {columns} FROM people").fetchone()
    assert row is not None
    return [str(value) for value in row]


def scrim(gateway: GatewayProcess, user: User, *arguments: str) -> subprocess.CompletedProcess[str]:
    name, *rest = arguments
    options = ("--user", user.name, "--json", "--config", str(gateway.configuration))
    return subprocess.run(
        [str(scrim_program()), name, *options, *rest],
        env={**os.environ, "SCRIM_PASSWORD": user.password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reveal(
    gateway: GatewayProcess, user: User, column: str, masked: str, *more: str
) -> subprocess.CompletedProcess[str]:
    place = ("--column", f"public.people.{column}", "--reason", "chargeback 12")
    return scrim(gateway, user, "reveal", DATABASE, *place, *more, "--", masked)


def answers(gateway: GatewayProcess, event: str) -> list[dict[str, Any]]:
    records = read_records(gateway.directory / "audit")
    return [r for r in records if r["record"] == "reveal" and r["event"] == event]


@pytest.mark.parametrize(
    ("column", "type_name", "raw"),
    [
        ("email", "text", EMAIL),
        ("card", "text", CARD),
        ("id", "uuid", ROW_ID),
        ("born", "date", "1984-02-29"),
        ("salary", "int4", "51000"),
    ],
)
def test_what_a_query_showed_is_turned_back_for_whom_policy_permits_it(
    gateway: GatewayProcess, column: str, type_name: str, raw: str
) -> None:
    [masked] = select(gateway, column)
    assert masked != raw
    result = reveal(gateway, FRAUD, column, masked, "--type", type_name)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["values"] == [
        {"masked": masked, "value": raw, "key_version": 1}
    ]
    record = answers(gateway, "revealed")[-1]
    assert record["principal"][0]["name"] == FRAUD.name
    assert (record["column"], record["reason"]) == (f"public.people.{column}", "chargeback 12")
    assert record["policies"] == ["fraud reveals"]
    assert raw not in gateway.audit_text()


def test_another_principal_is_refused_and_the_gateway_goes_on(gateway: GatewayProcess) -> None:
    [masked] = select(gateway, "email")
    result = reveal(gateway, SUPERVISOR, "email", masked)
    assert (result.returncode, result.stdout) == (1, "")
    assert "not permitted" in result.stderr
    assert answers(gateway, "refused")[-1]["principal"][0]["name"] == SUPERVISOR.name
    assert select(gateway, "email") == [masked]


def test_a_stand_in_in_a_column_without_room_is_not_turned_back(gateway: GatewayProcess) -> None:
    [masked] = select(gateway, "label")
    result = reveal(gateway, FRAUD, "label", masked, "--type", "varchar(12)")
    assert result.returncode == 1
    assert json.loads(result.stdout)["values"][0]["value"] is None


def test_with_an_approval_the_value_comes_once(gateway: GatewayProcess) -> None:
    [masked] = select(gateway, "email")
    asked = reveal(gateway, SUPPORT, "email", masked)
    assert asked.returncode == 75, asked.stderr
    request = json.loads(asked.stdout)["waits"]["request"]
    early = reveal(gateway, SUPPORT, "email", masked, "--approved", request)
    assert (early.returncode, early.stdout) == (1, "")
    assert scrim(gateway, SUPPORT, "approve", request).returncode == 1
    approved = scrim(gateway, SUPERVISOR, "approve", request)
    assert approved.returncode == 0, approved.stderr
    result = reveal(gateway, SUPPORT, "email", masked, "--approved", request)
    assert json.loads(result.stdout)["values"][0]["value"] == EMAIL
    again = reveal(gateway, SUPPORT, "email", masked, "--approved", request)
    assert (again.returncode, again.stdout) == (1, "")
    revealed = answers(gateway, "revealed")
    [record] = [record for record in revealed if record.get("request") == request]
    assert record["approvers"] == [SUPERVISOR.name]
