"""Digits by FF1 where they stand."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="digits",
    description=(
        "Permutes the digits and letters of a value where they stand, without two values meeting."
    ),
    accepts=Accepts.ANY,
    keeps="layout",
    reversible=True,
    limits="texts with characters outside ASCII, or without digits and letters, come back wrong",
)
