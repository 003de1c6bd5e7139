"""Cutting byte streams into messages: whole, byte by byte, with what follows, and garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.protocols.postgres.framing import Fields, FrameReader, frame, packet, text
from scrim.wire import ProtocolError

FRAMES = st.lists(st.tuples(st.sampled_from("RSZEN"), st.binary(max_size=50)), max_size=8)


@given(FRAMES, st.data())
def test_any_cut_gives_the_same_messages(
    frames: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(frame(kind, body) for kind, body in frames)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    reader = FrameReader(50)
    found = []
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        reader.feed(stream[begin:end])
        while message := reader.next_frame():
            found.append(tuple(message))
    assert found == frames
    assert len(reader) == 0


def test_byte_by_byte_and_with_trailing_bytes() -> None:
    reader = FrameReader(10)
    for byte in frame("Z", b"I")[:-1]:
        reader.feed(bytes([byte]))
        assert reader.next_frame() is None
    reader.feed(b"Irest")
    assert reader.next_frame() == ("Z", b"I")
    assert reader.take() == b"rest"
    assert len(reader) == 0


@pytest.mark.parametrize("length", [0, 3, 15, 2**31, 2**32 - 1])
def test_impossible_lengths_are_refused_before_the_body_arrives(length: int) -> None:
    reader = FrameReader(10)
    reader.feed(b"R" + length.to_bytes(4))
    with pytest.raises(ProtocolError, match="impossible length"):
        reader.next_frame()


@pytest.mark.parametrize("length", [0, 7, 10_001, 2**32 - 1])
def test_impossible_packets_are_refused(length: int) -> None:
    reader = FrameReader(10_000)
    reader.feed(length.to_bytes(4))
    with pytest.raises(ProtocolError, match="impossible length"):
        reader.next_packet()


def test_packets_have_no_type() -> None:
    reader = FrameReader(10_000)
    whole = packet(b"abcd") + b"x"
    for byte in whole[:7]:
        reader.feed(bytes([byte]))
        assert reader.next_packet() is None
    reader.feed(whole[7:])
    assert reader.next_packet() == b"abcd"
    assert reader.take() == b"x"


def test_the_largest_packet_is_taken() -> None:
    reader = FrameReader(10_000)
    reader.feed(packet(bytes(9_996)))
    assert reader.next_packet() == bytes(9_996)


def test_texts_end_with_nul_and_contain_none() -> None:
    assert text("é") == b"\xc3\xa9\0"
    with pytest.raises(ProtocolError, match="NUL"):
        text("a\0b")


def test_fields_in_order() -> None:
    fields = Fields(b"\0\0\0\x05ab\0\xff\xff\xff\xffrest", "test")
    assert fields.unsigned() == 5
    assert fields.text() == "ab"
    assert fields.signed() == -1
    assert fields.rest() == b"rest"
    fields.end()


@pytest.mark.parametrize(
    "read",
    [
        lambda fields: fields.take(4),
        lambda fields: fields.take(-1),
        lambda fields: fields.unsigned(),
        lambda fields: fields.raw_text(),
        lambda fields: fields.text(),
        lambda fields: fields.end(),
    ],
)
def test_malformed_bodies_are_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(ProtocolError, match="a test message is malformed"):
        read(Fields(b"abc", "test"))


def test_invalid_utf8_is_refused() -> None:
    with pytest.raises(ProtocolError, match="malformed"):
        Fields(b"\xff\0", "test").text()
