"""What both sides of SCRAM compute."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.session.scram import client_key, derive_keys, digest, mix, salted_password, saslprep


def test_the_example_of_rfc_7677() -> None:
    salt, password = b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), "pen" + "cil"
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    transcript = (
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        f"r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
    ).encode()
    keys = derive_keys(password, salt, 4096)
    key = client_key(salted_password(password, salt, 4096))
    proof = mix(key, digest(keys.stored, transcript))
    assert b64encode(proof) == b"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    signature = digest(keys.server, transcript)
    assert b64encode(signature) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


@pytest.mark.parametrize(
    ("password", "prepared"),
    [
        # The examples of RFC 4013, section 3.
        ("I\N{SOFT HYPHEN}X", "IX"),
        ("user", "user"),
        ("USER", "USER"),
        ("\N{FEMININE ORDINAL INDICATOR}", "a"),
        ("\N{ROMAN NUMERAL NINE}", "IX"),
        # Outside the profile: taken as it is, as PostgreSQL does.
        ("\x07\N{ROMAN NUMERAL NINE}", "\x07\N{ROMAN NUMERAL NINE}"),
        ("\N{ARABIC LETTER ALEF}1", "\N{ARABIC LETTER ALEF}1"),
        ("\N{ARABIC LETTER ALEF}a\N{ARABIC LETTER ALEF}",) * 2,
        ("\N{SOFT HYPHEN}", "\N{SOFT HYPHEN}"),
        ("\u0221", "\u0221"),
        # Inside it.
        ("\N{ARABIC LETTER ALEF}1\N{ARABIC LETTER ALEF}",) * 2,
        ("a\N{NO-BREAK SPACE}b", "a b"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
    ],
)
def test_passwords_are_prepared(password: str, prepared: str) -> None:
    assert saslprep(password) == prepared


@given(st.text())
def test_any_password_can_be_prepared(password: str) -> None:
    assert isinstance(saslprep(password), str)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_mixing_twice_gives_the_first(left: bytes, right: bytes) -> None:
    assert mix(mix(left, right), right) == left
    assert mix(left, left) == bytes(32)
