"""Masks a stream of batches of one schema."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import Scanner
from scrim.domain.arguments import check_kind
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.arrow.cells import Array, ArrowError, Counts, beside_of, mask_array
from scrim.masking.arrow.kinds import TEXT, LeafType
from scrim.masking.arrow.places import taken, taken_rows
from scrim.masking.arrow.tree import MAX_LEAVES, Leaf, Node, Rows, build
from scrim.masking.arrow.verdicts import Known, LeafJudge, written_kind
from scrim.masking.arrow.whole import SHUFFLE, shuffled
from scrim.masking.choice import DROP_COLUMN, DROP_ROW, replacing
from scrim.masking.plans import Plan, PlanMaker
from scrim.masking.registry import registry
from scrim.masking.rewriter import (
    UNNAMED_DOMAIN,
    PlannedColumn,
    names_beside,
    operator_of,
    result_operator,
)
from scrim.masking.types import TypeSpec

SAMPLED_ROWS: Final = 2_048
"""Rows that decide, spread evenly over the first batch."""
WATCHED_ROWS: Final = 128
"""Rows of a further batch that can show that a decision was wrong."""
WATCHED_FIRST: Final = 4
"""Further batches of which each is looked at; after them it is each of WATCHED_EVERY, and any in
which a search finds something in many values of a column."""
WATCHED_EVERY: Final = 8
MANY_FOUND: Final = 0.25
"""Share of a column's values that are many."""

Batch = Any
"""A record batch of pyarrow, which declares none for checkers."""
Late = Literal["refuse", "search"]


class LateEntityError(ArrowError):
    """Further rows show that a column, which was searched so far, holds an entity throughout.

    Attributes:
        path: The column.
        entity: The entity.
    """

    def __init__(self, path: str, entity: str) -> None:
        """Say what was found and what can be done."""
        super().__init__(
            f"column {path}: its first rows did not show that it holds {entity}, later ones do; "
            f"name it: {path}={entity}"
        )
        self.path = path
        self.entity = entity


@dataclass(frozen=True, slots=True)
class MaskSettings:
    """With what batches are masked.

    Attributes:
        plans: Makes plans with keys and operators.
        scanner: Searches values.
        judge: Tells what columns hold.
        known: What the caller says of the columns.
        types: What texts are, by path, where Arrow has no such type.
        late: What happens when further rows show that a searched column holds an entity.
        written: Whether texts come from a file without types, so that those which are written like
            a date or a UUID are masked as one.
        tells: Whether the caller tells with each batch, as texts, what stands beside its values.
    """

    plans: PlanMaker
    scanner: Scanner
    judge: ColumnJudge
    known: Known = field(default_factory=Known)
    types: Mapping[str, TypeSpec] = field(default_factory=dict)
    late: Late = "refuse"
    written: bool = False
    tells: bool = False


@dataclass(slots=True)
class ColumnReport:
    """What became of one column, or of a field inside one.

    Attributes:
        path: Its name, with those of what it is inside of before it.
        type: Its type in Arrow.
        treatment: Whether its values are masked whole, searched, or kept.
        entity: The entity that it holds; empty when unknown.
        operator: The operator that replaced whole values; empty when none did.
        reason: Why, without any value.
        counts: What became of the values; those of a dictionary count once a batch.
        late: An entity that further rows showed, while it was searched only.
    """

    path: str
    type: str
    treatment: Treatment
    entity: str
    operator: str
    reason: str
    counts: Counts = field(default_factory=Counts)
    late: str = ""

    @property
    def null_reason(self) -> str:
        """Why values became NULL; empty when none did."""
        if not self.counts.nulled:
            return ""
        if self.operator in {"null", DROP_COLUMN, DROP_ROW}:
            return "the operator"
        return f"no valid replacement of type {self.type}"


@dataclass(slots=True)
class _Decided:
    """A leaf with its plan."""

    leaf: Leaf
    plan: Plan
    report: ColumnReport
    watched: bool
    whole: str = ""
    beside: Leaf | None = None
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Application:
    """Masks the leaves of one batch."""

    decided: Mapping[str, _Decided]
    values: Mapping[Leaf, Array]
    told: Mapping[str, Array]

    def by_row(self, leaf: Leaf) -> bool:
        return self.decided[leaf.path].beside is not None

    def __call__(self, leaf: Leaf, array: Array, rows: Rows) -> Array:
        one = self.decided[leaf.path]
        beside = None
        if one.beside is not None:
            values = self.told.get(leaf.path)
            if values is None:
                values = self.values[one.beside]
                values = values if rows is None else taken(values, rows)
            beside = beside_of(values, one.beside.type)
        return mask_array(array, one.leaf.type, one.plan, one.report.counts, beside)


