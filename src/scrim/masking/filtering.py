"""Says how a statement may use columns in conditions that the principal does not see raw.

Masking hides values, not what follows from them: a condition answers a question about a hidden
value, and enough questions the whole of it. So whoever has no `filter` permit for a protected
column is refused, or has the questions counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from scrim.domain.column import Column
from scrim.domain.decision import Refusal
from scrim.masking.results import ResultDecider, SeenColumn
from scrim.statements.asking import (
    CAST,
    COLUMNS,
    COMBINED,
    DERIVED,
    EQUAL,
    EXPRESSION,
    GROUP,
    LIMIT,
    MERGED,
    ROWS,
    SET,
    SORT,
)
from scrim.statements.compared import COMPARED
from scrim.statements.facts import Facts
from scrim.statements.functions import are_pure
from scrim.statements.influencing import Influenced, strands
from scrim.statements.lineage import Lineage
from scrim.statements.origins import Origins

UNSEEN: Final = frozenset({COLUMNS, MERGED, GROUP, SET})
"""Uses that tell no more than masked values do, which are equal where the real ones are."""
MEETING: Final = UNSEEN | {SORT, EXPRESSION, COMBINED}
"""Uses in which values of several rows can meet."""
QUIET: Final = frozenset({DERIVED, CAST})
"""Uses that ask only what a type asks, or what the values that a column is made of ask."""
CALLS: Final = QUIET | {COMBINED}
"""Uses in which a function is called beside a condition, and tells by its result alone."""
FUNCTIONS: Final = "what functions of the database's users read"
"""Stands for a column where nothing says what such a function reads."""
_READING: Final = {
    "IndexStmt": "an index of what is made of protected data is not allowed",
    "CreateStatsStmt": "statistics of what is made of protected data are not allowed",
}
"""Statements that have the data store evaluate expressions over all rows, and why not."""
MAX_NAMED: Final = 3
"""Columns that a message names."""


class FilterGrants(Protocol):
    """Asks policy for the `filter` action."""

    def may_filter(self, column: Column, tags: frozenset[str], confidence: int) -> bool:
        """Say whether the principal may use the raw values of a column in conditions.

        Args:
            column: The column.
            tags: What is known of it.
            confidence: How sure that is, from 0 to 100.
        """

    def may_filter_anything(self) -> bool:
        """Say whether the principal may use whatever the data store holds in conditions."""


@dataclass(frozen=True, slots=True)
class MeteredUse:
    """A use of protected columns whose values are counted when the statement is run.

    Attributes:
        statement: Position of the statement in its string.
        depth: How many statements it is inside of.
        number: Number of the influence there.
        columns: The protected columns, by their qualified names.
        values: Whether there are values to be counted, rather than single-row answers alone.
        varies: Whether the same text may ask something else each time, so that each counts.
    """

    statement: int
    depth: int
    number: int
    columns: tuple[str, ...]
    values: bool
    varies: bool = False


class FilterDecider:
    """Decides about conditions for one principal in one data store."""

    def __init__(self, results: ResultDecider, lineage: Lineage, grants: FilterGrants) -> None:
        """Keep who is asked.

        Args:
            results: Knows how the principal sees a column.
            lineage: Knows which columns decide about the rows of a statement.
            grants: Asks policy for the `filter` action.
        """
        self._results = results
        self._lineage = lineage
        self._grants = grants
        self._filtering = results.filtering

    def uses(self, statements: Sequence[Facts]) -> tuple[MeteredUse, ...] | Refusal:
        """Return which uses are counted in a statement string, or why it is refused."""
        if self._filtering == "allow":
            return ()
        found: list[MeteredUse] = []
        for facts in statements:
            outer: Facts | None = None
            level: Facts | None = facts
            depth = 0
            while level is not None:
                if (refusal := self._evaluated(level)) is not None:
                    return refusal
                for one, columns in self._protected(level):
                    refusal = self._refusal(outer, one, columns)
                    if refusal is not None:
                        return refusal
                    guessed = bool(columns) and self._is_guessed(one)
                    use = _use(facts.index, depth, one, columns, guessed=guessed)
                    if use is not None:
                        found.append(use)
                outer, level, depth = level, level.inner, depth + 1
        return tuple(found)

    def _protected(self, facts: Facts) -> Iterator[tuple[Influenced, frozenset[Column]]]:
        """Give what influences a statement with the protected columns in it, if there are any."""
        everything: frozenset[Column] | None = None
        for one in self._lineage.influenced(facts):
            among = one.columns
            called = one.influence.form in CALLS and all(part.known for part in one.parts)
            if not one.known and not called:
                if everything is None:
                    everything = self._lineage.touched(facts).columns
                among |= everything
            columns = frozenset(column for column in among if self._is_protected(column))
            asks = (
                one.converts or not self._in_masked_space(one)
                if columns
                else self._calls_unreviewed(one)
            )
            if asks:
                yield one, columns

    def _evaluated(self, facts: Facts) -> Refusal | None:
        """Say why the data store may not evaluate the expressions of a definition."""
        if facts.statement not in _READING or not facts.columns:
            return None
        names = {column.name for column in facts.columns}
        relations = {use.name for use in facts.relations}
        columns = frozenset(
            column
            for column in self._lineage.touched(facts).columns
            if (column.name in names or names & {"*", *relations}) and self._is_protected(column)
        )
        if not columns:
            return None
        return Refusal(
            "42501",
            _READING[facts.statement],
            f"{_about(columns)} Whether it can be made, and what it holds, would tell of values.",
            "Name the column itself without a condition, or ask for the `filter` permission.",
        )

    def _calls_unreviewed(self, one: Influenced) -> bool:
        """Say whether a condition rests on a function that may read anything."""
        influence = one.influence
        return (
            influence.form in {EXPRESSION, LIMIT}
            and not are_pure(influence.flow.functions, self._lineage.catalog)
            and not self._grants.may_filter_anything()
        )

    def _is_protected(self, column: Column) -> bool:
        seen = self._results.seen(column)
        return seen.protected and not self._grants.may_filter(column, seen.tags, seen.confidence)

    def _in_masked_space(self, one: Influenced) -> bool:
        """Say whether the values are masked ones that are turned back, so that a guess is none."""
        if one.influence.form != EQUAL or len(one.parts) != 1:
            return False
        masked = self._results.masked(one.parts[0])
        return masked is not None and self._results.turning(masked, COMPARED) is not None

    def _refusal(
        self, outer: Facts | None, one: Influenced, columns: frozenset[Column]
    ) -> Refusal | None:
        form = one.influence.form
        if columns and (refusal := self._amplifying(one, columns)) is not None:
            return refusal
        quiet = form in QUIET and not one.converts
        if self._filtering == "refuse" and form not in UNSEEN and not quiet:
            return _refused(columns, "The connection does not compare protected data.")
        if columns and one.influence.parameters and outer is not None:
            return _not_prepared(outer, columns)
        return None

    def _amplifying(self, one: Influenced, columns: frozenset[Column]) -> Refusal | None:
        """Say why a statement would ask many questions at once."""
        form = one.influence.form
        if form in {LIMIT, ROWS}:
            return _refused(columns, "It would decide how many rows there are.")
        # Where rows meet, each value that a row makes is a guess about all the others.
        composed = any(part.made or self._is_composed(part) for part in one.values)
        if self._joins_texts(one) or (one.one_row and not (form == GROUP and composed)):
            return None
        combined = form == DERIVED and any(self._is_combined(part) for part in one.parts)
        meeting = form in MEETING or (form == DERIVED and len(one.parts) > 1)
        if not (combined or (meeting and self._beside_others(one))):
            return None
        if form in {COMBINED, DERIVED}:
            return _refused(columns, "Where it fails or gives NULL would tell of values.", _FIT)
        return _refused(columns, _BESIDE, _SET_HINT if form == SET else _HINT)

    def _is_guessed(self, one: Influenced) -> bool:
        """Say whether values are compared with what is seen in their own row.

        That is a guess as good as a value, and may be another one each time.
        """
        return one.influence.form in {COLUMNS, SORT} and one.one_row and self._beside_others(one)

    def _beside_others(self, one: Influenced) -> bool:
        """Say whether protected values meet others that are not hidden, or are made up.

        One such statement asks as many questions as there are rows of the others.
        """
        if len(one.parts) > 1 and not all(part.known for part in one.parts):
            return True
        # What is seen and only sorts or groups the others is not put together with them.
        sorting = one.parts[len(one.values) :]
        parts = one.values + tuple(part for part in sorting if not self._is_open(part.columns))
        if any(part.made or self._is_mixed(part.columns - part.measured) for part in parts):
            return True
        uncounted = one.influence.form in UNSEEN | {SORT}
        if uncounted and any(
            self._is_composed(part) and not self._is_open(part.columns) for part in parts
        ):
            return True
        return len({self._is_open(strand) for strand in strands(parts)}) > 1

    def _joins_texts(self, one: Influenced) -> bool:
        """Say whether texts are put together, which never fails and tells nothing of any."""
        return (
            one.influence.joining
            and one.known
            and not any(part.transformed or part.strands for part in one.parts)
            and all(map(self._results.is_plain, one.columns))
        )

    def _is_combined(self, part: Origins) -> bool:
        """Say whether a column that only one thing is made of is made of such values itself."""
        return not part.strands and self._is_mixed(part.columns - part.measured)

    def _is_composed(self, part: Origins) -> bool:
        """Say whether a value may be made of values of the statement and of what is seen."""
        columns = part.columns - part.measured
        whole = part.exact or not part.known
        return not whole and any(not self._results.seen(one).hidden for one in columns)

    def _is_open(self, columns: frozenset[Column]) -> bool:
        """Say whether the values of columns are seen as they are; made-up ones are."""
        seen: list[SeenColumn] = [self._results.seen(column) for column in columns]
        return not any(column.hidden for column in seen)

    def _is_mixed(self, columns: frozenset[Column]) -> bool:
        """Say whether one value is made of hidden columns and of open ones of other relations."""
        relations = {(column.schema, column.relation) for column in columns}
        if len(relations) < 2:
            return False
        hidden = {column for column in columns if self._results.seen(column).hidden}
        own = {(column.schema, column.relation) for column in hidden}
        return bool(hidden) and any(
            (column.schema, column.relation) not in own for column in columns - hidden
        )


def _not_prepared(outer: Facts, columns: frozenset[Column]) -> Refusal | None:
    if outer.operation != "prepare":
        return None
    return Refusal(
        "0A000",
        "parameters of PREPARE cannot be compared with protected data",
        _about(columns),
        "Prepare the statement by the protocol, or write the value in the statement.",
    )


def _use(
    statement: int, depth: int, one: Influenced, columns: frozenset[Column], *, guessed: bool
) -> MeteredUse | None:
    form = one.influence.form
    quiet = form in UNSEEN or (form in QUIET and not one.converts)
    if quiet and not guessed:
        return None
    names = tuple(sorted(column.qualified_name() for column in columns)) or (FUNCTIONS,)
    counted = form != SORT or guessed
    varies = one.varies or guessed
    return MeteredUse(statement, depth, one.influence.number, names, counted, varies)


def _about(columns: frozenset[Column]) -> str:
    names = sorted(column.qualified_name() for column in columns)
    more = ", and others" if len(names) > MAX_NAMED else ""
    return f"It is about {', '.join(names[:MAX_NAMED]) or FUNCTIONS}{more}."


_BESIDE: Final = "It is compared with what is seen as it is, or made up."
_HINT: Final = (
    "Leave the condition out, compare with plain values, or ask for the `filter` permission."
)
_FIT: Final = (
    "Select the columns by themselves, leave out what is of other rows or made up, or ask for the "
    "`filter` permission."
)
_SET_HINT: Final = (
    "Write UNION ALL in the place of UNION, as it compares no rows, or ask for the `filter` "
    "permission."
)


def _refused(columns: frozenset[Column], why: str, hint: str = _HINT) -> Refusal:
    return Refusal(
        "42501",
        "comparing protected data is not allowed here",
        f"{_about(columns)} {why}",
        hint,
    )
