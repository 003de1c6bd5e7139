"""Words for the person whose request policy denied."""

from typing import Final

from scrim.config.relation_names import join_name
from scrim.domain.decision import Refusal
from scrim.domain.outcome import Verdict
from scrim.policy.grants import RelationName

INSUFFICIENT_PRIVILEGE: Final = "42501"
ASK_FOR_ACCESS: Final = "Ask whoever maintains the policies of this gateway for access."


UNREADABLE: Final = {
    "22021": "Send the statement as UTF-8.",
    "54000": "Send it in parts, long lists as an array in a parameter, and data by COPY.",
    "54001": "Write it with fewer parts inside each other, such as by table expressions.",
    "0A000": "Write it in another way, or ask for raw access to the data.",
    "XX000": "Write it in another way, and report it: the gateway should be able to read it.",
}
"""What to do about a statement that the gateway cannot read, by SQLSTATE."""


def unreadable(code: str, message: str, position: int) -> Refusal:
    """Say why a statement cannot be read, so that nobody knows what it would do.

    Args:
        code: SQLSTATE.
        message: What is wrong.
        position: Character that it is about, from 1; 0 when there is none.
    """
    return Refusal(code, message, hint=UNREADABLE.get(code, ""), position=position)


def uncopyable(reason: str) -> Refusal:
    """Say why a COPY cannot be read while it passes.

    Args:
        reason: What is wrong.
    """
    return Refusal(
        "0A000",
        reason,
        hint="Copy in the text, csv or binary format with single bytes for delimiters, in UTF8, "
        "and one table or query in a statement string.",
    )


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
