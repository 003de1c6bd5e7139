"""The entities that detection knows, read from `entities/*.toml`."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from scrim.config.base import EntityName, Settings
from scrim.config.errors import ConfigError, Problem
from scrim.kernel import Detector

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
        "bitcoin",
        "ethereum",
        "litecoin",
        "monero",
        "ripple",
        "tron",
        "cardano",
        "solana",
        "vin",
        "seed_phrase",
        "url",
        "mac",
        "uuid",
        "birth_date",
        "age",
        "coordinates",
        "track_data",
    }
)
"""Recognisers of the kernel."""
FORMS: Mapping[str, tuple[str, ...]] = {
    "pattern": ("pattern",),
    "code": ("formats",),
    "token": ("prefixes", "pattern"),
    "assigned": ("keys", "pattern"),
    "words": ("words",),
    "column": (),
}
"""Forms that an entry declares by itself, with the fields that each of them needs."""
CHECKED_FORMS = frozenset({"pattern", "code", "token", "assigned"})
"""Forms whose values a checksum can test."""
MIN_KEYWORD_CHARACTERS = 3
_COMPILED = ("pattern", "formats", "prefixes", "checksum", "keywords", "words", "keys")

TEXT_TYPES = ("text", "name", "unknown")
_LINE_OF_TOML_ERROR = re.compile(r"\(at line (\d+),")

Words = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ChecksumName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Confidence = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
VoteName = Literal[
    "given_name",
    "family_name",
    "full_name",
    "street",
    "city",
    "state",
    "country",
    "organization",
    "job_title",
]


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
    shape: str = Field(
        description="Native recogniser, or a form that the entry declares: `pattern`, `code`, "
        "`token`, `assigned`, `words` or `column`."
    )
    pattern: Text | None = Field(
        default=None,
        description="Regular expression of a `pattern`, of a whole `token` with its prefix, or of "
        "the whole value of an `assigned`.",
    )
    formats: tuple[Text, ...] = Field(
        default=(),
        max_length=100,
        description="Layouts of a `code`: `#` digit, `@` letter, `*` either, `[...]` one of a set, "
        "`{2}` or `{2,4}` times what stands before, `~` everywhere no, or the same, separator.",
    )
    prefixes: tuple[Text, ...] = Field(
        default=(), max_length=100, description="Literals that a `token` begins with."
    )
    keys: tuple[Words, ...] = Field(
        default=(),
        max_length=100,
        description="Words in the name that an `assigned` value is given to.",
    )
    words: tuple[Words, ...] = Field(
        default=(), max_length=10_000, description="The values of the shape `words`."
    )
    label: (
        Literal[
            "PERSON",
            "ORG",
            "PLACE",
            "COUNTRY",
            "ADDRESS",
            "TITLE",
            "JOB",
            "AGE",
            "DATE",
            "NRP",
            "ZIP",
        ]
        | None
    ) = Field(default=None, description="What the tagger of free text calls it.")
    checksum: ChecksumName | None = Field(
        default=None, description="Checksum that a value must pass."
    )
    confidence: Confidence | None = Field(
        default=None, description="How sure a match is by itself, if not as its form says."
    )
    bare_confidence: Confidence | None = Field(
        default=None, description="The same for a `code` that is written without separators."
    )
    keywords: tuple[Words, ...] = Field(
        default=(), max_length=1000, description="Words that support a value beside them."
    )
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Findings below it are not reported."
    )
    informational: bool = Field(
        default=False,
        description="Whether it is shown by scans and kept by policies that name it, but is no "
        "reason to mask by itself, such as an identifier without a meaning.",
    )
    vote: VoteName | None = Field(
        default=None, description="Class of short values by which values without a shape are known."
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
    values: tuple[Example, ...] = Field(
        default=(), description="Whole values that are found in a column that holds them."
    )
    non_values: tuple[Example, ...] = Field(
        default=(), description="Whole values that are not found even there."
    )
    column_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that hold values."
    )
    column_non_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that do not."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.shape not in NATIVE_SHAPES | FORMS.keys():
            raise ValueError(f"shape: there is no recogniser `{self.shape}`")
        needed = FORMS.get(self.shape, ())
        for name in ("pattern", "formats", "prefixes", "keys", "words"):
            if bool(getattr(self, name)) != (name in needed):
                verb = "is needed by" if name in needed else "does not belong to"
                raise ValueError(f"{name}: {verb} the shape `{self.shape}`")
        if self.checksum is not None and self.shape not in CHECKED_FORMS:
            raise ValueError(f"checksum: does not belong to the shape `{self.shape}`")
        if self.bare_confidence is not None and self.shape != "code":
            raise ValueError("bare_confidence: belongs to the shape `code`")
        if self.shape == "column" and not (self.columns or self.label):
            raise ValueError("columns: the shape `column` needs at least one")
        if self.shape != "column" and not (self.matches and self.non_matches):
            raise ValueError("matches: at least one example and one counter-example are needed")
        return self

    def kernel_spec(self) -> dict[str, object]:
        """Return the part that the kernel's scanner takes."""
        spec: dict[str, object] = {
            "name": self.name,
            "shape": self.shape,
            "keywords": self.all_keywords(),
            "columns": self.columns,
            "weak_columns": self.weak_columns,
            "tables": self.tables,
            "counter_words": self.counter_words,
            "min_confidence": self.min_confidence,
        }
        optional = ("pattern", "formats", "prefixes", "keys", "words", "label", "checksum")
        for name in (*optional, "confidence", "bare_confidence"):
            value = getattr(self, name)
            if value not in (None, ()):
                spec[name] = value
        return spec

    def all_keywords(self) -> tuple[str, ...]:
        """Return the keywords, among them for a code what its columns are called."""
        if self.shape != "code":
            return self.keywords
        names = [name.replace("_", " ") for name in self.columns]
        named = (name for name in names if len(name) >= MIN_KEYWORD_CHARACTERS)
        return tuple(dict.fromkeys((*self.keywords, *named)))


