"""Shows what a value looks like without showing it."""

from typing import Final

MAX_CHARACTERS: Final = 40
_LATIN_UPPER: Final = "X"
_LOWER: Final = "x"
_DIGIT: Final = "9"


def shape_of(value: str) -> str:
    """Return a value with each letter as `x` or `X` and each digit as `9`.

    Punctuation stays, so that people recognise an address, a number with groups or a key; what is
    longer than `MAX_CHARACTERS` ends in an ellipsis. Everything else becomes a space.
    """
    shown = "".join(_shape(character) for character in value[:MAX_CHARACTERS])
    return shown + ("…" if len(value) > MAX_CHARACTERS else "")


def _shape(character: str) -> str:
    if character.isdigit() or character.isnumeric():
        return _DIGIT
    if character.isalpha():
        return _LATIN_UPPER if character.isupper() else _LOWER
    if character.isascii() and character.isprintable():
        return character
    return " "
