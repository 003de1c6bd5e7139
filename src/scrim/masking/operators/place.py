"""A town or a state."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class PlaceOptions(BaseModel):
    """Which part of a place it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Literal["city", "state"] = Field(
        default="city", description="`city`, or `state` for states and provinces."
    )


OPERATOR = Operator(
    name="place",
    description=(
        "Replaces a town by an invented one, or a state by another of its country; "
        "different towns may become equal."
    ),
    keeps="the country of a known state, and whether it is a code or a name",
    options=PlaceOptions,
    survives=(
        "Joins and group-bys by names that are equal up to case and Unicode composition. States "
        "of the United States, Canada, Australia and Germany are permuted, so none meet."
    ),
    lost="Which place it is. The town of one column need not lie in the state of another.",
    attack=(
        "Equal names show as equal, so a large state or town can be guessed from how often it "
        "occurs. A town and a state in columns of their own are replaced each by itself; only "
        "`address` writes towns with the state and the postal code that they lie in."
    ),
    examples=(
        Example("Springfield", domain="contact.city"),
        Example("SPRINGFIELD", domain="contact.city"),
        Example("TX", {"part": "state"}, domain="contact.state"),
        Example("Texas", {"part": "state"}, domain="contact.state"),
        Example("Bayern", {"part": "state"}, domain="contact.state"),
    ),
)
