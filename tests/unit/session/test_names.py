"""Prepared statements and cursors of a session."""

import pytest

from scrim.session.names import NameKind, SessionNames, TooManyNamesError

STATEMENT, CURSOR = NameKind.STATEMENT, NameKind.CURSOR


def test_each_kind_has_names_of_its_own() -> None:
    names = SessionNames[str](5)
    names.keep(STATEMENT, "a", "select")
    names.keep(CURSOR, "a", "fetch")
    assert names.find(STATEMENT, "a") == "select"
    assert names.find(CURSOR, "a") == "fetch"
    assert names.find(CURSOR, "A") is None


def test_a_name_can_be_given_anew() -> None:
    names = SessionNames[int](1)
    names.keep(STATEMENT, "a", 1)
    names.keep(STATEMENT, "a", 2)
    assert names.find(STATEMENT, "a") == 2


def test_names_are_bounded() -> None:
    names = SessionNames[int](1)
    names.keep(STATEMENT, "a", 1)
    with pytest.raises(TooManyNamesError) as caught:
        names.keep(CURSOR, "b", 1)
    assert (caught.value.code, len(names)) == ("53400", 1)


def test_what_is_closed_is_forgotten() -> None:
    names = SessionNames[int](5)
    names.keep(STATEMENT, "a", 1)
    names.keep(CURSOR, "b", 1)
    names.forget(STATEMENT, "a")
    names.forget(STATEMENT, "never there")
    assert names.find(STATEMENT, "a") is None
    names.keep(STATEMENT, "c", 1)
    names.forget_all(STATEMENT)
    assert len(names) == 1
    names.forget_all()
    assert len(names) == 0


def test_cursors_without_hold_end_with_their_transaction() -> None:
    names = SessionNames[int](5)
    names.keep(CURSOR, "held", 1)
    names.keep(CURSOR, "open", 2, until_transaction_ends=True)
    names.end_transaction()
    assert names.find(CURSOR, "held") == 1
    assert names.find(CURSOR, "open") is None
