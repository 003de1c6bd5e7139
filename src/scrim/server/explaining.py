"""Explains a statement: what a gateway of this configuration would do with it, without running it.

Everything is decided by what serves clients: the foundation, the enforcement and the relay. Only
the questions which columns a result has go to the data store, as Parse and Describe, and only for a
statement that would be forwarded.
"""

import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from scrim.audit.records import GATEWAY_NAME, Origin
from scrim.config.relation_names import join_name
from scrim.config.root import Config
from scrim.domain.principal import Principal
from scrim.enforcement import ColumnsNeeded, Enforcement
from scrim.masking.decided import Decided
from scrim.policy.demands import answers
from scrim.policy.grants import Grants
from scrim.policy.questions import SessionFacts
from scrim.policy.refusals import no_connection
from scrim.server.explained_columns import ColumnExplainer
from scrim.server.explanation import (
    AuditRecords,
    CountedUse,
    ExplainedStatement,
    Explanation,
    Permission,
    UsedRelation,
)
from scrim.server.foundation import Foundation, build_foundation
from scrim.server.rehearsal import Noted, NotingPlanMaker, Rehearsal, Rehearsed
from scrim.server.store import Store
from scrim.statements.essence import without_literals
from scrim.statements.facts import Facts, read
from scrim.wire import UpstreamDescription

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from scrim.domain.column import ResultField
    from scrim.upstream.control import ControlConnection

LISTENER: Final = "postgres"
MAX_SHOWN_BYTES: Final = 16_000
BY_STORE: Final = "data store"
BY_LINEAGE: Final = "lineage"
ELSEWHERE: Final = frozenset({"execute", "fetch"})
"""Operations whose columns are those of a statement before them."""


class UnknownPrincipalError(ValueError):
    """There is no principal of that name."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who would send a statement, and how it would be signed in.

    Attributes:
        principal: Its name in scrim.yaml.
        agent: The agent that acts for it; empty for none.
        claims: Facts of its token that policy may read.
        facts: The circumstances.
    """

    principal: str
    agent: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    facts: SessionFacts = field(default_factory=SessionFacts)


@asynccontextmanager
async def explaining(
    config: Config, connection: str, asker: Asker
) -> "AsyncIterator[Callable[[bytes], Awaitable[Explanation]]]":
    """Give what explains statement strings of one principal on one connection.

    Args:
        config: The configuration.
        connection: The connection in it.
        asker: Who would send the strings.

    Raises:
        ConfigError: If the configuration cannot be used.
        UnknownPrincipalError: If there is no such principal.
        ProtocolError: If the data store cannot be reached.
    """
    settings = {connection: config.connections[connection]}
    own = config.model_copy(update={"connections": settings})
    foundation = build_foundation(own, {}, lambda _store: None)
    maker = foundation.makers[connection]
    notes = NotingPlanMaker(maker.masker, maker.operators)
    foundation = replace(foundation, makers={connection: notes})
    principal = _principal(foundation, asker)
    store = foundation.stores[connection]
    relevant = foundation.engine.relevant(asker.facts.at(time.time(), own.zone))
    grants = foundation.book.grants(principal, store.facts, relevant)
    await store.ready()
    enforcement = foundation.enforcement(store, grants, Origin(GATEWAY_NAME, 0))
    columns = ColumnExplainer(store, grants, foundation)
    rehearsal = Rehearsal(store, enforcement, own.limits_of(LISTENER))
    async with AsyncExitStack() as stack:
        describe = _Describer(store, stack)

        async def explain(text: bytes) -> Explanation:
            work = _Work(store, grants, enforcement, columns, notes.noted, describe)
            return await work.explain(text, rehearsal)

        yield explain


async def explain(config: Config, connection: str, asker: Asker, text: bytes) -> Explanation:
    """Say what the gateway sees in one statement string; raises what `explaining` does.

    Args:
        config: The configuration.
        connection: The connection in it.
        asker: Who would send the string.
        text: The string.
    """
    async with explaining(config, connection, asker) as explain_statement:
        return await explain_statement(text)


def _principal(foundation: Foundation, asker: Asker) -> Principal:
    directory = foundation.authenticator.directory
    found = directory.principal(asker.principal)
    if found is None:
        raise UnknownPrincipalError(
            f"identity.local.users has no {asker.principal}; add it, or correct the name"
        )
    if not asker.agent:
        return replace(found, session_claims=asker.claims)
    agent = directory.agent(asker.agent, found, asker.claims)
    if agent is None:
        raise UnknownPrincipalError(
            f"{asker.agent} is no agent that acts for {asker.principal}; correct one of them"
        )
    return agent


class _Describer:
    """Asks the data store for the columns of statements, over one connection of its own."""

    def __init__(self, store: Store, stack: AsyncExitStack) -> None:
        self._store = store
        self._stack = stack
        self._control: ControlConnection | None = None

    async def ask(self, sql: bytes) -> UpstreamDescription:
        if self._control is None:
            opened = self._store.pool.control()
            self._control = await self._stack.enter_async_context(opened)
        return await self._control.describe(sql)


