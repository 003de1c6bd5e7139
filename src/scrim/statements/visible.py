"""What names mean in a query: the sources that are visible there, and their columns.

Names are looked up as PostgreSQL does, from the inside out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from scrim.statements.catalog import Relation
from scrim.statements.compared import COMPARED, Compared
from scrim.statements.origins import ANYTHING, Origins, Outputs, listed, opaque, side_by_side, union
from scrim.statements.queries import Cte, Name, Source, Target

RelationOutputs = Callable[[Relation], Outputs]
Lookup = Callable[[str | None, str], tuple[Relation, ...]]
Noticed = dict[tuple[int, str], tuple[Compared, Origins, bool]]
"""By number and name: what is compared, where it comes from, whether it is with made-up values."""
Influences = dict[str, Origins]
"""By kind (`filter`, `join`, `group`, `order`), where what decides so comes from."""
Ctes = Mapping[str, Outputs]


@dataclass(slots=True)
class Scope:
    """The names that an expression can use.

    Attributes:
        parent: The scope around it, None for the outermost.
        sources: What the query takes rows from, with the columns of each.
        ctes: The table expressions that are visible.
        merged: Columns that joins merge, by name.
    """

    parent: "Scope | None"
    ctes: Ctes
    sources: list[tuple[Source, Outputs]] = field(default_factory=list)
    merged: Mapping[str, Origins] = field(default_factory=dict)


@dataclass(slots=True)
class Watched:
    """What is wanted beside the columns of the result, and what is looked into.

    Attributes:
        compared: Gets the columns that are compared with values, by their numbers; None for nobody.
        influences: Gets what decides which rows there are; None for nobody.
        body: Gives what a function in SQL is made of; None where none is looked into.
    """

    compared: Noticed | None = None
    influences: Influences | None = None
    body: "Callable[[Name], Body | None] | None" = None


@dataclass(frozen=True, slots=True)
class Body:
    """What a function in SQL gives beside what it is given.

    Attributes:
        outputs: Its columns.
        influences: What decides which rows there are in it.
    """

    outputs: Outputs
    influences: Influences


def fated(
    origins: Origins,
    *,
    altered: bool,
    cut: bool = True,
    aggregated: bool = False,
    measured: bool = False,
) -> Origins:
    """Return what becomes of origins where a value is altered, aggregated or only measured."""
    found = origins
    if altered:
        found = origins.changed() if cut else origins.spelled()
    found = found.through_aggregate() if aggregated else found
    return found.only_measured() if measured else found


def shared(scope: Scope) -> Origins:
    """Return what a natural join joins by: the columns that several sources have."""
    seen: dict[str, list[Origins]] = {}
    parts = []
    for source, outputs in scope.sources:
        if source.by_name_only:
            continue
        for name, origins in outputs.columns:
            if name is None:
                parts.append(origins)
            else:
                seen.setdefault(name, []).append(origins)
        if outputs.rest is not None:
            return union(other.total() for _, other in scope.sources)
    return union(
        [*parts, *(one for several in seen.values() if len(several) > 1 for one in several)]
    )


def is_visible(name: str, scope: Scope) -> bool:
    """Say whether a name can mean a column or a row in a scope or around it."""
    level: Scope | None = scope
    while level is not None:
        if unqualified(name, level) is not None or whole_rows(name, level):
            return True
        level = level.parent
    return False


def without(found: list[Outputs], names: tuple[str, ...]) -> list[Outputs]:
    """Return what a star stands for, less the columns that it leaves out."""
    if not names:
        return found
    counts = Counter(name for outputs in found for name, _ in outputs.columns)
    certain = all(outputs.exact for outputs in found) and not counts[None]
    if not certain or any(counts[name] > 1 for name in names):
        return [opaque(union(outputs.total() for outputs in found))]
    return [
        listed(column for column in outputs.columns if column[0] not in names) for outputs in found
    ]


def name_of(target: Target) -> str | None:
    """Return the name of a result column, None where it is not worked out."""
    if target.alias is not None:
        return target.alias
    return target.flow.columns[0].name if target.kind == "column" else None


def marked(outputs: Outputs, cte: Cte) -> Outputs:
    """Add the columns that `SEARCH` and `CYCLE` make of the others."""
    if not cte.marks:
        return outputs
    marks = []
    for mark in cte.marks:
        named = [outputs.named(name) for name in mark.columns]
        parts = [outputs.total() if found is None else found for found in named]
        marks.append((mark.name, union(parts).through_expression()))
    return side_by_side([outputs, listed(marks)])


def written(compared: Compared, scope: Scope) -> Origins:
    """Return the column of the relation that is written to."""
    if not scope.sources:
        return ANYTHING
    _, relation = scope.sources[0]
    if compared.name:
        return relation.named(compared.name) or ANYTHING
    if not relation.exact or compared.position >= len(relation.columns):
        return ANYTHING
    return relation.columns[compared.position][1]


def merged(compared: Compared, scope: Scope) -> Noticed:
    """Return the columns that a join merges with what the statement brings along."""
    found: Noticed = {}
    names = {name for _, outputs in scope.sources for name, _ in outputs.columns if name}
    for name in names if compared.name == "*" else {compared.name}:
        parts = [
            origins
            for source, outputs in scope.sources
            for own, origins in outputs.columns
            if own == name and not source.by_name_only
        ]
        stored = [origins for origins in parts if origins.columns]
        if stored and len(stored) < len(parts):
            one = replace(compared, name=name, role=COMPARED)
            found[compared.number, name] = (one, union(stored), True)
    return found


def unqualified(name: str, level: Scope) -> Origins | None:
    """Return where a column without a qualifier comes from, None where there is none."""
    if name in level.merged:
        return level.merged[name]
    # Were it a column of two sources, the data store would refuse it as ambiguous.
    certain = any(
        outputs.exact and any(own == name for own, _ in outputs.columns)
        for _, outputs in level.sources
    )
    found = [
        origins
        for _, outputs in level.sources
        if (not certain or any(own == name for own, _ in outputs.columns))
        and (origins := outputs.named(name)) is not None
    ]
    return union(found) if found else None


def whole_rows(name: str, level: Scope) -> list[Origins]:
    """Return the rows of sources that a name means."""
    return [outputs.total() for source, outputs in level.sources if source.visible_name == name]


def has_column(name: str, level: Scope) -> bool:
    """Say whether a source is known to have a column of a name."""
    return any(own == name for _, outputs in level.sources for own, _ in outputs.columns)


def is_named(source: Source, qualifier: tuple[str, ...]) -> bool:
    """Say whether a qualifier means a source."""
    if len(qualifier) == 1:
        return source.visible_name == qualifier[0]
    # With a schema only a relation without an alias can be meant.
    return (
        source.kind == "relation"
        and source.alias is None
        and source.name == qualifier[-1]
        and source.schema in {None, qualifier[-2]}
    )


def is_of_one(source: Source, outputs: Outputs) -> bool:
    """Say whether each row of a source is made of one row of a single relation.

    A view counts as one: who asks did not choose what stands beside what in it.
    """
    return source.kind == "relation" or outputs.of_one


def touched(lookup: Lookup, relation_outputs: RelationOutputs, names: Iterable[Name]) -> Origins:
    """Return where any value of the named relations can have come from.

    Args:
        lookup: Gives the relations that a name can mean.
        relation_outputs: Gives the columns of a relation with their base columns.
        names: The relations as written.
    """
    parts = []
    for name in names:
        candidates = lookup(name.schema, name.name)
        parts += [relation_outputs(candidate).total() for candidate in candidates]
        if not candidates:
            parts.append(ANYTHING)
    return union(parts)
