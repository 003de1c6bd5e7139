"""What a column's name says about its values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from types import MappingProxyType

from scrim.detection.entry import Entry
from scrim.detection.name_words import (
    MAX_NAME_CHARACTERS,
    singular,
    spelled_out,
    table_words,
    words_of,
)
from scrim.domain.column import Column

MAX_NAME_WORDS = 24
MAX_LABEL_WORDS = 10
"""A longer name is a sentence, such as a question of a survey, and says less."""
MAX_PHRASE_WORDS = 6
CACHED_NAMES = 8192
MIN_SUFFIX_CHARACTERS = 5
MAX_PREFIX_WORDS = 2
MAX_PREFIX_CHARACTERS = 2
"""Longest prefix that stands for a table without naming it: the `c` of `c_name`."""
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
NOTHING: Mapping[str, str] = MappingProxyType({})


class Strength(IntEnum):
    """How much a name says by itself."""

    NONE = 0
    WEAK = 1
    STRONG = 2


ADDRESS_ENTITIES = frozenset({"contact.street_address", "contact.postal_code"})
NAME_ENTITIES = frozenset({"person.full", "person.given", "person.family", "person.birth_date"})
SUPPORTING_SIBLINGS: Mapping[str, frozenset[str]] = {
    "contact.city": ADDRESS_ENTITIES | NAME_ENTITIES,
    "contact.state": ADDRESS_ENTITIES | NAME_ENTITIES,
    "contact.country": ADDRESS_ENTITIES | NAME_ENTITIES,
    "person.given": frozenset({"person.family"}),
    "person.family": frozenset({"person.given"}),
    "person.title": frozenset({"person.family"}),
    "person.ethnicity": NAME_ENTITIES,
    "person.gender": NAME_ENTITIES,
    "person.job": NAME_ENTITIES,
}
"""What the names of other columns have to say to support a weak name, by its entity."""
MAX_SIBLINGS = 256
"""Other columns of a table that are asked."""


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


def _phrases(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset("".join(words_of(phrase)) for phrase in phrases)


def _spans(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield every run of words, joined, the longest first."""
    for length in range(min(len(words), MAX_PHRASE_WORDS), 0, -1):
        for start in range(len(words) - length + 1):
            yield start, start + length, "".join(words[start : start + length])


def _any_in(words: Iterable[str], phrases: frozenset[str]) -> bool:
    return any(word in phrases or singular(word) in phrases for word in words)


