"""The first three digits of a ZIP code."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Accepts, Operator
from scrim.masking.otherwise import OTHERWISE, Otherwise


class Zip3Options(BaseModel):
    """What becomes of what cannot be a ZIP code."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    otherwise: Otherwise = Field(default="keyed", description=OTHERWISE)


OPERATOR = Operator(
    name="zip3",
    description=(
        "Replaces a US ZIP code by its first three digits, and by 000 where 20,000 people or fewer "
        "live there by the Census of 2000 or of 2010 (45 CFR 164.514(b)(2)(i)(B)): prefixes 036, "
        "059, 063, 102, 203, 205, 369, 556, 692, 753, 772, 790, 821, 823, 830, 831, 878, 879, 884, "
        "890 and 893. What is no ZIP code becomes 000 too. An integer loses the zeros in front."
    ),
    accepts=Accepts.NUMERAL,
    keeps="the first three digits",
    options=Zip3Options,
)
