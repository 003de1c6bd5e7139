"""A token that only the key turns back."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator


class SivOptions(BaseModel):
    """What tokens look like."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    prefix: str = Field(
        default="siv_", pattern=r"^[!-~]{0,16}$", description="What each token begins with."
    )
    encoding: Literal["base32", "base64url"] = Field(
        default="base32",
        description="How tokens are written: `base32` survives where case does not count, "
        "`base64url` is a sixth shorter.",
    )


OPERATOR = Operator(
    name="siv",
    description=(
        "Replaces a text by a token that contains it, sealed by AES-SIV (RFC 5297) under the "
        "key of its entity; numbers, dates and UUIDs become others of their type."
    ),
    accepts=Accepts.ANY,
    keeps="length",
    options=SivOptions,
    reversible=True,
    limits="texts that leave their column no room for the token stay masked",
)
