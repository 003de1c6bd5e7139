"""The kind of a value."""

from scrim.masking.declaration import Accepts, Example, Operator

OPERATOR = Operator(
    name="tag",
    description=(
        "Replaces every value by the name of what it is, such as `<EMAIL>`; other types get a "
        "constant."
    ),
    accepts=Accepts.ANY,
    keeps="what kind of value it is",
    survives="That there is a value, and of which kind.",
    lost="Everything else.",
    attack="None: nothing depends on the value but what it was taken for.",
    examples=(
        Example("zelda@corp.test", domain="contact.email"),
        Example("078-05-1120", domain="us.ssn"),
        Example("42", type_spec={"kind": "int4"}, domain="person.age"),
    ),
)
