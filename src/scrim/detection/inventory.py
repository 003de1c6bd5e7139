"""What a data store or a file holds: verdicts on its columns, and findings inside its texts.

Nothing here reads or writes: tables are handed in row by row, texts piece by piece, and what comes
out is an `Inventory` that holds no raw value. Memory is bounded by the number of columns, not by
the number of rows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scrim.detection.columns import ColumnJudge, Verdict
from scrim.detection.scan import Scanner
from scrim.detection.shapes import shape_of
from scrim.detection.voting import MAX_VALUES
from scrim.domain.column import Column
from scrim.domain.finding import Evidence, Finding

MAX_EXAMPLES: Final = 3
MAX_VOTER_CHARACTERS: Final = 4096
"""Longer values are scanned and do not vote."""
MAX_CELLS_AT_ONCE: Final = 1024
SEARCHED_KINDS: Final = frozenset(
    {"text", "name", "json", "jsonb", "hstore", "xml", "composite", "unknown"}
)
"""Kinds of types whose cells are searched; the values of others only vote."""
ENTITY_OF_KIND: Final[Mapping[str, str]] = {"inet": "network.ipv4", "cidr": "network.ipv4"}
"""Kinds of types that are an entity by themselves."""


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What one column holds.

    Attributes:
        column: The column.
        type: Name of its type as the store calls it, empty in files.
        entity: The entity, None when nothing was found.
        confidence: How sure that is, from 0 to 1.
        evidence: Why, one reason each, without any value.
        shapes: Some of its values with their letters and digits replaced.
        values: How many values were looked at.
        found: Values with something in them, by entity.
        inside: Whether the entity stands inside longer values and is not what the column is.
    """

    column: Column
    type: str
    entity: str | None
    confidence: float
    evidence: tuple[str, ...]
    shapes: tuple[str, ...]
    values: int
    found: Mapping[str, int]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One value in a text.

    Attributes:
        line: Line, counted from 1.
        column: Character in it, counted from 1.
        entity: The entity.
        confidence: How sure that is, from 0 to 1.
        evidence: Why, in words.
        shape: The value with its letters and digits replaced.
    """

    line: int
    column: int
    entity: str
    confidence: float
    evidence: str
    shape: str


@dataclass(slots=True)
class Inventory:
    """What a source holds.

    Attributes:
        source: Name of the connection or the file.
        columns: Its columns, if it has any, in their order.
        findings: What stands in its text, if it is one, up to a bound.
        counts: Everything that was found in its text, by entity.
        notes: What was left out and why, one sentence each.
        informational: Entities that are shown and are nothing to keep from anybody.
    """

    source: str
    columns: list[ColumnReport] = field(default_factory=list)
    findings: list[TextFinding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    informational: frozenset[str] = frozenset()

    @property
    def sensitive(self) -> list[ColumnReport]:
        """The columns in which something was found."""
        return [report for report in self.columns if report.entity is not None]

    @property
    def found(self) -> bool:
        """Whether anything was found that is more than informational."""
        return any(name not in self.informational for name in self.by_entity())

    def by_entity(self) -> Counter[str]:
        """Return how many columns, or values of a text, there are of each entity."""
        total = Counter(report.entity for report in self.sensitive if report.entity is not None)
        total.update(self.counts)
        return total


def words_of(evidence: Evidence) -> str:
    """Return in words why a value was reported."""
    words = {
        Evidence.PATTERN: "pattern",
        Evidence.CHECKSUM: "checksum",
        Evidence.CONTEXT: "words nearby",
        Evidence.COLUMN: "name",
        Evidence.SENTENCE: "sentence",
        Evidence.MODEL: "model",
    }
    return ", ".join(word for flag, word in words.items() if flag in evidence)


class ColumnTally:
    """Collects what the values of one column show, in bounded memory."""

    def __init__(self, scanner: Scanner, judge: ColumnJudge, place: "Place") -> None:
        """Begin with what the names say.

        Args:
            scanner: Searches the values.
            judge: Tells what the column holds.
            place: Which column it is.
        """
        self._scanner = scanner
        self._judge = judge
        self._place = place
        named = judge.by_name(place.column, place.kind, place.siblings)
        self._expected = None if named is None else named.entity
        self._voters: dict[str, Sequence[Finding]] = {}
        self._values = 0
        self._found: Counter[str] = Counter()
        self._best: dict[str, Finding] = {}
        self._shapes: dict[str, dict[str, None]] = {}
        self._first: dict[str, None] = {}

    def add(self, values: Sequence[str | None]) -> None:
        """Take some values of the column, in any order.

        Args:
            values: The values; None is NULL.
        """
        present = [value for value in values if value is not None and value.strip()]
        self._values += len(present)
        for start in range(0, len(present), MAX_CELLS_AT_ONCE):
            part = present[start : start + MAX_CELLS_AT_ONCE]
            for value, findings in zip(part, self._scanner.scan(part, self._expected), strict=True):
                self._take(value, findings)

    def _take(self, value: str, findings: Sequence[Finding]) -> None:
        if len(self._voters) < MAX_VALUES and len(value) <= MAX_VOTER_CHARACTERS:
            self._voters.setdefault(value, findings)
        if len(self._first) < MAX_EXAMPLES:
            self._first.setdefault(shape_of(value))
        self._found.update({finding.entity for finding in findings})
        for finding in findings:
            best = self._best.get(finding.entity)
            if best is None or finding.confidence > best.confidence:
                self._best[finding.entity] = finding
            shapes = self._shapes.setdefault(finding.entity, {})
            if len(shapes) < MAX_EXAMPLES:
                shapes.setdefault(shape_of(value[finding.start : finding.end]))

    def report(self) -> ColumnReport:
        """Return what the column holds, by what was seen so far."""
        place = self._place
        verdict = self._judge.verdict(
            place.column,
            place.kind,
            list(self._voters),
            self._scanner.with_candidates(list(self._voters), list(self._voters.values())),
            place.siblings,
        )
        if verdict.entity is not None:
            return self._reported(verdict, tuple(self._first))
        if place.kind in ENTITY_OF_KIND:
            typed = Verdict(ENTITY_OF_KIND[place.kind], 1.0, (f"type {place.kind}",), settled=True)
            return self._reported(typed, tuple(self._first))
        if place.kind in SEARCHED_KINDS and self._found:
            return self._inside()
        return self._reported(verdict, ())

    def _reported(self, verdict: Verdict, shapes: tuple[str, ...]) -> ColumnReport:
        place = self._place
        return ColumnReport(
            place.column,
            place.type,
            verdict.entity,
            verdict.confidence,
            verdict.evidence,
            shapes,
            self._values,
            dict(self._found),
        )

    def _inside(self) -> ColumnReport:
        """Report the entity that most of the values hold somewhere."""
        place = self._place
        entity, count = self._found.most_common(1)[0]
        evidence = [
            f"{count} of {self._values} values hold {entity}",
            words_of(self._best[entity].evidence),
        ]
        evidence += [f"{others} hold {other}" for other, others in self._found.most_common(4)[1:]]
        return ColumnReport(
            place.column,
            place.type,
            entity,
            self._best[entity].confidence,
            tuple(evidence),
            tuple(self._shapes[entity]),
            self._values,
            dict(self._found),
            inside=True,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where values come from.

    Attributes:
        column: The column.
        type: Name of its type, empty in files.
        kind: Kind of its type, of its elements for an array.
        siblings: Names of all columns of its table.
    """

    column: Column
    type: str = ""
    kind: str = "text"
    siblings: tuple[str, ...] = ()


class TableTally:
    """Collects what the rows of one table show."""

    def __init__(self, scanner: Scanner, judge: ColumnJudge, places: Sequence[Place]) -> None:
        """Begin with the columns.

        Args:
            scanner: Searches the values.
            judge: Tells what columns hold.
            places: The columns, in the order of the values of a row.
        """
        self._tallies = [ColumnTally(scanner, judge, place) for place in places]

    def add(self, rows: Sequence[Sequence[str | None]]) -> None:
        """Take some rows; values beyond the columns are left, missing ones are NULL."""
        for number, tally in enumerate(self._tallies):
            tally.add([row[number] if number < len(row) else None for row in rows])

    def reports(self) -> Iterator[ColumnReport]:
        """Yield what each column holds."""
        for tally in self._tallies:
            yield tally.report()
