"""Prepares the intent line of a decided shape, which the data path completes by itself.

A shape that is used a million times is decided once. What holds each time is rendered here; the
relay appends the fields that differ and the line end, and writes the line before it forwards the
statement.
"""

from typing import Final

from scrim.audit.records import Intent, intent_record, render

COMPLETED_BY_RELAY: Final = frozenset({"phase", "session", "statement_id", "time"})
"""Fields that the relay appends to every intent; a template never contains them."""

MAX_TEMPLATE_BYTES: Final = 1 << 20


def intent_prefix(intent: Intent) -> bytes:
    """Return an intent as a JSON object without its closing brace.

    Args:
        intent: What is known of the shape.

    Raises:
        ValueError: If the line would be longer than `MAX_TEMPLATE_BYTES`.
    """
    record = intent_record(intent)
    if repeated := COMPLETED_BY_RELAY & record.keys():
        raise ValueError(f"the relay writes {', '.join(sorted(repeated))} itself")
    line = render(record)
    if len(line) > MAX_TEMPLATE_BYTES:
        raise ValueError("the record of the statement would be too long")
    return line.removesuffix(b"}")
