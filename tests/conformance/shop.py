"""The data that every client reads, who may see what of it, and what must never be seen.

Each protected value holds a canary: a piece of text that occurs nowhere else, so that finding it in
anything that the analyst received proves a leak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.gateway_process import User

if TYPE_CHECKING:
    from collections.abc import Iterable

DATABASE = "shop"
ANALYST = User("analyst@example.com", ("analysts",))
INVESTIGATOR = User("investigator@example.com", ("investigators",))

SERIES_ROWS = 1000
LARGE_CHARACTERS = 1 << 20

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE clean (
    id int PRIMARY KEY, small int2, big int8, ratio float8, single float4, exact numeric(12,3),
    active bool, word text, fixed char(8), short varchar(12), day date, moment timestamp,
    instant timestamptz, clock time, span interval, code uuid, blob bytea, document jsonb,
    plain json, numbers int[], words text[], feeling mood, period daterange, address inet,
    price money, flags bit(4));
INSERT INTO clean VALUES
    (1, -32768, 9223372036854775807, 1.5, 2.25, 123456.789, true, 'naïve ☃', 'fixed', 'short',
     '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+02', '23:59:59.5',
     '1 year 2 days 03:04:05', '123e4567-e89b-12d3-a456-426614174000', '\\x00ff10',
     '{"b": [1, 2], "a": null}', '{"k" : "v"}', '{1,2,NULL}', '{plain,"with, comma",NULL}', 'happy',
     '[2024-01-01,2024-02-01)', '10.0.0.0/8', '12.34', B'1010'),
    (2, 32767, -9223372036854775808, 'NaN', 'Infinity', -0.001, false, '', '', '', '0001-01-01',
     '9999-12-31 23:59:59', '1999-12-31 23:59:59.999999+00', '00:00', '-5 days',
     '00000000-0000-0000-0000-000000000000', '', '[]', '[]', '{}', '{}', 'sad', 'empty',
     '::1', '-1.00', B'0000'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE people (
    id int PRIMARY KEY, full_name text, email text, phone varchar(40), card text, ssn char(11),
    ip inet, born date, salary numeric(12,2), token uuid, photo bytea, emails text[],
    profile jsonb, notes text, points bigint, seen timestamptz);
INSERT INTO people VALUES
    (1, 'Wilhelmina Quartzfeather', 'wilhelmina.quartzfeather@corp.example.org',
     '+1 415 555 0134', '4539578763621486', '536-90-4399', '203.0.113.77', '1979-03-17',
     91827364.55, '7d444840-9dc0-11d1-b245-5ffdce74fad2', '\\xdeadbeefcafef00d',
     '{wilhelmina.quartzfeather@corp.example.org,quartz.feather@home.example.org}',
     '{"contact": {"email": "wilhelmina.quartzfeather@corp.example.org"}, "level": 3}',
     'Please write to wilhelmina.quartzfeather@corp.example.org about the parcel.',
     7461529380, '2024-05-06 07:08:09+00'),
    (2, 'Ignatius Brambleworth', 'ignatius.brambleworth@corp.example.org', '+44 20 7946 0958',
     '5425233430109903', '219-46-8135', '2001:db8::beef:77', '1986-11-02', 73645281.19,
     'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x0badc0de0badf00d',
     '{ignatius.brambleworth@corp.example.org}',
     '{"contact": {"email": "ignatius.brambleworth@corp.example.org"}, "level": 5}',
     'He paid by card 5425233430109903 last week.', 8529637410, '2024-06-07 08:09:10+00'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE series (id int PRIMARY KEY, label text, email text);
INSERT INTO series SELECT i, 'label ' || i, 'brambleworth' || i || '@corp.example.org'
FROM generate_series(1, 1000) AS i;
CREATE TABLE scratch (id int PRIMARY KEY, word text);
CREATE TABLE orders (id int PRIMARY KEY, person_id int REFERENCES people, total numeric(10,2));
INSERT INTO orders VALUES (10, 1, 19.99), (11, 2, 5.00), (12, 1, 7.50);
ANALYZE;
"""

TAGS = {
    "public.clean": ["public"],
    "public.series.id": ["public"],
    "public.series.label": ["public"],
    "public.scratch": ["public"],
    "public.orders": ["public"],
    "public.people.id": ["public"],
    "public.people.full_name": ["person.full"],
    "public.people.email": ["contact.email"],
    "public.people.phone": ["contact.phone"],
    "public.people.card": ["financial.card"],
    "public.people.ssn": ["us.ssn"],
    "public.people.ip": ["network.ipv4"],
    "public.people.born": ["confidential"],
    "public.people.salary": ["confidential"],
    "public.people.token": ["confidential"],
    "public.people.photo": ["confidential"],
    "public.people.emails": ["contact.email"],
    "public.people.points": ["confidential"],
    "public.people.seen": ["confidential"],
    "public.series.email": ["contact.email"],
}

PROTECTED = (
    "full_name", "email", "phone", "card", "ssn", "ip", "born", "salary", "token", "photo",
    "emails", "profile", "notes", "points", "seen",
)  # fmt: skip

CANARIES = (
    "quartzfeather", "brambleworth", "quartz.feather", "555 0134", "7946 0958", "578763621486",
    "233430109903", "90-4399", "46-8135", "203.0.113.77", "beef:77", "1979-03-17", "1986-11-02",
    "91827364", "73645281", "5ffdce74fad2", "6bb9bd380a11", "cafef00d", "0badf00d", "7461529380",
    "8529637410", "07:08:09", "08:09:10",
)  # fmt: skip


def canaries_in(received: object) -> list[str]:
    """Return every canary that occurs in something that a client received.

    Args:
        received: Values of any type, nested as the client likes; looked at as text and bytes.
    """
    text = _as_text(received).lower()
    return [canary for canary in CANARIES if canary in text]


def assert_masked(received: object) -> None:
    """Fail if something that the analyst received holds a canary; the message does not.

    Args:
        received: As in `canaries_in`.
    """
    found = canaries_in(received)
    assert not found, f"{len(found)} raw values were received"


def _as_text(received: object) -> str:
    if isinstance(received, bytes | bytearray | memoryview):
        raw = bytes(received)
        return f"{raw.hex()} {raw.decode('latin-1')}"
    if isinstance(received, dict):
        return _join([*received.keys(), *received.values()])
    if isinstance(received, list | tuple | set | frozenset):
        return _join(received)
    return f"{received} {received!r}"


def _join(parts: Iterable[object]) -> str:
    return "\n".join(_as_text(part) for part in parts)
