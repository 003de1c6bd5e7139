"""Described results: what each of their columns gets, first by description, then by sample."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from scrim.detection.columns import ColumnJudge
from scrim.detection.memory import VerdictMemory
from scrim.detection.scan import Scanner
from scrim.domain.column import Column, ColumnOrigin, ResultField, RowPlace
from scrim.kernel import Plan, Turning
from scrim.masking.choice import RESHAPING
from scrim.masking.columns import (
    HARMLESS_KINDS,
    Ask,
    ColumnDecider,
    DecidedColumn,
    TagsOf,
    escapes_search,
)
from scrim.masking.plans import PlanMaker, PlanRecord
from scrim.masking.rewriter import column_rule
from scrim.statements.catalog import is_temporary
from scrim.statements.lookup import CatalogLookup
from scrim.statements.origins import Origins
from scrim.statements.system_relations import SETTINGS, carries_data, is_system

Filtering = Literal["budget", "refuse", "allow"]
"""What becomes of conditions on protected columns without a `filter` permit."""

PLAIN_TYPES: Final = frozenset(
    # bool, "char", name, int8, int2, int4, text, float4, float8, bpchar, varchar
    {16, 18, 19, 20, 21, 23, 25, 700, 701, 1042, 1043}
    # date, time, timestamp, timestamptz, interval, timetz, numeric, uuid
    | {1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950}
)
"""Identifiers of types of single values, which a text can be made of."""
VOID: Final = 2278
"""Identifier of the type `void`, whose only value is the empty text whatever a function did."""


@dataclass(frozen=True, slots=True)
class Described:
    """A described result, with what was decided about its columns.

    Attributes:
        fields: Its fields.
        origins: Where the values of each can come from.
        places: Which row each stands in, as far as that is certain.
        columns: What each gets.
        shown: The columns by which the result was described, where that was before these.
    """

    fields: Sequence[ResultField]
    origins: Sequence[ColumnOrigin]
    places: Sequence[RowPlace | None]
    columns: Sequence[DecidedColumn]
    shown: Sequence[DecidedColumn] | None = None


@dataclass(frozen=True, slots=True)
class MaskedColumn:
    """A column as a principal sees it that does not see it raw.

    Attributes:
        rule: What masks it, as the kernel reads it.
        type_id: The data store's identifier of its type.
    """

    rule: str
    type_id: int


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """How a principal sees a column.

    Attributes:
        protected: Whether it is known to be sensitive, and not seen raw.
        hidden: Whether its values, or what a search finds in them, are not seen as they are.
        tags: All that is known of it.
        confidence: How sure that is, from 0 to 100.
    """

    protected: bool
    hidden: bool
    tags: frozenset[str]
    confidence: int


@dataclass(frozen=True, slots=True)
class ResultTools:
    """What results are decided with, in one data store.

    Attributes:
        lookup: Its catalog.
        plans: Makes plans with its keys and operators.
        scanner: Searches values.
        judge: Tells by names and values what a column holds.
        verdicts: What values have told before.
        filtering: What becomes of conditions on protected columns without a `filter` permit.
    """

    lookup: CatalogLookup
    plans: PlanMaker
    scanner: Scanner
    judge: ColumnJudge
    verdicts: VerdictMemory
    filtering: Filtering = "allow"


class ResultDecider:
    """Decides results in one data store for one principal."""

    def __init__(self, tools: ResultTools, ask: Ask, tags_of: TagsOf) -> None:
        """Keep who is asked.

        Args:
            tools: What results are decided with.
            ask: Asks policy for a column.
            tags_of: Tells what scrim.yaml says of a column.
        """
        self._tools = tools
        self._columns = ColumnDecider(tools.judge, tools.verdicts, ask, tags_of)

    @property
    def filtering(self) -> Filtering:
        """What becomes of conditions on protected columns without a `filter` permit."""
        return self._tools.filtering

    def reshapes(self, names_operator: Callable[[Collection[str]], bool]) -> bool:
        """Say whether a result may lose columns or rows.

        Args:
            names_operator: Tells whether a policy asks for one of some operators.
        """
        return self._tools.plans.operators.reshapes or names_operator(RESHAPING)

    def protected(self, column: Column) -> bool:
        """Whether a column is known to be sensitive, and the principal does not see it raw."""
        lookup = self._tools.lookup
        kind, siblings = lookup.kind_of(column), lookup.siblings(column)
        _, tags, grant = self._columns.granted(column, kind, siblings)
        return bool(tags) and not grant.raw

    def seen(self, column: Column) -> SeenColumn:
        """Return how the principal sees a column."""
        lookup = self._tools.lookup
        kind, siblings = lookup.kind_of(column), lookup.siblings(column)
        _, tags, grant = self._columns.granted(column, kind, siblings)
        confidence = self._columns.confidence(column, tags)
        # What the catalog keeps of the data of tables, of statements and of secrets.
        data = is_system(column.schema) and (
            carries_data(column.relation, column.name) or (column.relation, column.name) == SETTINGS
        )
        protected = not grant.raw and bool(tags or grant.operator or data)
        # What a session put into a table of its own, it knows: a dictionary, as if it were written.
        own = is_temporary(column.schema)
        hidden = protected or (not grant.raw and kind not in HARMLESS_KINDS and not own)
        return SeenColumn(protected, hidden, tags, confidence)

    def searched(self, column: Column) -> bool:
        """Whether a column is searched for the principal, and so may be stored as it is only."""
        lookup = self._tools.lookup
        kind = lookup.kind_of(column)
        _, tags, grant = self._columns.granted(column, kind, lookup.siblings(column))
        return not tags and escapes_search(kind, altered=True) and not grant.raw

    def is_plain(self, column: Column) -> bool:
        """Say whether a column holds texts, numbers, dates and the like, and no parts of any."""
        kind = self._tools.lookup.type_of(column)
        return kind is not None and kind[0] in PLAIN_TYPES

    def shows_text(self, relation: str, name: str | None) -> bool:
        """Say whether a column of a name may hold text that the principal sees unsearched.

        Args:
            relation: Name of its relation, whatever the schema.
            name: Name of the column; None for any of the relation.
        """
        catalog, lookup = self._tools.lookup.catalog, self._tools.lookup
        # What was just made is in no catalog yet, and may have tags by its name.
        for schema in {one.schema for one in catalog.relations()}:
            new = Column(schema, relation, name or "")
            if not lookup.siblings(new) or (name and name not in lookup.siblings(new)):
                _, _, grant = self._columns.granted(new, "text", lookup.siblings(new))
                if grant.raw:
                    return True
        for one in catalog.named(None, relation):
            for own in catalog.columns(one.id):
                if name is not None and own.name != name:
                    continue
                column = one.column(own.name)
                kind = lookup.kind_of(column)
                if kind in HARMLESS_KINDS:
                    continue
                _, _, grant = self._columns.granted(column, kind, lookup.siblings(column))
                if grant.raw:
                    return True
        return False

    def masked(self, origins: Origins) -> MaskedColumn | None:
        """Return how a column is masked as a whole; None where it is not, or that is not certain.

        Args:
            origins: The base columns behind it.
        """
        if not (origins.known and origins.exact) or origins.altered:
            return None
        lookup = self._tools.lookup
        types = {lookup.type_of(column) for column in origins.columns}
        type_ = types.pop() if len(types) == 1 else None
        if type_ is None:
            return None
        origin = ColumnOrigin(origins.columns, known=True, unchanged=len(origins.columns) == 1)
        spec = lookup.catalog.type_spec(*type_)
        decided = self._columns.decide(1, origin, spec, lookup)
        rule = column_rule(decided.planned, self._tools.plans.operators)
        if rule["action"] != "mask":
            return None
        return MaskedColumn(json.dumps(rule, separators=(",", ":")), type_[0])

    def turning(self, masked: MaskedColumn, role: str) -> Turning | None:
        """Return the way back of a column's values; None where there is none.

        Args:
            masked: How the column is masked.
            role: `compared`, `inserted` or `updated`: what they are for, which decides about those
                that are no masked ones.
        """
        masker = self._tools.plans.masker
        return Turning.compile(masked.rule, masked.type_id, masker, role)

    def _decided(self, field: ResultField, origin: ColumnOrigin) -> DecidedColumn:
        lookup = self._tools.lookup
        if field.type_id == VOID:
            origin = ColumnOrigin(frozenset(), known=True)
        spec = lookup.catalog.type_spec(field.type_id, field.type_modifier)
        return self._columns.decide(field.column_number, origin, spec, lookup)

    def describe(
        self,
        fields: Sequence[ResultField],
        origins: Sequence[ColumnOrigin],
        places: Sequence[RowPlace | None],
    ) -> Described:
        """Decide every column of a result.

        Args:
            fields: The fields.
            origins: Where the values of each can come from.
            places: Which row each stands in, as far as that is certain.
        """
        # Fields of a row that came through an expression have all of its columns behind them: those
        # are decided once.
        alike: dict[tuple[int, ColumnOrigin, int, int], DecidedColumn] = {}
        columns = []
        for field, origin in zip(fields, origins, strict=True):
            key = (field.column_number, origin, field.type_id, field.type_modifier)
            decided = alike.get(key)
            if decided is None:
                decided = alike[key] = self._decided(field, origin)
            columns.append(decided)
        columns = [
            column
            if place is None
            else replace(column, planned=replace(column.planned, place=place))
            for column, place in zip(columns, places, strict=True)
        ]
        return Described(fields, origins, places, columns)

    def plan(
        self,
        described: Described,
        *,
        sampled: bool = True,
        record: PlanRecord | None = None,
        epoch: int | None = None,
    ) -> Plan:
        """Return the plan of a described result.

        Args:
            described: The result.
            sampled: Whether columns that a sample would tell more about are to be sampled.
            record: What is written when a statement's result first gets it.
            epoch: While it holds for the same result of other statements.
        """
        return self._tools.plans.make(
            described.columns, described, sampled=sampled, record=record, epoch=epoch
        )

    def sampled(self, described: object, values: Sequence[Sequence[bytes]]) -> Plan:
        """Decide a result anew, with values of the columns that were to be sampled.

        Args:
            described: What the plan to be replaced was made for.
            values: Values by sampled column, in the order of the columns.
        """
        if not isinstance(described, Described):
            raise TypeError("a plan to be sampled was made without its description")
        tools = self._tools
        wanted = [column.sampled for column in described.columns if column.sampled is not None]
        for column, cells in zip(wanted, values, strict=True):
            siblings = tools.lookup.siblings(column)
            beside = [Column(column.schema, column.relation, name) for name in siblings]
            texts = [cell.decode("utf-8", "replace") for cell in cells]
            verdict = tools.judge.verdict(
                column,
                tools.lookup.kind_of(column),
                texts,
                tools.scanner.scan_values(texts),
                siblings,
                neighbours=tools.verdicts.entities(beside),
            )
            tools.verdicts.learn(column, verdict)
        shown = described.shown or described.columns
        anew = replace(
            self.describe(described.fields, described.origins, described.places), shown=shown
        )
        return tools.plans.make(anew.columns, anew, shown=shown)

    def scrub(self, text: str) -> str:
        """Replace what detection finds in a text."""
        return self._tools.plans.scrub(text)
