"""NULL."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="null",
    description="Every value becomes NULL.",
    accepts=Accepts.ANY,
    survives="That a row exists.",
    lost="Everything.",
    attack="None.",
    examples=(Example("Zelda"),),
)
