"""The gateway's sign-in to a server that may say anything; real servers are asked elsewhere."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.identity.scram import ScramServer, make_verifier
from scrim.protocols.postgres.errors import ErrorFields
from scrim.protocols.postgres.framing import FrameReader, frame
from scrim.protocols.postgres.messages import (
    Authentication,
    AuthenticationCode,
    BackendKeyData,
    NegotiateProtocolVersion,
    ParameterStatus,
    ReadyForQuery,
    SASLInitialResponse,
)
from scrim.protocols.postgres.startup_packets import (
    PROTOCOL_3_0,
    PROTOCOL_3_2,
    CancelRequest,
    SSLRequest,
    StartupMessage,
)
from scrim.protocols.postgres.upstream_startup import (
    MAX_MESSAGE_BYTES,
    PostgresCancel,
    PostgresUpstreamStartup,
)
from scrim.wire import CancelKey, ProtocolError, SaslBegin, TlsDemand, UpstreamLogin

PASSWORD = "pen" + "cil"
LOGIN = UpstreamLogin("scrim", "shop", PASSWORD, (("application_name", "scrim"),))
OK = Authentication(AuthenticationCode.OK).encode()
SETTLED = (
    ParameterStatus("server_version", "18.1").encode()
    + BackendKeyData(7, bytes(32)).encode()
    + ReadyForQuery().encode()
)


def nonce(size: int) -> bytes:
    return bytes(range(size))


def started(
    tls: TlsDemand = TlsDemand.NONE, login: UpstreamLogin = LOGIN
) -> PostgresUpstreamStartup:
    """Return a startup that has said its first words."""
    startup = PostgresUpstreamStartup(login, tls, nonce)
    startup.take_outgoing()
    return startup


def failure(startup: PostgresUpstreamStartup, data: bytes) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        startup.receive(data)
    assert PASSWORD not in caught.value.message
    return caught.value


def test_asks_for_the_newest_version_and_the_login() -> None:
    startup = PostgresUpstreamStartup(LOGIN, TlsDemand.NONE, nonce)
    parameters = {"application_name": "scrim", "user": "scrim", "database": "shop"}
    assert startup.take_outgoing() == StartupMessage(PROTOCOL_3_2, parameters).encode()
    assert not startup.ready


def test_trusted_at_once_whole_and_byte_by_byte() -> None:
    for chunks in ([OK + SETTLED], [bytes([byte]) for byte in OK + SETTLED]):
        startup = started()
        for chunk in chunks:
            assert not startup.ready
            startup.receive(chunk)
        assert startup.ready
        assert startup.session.parameters == (("server_version", "18.1"),)
        assert startup.cancel_key == CancelKey(7, bytes(32))
        assert startup.protocol_version == PROTOCOL_3_2


def test_bytes_behind_the_end_are_refused() -> None:
    assert "before any statement" in failure(started(), OK + SETTLED + b"N").message


def test_tls_comes_first() -> None:
    startup = PostgresUpstreamStartup(LOGIN, TlsDemand.REQUIRE, nonce)
    assert startup.take_outgoing() == SSLRequest().encode()
    startup.receive(b"S")
    wanted = startup.wants_tls
    assert startup.take_outgoing() == b""
    startup.tls_established(b"hash")
    assert (wanted, startup.wants_tls) == (True, False)
    assert startup.take_outgoing().startswith(b"\0\0\0")


@pytest.mark.parametrize("answer", [b"SR", b"NR", b"E", b"H", b"\0"])
def test_other_answers_about_tls_are_refused(answer: bytes) -> None:
    assert failure(started(TlsDemand.PREFER), answer).code == "08006"


def test_bytes_between_the_answer_and_tls_are_refused() -> None:
    startup = started(TlsDemand.REQUIRE)
    startup.receive(b"S")
    assert "unencrypted" in failure(startup, OK).message


def test_without_tls_only_where_it_is_a_preference() -> None:
    startup = started(TlsDemand.PREFER)
    startup.receive(b"N")
    assert startup.take_outgoing() != b""
    assert "does not offer TLS" in failure(started(TlsDemand.REQUIRE), b"N").message


def scram_exchange(startup: PostgresUpstreamStartup, end_point: bytes, password: str) -> None:
    """Play the server's part of a SCRAM exchange."""
    offered = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256") if end_point else ("SCRAM-SHA-256",)
    startup.receive(Authentication.sasl(offered).encode())
    reader = FrameReader(10_000)
    reader.feed(startup.take_outgoing())
    message = reader.next_frame()
    assert message is not None
    initial = SASLInitialResponse.parse(message.body)
    assert initial.mechanism == offered[0]
    server = ScramServer(make_verifier(password, nonce), b"server nonce", end_point)
    first = server.first(SaslBegin(initial.mechanism, initial.data))
    startup.receive(Authentication(AuthenticationCode.SASL_CONTINUE, first).encode())
    reader.feed(startup.take_outgoing())
    message = reader.next_frame()
    assert message is not None
    last = server.final(message.body) or b"v=" + b64encode(bytes(32))
    startup.receive(Authentication(AuthenticationCode.SASL_FINAL, last).encode())


