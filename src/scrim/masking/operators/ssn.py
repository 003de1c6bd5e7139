"""A social security number that was never issued."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="ssn",
    description=("Replaces a social security number by one from the range that is never issued."),
    keeps="layout",
    survives=(
        "Joins, layout, and uniqueness among numbers with one first digit; across first "
        "digits numbers meet as one of a hundred million each."
    ),
    lost="State and time of issue.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Area numbers from 900 on are never issued, so that a "
        "replacement belongs to nobody; some are taxpayer numbers (ITIN)."
    ),
    examples=(
        Example("078-05-1120", domain="us.ssn"),
        Example("078051120", domain="us.ssn"),
    ),
)
