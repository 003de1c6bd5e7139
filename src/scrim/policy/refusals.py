"""Words for the person whose request policy denied."""

from typing import Final

from scrim.config.relation_names import join_name
from scrim.domain.decision import Refusal
from scrim.domain.outcome import Verdict
from scrim.policy.grants import RelationName

INSUFFICIENT_PRIVILEGE: Final = "42501"
ASK_FOR_ACCESS: Final = "Ask whoever maintains the policies of this gateway for access."


def no_connection(connection: str) -> Refusal:
    """Say that a principal may not connect at all.

    Args:
        connection: The connection's name.
    """
    return Refusal(
        INSUFFICIENT_PRIVILEGE,
        f'permission denied for connection "{connection}"',
        "No policy lets this principal connect.",
        ASK_FOR_ACCESS,
    )


def refusal(
    verdict: Verdict, action: str, connection: str, relation: RelationName | None = None
) -> Refusal:
    """Explain a denial in the way that the data store explains its own.

    Args:
        verdict: The denial.
        action: What was asked for.
        connection: The connection's name.
        relation: The relation that it concerned, if any.
    """
    subject = f"relation {join_name(relation)}" if relation else f"connection {connection}"
    if verdict.reason:
        detail = f"Action {action}: {verdict.reason}."
    else:
        detail = f"Action {action}: forbidden by policy {', '.join(verdict.policies)}."
    return Refusal(
        INSUFFICIENT_PRIVILEGE,
        f"permission denied for {subject}",
        detail,
        ASK_FOR_ACCESS,
    )
