"""A fixed text with a few characters of the value."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator

MAX_KEPT: Final = 64
_PLACE: Final = re.compile(r"\{(?:first|last)([0-9]{1,2})\}")


def _filled(template: str) -> str:
    if any(not 1 <= int(count) <= MAX_KEPT for count in _PLACE.findall(template)):
        raise ValueError(f"keeps no character or more than {MAX_KEPT} at one place")
    if not template.isprintable() or {"{", "}"} & set(_PLACE.sub("", template)):
        raise ValueError("is not of printable characters with places such as {first1} or {last4}")
    return template


class TemplateOptions(BaseModel):
    """The template."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    template: Annotated[str, AfterValidator(_filled)] = Field(
        default="***{last4}",
        min_length=1,
        max_length=64,
        description=(
            "A text with places such as `{first1}` or `{last4}`: so many of the value's letters "
            "and numerals from that end."
        ),
    )


OPERATOR = Operator(
    name="template",
    description=(
        "Replaces a text by a template that holds a few of its characters; different values "
        "may become equal."
    ),
    keeps="the characters that the template names, if that is no more than half of them",
    options=TemplateOptions,
    survives="Recognition by somebody who knows the value, such as the last four digits.",
    lost="Uniqueness, joins, and everything that is not kept.",
    attack=(
        "What is kept is the raw value itself, and narrows a guess down: four digits of nine "
        "leave 100,000 numbers."
    ),
    examples=(
        Example("078-05-1120", {"template": "***-**-{last4}"}),
        Example("Zelda Fitzgerald", {"template": "{first1}."}),
        Example("1234567", {"template": "x{last4}"}),
    ),
)
