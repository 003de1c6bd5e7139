"""A phone number of the same layout."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="phone",
    description="Replaces a phone number by another of the same country code and layout.",
    keeps="country code and layout",
    reversible=True,
    limits="a text with characters outside ASCII comes back wrong",
)
