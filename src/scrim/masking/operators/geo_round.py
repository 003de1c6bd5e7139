"""Decimal degrees with few digits."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator

MAX_DIGITS = 3


class GeoRoundOptions(BaseModel):
    """How many digits stay."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    digits: int = Field(
        default=2,
        ge=0,
        le=MAX_DIGITS,
        description="Digits after the point; 2 is about 1.1 km of latitude, 3 about 110 m. Degrees "
        "of longitude are shorter away from the equator.",
    )


OPERATOR = Operator(
    name="geo_round",
    description=(
        "Rounds decimal degrees, alone or as a text with latitude and longitude. What is no place "
        "on Earth becomes NULL, or keyed words in a text. How many people live in a cell depends "
        "on the country: in the open one house may be alone in it."
    ),
    accepts=Accepts.COORDINATE,
    keeps="the cell of that many digits, order of single numbers",
    options=GeoRoundOptions,
)
