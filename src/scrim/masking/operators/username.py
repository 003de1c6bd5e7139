"""A name that somebody signs in with."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="username",
    description="Replaces a name that somebody signs in with by an invented one.",
    keeps="the `@` in front of a handle",
    survives="Equality and joins up to case, and uniqueness in practice.",
    lost="Length, and what the name says.",
    attack="Without the key a guess cannot be checked. Equal names show as equal.",
    made=True,
    examples=(
        Example("zeldaf", domain="contact.username"),
        Example("ZeldaF", domain="contact.username"),
        Example("@zelda", domain="contact.social_handle"),
    ),
)
