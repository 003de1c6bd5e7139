"""Showing what a value looks like."""

from hypothesis import given
from hypothesis import strategies as st

from scrim.detection.shapes import MAX_CHARACTERS, shape_of


def test_letters_and_digits_are_replaced() -> None:
    assert shape_of("Ana-7@Example.org") == "Xxx-9@Xxxxxxx.xxx"
    assert shape_of("Łódź ٣ 名前\n") == "Xxxx 9 xx "
    assert shape_of("a" * 100) == "x" * MAX_CHARACTERS + "…"


@given(st.text())
def test_no_letter_or_digit_stays(value: str) -> None:
    shown = shape_of(value).removesuffix("…")
    assert len(shown) == min(len(value), MAX_CHARACTERS)
    assert {c for c in shown if c.isalnum()} <= {"x", "X", "9"}
