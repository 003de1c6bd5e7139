"""What was decided about one statement and about one result column."""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """The outcome of a policy question."""

    PERMIT = "permit"
    DENY = "deny"


class Treatment(StrEnum):
    """What happens to the values of one result column."""

    PASS = "pass"  # noqa: S105 - not a password: the value goes through unchanged
    MASK = "mask"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a statement is not forwarded, in words for the person who sent it.

    Attributes:
        code: SQLSTATE.
        message: What was wrong. Never contains a value.
        detail: Where, or which rule; may be empty.
        hint: What to do instead; may be empty.
        position: Character of the statement that it is about, from 1; 0 when there is none.
    """

    code: str
    message: str
    detail: str = ""
    hint: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class ColumnDecision:
    """What one result column gets, and why.

    Attributes:
        treatment: Pass, mask the whole value, or scan each value.
        entity: The entity that the column holds, such as `contact.email`; empty when unknown.
        reason: One short phrase for people and records, such as `tag` or `detected`.
    """

    treatment: Treatment
    entity: str = ""
    reason: str = ""
