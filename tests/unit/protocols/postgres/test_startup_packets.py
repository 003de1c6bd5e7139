"""The packets that begin a connection."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.protocols.postgres.startup_packets import (
    PROTOCOL_3_0,
    PROTOCOL_3_2,
    CancelRequest,
    GSSENCRequest,
    SSLRequest,
    StartupMessage,
    StartupPacket,
    parse_startup_packet,
)
from scrim.wire import CancelKey, ProtocolError

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    "packet",
    [
        SSLRequest(),
        GSSENCRequest(),
        CancelRequest(CancelKey(7, b"abcd")),
        CancelRequest(CancelKey(7, bytes(256))),
        StartupMessage(PROTOCOL_3_0, {"user": "anna", "database": "shop"}),
        StartupMessage(PROTOCOL_3_2, {}),
    ],
)
def test_read_back(packet: StartupPacket) -> None:
    whole = packet.encode()
    assert int.from_bytes(whole[:4]) == len(whole)
    assert parse_startup_packet(whole[4:]) == packet


@given(st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=8))
def test_any_parameters_read_back(parameters: dict[str, str]) -> None:
    packet = StartupMessage(PROTOCOL_3_0, parameters)
    assert parse_startup_packet(packet.encode()[4:]) == packet


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_nothing_else_happens(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        parse_startup_packet(body)


@given(st.binary(max_size=300))
def test_garbage_behind_a_version_is_refused(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        packet = parse_startup_packet(PROTOCOL_3_0.to_bytes(4) + body)
        assert isinstance(packet, StartupMessage)


@pytest.mark.parametrize("version", [2 << 16, 4 << 16, 0, 2**32 - 1])
def test_other_major_versions_are_refused_by_name(version: int) -> None:
    with pytest.raises(ProtocolError, match=f"version {version >> 16}.{version & 65535} is not"):
        parse_startup_packet(version.to_bytes(4) + b"\0")


@pytest.mark.parametrize("size", [0, 3, 257])
def test_cancel_keys_have_bounds(size: int) -> None:
    body = CancelRequest(CancelKey(1, bytes(size))).encode()[4:]
    with pytest.raises(ProtocolError, match="impossible length"):
        parse_startup_packet(body)


def test_requests_carry_nothing_else() -> None:
    with pytest.raises(ProtocolError):
        parse_startup_packet(SSLRequest().encode()[4:] + b"x")
