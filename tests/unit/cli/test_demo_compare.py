from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scrim.cli.demo_compare import Answer, Shade, as_text, shade

TRUTH = Answer(("email", "body", "n"), (("ana@example.com", 'Call +1-202-555-0143, "now".', "7"),))
MASKED = Answer(("email", "body", "n"), (("kim@example.net", 'Call +1-917-555-0188, "now".', "7"),))

cells = st.text(alphabet='ab c",.', max_size=12)


def test_words_are_shaded_by_what_others_see() -> None:
    shaded = shade(TRUTH, {"raw": TRUTH, "masked": MASKED})
    assert [shaded["raw"].shade_of(0, c) for c in range(3)] == [Shade.RAW, Shade.RAW, Shade.PLAIN]
    assert [shaded["masked"].shade_of(0, c) for c in range(3)] == [
        Shade.MASKED,
        Shade.MASKED,
        Shade.PLAIN,
    ]
    call, number, rest = shaded["masked"].rows[0][1]
    assert (call.text, number.text, rest.text) == ("Call ", "+1-917-555-0188", ', "now".')
    assert (call.shade, number.shade, rest.shade) == (Shade.PLAIN, Shade.MASKED, Shade.PLAIN)


def test_what_nobody_is_kept_from_is_plain() -> None:
    shaded = shade(TRUTH, {"one": TRUTH, "other": TRUTH})
    assert all(shaded["one"].shade_of(0, c) is Shade.PLAIN for c in range(3))


def test_a_column_that_is_known_to_be_sensitive_is_raw_even_if_everyone_sees_it() -> None:
    shaded = shade(TRUTH, {"one": TRUTH, "other": Answer(refusal="no")}, {"email"})
    assert shaded["one"].shade_of(0, 0) is Shade.RAW
    assert shaded["one"].shade_of(0, 1) is Shade.PLAIN


def test_a_refusal_has_no_cells_and_shades_nobody() -> None:
    shaded = shade(TRUTH, {"one": TRUTH, "other": Answer(refusal="no")})
    assert shaded["other"].rows == ()
    assert shaded["one"].shade_of(0, 0) is Shade.PLAIN


@given(cells, cells, cells)
def test_pieces_are_the_text_and_no_replaced_word_counts_as_plain(
    real: str, one: str, other: str
) -> None:
    truth = Answer(("c",), ((real,),))
    given_answers = {"one": Answer(("c",), ((one,),)), "other": Answer(("c",), ((other,),))}
    shaded = shade(truth, given_answers)
    for name, answer in given_answers.items():
        text = answer.rows[0][0]
        assert "".join(piece.text for piece in shaded[name].rows[0][0]) == text
        if text != real and len(text) >= len(real):
            assert shaded[name].shade_of(0, 0) in {Shade.MASKED, Shade.RAW}


def test_values_are_shown_as_text() -> None:
    assert as_text(None) == "NULL"
    assert as_text({"a": "ä"}) == '{"a": "ä"}'
    assert as_text(1.5) == "1.5"
