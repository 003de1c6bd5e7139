"""What there is to say about a statement that is explained, in words and for programs.

docs/reference/explain.md describes the fields of the JSON, which are those of these classes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from scrim.domain.decision import Refusal

FORMAT: Final = 1
"""Raised when a field is removed or gets another meaning, and not for new fields."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A base column that can flow into a result column.

    Attributes:
        column: Schema, relation and name.
        use: `unchanged`, `transformed` or `aggregated`; `possible` where the result column was not
            understood, so that nobody knows.
        tags: What scrim.yaml says of it.
        entity: The entity that it is known to hold; empty for none.
        known_by: `tag`, `name` or `values`; empty where nothing is known.
        raw: Whether the principal sees it raw; None where nobody was asked.
        policies: The policies that decided that.
        operator: The operator that they demand; empty for none.
    """

    column: str
    use: str
    tags: tuple[str, ...] = ()
    entity: str = ""
    known_by: str = ""
    raw: bool | None = None
    policies: tuple[str, ...] = ()
    operator: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedColumn:
    """A column of a result.

    Attributes:
        name: Its name; empty where it is not known.
        type: Its type; empty where it is not known.
        treatment: `pass`, `scan` (each value is searched), `mask`, `null`, or `undecided`.
        operator: What masks it, with its options.
        entity: What it is masked as; empty where that is not known.
        reason: Why, in the word of the audit log.
        why: Why, in a sentence.
        known: Whether it is certain that nothing but `sources` can be in it.
        sampled: Whether its first values are looked at, after which it may be masked as a whole.
        mixed: Whether equal values do not look equal, as others than hidden ones may be in it.
        sources: The base columns that can flow into it.
    """

    name: str
    type: str = ""
    treatment: str = "undecided"
    operator: Mapping[str, Any] = field(default_factory=dict)
    entity: str = ""
    reason: str = ""
    why: str = ""
    known: bool = True
    sampled: bool = False
    mixed: bool = False
    sources: tuple[SourceColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class Influence:
    """A base column that decides which rows are in a result, or in which order.

    Attributes:
        column: Schema, relation and name; `anything` where something was not understood.
        ways: `filter`, `join`, `group` and `order`.
    """

    column: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedUse:
    """A use of protected columns that is counted whenever the statement is run.

    Attributes:
        columns: Schema, relation and name of each; or `what functions of the database's users
            read`.
        counts: `values` where each value that they are compared with is counted, and answers of a
            single row as well; `rows` where only those are.
        each_time: Whether it counts each time, and not once in an hour, as it may be another
            question.
    """

    columns: tuple[str, ...]
    counts: str
    each_time: bool


@dataclass(frozen=True, slots=True)
class UsedRelation:
    """A relation and what the statement does with it.

    Attributes:
        name: As the statement writes it.
        role: `read`, `write` or `ddl`.
        verb: `select`, `insert` and the like.
    """

    name: str
    role: str
    verb: str


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """One statement of a string.

    Attributes:
        operation: What it does.
        relations: What it touches.
        columns: The columns of its result.
        described_by: Who named the columns: `data store`, `lineage`, or empty where there are none.
        influences: What decides which rows are in it.
        notes: What else a reader should know.
        counted: What of it is counted against the budget of conditions.
    """

    operation: str
    relations: tuple[UsedRelation, ...] = ()
    columns: tuple[ExplainedColumn, ...] = ()
    described_by: str = ""
    influences: tuple[Influence, ...] = ()
    notes: tuple[str, ...] = ()
    counted: tuple[CountedUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """What policy was asked, and what it answered.

    Attributes:
        action: The action.
        relation: The relation that it concerns; empty for the connection as a whole.
        permitted: The answer.
        policies: The policies that decided it.
        reason: Why it was denied where no policy says so; else empty.
    """

    action: str
    relation: str
    permitted: bool
    policies: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecords:
    """What the audit log would hold, but for session and time.

    Attributes:
        intent: The record before the statement is forwarded or refused.
        columns: The records of its results.
    """

    intent: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the gateway sees in a statement string, and what it would do with it.

    Attributes:
        statement: The string without its literals.
        statements: Its statements.
        dialect: The dialect that it was read in.
        connection: The connection in scrim.yaml; empty where only a schema was given.
        principal: Who would ask, followed by those it acts for.
        raw_access: Whether the principal sees all of the connection raw.
        permissions: What policy was asked, in order; after a denial nothing more is asked.
        refusal: Why the string would be refused; None where it would be forwarded.
        audit: What would be recorded.
    """

    statement: str
    statements: tuple[ExplainedStatement, ...] = ()
    dialect: str = "postgres"
    connection: str = ""
    principal: tuple[str, ...] = ()
    raw_access: bool = False
    permissions: tuple[Permission, ...] = ()
    refusal: Refusal | None = None
    audit: AuditRecords = field(default_factory=AuditRecords)

    @property
    def verdict(self) -> str:
        """`allowed` or `refused`."""
        return "allowed" if self.refusal is None else "refused"

    def document(self) -> dict[str, Any]:
        """Return all of it as one JSON object."""
        return {"format": FORMAT, "verdict": self.verdict, **asdict(self)}