class BatchMasker:
    """Masks batches of one schema; the first one decides what becomes of each column.

    Attributes:
        schema: The schema of what comes in.
    """

    def __init__(
        self,
        schema: Any,  # noqa: ANN401 - pyarrow
        settings: MaskSettings,
        *,
        whole: bool = True,
    ) -> None:
        """Read the schema.

        Args:
            schema: The schema of every batch.
            settings: With what batches are masked.
            whole: Whether operators on whole columns are carried out; otherwise the caller does it,
                and here the operators that stand for them inside of other values are.

        Raises:
            ArrowError: If there is no way to mask a type, or something names no column.
            TypeError: If an argument is of another type.
        """
        check_kind("schema", schema, pa.Schema, "a schema of Arrow")
        check_kind("settings", settings, MaskSettings, "what mask_settings returns")
        self.schema = schema
        self._settings = settings
        self._whole = whole
        self._nodes: list[Node] = [
            build(field.name, field.type, settings.types) for field in schema
        ]
        self._leaves = [leaf for node in self._nodes for leaf, _ in node.leaves()]
        if len(self._leaves) > MAX_LEAVES:
            raise ArrowError(f"a batch has more than {MAX_LEAVES:,} columns and fields")
        self._check_names()
        # Values inside of a struct or a map are no columns.
        self._columns = frozenset(schema.names)
        self._judge = LeafJudge(settings.scanner, settings.judge, settings.known, self._leaves)
        self._decided: dict[str, _Decided] | None = None
        self._watches = True
        self._batches = 0

    @property
    def columns(self) -> list[ColumnReport]:
        """What became of each column so far; empty before the first batch."""
        return [one.report for one in (self._decided or {}).values()]

    @property
    def masked_schema(self) -> Any:  # noqa: ANN401 - pyarrow
        """The schema of what goes out: without columns that are dropped, once that is decided."""
        if not self._whole:
            return self.schema
        kept = [field_ for field_ in self.schema if self.whole_operator(field_.name) != DROP_COLUMN]
        return (
            self.schema if len(kept) == len(self.schema) else pa.schema(kept, self.schema.metadata)
        )

    def whole_operator(self, name: str) -> str:
        """Return the operator on a column as a whole; empty where it has none.

        Args:
            name: The column.
        """
        decided = (self._decided or {}).get(name)
        return "" if decided is None else decided.whole

    def decide(self, sample: Batch, *, of_all: bool = False) -> None:
        """Decide what becomes of each column.

        Args:
            sample: Rows that are like all others; the first batch if none was given.
            of_all: Whether they are taken from all batches, so that no further one can tell more.
        """
        values = self._values(_spread(sample, SAMPLED_ROWS))
        self._watches = not of_all
        self._decided = {}
        for leaf, decision in self._judge.decide(values).items():
            self._decided[leaf.path] = self._planned(leaf, decision, values[leaf])

    def looked_at(self) -> Mapping[str, Sequence[str]]:
        """Return, by column, the names of those that its operator looks at, once decided."""
        decided = self._decided or {}
        return {path: one.names for path, one in decided.items() if one.beside is not None}

    def mask(self, batch: Batch, told: Mapping[str, Array] | None = None) -> Batch:
        """Return a batch of `masked_schema` with its values masked.

        Args:
            batch: A record batch.
            told: What stands beside the values of a column, by its path; needed where the settings
                say that it is told.

        Raises:
            ArrowError: If it has another schema, or values have nothing to be replaced by where
                the schema allows no NULL.
            LateEntityError: If a column turns out to hold an entity, and that is to be refused.
        """
        check_kind("batch", batch, pa.RecordBatch, "a record batch of Arrow")
        if not batch.schema.equals(self.schema):
            raise ArrowError("a batch has another schema than the one before it")
        if self._decided is None:
            self.decide(batch)
        self._batches += 1
        before = {one.path: replace(one.counts) for one in self.columns}
        apply = self._application(batch, told or {})
        masked = []
        stays = None
        for node, field_, array in zip(self._nodes, self.schema, batch.columns, strict=True):
            whole = self.whole_operator(field_.name) if self._whole else ""
            if whole in {DROP_COLUMN, DROP_ROW}:
                self._count_whole(field_.name, array)
            if whole == DROP_COLUMN:
                continue
            if whole == DROP_ROW:
                missing = array.is_null()
                stays = missing if stays is None else pc.and_(stays, missing)
                masked.append(array)
                continue
            new = self.shuffled(field_.name, array) if whole == SHUFFLE else None
            if new is not None:
                self._count_whole(field_.name, array)
            new = node.mask(array, apply) if new is None else new
            if not field_.nullable and new.null_count:
                raise ArrowError(
                    f"column {field_.name}: some values have no replacement of their type, and its "
                    "schema allows no NULL; choose another operator, or let it be NULL"
                )
            masked.append(new)
        if self._batches > 1 and self._watches:
            self._watch(batch, before)
        out = pa.RecordBatch.from_arrays(masked, schema=self.masked_schema)
        return out if stays is None else taken_rows(out, pc.indices_nonzero(stays))

    def _count_whole(self, name: str, array: Array) -> None:
        counts = (self._decided or {})[name].report.counts
        counts.values += len(array) - array.null_count
        counts.masked += len(array) - array.null_count

    def shuffled(self, name: str, array: Array) -> Array | None:
        """Return values of a column at other places; None where they do not differ.

        Args:
            name: The column.
            array: Its values, or others of it.
        """
        decided = (self._decided or {})[name]
        domain = decided.report.entity or UNNAMED_DOMAIN
        return shuffled(array, domain, self._settings.plans.masker)

    def _application(self, batch: Batch, told: Mapping[str, Array]) -> _Application:
        decided = self._decided or {}
        wanted = {one.beside.path for one in decided.values() if one.beside is not None}
        values = {} if self._settings.tells or not wanted else self._values(batch, wanted)
        return _Application(decided, values, told)

    def _beside(self, leaf: Leaf, names: Sequence[str]) -> Leaf | None:
        """Return the column, or the field of the same struct, that a leaf's operator looks at."""
        if names and self._settings.tells:
            return Leaf(names[0], LeafType(TEXT, pa.large_string()), pa.large_string())
        leaves = {one.path: one for one in self._leaves if not one.repeated}
        for name in names:
            path = f"{leaf.parent}.{name}" if leaf.parent and not leaf.repeated else name
            found = leaves.get(path) or leaves.get(name)
            if found is not None:
                return found
        return None

    def _found(self, leaf: Leaf) -> _Decided:
        if self._decided is None:
            raise ArrowError("nothing is decided yet")
        return self._decided[leaf.path]

    def _planned(self, leaf: Leaf, decision: ColumnDecision, values: Array) -> _Decided:
        operators = self._settings.plans.operators
        if self._settings.written and decision.treatment is Treatment.MASK:
            leaf = self._as_written(leaf, decision, values)
        column = PlannedColumn(decision, leaf.type.spec)
        masked = decision.treatment is Treatment.MASK
        whole = result_operator(column, operators) if leaf.path in self._columns else ""
        operator = operator_of(column, operators)
        operator = operator if whole else replacing(operator)
        report = ColumnReport(
            leaf.path,
            str(leaf.arrow_type) if leaf.type.kind == "text" else leaf.type.kind,
            decision.treatment,
            decision.entity,
            str(operator["name"]) if masked else "",
            decision.reason,
        )
        names = names_beside(operator_of(column, operators)) if masked else ()
        beside = self._beside(leaf, names)
        spec = None if beside is None else beside.type.spec
        plan = self._settings.plans.make_values(column, spec)
        return _Decided(
            leaf, plan, report, self._judge.watched(leaf, decision), whole, beside, names
        )

    def _as_written(self, leaf: Leaf, decision: ColumnDecision, values: Array) -> Leaf:
        """Return a leaf of a file with the type that its texts are written in."""
        if leaf.type.kind != "text" or leaf.path in self._settings.types:
            return leaf
        spec = written_kind(values)
        operator = operator_of(
            PlannedColumn(decision, leaf.type.spec), self._settings.plans.operators
        )
        declared = registry().get(operator["name"])
        if declared is None or not declared.accepts.includes(str(spec["kind"])):
            return leaf
        return replace(leaf, type=replace(leaf.type, spec=spec))

    def _watch(self, batch: Batch, before: Mapping[str, Counts]) -> None:
        """Look whether further rows show that a searched column holds an entity."""
        number = self._batches - 1
        all_due = number <= WATCHED_FIRST or number % WATCHED_EVERY == 0
        due = {
            path
            for path, one in (self._decided or {}).items()
            if one.watched and (all_due or _found_many(before[path], one.report.counts))
        }
        if not due:
            return
        for leaf, values in self._values(_spread(batch, WATCHED_ROWS), due).items():
            entity = self._judge.found_later(leaf, values)
            if entity is None:
                continue
            if self._settings.late == "refuse":
                raise LateEntityError(leaf.path, entity)
            decided = self._found(leaf)
            decided.report.late = entity
            decided.watched = False

    def _values(self, batch: Batch, wanted: Iterable[str] | None = None) -> dict[Leaf, Array]:
        return {
            leaf: values
            for node, array in zip(self._nodes, batch.columns, strict=True)
            for leaf, values in node.leaves(array)
            if wanted is None or leaf.path in wanted
        }

    def _check_names(self) -> None:
        """Refuse what names no column: a slip of the pen would leave another one unmasked."""
        paths = {leaf.path for leaf in self._leaves}
        if len(paths) < len(self._leaves):
            raise ArrowError("two columns, or fields inside of columns, have the same name")
        names = paths | {path[:at] for path in paths for at, c in enumerate(path) if c == "."}
        names |= set(self.schema.names)
        known = self._settings.known
        for name in (*known.entities, *known.kept, *self._settings.types):
            if name not in names:
                raise ArrowError(f"there is no column {name}")


def _found_many(before: Counts, after: Counts) -> bool:
    """Whether a search found something in many of the values that a batch had."""
    values = after.values - before.values
    return after.searched - before.searched > MANY_FOUND * values


def _spread(batch: Batch, rows: int) -> Batch:
    """Return at most so many rows of a batch, evenly spread over it."""
    if batch.num_rows <= rows:
        return batch
    step = batch.num_rows / rows
    return taken_rows(batch, pa.array([int(number * step) for number in range(rows)], pa.int64()))
