"""A keyed token."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class TokenOptions(BaseModel):
    """What tokens look like."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    prefix: str = Field(
        default="tok_", pattern=r"^[!-~]{0,16}$", description="What each token begins with."
    )
    exact: bool = Field(
        default=False,
        description="Whether texts that differ only in case or composition stay different.",
    )


OPERATOR = Operator(
    name="token",
    description="Replaces a value by a token, the same for the same value and unique in practice.",
    options=TokenOptions,
    survives=(
        "Equality and joins, up to case and Unicode composition unless `exact` is set, which a "
        "unique column needs whose values differ in case alone. Uniqueness in practice (80 bits)."
    ),
    lost="Layout, length, and what the value says.",
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Equal values show as equal, so the most frequent one can be guessed "
        "from how often it occurs."
    ),
    made=True,
    examples=(
        Example("zelda@corp.test"),
        Example("Zelda@Corp.Test"),
        Example("Zelda@Corp.Test", {"exact": True}),
        Example("zelda@corp.test", {"prefix": "id-"}),
    ),
)
