"""A keyed hash."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class HashOptions(BaseModel):
    """What hashes look like."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    length: int = Field(default=32, ge=4, le=64, description="Characters of a hash.")
    encoding: Literal["hex", "base32"] = Field(
        default="hex", description="`hex`, or `base32` in small letters (RFC 4648)."
    )
    exact: bool = Field(
        default=False,
        description="Whether texts that differ only in case or composition stay different.",
    )


OPERATOR = Operator(
    name="hash",
    description=(
        "Replaces a text by a keyed hash, the same for the same value and unique if it is "
        "long enough."
    ),
    options=HashOptions,
    survives=(
        "Equality and joins, up to case and Unicode composition unless `exact` is set. "
        "Uniqueness, with at least 24 hexadecimal or 20 other characters."
    ),
    lost="Layout, length, order, and everything that the text says.",
    attack=(
        "AES-CMAC under a key of the entity: without the key a guess cannot be checked, "
        "unlike with a plain SHA-256. Equal values show as equal, so frequencies can be "
        "matched. A hash cannot be turned back, not even with the key."
    ),
    made=True,
    examples=(
        Example("zelda@corp.test"),
        Example("Zelda@Corp.Test"),
        Example("Zelda@Corp.Test", {"exact": True}),
        Example("Zelda", {"length": 12, "encoding": "base32"}),
    ),
)
