"""Which base columns decide about a statement's rows, and what they are put against.

Sound first: where a name or a function is not understood, all that the statement touches is in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scrim.domain.column import Column
from scrim.statements.asking import COMBINED, DERIVED, EXPRESSION, GROUP, MERGED, SET, Asking
from scrim.statements.catalog import Catalog
from scrim.statements.conversions import converts_by_schema
from scrim.statements.facts import ColumnName, Flow, Name, Query, Target
from scrim.statements.functions import are_pure, is_pure_attribute
from scrim.statements.making import numbers_rows
from scrim.statements.origins import NOTHING, Origins, Outputs, union
from scrim.statements.scopes import QueryResolver
from scrim.statements.visible import (
    Lookup,
    RelationOutputs,
    Scope,
    Watched,
    is_of_one,
    is_visible,
)

FIXED_FUNCTIONS: Final = frozenset(
    """
    abs array_length avg bit_length btrim cardinality cbrt ceil ceiling char_length
    character_length coalesce count date_bin date_part date_trunc div dense_rank exp extract
    every bool_and bool_or first_value floor greatest initcap json_array_elements
    json_array_elements_text json_array_length json_each json_each_text json_extract_path
    json_extract_path_text json_object_keys json_typeof jsonb_array_elements
    jsonb_array_elements_text jsonb_array_length jsonb_each jsonb_each_text jsonb_exists
    jsonb_extract_path jsonb_extract_path_text jsonb_object_keys jsonb_path_exists
    jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
    jsonb_strip_nulls jsonb_typeof lag last_value lead least left length
    ln log lower lpad ltrim make_date make_interval make_time max md5 min mod nth_value
    nullif octet_length overlay percentile_cont percentile_disc position power rank replace repeat
    reverse right round row_number rpad rtrim sign split_part sqrt starts_with stddev stddev_pop
    stddev_samp strpos substr substring sum translate trim trunc upper var_pop var_samp variance
    width_bucket
    """.split()  # noqa: SIM905, RUF100 - as in `pure_functions`
)
"""Functions whose result depends on nothing but their arguments, whatever the session's settings.

