"""A card number of the same issuer."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="card",
    description=(
        "Replaces a card number by another of the same issuer that passes the Luhn check."
    ),
    keeps="issuer and layout",
    reversible=True,
    limits="a wrong check digit comes back right",
)
