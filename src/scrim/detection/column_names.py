"""What a column's name says about its values."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

from scrim.detection.catalogue import Entry
from scrim.domain.column import Column

MAX_NAME_CHARACTERS = 256
MAX_PHRASE_WORDS = 6
MIN_SUFFIX_CHARACTERS = 5
PERSONAL_WORDS = frozenset(
    {
        "birth",
        "birthday",
        "dob",
        "birthdate",
        "gender",
        "sex",
        "age",
        "ssn",
        "salary",
        "nationality",
    }
)
"""Words in the names of other columns that say that a table is about people."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")


class Strength(IntEnum):
    """How much a name says by itself."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """What a name says about one entity.

    Attributes:
        entity: The entity.
        strength: Whether the name suffices.
        words: The words of the name that say it.
        support: What else says it: the table, the other columns.
    """

    entity: str
    strength: Strength
    words: str
    support: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Return the text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Split a name at underscores, capitals and digits: `homePhone_2` is home, phone, 2."""
    return tuple(word.casefold() for word in _WORD.findall(fold(name[:MAX_NAME_CHARACTERS])))


def singular(word: str) -> str:
    """Return the word without an English plural ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _phrases(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset("".join(words_of(phrase)) for phrase in phrases)


def _spans(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield every run of words, joined, the longest first."""
    for length in range(min(len(words), MAX_PHRASE_WORDS), 0, -1):
        for start in range(len(words) - length + 1):
            yield start, start + length, "".join(words[start : start + length])


def _any_in(words: Iterable[str], phrases: frozenset[str]) -> bool:
    return any(word in phrases or singular(word) in phrases for word in words)


class NameRules:
    """The column names of one entity, prepared for comparison."""

    def __init__(self, entry: Entry) -> None:
        """Prepare the rules of an entity."""
        self.entry = entry
        self._tables = _phrases(entry.tables)
        self._counter = _phrases(entry.counter_words)
        self._counter_tables = _phrases(entry.counter_tables)

    @cached_property
    def _strong(self) -> frozenset[str]:
        return _phrases(self.entry.columns)

    @cached_property
    def _weak(self) -> frozenset[str]:
        return _phrases(self.entry.weak_columns)

    @cached_property
    def _suffixes(self) -> tuple[str, ...]:
        return tuple(phrase for phrase in self._strong if len(phrase) >= MIN_SUFFIX_CHARACTERS)

    def judge(self, column: Column, siblings: Sequence[str]) -> NameEvidence | None:
        """Say what the names of a column, its table and its siblings mean for this entity."""
        words, table = words_of(column.name), words_of(column.relation)
        if _any_in(table, self._counter_tables):
            return None
        strong = self._strong_span(words)
        if strong:
            return NameEvidence(self.entry.name, Strength.STRONG, strong)
        weak = self._weak_name(words)
        if not weak or _any_in(table, self._counter):
            return None
        support = tuple(self._support(table, siblings))
        strength = Strength.STRONG if support else Strength.WEAK
        return NameEvidence(self.entry.name, strength, weak, support)

    def _strong_span(self, words: Sequence[str]) -> str:
        for start, end, joined in _spans(words):
            if joined in self._strong or singular(joined) in self._strong:
                outside = (*words[:start], *words[end:])
                return "" if _any_in(outside, self._counter) else "_".join(words[start:end])
        return ""

    def _weak_name(self, words: Sequence[str]) -> str:
        letters = [word for word in words if not word.isdigit()]
        joined = "".join(letters)
        if joined in self._weak or singular(joined) in self._weak:
            return "_".join(letters)
        if len(letters) == 1 and joined.endswith(self._suffixes):
            return joined
        return ""

    def _support(self, table: Sequence[str], siblings: Sequence[str]) -> Iterator[str]:
        for word in table:
            if _any_in((word,), self._tables):
                yield f"table {word}"
        if self.entry.name.startswith("person."):
            personal = [name for name in siblings if PERSONAL_WORDS & set(words_of(name))]
            yield from (f"beside {name}" for name in personal[:1])


def best_evidence(found: Iterable[NameEvidence]) -> NameEvidence | None:
    """Return the strongest evidence, of equal ones that with the longest words."""
    return max(found, key=lambda one: (one.strength, len(one.words)), default=None)
