"""ErrorResponse and NoticeResponse, read and written."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.domain.decision import Refusal
from scrim.protocols.postgres.errors import ErrorFields
from scrim.wire import ProtocolError

CODES = st.sampled_from("SVCMDHPpqWstcdnFLR")
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(CODES, TEXTS))
def test_any_fields_read_back(fields: dict[str, str]) -> None:
    error = ErrorFields(fields)
    assert ErrorFields.parse(error.encode()[5:]) == error
    assert error.encode("N")[:1] == b"N"


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else_happens(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        ErrorFields.parse(body)


def test_every_cut_is_refused() -> None:
    body = ErrorFields({"S": "ERROR", "M": "no"}).encode()[5:]
    for end in range(len(body)):
        with pytest.raises(ProtocolError):
            ErrorFields.parse(body[:end])


def test_fields_are_bounded() -> None:
    body = b"".join(bytes([code]) + b"x\0" for code in range(1, 70)) + b"\0"
    with pytest.raises(ProtocolError):
        ErrorFields.parse(body)


def test_text_in_another_encoding_is_kept_readable() -> None:
    error = ErrorFields.parse(b"Mcaf\xe9\0\0")
    assert error.message == "caf\N{REPLACEMENT CHARACTER}"


def test_a_refusal_becomes_an_error() -> None:
    refusal = Refusal("42501", "no", "because", "ask")
    assert ErrorFields.from_refusal(refusal).fields == {
        "S": "ERROR", "V": "ERROR", "C": "42501", "M": "no", "D": "because", "H": "ask",
    }  # fmt: skip
    fatal = ErrorFields.from_refusal(Refusal("42501", "no"), "FATAL")
    assert fatal.severity == "FATAL"
    assert fatal.code == "42501"
    assert set(fatal.fields) == set("SVCM")


def test_absent_fields_have_defaults() -> None:
    empty = ErrorFields({})
    assert (empty.severity, empty.code, empty.message) == ("", "XX000", "")
    assert ErrorFields({"S": "FEHLER"}).severity == "FEHLER"


def test_values_are_not_shown() -> None:
    assert "zaphod" not in repr(ErrorFields({"M": "zaphod"}))


def test_a_nul_in_a_text_does_not_shift_the_others() -> None:
    error = ErrorFields({"M": "a\0Cevil", "C": "22000"})
    assert ErrorFields.parse(error.encode()[5:]).code == "22000"
