"""Keyed words."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="text",
    description="Replaces a text by words of about the same length.",
    survives=(
        "Equality and joins, up to case and Unicode composition, and uniqueness in practice."
    ),
    lost="What the text says; its length beyond about a hundred characters.",
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Equal values show as equal, so the most frequent one can be guessed "
        "from how often it occurs. The length shows about."
    ),
    examples=(
        Example("Zelda"),
        Example("A sentence about nothing in particular."),
    ),
)
