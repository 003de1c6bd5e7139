"""As many days later or earlier as all dates of the subject."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Example, Operator
from scrim.masking.neighbours import ColumnNames

MAX_DAYS = 3650


class DateShiftOptions(BaseModel):
    """Whose dates they are, and how far they move."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    subject: ColumnNames = Field(
        description="The column of the same row that says whose date it is, such as "
        "`customer_id`; of several names the first that there is."
    )
    max_days: int = Field(
        default=365, ge=1, le=MAX_DAYS, description="The most days that a date moves."
    )
    day_first: bool = Field(
        default=False, description="Whether a text such as 03/04/2024 begins with the day."
    )


_DATE = {"kind": "date"}
_OPTIONS = {"subject": ("patient_id",), "max_days": 100}

OPERATOR = Operator(
    name="date_shift",
    description=(
        "Moves all dates of one subject, such as a customer or a patient, by the same number of "
        "days, from one day to the bound in either direction, as the subject and the key choose. "
        "Infinities, and what would leave the calendar of the type or the years 1 to 9999, which "
        "clients read, become NULL."
    ),
    accepts=Accepts.DATE,
    keeps="the time between dates of one subject, the time of day, the zone, layout of texts",
    options=DateShiftOptions,
    survives=(
        "Intervals and the order of one subject's dates, over all columns and tables that name "
        "the subject by the same value: 7 is one subject as an integer, a numeric, a floating "
        "point number and a text, also where that says `7.0`. "
        "Use the same bound everywhere. Bounds of ranges and elements of arrays move with it."
    ),
    lost=(
        "The dates, weekdays and seasons; the order of dates of different subjects; equality of "
        "one date in rows of two subjects. It cannot be turned back."
    ),
    attack=(
        "Who knows one raw date of a subject knows the distance, and with it all dates of that "
        "subject, but of nobody else. So does who may write a row with a date of their own choice "
        "for a subject. Times of day and intervals stay, so a rare pattern of them can be "
        "recognised; `date_trunc` takes the time. A date that was seen with its subject and "
        "without has moved twice, and lies within the bound of both."
    ),
    beside="subject",
    without=(
        "A date moves by itself within the same bound, as with `date_jitter`, and so do dates "
        "inside JSON, XML and hstore."
    ),
    examples=(
        Example("2024-02-29", _OPTIONS, _DATE, "person.birth_date", "4711"),
        Example("2024-03-07", _OPTIONS, _DATE, "health.visit", "4711"),
        Example("2024-02-29", _OPTIONS, _DATE, "person.birth_date", "4712"),
        Example("2024-02-29", _OPTIONS, _DATE, "person.birth_date"),
        Example("29/02/2024 10:30", {**_OPTIONS, "day_first": True}, beside="4711"),
        Example("infinity", _OPTIONS, _DATE, "person.birth_date", "4711"),
    ),
)
