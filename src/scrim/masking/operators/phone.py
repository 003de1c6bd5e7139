"""A phone number of the same layout."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="phone",
    description="Replaces a phone number by another of the same country code and layout.",
    keeps="country code and layout",
    reversible=True,
    limits="a text with characters outside ASCII comes back wrong",
    survives="Joins, uniqueness, country and layout.",
    lost=(
        "Area and subscriber. The replacement may be somebody's number; `fictional_phone` gives "
        "such as reach nobody, of which there are fewer."
    ),
    attack=(
        "A keyed permutation (FF1, or a Feistel network below a million values): known pairs "
        "say nothing of other values. Numbers of few digits behind the country code have few "
        "others to become."
    ),
    examples=(
        Example("+1 415 555 0132", domain="contact.phone"),
        Example("+49 30 901820", domain="contact.phone"),
    ),
)
