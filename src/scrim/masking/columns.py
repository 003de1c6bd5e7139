"""What happens to each column of a result, from where it comes from and what it holds.

proven to carry no data of any column        -> pass
a column that the principal may see raw      -> pass
a column known to hold an entity             -> masked by that entity's operator
not understood                               -> masked by its type
made of a column that is to be searched      -> masked by its type, as parts are not found
nothing known of it                          -> searched, cell by cell
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from scrim.detection.column_names import Strength
from scrim.detection.columns import STRONG_NAME_CONFIDENCE, ColumnJudge
from scrim.detection.memory import VerdictMemory
from scrim.domain.column import Column, ColumnOrigin
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.rewriter import PlannedColumn
from scrim.masking.types import SEARCHED_NUMBERS, TypeSpec, leaf_kind

CERTAIN: Final = 100
"""Confidence in what scrim.yaml says."""
MAX_REMEMBERED: Final = 50_000
"""Columns whose names have been judged that are kept at one time."""
SEARCHED_KINDS: Final = frozenset({"text", "json", "jsonb", "hstore", "xml", "name", "composite"})
"""Kinds of type with texts in them, which are searched for entities."""
SAMPLED_KINDS: Final = frozenset({"text", "int8", "numeric"})
"""Kinds of type whose values can tell what a column holds."""
HARMLESS_KINDS: Final = frozenset(
    {
        "bool",
        "int2",
        "int4",
        "int8",
        "numeric",
        "float4",
        "float8",
        "money",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "enum",
        "char1",
        "bit",
        "varbit",
        "macaddr",
        "macaddr8",
        "vector",
        "halfvec",
        "sparsevec",
    }
)
"""Kinds of type that say nothing by themselves; what they hold shows in name, tag and sample."""
KEYED_KINDS: Final = frozenset({"json", "jsonb", "hstore", "xml"})
"""Kinds of type whose values have names inside, which masking keeps where a table stores them."""
ENTITY_OF_KIND: Final = {"inet": "network.ipv4", "cidr": "network.ipv4"}
"""Kinds of type that are an entity by themselves."""


class Grant(Protocol):
    """What a principal sees of a column."""

    @property
    def raw(self) -> bool:
        """Whether it sees the values as they are."""

    @property
    def operator(self) -> str:
        """The operator that policy demands; empty to use the usual one."""


Ask = Callable[[Column, frozenset[str], int], Grant]
"""Asks policy for a column, with what is known of it and how sure that is, from 0 to 100."""
TagsOf = Callable[[Column], frozenset[str]]
"""The tags that scrim.yaml gives to a column and its relation."""


class Relatives(Protocol):
    """What the catalog knows of a base column."""

    def siblings(self, column: Column) -> Sequence[str]:
        """Return the names of the columns of its relation."""

    def kind_of(self, column: Column) -> str:
        """Return the kind of its type, of its elements for an array."""


@dataclass(frozen=True, slots=True)
class DecidedColumn:
    """One result column.

    Attributes:
        planned: What it gets.
        sampled: The column that a sample of its values would tell more about, if it is one.
    """

    planned: PlannedColumn
    sampled: Column | None = None


class ColumnDecider:
    """Decides the columns of results in one data store for one principal."""

    def __init__(
        self, judge: ColumnJudge, memory: VerdictMemory, ask: Ask, tags_of: TagsOf
    ) -> None:
        """Keep who is asked.

        Args:
            judge: Tells by its name what a column holds.
            memory: What values have told before.
            ask: Asks policy.
            tags_of: Tells what scrim.yaml says of a column.
        """
        self._judge = judge
        self._memory = memory
        self._ask = ask
        self._tags_of = tags_of
        self._names: dict[tuple[Column, str], str | None] = {}

    def decide(
        self,
        column_number: int,
        origin: ColumnOrigin,
        spec: TypeSpec,
        relatives: Relatives,
    ) -> DecidedColumn:
        """Decide one column, whatever the statement calls it.

        Args:
            column_number: Its number in its relation as the data store describes it.
            origin: The base columns that can flow into it.
            spec: Its type.
            relatives: Tells what the catalog knows of a column.
        """
        kind = leaf_kind(spec)
        # What a query builds may have values for keys.
        spec = spec if origin.unchanged else _with_keys(spec)
        if not origin.known:
            unknown = _masked(spec, _mask("", "origin not known"), whole=False, mixed=True)
            return _sized(unknown, spec)
        if not origin.columns:
            return _passed(spec, "no column")
        entities: list[str] = []
        operators: list[str] = []
        hidden: set[Column] = set()
        for column in sorted(origin.columns, key=Column.qualified_name):
            entity, tags, grant = self.granted(column, kind, relatives.siblings(column))
            if grant.raw:
                continue
            hidden.add(column)
            if grant.operator:
                operators.append(grant.operator)
            if tags or grant.operator:
                entities.append(entity)
        if not hidden:
            return _passed(spec, "permitted")
        if entities:
            entity = entities[0] if len(set(entities)) == 1 else ""
            others = not origin.columns - origin.measured <= hidden
            measured = origin.columns <= origin.measured
            mixed = origin.made or origin.cut or measured or others
            whole = not (mixed or origin.altered)
            decision = _mask(entity, "protected column")
            masked = _masked(spec, decision, _only(operators), whole=whole, mixed=mixed)
            return _sized(masked, spec) if origin.cut else masked
        if origin.unchanged or not _escapes(origin, hidden, kind, relatives):
            return self._unprotected(column_number, origin, spec, kind)
        return _masked(spec, _mask("", "made of a text that is searched"), whole=False)

    def entity_of(
        self, column: Column, kind: str, siblings: Sequence[str]
    ) -> tuple[str, frozenset[str]]:
        """Return the entity that a column holds (empty when unknown) and all that is known of it.

        Args:
            column: The column.
            kind: Kind of its type.
            siblings: Names of the other columns of its relation.
        """
        tags = self._tags_of(column)
        named = next((tag for tag in sorted(tags) if "." in tag), "")
        if named:
            return named, tags
        learnt = self._memory.entity(column)
        if learnt is None:
            learnt = self._named(column, kind, siblings)
        if learnt is None:
            return "", tags
        return learnt, tags | {learnt}

    def granted(
        self, column: Column, kind: str, siblings: Sequence[str]
    ) -> tuple[str, frozenset[str], Grant]:
        """Return what `entity_of` does, and what the principal sees of the column.

        Args:
            column: The column.
            kind: Kind of its type.
            siblings: Names of the other columns of its relation.
        """
        entity, tags = self.entity_of(column, kind, siblings)
        return entity, tags, self._ask(column, tags, self.confidence(column, tags))

    def confidence(self, column: Column, tags: frozenset[str]) -> int:
        """Return how sure it is what a column holds, from 0 to 100.

        Args:
            column: The column.
            tags: All that is known of it.
        """
        if any("." in tag for tag in self._tags_of(column)):
            return CERTAIN
        learnt = self._memory.confidence(column)
        if learnt is not None:
            return learnt
        named = tags - self._tags_of(column)
        return round(STRONG_NAME_CONFIDENCE * CERTAIN) if named else 0

    def _named(self, column: Column, kind: str, siblings: Sequence[str]) -> str | None:
        """Return the entity that the column's name alone tells, remembered for new statements."""
        key = (column, kind)
        if key not in self._names:
            evidence = self._judge.by_name(column, kind, siblings)
            strong = evidence is not None and evidence.strength is Strength.STRONG
            if len(self._names) >= MAX_REMEMBERED:
                self._names.clear()
            self._names[key] = evidence.entity if evidence is not None and strong else None
        return self._names[key]

    def _unprotected(
        self, column_number: int, origin: ColumnOrigin, spec: TypeSpec, kind: str
    ) -> DecidedColumn:
        sampled = None
        if origin.unchanged and len(origin.columns) == 1 and kind in SAMPLED_KINDS:
            column = next(iter(origin.columns))
            if not self._memory.settled(column):
                sampled = column
        if kind in SEARCHED_KINDS or kind in SEARCHED_NUMBERS:
            decision = ColumnDecision(Treatment.SCAN, "", "searched")
            return DecidedColumn(PlannedColumn(decision, spec), sampled)
        if kind not in HARMLESS_KINDS and column_number >= 0:
            # Text in another shape, or a type that nobody can look into.
            decision = _mask(ENTITY_OF_KIND.get(kind, ""), "type not searched")
            return _masked(spec, decision, whole=not origin.altered)
        decision = ColumnDecision(Treatment.PASS, "", "type cannot hold an entity")
        return DecidedColumn(PlannedColumn(decision, spec), sampled)


