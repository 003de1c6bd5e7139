"""The server's side of SCRAM-SHA-256, against the gateway's own client and hostile ones."""

from __future__ import annotations

import contextlib
import secrets
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.identity.scram import (
    ScramServer,
    ScramVerifier,
    make_verifier,
    mechanisms,
    mock_verifier,
)
from scrim.protocols.postgres.scram_client import ScramClient
from scrim.session.scram import MECHANISM, MECHANISM_PLUS
from scrim.wire import ProtocolError, SaslBegin
from tests.support.postgres import sample_roles

if TYPE_CHECKING:
    from tests.support.postgres import PostgresServer

PASSWORD = "pen" + "cil"
VERIFIER = make_verifier(PASSWORD, secrets.token_bytes)
SECRET = bytes(32)
FIRST = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"


def server(end_point: bytes = b"", verifier: ScramVerifier = VERIFIER) -> ScramServer:
    return ScramServer(verifier, secrets.token_bytes(18), end_point)


def converse(password: str, end_point: bytes = b"", verifier: ScramVerifier = VERIFIER) -> bool:
    """Run a whole exchange and say whether the client was accepted."""
    ours = server(end_point, verifier)
    mechanism = mechanisms(end_point)[0]
    client = ScramClient(
        password,
        mechanism,
        secrets.token_bytes(18),
        end_point=end_point,
        binding_offered=bool(end_point),
    )
    last = ours.final(client.respond(ours.first(SaslBegin(mechanism, client.first()))))
    if last is None:
        return False
    client.verify(last)
    return True


@pytest.mark.parametrize("end_point", [b"", b"hash of a certificate"])
def test_the_right_password_and_no_other(end_point: bytes) -> None:
    assert converse(PASSWORD, end_point)
    assert not converse(PASSWORD + " ", end_point)
    assert not converse("", end_point)


@pytest.mark.parametrize("password", ["I\N{SOFT HYPHEN}X", "pässwörd", "\x07\u2168"])
def test_passwords_are_prepared_on_both_sides(password: str) -> None:
    assert converse(password, verifier=make_verifier(password, secrets.token_bytes))


def test_prepared_passwords_are_the_same_password() -> None:
    assert converse("IX", verifier=make_verifier("I\N{SOFT HYPHEN}X", secrets.token_bytes))


def test_verifiers_are_those_of_postgresql(debian_postgres: PostgresServer) -> None:
    role = sample_roles()["scram-sha-256"]
    stored = debian_postgres.execute(
        f"SELECT rolpassword FROM pg_authid WHERE rolname = '{role.name}'"
    ).strip()
    verifier = ScramVerifier.parse(stored)
    assert verifier.format() == stored
    assert make_verifier(role.password, lambda _: verifier.salt) == verifier
    assert converse(role.password, verifier=verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SCRAM-SHA-256",
        "md5" + "0" * 32,
        VERIFIER.format() + "x",
        VERIFIER.format().replace("$4096:", "$0:"),
        VERIFIER.format().replace("$4096:", "$999999999:"),
        "SCRAM-SHA-256$4096:a$" + "A" * 43 + "=:" + "A" * 43 + "=",
        "SCRAM-SHA-256$4096:AAAA$" + "A" * 44 + ":" + "A" * 44,
    ],
)
def test_what_is_no_verifier_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a SCRAM-SHA-256 verifier$"):
        ScramVerifier.parse(text)


@pytest.mark.parametrize("password", ["", "a\0b"])
def test_some_passwords_cannot_be_used(password: str) -> None:
    with pytest.raises(ValueError, match="must not"):
        make_verifier(password, secrets.token_bytes)


def test_verifiers_are_not_shown() -> None:
    for part in VERIFIER.format().replace("$", ":").split(":")[2:]:
        assert part not in repr(VERIFIER)
    assert repr(VERIFIER.salt) not in repr(VERIFIER)


