"""Says why a statement may not store what it reads."""

from collections.abc import Iterable
from typing import Final

from scrim.domain.column import ColumnOrigin
from scrim.domain.decision import Refusal
from scrim.masking.results import ResultDecider

_NOT_ALLOWED: Final = "42501"


def storing_refusal(
    results: ResultDecider, stored: Iterable[tuple[str, ColumnOrigin]]
) -> Refusal | None:
    """Return why something that a statement stores may not be, None if all may.

    Args:
        results: Knows what the principal sees of a column.
        stored: The relation that it goes to, as messages name it, and where it comes from.
    """
    for relation, origin in stored:
        if any(map(results.searched, origin.altered)):
            return Refusal(
                _NOT_ALLOWED,
                f"storing what is made of a searched column in {relation} is not allowed",
                "No search would find there what the column holds.",
                "Store the column as it is, or ask for raw access to the data.",
            )
        if not origin.known or any(map(results.protected, origin.columns)):
            return Refusal(
                _NOT_ALLOWED,
                f"storing masked data in {relation} is not allowed",
                "What is stored there would no longer be known to be sensitive.",
                "Leave the masked columns out, list the columns and copy each to itself in a new "
                "row of its table, or ask for raw access to the data.",
            )
    return None
