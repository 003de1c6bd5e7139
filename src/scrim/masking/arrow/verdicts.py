"""Says what becomes of each column of a batch, as the gateway would of a table's.

named by the caller     -> masked by that entity's operator, or kept as it is
found by name or values -> masked by that entity's operator
a type that can hold it -> searched, cell by cell
a type nobody can read  -> masked by its type
any other type          -> kept as it is
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scrim.detection.column_names import Strength
from scrim.detection.columns import COMPANY, ColumnJudge, Verdict
from scrim.detection.inventory import MAX_VOTER_CHARACTERS
from scrim.detection.scan import Scanner
from scrim.detection.tables import written
from scrim.detection.voting import MAX_VALUES
from scrim.domain.column import Column
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.arrow.cells import Array, ArrowError
from scrim.masking.arrow.kinds import TEXT
from scrim.masking.arrow.places import different
from scrim.masking.arrow.tree import Leaf
from scrim.masking.columns import ENTITY_OF_KIND, HARMLESS_KINDS, SAMPLED_KINDS, SEARCHED_KINDS
from scrim.masking.types import SEARCHED_NUMBERS, TypeSpec, leaf_kind

MIN_WRITTEN: Final = 6
"""Values that have to be written alike to be taken for a type."""
_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_CLOCK: Final = r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_HEX: Final = "[0-9a-fA-F]"
_NEIGHBOURS: Final = frozenset().union(*COMPANY.values())
"""Entities beside which a verdict on another column can differ."""
WRITTEN_KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    "date": re.compile(_DATE),
    "timestamp": re.compile(f"{_DATE} {_CLOCK}"),
    "timestamptz": re.compile(rf"{_DATE} {_CLOCK}[+-]\d{{2}}(:\d{{2}})?"),
    "uuid": re.compile(f"{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"),
}
"""How PostgreSQL writes the values of some types."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller says of the columns.

    Attributes:
        entities: Entities by path, or by the name of the column that the path begins with.
        kept: Paths, or names of columns, that stay as they are.
        table: Name of the table that the batches are from, if they are from one.
        schema: The schema that the table is in, if that is known.
        tags: Tags of columns by name, as scrim.yaml gives them.
        table_tags: Tags of all columns of the table.
    """

    entities: Mapping[str, str] = field(default_factory=dict)
    kept: Collection[str] = ()
    table: str = ""
    schema: str = ""
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    table_tags: frozenset[str] = frozenset()

    def tags_of(self, path: str) -> frozenset[str]:
        """Return the tags of the column that a path begins with."""
        own = next((self.tags[one] for one in _above(path) if one in self.tags), frozenset())
        return self.table_tags | own

    def entity(self, path: str) -> str | None:
        """Return the entity of what is at a path, None if nothing is said of it."""
        named = next((self.entities[one] for one in _above(path) if one in self.entities), None)
        # A tag with a dot is an entity, as for the columns of a result.
        return named or next((tag for tag in sorted(self.tags_of(path)) if "." in tag), None)

    def keeps(self, path: str) -> bool:
        """Whether what is at a path stays as it is."""
        return any(one in self.kept for one in _above(path))


class LeafJudge:
    """Decides the leaves of one schema."""

    def __init__(
        self, scanner: Scanner, judge: ColumnJudge, known: Known, leaves: Sequence[Leaf]
    ) -> None:
        """Keep who is asked.

        Args:
            scanner: Searches values.
            judge: Tells what columns hold.
            known: What the caller says.
            leaves: All leaves of the schema.
        """
        self._scanner = scanner
        self._judge = judge
        self._known = known
        self._siblings: dict[str, list[str]] = {}
        for leaf in leaves:
            self._siblings.setdefault(leaf.parent, []).append(leaf.name)

    def decide(self, sample: Mapping[Leaf, Array]) -> dict[Leaf, ColumnDecision]:
        """Decide every leaf.

        Args:
            sample: Some values of each.
        """
        verdicts = {leaf: self._verdict(leaf, values, ()) for leaf, values in sample.items()}
        beside = frozenset(one.entity for one in verdicts.values() if one and one.entity)
        if not beside & _NEIGHBOURS:
            beside = frozenset()
        decided = {}
        for leaf, values in sample.items():
            verdict = verdicts[leaf]
            if verdict is not None and verdict.entity is None and beside:
                verdict = self._verdict(leaf, values, beside)
            decided[leaf] = self._decision(leaf, verdict)
        return decided

    def found_later(self, leaf: Leaf, values: Array) -> str | None:
        """Return the entity that further values of a searched leaf turn out to be, if any.

        Args:
            leaf: The leaf.
            values: Some of the further values.
        """
        verdict = self._verdict(leaf, values, ())
        return None if verdict is None else verdict.entity

    def watched(self, leaf: Leaf, decision: ColumnDecision) -> bool:
        """Whether further values of a leaf could show that it holds an entity after all."""
        searched = decision.treatment is Treatment.SCAN and not leaf.key
        return searched and leaf_kind(leaf.type.spec) in SAMPLED_KINDS

    def _verdict(self, leaf: Leaf, values: Array, beside: Collection[str]) -> Verdict | None:
        if leaf.key or self._known.keeps(leaf.path) or self._known.entity(leaf.path) is not None:
            return None
        kind = leaf_kind(leaf.type.spec)
        relation = leaf.parent.rpartition(".")[2] or self._known.table
        column = Column(self._known.schema, relation, leaf.name)
        siblings = self._siblings[leaf.parent]
        named = self._judge.by_name(column, kind, siblings)
        if named is not None and named.strength is Strength.STRONG:
            # As in the gateway, where such a name decides before any row is there.
            return Verdict(named.entity, 1.0, (f"name {named.words}",), settled=True)
        voters = _voters(values) if kind in SAMPLED_KINDS else []
        expected = None
        if named is not None and named.entity in self._scanner.catalogue.names:
            expected = named.entity
        findings = self._scanner.scan_values(voters, expected)
        return self._judge.verdict(column, kind, voters, findings, siblings, neighbours=beside)

    def _decision(self, leaf: Leaf, verdict: Verdict | None) -> ColumnDecision:
        if self._known.keeps(leaf.path):
            return ColumnDecision(Treatment.PASS, "", "kept by choice")
        entity, reason = self._known.entity(leaf.path), "named"
        if entity is None and verdict is not None:
            entity, reason = verdict.entity, "; ".join(verdict.evidence)
        if entity is None and self._known.tags_of(leaf.path):
            entity, reason = "", "tagged"
        if entity is not None:
            return ColumnDecision(Treatment.MASK, entity, reason)
        kind = leaf_kind(leaf.type.spec)
        if kind in SEARCHED_KINDS or kind in SEARCHED_NUMBERS:
            return ColumnDecision(Treatment.SCAN, "", "searched")
        if kind not in HARMLESS_KINDS:
            return ColumnDecision(Treatment.MASK, ENTITY_OF_KIND.get(kind, ""), "type not searched")
        return ColumnDecision(Treatment.PASS, "", "type cannot hold an entity")


def written_kind(values: Array) -> TypeSpec:
    """Return the type whose values some texts are, all of them: a file has no types of its own.

    Args:
        values: The texts.
    """
    texts = [text for text in _voters(values) if text]
    if len(texts) >= MIN_WRITTEN:
        for kind, pattern in WRITTEN_KINDS.items():
            if all(pattern.fullmatch(text) for text in texts):
                return {"kind": kind}
    return TEXT


def _voters(values: Array) -> list[str]:
    """Return distinct values as texts, without the longest.

    Raises:
        ArrowError: If a text is none.
    """
    try:
        listed = different(values).slice(0, 2 * MAX_VALUES).to_pylist()
    except UnicodeDecodeError:
        raise ArrowError("a column of texts holds bytes that are not UTF-8") from None
    texts = [written(value) for value in listed if value is not None]
    return [text for text in texts if len(text) <= MAX_VOTER_CHARACTERS][:MAX_VALUES]


def _above(path: str) -> list[str]:
    """Return a path and those that it lies below, the longest first."""
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