def escapes_search(kind: str, result_kind: str = "", *, altered: bool) -> bool:
    """Say whether what is made of a column can hold what no search of its cells would find.

    Args:
        kind: Kind of the column's type.
        result_kind: Kind of the type of what is made of it.
        altered: Whether a part or another spelling of its values can be in it.
    """
    if kind in HARMLESS_KINDS:
        return False
    # As text, values of other types are spelled in ways of their own, such as hexadecimal digits.
    spelled = kind not in SEARCHED_KINDS and kind not in ENTITY_OF_KIND
    return altered or (spelled and result_kind in SEARCHED_KINDS)


def _escapes(
    origin: ColumnOrigin, hidden: Iterable[Column], kind: str, relatives: Relatives
) -> bool:
    return any(
        escapes_search(relatives.kind_of(column), kind, altered=column in origin.altered)
        for column in hidden
    )


def _with_keys(spec: TypeSpec) -> TypeSpec:
    """Return a type whose documents have their keys masked like their values."""
    if spec["kind"] in KEYED_KINDS:
        return {**spec, "mask_keys": True}
    if "element" in spec:
        return {**spec, "element": _with_keys(spec["element"])}
    if spec["kind"] == "composite":
        fields = [
            {**rule, "type": _with_keys(rule["type"])} if rule.get("type") else rule
            for rule in spec["fields"]
        ]
        return {**spec, "fields": fields}
    return spec


def _only(operators: Sequence[str]) -> str:
    """Return the operator that is demanded; where that is several, the one that keeps nothing."""
    if not operators:
        return ""
    return operators[0] if len(set(operators)) == 1 else "null"


def _mask(entity: str, reason: str) -> ColumnDecision:
    return ColumnDecision(Treatment.MASK, entity, reason)


def _masked(
    spec: TypeSpec,
    decision: ColumnDecision,
    operator: str = "",
    *,
    whole: bool,
    mixed: bool = False,
) -> DecidedColumn:
    return DecidedColumn(PlannedColumn(decision, spec, operator, whole=whole, mixed=mixed))


def _sized(decided: DecidedColumn, spec: TypeSpec) -> DecidedColumn:
    """Return the same, but for that how much there is in documents may tell a hidden value."""
    if leaf_kind(spec) not in KEYED_KINDS:
        return decided
    return replace(decided, planned=replace(decided.planned, sized=True))


def _passed(spec: TypeSpec, reason: str) -> DecidedColumn:
    return DecidedColumn(PlannedColumn(ColumnDecision(Treatment.PASS, "", reason), spec))
