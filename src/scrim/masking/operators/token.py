"""A keyed token."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Operator


class TokenOptions(BaseModel):
    """What tokens look like."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    prefix: str = Field(
        default="tok_", pattern=r"^[!-~]{0,16}$", description="What each token begins with."
    )


OPERATOR = Operator(
    name="token",
    description="Replaces a value by a token, the same for the same value and unique in practice.",
    options=TokenOptions,
)
