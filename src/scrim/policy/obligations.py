"""The annotations that policies may carry, and what each obliges to."""

import re
from collections.abc import Iterable
from typing import Final

from scrim.domain.outcome import RowLimit

INFORMATIVE: Final = frozenset({"id", "description"})
"""Annotations that tell people something and oblige to nothing."""

_FORMS: Final = {
    "approval": (re.compile(r"[^\x00-\x1f\x7f]{1,128}"), "the name of a group"),
    "max_rows": (re.compile(r"[1-9][0-9]{0,17}"), "a whole number above 0"),
    "operator": (re.compile(r"[a-z][a-z0-9_]{0,31}"), "the name of an operator"),
}
FORBID_ANNOTATIONS: Final = frozenset({"operator"})
"""Obligations that make sense on a forbid: how to mask what it forbids to see."""

STRICTEST_OPERATOR: Final = "null"

MAX_ROWS: Final = "max_rows"
LIMITED_ACTIONS: Final = frozenset(
    {"connect", "select", "insert", "update", "delete", "ddl", "admin", "call", "copy"}
)
"""Actions of statements, whose results are counted. A column is not seen by rows of its own."""


def annotation_problem(name: str, value: str, effect: str) -> str:
    """Return what is wrong with an annotation; empty when it is in order.

    Args:
        name: Its name.
        value: Its value; empty when none is given.
        effect: Effect of the policy that carries it.
    """
    if name in INFORMATIVE:
        return ""
    if name not in _FORMS:
        known = ", ".join(f"@{known}" for known in sorted(INFORMATIVE | set(_FORMS)))
        return f"has the unknown annotation @{name}; known are {known}"
    if effect == "forbid" and name not in FORBID_ANNOTATIONS:
        return f"is a forbid and cannot carry @{name}; remove it"
    form, words = _FORMS[name]
    return "" if form.fullmatch(value) else f"has @{name} with a value that is not {words}"


def collect(
    policies: Iterable[tuple[tuple[str, str], ...]],
) -> tuple[tuple[str, str], ...]:
    """Return the obligations of several policies together: each holds, even if one has none."""
    return tuple(sorted({pair for obligations in policies for pair in obligations}))


def row_limit(
    policies: Iterable[tuple[str, tuple[tuple[str, str], ...]]],
) -> RowLimit | None:
    """Return the smallest limit that one of several policies sets; None where none does.

    Args:
        policies: Names of policies with their obligations.
    """
    limits = [
        RowLimit(int(value), policy)
        for policy, obligations in policies
        for name, value in obligations
        if name == MAX_ROWS
    ]
    return smallest(limits)


def smallest(limits: Iterable[RowLimit | None]) -> RowLimit | None:
    """Return the smallest of several limits; None where there is none."""
    found = [limit for limit in limits if limit is not None]
    return min(found, key=lambda limit: (limit.rows, limit.policy), default=None)


def operator_of(obligations: Iterable[tuple[str, str]]) -> str:
    """Return the operator that obligations ask for; empty when none, `null` when they disagree."""
    operators = {value for name, value in obligations if name == "operator"}
    return operators.pop() if len(operators) == 1 else STRICTEST_OPERATOR if operators else ""
