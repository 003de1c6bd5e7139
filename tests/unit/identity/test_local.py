"""Principals that the configuration lists."""

from __future__ import annotations

import secrets

from pydantic import SecretStr

from scrim.config.identity import LocalUser
from scrim.domain.principal import Principal, PrincipalKind
from scrim.identity.local import LocalDirectory
from scrim.identity.scram import make_verifier

VERIFIER = make_verifier("pen" + "cil", secrets.token_bytes)
ALICE = Principal(PrincipalKind.USER, "alice", frozenset({"analysts"}))
DIRECTORY = LocalDirectory(
    {
        "alice": LocalUser(groups=["analysts"], password=SecretStr(VERIFIER.format())),
        "loader": LocalUser(kind="service"),
        "bot": LocalUser(kind="agent", acts_for="alice", groups=["bots"]),
    }
)


def test_principals_by_name() -> None:
    assert DIRECTORY.principal("alice") == ALICE
    assert DIRECTORY.principal("loader") == Principal(PrincipalKind.SERVICE, "loader")
    assert DIRECTORY.principal("bot") == Principal(
        PrincipalKind.AGENT, "bot", frozenset({"bots"}), ALICE
    )
    assert DIRECTORY.principal("nobody") is None


def test_an_agent_of_nobody_is_nobody() -> None:
    users = {
        "bot": LocalUser(kind="agent", acts_for="alice"),
        "meta": LocalUser(kind="agent", acts_for="bot"),
    }
    directory = LocalDirectory(users)
    assert directory.principal("bot") is None
    assert directory.principal("meta") is None


def test_verifiers() -> None:
    assert DIRECTORY.verifier("alice") == VERIFIER
    assert DIRECTORY.verifier("bot") is None
    assert DIRECTORY.verifier("nobody") is None
    assert DIRECTORY.verifiers == (VERIFIER,)


def test_agents_of_tokens() -> None:
    facts = (("purpose", "support"),)
    listed = DIRECTORY.agent("bot", ALICE, facts)
    assert listed == Principal(PrincipalKind.AGENT, "bot", frozenset({"bots"}), ALICE, facts)
    unlisted = DIRECTORY.agent("other bot", ALICE)
    assert unlisted == Principal(PrincipalKind.AGENT, "other bot", frozenset(), ALICE)
    loader = DIRECTORY.principal("loader")
    assert loader is not None
    assert DIRECTORY.agent("bot", loader) is None
    assert DIRECTORY.agent("alice", loader) is None
