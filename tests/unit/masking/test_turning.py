"""What of the values in a statement is turned back, and what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from scrim.domain.column import ResultField
from scrim.statements.incoming import Incoming
from tests.unit.desk import REFUSED, Desk
from tests.unit.statements.sample_schema import TEXT, identifiers, sample_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from scrim.masking.turning import MaskedWrites

CATALOG = sample_catalog()
PHONE = b"+1 202-555-0143"


def new_desk(folder: Path, writes: MaskedWrites = "turn_back") -> Desk:
    return Desk(folder / "log", CATALOG, masked_writes=writes)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def shown(desk: Desk) -> str:
    """What the principal is shown instead of `PHONE`."""
    field = ResultField("phone", identifiers()["app", "people"], 2, TEXT, -1)
    seen = desk.run("SELECT phone FROM app.people", [field], [[PHONE]]).seen
    found = re.search(rb"\+1 [0-9-]+", seen)
    assert found is not None
    assert found[0] != PHONE
    return found[0].decode()


def sent(desk: Desk, sql: str) -> bytes:
    return desk.run(sql, []).sent


@pytest.mark.parametrize(
    "condition",
    [
        "phone = '{}'",
        "people.phone <> '{}'",
        "phone IN ('a', '{}')",
        "'{}' IS DISTINCT FROM phone",
        "phone = ANY('{{{}}}')",
        "EXISTS (SELECT FROM app.people p WHERE p.phone = '{}')",
    ],
)
def test_what_was_shown_is_compared_as_what_it_stands_for(desk: Desk, condition: str) -> None:
    sql = f"SELECT id FROM app.people WHERE {condition}"
    assert PHONE in sent(desk, sql.format(shown(desk)))
    guess = sent(desk, sql.format(PHONE.decode()))
    assert PHONE not in guess
    assert REFUSED not in guess


def test_statements_of_a_known_shape_are_turned_back_alike(desk: Desk) -> None:
    phone = shown(desk)
    asked = desk.asked
    for _ in range(3):
        assert PHONE in sent(desk, f"SELECT id FROM app.people WHERE phone = '{phone}'")
    assert desk.asked == asked + 1
    # A list is another shape, but decided by what is known of the first.
    one = sent(desk, f"SELECT id FROM app.people WHERE phone IN ('{phone}')")
    two = sent(desk, f"SELECT id FROM app.people WHERE phone IN ('x', 'y', '{phone}')")
    assert PHONE in one
    assert PHONE in two
    assert desk.asked == asked + 1


def test_columns_that_are_seen_raw_or_hold_nothing_are_left_alone(desk: Desk) -> None:
    for sql in (
        "SELECT id FROM public.customers WHERE city = 'x' AND id = 'y'",
        "UPDATE public.customers SET city = 'x' WHERE id = '1'",
    ):
        assert sql.encode() in sent(desk, sql)


def test_other_comparisons_are_sent_as_they_are(desk: Desk) -> None:
    sql = "SELECT id FROM app.people WHERE phone LIKE '+1%' OR length(phone) > 5"
    assert sql.encode() in sent(desk, sql)


def test_what_is_written_becomes_the_real_value(desk: Desk) -> None:
    phone = shown(desk)
    for sql in (
        f"INSERT INTO app.people VALUES ('1', '{phone}')",
        f"INSERT INTO app.people (phone, id) SELECT '{phone}', 1",
        f"UPDATE app.people SET phone = '{phone}' WHERE id = '1'",
        f"UPDATE app.people SET (id, phone) = ('1', '{phone}')",
    ):
        assert PHONE in sent(desk, sql), sql


def test_what_cannot_be_turned_back_may_be_new_but_not_changed(desk: Desk) -> None:
    new = "INSERT INTO staff (id, email) VALUES ('1', 'berta@mail.example.org')"
    assert new.encode() in sent(desk, new)
    assert REFUSED in sent(desk, "UPDATE staff SET email = 'berta@mail.example.org'")
    assert REFUSED not in sent(desk, "UPDATE staff SET email = NULL")


def test_the_operator_decides_what_becomes_of_written_values(tmp_path: Path) -> None:
    statements = (
        "INSERT INTO app.people (phone) VALUES ('+1 202-555-0143')",
        "UPDATE staff SET email = 'berta@mail.example.org'",
    )
    as_written = new_desk(tmp_path, "as_written")
    refuse = new_desk(tmp_path, "refuse")
    for sql in statements:
        assert sql.encode() in sent(as_written, sql)
        assert REFUSED in sent(refuse, sql)
    for columns, refused in (("", True), ("(id, phone)", True), ("(id)", False)):
        incoming = Incoming(f"COPY app.people {columns} FROM STDIN".encode(), "", extended=False)
        assert (refuse.enforcement.decide(incoming).refusal is not None) == refused
        assert as_written.enforcement.decide(incoming).refusal is None
    compared = "SELECT id FROM app.people WHERE phone = '+1 202-555-0143'"
    assert PHONE not in sent(as_written, compared)
    assert PHONE not in sent(refuse, compared)


def fills(desk: Desk, sql: str) -> tuple[list[bool], dict[str, Any]] | str:
    """Which columns of the data of a COPY are turned back, and its options, or the refusal."""
    decided = desk.enforcement.decide(Incoming(sql.encode(), "", extended=False))
    if decided.fills or decided.refusal is not None:
        # Options are literals, so another string of the shape may have others.
        assert (decided.remember, decided.scope) == (False, None)
    if decided.refusal is not None:
        return decided.refusal.message
    if not decided.fills:
        return [], {}
    ((index, options, turnings),) = decided.fills
    assert index == 0
    return [turning is not None for turning in turnings], json.loads(options)


def test_the_data_of_a_copy_is_turned_back_by_the_order_of_its_columns(desk: Desk) -> None:
    whole = fills(desk, "COPY app.people FROM STDIN")
    assert not isinstance(whole, str)
    turned, options = whole
    names = [column["name"] for column in options["columns"]]
    assert dict(zip(names, turned, strict=True))["phone"]
    assert names[:2] == ["id", "phone"]
    assert (options["format"], options["null"], options["default"]) == ("text", "\\N", None)
    assert fills(desk, "COPY app.people (phone, id) FROM STDIN CSV HEADER") == (
        [True, False],
        {
            "format": "csv",
            "delimiter": ord(","),
            "null": "",
            "default": None,
            "quote": ord('"'),
            "escape": ord('"'),
            "header": True,
            "columns": [
                {"name": "phone", "force_not_null": False, "force_null": False},
                {"name": "id", "force_not_null": False, "force_null": False},
            ],
        },
    )
    assert fills(desk, "COPY public.staff (id, email) FROM STDIN") == ([], {})


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("COPY app.people FROM STDIN WHERE phone = '+1 202-555-0143'", "WHERE"),
        ("COPY app.people (id, phone) FROM STDIN WHERE people IS NOT NULL", "WHERE"),
        ("COPY app.people (phone) FROM STDIN WHERE id = '1'", "WHERE"),
        ("COPY app.people FROM STDIN (FORMAT csv, FORCE_NULL (phone), NULL 'x')", "FORCE_NULL"),
        ("COPY app.people FROM STDIN (FORMAT csv, FORCE_NULL *, NULL 'x')", "FORCE_NULL"),
        ("COPY app.people FROM STDIN (ENCODING 'latin1')", "UTF8"),
        ("COPY app.people FROM STDIN (HEADER 2)", "header"),
        ("COPY app.people FROM STDIN (NEW_ONE 2)", "new_one"),
        ("COPY app.people (id, phone) FROM STDIN WHERE id = '1'", ""),
        ("COPY app.people FROM STDIN (FORMAT csv, FORCE_NULL (phone))", ""),
        ("COPY app.people FROM STDIN (FORMAT csv, FORCE_NULL (id), NULL 'x')", ""),
        ("COPY app.people FROM STDIN (FORMAT csv, FORCE_NOT_NULL *, DEFAULT 'd')", ""),
    ],
)
def test_what_would_tell_about_values_of_a_copy_is_refused(
    desk: Desk, sql: str, refusal: str
) -> None:
    found = fills(desk, sql)
    if refusal:
        assert isinstance(found, str)
        assert refusal in found
    else:
        assert not isinstance(found, str)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM app.people WHERE phone = $1 OR id = $1",
        "SELECT $1 FROM app.people WHERE phone = $1",
        "SELECT FROM app.people p, public.staff s WHERE p.phone = $1 AND s.id = $1",
        "UPDATE app.people SET phone = $1 WHERE phone = $1",
        "PREPARE p AS SELECT id FROM app.people WHERE phone = $1",
        "CREATE VIEW v AS SELECT id FROM app.people WHERE phone = 'x'",
        "CREATE TABLE t AS SELECT id FROM app.people WHERE phone = 'x'",
        "SELECT id FROM app.people WHERE phone = U&'x'",
        "SELECT id FROM app.people WHERE phone = 'x' || ''",
        "SELECT id FROM app.people JOIN (VALUES ('x')) v (x) ON phone = v.x",
    ],
)
def test_what_would_go_round_it_is_refused(desk: Desk, sql: str) -> None:
    assert REFUSED in sent(desk, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM app.people WHERE phone = $1 OR phone <> $1 OR $1 IS NULL",
        "SELECT p.id FROM app.people p JOIN app.employees e ON p.phone = e.phone",
        "EXPLAIN SELECT id FROM app.people WHERE phone = 'x'",
        "DECLARE c CURSOR FOR SELECT id FROM app.people WHERE phone = 'x'",
        "PREPARE p AS SELECT id FROM app.people WHERE phone = 'x' AND id = $1",
        "INSERT INTO app.people (phone) VALUES ($1) ON CONFLICT (id) DO UPDATE SET phone = $1",
    ],
)
def test_what_has_one_meaning_is_not_refused(desk: Desk, sql: str) -> None:
    assert REFUSED not in sent(desk, sql)
