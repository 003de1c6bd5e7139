"""The beginning of a date's year, month and so on."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator
from scrim.masking.otherwise import OTHERWISE, Otherwise


class DateTruncOptions(BaseModel):
    """What dates are cut back to."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Literal["year", "quarter", "month", "week", "day", "hour"] = Field(
        default="year", description="What the beginning of is the answer; weeks begin on Monday."
    )
    day_first: bool = Field(
        default=False, description="Whether a text such as 03/04/2024 begins with the day."
    )
    otherwise: Otherwise = Field(default="keyed", description=OTHERWISE)


OPERATOR = Operator(
    name="date_trunc",
    description=(
        "Replaces a date by the first day of its year, quarter, month or week, and a timestamp by "
        "the first instant of that or of its day or hour, in UTC where it has a zone: the zone "
        "becomes UTC, since it tells the season. A time of day keeps its hour at most. Infinities "
        "become NULL; a date cut back to its day or hour gets the type's own keyed operator."
    ),
    accepts=Accepts.TIME,
    keeps="the part of the calendar, order, layout of texts",
    options=DateTruncOptions,
)
