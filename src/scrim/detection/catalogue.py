"""The entities that detection knows, read from `entities/*.toml`."""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from scrim.config.errors import ConfigError, Problem
from scrim.detection.entry import Entry
from scrim.kernel import Detector

_COMPILED = ("pattern", "formats", "prefixes", "checksum", "keywords", "words", "keys")
_LINE_OF_TOML_ERROR = re.compile(r"\(at line (\d+),")

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

    def protected(self, named: Collection[str] = ()) -> "Catalogue":
        """Return a catalogue of the entities that the gateway masks by itself.

        Args:
            named: Entities that an operator or a profile names, which are masked as well.
        """
        return self.only(
            entry.name
            for entry in self.entries
            if entry.name in named or not (entry.informational or entry.on_demand)
        )

    def general(self) -> "Catalogue":
        """Return a catalogue of the entities that scans look for without being asked."""
        if not any(entry.on_demand for entry in self.entries):
            return self
        return self.only(entry.name for entry in self.entries if not entry.on_demand)

    def masked_if_named(self, named: Collection[str]) -> frozenset[str]:
        """Return which of some entities are masked only because something names them.

        Args:
            named: Names of entities; unknown ones do not matter.
        """
        return frozenset(
            entry.name
            for entry in self.entries
            if entry.name in named and (entry.informational or entry.on_demand)
        )

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
