"""Remembers what one principal may do in one connection, so that asking again costs nothing."""

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scrim.config.connections import Connection
from scrim.domain.column import Column
from scrim.domain.outcome import Verdict
from scrim.domain.principal import Principal
from scrim.policy.engine import PolicyEngine, Question
from scrim.policy.obligations import MAX_ROWS, operator_of
from scrim.policy.questions import RELATION_ACTIONS, SessionFacts
from scrim.policy.reach import covers_all
from scrim.policy.resources import ColumnResource, ConnectionResource, TableResource

MAX_REMEMBERED: Final = 50_000
MAX_BATCH: Final = 2_000

RelationName = tuple[str, str]
"""Schema and relation name, unquoted."""

NO_TAGS: Final[frozenset[str]] = frozenset()

ColumnKey = tuple[Column, frozenset[str], int]
"""A column, what is known of it beside the tags of scrim.yaml, and how sure that is."""


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What policies can know about a connection.

    Attributes:
        name: Its name in scrim.yaml.
        protocol: The protocol that it speaks.
        column_tags: Tags that scrim.yaml gives to columns.
        relation_tags: Tags that it gives to relations, which hold for their columns.
        digest: A digest of all of these.
    """

    name: str
    protocol: str
    column_tags: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    relation_tags: Mapping[RelationName, frozenset[str]] = field(default_factory=dict)
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Compute the digest once, because every sign-in asks for it."""
        tags = (
            sorted((name, sorted(tags)) for name, tags in self.column_tags.items()),
            sorted((name, sorted(tags)) for name, tags in self.relation_tags.items()),
        )
        everything = repr((self.name, self.protocol, tags)).encode()
        object.__setattr__(self, "digest", hashlib.sha256(everything).hexdigest())

    @classmethod
    def of(cls, name: str, connection: Connection) -> "ConnectionFacts":
        """Return the facts of a connection of scrim.yaml."""
        return cls(name, connection.protocol, connection.column_tags, connection.relation_tags)

    def tags_of(self, column: Column) -> frozenset[str]:
        """Return the tags that scrim.yaml gives to a column and to its relation."""
        relation = self.relation_tags.get((column.schema, column.relation), NO_TAGS)
        return relation | self.column_tags.get(
            (column.schema, column.relation, column.name), NO_TAGS
        )

    def resource(self) -> ConnectionResource:
        """Return the connection as policies see it."""
        return ConnectionResource(self.name, self.protocol)

    def column_resource(
        self, column: Column, tags: frozenset[str], confidence: int = 0
    ) -> ColumnResource:
        """Return a column as policies see it.

        Args:
            column: The column.
            tags: What is known of it beside the tags of scrim.yaml, which always count.
            confidence: How sure that is, from 0 to 100.
        """
        table_tags = self.relation_tags.get((column.schema, column.relation), NO_TAGS)
        return ColumnResource.of(
            self.resource(), column, tags | self.tags_of(column), table_tags, confidence
        )


@dataclass(frozen=True, slots=True)
class ColumnGrant:
    """What a principal sees of a column.

    Attributes:
        raw: Whether it sees the values as they are.
        operator: The operator that policy demands for masking; empty to use the usual one.
        verdict: What it rests on.
    """

    raw: bool
    operator: str
    verdict: Verdict