def example_text(example: Example) -> str:
    """Return the text of an example."""
    return example if isinstance(example, str) else "".join(example.parts)


ValueVote = Callable[[Sequence[str]], Sequence[bool]]
"""Says of each of some values of a column whether it is one of an entity's."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entities in their order; an entity's number in the kernel is its place.

    Attributes:
        entries: Every entity.
        votes: What tells by values whether a column holds one of them, by entity.
    """

    entries: tuple[Entry, ...]
    votes: Mapping[str, ValueVote] = field(default_factory=dict, repr=False, compare=False)
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

    def protected(self) -> "Catalogue":
        """Return a catalogue of the entities that the gateway masks by itself."""
        return self.only(entry.name for entry in self.entries if not entry.informational)

    def only(self, names: Iterable[str]) -> "Catalogue":
        """Return a catalogue of some of the entities.

        Args:
            names: Their names.

        Raises:
            KeyError: If there is no entity of a name.
        """
        kept = tuple(self.entry(name) for name in names)
        chosen = {entry.name for entry in kept}
        return Catalogue(kept, {name: v for name, v in self.votes.items() if name in chosen})

    def value_tests(self, values: Sequence[str]) -> dict[str, Callable[[str], bool]]:
        """Return tests of values by the entities that have a vote of their own.

        Args:
            values: The values that will be tested, asked of each vote at once.
        """
        tests: dict[str, Callable[[str], bool]] = {}
        for name, vote in self.votes.items():
            agreed = zip(values, vote(values), strict=False)
            tests[name] = frozenset(value for value, yes in agreed if yes).__contains__
        return tests

    def extended(
        self, entries: Iterable[Entry], votes: Mapping[str, ValueVote] | None = None
    ) -> "Catalogue":
        """Return a catalogue with a user's own entities behind the built-in ones.

        Args:
            entries: The entities.
            votes: What tells by values whether a column holds one of them, by entity.

        Raises:
            ValueError: If a name is taken.
        """
        added = tuple(entries)
        names = [*self.names, *(entry.name for entry in added)]
        if len(set(names)) != len(names):
            raise ValueError("an entity of that name exists; choose another name")
        return Catalogue((*self.entries, *added), {**self.votes, **(votes or {})})


def parse_group(text: str, file: Path) -> tuple[Entry, ...]:
    """Read one file of entities.

    Args:
        text: Content of the file.
        file: Its path, for errors.

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
        entries.append(entry)
    if not problems:
        problems += _compile_problems(entries, text, file)
    if problems:
        raise ConfigError(*problems)
    return tuple(entries)


def _compile_problems(entries: Sequence[Entry], text: str, file: Path) -> Iterator[Problem]:
    """Say which entries the kernel cannot compile, such as one with a bad expression."""
    for index, entry in enumerate(entries):
        try:
            Detector(Catalogue((entry,)).kernel_json())
        except ValueError as error:
            reason = str(error).removeprefix(f"entity {entry.name}: ")
            key = next((name for name in _COMPILED if name.rstrip("s") in reason), "name")
            yield Problem(file, _line_of(text, index, key), key, reason)


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
    """Return the entities that come with scrim, in the order of their files' names."""
    folder = resources.files("scrim.detection").joinpath("entities")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=str)
    entries: list[Entry] = []
    for item in files:
        entries += parse_group(item.read_text(encoding="utf-8"), Path(str(item)))
    return Catalogue(()).extended(entries)
