"""The people of these tests, and an authenticator that knows them."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from pydantic import SecretStr

from scrim.config.identity import LocalUser
from scrim.identity.authenticator import Authenticator, Methods
from scrim.identity.certificates import CertificateNames
from scrim.identity.local import LocalDirectory
from scrim.identity.scram import make_verifier
from scrim.identity.tokens import TokenIssuer, TokenKey, TokenVerifier

NOW = 1_800_000_000.0
PASSWORD = "pen" + "cil"
CONNECTION = "shop"


@pytest.fixture(scope="session")
def directory() -> LocalDirectory:
    """Alice has a password, Bob only tokens and certificates, and a bot acts for Alice."""
    verifier = SecretStr(make_verifier(PASSWORD, secrets.token_bytes).format())
    return LocalDirectory(
        {
            "alice": LocalUser(groups=["analysts"], password=verifier),
            "bob": LocalUser(),
            "bot": LocalUser(kind="agent", acts_for="alice", groups=["bots"]),
        }
    )


@pytest.fixture(scope="session")
def token_key() -> TokenKey:
    return TokenKey.parse(secrets.token_hex(32).encode(), "HS256")


@pytest.fixture
def issuer(token_key: TokenKey) -> TokenIssuer:
    return TokenIssuer(token_key, "scrim", lambda: NOW, secrets.token_bytes)


@pytest.fixture
def tokens(token_key: TokenKey) -> TokenVerifier:
    return TokenVerifier(token_key, "scrim", timedelta(hours=1), lambda: NOW)


def authenticator_of(methods: Methods) -> Authenticator:
    return Authenticator(methods, {CONNECTION}.__contains__, bytes(32), secrets.token_bytes)


@pytest.fixture
def authenticator(directory: LocalDirectory, tokens: TokenVerifier) -> Authenticator:
    """An authenticator with every way to sign in."""
    return authenticator_of(Methods(directory, tokens, CertificateNames("common_name")))


@pytest.fixture
def passwords_only(directory: LocalDirectory) -> Authenticator:
    """An authenticator that takes passwords and nothing else."""
    return authenticator_of(Methods(directory))
