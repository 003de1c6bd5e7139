"""Decides soundly whether a permission on a connection covers everything that is in it.

A permit on the connection does not yet say that each of its columns is permitted: the policy may
look at the resource, and a forbid may single out columns. This module answers yes only if no
policy can tell the columns apart, by reading the policies themselves.
"""

from collections.abc import Mapping
from typing import Any

from scrim.domain.principal import Principal
from scrim.policy.bundle import Bundle, Policy
from scrim.policy.questions import ACTIONS
from scrim.policy.resources import EntityUid


def covers_all(
    bundle: Bundle, principal: Principal, action: str, connection: EntityUid, deciding: set[str]
) -> bool:
    """Say whether what was permitted on a connection is permitted on all that is in it.

    Args:
        bundle: The policies.
        principal: One principal, to whom Cedar gave the permission without an error.
        action: What was permitted.
        connection: The connection.
        deciding: Names of the policies that Cedar gave as its reasons.
    """
    policies = bundle.policies.values()
    permitted = any(
        policy.name in deciding and policy.effect == "permit" and _spreads(policy, connection)
        for policy in policies
    )
    forbidden = any(
        policy.effect == "forbid" and _may_forbid(policy, principal, action, connection)
        for policy in policies
    )
    return permitted and not forbidden


def _spreads(policy: Policy, connection: EntityUid) -> bool:
    """Say whether a permit that holds for the connection holds for its descendants too."""
    scope = policy.body["resource"]
    everywhere = scope["op"] == "All"
    inside = scope["op"] == "in" and _uid(scope["entity"]) == connection
    return (everywhere or inside) and not _reads_resource(policy)


def _may_forbid(policy: Policy, principal: Principal, action: str, connection: EntityUid) -> bool:
    """Say whether a forbid could hold for something in the connection."""
    if not _action_matches(policy.body["action"], action):
        return False
    if not _principal_matches(policy.body["principal"], principal):
        return False
    scope = policy.body["resource"]
    if scope["op"] in {"==", "in"}:
        kind, _ = _uid(scope["entity"])
        if kind == "Connection" and _uid(scope["entity"]) != connection:
            return False
    # A forbid on everything that does not read the resource would have held for the connection.
    return scope["op"] != "All" or _reads_resource(policy)


def _action_matches(scope: Mapping[str, Any], action: str) -> bool:
    if scope["op"] == "All":
        return True
    entities = scope["entities"] if "entities" in scope else [scope["entity"]]
    # What is not one of the other actions may be a group that contains this one.
    others = {("Action", other) for other in ACTIONS - {action}}
    return any(_uid(entity) not in others for entity in entities)


def _principal_matches(scope: Mapping[str, Any], principal: Principal) -> bool:
    """Say whether a scope could include a principal; what is not understood does."""
    kind, operation = principal.kind.value, scope["op"]
    own = (kind, principal.name)
    memberships = {own, *(("Group", group) for group in principal.groups)}
    if operation == "==":
        return _uid(scope["entity"]) == own
    if operation == "in":
        return _uid(scope["entity"]) in memberships
    if operation == "is":
        inside = scope.get("in")
        return scope["entity_type"] == kind and (
            inside is None or _uid(inside["entity"]) in memberships
        )
    return True


def _reads_resource(policy: Policy) -> bool:
    """Say whether a condition mentions the resource."""
    stack: list[Any] = list(policy.body.get("conditions", ()))
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            if node.get("Var") == "resource":
                return True
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return False


def _uid(entity: Mapping[str, Any]) -> EntityUid:
    return (str(entity["type"]), str(entity["id"]))
