"""What policies permit that their author may not have meant."""

from collections.abc import Iterator

from scrim.policy.bundle import Bundle, Policy


def advice(bundle: Bundle) -> Iterator[str]:
    """Give a sentence for each policy that permits agents to ask about raw values.

    Masked values work in conditions without the `filter` permission, which is one to guess.

    Args:
        bundle: The policies.
    """
    for policy in bundle.policies.values():
        if policy.effect == "permit" and _is_of_agents(policy) and "filter" in _actions(policy):
            yield (
                f"policies: {policy.name} permits agents to filter, which is to guess at raw "
                "values; masked ones work in conditions without it"
            )


def _is_of_agents(policy: Policy) -> bool:
    scope = policy.body["principal"]
    named = scope.get("entity", {}).get("type") if scope["op"] == "==" else None
    return "Agent" in {named, scope.get("entity_type")}


def _actions(policy: Policy) -> set[str]:
    """Return the actions that a policy names."""
    scope = policy.body["action"]
    entities = scope.get("entities") or [scope.get("entity") or {}]
    return {str(entity.get("id", "")) for entity in entities}
