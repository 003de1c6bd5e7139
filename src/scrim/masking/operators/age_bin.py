"""Ages in bins, with everybody over 89 in one group."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.amounts import Day
from scrim.masking.declaration import Accepts, Operator

MAX_WIDTH = 45


class AgeBinOptions(BaseModel):
    """How ages are grouped, and on which day birth dates have theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    width: int = Field(
        default=5,
        ge=1,
        le=MAX_WIDTH,
        description="Years in a bin; 1 leaves ages up to 89 as they are.",
    )
    reference: Day | None = Field(
        default=None,
        description="Day on which ages of birth dates are taken, such as 2026-12-31: the day of "
        "release or later. Without it a birth date becomes NULL, and one in a text keyed words.",
    )


OPERATOR = Operator(
    name="age_bin",
    description=(
        "Replaces an age by the lower end of its bin, every age over 89 by 90 (45 CFR "
        "164.514(b)(2)(i)(C)), and a birth date by the first day of its year, where all who turn "
        "90 in the year of the reference or before share one year. An age below zero becomes NULL."
    ),
    accepts=Accepts.AGE,
    keeps="the bin, the year of birth, order",
    options=AgeBinOptions,
)
