"""The authenticator that a configuration describes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scrim.config.identity import Identity
from scrim.config.secrets import SecretError
from scrim.identity.authenticator import SignIn, TlsFacts
from scrim.identity.configured import Surroundings, build_authenticator, build_issuer
from scrim.wire import PasswordPrompt

if TYPE_CHECKING:
    from pathlib import Path

SURROUNDINGS = Surroundings(lambda: 1_800_000_000.0, secrets.token_bytes, bytes(32))


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    key_file = tmp_path / "tokens.key"
    key_file.write_text(secrets.token_hex(32))
    key_file.chmod(0o600)
    return Identity.model_validate(
        {
            "local": {"users": {"bob": {}, "bot": {"kind": "agent", "acts_for": "bob"}}},
            "tokens": {"key_file": str(key_file), "algorithm": "HS256"},
            "certificates": {"name_from": "email", "users": {"b@example.org": "bob"}},
        }
    )


def test_every_way_is_built(identity: Identity) -> None:
    assert identity.tokens is not None
    token = build_issuer(identity.tokens, SURROUNDINGS).issue("bob", timedelta(hours=1), "bot")
    authenticator = build_authenticator(identity, {"shop"}.__contains__, SURROUNDINGS)
    assert authenticator.certificates is not None
    exchange = authenticator.begin(SignIn("bot", "shop", TlsFacts()))
    assert exchange.first == PasswordPrompt()
    principal = authenticator.by_token("bot", token)
    assert principal is not None
    assert [link.name for link in principal.chain()] == ["bot", "bob"]


def test_nothing_is_built_that_is_not_configured() -> None:
    authenticator = build_authenticator(Identity(), {"shop"}.__contains__, SURROUNDINGS)
    assert authenticator.tokens is None
    assert authenticator.certificates is None
    assert authenticator.by_token("bob", "x") is None


def test_a_key_file_that_others_can_read_is_refused(identity: Identity) -> None:
    assert identity.tokens is not None
    identity.tokens.key_file.chmod(0o644)
    with pytest.raises(SecretError):
        build_authenticator(identity, {"shop"}.__contains__, SURROUNDINGS)
