"""The same value for all."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scrim.masking.declaration import Accepts, Example, Operator


def _as_text(value: object) -> object:
    # YAML reads a number or a word such as `yes` as what it looks like.
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


class ConstantOptions(BaseModel):
    """The value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    value: Annotated[str, BeforeValidator(_as_text)] = Field(
        default="",
        max_length=250,
        pattern=r"^[^\x00]*$",
        description="The value in the type's plain text format, such as `2000-01-01` for a date.",
    )


OPERATOR = Operator(
    name="constant",
    description="Replaces every value by a given one; NULL where that is none of the type.",
    accepts=Accepts.ANY,
    options=ConstantOptions,
    survives="That there is a value.",
    lost="Everything else.",
    attack="None: nothing depends on the value but whether there is one.",
    examples=(
        Example("Zelda", {"value": "hidden"}),
        Example("42", {"value": 7}, type_spec={"kind": "int4"}),
        Example("42", {"value": "hidden"}, type_spec={"kind": "int4"}),
        Example("1980-03-12", {"value": "1900-01-01"}, type_spec={"kind": "date"}),
    ),
)
