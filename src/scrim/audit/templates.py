"""Prepares the records that the data path completes by itself.

What is decided alike is decided once, and what of its records holds each time is rendered once,
here. The relay puts in the text and the shape of a statement, or the names of a result's columns,
appends the fields that differ each time and the line end, and writes the line: that of a statement
before it forwards it, that of a result before it forwards a row.
"""

from collections.abc import Sequence
from typing import Final

from scrim.audit.records import (
    MAX_LISTED,
    Intent,
    Origin,
    ResultColumn,
    column_fields,
    intent_record,
    render,
)

COMPLETED_BY_RELAY: Final = frozenset(
    {"statement", "phase", "session", "shape", "statement_id", "time"}
)
"""Fields that the relay puts into every intent; a template never contains them."""

MAX_TEMPLATE_BYTES: Final = 1 << 20


def intent_template(intent: Intent) -> tuple[bytes, bytes]:
    """Return an intent around the text and the shape of its statement.

    Args:
        intent: What is known of all statements that are decided alike.

    Returns:
        What goes before the two fields, and what follows them; neither has the brace or comma
        between itself and them, and the second has no closing brace.

    Raises:
        ValueError: If the line would be longer than `MAX_TEMPLATE_BYTES`.
    """
    record = intent_record(intent)
    if repeated := COMPLETED_BY_RELAY & record.keys():
        raise ValueError(f"the relay writes {', '.join(sorted(repeated))} itself")
    # In the order that readers of the log know: who, what, and what was decided.
    names = list(record)
    place = names.index("operation") + 1
    head = render({name: record[name] for name in names[:place]}).removesuffix(b"}")
    tail = render({name: record[name] for name in names[place:]})[1:-1]
    if len(head) + len(tail) > MAX_TEMPLATE_BYTES:
        raise ValueError("the record of the statement would be too long")
    return head, tail


def columns_template(
    origin: Origin, columns: Sequence[ResultColumn]
) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the record of a described result, but for the names of its columns.

    Args:
        origin: Who writes.
        columns: The columns in their order.

    Returns:
        Its beginning, and what follows the name of each column that is listed.
    """
    head = {"record": "columns", "gateway": origin.gateway, "worker": origin.worker}
    return render(head).removesuffix(b"}"), tuple(
        render({name: value for name, value in entry.items() if name != "name"})[1:]
        for entry in column_fields(columns[:MAX_LISTED])
    )
