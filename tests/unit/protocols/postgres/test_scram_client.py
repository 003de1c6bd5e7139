"""The client's side of SCRAM-SHA-256."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.protocols.postgres.scram_client import ScramClient, choose_mechanism
from scrim.session.scram import MECHANISM, MECHANISM_PLUS
from scrim.wire import ProtocolError

# The exchange of RFC 7677, section 3. PostgreSQL sends no name, so the transcript differs from the
# RFC's in `n=user`, and the proof with it; the server's test has the RFC's own proof.
NONCE = b64decode("rOprNGfwEbeRWgbNEkqO")
SERVER_FIRST = (
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
)
PASSWORD = "pen" + "cil"


def test_first_messages() -> None:
    for client, first in (
        (ScramClient("x", MECHANISM, NONCE), b"n,,n=,r=rOprNGfwEbeRWgbNEkqO"),
        (
            ScramClient("x", MECHANISM, NONCE, end_point=b"e"),
            b"y,,n=,r=rOprNGfwEbeRWgbNEkqO",
        ),
        (
            ScramClient("x", MECHANISM, NONCE, end_point=b"e", binding_offered=True),
            b"n,,n=,r=rOprNGfwEbeRWgbNEkqO",
        ),
        (
            ScramClient("x", MECHANISM_PLUS, NONCE, end_point=b"e", binding_offered=True),
            b"p=tls-server-end-point,,n=,r=rOprNGfwEbeRWgbNEkqO",
        ),
    ):
        assert client.first() == first


def test_the_channel_is_bound() -> None:
    client = ScramClient(PASSWORD, MECHANISM_PLUS, NONCE, end_point=b"hash")
    binding = b64encode(b"p=tls-server-end-point,,hash")
    assert client.respond(SERVER_FIRST).startswith(b"c=" + binding + b",r=rOprNGfwEbeRWgbNEkqO%hv")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff",
        b"r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=%%%,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1",
        b"r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=9999999999999",
        b"m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        b"r=rOprNGfwEbeRWgbNEkqO" + b"x" * 5000,
    ],
)
def test_malformed_first_messages_are_refused(message: bytes) -> None:
    with pytest.raises(ProtocolError, match="malformed"):
        ScramClient(PASSWORD, MECHANISM, NONCE).respond(message)


def test_an_absurd_amount_of_work_is_refused() -> None:
    message = SERVER_FIRST.replace(b"i=4096", b"i=99999999")
    with pytest.raises(ProtocolError, match="too many SCRAM iterations"):
        ScramClient(PASSWORD, MECHANISM, NONCE).respond(message)


@pytest.mark.parametrize(
    "message", [b"", b"v=", b"v=AAAA", b"v=%", b"x=1", b"v=" + b64encode(bytes(32))]
)
def test_a_server_that_cannot_prove_itself_is_refused(message: bytes) -> None:
    client = ScramClient(PASSWORD, MECHANISM, NONCE)
    client.respond(SERVER_FIRST)
    with pytest.raises(ProtocolError):
        client.verify(message)


def test_nothing_is_proven_before_the_exchange() -> None:
    with pytest.raises(ProtocolError):
        ScramClient(PASSWORD, MECHANISM, NONCE).verify(b"v=")


def test_a_servers_refusal_is_told_without_its_text() -> None:
    client = ScramClient(PASSWORD, MECHANISM, NONCE)
    client.respond(SERVER_FIRST)
    with pytest.raises(ProtocolError, match="refused the gateway's credentials"):
        client.verify(b"e=invalid-proof")


@given(st.binary(max_size=200))
def test_garbage_is_refused(message: bytes) -> None:
    client = ScramClient(PASSWORD, MECHANISM, NONCE)
    with pytest.raises(ProtocolError):
        client.respond(message)
    with pytest.raises(ProtocolError):
        client.verify(message)


def test_the_strongest_mechanism_is_chosen() -> None:
    both = (MECHANISM_PLUS, MECHANISM)
    assert choose_mechanism(both, b"e") == MECHANISM_PLUS
    assert choose_mechanism(both, b"") == MECHANISM
    assert choose_mechanism((MECHANISM,), b"e") == MECHANISM
    for offered in ((), ("OAUTHBEARER",), (MECHANISM_PLUS,)):
        with pytest.raises(ProtocolError, match="no SASL mechanism"):
            choose_mechanism(offered, b"")
