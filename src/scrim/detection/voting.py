"""How many of a column's values are what they seem, with the doubt of a small sample."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scrim.detection.classes import NO_CLASSES, Classes, classify
from scrim.detection.gazetteer import CLOSED
from scrim.domain.finding import Evidence, Finding

MAX_VALUES = 256
"""Distinct values that vote; more would not change the outcome."""
WHOLE_VALUE = 0.8
"""Part of a value that a finding must cover to speak for all of it."""
ANSWERS = frozenset(
    (
        *("true", "false", "t", "f", "yes", "no", "y", "n", "0", "1", "on", "off"),
        *("ja", "nein", "oui", "non", "si", "sí", "sim", "não"),
    )
)
"""Values that say yes or no."""
NEARLY_ALL = 0.8
"""Part of the values that a closed list must know to count whatever they look like."""
SCRIPTS_WITHOUT_SPACES = "\u0e00"
"""Thai and most scripts behind it write words without spaces, or names in one."""
_NORMAL_QUANTILE = 1.959963984540054


def lower_bound(successes: int, trials: int) -> float:
    """Return the lower end of Wilson's 95 percent interval for a proportion."""
    if trials == 0:
        return 0.0
    z2 = _NORMAL_QUANTILE**2
    p = successes / trials
    centre = p + z2 / (2 * trials)
    spread = _NORMAL_QUANTILE * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials**2))
    return max(0.0, (centre - spread) / (1 + z2 / trials))


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome for one entity.

    Attributes:
        entity: The entity.
        votes: Distinct values that are one.
        values: Distinct values that were asked.
        checked: Whether a checksum agreed for every vote.
    """

    entity: str
    votes: int
    values: int
    checked: bool

    @property
    def bound(self) -> float:
        """Lower bound of the share of such values in the column."""
        return lower_bound(self.votes, self.values)


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes of the distinct values of a column.

    Attributes:
        votes: Outcome by entity.
        values: Distinct values that were asked.
        classes: What they are by their characters.
        answers: Whether every value is one of a few that say no more than yes or no.
        digits: Whether any value has a digit.
        numbers: Whether every value is a number.
        single: Whether nearly every value is a single letter, such as an initial.
        codes: Whether nearly every value has digits and looks like a code.
        one_word: Whether nearly every value is one word of letters that parts its words by spaces.
        listed: Entities whose closed list knows nearly all values.
    """

    votes: Mapping[str, Vote]
    values: int
    classes: Classes = NO_CLASSES
    answers: bool = False
    digits: bool = False
    numbers: bool = False
    single: bool = False
    codes: bool = False
    one_word: bool = False
    listed: frozenset[str] = frozenset()

    def of(self, entity: str) -> Vote:
        """Return the outcome for an entity, which may have no votes."""
        return self.votes.get(entity, Vote(entity, 0, self.values, checked=False))

    def winner(self) -> Vote | None:
        """Return the entity with the most votes; of equal ones, the one with a checksum."""
        return max(self.votes.values(), key=lambda vote: (vote.votes, vote.checked), default=None)


def hold(
    values: Sequence[str],
    findings: Sequence[Sequence[Finding]],
    word_lists: Mapping[str, Callable[[str], bool]],
    classes: Mapping[str, str] | None = None,
) -> Ballot:
    """Let the distinct values vote.

    Args:
        values: Values of the column; blank ones abstain.
        findings: What the scanner found in each of them.
        word_lists: Tests of the entities that have no shape, by entity.
        classes: Classes of short values that speak for an entity, by entity. A word list of the
            same entity counts where its class leads, since it knows only a part of the values. A
            closed list counts where it knows nearly all of them, whatever class leads.
    """
    distinct: dict[str, Sequence[Finding]] = {}
    for value, found in zip(values, findings, strict=True):
        if len(distinct) == MAX_VALUES:
            break
        if value.strip():
            distinct.setdefault(value, found)
    votes: dict[str, int] = {}
    checked: dict[str, bool] = {}
    for value, found in distinct.items():
        for finding in _speakers(value, found):
            votes[finding.entity] = votes.get(finding.entity, 0) + 1
            agrees = Evidence.CHECKSUM in finding.evidence
            checked[finding.entity] = checked.get(finding.entity, True) and agrees
    total = len(distinct)
    told = classify(tuple(distinct)) if classes else NO_CLASSES
    for entity, name in (classes or {}).items():
        votes[entity] = max(votes.get(entity, 0), told.votes(name))
    listed = _word_votes(votes, distinct, word_lists, classes or {}, told.leader)
    votes = {entity: count for entity, count in votes.items() if count}
    outcome = {
        entity: Vote(entity, count, total, checked.get(entity, False))
        for entity, count in votes.items()
    }
    answers = bool(distinct) and all(value.strip().casefold() in ANSWERS for value in distinct)
    numbers = bool(distinct) and all(_is_number(value) for value in distinct)
    short = sum(len(value.strip(" .")) == 1 and value.isascii() for value in distinct)
    numbered = sum(any(c.isdigit() for c in value) for value in distinct)
    words = sum(" " not in value.strip() and value < SCRIPTS_WITHOUT_SPACES for value in distinct)
    return Ballot(
        outcome,
        total,
        told,
        answers=answers,
        digits=numbered > 0,
        numbers=numbers,
        single=short > NEARLY_ALL * total,
        codes=numbered > NEARLY_ALL * total and told.other("code") >= NEARLY_ALL,
        one_word=words > NEARLY_ALL * total,
        listed=frozenset(listed),
    )


def _word_votes(
    votes: dict[str, int],
    distinct: Collection[str],
    word_lists: Mapping[str, Callable[[str], bool]],
    classes: Mapping[str, str],
    leader: str | None,
) -> set[str]:
    """Add what the word lists know to the votes; returns the closed ones that know nearly all."""
    listed = set()
    for entity, test in word_lists.items():
        own = classes.get(entity)
        leads = own is None or own == leader
        if not leads and own not in CLOSED:
            continue
        known = sum(map(test, distinct))
        if own in CLOSED and known >= NEARLY_ALL * len(distinct):
            listed.add(entity)
        if leads or entity in listed:
            votes[entity] = max(votes.get(entity, 0), known)
    return listed


def _is_number(value: str) -> bool:
    bare = value.strip().lstrip("+-").replace(",", "").replace(".", "", 1)
    return bare.isdecimal()


def _speakers(value: str, found: Iterable[Finding]) -> list[Finding]:
    length = len(value.strip())
    whole = (one for one in found if one.end - one.start >= WHOLE_VALUE * length)
    by_entity: dict[str, Finding] = {}
    for one in whole:
        by_entity.setdefault(one.entity, one)
    return list(by_entity.values())
