"""A social security number that was never issued."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="ssn",
    description=("Replaces a social security number by one from the range that is never issued."),
    keeps="layout",
)
