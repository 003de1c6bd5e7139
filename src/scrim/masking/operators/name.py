"""A person's name."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


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
    keeps="gender and language of a given name that is known",
    survives=(
        "Equality and joins up to case and composition; gender and language of a given name, "
        "where the lists of 15 languages have it."
    ),
    lost="Uniqueness: names meet, given names often. Initials, length, and the family.",
    attack=(
        "A keyed hash: without the key a guess cannot be checked, and known pairs say nothing "
        "of other values. Equal values show as equal, so the most frequent one can be guessed "
        "from how often it occurs. A written name may be that of somebody else."
    ),
    examples=(
        Example("Ada Lovelace", domain="person.full"),
        Example("Susan Miller", domain="person.full"),
        Example("Miller, Susan", domain="person.full"),
        Example("Giovanni Rossi", domain="person.full"),
        Example("SUSAN MILLER", domain="person.full"),
        Example("Zelda Zola", domain="person.full"),
        Example("Ingrid", {"part": "given"}, domain="person.given"),
    ),
)
