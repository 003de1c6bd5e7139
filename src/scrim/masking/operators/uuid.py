"""A UUID in a text."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="uuid",
    description=(
        "Replaces a UUID in a text by another of the same version, as columns of type uuid have it."
    ),
    keeps="version, and the layout",
    survives=(
        "Joins, also with columns of type uuid, and uniqueness in practice. It stays a valid "
        "UUID of its version."
    ),
    lost="Time and node that versions 1, 6 and 7 hold, and with them the order.",
    attack="A keyed hash: without the key a guess cannot be checked.",
    examples=(
        Example("018f3e2a-7b1c-7def-9abc-0123456789ab", domain="network.uuid"),
        Example("{018F3E2A-7B1C-7DEF-9ABC-0123456789AB}", domain="network.uuid"),
    ),
)