@dataclass(slots=True)
class _Work:
    """The explanation of one string, with those who know."""

    store: Store
    grants: Grants
    enforcement: Enforcement
    explainer: ColumnExplainer
    noted: list[Noted]
    describer: _Describer
    records: list[dict[str, Any]] = field(default_factory=list)

    async def explain(self, text: bytes, rehearsal: Rehearsal) -> Explanation:
        explanation = Explanation(
            without_literals(text, MAX_SHOWN_BYTES),
            connection=self.store.name,
            principal=tuple(link.name for link in self.grants.principal.chain()),
            raw_access=self.enforcement.raw,
        )
        connect = self.grants.verdict("connect")
        asked = [Permission("connect", "", connect.permitted, connect.policies, connect.reason)]
        if not connect.permitted:
            denial = no_connection(self.store.name)
            return replace(explanation, permissions=tuple(asked), refusal=denial)
        rehearsed = await self._rehearse(text, rehearsal)
        statements = []
        decided, refusal = rehearsed.decided, rehearsed.refusal
        if decided is not None:
            asked += self._permissions(decided)
            # Decisions rest on facts without names and places, which are for people here.
            for facts in read(text.decode()) if decided.facts else ():
                own = text if len(decided.facts) == 1 else text[facts.start : facts.end]
                if refusal is not None:
                    statements.append(self._by_lineage(facts))
                else:
                    statement = await self._forwarded(decided, facts, own)
                    counted = tuple(_counted(decided, facts.index))
                    statements.append(replace(statement, counted=counted))
        return replace(
            explanation,
            statements=tuple(statements),
            permissions=tuple(asked),
            refusal=refusal,
            audit=AuditRecords(rehearsed.intent, tuple(self.records)),
        )

    async def _rehearse(self, text: bytes, rehearsal: Rehearsal) -> Rehearsed:
        """Decide the string as often as it takes until all is known that it needs."""
        columns: list[ResultField] | None = None
        extended = False
        while True:
            self.noted.clear()
            try:
                rehearsed = rehearsal.decide(text, columns, extended=extended)
            except ColumnsNeeded as needed:
                columns = list((await self.describer.ask(needed.sql.encode())).fields or ())
                continue
            decided = rehearsed.decided
            parameters = decided is not None and any(facts.parameters for facts in decided.facts)
            if extended or not parameters:
                return rehearsed
            extended = True  # only so can values come with it

    def _permissions(self, decided: Decided) -> Iterator[Permission]:
        """Give what policy was asked about the statements, up to the denial that ended it."""
        catalog = self.store.lookup.catalog
        seen = set()
        for _, action, relation, verdict in answers(decided.facts, catalog, self.grants):
            name = "" if relation is None else join_name(relation)
            if (action, name) not in seen:
                seen.add((action, name))
                yield Permission(action, name, verdict.permitted, verdict.policies, verdict.reason)
            if not verdict.permitted:
                return

    async def _forwarded(self, decided: Decided, facts: Facts, text: bytes) -> ExplainedStatement:
        """Explain a statement that would be forwarded."""
        if facts.operation == "copy_out" and decided.copies:
            return self._described(facts, self.noted.pop(0))
        answer = await self.describer.ask(text)
        if answer.fields is None:
            return self._undescribed(facts, answer.refused)
        fields = list(answer.fields)
        if self.enforcement.raw:
            columns = self.explainer.raw(facts, fields)
            return replace(self._plain(facts), columns=columns, described_by=BY_STORE)
        self.enforcement.plan((decided, ""), facts.index, fields, fresh=True)
        return self._described(facts, self.noted.pop())

    def _undescribed(self, facts: Facts, refused: tuple[str, str] | None) -> ExplainedStatement:
        if facts.operation in ELSEWHERE:
            return self._plain(facts, "its columns are those of the statement that it names")
        if refused is not None:
            note = f"the data store would answer with an error: {' '.join(refused)}"
            return self._by_lineage(facts, note)
        if facts.operation in {"declare", "prepare"}:
            note = "returns no rows itself; these are the columns of what it names"
            return self._by_lineage(facts, note)
        return self._plain(facts)

    def _described(self, facts: Facts, noted: Noted) -> ExplainedStatement:
        if noted.record is not None:
            self.records.append(_columns_record(noted))
        columns = self.explainer.described(noted.described)
        return replace(self._plain(facts), columns=columns, described_by=BY_STORE)

    def _by_lineage(self, facts: Facts, *notes: str) -> ExplainedStatement:
        columns = self.explainer.by_lineage(facts)
        by = BY_LINEAGE if columns else ""
        return replace(self._plain(facts, *notes), columns=columns, described_by=by)

    def _plain(self, facts: Facts, *notes: str) -> ExplainedStatement:
        """Return a statement without the columns of a result."""
        relations: dict[UsedRelation, None] = {}
        statement: Facts | None = facts
        while statement is not None:
            for use in statement.relations:
                name = f"{use.schema}.{use.name}" if use.schema else use.name
                relations[UsedRelation(name, use.role, use.verb)] = None
            statement = statement.inner
        influences = self.explainer.influences(facts)
        return ExplainedStatement(
            facts.operation, tuple(relations), influences=influences, notes=notes
        )


def _counted(decided: Decided, index: int) -> Iterator[CountedUse]:
    """Give what of a statement is counted when it is run, each once."""
    seen = set()
    for use in decided.metered:
        one = CountedUse(use.columns, "values" if use.values else "rows", use.varies)
        if use.statement == index and one not in seen:
            seen.add(one)
            yield one


def _columns_record(noted: Noted) -> dict[str, Any]:
    head, tails = noted.record or (b"{", ())
    record: dict[str, Any] = json.loads(head + b"}")
    record["columns"] = [
        {"name": field.name, **json.loads(b"{" + tail)}
        for field, tail in zip(noted.described.fields, tails, strict=False)
    ]
    return record
