"""A street address."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="address",
    description="Replaces a street address by an invented one.",
)
