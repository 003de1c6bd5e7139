"""The gateway's side of a client's startup, as transcripts."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.domain.decision import Refusal
from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import FrameReader, packet
from scrim.protocols.postgres.messages import PasswordMessage, SASLInitialResponse, SASLResponse
from scrim.protocols.postgres.startup import MAX_CREDENTIAL_BYTES, PostgresClientStartup
from scrim.protocols.postgres.startup_packets import (
    PROTOCOL_3_0,
    PROTOCOL_3_1,
    PROTOCOL_3_2,
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
)
from scrim.wire import (
    CancelKey,
    Password,
    PasswordPrompt,
    ProtocolError,
    SaslBegin,
    SaslContinue,
    SaslFinal,
    SaslMechanisms,
    SaslResponse,
    SessionParameters,
    StartupStep,
)

ANNA = {"user": "anna@example.org", "database": "shop", "application_name": "psql"}
HELLO = StartupMessage(PROTOCOL_3_0, ANNA).encode()
SECRET = "pass" + "word"


def kinds(data: bytes) -> str:
    """Return the types of messages, and check that they are whole."""
    reader = FrameReader(1_000_000)
    reader.feed(data)
    found = ""
    while message := reader.next_frame():
        found += message.kind
    assert len(reader) == 0
    return found


def began(version: int = PROTOCOL_3_0, **options: bool) -> PostgresClientStartup:
    """Return a startup whose parameters have arrived."""
    startup = PostgresClientStartup(**options)
    step = startup.receive(StartupMessage(version, ANNA).encode())
    assert step is StartupStep.AUTHENTICATE
    startup.take_outgoing()
    return startup


def test_scram_from_the_first_byte_to_ready_for_query() -> None:
    startup = PostgresClientStartup()
    assert startup.receive(HELLO) is StartupStep.AUTHENTICATE
    assert (startup.user, startup.database) == ("anna@example.org", "shop")
    assert startup.parameters == ANNA
    assert startup.take_outgoing() == b""
    assert startup.challenge(SaslMechanisms(("SCRAM-SHA-256",))) is StartupStep.NEED_DATA
    assert startup.take_outgoing() == b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"
    first = SASLInitialResponse("SCRAM-SHA-256", b"n,,n=,r=x").encode()
    assert startup.receive(first) is StartupStep.CREDENTIAL
    begin = startup.credential
    startup.challenge(SaslContinue(b"r=xy"))
    assert startup.take_outgoing() == b"R\0\0\0\x0c\0\0\0\x0br=xy"
    assert startup.receive(SASLResponse(b"c=biws").encode()) is StartupStep.CREDENTIAL
    response = startup.credential
    assert (begin, response) == (
        SaslBegin("SCRAM-SHA-256", b"n,,n=,r=x"),
        SaslResponse(b"c=biws"),
    )
    startup.challenge(SaslFinal(b"v=z"))
    startup.accept(SessionParameters((("a", "b"), ("c", "d"))), CancelKey(7, b"abcd"))
    assert kinds(startup.take_outgoing()) == "RRSSKZ"


def test_byte_by_byte_and_with_what_follows() -> None:
    startup = PostgresClientStartup()
    for byte in HELLO[:-1]:
        assert startup.receive(bytes([byte])) is StartupStep.NEED_DATA
    assert startup.receive(HELLO[-1:]) is StartupStep.AUTHENTICATE
    startup.challenge(SaslMechanisms(("A",)))
    stream = SASLInitialResponse("A", b"x").encode()
    for byte in stream[:-1]:
        assert startup.receive(bytes([byte])) is StartupStep.NEED_DATA
    assert startup.receive(stream[-1:] + b"Q\0\0\0") is StartupStep.CREDENTIAL
    startup.accept(SessionParameters(()), CancelKey(1, b"abcd"))
    startup.receive(b"\x05\0")
    assert startup.take_rest() == b"Q\0\0\0\x05\0"


def test_a_credential_that_came_early_is_found_when_it_is_asked_for() -> None:
    startup = PostgresClientStartup()
    stream = HELLO + SASLInitialResponse("A", b"x").encode()
    assert startup.receive(stream) is StartupStep.AUTHENTICATE
    assert startup.challenge(SaslMechanisms(("A",))) is StartupStep.CREDENTIAL


def test_tls() -> None:
    startup = PostgresClientStartup(tls_available=True)
    assert startup.receive(SSLRequest().encode()) is StartupStep.START_TLS
    assert startup.take_outgoing() == b"S"
    assert startup.tls_established() is StartupStep.NEED_DATA
    assert startup.tls_active
    assert startup.receive(HELLO) is StartupStep.AUTHENTICATE


def test_tls_is_declined_where_there_is_none() -> None:
    startup = PostgresClientStartup()
    assert startup.receive(SSLRequest().encode()) is StartupStep.REPLY
    assert startup.take_outgoing() == b"N"
    assert startup.receive(HELLO) is StartupStep.AUTHENTICATE
    assert not startup.tls_active


def test_gssapi_is_declined_and_tls_may_follow() -> None:
    startup = PostgresClientStartup(tls_available=True)
    assert startup.receive(GSSENCRequest().encode()) is StartupStep.REPLY
    assert startup.receive(SSLRequest().encode()) is StartupStep.START_TLS
    assert startup.take_outgoing() == b"NS"


@pytest.mark.parametrize("request_", [SSLRequest(), GSSENCRequest()])
@pytest.mark.parametrize("tls_available", [True, False])
def test_plain_text_behind_an_encryption_request_is_refused(
    request_: SSLRequest | GSSENCRequest,
    tls_available: bool,
) -> None:
    startup = PostgresClientStartup(tls_available=tls_available)
    with pytest.raises(ProtocolError, match="unencrypted data"):
        startup.receive(request_.encode() + HELLO)


def test_plain_text_between_the_answer_and_tls_is_refused() -> None:
    startup = PostgresClientStartup(tls_available=True)
    startup.receive(SSLRequest().encode())
    with pytest.raises(ProtocolError, match="unencrypted data"):
        startup.receive(HELLO)


@pytest.mark.parametrize("request_", [SSLRequest(), GSSENCRequest()])
def test_encryption_is_asked_for_once(request_: SSLRequest | GSSENCRequest) -> None:
    startup = PostgresClientStartup()
    startup.receive(request_.encode())
    with pytest.raises(ProtocolError, match="once"):
        startup.receive(request_.encode())
    direct = PostgresClientStartup(tls_available=True, tls_active=True)
    with pytest.raises(ProtocolError, match="once"):
        direct.receive(request_.encode())


def test_direct_tls() -> None:
    startup = PostgresClientStartup(tls_available=True, tls_required=True, tls_active=True)
    assert startup.receive(HELLO) is StartupStep.AUTHENTICATE


def test_tls_can_be_required() -> None:
    startup = PostgresClientStartup(tls_available=True, tls_required=True)
    with pytest.raises(ProtocolError, match="requires TLS") as caught:
        startup.receive(HELLO)
    assert caught.value.code == "28000"


@pytest.mark.parametrize("secret", [b"abcd", bytes(256)])
def test_cancel_requests_need_no_tls(secret: bytes) -> None:
    startup = PostgresClientStartup(tls_available=True, tls_required=True)
    assert startup.receive(CancelRequest(CancelKey(9, secret)).encode()) is StartupStep.CANCEL
    assert startup.cancel_key == CancelKey(9, secret)


@pytest.mark.parametrize(
    ("version", "options", "spoken", "reply"),
    [
        (PROTOCOL_3_0, {}, PROTOCOL_3_0, b""),
        (PROTOCOL_3_2, {}, PROTOCOL_3_2, b""),
        (PROTOCOL_3_1, {}, PROTOCOL_3_0, b"v\0\0\0\x0c\0\3\0\0\0\0\0\0"),
        (PROTOCOL_3_0 + 9999, {}, PROTOCOL_3_2, b"v\0\0\0\x0c\0\3\0\2\0\0\0\0"),
        (
            PROTOCOL_3_0,
            {"_pq_.new": "1"},
            PROTOCOL_3_0,
            b"v\0\0\0\x15\0\3\0\0\0\0\0\1_pq_.new\0",
        ),
    ],
)
def test_versions_and_options_are_negotiated_down(
    version: int, options: dict[str, str], spoken: int, reply: bytes
) -> None:
    startup = PostgresClientStartup()
    startup.receive(StartupMessage(version, ANNA | options).encode())
    assert startup.protocol_version == spoken
    assert startup.take_outgoing() == reply
    assert startup.parameters == ANNA
    assert startup.secret_bytes == (32 if spoken == PROTOCOL_3_2 else 4)


@pytest.mark.parametrize("value", ["true", "on", "1", "database", "yes", ""])
def test_replication_is_refused(value: str) -> None:
    startup = PostgresClientStartup()
    with pytest.raises(ProtocolError, match="replication connections are not served") as caught:
        startup.receive(StartupMessage(PROTOCOL_3_0, ANNA | {"replication": value}).encode())
    assert caught.value.code == "0A000"


def test_no_replication_is_no_parameter() -> None:
    startup = PostgresClientStartup()
    startup.receive(StartupMessage(PROTOCOL_3_0, ANNA | {"replication": "off"}).encode())
    assert startup.parameters == ANNA


def test_the_database_defaults_to_the_user() -> None:
    for extra in ({}, {"database": ""}):
        startup = PostgresClientStartup()
        startup.receive(StartupMessage(PROTOCOL_3_0, {"user": "anna"} | extra).encode())
        assert startup.database == "anna"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({}, "no user name"), ({"user": ""}, "no user name"), ({"user": "é" * 129}, "too long")],
)
def test_a_user_is_needed(parameters: dict[str, str], message: str) -> None:
    startup = PostgresClientStartup()
    with pytest.raises(ProtocolError, match=message) as caught:
        startup.receive(StartupMessage(PROTOCOL_3_0, parameters).encode())
    assert caught.value.code == "28000"


def test_a_password_is_asked_for_only_over_tls() -> None:
    with pytest.raises(ProtocolError, match="never asked for without TLS"):
        began().challenge(PasswordPrompt())
    startup = began(tls_active=True)
    startup.challenge(PasswordPrompt())
    assert startup.take_outgoing() == b"R\0\0\0\x08\0\0\0\x03"
    assert startup.receive(PasswordMessage(SECRET).encode()) is StartupStep.CREDENTIAL
    assert startup.credential == Password(SECRET)
    assert SECRET not in repr(startup.credential)


def test_a_client_may_leave() -> None:
    startup = began()
    startup.challenge(SaslMechanisms(("A",)))
    assert startup.receive(b"X\0\0\0\x04") is StartupStep.CLOSE


def test_only_credentials_answer_a_challenge() -> None:
    startup = began()
    startup.challenge(SaslMechanisms(("A",)))
    with pytest.raises(ProtocolError, match="was expected"):
        startup.receive(b"Q\0\0\0\x05\0")


def test_lengths_are_bounded() -> None:
    with pytest.raises(ProtocolError, match="impossible length"):
        PostgresClientStartup().receive(packet(bytes(10_000))[:8])
    startup = began()
    startup.challenge(SaslMechanisms(("A",)))
    with pytest.raises(ProtocolError, match="impossible length"):
        startup.receive(b"p" + (MAX_CREDENTIAL_BYTES + 5).to_bytes(4))
    early = began()
    with pytest.raises(ProtocolError, match="too much data"):
        early.receive(bytes(100_000))


def test_a_refusal_is_fatal() -> None:
    startup = began()
    startup.refuse(Refusal("28P01", "no"))
    error = ErrorFields.parse(startup.take_outgoing()[5:])
    assert (error.severity, error.code, error.message) == ("FATAL", "28P01", "no")


def test_nothing_is_there_before_it_arrived() -> None:
    startup = PostgresClientStartup()
    assert (startup.user, startup.database) == ("", "")
    with pytest.raises(ProtocolError):
        _ = startup.credential
    with pytest.raises(ProtocolError):
        _ = startup.cancel_key


@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_garbage_never_does_anything_else(chunks: list[bytes], tls: bool) -> None:
    startup = PostgresClientStartup(tls_available=tls)
    with contextlib.suppress(ProtocolError):
        for chunk in chunks:
            startup.receive(chunk)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_garbage_for_a_challenge_never_does_anything_else(chunks: list[bytes]) -> None:
    startup = began()
    startup.challenge(SaslMechanisms(("A",)))
    with contextlib.suppress(ProtocolError):
        for chunk in chunks:
            startup.receive(chunk)
