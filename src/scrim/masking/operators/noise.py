"""A number near the number."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrim.masking.amounts import Amount
from scrim.masking.declaration import Accepts, Operator

MAX_PERCENT = 100
MAX_PERCENT_DECIMALS = 3


class NoiseOptions(BaseModel):
    """How far numbers move, and how likely each move is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    amount: Amount | None = Field(
        default=None, description="The most by which a number changes; instead of `percent`."
    )
    percent: Amount | None = Field(
        default=None,
        description="The most by which a number changes, in percent of it, up to 100; 10 where "
        "neither is given.",
    )
    distribution: Literal["uniform", "triangular"] = Field(
        default="uniform",
        description="Whether all changes are equally likely, or small ones likelier.",
    )

    @model_validator(mode="after")
    def _one_bound(self) -> "NoiseOptions":
        if self.amount is not None and self.percent is not None:
            raise ValueError("takes amount or percent, not both")
        if self.amount is not None and float(self.amount) <= 0:
            raise ValueError("an amount is above zero")
        percent = self.percent if self.percent is not None else "10"
        decimals = len(percent.partition(".")[2])
        if not 0 < float(percent) <= MAX_PERCENT or decimals > MAX_PERCENT_DECIMALS:
            raise ValueError(
                f"a percentage is above 0, at most 100, of {MAX_PERCENT_DECIMALS} decimals"
            )
        return self


OPERATOR = Operator(
    name="noise",
    description=(
        "Moves a number by at most the bound, as the number itself and the key choose: asking "
        "again gives the same answer, so that the mean of many answers tells no more than one, "
        "and equal numbers stay equal in every type. A number never stays, keeps its sign or "
        "becomes zero, keeps its count of decimals, and remains within the ends of its type; "
        "where the bound is less than the last digit that the type has, or than the thirtieth, it"
        " moves by one of that. Sums and means of many different numbers stay near, except that "
        "numbers near zero move away from it. NaN, infinities, and floating point numbers whose "
        "bound is less than their last bit become NULL. Who can have numbers of their own choice "
        "answered can tabulate the answers and narrow a number to those that share one. A number "
        "that is seen under several entities has another answer under each, whose mean is nearer."
    ),
    accepts=Accepts.NUMBER,
    keeps="the number up to the bound, its sign unless it becomes zero, layout of texts",
    options=NoiseOptions,
)
