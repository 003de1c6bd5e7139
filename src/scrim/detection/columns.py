"""What a column holds, by its name, its type, its table, its siblings and a vote of its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scrim.detection import gazetteer
from scrim.detection.catalogue import Catalogue
from scrim.detection.column_names import NameEvidence, NameRules, Strength, best_evidence
from scrim.detection.voting import Ballot, Vote, hold
from scrim.domain.column import Column
from scrim.domain.finding import Finding

ENOUGH_VALUES = 64
"""Distinct values after which a verdict does not wait for more."""
SURE_BOUND = 0.8
MIN_VALUES = 6
BOUND_WITHOUT_NAME = 0.5
BOUND_WITH_WEAK_NAME = 0.25
BOUND_BY_VOTE: Mapping[str, float] = {"full_name": 0.4, "street": 0.4}
"""Lower bounds for word lists that know a part of the values, but rarely take others for one."""
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
        self._rules = tuple(NameRules(entry) for entry in catalogue.entries if entry.columns)

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
        possible = (rules for rules in self._rules if kind in rules.entry.types)
        judged = (rules.judge(column, siblings) for rules in possible)
        return best_evidence(evidence for evidence in judged if evidence is not None)

    def verdict(
        self,
        column: Column,
        kind: str = "text",
        values: Sequence[str] = (),
        findings: Sequence[Sequence[Finding]] = (),
        siblings: Sequence[str] = (),
    ) -> Verdict:
        """Return what the column holds.

        Args:
            column: The column.
            kind: Kind of its type, of its elements for an array.
            values: Some of its values, without NULL.
            findings: What the scanner found in each of the values.
            siblings: Names of the other columns of its table.
        """
        entries = [entry for entry in self._catalogue.entries if kind in entry.types]
        if not entries:
            return Verdict(None, 1.0, (f"type {kind} holds none",), settled=True)
        name = self.by_name(column, kind, siblings)
        if kind in NAMED_KINDS and (name is None or name.strength is not Strength.STRONG):
            return Verdict(None, 1.0, (f"type {kind} needs a telling name",), settled=True)
        tests = {entry.name: gazetteer.TESTS[entry.vote] for entry in entries if entry.vote}
        tests |= self._catalogue.value_tests(values)
        ballot = hold(values, findings, tests)
        winner = self._elected(ballot, {entry.name for entry in entries})
        if name is None or (winner and winner.entity != name.entity and winner.bound >= SURE_BOUND):
            return _by_vote(winner, ballot)
        own = ballot.of(name.entity)
        if name.strength is Strength.STRONG or self._confirmed(own):
            return _by_name(name, own)
        return _by_vote(winner, ballot)

    def _elected(self, ballot: Ballot, possible: set[str]) -> Vote | None:
        """The entity that the values alone are enough for."""
        winner = ballot.winner()
        if winner is None or winner.values < MIN_VALUES or winner.entity not in possible:
            return None
        vote = self._catalogue.entry(winner.entity).vote
        needed = BOUND_BY_VOTE.get(vote or "", BOUND_WITHOUT_NAME)
        return winner if winner.bound >= needed else None

    @staticmethod
    def _confirmed(vote: Vote) -> bool:
        return vote.values > 0 and vote.bound >= BOUND_WITH_WEAK_NAME


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
