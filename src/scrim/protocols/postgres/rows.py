"""RowDescription, as the deciding layers read it (PostgreSQL manual, "Message Formats").

Rows themselves never come to Python: the kernel rewrites them a chunk at a time.
"""

import struct
from typing import Final

from scrim.domain.column import ResultField
from scrim.wire import ProtocolError

_FIELD: Final = struct.Struct("!IhIhih")
"""Relation OID, column number, type OID, type length, type modifier, format code."""

MAX_FIELDS: Final = 1664
"""MaxTupleAttributeNumber of PostgreSQL: a result cannot have more columns."""


def parse_row_description(body: bytes) -> list[ResultField]:
    """Return the fields of a RowDescription body.

    Raises:
        ProtocolError: If the body is malformed.
    """
    if len(body) < 2:
        raise ProtocolError("a RowDescription is too short")
    count = int.from_bytes(body[:2])
    if count > MAX_FIELDS:
        raise ProtocolError(f"a RowDescription has {count} fields; at most {MAX_FIELDS} exist")
    fields: list[ResultField] = []
    at = 2
    for _ in range(count):
        end = body.find(b"\0", at)
        if end < 0 or end + 1 + _FIELD.size > len(body):
            raise ProtocolError("a RowDescription is too short")
        relation, number, type_id, _, modifier, _ = _FIELD.unpack_from(body, end + 1)
        name = body[at:end].decode("utf-8", "replace")
        fields.append(ResultField(name, relation, number, type_id, modifier))
        at = end + 1 + _FIELD.size
    if at != len(body):
        raise ProtocolError("a RowDescription has bytes after its last field")
    return fields