@pytest.mark.parametrize("end_point", [b"", b"hash of the certificate"])
def test_scram_with_and_without_channel_binding(end_point: bytes) -> None:
    startup = started(TlsDemand.REQUIRE if end_point else TlsDemand.NONE)
    if end_point:
        startup.receive(b"S")
        startup.tls_established(end_point)
        startup.take_outgoing()
    scram_exchange(startup, end_point, PASSWORD)
    startup.receive(OK + SETTLED)
    assert startup.ready


def test_a_server_that_does_not_know_the_password_is_refused() -> None:
    with pytest.raises(ProtocolError, match="could not prove"):
        scram_exchange(started(), b"", "another")


def test_scram_cannot_be_cut_short() -> None:
    sasl = Authentication.sasl(("SCRAM-SHA-256",)).encode()
    for cut in (OK, Authentication(AuthenticationCode.MD5_PASSWORD, b"salt").encode(), sasl):
        startup = started()
        startup.receive(sasl)
        assert failure(startup, cut).code == "08004"


@pytest.mark.parametrize("code", [AuthenticationCode.SASL_CONTINUE, AuthenticationCode.SASL_FINAL])
def test_scram_has_an_order(code: AuthenticationCode) -> None:
    assert failure(started(), Authentication(code, b"r=x").encode()).code == "08004"


def test_md5() -> None:
    startup = started(login=UpstreamLogin("md5_user", "d", "p"))
    startup.receive(Authentication(AuthenticationCode.MD5_PASSWORD, b"\1\2\3\4").encode())
    # md5(md5("p" "md5_user") "\1\2\3\4"), computed with the md5sum program.
    digest = b"md5d01359d29dd82120ed49a7f3941d455a"
    assert startup.take_outgoing() == frame("p", digest + b"\0")
    odd = Authentication(AuthenticationCode.MD5_PASSWORD, b"\1\2\3").encode()
    assert "malformed" in failure(started(), odd).message


def test_a_cleartext_password_needs_tls_or_leave() -> None:
    ask = Authentication(AuthenticationCode.CLEARTEXT_PASSWORD).encode()
    assert "without TLS" in failure(started(), ask).message
    allowed = started(login=replace(LOGIN, allow_cleartext=True))
    protected = started(TlsDemand.REQUIRE)
    protected.receive(b"S")
    protected.tls_established(b"")
    protected.take_outgoing()
    for startup in (allowed, protected):
        startup.receive(ask)
        assert startup.take_outgoing() == frame("p", PASSWORD.encode() + b"\0")


def test_a_password_may_be_missing() -> None:
    ask = Authentication(AuthenticationCode.MD5_PASSWORD, b"salt").encode()
    error = failure(started(login=UpstreamLogin("scrim", "shop")), ask)
    assert "password_file" in error.message