class Grants:
    """What one principal may do in one connection under one bundle.

    Attributes:
        principal: Who asks.
        connection: Where.
        identity: A digest of everything that the answers depend on: equal identities give equal
            answers to equal questions.
    """

    def __init__(
        self,
        engine: PolicyEngine,
        principal: Principal,
        connection: ConnectionFacts,
        session: SessionFacts | None = None,
    ) -> None:
        """Ask nothing yet."""
        self.principal = principal
        self.connection = connection
        self.identity = _identity(engine, principal, connection, session)
        self._engine = engine
        self._session = session
        self._resource = connection.resource()
        self._verdicts: dict[tuple[str, RelationName | None], Verdict] = {}
        self._columns: dict[ColumnKey, ColumnGrant] = {}
        self._filters: dict[ColumnKey, Verdict] = {}
        self._raw_access: bool | None = None

    def permits_unread(self) -> bool:
        """Say whether a statement that cannot be read may be run."""
        policies = self._engine.bundle.policies.values()
        limited = any(name == MAX_ROWS for policy in policies for name, _ in policy.obligations)
        return not limited and self.permits("admin")

    def names_operator(self, operators: Collection[str]) -> bool:
        """Say whether a policy asks for one of some operators, for whomever.

        Args:
            operators: Names of operators.
        """
        policies = self._engine.bundle.policies.values()
        named = (pair for policy in policies for pair in policy.obligations)
        return any(name == "operator" and value in operators for name, value in named)

    def permits(self, action: str, relation: RelationName | None = None) -> bool:
        """Say whether an action is permitted.

        Args:
            action: One of `scrim.policy.questions.ACTIONS`.
            relation: The relation that it concerns; the connection itself without one.
        """
        return self.verdict(action, relation).permitted

    def verdict(self, action: str, relation: RelationName | None = None) -> Verdict:
        """Return the answer with what it rests on.

        The first question about a relation has every action on it answered in one call.

        Args:
            action: One of `scrim.policy.questions.ACTIONS`.
            relation: The relation that it concerns; the connection itself without one.
        """
        known = self._verdicts.get((action, relation))
        if known is not None:
            return known
        actions = (action,) if relation is None else (*RELATION_ACTIONS, action)
        resource = self._resource if relation is None else self._table(relation)
        asked = list(dict.fromkeys(actions))
        answers = self._engine.authorize_all(
            self.principal, [(one, resource) for one in asked], self._session
        )
        if len(self._verdicts) > MAX_REMEMBERED:
            self._verdicts.clear()
        self._verdicts.update(
            ((one, relation), answer) for one, answer in zip(asked, answers, strict=True)
        )
        return self._verdicts[action, relation]

    def raw_access(self) -> bool:
        """Say whether every value in the connection may be seen raw, now and as it changes.

        True only if no policy can tell one column from another, so that no column has to be named.
        """
        if self._raw_access is None:
            answers = self._engine.authorize_links(
                self.principal, "unmask", self._resource, self._session
            )
            self._raw_access = all(self._sees_all(link, verdict) for link, verdict in answers)
        return self._raw_access

    def column(
        self, column: Column, tags: frozenset[str] = NO_TAGS, confidence: int = 0
    ) -> ColumnGrant:
        """Return what the principal sees of a column.

        Args:
            column: The column.
            tags: What is known of it beside the tags of scrim.yaml, which always count.
            confidence: How sure that is, from 0 to 100.
        """
        key = (column, tags, confidence)
        known = self._columns.get(key)
        if known is None:
            self.prefetch([key])
            known = self._columns[key]
        return known

    def may_filter(
        self, column: Column, tags: frozenset[str] = NO_TAGS, confidence: int = 0
    ) -> bool:
        """Say whether the principal may use the raw values of a column in conditions.

        Args:
            column: The column.
            tags: What is known of it beside the tags of scrim.yaml, which always count.
            confidence: How sure that is, from 0 to 100.
        """
        key = (column, tags, confidence)
        known = self._filters.get(key)
        if known is None:
            resource = self.connection.column_resource(*key)
            (known,) = self._engine.authorize_all(
                self.principal, [("filter", resource)], self._session
            )
            if len(self._filters) > MAX_REMEMBERED:
                self._filters.clear()
            self._filters[key] = known
        return known.permitted

    def may_filter_anything(self) -> bool:
        """Say whether the principal may use whatever the connection holds in conditions."""
        return self.verdict("filter").permitted

    def prefetch(self, columns: Iterable[ColumnKey]) -> None:
        """Answer for many columns in few calls; `column` then knows them.

        Args:
            columns: Columns with what is known of them, and how surely.
        """
        if len(self._columns) > MAX_REMEMBERED:
            self._columns.clear()
        asked = [key for key in dict.fromkeys(columns) if key not in self._columns]
        for start in range(0, len(asked), MAX_BATCH):
            # One call must not describe a column in two ways, so repeats wait for the next.
            pending = asked[start : start + MAX_BATCH]
            while pending:
                batch = {key[0]: key for key in reversed(pending)}
                self._ask_columns(list(batch.values()))
                pending = [key for key in pending if batch[key[0]] != key]

    def _ask_columns(self, keys: list[ColumnKey]) -> None:
        questions: list[Question] = [
            ("unmask", self.connection.column_resource(*key)) for key in keys
        ]
        answers = self._engine.authorize_all(self.principal, questions, self._session)
        for key, verdict in zip(keys, answers, strict=True):
            operator = operator_of(verdict.obligations)
            raw = verdict.permitted and not operator
            self._columns[key] = ColumnGrant(raw, operator, verdict)

    def _sees_all(self, link: Principal, verdict: Verdict) -> bool:
        """Say whether what one link of the chain may do to the connection reaches all of it."""
        return not verdict.obligations and reaches_all(
            self._engine, link, "unmask", self._resource, verdict
        )

    def _table(self, relation: RelationName) -> TableResource:
        tags = self.connection.relation_tags.get(relation, NO_TAGS)
        return TableResource(self._resource, relation[0], relation[1], tags)


class GrantsBook:
    """The grants in use, shared by the sessions that they hold for."""

    def __init__(self, engine: PolicyEngine, max_entries: int = 1000) -> None:
        """Begin empty.

        Args:
            engine: Who answers.
            max_entries: Bound on what is kept; what was not used for longest goes first.
        """
        self._engine = engine
        self._max_entries = max_entries
        self._entries: OrderedDict[str, Grants] = OrderedDict()

    def grants(
        self,
        principal: Principal,
        connection: ConnectionFacts,
        session: SessionFacts | None = None,
    ) -> Grants:
        """Return the grants of a principal, with what other sessions learnt already."""
        key = _identity(self._engine, principal, connection, session)
        known = self._entries.get(key)
        if known is None:
            known = Grants(self._engine, principal, connection, session)
            self._entries[key] = known
            if len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
        self._entries.move_to_end(key)
        return known


def reaches_all(
    engine: PolicyEngine,
    link: Principal,
    action: str,
    resource: ConnectionResource,
    verdict: Verdict,
) -> bool:
    """Say whether what was permitted on a connection is permitted on all that is in it.

    Args:
        engine: Who answered.
        link: One principal of the chain.
        action: What was asked.
        resource: The connection.
        verdict: The answer for that principal alone.
    """
    return verdict.permitted and covers_all(
        engine.bundle, link, action, resource.uid(), set(verdict.policies)
    )


def _identity(
    engine: PolicyEngine,
    principal: Principal,
    connection: ConnectionFacts,
    session: SessionFacts | None,
) -> str:
    """Hash everything that an answer depends on."""
    links = [
        (link.kind.value, link.name, sorted(link.groups), sorted(link.session_claims))
        for link in principal.chain()
    ]
    facts = session or SessionFacts()
    everything = (
        engine.bundle.digest,
        links,
        connection.digest,
        facts,
    )
    return hashlib.sha256(repr(everything).encode()).hexdigest()
