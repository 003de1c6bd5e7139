"""A hardware address."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="mac",
    description=(
        "Replaces a hardware address in a text by a locally administered one, as columns of "
        "type macaddr have it."
    ),
    keeps="layout",
    survives="Joins, also with columns of type macaddr, uniqueness, and the separators.",
    lost="The manufacturer.",
    attack=(
        "A keyed permutation: known pairs say nothing of other addresses. Addresses of one "
        "manufacturer are no longer alike."
    ),
    examples=(
        Example("00:1B:44:11:3A:B7", domain="network.mac"),
        Example("001b.4411.3ab7", domain="network.mac"),
    ),
)
