"""A person's name."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Operator


class NameOptions(BaseModel):
    """Which name it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Literal["full", "given", "family"] = Field(
        default="full", description="Part of a name that the values are."
    )


OPERATOR = Operator(
    name="name",
    description="Replaces a name by an invented one; different names may become equal.",
    options=NameOptions,
)
