"""NULL."""

from scrim.masking.declaration import Accepts, Operator

OPERATOR = Operator(
    name="null",
    description="Every value becomes NULL.",
    accepts=Accepts.ANY,
)