@dataclass(frozen=True, slots=True)
class Said:
    """What a name says by itself, before its table and its siblings are asked.

    Attributes:
        words: The words of the name that say it.
        strength: Whether they suffice.
        prefix: Words before a weak name, which can say whose it is.
        needs_table: Whether it says nothing outside of a table of the entity.
    """

    words: str
    strength: Strength
    prefix: tuple[str, ...] = ()
    needs_table: bool = False


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
    def _whole(self) -> frozenset[str]:
        return _phrases(self.entry.whole_columns)

    @cached_property
    def _in_table(self) -> frozenset[str]:
        return _phrases(self.entry.table_columns)

    @property
    def phrases(self) -> frozenset[str]:
        """Every phrase that a name can say something with."""
        return self._strong | self._weak | self._whole | self._in_table

    def counters(self, words: Iterable[str]) -> bool:
        """Whether one of some words says that it is something else."""
        return _any_in(words, self._counter)

    @cached_property
    def _suffixes(self) -> tuple[str, ...]:
        return tuple(phrase for phrase in self._strong if len(phrase) >= MIN_SUFFIX_CHARACTERS)

    def judge(self, column: Column, siblings: Sequence[str]) -> NameEvidence | None:
        """Say what the names of a column, its table and its siblings mean for this entity."""
        said = self.said(words_of(column.name)[:MAX_NAME_WORDS])
        return None if said is None else self.weigh(said, table_words(column.relation), siblings)

    def said(self, words: Sequence[str]) -> Said | None:
        """Return what the words of a name say by themselves."""
        spelled = spelled_out(words)
        forms = (words,) if spelled == words else (words, spelled)
        for form in forms:
            strong = self._strong_span(form)
            if strong:
                sure = len(words) <= MAX_LABEL_WORDS
                return Said(strong, Strength.STRONG if sure else Strength.WEAK)
        for names, strength, needs_table in (
            (self._whole, Strength.STRONG, False),
            (self._weak, Strength.WEAK, False),
            (self._in_table, Strength.WEAK, True),
        ):
            for form in forms if names else ():
                found, prefix = self._whole_name(form, names)
                if found:
                    return Said(found, strength, tuple(spelled_out(prefix)), needs_table)
        return self._suffixed(words)

    def weigh(
        self,
        said: Said,
        table: Sequence[str],
        siblings: Sequence[str],
        beside: Mapping[str, str] = NOTHING,
    ) -> NameEvidence | None:
        """Return what a name says in its table, beside its siblings.

        Args:
            said: What it says by itself.
            table: Words of the table's name.
            siblings: Names of the other columns.
            beside: The names among them that say something, by the entity that they say.
        """
        if _any_in(table, self._counter_tables):
            return None
        if said.needs_table and not _any_in((*table, *said.prefix), self._tables):
            return None
        if said.strength is Strength.STRONG:
            return NameEvidence(self.entry.name, Strength.STRONG, said.words)
        if _any_in(table, self._counter):
            return None
        words = (*table, *said.prefix)
        support = tuple(self._support(words, siblings, beside, needs_table=said.needs_table))
        strength = Strength.STRONG if support else Strength.WEAK
        return NameEvidence(self.entry.name, strength, said.words, support)

    def _strong_span(self, words: Sequence[str]) -> str:
        for start, end, joined in _spans(words):
            if joined in self._strong or singular(joined) in self._strong:
                outside = (*words[:start], *words[end:])
                return "" if _any_in(outside, self._counter) else "_".join(words[start:end])
        return ""

    def _suffixed(self, words: Sequence[str]) -> Said | None:
        """What a name in one word says that ends in a strong one: `mobilephone`."""
        letters = [word for word in words if not word.isdigit()]
        if len(letters) == 1 and letters[0].endswith(self._suffixes):
            return Said(letters[0], Strength.WEAK)
        return None

    def _whole_name(self, words: Sequence[str], names: frozenset[str]) -> tuple[str, Sequence[str]]:
        """One of some whole names, and the words before it that say whose: `c_name`, `usr_mail`."""
        letters = [word for word in words if not word.isdigit()]
        joined = "".join(letters)
        if joined in names or singular(joined) in names:
            return "_".join(letters), ()
        for start in range(1, min(len(letters), MAX_PREFIX_WORDS + 1)):
            prefix, rest = letters[:start], "".join(letters[start:])
            short = all(len(word) <= MAX_PREFIX_CHARACTERS for word in prefix)
            if (rest in names or singular(rest) in names) and (
                short or _any_in(spelled_out(prefix), self._tables)
            ):
                return "_".join(letters[start:]), prefix
        return "", ()

    def _support(
        self,
        table: Sequence[str],
        siblings: Sequence[str],
        beside: Mapping[str, str],
        *,
        needs_table: bool,
    ) -> Iterator[str]:
        for word in table if needs_table or not self._in_table else ():
            if _any_in((word,), self._tables):
                yield f"table {word}"
        if self.entry.name.startswith("person."):
            personal = [name for name in siblings if PERSONAL_WORDS & set(words_of(name))]
            yield from (f"beside {name}" for name in personal[:1])
        supporting = SUPPORTING_SIBLINGS.get(self.entry.name, frozenset())
        yield from (f"beside {beside[one]}" for one in sorted(supporting & beside.keys())[:1])


