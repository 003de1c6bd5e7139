"""What `/v1/reveal` answers before anything reaches the desk."""

from __future__ import annotations

import base64
import json
import secrets
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from scrim.config.load import load
from scrim.identity.tokens import TokenIssuer, TokenKey
from scrim.server.admin import application
from scrim.server.reveal_api import MAX_BODY_BYTES, REFUSED_TOKENS, RevealApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

LOOPBACK = ("127.0.0.1", 4000)
POLICIES = """
permit (principal in Group::"fraud", action == Action::"reveal", resource)
when { context.authentication == "token" };
"""
SECRET = "bo@" + "corp.example.org"


class Facts:
    async def stats(self) -> Mapping[str, object]:
        return {}

    async def problems(self) -> list[str]:
        return []


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    for name in ("masking.key", "token.key"):
        (tmp_path / name).touch(0o600)
        (tmp_path / name).write_bytes(base64.b64encode(secrets.token_bytes(32)))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.cedar").write_text(POLICIES)
    path = tmp_path / "scrim.yaml"
    path.write_text(
        """
masking: {key_file: masking.key, operators: {contact.email: siv}}
policies: policies
audit: {directory: audit}
listeners: {postgres: {address: "127.0.0.1:6432"}}
identity:
  tokens: {key_file: token.key, algorithm: HS256}
  local: {users: {fiona@example.com: {groups: [fraud]}}}
connections:
  shop:
    protocol: postgres
    upstream: {host: localhost, database: shop, user: scrim}
    tags: {public.people.email: [contact.email]}
"""
    )
    return path


def bearer(configuration: Path) -> str:
    key = TokenKey.load(configuration.parent / "token.key", "HS256")
    audience = load(configuration).config.identity.tokens
    assert audience is not None
    issuer = TokenIssuer(key, audience.audience, time.time, secrets.token_bytes)
    return "Bearer " + issuer.issue("fiona@example.com", timedelta(minutes=5))


@asynccontextmanager
async def served(
    configuration: Path, base: str = "http://127.0.0.1", client: tuple[str, int] = LOOPBACK
) -> AsyncIterator[httpx.AsyncClient]:
    api = RevealApi(load(configuration).config)
    try:
        transport = httpx.ASGITransport(application(Facts(), api), client=client)
        async with httpx.AsyncClient(transport=transport, base_url=base) as asking:
            yield asking
    finally:
        api.close()


def body(**changes: object) -> bytes:
    asked = {
        "connection": "shop",
        "column": "public.people.email",
        "values": [SECRET],
        "reason": "complaint",
        **changes,
    }
    return json.dumps({name: value for name, value in asked.items() if value is not None}).encode()


@pytest.mark.parametrize(
    ("base", "client", "answered"),
    [
        ("http://127.0.0.1", "127.0.0.1", True),
        ("http://[::1]", "::1", True),
        ("http://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", True),
        ("https://192.0.2.1", "203.0.113.9", True),
        ("http://192.0.2.1", "203.0.113.9", False),
        ("http://192.0.2.1", "192.0.2.1", False),
        ("http://127.0.0.1", "203.0.113.9", False),
        ("http://192.0.2.1", "127.0.0.1", False),
        ("http://127.0.0.1", "not an address", False),
    ],
)
async def test_plain_text_is_answered_on_a_loopback_address_alone(
    configuration: Path, base: str, client: str, *, answered: bool
) -> None:
    async with served(configuration, base, (client, 4000)) as asking:
        headers = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}
        answer = await asking.post("/v1/reveal", content=body(), headers=headers)
        assert answer.status_code == (401 if answered else 403)
        code = answer.json()["error"]["code"]
        assert code == ("unauthenticated" if answered else "tls_required")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b'{"connection": "' + SECRET.encode(), "not JSON"),
        (b'{"connection": "\\ud800"}', ""),
        (b"[]", "model_type"),
        (body(values=[]), "values"),
        (body(values=[SECRET] * 1_001), "values"),
        (body(values=[1]), "values.0"),
        (body(values=[None]), "values.0"),
        (body(reason=None), "reason: missing"),
        (body(reason=" "), "a reason"),
        (body(reason="x" * 501), "reason"),
        (body(column="people"), "schema.table.column"),
        (body(column=None), "a column or an entity"),
        (body(entity="contact.email"), "a column or an entity"),
        (body(connection="elsewhere"), "no connection"),
        (body(column=None, entity=SECRET), "entity: there is no such entity; the names are ae.…"),
        (body(column=None, entity="contact.emal"), "close to it are contact.email"),
        (body(operator=SECRET), "operator: there is no such operator; those"),
        (body(type=SECRET), "--type"),
        (body(key_version=0), "key_version"),
        (body(key_version=True), "key_version"),
        (body(**{SECRET: 1}), "extra_forbidden"),
        (body(values=["x" * 70_000]), "bytes"),
    ],
)
async def test_what_cannot_be_read_is_told_without_what_it_says(
    configuration: Path, content: bytes, message: str
) -> None:
    async with served(configuration) as asking:
        headers = {"Authorization": bearer(configuration)}
        answer = await asking.post("/v1/reveal", content=content, headers=headers)
        assert answer.status_code == 400, answer.text
        assert message in answer.json()["error"]["message"]
        assert SECRET not in answer.text


async def test_what_is_too_long_is_not_read(configuration: Path) -> None:
    async with served(configuration) as asking:
        headers = {"Authorization": bearer(configuration)}
        content = body() + b" " * MAX_BODY_BYTES
        answer = await asking.post("/v1/reveal", content=content, headers=headers)
        assert answer.status_code == 413
        assert (await asking.get("/v1/reveal")).status_code == 405


async def test_whoever_guesses_tokens_has_to_wait(configuration: Path) -> None:
    async with served(configuration) as asking:
        for _ in range(REFUSED_TOKENS.count):
            headers = {"Authorization": "Bearer a.b.c"}
            answer = await asking.post("/v1/reveal", content=body(), headers=headers)
            assert answer.status_code == 401
        answer = await asking.post("/v1/reveal", content=body(), headers=headers)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        good = {"Authorization": bearer(configuration)}
        assert (await asking.post("/v1/reveal", content=body(), headers=good)).status_code == 429


async def test_without_a_desk_nothing_is_answered(configuration: Path) -> None:
    config = load(configuration).config
    (configuration.parent / "masking.key").unlink()
    api = RevealApi(config)
    transport = httpx.ASGITransport(application(Facts(), api), client=LOOPBACK)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as asking:
        answer = await asking.post(
            "/v1/reveal", content=body(), headers={"Authorization": "Bearer x"}
        )
        assert answer.status_code == 503
    api.close()
