"""A secret of the same visible kind."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="secret",
    description="Replaces a secret by a worthless one of the same kind.",
    keeps="kind, such as the `AKIA` of an AWS key",
)