class NameIndex:
    """The rules of many entities, found by the words that a name has.

    A name asks the few entities that have one of its words, not all of them.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Note which entities each phrase speaks for."""
        self._rules = tuple(
            NameRules(entry) for entry in entries if entry.columns or entry.whole_columns
        )
        self._voting = tuple(rules for rules in self._rules if rules.entry.vote is not None)
        places: dict[str, list[int]] = {}
        for place, rules in enumerate(self._rules):
            for phrase in rules.phrases:
                places.setdefault(phrase, []).append(place)
        self._places = {phrase: tuple(found) for phrase, found in places.items()}
        self._said = lru_cache(maxsize=CACHED_NAMES)(self._find)

    def judge(self, column: Column, kind: str, siblings: Sequence[str] = ()) -> NameEvidence | None:
        """Return the strongest that the name says, of entities that a type can hold.

        Args:
            column: The column.
            kind: Kind of its type.
            siblings: Names of the other columns of its table.
        """
        return best_evidence(self.judge_all(column, kind, siblings))

    def judge_all(
        self, column: Column, kind: str, siblings: Sequence[str] = ()
    ) -> list[NameEvidence]:
        """Return all that the name can mean, of entities that a type can hold.

        Args:
            column: The column.
            kind: Kind of its type.
            siblings: Names of the other columns of its table.
        """
        said = self._said(column.name[:MAX_NAME_CHARACTERS])
        if not said:
            return []
        table = table_words(column.relation)
        possible = (one for one in said if kind in one[0].entry.types)
        beside = self._beside(siblings) if siblings else NOTHING
        judged = (rules.weigh(words, table, siblings, beside) for rules, words in possible)
        return [evidence for evidence in judged if evidence is not None]

    def countered(self, column: Column) -> frozenset[str]:
        """Return the entities that are known by classes of values and spoken against by the name.

        Args:
            column: The column; words of its table speak as well.
        """
        words = (*spelled_out(words_of(column.name)), *table_words(column.relation))
        bounded = words[:MAX_NAME_WORDS]
        return frozenset(rules.entry.name for rules in self._voting if rules.counters(bounded))

    def _beside(self, siblings: Sequence[str]) -> Mapping[str, str]:
        """The names among the siblings that say something without support, by its entity."""
        found: dict[str, str] = {}
        for name in siblings[:MAX_SIBLINGS]:
            for rules, said in self._said(name[:MAX_NAME_CHARACTERS]):
                if said.strength is Strength.STRONG:
                    found.setdefault(rules.entry.name, name)
        return found

    def _find(self, name: str) -> tuple[tuple[NameRules, Said], ...]:
        """What a name says to the entities that have a phrase in common with it."""
        bounded = words_of(name)[:MAX_NAME_WORDS]
        spelled = spelled_out(bounded)
        found: set[int] = set()
        for form in (bounded,) if spelled == bounded else (bounded, spelled):
            for joined in self._parts(form):
                found.update(self._places.get(joined, ()))
                if joined[-1:] == "s":
                    found.update(self._places.get(singular(joined), ()))
        rules = (self._rules[place] for place in sorted(found))
        said = ((one, one.said(bounded)) for one in rules)
        return tuple((one, words) for one, words in said if words is not None)

    @staticmethod
    def _parts(words: Sequence[str]) -> Iterator[str]:
        letters = [word for word in words if not word.isdigit()]
        yield "".join(letters)
        yield from (joined for _, _, joined in _spans(words))
        for start in range(1, min(len(letters), MAX_PREFIX_WORDS + 1)):
            yield "".join(letters[start:])
        if len(letters) == 1:
            word = letters[0]
            yield from (word[at:] for at in range(1, len(word) - MIN_SUFFIX_CHARACTERS + 1))


def best_evidence(found: Iterable[NameEvidence]) -> NameEvidence | None:
    """Return the strongest evidence, of equal ones that with the longest words."""
    return max(found, key=lambda one: (one.strength, len(one.words)), default=None)
