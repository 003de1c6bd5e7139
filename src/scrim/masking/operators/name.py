"""A person's name."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scrim.masking.declaration import Example, Operator
from scrim.masking.neighbours import NamesOrNone


class NameOptions(BaseModel):
    """Which name it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    part: Literal["full", "given", "family"] = Field(
        default="full", description="Part of a name that the values are."
    )
    of: NamesOrNone = Field(
        default=(),
        description="For `given` and `family`: the column of the same row with the full name, of "
        "whose replacement this is to be a part; of several names the first that there is.",
    )

    @model_validator(mode="after")
    def _is_part_of_a_name(self) -> Self:
        if self.part == "full" and self.of:
            raise ValueError("a full name is part of no other")
        return self


_OF = {"of": ("full_name",)}


OPERATOR = Operator(
    name="name",
    description=(
        "Replaces a name by an invented one; different names may become equal. With `of`, a given "
        "or family name becomes the part of what the full name of the same row becomes, so that "
        "`Zelda Fitzgerald`, `Zelda` and `Fitzgerald` of one row are one person still."
    ),
    options=NameOptions,
    keeps="gender and language of a given name that is known",
    survives=(
        "Equality and joins up to case and composition; gender and language of a given name, "
        "where the lists of 15 languages have it."
    ),
    lost=(
        "Uniqueness: names meet, given names often. Initials, length, and the family. Without "
        "`of`, the parts of a person's name in columns of their own do not fit to the full name. "
        "With `of`, equal given or family names of different persons become different."
    ),
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Equal values show as equal, so the most frequent one can be guessed "
        "from how often it occurs. A written name may be that of somebody else. Full names are "
        "not put together from what their parts become: who knew one person raw and masked would "
        "then know a part of everybody who shares a name with that person."
    ),
    beside="of",
    without="Given and family name are replaced each by itself.",
    made=True,
    examples=(
        Example("Ada Lovelace", domain="person.full"),
        Example("Susan Miller", domain="person.full"),
        Example("Miller, Susan", domain="person.full"),
        Example("Giovanni Rossi", domain="person.full"),
        Example("SUSAN MILLER", domain="person.full"),
        Example("Zelda Zola", domain="person.full"),
        Example("Ingrid", {"part": "given"}, domain="person.given"),
        Example("Ada", {"part": "given", **_OF}, domain="person.given", beside="Ada Lovelace"),
        Example(
            "Lovelace", {"part": "family", **_OF}, domain="person.family", beside="Ada Lovelace"
        ),
    ),
)
