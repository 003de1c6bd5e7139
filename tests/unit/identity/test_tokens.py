"""Signed tokens: issued, checked, and refused for every reason there is."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from scrim.config.secrets import SecretError
from scrim.identity.tokens import (
    Algorithm,
    TokenClaims,
    TokenError,
    TokenIssuer,
    TokenKey,
    TokenVerifier,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
HOUR = timedelta(hours=1)


def pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: ed25519.Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


ED25519 = ed25519.Ed25519PrivateKey.generate()
CONTENTS: dict[Algorithm, bytes] = {
    "EdDSA": pem(ED25519),
    "ES256": pem(ec.generate_private_key(ec.SECP256R1())),
    "HS256": secrets.token_hex(32).encode() + b"\n",
}
KEY = TokenKey.parse(CONTENTS["EdDSA"], "EdDSA")


def issuer(key: TokenKey = KEY, now: float = NOW, audience: str = "scrim") -> TokenIssuer:
    return TokenIssuer(key, audience, lambda: now, secrets.token_bytes)


def verifier(key: TokenKey = KEY, now: float = NOW, revoked: str = "") -> TokenVerifier:
    return TokenVerifier(key, "scrim", timedelta(hours=12), lambda: now, lambda i: i == revoked)


def signed(claims: dict[str, object]) -> str:
    """Return a token with claims that the issuer would not make."""
    return jwt.encode({"alg": "Ed25519"}, claims, KEY.key, algorithms=["Ed25519"])


@pytest.mark.parametrize("algorithm", CONTENTS)
def test_issued_tokens_are_accepted(algorithm: Algorithm) -> None:
    key = TokenKey.parse(CONTENTS[algorithm], algorithm)
    facts = {"purpose": "support", "ticket": "T-1"}
    claims = verifier(key).verify(issuer(key).issue("alice", HOUR, "bot", facts))
    assert (claims.subject, claims.agent) == ("alice", "bot")
    assert claims.facts == (("purpose", "support"), ("ticket", "T-1"))
    assert len(claims.token_id) == 32


def test_a_token_without_an_agent() -> None:
    claims = verifier().verify(issuer().issue("alice", HOUR))
    assert claims == TokenClaims("alice", None, claims.token_id)


@pytest.mark.parametrize("other", CONTENTS)
@pytest.mark.parametrize("algorithm", CONTENTS)
def test_only_the_configured_algorithm_and_key_count(
    algorithm: Algorithm, other: Algorithm
) -> None:
    strangers: dict[Algorithm, bytes] = {
        "EdDSA": pem(ed25519.Ed25519PrivateKey.generate()),
        "ES256": pem(ec.generate_private_key(ec.SECP256R1())),
        "HS256": secrets.token_bytes(32).hex().encode(),
    }
    token = issuer(TokenKey.parse(strangers[other], other)).issue("alice", HOUR)
    with pytest.raises(TokenError, match="signature is not valid"):
        verifier(TokenKey.parse(CONTENTS[algorithm], algorithm)).verify(token)


def test_the_public_key_is_no_shared_secret() -> None:
    with pytest.raises(SecretError, match="is a PEM key"):
        TokenKey.parse(public_pem(ED25519), "HS256")


def test_unsigned_tokens_are_refused() -> None:
    claims = {"sub": "alice", "aud": "scrim", "iat": NOW, "exp": NOW + 60, "jti": "x"}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
             for part in ({"alg": "none"}, claims)]  # fmt: skip
    with pytest.raises(TokenError, match="signature is not valid"):
        verifier().verify(".".join([*parts, ""]))


def test_a_public_key_checks_and_does_not_issue() -> None:
    public = TokenKey.parse(public_pem(ED25519), "EdDSA")
    assert verifier(public).verify(issuer().issue("alice", HOUR)).subject == "alice"
    with pytest.raises(SecretError, match="is a public key"):
        issuer(public)


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (NOW + 3600, "has expired"),
        (NOW + 10**9, "has expired"),
        (NOW - 31, "not valid yet"),
    ],
)
def test_tokens_have_their_time(now: float, message: str) -> None:
    token = issuer().issue("alice", HOUR)
    assert verifier(now=NOW + 3599).verify(token)
    assert verifier(now=NOW - 29).verify(token)
    with pytest.raises(TokenError, match=message):
        verifier(now=now).verify(token)


def test_tokens_do_not_live_too_long() -> None:
    with pytest.raises(TokenError, match="longer than max_ttl"):
        verifier().verify(issuer().issue("alice", timedelta(hours=13)))


def test_tokens_for_others_are_refused() -> None:
    with pytest.raises(TokenError, match="another audience"):
        verifier().verify(issuer(audience="elsewhere").issue("alice", HOUR))


def test_revoked_tokens_are_refused() -> None:
    token = issuer().issue("alice", HOUR)
    token_id = verifier().verify(token).token_id
    with pytest.raises(TokenError, match="revoked"):
        verifier(revoked=token_id).verify(token)


CLAIMS: dict[str, object] = {
    "sub": "alice", "aud": ["x", "scrim"], "iat": NOW, "exp": NOW + 60, "jti": "1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sub": None}, "claim sub"),
        ({"sub": ""}, "claim sub"),
        ({"sub": 5}, "claim sub"),
        ({"sub": "x" * 257}, "claim sub"),
        ({"jti": None}, "claim jti"),
        ({"aud": None}, "audience"),
        ({"aud": {"scrim": 1}}, "audience"),
        ({"exp": None}, "claim exp"),
        ({"exp": "soon"}, "claim exp"),
        ({"exp": True}, "claim exp"),
        ({"exp": 2.0**60}, "claim exp"),
        ({"iat": None}, "claim iat"),
        ({"nbf": NOW + 31}, "not valid yet"),
        ({"nbf": "x"}, "claim nbf"),
        ({"act": "bot"}, "claim act"),
        ({"act": {}}, "claim sub"),
        ({"act": {"sub": "bot", "act": {"sub": "another"}}}, "claim act"),
        ({"purpose": 1}, "claim purpose"),
    ],
)
def test_malformed_claims_are_refused(changes: dict[str, object], message: str) -> None:
    assert verifier().verify(signed(CLAIMS)).subject == "alice"
    with pytest.raises(TokenError, match=message):
        verifier().verify(signed(CLAIMS | changes))


def test_groups_of_a_token_have_no_meaning() -> None:
    claims = verifier().verify(signed(CLAIMS | {"groups": ["admins"]}))
    assert "admins" not in str(claims)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b.c.d", "é.b.c", "." * 2, "a." * 5000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenError):
        verifier().verify(token)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_garbage_is_refused(header: str, body: str, signature: str) -> None:
    with pytest.raises(TokenError):
        verifier().verify(f"{header}.{body}.{signature}")


def test_deeply_nested_headers_are_refused() -> None:
    nested = urlsafe_b64encode(b"[" * 5000).rstrip(b"=").decode()
    with pytest.raises(TokenError):
        verifier().verify(f"{nested}.e30.e30")


@pytest.mark.parametrize("algorithm", CONTENTS)
def test_keys_are_read_from_private_files(algorithm: Algorithm, tmp_path: Path) -> None:
    path = tmp_path / "tokens.key"
    path.write_bytes(CONTENTS[algorithm])
    path.chmod(0o644)
    with pytest.raises(SecretError, match="accessible to other users"):
        TokenKey.load(path, algorithm)
    path.chmod(0o600)
    assert TokenKey.load(path, algorithm).algorithm == algorithm


@pytest.mark.parametrize(
    ("content", "algorithm", "message"),
    [
        (b"short", "HS256", "shorter than 32"),
        (b"no pem", "EdDSA", "genpkey -algorithm ed25519"),
        (CONTENTS["ES256"], "EdDSA", "is not a PEM key"),
        (CONTENTS["EdDSA"], "ES256", "ec_paramgen_curve:P-256"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "ES256", "is not a PEM key"),
    ],
)
def test_other_keys_are_refused(content: bytes, algorithm: Algorithm, message: str) -> None:
    with pytest.raises(SecretError, match=message):
        TokenKey.parse(content, algorithm)


def test_the_issuer_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        issuer().issue("alice", timedelta(0))
    with pytest.raises(ValueError, match="no claim groups"):
        issuer().issue("alice", HOUR, facts={"groups": "admins"})


def test_keys_are_not_shown() -> None:
    key = TokenKey.parse(CONTENTS["HS256"], "HS256")
    assert CONTENTS["HS256"].decode().strip() not in repr(key)
