"""Bounds at which numbers end."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrim.masking.amounts import Amount
from scrim.masking.declaration import Accepts, Operator


class TopBottomOptions(BaseModel):
    """The bounds, of which at least one is needed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bottom: Amount | None = Field(
        default=None, description="What stands for every number below it."
    )
    top: Amount | None = Field(default=None, description="What stands for every number above it.")

    @model_validator(mode="after")
    def _some_bound(self) -> "TopBottomOptions":
        if self.bottom is None and self.top is None:
            raise ValueError("needs bottom or top")
        both = self.bottom is not None and self.top is not None
        if both and Decimal(self.bottom or 0) > Decimal(self.top or 0):
            raise ValueError("bottom is above top")
        return self


OPERATOR = Operator(
    name="top_bottom",
    description=(
        "Replaces numbers beyond a bound by the bound, infinities too. **Numbers between the "
        "bounds stay as they are**: it hides who stands out, and nobody else. NaN becomes NULL."
    ),
    accepts=Accepts.NUMBER,
    keeps="every number between the bounds, order",
    options=TopBottomOptions,
)
