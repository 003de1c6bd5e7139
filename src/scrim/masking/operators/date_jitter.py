"""A day near the date's."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator

MAX_DAYS = 3650


class DateJitterOptions(BaseModel):
    """How far dates move."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    days: int = Field(default=30, ge=1, le=MAX_DAYS, description="The most days that a date moves.")
    day_first: bool = Field(
        default=False, description="Whether a text such as 03/04/2024 begins with the day."
    )


OPERATOR = Operator(
    name="date_jitter",
    description=(
        "Moves a date by one day at least and by the bound at most, as the date itself and the key "
        "choose: asking again gives the same day, and equal dates stay equal, also between dates "
        "and timestamps. Who can have dates of their own choice answered can tabulate the answers. "
        "The time of day becomes another, except that midnight stays. Infinities become NULL, and "
        "a date of the years 1 to 9999, which clients read, does not leave them."
    ),
    accepts=Accepts.DATE,
    keeps="the time of about the bound, the zone, layout of texts",
    options=DateJitterOptions,
)