@pytest.mark.parametrize("code", [2, 6, 7, 8, 9, 99, 2**32 - 1])
def test_unknown_methods_are_refused(code: int) -> None:
    assert f"number {code}" in failure(started(), Authentication(code).encode()).message


def test_an_older_server_is_followed() -> None:
    startup = started()
    startup.receive(NegotiateProtocolVersion(PROTOCOL_3_0).encode() + OK + SETTLED)
    assert startup.protocol_version == PROTOCOL_3_0
    for version in (2 << 16, PROTOCOL_3_2 + 1, 4 << 16):
        error = failure(started(), NegotiateProtocolVersion(version).encode())
        assert "no protocol version" in error.message


@pytest.mark.parametrize(
    ("state", "code", "message"),
    [
        ("28P01", "08004", "refused the gateway's credentials"),
        ("28000", "08004", "refused the gateway's credentials"),
        ("3D000", "08004", "no database"),
        ("53300", "53300", "no connection slot"),
        ("57P03", "57P03", "starting up"),
        ("XX000", "08004", "SQLSTATE XX000"),
        ("zaphod", "08004", "SQLSTATE unknown"),
        ('"x"', "08004", "SQLSTATE unknown"),
        ("08P01", "0A000", "only protocol version 3.0"),
        ("0A000", "0A000", "only protocol version 3.0"),
    ],
)
def test_refusals_are_told_in_our_words(state: str, code: str, message: str) -> None:
    error = ErrorFields({"S": "FATAL", "C": state, "M": 'secret of user "scrim"'})
    caught = failure(started(), error.encode())
    assert caught.code == code
    assert message in caught.message
    assert "secret of" not in caught.message


def test_a_refusal_after_an_answer_is_no_question_of_version() -> None:
    startup = started()
    error = ErrorFields({"S": "FATAL", "C": "08P01", "M": ""}).encode()
    assert failure(startup, OK + error).code == "08004"


def test_notices_are_ignored() -> None:
    startup = started()
    notice = ErrorFields({"S": "NOTICE", "C": "00000", "M": "hello"}).encode("N")
    startup.receive(notice + OK + notice + SETTLED)
    assert startup.ready


@pytest.mark.parametrize(
    "data",
    [
        b"Z\0\0\0\5I",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        OK + b"D\0\0\0\4",
        OK + ReadyForQuery("T").encode(),
        OK + ParameterStatus("a", "b").encode()[:-1] + b"x",
        b"R" + (MAX_MESSAGE_BYTES + 5).to_bytes(4),
        OK + b"".join(ParameterStatus(f"p{n}", "").encode() for n in range(201)),
    ],
)
def test_garbage_is_refused(data: bytes) -> None:
    failure(started(), data)


def test_the_sum_of_all_messages_is_bounded() -> None:
    startup = started()
    notice = ErrorFields({"S": "NOTICE", "C": "00000", "M": "x" * 60_000}).encode("N")
    for _ in range(17):
        startup.receive(notice)
    assert "too much" in failure(startup, notice).message


@given(st.lists(st.binary(max_size=80), max_size=5), st.sampled_from(TlsDemand))
def test_random_bytes_never_do_anything_else(chunks: list[bytes], tls: TlsDemand) -> None:
    startup = started(tls)
    with contextlib.suppress(ProtocolError):
        for chunk in chunks:
            startup.receive(chunk)


def test_a_cancel_request_and_nothing_more() -> None:
    key = CancelKey(7, b"secret key")
    plain = PostgresCancel(key, TlsDemand.NONE)
    assert plain.ready
    assert plain.take_outgoing() == CancelRequest(key).encode()
    plain.receive(b"whatever")
    protected = PostgresCancel(key, TlsDemand.REQUIRE)
    assert protected.take_outgoing() == SSLRequest().encode()
    protected.receive(b"S")
    protected.tls_established(b"")
    assert protected.take_outgoing() == CancelRequest(key).encode()
    assert protected.cancel_key is None
