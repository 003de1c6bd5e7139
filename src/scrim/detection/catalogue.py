"""The entities that detection knows, read from `entities/<group>.toml`."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from scrim.config.base import EntityName, Settings
from scrim.config.errors import ConfigError, Problem

NATIVE_SHAPES = frozenset(
    {
        "email",
        "phone",
        "card",
        "iban",
        "ssn",
        "ipv4",
        "ipv6",
        "aws_access_key",
        "aws_secret_key",
        "jwt",
        "pem_private_key",
        "connection_string",
    }
)
"""Recognisers of the kernel; besides them, `pattern` and `column`."""

TEXT_TYPES = ("text", "name", "unknown")
_LINE_OF_TOML_ERROR = re.compile(r"\(at line (\d+),")

Words = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
VoteName = Literal["given_name", "family_name", "full_name", "street"]


class Parts(Settings):
    """An example that is put together when it is used, so that it is no leak where it stands."""

    parts: tuple[Text, ...] = Field(min_length=2, max_length=16)


Example = Text | Parts


class Entry(Settings):
    """One entity: how its values are found, what its columns are called, and proof of both.

    A user's own entities have the same form.
    """

    name: EntityName = Field(description="Group and name, such as `contact.email`.")
    source: Text = Field(description="Official document that defines the values.")
    shape: str = Field(description="Native recogniser, `pattern`, or `column`.")
    pattern: Text | None = Field(default=None, description="Regular expression of `pattern`.")
    checksum: Literal["luhn", "mod97"] | None = Field(
        default=None, description="Checksum that a match of `pattern` must pass."
    )
    keywords: tuple[Words, ...] = Field(
        default=(), max_length=1000, description="Words that support a value beside them."
    )
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Findings below it are not reported."
    )
    vote: VoteName | None = Field(
        default=None, description="Word list by which values without a shape are known."
    )
    types: tuple[Words, ...] = Field(
        default=TEXT_TYPES, min_length=1, description="Kinds of column types that may hold it."
    )
    columns: tuple[Words, ...] = Field(
        default=(), description="Words in a column's name that say it, whatever stands around them."
    )
    weak_columns: tuple[Words, ...] = Field(
        default=(), description="Whole column names that say it with support by table or values."
    )
    tables: tuple[Words, ...] = Field(
        default=(), description="Words in a table's name that support a weak column name."
    )
    counter_tables: tuple[Words, ...] = Field(
        default=(), description="Words in a table's name that say that it is something else."
    )
    counter_words: tuple[Words, ...] = Field(
        default=(),
        description="The same beside the name, and for weak names in the table's as well.",
    )
    matches: tuple[Example, ...] = Field(default=(), description="Texts that hold a value.")
    non_matches: tuple[Example, ...] = Field(default=(), description="Texts that hold none.")
    column_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that hold values."
    )
    column_non_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that do not."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.shape not in NATIVE_SHAPES | {"pattern", "column"}:
            raise ValueError(f"shape: there is no recogniser `{self.shape}`")
        if (self.shape == "pattern") != (self.pattern is not None):
            raise ValueError("pattern: belongs to the shape `pattern`, which needs it")
        if self.checksum is not None and self.shape != "pattern":
            raise ValueError("checksum: belongs to the shape `pattern`")
        if self.shape == "column" and not self.columns:
            raise ValueError("columns: the shape `column` needs at least one")
        if self.shape != "column" and not (self.matches and self.non_matches):
            raise ValueError("matches: at least one example and one counter-example are needed")
        return self

    def kernel_spec(self) -> dict[str, object]:
        """Return the part that the kernel's scanner takes."""
        spec: dict[str, object] = {
            "name": self.name,
            "shape": self.shape,
            "keywords": self.keywords,
            "min_confidence": self.min_confidence,
        }
        if self.pattern is not None:
            spec |= {"pattern": self.pattern, "checksum": self.checksum}
        return spec


