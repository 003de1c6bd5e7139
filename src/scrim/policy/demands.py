"""Puts to policy what a statement needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scrim.domain.decision import Refusal
from scrim.domain.outcome import RowLimit, Verdict
from scrim.policy.grants import Grants, RelationName
from scrim.policy.obligations import smallest
from scrim.policy.refusals import refusal
from scrim.statements.catalog import Catalog
from scrim.statements.classify import Demand, demands
from scrim.statements.facts import Facts
from scrim.statements.system_relations import is_system

ROWLESS: Final = frozenset({"copy_in"})
"""Operations that return no rows, so that there is nothing to limit."""

Asked = tuple[str, RelationName | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What policy says of a statement string.

    Attributes:
        refusal: The first denial; None when everything is permitted.
        policies: The policies that decided.
        limit: How many rows of each of its results may be seen; None where no policy says.
    """

    refusal: Refusal | None = None
    policies: tuple[str, ...] = ()
    limit: RowLimit | None = None

    def refused(self, refusal: Refusal | None) -> "Answer":
        """Return the same with a reason to refuse; None where there is none."""
        return replace(self, refusal=refusal)


def ask(statements: Sequence[Facts], catalog: Catalog, grants: Grants) -> Answer:
    """Ask policy for everything that a statement string needs.

    Reading the descriptions that the data store keeps of itself needs no more than the permission
    to connect: every client does it. What of them is data is masked.

    Args:
        statements: What is to be run.
        catalog: The data store's schema.
        grants: What the principal may do.
    """
    policies: set[str] = set()
    limits: list[RowLimit | None] = []
    for facts, action, relation, verdict in answers(statements, catalog, grants):
        policies.update(verdict.policies)
        if facts.operation not in ROWLESS:
            limits.append(verdict.row_limit)
        if not verdict.permitted:
            denial = refusal(verdict, action, grants.connection.name, relation)
            return Answer(denial, tuple(sorted(policies)))
    if limits:
        # The permission to connect is behind each of them.
        limits.append(grants.verdict("connect").row_limit)
    return Answer(None, tuple(sorted(policies)), smallest(limits))


def answers(
    statements: Sequence[Facts], catalog: Catalog, grants: Grants
) -> Iterator[tuple[Facts, str, RelationName | None, Verdict]]:
    """Yield each statement with each action that is asked about it, the relation, and the answer.

    Args:
        statements: What is to be run.
        catalog: The data store's schema.
        grants: What the principal may do.
    """
    for facts in statements:
        for demand in demands(facts, catalog):
            for action, relation in _questions(demand, catalog):
                yield facts, action, relation, grants.verdict(action, relation)


def _questions(demand: Demand, catalog: Catalog) -> Iterator[Asked]:
    """Yield the questions for every relation that a name can mean."""
    if demand.relation is None:
        yield demand.action, None
        return
    found = catalog.named(demand.relation.schema, demand.relation.name)
    if not found:
        # A relation that is made in this statement, or that only this session knows.
        yield demand.action, None
    for relation in found:
        if not is_system(relation.schema):
            yield demand.action, (relation.schema, relation.name)
        elif demand.action not in {"select", "copy"}:
            yield "admin", None
