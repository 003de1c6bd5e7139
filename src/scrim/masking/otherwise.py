"""What becomes of a value that is not of the kind that an operator computes with."""

from typing import Final, Literal

Otherwise = Literal["keyed", "redact"]
"""Words and numbers that the key chooses, or a constant."""
OTHERWISE: Final = (
    "What becomes of a text that the operator does not understand, and of values of other types: "
    "`keyed` replacements, equal for equal values, or the constant of `redact`."
)
