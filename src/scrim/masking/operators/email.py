"""An e-mail address in a reserved domain."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="email",
    description=(
        "Replaces an e-mail address by another in a domain that is reserved for documentation."
    ),
)
