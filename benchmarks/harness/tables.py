"""The tables that the gateway is measured on, with values that only a leak could show.

Every protected value is a function of the row's number and holds a marker word, so that the leak
gate can tell a raw value from a masked one by looking at the bytes.
"""

from __future__ import annotations

import struct

MARKER = "qzxvkjm"
BULK_COLUMNS = 10
BULK_PROTECTED = (1, 2, 3, 4, 5)
BALANCE_BASE = 700_000_000
POINT_TAGS = {
    "public.pgbench_accounts.bid": ["confidential"],
    "public.pgbench_accounts.abalance": ["confidential"],
    "public.pgbench_accounts.filler": ["confidential"],
}
BULK_TAGS = {
    "public.bulk.full_name": ["person.full"],
    "public.bulk.email": ["contact.email"],
    "public.bulk.phone": ["contact.phone"],
    "public.bulk.street_address": ["contact.street_address"],
    "public.bulk.card": ["financial.card"],
}
BULK_CLEAN_TAGS = {
    f"public.bulk.{name}": ["public"] for name in ("id", "depot", "created_at", "amount", "note")
}


def point_balances(first: int, count: int) -> list[bytes]:
    """Return the planted balances of some accounts, as text and in binary.

    Args:
        first: The first account.
        count: How many.
    """
    values = [BALANCE_BASE + number for number in range(first, first + count)]
    return [str(value).encode() for value in values] + [
        struct.pack("!i", value) for value in values
    ]


def bulk_sql(rows: int) -> str:
    """Return SQL that creates and fills the wide table, about 320 bytes a row on the wire.

    Args:
        rows: How many rows.
    """
    return f"""
CREATE TABLE bulk (
    id bigint PRIMARY KEY, full_name text, email text, phone text, street_address text, card text,
    depot text, created_at timestamptz, amount numeric(12,2), note text);
INSERT INTO bulk SELECT
    i, 'Adelheid {MARKER.title()}' || chr(97 + i % 26) || ' Winterbottom',
    'adelheid.{MARKER}' || i || '@mail.example.org',
    '+1 555 ' || lpad((i % 1000)::text, 3, '0') || ' ' || lpad((i * 7 % 10000)::text, 4, '0'),
    (i % 9999 + 1) || ' {MARKER.title()} Meadow Boulevard',
    rpad('4539' || lpad(i::text, 11, '7'), 16, '3'),
    'Springfield Falls', timestamptz '2025-01-01' + i * interval '1 minute',
    (i % 100000) / 7.0,
    'The parcel was handed over at the counter in good order and the receipt was kept for the '
    || 'books by the evening shift'
FROM generate_series(1, {rows}) AS i;
ANALYZE bulk;
"""


def masking_views_sql() -> str:
    """Return SQL for two views that mask the same columns inside the database."""
    hashed = ", ".join(
        f"encode(hmac({name}, 'a key of the view', 'sha256'), 'hex') AS {name}"
        for name in ("full_name", "email", "phone", "street_address", "card")
    )
    partial = ", ".join(
        f"left({name}, 2) || repeat('*', greatest(length({name}) - 4, 0)) || right({name}, 2) "
        f"AS {name}"
        for name in ("full_name", "email", "phone", "street_address", "card")
    )
    rest = "depot, created_at, amount, note"
    return f"""
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE VIEW bulk_hashed AS SELECT id, {hashed}, {rest} FROM bulk;
CREATE VIEW bulk_partial AS SELECT id, {partial}, {rest} FROM bulk;
"""
