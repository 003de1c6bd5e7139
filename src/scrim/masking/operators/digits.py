"""Digits by FF1 where they stand."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="digits",
    description=(
        "Permutes the digits and letters of a value where they stand, without two values meeting."
    ),
    accepts=Accepts.ANY,
    keeps="layout",
    reversible=True,
    limits="texts with characters outside ASCII, or without digits and letters, come back wrong",
    survives="Joins, uniqueness, and layout.",
    lost="Meaning, check digits and order.",
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Of short codes the count of digits and letters can tell "
        "much: a layout that one value has alone is that value."
    ),
    examples=(
        Example("12-34/56 78"),
        Example("AB 12 34 56 C"),
        Example("007"),
    ),
)
