from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from scrim.identity.tokens import TokenKey, TokenVerifier
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

USERS: dict[str, Any] = {
    "ana": {"groups": ["analysts"]},
    "bot": {"kind": "agent", "acts_for": "ana"},
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    key = tmp_path / "token.key"
    key.touch(0o600)
    key.write_text(secrets.token_hex(32))
    tokens = {"key_file": "token.key", "algorithm": "HS256", "max_ttl": "2h"}
    return write_config(tmp_path, {"identity": {"local": {"users": USERS}, "tokens": tokens}})


def verifier(config: Path) -> TokenVerifier:
    key = TokenKey.load(config.with_name("token.key"), "HS256")
    return TokenVerifier(key, "scrim", timedelta(hours=2), time.time)


def test_a_token_is_accepted_by_the_gateway(scrim: Callable[..., Result], config: Path) -> None:
    result = scrim("token", "issue", "--user", "ana", "-c", config)
    assert result.code == 0
    claims = verifier(config).verify(result.out.strip())
    assert (claims.subject, claims.agent, claims.facts) == ("ana", None, ())


def test_an_agent_and_facts_are_named(scrim: Callable[..., Result], config: Path) -> None:
    result = scrim(
        *("token", "issue", "--user", "ana", "--agent", "bot", "--ttl", "15m"),
        *("--purpose", "support", "--ticket", "T-1", "--json", "-c", config),
    )
    shown = json.loads(result.out)
    assert (shown["user"], shown["agent"], shown["ttl"]) == ("ana", "bot", "15m")
    claims = verifier(config).verify(shown["token"])
    assert claims.agent == "bot"
    assert dict(claims.facts) == {"purpose": "support", "ticket": "T-1"}


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("--user", "eve"), 1, "has no eve"),
        (("--user", "bot"), 1, "is an agent"),
        (("--user", "ana", "--agent", "ana"), 1, "no agent ana"),
        (("--user", "ana", "--ttl", "3h"), 2, "at most 2h"),
        (("--user", "ana", "--ttl", "0s"), 2, "more than nothing"),
        (("--user", "ana", "--ttl", "soon"), 2, "is not a duration"),
    ],
)
def test_a_token_that_could_not_be_used_is_not_issued(
    scrim: Callable[..., Result], config: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    result = scrim("token", "issue", *arguments, "-c", config)
    assert (result.code, result.out) == (code, "")
    assert reason in result.err


def test_without_a_key_there_are_no_tokens(scrim: Callable[..., Result], tmp_path: Path) -> None:
    result = scrim("token", "issue", "--user", "ana", "-c", write_config(tmp_path))
    assert result.code == 1
    assert "identity.tokens" in result.err
