"""The order of the steps by which a statement is decided. Read this first.

    1  statements   what the statement does, and what it touches
    2  policy       may this principal do that there
       masking      which of its values are masked ones, that are turned back, or are counted
    3  audit        the record that is written before the statement goes on
       (the relay writes it, forwards the statement, and asks again when a result is described)
    4  statements   which columns can flow into each column of the result
    5  policy, detection   which of them the principal may see, and what they hold
    6  masking      what therefore happens to each cell
       (the relay rewrites the rows, and writes the outcome)

Nothing here does any work of these steps, and nothing waits: what has to be fetched first is asked
for by raising `CatalogStale` or `ColumnsNeeded`. Answers are kept by the caller for every session
in the same scope, so a statement of a known shape never comes here. One of a new shape is parsed by
the caller, and does not come here either if it does just what another one did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrim.audit.records import BundleFacts, Intent, Origin, ResultColumn
from scrim.audit.templates import columns_template, intent_template
from scrim.domain.column import ColumnOrigin, ResultField
from scrim.domain.decision import Refusal
from scrim.masking.decided import Decided
from scrim.masking.plans import Plan
from scrim.masking.results import Described, ResultDecider, ResultTools
from scrim.masking.storing import keeping_refusal
from scrim.masking.turning import MaskedWrites
from scrim.masking.values import NOTHING_DECIDED, DecidedValues, ValueDecider
from scrim.policy.demands import Answer, ask
from scrim.policy.grants import Grants
from scrim.policy.refusals import uncopyable, unreadable
from scrim.statements import classify, effects
from scrim.statements.copying import CopyError, CopyTarget, copy_targets
from scrim.statements.essence import Essence, essence, facts_of
from scrim.statements.facts import Facts, StatementError
from scrim.statements.incoming import Incoming
from scrim.statements.lineage import Lineage
from scrim.statements.rows import row_places

NOT_UTF8: Final = "22021"


class CatalogStale(Exception):  # noqa: N818 - a request, not an error
    """Something is named that the catalog snapshot does not know; a newer one may."""

    def __init__(self, names: Sequence[object]) -> None:
        """Keep what is not known."""
        super().__init__("the catalog snapshot is too old")
        self.names = names


class ColumnsNeeded(Exception):  # noqa: N818 - a request, not an error
    """The columns of a query have to be asked for, in the client's own session."""

    def __init__(self, sql: str) -> None:
        """Keep the query."""
        super().__init__("the columns of a query have to be asked for")
        self.sql = sql


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps work with, in one data store under one configuration.

    Attributes:
        results: What results are decided with, its catalog among them.
        lineage: Where columns come from.
        origin: Who writes records.
        bundle: The policies in force.
        protocol: The protocol that is spoken.
        masked_writes: What becomes of values that are written to masked columns.
    """

    results: ResultTools
    lineage: Lineage
    origin: Origin
    bundle: BundleFacts
    protocol: str
    masked_writes: MaskedWrites = "turn_back"


class Enforcement:
    """Decides for one principal in one data store.

    Attributes:
        principal: Who asks.
        raw: Whether the principal may see everything of the data store.
    """

    def __init__(self, grants: Grants, tools: Tools) -> None:
        """Have decided nothing yet."""
        self.principal = grants.principal
        self.raw = grants.raw_access()
        self._grants = grants
        self._tools = tools
        self._catalog = tools.results.lookup.catalog
        self._results = ResultDecider(tools.results, grants.column, grants.connection.tags_of)
        self._values = ValueDecider(self._results, tools.lineage, tools.masked_writes, grants)

    def decide(
        self,
        incoming: Incoming,
        columns: Sequence[ResultField] | None = None,
        *,
        fresh: bool = False,
    ) -> Decided:
        """Decide a statement string.

        Args:
            incoming: The string.
            columns: The answer to `ColumnsNeeded`, once it has been raised.
            fresh: Whether the catalog has just been loaded for this statement.

        Raises:
            CatalogStale: If the catalog does not know something, unless it is fresh.
            ColumnsNeeded: If a COPY TO copies columns that only the data store can name.
        """
        what, epoch = essence(incoming.text), self._tools.results.verdicts.epoch.value
        try:
            statements = facts_of(what)
        except StatementError as error:
            return self._unreadable(error)
        unknown = effects.unknown_relations(statements, self._catalog)
        if unknown and not fresh and not self.raw:
            raise CatalogStale(unknown)
        # What is not known now may be known the next time.
        scope = None if unknown else (what, epoch)
        asked = ask(statements, self._catalog, self._grants)
        if asked.refusal is None and not self.raw:
            asked = asked.refused(self._way_around(statements))
        if asked.refusal is not None or (self.raw and asked.limit is None):
            return self._decided(statements, asked, scope)
        values = NOTHING_DECIDED if self.raw else self._values.decide(statements)
        if (why := values.turned.refusal) is not None:
            return self._decided(statements, asked.refused(why), scope, values=values)
        try:
            copies = self._copies(incoming, statements, columns)
        except CopyError as error:
            return self._decided(statements, asked.refused(uncopyable(str(error))), scope)
        return self._decided(statements, asked, scope, copies, values)

    def plan(
        self,
        context: tuple[object, str] | None,
        index: int,
        fields: Sequence[ResultField],
        *,
        fresh: bool = False,
    ) -> Plan:
        """Decide the columns of a described result.

        Args:
            context: What was decided about its statement string, and the text of that.
            index: Which statement of the string it belongs to.
            fields: The result's fields.
            fresh: Whether the catalog has just been loaded for this result.

        Raises:
            CatalogStale: If the catalog does not know a relation or type, unless it is fresh.
        """
        epoch = self._tools.results.verdicts.epoch.value
        unknown = self._tools.results.lookup.unknown(fields)
        if unknown and not fresh:
            raise CatalogStale(unknown)
        decided = context[0] if context is not None else None
        statements = decided.facts if isinstance(decided, Decided) else ()
        facts = statements[index] if index < len(statements) else None
        described = self._described(facts, fields)
        if not isinstance(decided, Decided):
            return self._results.plan(described)
        record = columns_template(self._tools.origin, _recorded(described))
        return self._results.plan(described, record=record, epoch=None if unknown else epoch)

    def sampled(self, described: object, values: Sequence[Sequence[bytes]]) -> Plan:
        """Decide the columns of a result anew, with values of those that were to be sampled.

        Args:
            described: What the plan to be replaced was made for.
            values: Values by sampled column, in the order of the columns.
        """
        return self._results.sampled(described, values)

    def _way_around(self, statements: Sequence[Facts]) -> Refusal | None:
        """Return why a statement is only for principals with raw access."""
        for facts in statements:
            found = classify.refusal(facts, self._catalog)
            if found is not None:
                return found
            found = keeping_refusal(self._results, self._tools.lineage, facts)
            if found is not None:
                return found
        return None

    def _described(self, facts: Facts | None, fields: Sequence[ResultField]) -> Described:
        origins = [ColumnOrigin(frozenset(), known=self.raw) for _ in fields]
        if facts is not None and not self.raw:
            origins = self._tools.lineage.resolve(facts, fields)
        places = row_places(self._catalog, facts, fields)
        return self._results.describe(fields, origins, places)

    def _copies(
        self,
        incoming: Incoming,
        statements: Sequence[Facts],
        columns: Sequence[ResultField] | None,
    ) -> tuple[tuple[int, str, Plan], ...]:
        targets = copy_targets(statements, incoming.text)
        if targets and columns is None:
            raise ColumnsNeeded(targets[0][1].query)
        return tuple(
            (index, target.options, self._copy_plan(target, columns or ()))
            for index, target in targets
        )

    def _copy_plan(self, target: CopyTarget, columns: Sequence[ResultField]) -> Plan:
        sent = [
            field
            for field in columns
            if not target.whole_relation or not self._tools.results.lookup.is_generated(field)
        ]
        return self._results.plan(self._described(target.facts, sent), sampled=False)

    def _unreadable(self, error: StatementError) -> Decided:
        """Refuse what the grammar does not know, unless the principal may do everything here."""
        if error.code != NOT_UTF8 and self.raw and self._grants.permits_unread():
            return self._decided()
        why = unreadable(error.code, error.message, error.position)
        return self._decided(asked=Answer(why))

    def _decided(
        self,
        statements: tuple[Facts, ...] = (),
        asked: Answer = Answer(),  # noqa: B008 - it is frozen
        scope: tuple[Essence, int] | None = None,
        copies: tuple[tuple[int, str, Plan], ...] = (),
        values: DecidedValues = NOTHING_DECIDED,
    ) -> Decided:
        tools, why = self._tools, asked.refusal
        changes_catalog = effects.changes_catalog(statements) or not statements
        remember = not changes_catalog and not copies
        intent = Intent(
            origin=tools.origin,
            connection=self._grants.connection.name,
            protocol=tools.protocol,
            principal=self.principal,
            operation=effects.operation(statements),
            relations=effects.relation_names(statements),
            permitted=why is None,
            policies=asked.policies,
            bundle=tools.bundle,
            raw=self.raw,
            counted=values.counted_columns,
            refusal_code=why.code if why else "",
            refusal_reason=(why.detail or why.message) if why else "",
        )
        return Decided(
            intent=intent_template(intent),
            operation=effects.counted_as(statements),
            refusal=why,
            raw=self.raw and asked.limit is None,
            remember=remember,
            scope=scope if remember else None,
            copies=copies,
            deallocates=effects.deallocates(statements),
            changes_catalog=changes_catalog and why is None,
            facts=statements,
            naming=effects.naming(statements),
            limit=asked.limit,
            reshapes=not self.raw and self._results.reshapes(self._grants.names_operator),
        ).with_values(values)

    def scrub_text(self, text: str) -> str:
        """Replace what detection finds in a text."""
        return self._results.scrub(text)

    def is_identifier(self, word: str) -> bool:
        """Whether a word is the name of something in the catalog."""
        return self._tools.results.lookup.has_name(word)

    def statement_text(self, context: tuple[object, str] | None) -> str:
        """Return the statement that an answer belongs to, without its literals."""
        return context[1] if context is not None else ""

    def conceal(self, text: str) -> str:
        """Replace a whole text of unknown sensitivity."""
        return "[masked]"


def _recorded(described: Described) -> list[ResultColumn]:
    return [
        ResultColumn(field.name, column.planned.decision, column.planned.operator)
        for field, column in zip(described.fields, described.columns, strict=True)
    ]
