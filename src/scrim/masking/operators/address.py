"""A street address."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="address",
    description="Replaces a street address by an invented one.",
    keeps="whether there is a town, a state, a postal code",
    survives=(
        "Equality and joins up to case and composition. Town, state and postal code of one "
        "address belong together: each town lies in one state, and its postal codes too."
    ),
    lost="Where it is, uniqueness (some addresses meet), and the number of the flat.",
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Equal values show as equal, so the most frequent one can be guessed "
        "from how often it occurs. Whether an address has a town, and in what order its parts "
        "stand, shows where addresses are written so."
    ),
    examples=(
        Example("12 Main St", domain="contact.street_address"),
        Example("12 Main St, Springfield, IL 62701", domain="contact.street_address"),
        Example("Hauptstr. 5, 10115 Berlin", domain="contact.street_address"),
        Example("12 MAIN ST", domain="contact.street_address"),
    ),
)
