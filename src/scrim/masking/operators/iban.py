"""An IBAN of the same country."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="iban",
    description="Replaces an IBAN by another of the same country that passes its check.",
    keeps="country and layout",
    reversible=True,
    limits="wrong check digits come back right",
    survives="Joins, uniqueness of numbers of one country, validity (mod 97).",
    lost="Bank and account.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Bank codes are permuted too, so that a replacement may "
        "be of a bank that does not exist."
    ),
    examples=(
        Example("GB82 WEST 1234 5698 7654 32", domain="financial.iban"),
        Example("DE89370400440532013000", domain="financial.iban"),
    ),
)
