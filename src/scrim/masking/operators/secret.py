"""A secret of the same visible kind."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="secret",
    description="Replaces a secret by a worthless one of the same kind.",
    keeps="kind, such as the `AKIA` of an AWS key",
    survives="Equality, and the kind by which programs and people know a secret.",
    lost="The secret.",
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Nothing is opened by a replacement."
    ),
    examples=(Example("correct horse battery", domain="secret.password"),),
)
