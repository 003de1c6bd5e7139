"""What a column holds, by its name, its type, its table, its siblings and a vote of its values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from scrim.detection import gazetteer
from scrim.detection.catalogue import Catalogue
from scrim.detection.column_names import NameEvidence, NameIndex, Strength, best_evidence
from scrim.detection.contradictions import CLEAR_WORDS, contradiction
from scrim.detection.entry import Entry
from scrim.detection.voting import Ballot, Vote, hold
from scrim.domain.column import Column
from scrim.domain.finding import Finding

ENOUGH_VALUES = 64
"""Distinct values after which a verdict does not wait for more."""
SURE_BOUND = 0.8
MIN_VALUES = 6
MIN_LISTED = 3
"""Values from which a closed list is enough that knows every one of them."""
BOUND_WITHOUT_NAME = 0.5
BOUND_WITH_WEAK_NAME = 0.25
NAMED_KINDS = frozenset(
    {
        "bool",
        "bytea",
        "date",
        "float4",
        "float8",
        "halfvec",
        "int2",
        "money",
        "timestamp",
        "timestamptz",
        "uuid",
        "vector",
    }
)
"""Kinds of types whose values are never telling by themselves: the name decides alone."""
BOUND_BY_CLASS: Mapping[str, float] = {
    "given_name": 0.27,
    "family_name": 0.27,
    "full_name": 0.28,
    "street": 0.3,
    "city": 0.3,
    "state": 0.35,
    "country": 0.25,
    "organization": 0.44,
    "job_title": 0.27,
}
"""Lower bounds by class, from which nine of ten columns of public tables are what it says: the
classes know a part of the values, but their mistakes are spread over all of them."""
COMPANY: Mapping[str, frozenset[str]] = {
    "person.given": frozenset({"person.family"}),
    "person.family": frozenset({"person.given"}),
    "contact.city": frozenset({"contact.street_address", "contact.postal_code", "contact.state"}),
    "contact.state": frozenset({"contact.city", "contact.postal_code"}),
    "contact.street_address": frozenset({"contact.city", "contact.postal_code"}),
}
"""Entities that seldom stand alone in a table."""
COMPANY_DISCOUNT = 0.7
"""How much of the bound is enough beside such a column."""
PARTS_OF_NAMES: Mapping[str, str] = {
    "given_name": "person.given",
    "family_name": "person.family",
}
"""What a column of names in one word holds, by the class that leads."""
NAMES_OF_ANYBODY = frozenset(
    {"given_name", "family_name", "full_name", "organization", "job_title", "city"}
)
"""Classes that the names of things are taken for most easily."""
COUNTERED = 1.5
"""By how much more of the bound is needed where the name says that it is something else."""
CLEAR_CLASS = 0.6
"""Lower bound from which a class overrules a weak name that the table supports."""
CLEARLY_MORE = 0.1
"""How much larger a share of the values must be to change what an ambiguous name is taken for."""
STRONG_NAME_CONFIDENCE = 0.9
SUPPORTED_NAME_CONFIDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a column holds.

    A verdict without an entity does not prove that the column is clean: its cells stay to be
    scanned.

    Attributes:
        entity: Name of the entity, none if nothing speaks for one.
        confidence: How sure that is, from 0 to 1.
        evidence: Why, one reason each, without any value.
        settled: Whether more values of the column would hardly change it.
    """

    entity: str | None
    confidence: float
    evidence: tuple[str, ...]
    settled: bool


