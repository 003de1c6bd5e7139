"""Ages in bins, with everybody over 89 in one group."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.amounts import Day
from scrim.masking.declaration import Accepts, Operator
from scrim.masking.otherwise import OTHERWISE, Otherwise

MAX_WIDTH = 45
NEXT_YEAR: Final = "next-year"


class AgeBinOptions(BaseModel):
    """How ages are grouped, and on which day birth dates have theirs."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    width: int = Field(
        default=5,
        ge=1,
        le=MAX_WIDTH,
        description="Years in a bin; 1 leaves ages up to 89 as they are.",
    )
    reference: Literal["next-year"] | Day | None = Field(
        default=None,
        description="Day on which ages of birth dates are taken, such as 2026-12-31: the day of "
        "release or later. `next-year` is the end of the year after the one in which the "
        "configuration was loaded; a gateway that runs on has to be reloaded before then. The "
        "entities `person.birth_date`, `general.date` and `general.date_time` need it. In other "
        "columns a date becomes NULL without it, and one in a text what `otherwise` says.",
    )
    otherwise: Otherwise = Field(default="keyed", description=OTHERWISE)

    def on(self, today: date | None) -> Mapping[str, Any]:
        """Return the options as the kernel reads them.

        Args:
            today: The day of loading them; without it `next-year` is as no reference at all.
        """
        options = self.model_dump(exclude_unset=True)
        if self.reference == NEXT_YEAR:
            del options["reference"]
            if today is not None:
                options["reference"] = f"{today.year + 1:04}-12-31"
        return options


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
