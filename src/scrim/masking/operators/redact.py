"""A constant that fits the type."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="redact",
    description=(
        "Replaces every value by the same constant, `[redacted]` where the type takes it."
    ),
    accepts=Accepts.ANY,
)
