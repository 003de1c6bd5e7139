"""A town, a state or a postal code."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrim.masking.declaration import Example, Operator
from scrim.masking.neighbours import NamesOrNone


class PlaceOptions(BaseModel):
    """Which part of a place it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Literal["city", "state", "postal_code"] = Field(
        default="city",
        description="`city`, `state` for states and provinces, or `postal_code` for the codes that "
        "`of` names.",
    )
    of: NamesOrNone = Field(
        default=(),
        description="For `city` and `state`: the column of the same row with the postal code where "
        "they are to lie; of several names the first that there is.",
    )

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if self.part == "postal_code" and self.of:
            raise ValueError("a postal code lies where it does by itself")
        return self


_TOGETHER = {"of": ("postal_code",)}


OPERATOR = Operator(
    name="place",
    description=(
        "Replaces a town by an invented one, or a state by another of its country; "
        "different towns may become equal. With `of`, town and state are those where the new "
        "postal code lies, so that the three belong together."
    ),
    keeps="the country of a known state, and whether it is a code or a name",
    options=PlaceOptions,
    survives=(
        "Joins and group-bys by names that are equal up to case and Unicode composition. States "
        "of the United States, Canada, Australia and Germany are permuted, so none meet. With "
        "`of`, rows of one postal code have one town, one state and one new code; ZIP codes of "
        "the fifty states are permuted, so they stay as many, join, and lie in the state that "
        "stands beside them."
    ),
    lost=(
        "Which place it is. Without `of`, the town of one column need not lie in the state of "
        "another. With `of`, towns are grouped by the new postal codes: one raw town becomes as "
        "many as it has codes, and ten neighbouring new codes share a town, so a group-by on "
        "town or state alone counts other groups than in the raw data; group by the postal "
        "code instead. Codes of other layouts than ZIP get a town by themselves, and a state "
        "of the country that the raw one is of, without a rule that they lie there."
    ),
    attack=(
        "Equal names show as equal, so a large state or town can be guessed from how often it "
        "occurs. With `of` the same holds for postal codes, and town and state tell nothing "
        "beyond the code. A new town or state may by chance be the raw one, which nothing shows."
    ),
    beside="of",
    without="Town and state are replaced each by itself.",
    made=True,
    examples=(
        Example("Springfield", domain="contact.city"),
        Example("SPRINGFIELD", domain="contact.city"),
        Example("TX", {"part": "state"}, domain="contact.state"),
        Example("Texas", {"part": "state"}, domain="contact.state"),
        Example("Bayern", {"part": "state"}, domain="contact.state"),
        Example("62701", {"part": "postal_code"}, domain="contact.postal_code"),
        Example("Springfield", _TOGETHER, domain="contact.city", beside="62701"),
        Example("IL", {"part": "state", **_TOGETHER}, domain="contact.state", beside="62701"),
        Example("62701-1234", {"part": "postal_code"}, domain="contact.postal_code"),
        Example("SW1A 1AA", {"part": "postal_code"}, domain="contact.postal_code"),
    ),
)