`date_part` and its kin read the time zone for `timestamptz` alone, which is known to who sets it.
"""


_COMPUTED: Final = frozenset({EXPRESSION, COMBINED, DERIVED})
NO_NUMBER: Final = -1
"""Of an influence that has no values in the statement."""


@dataclass(frozen=True, slots=True)
class Influenced:
    """An influence with the base columns in it.

    Attributes:
        influence: The influence.
        parts: Where each of the columns in it can have come from.
        counting: How many of them, the last, only sort, group or are counted.
        known: Whether all of it is understood.
        one_row: Whether all columns in it are of one row of one relation, whose rows are not put
            together from several queries.
        varies: Whether equal values may make something else of it each time.
        converts: Whether a type or an object of the schema decides if it fails: by a domain, say, a
            value is compared with whatever stands in the domain's definition.
    """

    influence: Asking
    parts: tuple[Origins, ...]
    known: bool = True
    one_row: bool = False
    varies: bool = False
    counting: int = 0
    converts: bool = False

    @property
    def columns(self) -> frozenset[Column]:
        """Every base column in it."""
        return frozenset(column for part in self.parts for column in part.columns)

    @property
    def values(self) -> tuple[Origins, ...]:
        """Those of the parts whose values are in it."""
        return self.parts[: len(self.parts) - self.counting]


def strands(parts: Iterable[Origins]) -> Iterable[frozenset[Column]]:
    """Give the columns that each of some values can be of; several for one of a union."""
    for part in parts:
        yield from part.strands or (part.columns,)


class InfluenceResolver(QueryResolver):
    """Resolves the queries of one statement, and notes what influences them.

    Attributes:
        found: What was noted, in no particular order.
    """

    def __init__(
        self,
        catalog: Catalog,
        lookup: Lookup,
        relation_outputs: RelationOutputs,
        everything: Origins,
    ) -> None:
        """Have noted nothing yet."""
        super().__init__(catalog, lookup, relation_outputs, everything, Watched(compared={}))
        self.found: dict[tuple[int, str, tuple[Origins, ...]], Influenced] = {}

    def _notice_query(self, query: Query, scope: Scope) -> None:
        for influence in query.asks:
            if influence.form == MERGED:
                for name in influence.flow.columns:
                    self._merged(influence, name.name, scope)
            elif not influence.optional or any(
                is_visible(name.name, scope) for name in influence.flow.columns
            ):
                self._add(self._resolved(influence, scope))
        for target in query.targets:
            self._made_of_several(target, scope)
        super()._notice_query(query, scope)

    def _made_of_several(self, target: Target, scope: Scope) -> None:
        """Note what an expression makes of columns that hold rows of several queries.

        Without values of the statement it is no question by itself; but what it makes of many rows,
        such as a set of words, may tell which of them are equal.
        """
        if target.kind in {"column", "star", "constant"}:
            return
        flow = target.flow
        parts = tuple(
            part
            for name in flow.columns
            if (part := self._column(name, scope)).strands or part.made
        )
        for subquery in flow.subqueries:
            part = self.outputs(subquery, scope, scope.ctes).total()
            parts += (part,) if part.strands or part.made else ()
        if parts:
            self._add(Influenced(Asking(NO_NUMBER, GROUP, flow), parts))

    def _notice_branches(self, query: Query, left: Outputs, right: Outputs, scope: Scope) -> None:
        for influence in query.asks:
            if influence.form != SET:
                self._add(self._resolved(influence, scope))
                continue
            for parts in _sides(influence, left, right):
                known = all(part.known for part in parts)
                self._add(Influenced(influence, parts, known))
        super()._notice_branches(query, left, right, scope)

    def _add(self, one: Influenced) -> None:
        self.found[one.influence.number, one.influence.form, one.parts] = one

    def _resolved(self, influence: Asking, scope: Scope) -> Influenced:
        flow = influence.flow
        names = (*flow.columns, *flow.counted_columns)
        parts = [self._column(name, scope) for name in flow.columns]
        parts += [self._row_field(row, scope) for row in flow.rows]
        parts += [self.outputs(query, scope, scope.ctes).total() for query in flow.subqueries]
        if (
            influence.form in {EXPRESSION, COMBINED, DERIVED}
            and flow.columns
            and numbers_rows(flow)
        ):
            parts.append(NOTHING)
        parts += [self._column(name, scope) for name in flow.counted_columns]
        known = (
            not flow.opaque
            and all(is_pure_attribute(name, self._catalog) for name in flow.attributes)
            and all(part.known for part in parts)
            and are_pure(flow.functions, self._catalog)
        )
        converts = converts_by_schema(flow, self._catalog)
        one_row = self._of_one_row(names, flow, scope) and not any(part.strands for part in parts)
        # What a subquery makes of columns has values of the statement in it that are not told here.
        composed = (
            one_row and len(names) > 1 and not all(part.exact for part in parts if part != NOTHING)
        )
        fixed = known and _are_fixed(flow.functions, self._catalog) and not (converts or composed)
        return Influenced(
            influence,
            tuple(parts),
            known,
            one_row,
            influence.unstable or not fixed,
            counting=len(flow.counted_columns),
            converts=converts,
        )

    def _of_one_row(self, names: Sequence[ColumnName], flow: Flow, scope: Scope) -> bool:
        """Say whether columns are of the same row of one relation, whatever is joined to it."""
        if flow.rows or any(name.name == "*" for name in names) or not self._keeps_rows(flow):
            return False
        places = {_source_of(name, scope) for name in names}
        place = places.pop() if len(places) == 1 else None
        return place is not None and is_of_one(*scope.sources[place])

    def _merged(self, influence: Asking, name: str, scope: Scope) -> None:
        sources = [outputs for source, outputs in scope.sources if not source.by_name_only]
        names = {own for outputs in sources for own, _ in outputs.columns if own}
        for shared in names if name == "*" else {name}:
            parts = [found for each in sources if (found := each.named(shared)) is not None]
            if len(parts) > 1:
                known = all(part.known for part in parts)
                self._add(Influenced(influence, tuple(parts), known))
        if any(not outputs.exact for outputs in sources):
            total = union(outputs.total() for outputs in sources)
            self._add(Influenced(influence, (total,), known=False))


def _sides(influence: Asking, left: Outputs, right: Outputs) -> Iterable[tuple[Origins, ...]]:
    """Give what stands in each column of a set operation that is compared, or sorted by."""
    if not (left.exact and right.exact and len(left.columns) == len(right.columns)):
        yield (left.total(), right.total())
        return
    places: Sequence[int] = range(len(left.columns))
    if 0 < influence.position <= len(left.columns):
        places = [influence.position - 1]
    elif influence.flow.columns:
        wanted = influence.flow.columns[0].name
        places = [at for at in places if left.columns[at][0] in {wanted, None}] or places
    for place in places:
        yield (left.columns[place][1], right.columns[place][1])


def _source_of(name: ColumnName, scope: Scope) -> int | None:
    """Return which source of the query a column is of; None where that is not certain."""
    places = [
        place
        for place, (source, outputs) in enumerate(scope.sources)
        if (name.qualifier and source.visible_name == name.qualifier[-1])
        or (not name.qualifier and any(own == name.name for own, _ in outputs.columns))
    ]
    return places[0] if len(places) == 1 else None


def _are_fixed(functions: Iterable[Name], catalog: Catalog) -> bool:
    """Say whether functions always make the same of the same."""
    return all(
        function.name in FIXED_FUNCTIONS
        and function.schema in {None, "pg_catalog"}
        and (function.schema == "pg_catalog" or not catalog.functions(function.name))
        for function in functions
    )


def influenced_by(resolver: InfluenceResolver, query: Query | None) -> list[Influenced]:
    """Return what influences a query, with what is inside of it.

    Args:
        resolver: A fresh one.
        query: The query; None for a statement without one.
    """
    if query is None:
        return []
    resolver.outputs(query)
    return [one for one in resolver.found.values() if one.parts != (NOTHING,)]
