"""The bin that a number is in."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrim.masking.amounts import Amount
from scrim.masking.declaration import Accepts, Operator


class BinOptions(BaseModel):
    """Where bins begin, how wide they are and what stands for them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    width: Amount = Field(
        default="10", description="How wide a bin is, such as 10 or 0.5; above zero."
    )
    origin: Amount = Field(default="0", description="Where one of the bins begins.")
    answer: Literal["lower", "centre"] = Field(
        default="lower", description="Number that stands for a bin: its lower end or its centre."
    )

    @model_validator(mode="after")
    def _some_width(self) -> "BinOptions":
        if float(self.width) <= 0:
            raise ValueError("a width is above zero")
        return self


OPERATOR = Operator(
    name="bin",
    description=(
        "Replaces a number by the lower end or the centre of its bin, in the same type: cut to the "
        "digits that the type has and brought between its ends, which all numbers of a bin share. "
        "A number that equals its answer looks like all others of its bin; bins of other ends, "
        "under another entity, would narrow it to what they have in common. Of money two digits "
        "count as decimals. NaN, infinities and numbers too long for the width become NULL. Where "
        "a bin would hold one number of the type only, as with width 1 over integers, the type's "
        "own keyed operator answers."
    ),
    accepts=Accepts.NUMBER,
    keeps="the bin, order, layout of texts",
    options=BinOptions,
)
