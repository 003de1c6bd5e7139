"""The ends of a text, with the rest hidden."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator

MAX_KEPT = 64


def _visible(character: str) -> str:
    if not character.isprintable() or character.isspace():
        raise ValueError("is not a visible character")
    return character


class PartialOptions(BaseModel):
    """How much stays, and what stands for the rest."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    keep_first: int = Field(default=0, ge=0, le=MAX_KEPT, description="Characters kept in front.")
    keep_last: int = Field(default=0, ge=0, le=MAX_KEPT, description="Characters kept at the end.")
    mask_char: Annotated[str, AfterValidator(_visible)] = Field(
        default="*",
        min_length=1,
        max_length=1,
        description="What stands for each other character.",
    )


OPERATOR = Operator(
    name="partial",
    description="Hides a text except for its ends; different values may become equal.",
    keeps="the ends that the options name, if that is less than half",
    options=PartialOptions,
    survives="Recognition by somebody who knows the value.",
    lost="Uniqueness, joins, and everything that is hidden.",
    attack=(
        "What is kept is the raw value itself, and narrows a guess down. The length shows too."
    ),
    examples=(
        Example("4111111111111111", {"keep_last": 4}),
        Example("Zelda Fitzgerald", {"keep_first": 1, "keep_last": 2}),
        Example("abcdef", {"keep_first": 1, "keep_last": 2}),
    ),
)
