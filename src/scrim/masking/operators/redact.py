"""A constant that fits the type."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="redact",
    description=(
        "Replaces every value by the same constant, `[redacted]` where the type takes it."
    ),
    accepts=Accepts.ANY,
    survives="That there is a value.",
    lost="Everything else.",
    attack="None: nothing depends on the value but whether there is one.",
    examples=(
        Example("Zelda"),
        Example("42", type_spec={"kind": "int4"}),
        Example("1980-03-12", type_spec={"kind": "date"}),
    ),
)