def example_text(example: Example) -> str:
    """Return the text of an example."""
    return example if isinstance(example, str) else "".join(example.parts)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entities in their order; an entity's number in the kernel is its place.

    Attributes:
        entries: Every entity.
    """

    entries: tuple[Entry, ...]
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number the entities."""
        places = {entry.name: place for place, entry in enumerate(self.entries)}
        object.__setattr__(self, "_places", places)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the entities, by number."""
        return tuple(entry.name for entry in self.entries)

    def place(self, name: str) -> int:
        """Return the number of an entity.

        Raises:
            KeyError: If there is no such entity.
        """
        return self._places[name]

    def entry(self, name: str) -> Entry:
        """Return an entity by its name.

        Raises:
            KeyError: If there is no such entity.
        """
        return self.entries[self.place(name)]

    def kernel_json(self) -> str:
        """Return the declaration that `scrim.kernel.Detector` takes."""
        return json.dumps([entry.kernel_spec() for entry in self.entries], ensure_ascii=False)

    def only(self, names: Iterable[str]) -> "Catalogue":
        """Return a catalogue of some of the entities.

        Args:
            names: Their names.

        Raises:
            KeyError: If there is no entity of a name.
        """
        return Catalogue(tuple(self.entry(name) for name in names))

    def extended(self, entries: Iterable[Entry]) -> "Catalogue":
        """Return a catalogue with a user's own entities behind the built-in ones.

        Raises:
            ValueError: If a name is taken.
        """
        added = tuple(entries)
        names = [*self.names, *(entry.name for entry in added)]
        if len(set(names)) != len(names):
            raise ValueError("an entity of that name exists; choose another name")
        return Catalogue((*self.entries, *added))


def parse_group(text: str, file: Path) -> tuple[Entry, ...]:
    """Read one group of entities.

    Args:
        text: Content of the file.
        file: Its path, for errors; its stem is the group's name.

    Raises:
        ConfigError: With file, line and reason of everything that is wrong.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE_OF_TOML_ERROR.search(str(error))
        where = int(line[1]) if line else 0
        raise ConfigError(Problem(file, where, "", "is not valid TOML")) from None
    tables = document.pop("entity", None)
    if document or not isinstance(tables, list):
        raise ConfigError(Problem(file, 0, "", "has something else than [[entity]] tables"))
    entries, problems = [], []
    for index, table in enumerate(tables):
        try:
            entry = Entry.model_validate(table)
        except ValidationError as error:
            problems += _problems(error, text, file, index)
            continue
        if entry.name.split(".")[0] != file.stem:
            line_number = _line_of(text, index, "name")
            problems.append(Problem(file, line_number, "name", f"is not in group `{file.stem}`"))
        entries.append(entry)
    if problems:
        raise ConfigError(*problems)
    return tuple(entries)


def _problems(error: ValidationError, text: str, file: Path, index: int) -> list[Problem]:
    problems = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        key = str(detail["loc"][0]) if detail["loc"] else ""
        reason = detail["msg"].removeprefix("Value error, ")
        if not key:
            key, _, reason = reason.partition(": ")
        problems.append(Problem(file, _line_of(text, index, key), key, reason))
    return problems


def _line_of(text: str, index: int, key: str) -> int:
    """Line of a key in the entity of that number, or of the entity's header."""
    seen, header = -1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() == "[[entity]]":
            seen += 1
            header = number if seen == index else header
        elif seen == index and line.partition("=")[0].strip() == key:
            return number
    return header


@cache
def builtin_catalogue() -> Catalogue:
    """Return the entities that come with scrim, in the order of their groups' names."""
    folder = resources.files("scrim.detection").joinpath("entities")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=str)
    entries: list[Entry] = []
    for item in files:
        entries += parse_group(item.read_text(encoding="utf-8"), Path(str(item)))
    return Catalogue(()).extended(entries)
