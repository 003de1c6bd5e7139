"""Puts to policy what a statement needs."""

from collections.abc import Iterator, Sequence

from scrim.domain.decision import Refusal
from scrim.domain.outcome import Verdict
from scrim.policy.grants import Grants, RelationName
from scrim.policy.refusals import refusal
from scrim.statements.catalog import Catalog
from scrim.statements.classify import Demand, demands
from scrim.statements.facts import Facts
from scrim.statements.system_relations import is_system

Asked = tuple[str, RelationName | None]


def unmet(
    statements: Sequence[Facts], catalog: Catalog, grants: Grants
) -> tuple[Refusal | None, tuple[str, ...]]:
    """Return the first denial, None when everything is permitted, and the policies that decided.

    Reading the descriptions that the data store keeps of itself needs no more than the permission
    to connect: every client does it. What of them is data is masked.

    Args:
        statements: What is to be run.
        catalog: The data store's schema.
        grants: What the principal may do.
    """
    policies: set[str] = set()
    for action, relation, verdict in answers(statements, catalog, grants):
        policies.update(verdict.policies)
        if not verdict.permitted:
            denial = refusal(verdict, action, grants.connection.name, relation)
            return denial, tuple(sorted(policies))
    return None, tuple(sorted(policies))


def answers(
    statements: Sequence[Facts], catalog: Catalog, grants: Grants
) -> Iterator[tuple[str, RelationName | None, Verdict]]:
    """Yield each action that is asked about, the relation that it concerns, and the answer.

    Args:
        statements: What is to be run.
        catalog: The data store's schema.
        grants: What the principal may do.
    """
    for facts in statements:
        for demand in demands(facts, catalog):
            for action, relation in _questions(demand, catalog):
                yield action, relation, grants.verdict(action, relation)


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
