"""A card number of the same issuer."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="card",
    description=(
        "Replaces a card number by another of the same issuer that passes the Luhn check."
    ),
    keeps="issuer and layout",
    reversible=True,
    limits="a wrong check digit comes back right",
    survives="Joins, uniqueness, validity (Luhn), and group-bys by issuer.",
    lost="The account.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. The six digits of the issuer are raw. With the last "
        "four of a card known from elsewhere nothing is learnt, because they change too."
    ),
    examples=(
        Example("4111 1111 1111 1111", domain="financial.card"),
        Example("4111111111111111", domain="financial.card"),
    ),
)