class ColumnJudge:
    """Judges columns by a catalogue. Immutable, so that sessions can share it."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Prepare the names of all entities."""
        self._catalogue = catalogue
        self._names = NameIndex(catalogue.entries)
        self._telling = {
            kind: entry.name for entry in catalogue.entries for kind in entry.telling_types
        }
        self._voters: dict[str, tuple[Entry, ...]] = {}

    def by_name(
        self, column: Column, kind: str = "text", siblings: Sequence[str] = ()
    ) -> NameEvidence | None:
        """Return what the column's name says, as far as its type can hold it.

        The entity is what the column's values are to be scanned for.

        Args:
            column: The column.
            kind: Kind of its type, of its elements for an array.
            siblings: Names of the other columns of its table.
        """
        name = self._names.judge(column, kind, siblings)
        if kind in self._telling and (name is None or name.strength is not Strength.STRONG):
            return NameEvidence(self._telling[kind], Strength.STRONG, f"of type {kind}")
        return name

    def verdict(  # noqa: PLR0913  all that is known of a column, with defaults
        self,
        column: Column,
        kind: str = "text",
        values: Sequence[str] = (),
        findings: Sequence[Sequence[Finding]] = (),
        siblings: Sequence[str] = (),
        *,
        neighbours: Collection[str] = (),
    ) -> Verdict:
        """Return what the column holds.

        Args:
            column: The column.
            kind: Kind of its type, of its elements for an array.
            values: Some of its values, without NULL.
            findings: What the scanner found in each of the values.
            siblings: Names of the other columns of its table.
            neighbours: Entities that the other columns are known to hold.
        """
        entries = self._possible(kind)
        if not entries:
            return Verdict(None, 1.0, (f"type {kind} holds none",), settled=True)
        names = self._names.judge_all(column, kind, siblings)
        name = best_evidence(names)
        if kind in self._telling and (name is None or name.strength is not Strength.STRONG):
            told = self._telling[kind]
            return Verdict(told, STRONG_NAME_CONFIDENCE, (f"type {kind}",), settled=True)
        if kind in NAMED_KINDS and (name is None or name.strength is not Strength.STRONG):
            return Verdict(None, 1.0, (f"type {kind} needs a telling name",), settled=True)
        classes = {entry.name: entry.vote for entry in entries if entry.vote}
        tests = {
            one: gazetteer.TESTS[vote] for one, vote in classes.items() if vote in gazetteer.TESTS
        }
        tests |= self._catalogue.value_tests(values)
        ballot = hold(values, findings, tests, classes)
        winner = self._elected(ballot, entries, neighbours, self._names.countered(column))
        name = self._preferred(name, names, ballot)
        name = self._part_of_name(name, ballot)
        if name is None or (winner and self._overrules(winner, name, ballot)):
            return _by_vote(winner, ballot)
        against = contradiction(name, self._catalogue.entry(name.entity), ballot)
        if against and (winner is None or winner.entity == name.entity):
            evidence = (f"name {name.words}", against)
            return Verdict(None, CLEAR_WORDS, evidence, settled=ballot.values >= ENOUGH_VALUES)
        own = ballot.of(name.entity)
        says = name.strength is Strength.STRONG or self._confirmed(own, ballot)
        return _by_name(name, own) if says and not against else _by_vote(winner, ballot)

    def _possible(self, kind: str) -> tuple[Entry, ...]:
        """The entities that a type can hold."""
        if kind not in self._voters:
            entries = self._catalogue.entries
            self._voters[kind] = tuple(entry for entry in entries if kind in entry.types)
        return self._voters[kind]

    def _elected(
        self,
        ballot: Ballot,
        entries: Sequence[Entry],
        neighbours: Collection[str],
        countered: Collection[str],
    ) -> Vote | None:
        """The entity that the values alone are enough for."""
        if ballot.values < MIN_VALUES:
            full = (ballot.of(one) for one in sorted(ballot.listed))
            enough = ballot.values >= MIN_LISTED
            return next((v for v in full if enough and v.votes == v.values), None)
        if ballot.single:
            return None
        chosen: tuple[float, Vote] | None = None
        for entry in entries:
            vote = ballot.votes.get(entry.name)
            if vote is None:
                continue
            needed = BOUND_WITHOUT_NAME
            if entry.vote is not None:
                if entry.vote != ballot.classes.leader and entry.name not in ballot.listed:
                    continue
                needed = BOUND_BY_CLASS[entry.vote]
                if not COMPANY.get(entry.name, frozenset()).isdisjoint(neighbours):
                    needed *= COMPANY_DISCOUNT
                if entry.name in countered and entry.vote in NAMES_OF_ANYBODY:
                    needed *= COUNTERED
            # What is far above its own bound is surer than what is just above another.
            margin = vote.bound / needed
            if margin >= 1 and (chosen is None or margin > chosen[0]):
                chosen = (margin, vote)
        return chosen[1] if chosen else None

    @staticmethod
    def _preferred(
        name: NameEvidence | None, names: Sequence[NameEvidence], ballot: Ballot
    ) -> NameEvidence | None:
        """Of all that a name can mean, such as the tax numbers of many states, what the values are.

        Args:
            name: What the name says most strongly.
            names: All that it can mean.
            ballot: The votes of the values.
        """
        if name is None:
            return None
        own = ballot.of(name.entity).bound
        rival = max(names, key=lambda one: ballot.of(one.entity).bound)
        bound = ballot.of(rival.entity).bound
        return rival if bound >= BOUND_WITH_WEAK_NAME and bound > own + CLEARLY_MORE else name

    def _part_of_name(self, name: NameEvidence | None, ballot: Ballot) -> NameEvidence | None:
        """A full name that is a given or a family name, since nearly all values are one word."""
        if name is None or name.entity != "person.full" or ballot.values < MIN_VALUES:
            return name
        entity = PARTS_OF_NAMES.get(ballot.classes.leader or "")
        if entity is None or not ballot.one_word or entity not in self._catalogue.names:
            return name
        needed = BOUND_BY_CLASS[self._catalogue.entry(entity).vote or ""]
        return replace(name, entity=entity) if ballot.of(entity).bound >= needed else name

    def _overrules(self, winner: Vote, name: NameEvidence, ballot: Ballot) -> bool:
        """Whether the values are clearly something else than the name says."""
        if winner.entity == name.entity:
            return False
        if self._catalogue.entry(winner.entity).vote is None:
            return winner.bound >= SURE_BOUND
        doubtful = name.strength is Strength.WEAK or bool(name.support)
        own = ballot.of(name.entity).bound
        return doubtful and winner.bound >= CLEAR_CLASS and own < BOUND_WITH_WEAK_NAME

    def _confirmed(self, vote: Vote, ballot: Ballot) -> bool:
        """Whether the values are enough for a weak name."""
        own = self._catalogue.entry(vote.entity).vote
        leads = own in (None, ballot.classes.leader) or vote.entity in ballot.listed
        return leads and vote.values > 0 and vote.bound >= BOUND_WITH_WEAK_NAME


