"""A guess of a raw value is not answered where its column can be turned back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault

# Texts of any length, such as `remarks`, are replaced by words that nobody can turn back.
COLUMNS = ("phone", "card", "iban", "remarks", "born", "big", "code", "tag", "moment", "digits")
GUESSES = (
    "{c} = {q}",
    "{q} = {c}",
    "NOT {c} <> {q}",
    "{c} IN ({q})",
    "{c} IN ({q}, {q})",
    "NOT {c} NOT IN ({q})",
    "{c} = ANY (ARRAY[{q}]::{t}[])",
    "{c} = ANY ('{{{d}}}')",
    "NOT {c} <> ALL ('{{{d}}}'::{t}[])",
    "{c} IS NOT DISTINCT FROM {q}",
    "NULLIF({c}, {q}) IS NULL",
    "CASE {c} WHEN {q} THEN true ELSE false END",
    "({c}, 1) = ({q}, 1)",
    "({c}, id) IN (({q}, id), ({q}, 2))",
    "people.{c} = {q}",
    "public.people.{c} OPERATOR(pg_catalog.=) {q}",
    "{c} = E{q}",
    "{c} = U&{q}",
    "{c} = $a${r}$a$",
    "{c} = {q}::{t}",
    "{c} = CAST({q} AS {t})",
    "{c} = ({q})",
    "{c} = (SELECT {q}::{t})",
    "{c} = (VALUES ({q}::{t}))",
    "{c} IN (SELECT {q}::{t})",
    "{c} IN (SELECT unnest(ARRAY[{q}]::{t}[]))",
    "{c} IN (SELECT x FROM (VALUES ({q}::{t})) v (x))",
    "{c} = ANY (SELECT {q}::{t})",
    "{c} = COALESCE({q}, NULL)::{t}",
    "{c} = (ARRAY[{q}]::{t}[])[1]",
    "EXISTS (SELECT FROM people p WHERE p.{c} = {q} AND p.id = people.id)",
    "EXISTS (SELECT FROM (SELECT id AS i, {c} AS x FROM people) p WHERE x = {q} AND i = id)",
    "EXISTS (WITH p AS (SELECT id AS i, {c} AS x FROM people) SELECT FROM p WHERE x = {q}"
    " AND i = id)",
    "EXISTS (SELECT FROM people p JOIN (VALUES ({q}::{t})) v (x) ON p.{c} = v.x"
    " AND p.id = people.id)",
    "id IN (SELECT id FROM people JOIN (VALUES ({q}::{t})) v ({c}) USING ({c}))",
    "id IN (SELECT id FROM people NATURAL JOIN (VALUES ({q}::{t})) v ({c}))",
    "id IN (SELECT id FROM people JOIN unnest(ARRAY[{q}]::{t}[]) v ({c}) USING ({c}))",
    "EXISTS (SELECT FROM (VALUES ({q}::{t})) v (x) WHERE v.x = people.{c})",
)
"""Conditions on a column `c` of type `t` for a raw value: quoted `q`, in quotes `d`, plain `r`."""


@pytest.fixture(scope="module")
def analyst(vault: Vault) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(vault.analyst.conninfo(), autocommit=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def owner(vault: Vault) -> Iterator[psycopg.Connection[Any]]:
    with closing(psycopg.connect(vault.direct.conninfo(), autocommit=True)) as connection:
        yield connection


def person(connection: psycopg.Connection[Any], column: str) -> tuple[int, str, str]:
    """Return somebody of whom a column is known: id, value as text and name of its type."""
    found = connection.execute(
        f"SELECT id, {column}, pg_typeof({column})::text FROM people"
        f" WHERE {column} IS NOT NULL ORDER BY id LIMIT 1"
    ).fetchone()
    assert found is not None
    return found[0], str(found[1]), found[2]


def guess(condition: str, column: str, value: str, type_name: str) -> str:
    """Return the query that asks whether somebody has a value."""
    quoted = "'" + value.replace("'", "''") + "'"
    double = '"' + value.replace("'", "''") + '"'
    return "SELECT id FROM people WHERE " + condition.format(
        c=column, q=quoted, d=double, r=value, t=type_name
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_guess_finds_nobody(
    analyst: psycopg.Connection[Any], owner: psycopg.Connection[Any], column: str
) -> None:
    number, raw, type_name = person(owner, column)
    for condition in GUESSES:
        sql = guess(condition, column, raw, type_name)
        try:
            found = analyst.execute(sql).fetchall()
        except psycopg.Error as error:
            assert error.sqlstate in {"0A000", "22023"}, f"{sql}: {error}"  # noqa: PT017
            continue
        assert (number,) not in found, sql


@pytest.mark.parametrize("column", COLUMNS)
def test_the_guesses_would_be_answered_without_the_gateway(
    owner: psycopg.Connection[Any], column: str
) -> None:
    number, raw, type_name = person(owner, column)
    for condition in GUESSES:
        sql = guess(condition, column, raw, type_name)
        assert (number,) in owner.execute(sql).fetchall(), sql


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "remarks"])
def test_what_was_shown_finds_its_row(analyst: psycopg.Connection[Any], column: str) -> None:
    number, shown, type_name = person(analyst, column)
    for condition in GUESSES[:6]:
        sql = guess(condition, column, shown, type_name)
        assert analyst.execute(sql).fetchall() == [(number,)], sql
