"""Operators by entity for a purpose, read from `profiles/*.toml`.

A profile is a list of rules, each for some entities: by name, by group as `contact.*`, `country.*`
for the numbers of all countries, and `*` for all others, one's own and those of which it is not
known what they are. The first rule that fits counts, so that a group can stand behind the entities
that are exceptions.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scrim.config.operators import Operator
from scrim.detection.catalogue import builtin_catalogue
from scrim.masking.options import OperatorError, OperatorSpec, check_choice

EVERYTHING: Final = "*"
COUNTRIES: Final = "country.*"
_COUNTRY_LETTERS: Final = 2
Pattern = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z][a-z0-9_]{0,31}\.(\*|[a-z0-9_.]{1,99}))$")
]


class Rule(BaseModel):
    """What happens to some entities."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    what: str = Field(min_length=1, max_length=200, description="The values, in words.")
    entities: list[Pattern] = Field(min_length=1, max_length=200)
    operator: Operator
    why: str = Field(min_length=1, max_length=300, description="Why this operator.")


class ProfileFile(BaseModel):
    """The content of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    title: str = Field(min_length=1, max_length=100)
    description: str = Field(min_length=1, max_length=1000)
    source: str = Field(default="", max_length=300, description="What it follows.")
    rule: list[Rule] = Field(min_length=1, max_length=100)


@dataclass(frozen=True, slots=True)
class Profile:
    """Operators for a purpose.

    Attributes:
        name: Its name.
        content: What its file says.
        chosen: Operators by entity.
        others: The operator of all other entities, and of what is not known; None for the defaults.
    """

    name: str
    content: ProfileFile
    chosen: Mapping[str, OperatorSpec]
    others: OperatorSpec | None

    def of_entity(self, entity: str) -> OperatorSpec | None:
        """Return the operator of an entity, None for the default one."""
        return self.chosen.get(entity, self.others)

    def operators(self) -> tuple[OperatorSpec, ...]:
        """Return every operator that it has for some entity."""
        return (*self.chosen.values(), *((self.others,) if self.others else ()))


@cache
def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles."""
    folder = resources.files("scrim.masking").joinpath("profiles")
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_profile(name: str, today: date | None = None) -> Profile:
    """Return a profile by its name.

    Args:
        name: The name.
        today: The day, for operators that depend on it.

    Raises:
        OperatorError: If there is none of that name, or its file is wrong.
    """
    if name not in profile_names():
        raise OperatorError("profile", f"is not one of: {', '.join(profile_names())}")
    folder = resources.files("scrim.masking").joinpath("profiles")
    text = folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return parse_profile(name, text, today)


def parse_profile(name: str, text: str, today: date | None = None) -> Profile:
    """Read the file of a profile.

    Args:
        name: The name of the profile.
        text: Content of the file.
        today: The day, for operators that depend on it.

    Raises:
        OperatorError: If it is wrong.
    """
    key = f"profiles/{name}.toml"
    try:
        content = ProfileFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        raise OperatorError(key, "is not valid TOML") from None
    except ValidationError as error:
        places = (".".join(map(str, one["loc"])) for one in error.errors(include_input=False))
        raise OperatorError(key, f"is wrong at: {', '.join(places)}") from None
    chosen: dict[str, OperatorSpec] = {}
    seen: set[str] = set()
    others: OperatorSpec | None = None
    for number, rule in enumerate(content.rule, start=1):
        operator: dict[str, Any] = check_choice(rule.operator, f"{key}: rule {number}", today)
        for pattern in rule.entities:
            if pattern in seen:
                raise OperatorError(key, f"names {pattern} twice")
            seen.add(pattern)
            if pattern == EVERYTHING:
                others = operator
            for entity in _matching(pattern, key):
                chosen.setdefault(entity, operator)
    return Profile(name, content, chosen, others)


def _matching(pattern: str, key: str) -> Iterator[str]:
    """Yield the entities that a pattern names."""
    if pattern == EVERYTHING:
        return
    names = builtin_catalogue().names
    if pattern == COUNTRIES:
        found = [name for name in names if name.find(".") == _COUNTRY_LETTERS]
    elif pattern.endswith(".*"):
        found = [name for name in names if name.startswith(pattern.removesuffix("*"))]
    else:
        found = [name for name in names if name == pattern]
    if not found:
        raise OperatorError(key, f"names {pattern}, which is no entity")
    yield from found
