"""`POST /v1/reveal` of a real gateway, with tokens of `scrim token issue`."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import psycopg
import pytest

from scrim.audit.reader import read_records
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User, scrim_program
from tests.support.postgres import create_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.certificates import Authority
    from tests.support.postgres import PostgresServer

DATABASE = "reveal_api"
EMAIL = "ana@" + "corp.example.org"
CARD = "4111 1111 1111 1111"
SCHEMA = f"""
CREATE TABLE people (id int, email text, card text, name text);
INSERT INTO people VALUES (1, '{EMAIL}', '{CARD}', 'Ana Corp');
INSERT INTO people VALUES (2, 'bo@corp.example.org', NULL, 'Bo');
"""
TAGS = {
    "public.people.id": ["public"],
    "public.people.email": ["contact.email"],
    "public.people.card": ["financial.card"],
    "public.people.name": ["person.full"],
}
POLICIES = """
permit (principal, action in [Action::"connect", Action::"select"], resource);
permit (principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
@id("fraud reveals")
permit (principal in Group::"fraud", action == Action::"reveal",
        resource is Column in Connection::"reveal_api");
@id("support reveals by approval")
@approval("supervisors")
permit (principal in Group::"support", action == Action::"reveal", resource);
@id("auditors over TLS")
permit (principal in Group::"auditors", action == Action::"reveal", resource)
when { context.tls && context.authentication == "token" &&
       context has client_address && context.client_address.isLoopback() };
"""
FRAUD = User("fraud@example.com", ("fraud",))
SUPPORT = User("support@example.com", ("support",))
SUPERVISOR = User("supervisor@example.com", ("supervisors",))
AUDITOR = User("auditor@example.com", ("auditors",))
AGENT = User("helper", ("fraud",), kind="agent", acts_for=AUDITOR.name)
OPERATORS = {"contact.email": {"name": "siv"}, "financial.card": {"name": "ff1"}}


def new_gateway(server: PostgresServer, admin: dict[str, Any], workers: int = 2) -> GatewayProcess:
    store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
    return GatewayProcess(
        {DATABASE: store},
        [FRAUD, SUPPORT, SUPERVISOR, AUDITOR, AGENT],
        policies=POLICIES,
        workers=workers,
        settings={"masking": {"operators": OPERATORS}, "admin": {"reveal": True, **admin}},
    )


@pytest.fixture(scope="module")
def gateway(debian_postgres: PostgresServer) -> Iterator[GatewayProcess]:
    create_database(debian_postgres, DATABASE)
    debian_postgres.execute(SCHEMA, DATABASE)
    with new_gateway(debian_postgres, {}) as running:
        wait_for_pages(running)
        yield running


@pytest.fixture
def client(gateway: GatewayProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{gateway.admin_port}", timeout=30) as client:
        yield client


def wait_for_pages(
    gateway: GatewayProcess, scheme: str = "http", verify: ssl.SSLContext | bool = True
) -> None:
    url = f"{scheme}://127.0.0.1:{gateway.admin_port}/healthz"
    until = time.monotonic() + 20
    while True:
        try:
            answer = httpx.get(url, verify=verify, trust_env=False)
        except httpx.TransportError:
            assert time.monotonic() < until, gateway.log_text()[-2000:]
            time.sleep(0.05)
        else:
            assert answer.status_code == 200
            return


def scrim(gateway: GatewayProcess, user: User, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(scrim_program()), *arguments, "--json", "--config", str(gateway.configuration)],
        env={**os.environ, "SCRIM_PASSWORD": user.password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def token(gateway: GatewayProcess, user: User, *options: str) -> str:
    issued = scrim(gateway, user, "token", "issue", "--user", user.name, *options)
    return str(issued["token"])


def shown(gateway: GatewayProcess, column: str, number: int = 1) -> str:
    endpoint = Endpoint(
        "scrim", "127.0.0.1", gateway.port, DATABASE, SUPPORT.name, SUPPORT.password
    )
    with closing(psycopg.connect(endpoint.conninfo(), autocommit=True)) as connection:
        row = connection.execute(f"SELECT {column} FROM people WHERE id = {number}").fetchone()
    assert row is not None
    return str(row[0])


def ask(
    client: httpx.Client, bearer: str, values: list[str], column: str = "email", approved: str = ""
) -> httpx.Response:
    body: dict[str, Any] = {
        "connection": DATABASE,
        "column": f"public.people.{column}",
        "values": values,
        "reason": "chargeback 12",
        "approved": approved,
    }
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return client.post("/v1/reveal", json=body, headers=headers)


def records(gateway: GatewayProcess, event: str) -> list[dict[str, Any]]:
    found = read_records(gateway.directory / "audit")
    return [r for r in found if r["record"] == "reveal" and r["event"] == event]


def test_values_come_back_for_whom_policy_permits_it(
    gateway: GatewayProcess, client: httpx.Client
) -> None:
    masked = [shown(gateway, "email"), shown(gateway, "email", 2)]
    bearer = token(gateway, FRAUD)
    before = len(records(gateway, "revealed"))
    answer = ask(client, bearer, [*masked, "no token"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    values = answer.json()["values"]
    assert [value["value"] for value in values] == [EMAIL, "bo@corp.example.org", None]
    assert [value["masked"] for value in values] == [*masked, "no token"]
    assert [value["key_version"] for value in values] == [1, 1, None]
    assert (answer.json()["entity"], answer.json()["operator"]) == ("contact.email", "siv")
    card = ask(client, bearer, [shown(gateway, "card")], "card")
    assert card.json()["values"][0]["value"] == CARD
    revealed = records(gateway, "revealed")[before:]
    assert len(revealed) == 3
    assert {record["principal"][0]["name"] for record in revealed} == {FRAUD.name}
    assert {record["reason"] for record in revealed} == {"chargeback 12"}
    everything = gateway.audit_text() + gateway.log_text()
    assert EMAIL not in everything
    assert CARD not in everything
    assert bearer not in everything


def test_others_get_nothing_and_are_told_why(gateway: GatewayProcess, client: httpx.Client) -> None:
    masked = [shown(gateway, "email")]
    answer = ask(client, token(gateway, SUPERVISOR), masked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "refused")
    assert EMAIL not in answer.text
    assert records(gateway, "refused")[-1]["principal"][0]["name"] == SUPERVISOR.name
    # A context that holds over TLS alone.
    assert ask(client, token(gateway, AUDITOR), masked).status_code == 403


def test_without_a_token_that_holds_nobody_is_anybody(
    gateway: GatewayProcess, client: httpx.Client
) -> None:
    masked = [shown(gateway, "email")]
    good = token(gateway, FRAUD)
    head, _, tail = good.rpartition(".")
    flipped = f"{head}.{'A' if tail[0] != 'A' else 'B'}{tail[1:]}"
    for bearer in ("", flipped, "x" * 9000):
        answer = ask(client, bearer, masked)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    basic = client.post("/v1/reveal", json={}, headers={"Authorization": f"Basic {good}"})
    twice = client.post(
        "/v1/reveal",
        json={},
        headers=[("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {good}")],
    )
    assert (basic.status_code, twice.status_code) == (401, 401)
    refused = records(gateway, "sign_in_refused")
    assert refused[-1]["client_address"] == "127.0.0.1"
    assert good not in gateway.audit_text()


def test_with_an_approval_the_value_comes_once(
    gateway: GatewayProcess, client: httpx.Client
) -> None:
    masked, bearer = [shown(gateway, "email")], token(gateway, SUPPORT)
    waits = ask(client, bearer, masked)
    assert waits.status_code == 202
    assert waits.json()["waits"]["groups"] == ["supervisors"]
    request = waits.json()["waits"]["request"]
    early = ask(client, bearer, masked, approved=request)
    assert early.status_code == 202
    assert early.json()["waits"]["request"] == request
    other = ask(client, bearer, [*masked, "another"], approved=request)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "approval")
    scrim(gateway, SUPERVISOR, "approve", request, "--user", SUPERVISOR.name)
    answer = ask(client, bearer, masked, approved=request)
    assert answer.json()["values"][0]["value"] == EMAIL
    assert ask(client, bearer, masked, approved=request).status_code == 409


def test_what_is_no_token_is_told_so(gateway: GatewayProcess, client: httpx.Client) -> None:
    bearer = token(gateway, FRAUD)
    answer = ask(client, bearer, ["no token", "nor this"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_token")
    answer = ask(client, bearer, ["Zoe"], "name")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "irreversible")


def test_an_agent_is_bounded_by_its_user(gateway: GatewayProcess, client: httpx.Client) -> None:
    bearer = token(gateway, AUDITOR, "--agent", AGENT.name)
    assert ask(client, bearer, [shown(gateway, "email")]).status_code == 403
    chain = records(gateway, "refused")[-1]["principal"]
    assert [link["name"] for link in chain] == [AGENT.name, AUDITOR.name]


def test_over_tls_the_context_says_so_and_a_reload_is_heeded(
    gateway: GatewayProcess, debian_postgres: PostgresServer, authority: Authority
) -> None:
    del gateway  # made the database
    pair = authority.server("admin")
    tls = {"certificate": str(pair.certificate), "key": str(pair.key)}
    trusted = ssl.create_default_context(cafile=str(authority.certificate))
    trusted.check_hostname = False
    with new_gateway(debian_postgres, {"tls": tls}, workers=1) as running:
        wait_for_pages(running, "https", trusted)
        base = f"https://127.0.0.1:{running.admin_port}"
        with httpx.Client(base_url=base, verify=trusted, timeout=30, trust_env=False) as client:
            bearer = token(running, AUDITOR)
            masked = [shown(running, "email")]
            answer = ask(client, bearer, masked)
            assert answer.json()["values"][0]["value"] == EMAIL
            policies = running.directory / "policies" / "scrim.cedar"
            policies.write_text(POLICIES.replace('"auditors"', '"nobody"'))
            running.reload()
            until = time.monotonic() + 20
            while ask(client, bearer, masked).status_code == 200:
                assert time.monotonic() < until, running.log_text()[-2000:]
                time.sleep(0.2)
            assert ask(client, bearer, masked).status_code == 403
            assert EMAIL not in running.log_text() + running.audit_text()


def test_it_is_not_there_unless_it_is_asked_for(
    gateway: GatewayProcess, debian_postgres: PostgresServer
) -> None:
    del gateway
    with new_gateway(debian_postgres, {"reveal": False}, workers=1) as running:
        wait_for_pages(running)
        url = f"http://127.0.0.1:{running.admin_port}/v1/reveal"
        assert httpx.post(url, json={}, trust_env=False).status_code == 404
