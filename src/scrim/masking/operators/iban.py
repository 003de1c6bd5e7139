"""An IBAN of the same country."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="iban",
    description="Replaces an IBAN by another of the same country that passes its check.",
    keeps="country and layout",
    reversible=True,
    limits="wrong check digits come back right",
)
