"""Each message written and read back, and hostile bodies refused."""

from __future__ import annotations

import contextlib
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.protocols.postgres.framing import FrameReader, text
from scrim.protocols.postgres.messages import (
    Authentication,
    AuthenticationCode,
    BackendKeyData,
    NegotiateProtocolVersion,
    ParameterStatus,
    PasswordMessage,
    Query,
    ReadyForQuery,
    SASLInitialResponse,
    SASLResponse,
    Terminate,
)
from scrim.wire import ProtocolError


class Message(Protocol):
    KIND: str

    def encode(self) -> bytes: ...


def body_of(message: Message) -> bytes:
    reader = FrameReader(100_000)
    reader.feed(message.encode())
    found = reader.next_frame()
    assert found is not None
    assert found.kind == message.KIND
    assert len(reader) == 0
    return found.body


SECRET = "pass" + "word"
MESSAGES = [
    Authentication(AuthenticationCode.OK),
    Authentication(AuthenticationCode.MD5_PASSWORD, b"salt"),
    Authentication.sasl(("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")),
    BackendKeyData(7, b"abcd"),
    BackendKeyData(2**32 - 1, bytes(256)),
    ParameterStatus("client_encoding", "UTF8"),
    ReadyForQuery("I"),
    ReadyForQuery("T"),
    ReadyForQuery("E"),
    NegotiateProtocolVersion(3 << 16, ("_pq_.a", "_pq_.b")),
    PasswordMessage(SECRET),
    SASLInitialResponse("SCRAM-SHA-256", b"n,,n=,r=x"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_read_back(message: Message) -> None:
    parse = type(message).parse  # type: ignore[attr-defined]
    assert parse(body_of(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_every_cut_is_refused_or_another_message(message: Message) -> None:
    body = body_of(message)
    for end in range(len(body)):
        try:
            parsed = type(message).parse(body[:end])  # type: ignore[attr-defined]
        except ProtocolError:
            continue
        assert parsed != message


@pytest.mark.parametrize(
    "parse",
    [
        Authentication.parse, BackendKeyData.parse, ParameterStatus.parse, ReadyForQuery.parse,
        NegotiateProtocolVersion.parse, PasswordMessage.parse, SASLInitialResponse.parse,
        lambda body: Authentication.parse(body).mechanisms(),
    ],
)  # fmt: skip
@given(body=st.binary(max_size=400))
def test_garbage_is_refused_and_nothing_else_happens(parse: object, body: bytes) -> None:
    assert callable(parse)
    with contextlib.suppress(ProtocolError):
        parse(body)


def test_messages_without_a_reader() -> None:
    assert Query("SELECT 1").encode() == b"Q\0\0\0\rSELECT 1\0"
    assert Terminate().encode() == b"X\0\0\0\x04"
    assert SASLResponse(b"c=biws").encode() == b"p\0\0\0\x0ac=biws"


def test_mechanisms_are_listed_and_bounded() -> None:
    assert Authentication.sasl(("A", "B")).mechanisms() == ("A", "B")
    with pytest.raises(ProtocolError, match="too many"):
        Authentication.sasl(("A",) * 33).mechanisms()


def test_an_absent_first_sasl_message_reads_as_empty() -> None:
    body = text("SCRAM-SHA-256") + b"\xff\xff\xff\xff"
    assert SASLInitialResponse.parse(body) == SASLInitialResponse("SCRAM-SHA-256", b"")


@pytest.mark.parametrize("size", [0, 3, 257])
def test_cancel_keys_have_bounds(size: int) -> None:
    with pytest.raises(ProtocolError, match="impossible length"):
        BackendKeyData.parse(bytes(4 + size))


def test_options_are_bounded() -> None:
    with pytest.raises(ProtocolError, match="too many options"):
        NegotiateProtocolVersion.parse((3 << 16).to_bytes(4) + (2**31).to_bytes(4))


def test_secrets_are_not_shown() -> None:
    for message in (
        PasswordMessage(SECRET),
        SASLInitialResponse("SCRAM-SHA-256", SECRET.encode()),
        SASLResponse(SECRET.encode()),
        BackendKeyData(1, SECRET.encode()),
        Authentication(10, SECRET.encode()),
    ):
        assert SECRET not in repr(message)