def _by_name(name: NameEvidence, vote: Vote) -> Verdict:
    base = SUPPORTED_NAME_CONFIDENCE if name.support else STRONG_NAME_CONFIDENCE
    if name.strength is Strength.WEAK:
        base = 0.5
    evidence = (f"name {name.words}", *name.support, *_counted(vote))
    confidence = 1 - (1 - base) * (1 - vote.bound)
    settled = name.strength is Strength.STRONG or _enough(vote)
    return Verdict(name.entity, confidence, evidence, settled)


def _by_vote(winner: Vote | None, ballot: Ballot) -> Verdict:
    if winner is None:
        leader = ballot.winner()
        evidence = _counted(leader) if leader else (f"nothing in {ballot.values} values",)
        return Verdict(None, 0.0, evidence, settled=ballot.values >= ENOUGH_VALUES)
    return Verdict(winner.entity, winner.bound, _counted(winner), _enough(winner))


def _enough(vote: Vote) -> bool:
    return vote.values >= ENOUGH_VALUES or vote.bound >= SURE_BOUND


def _counted(vote: Vote) -> tuple[str, ...]:
    if not vote.values:
        return ()
    proof = ", with checksum" if vote.checked and vote.votes else ""
    return (f"{vote.votes} of {vote.values} values are {vote.entity}{proof}",)
