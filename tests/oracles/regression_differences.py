"""Differences from a direct run that have a reason, as patterns of the lines that may differ."""

from __future__ import annotations

import re

# File, pattern of the lines, reason. A line that matches is left out on both sides.
REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "temp",
        r"PREPARE TRANSACTION 'twophase_search';(?:\nERROR:  cannot PREPARE a transaction .*)?",
        "a pooled session was cleaned by DISCARD ALL and not begun anew: it still has its schema "
        "for temporary objects, so that nothing is created in this transaction",
    ),
)

# File, text that must stand in what the gateway gives, reason. The whole file may differ.
REFUSED: dict[str, tuple[str, str]] = {
    "largeobject": (
        "the function call protocol is not supported",
        "psql's commands for large objects call functions by the fast path, which carries values "
        "past every mask and is refused to everyone",
    ),
}


def without_reasons(name: str, output: str) -> str:
    """Return the output without the lines that may differ.

    Args:
        name: The file's name.
        output: What psql printed.
    """
    for file, pattern, _reason in REASONS:
        if file == name:
            output = re.sub(f"(?m)^{pattern}\n", "", output)
    return output