def test_a_made_up_verifier_is_stable_and_fits_no_password() -> None:
    made_up = mock_verifier("nobody", SECRET)
    assert made_up == mock_verifier("nobody", SECRET)
    assert made_up != mock_verifier("somebody", SECRET)
    assert made_up != mock_verifier("nobody", bytes([1]) * 32)
    assert not converse(PASSWORD, verifier=made_up)


def test_a_made_up_verifier_looks_like_the_real_ones() -> None:
    examples = [
        ScramVerifier(15_000, bytes(12), VERIFIER.keys),
        ScramVerifier(4096, bytes(16), VERIFIER.keys),
    ]
    shapes = {(v.iterations, len(v.salt)) for v in (
        mock_verifier(f"user {number}", SECRET, examples) for number in range(50)
    )}  # fmt: skip
    assert shapes == {(15_000, 12), (4096, 16)}


@pytest.mark.parametrize(
    ("mechanism", "message", "end_point"),
    [
        (MECHANISM_PLUS, b"p=tls-server-end-point,,n=,r=x", b""),
        ("SCRAM-SHA-1", FIRST, b""),
        (MECHANISM_PLUS, b"p=tls-unique,,n=,r=x", b"e"),
        (MECHANISM_PLUS, FIRST, b"e"),
        (MECHANISM, b"y,,n=,r=x", b"e"),
        (MECHANISM, b"p=tls-server-end-point,,n=,r=x", b"e"),
        (MECHANISM, b"n,a=admin,n=,r=x", b""),
        (MECHANISM, b"", b""),
        (MECHANISM, b"x,,n=,r=x", b""),
        (MECHANISM, b"n,,r=x", b""),
        (MECHANISM, b"n,,m=x,n=,r=x", b""),
        (MECHANISM, b"n,,n=,r=", b""),
        (MECHANISM, b"n,,n=,r=a b", b""),
        (MECHANISM, b"n,,n=,r=" + b"x" * 257, b""),
        (MECHANISM, b"\xff", b""),
        (MECHANISM, b"n,,n=,r=x," + b"y" * 4000, b""),
    ],
)
def test_wrong_first_messages_are_refused(mechanism: str, message: bytes, end_point: bytes) -> None:
    with pytest.raises(ProtocolError):
        server(end_point).first(SaslBegin(mechanism, message))


def test_a_client_without_channel_binding_may_sign_in_over_tls() -> None:
    server(b"e").first(SaslBegin(MECHANISM, FIRST))
    server(b"").first(SaslBegin(MECHANISM, b"y,,n=,r=x"))


def test_wrong_last_messages_are_refused() -> None:
    for last in (
        b"",
        b"\xff",
        b"c=biws,r={nonce}",
        b"c=biws,p=" + b64encode(bytes(32)),
        b"c=eSws,r={nonce},p=" + b64encode(bytes(32)),
        b"c=biws,r=x{nonce},p=" + b64encode(bytes(32)),
        b"c=biws,r={nonce},p=%",
        b"c=biws,r={nonce},p=" + b64encode(bytes(31)),
    ):
        ours = server()
        nonce = ours.first(SaslBegin(MECHANISM, FIRST)).split(b",")[0][2:]
        with pytest.raises(ProtocolError):
            ours.final(last.replace(b"{nonce}", nonce))


def test_a_proof_for_another_channel_is_refused() -> None:
    ours = server(b"our certificate")
    client = ScramClient(
        PASSWORD, MECHANISM_PLUS, bytes(18), end_point=b"a stranger's", binding_offered=True
    )
    answer = client.respond(ours.first(SaslBegin(MECHANISM_PLUS, client.first())))
    with pytest.raises(ProtocolError, match="does not fit this connection"):
        ours.final(answer)


def test_a_last_message_needs_a_first() -> None:
    with pytest.raises(ProtocolError):
        server().final(b"c=,r=x,p=" + b64encode(bytes(32)))


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_garbage_is_never_accepted(first: bytes, last: bytes) -> None:
    ours = server()
    with contextlib.suppress(ProtocolError):
        ours.first(SaslBegin(MECHANISM, b"n,,n=,r=" + first))
        assert ours.final(b"c=biws," + last) is None
