"""What functions written in SQL are made of: their bodies are read like views.

What a function is given can be in whatever it returns, so arguments are not followed into the body;
there they are names without data.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from scrim.statements.catalog import Catalog
from scrim.statements.facts import Facts, StatementError, read
from scrim.statements.functions import is_reviewed_routine
from scrim.statements.origins import NOTHING, Origins, Outputs, combined, listed, opaque
from scrim.statements.queries import Name, Source
from scrim.statements.routines import Routine
from scrim.statements.scopes import QueryResolver
from scrim.statements.visible import Body, Influences, RelationOutputs, Scope, Watched

_MAX_DEPTH: Final = 16
_COUNTING: Final = frozenset(
    {"count", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist"}
)
"""Names by which the kernel takes arguments for counted only, and leaves them out (`fate.rs`)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a body needs of the statement's lineage.

    Attributes:
        relation_outputs: Gives the columns of a relation with their base columns.
        everything: Gives all that a statement touches.
        is_reviewed: Says whether operators and casts of a statement are reviewed.
    """

    relation_outputs: RelationOutputs
    everything: Callable[[Facts], Origins]
    is_reviewed: Callable[[Facts], bool]


class Bodies:
    """The functions of a snapshot that are made of SQL which can be read.

    Args:
        catalog: The snapshot.
        reading: What reading a body needs.
    """

    def __init__(self, catalog: Catalog, reading: Reading) -> None:
        """Read nothing yet."""
        self._catalog = catalog
        self._reading = reading
        self._known: dict[Name, Body | None] = {}
        self._depth = 0

    def body(self, function: Name) -> Body | None:
        """Return what a function gives beside what it is given; None if that is not certain.

        Args:
            function: Its name as written.
        """
        # Names that mean nothing are not remembered: there is no end of them.
        routines = self._catalog.routines.named(function.schema, function.name)
        if function.name in _COUNTING or not routines:
            return None
        if function not in self._known:
            # What leads back to itself meets this.
            self._known[function] = None
            if self._depth < _MAX_DEPTH:
                self._depth += 1
                try:
                    self._known[function] = self._all(routines)
                finally:
                    self._depth -= 1
        return self._known[function]

    def _all(self, routines: Iterable[Routine]) -> Body | None:
        """Put together every function that a name can mean."""
        found: Body | None = None
        for routine in routines:
            if is_reviewed_routine(routine, self._catalog):
                one: Body | None = Body(opaque(NOTHING), {})
            else:
                one = self._one(routine)
            if one is None:
                return None
            found = one if found is None else _either(found, one)
        return found

    def _one(self, routine: Routine) -> Body | None:
        statements = _statements(routine)
        outputs: Outputs | None = None
        influences: Influences = {}
        for facts in statements:
            if facts.operation != "select" or facts.query is None or facts.writes:
                return None
            everything = self._reading.everything(facts)
            if not everything.known or not self._reading.is_reviewed(facts):
                return None
            resolver = QueryResolver(
                self._catalog,
                self._catalog.named,
                self._reading.relation_outputs,
                everything,
                Watched(influences=influences, body=self.body),
            )
            outputs = resolver.outputs(facts.query, _arguments(routine))
        if outputs is None or not outputs.total().known:
            return None
        return Body(outputs, influences)


def _statements(routine: Routine) -> tuple[Facts, ...]:
    if routine.body is None:
        return ()
    try:
        statements = read(routine.body)
    except (StatementError, ValueError):
        return ()
    if len(statements) == 1 and statements[0].statement == "CreateFunctionStmt":
        inner = statements[0].inner
        return () if inner is None else (inner,)
    return statements


def _arguments(routine: Routine) -> Scope:
    """Return the scope in which the arguments have names, alone or after the function's name."""
    columns = listed((name, NOTHING) for name in routine.arguments if name)
    return Scope(None, {}, [(Source("other", alias=routine.name), columns)])


def _either(one: Body, other: Body) -> Body:
    outputs = combined(one.outputs, other.outputs)
    kinds = one.influences.keys() | other.influences.keys()
    influences = {
        kind: one.influences.get(kind, NOTHING) | other.influences.get(kind, NOTHING)
        for kind in kinds
    }
    return Body(outputs, influences)
