"""Keyed words."""

from scrim.masking.declaration import Operator

OPERATOR = Operator(
    name="text",
    description="Replaces a text by words of about the same length.",
)
