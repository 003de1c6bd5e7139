"""Some classes of characters, with the rest hidden."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class ClassesOptions(BaseModel):
    """Which characters stay, and what stands for the rest."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    keep: tuple[Literal["upper", "lower", "digit", "punctuation"], ...] = Field(
        default=("punctuation",),
        min_length=1,
        max_length=4,
        description="Classes that stay; white space counts as punctuation.",
    )
    mask_char: str = Field(
        default="*",
        pattern=r"^[!-~]$",
        description="What stands for each other character.",
    )


OPERATOR = Operator(
    name="classes",
    description=(
        "Hides a text except for the characters of some classes; different values may become equal."
    ),
    keeps="the classes that the options name, if that is no more than half of the value",
    options=ClassesOptions,
    survives="The layout, and equality of what is kept.",
    lost="Uniqueness, joins, and everything that is hidden.",
    attack=(
        "What is kept is the raw value itself: capitals give the initials of a name, digits a "
        "birthday. A value of few possible characters can be guessed from its layout."
    ),
    examples=(
        Example("078-05-1120", {"keep": ["punctuation"]}),
        Example("Zelda Fitzgerald", {"keep": ["upper"]}),
        Example("12345a", {"keep": ["digit"]}),
    ),
)
