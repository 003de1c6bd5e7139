"""What detection remembers of columns, and when it says that its answers have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrim.detection import memory
from scrim.detection.columns import Verdict
from scrim.detection.memory import ENOUGH_BATCHES, VerdictChange, VerdictMemory
from scrim.domain.column import Column

if TYPE_CHECKING:
    import pytest

COLUMN = Column("public", "people", "note")
NOTHING = Verdict(None, 0.0, (), settled=False)
EMAIL = Verdict("contact.email", 0.9, (), settled=False)
SURE = Verdict("contact.email", 0.95, (), settled=True)


def test_an_epoch_lasts_while_the_answers_are_the_same() -> None:
    known = VerdictMemory()
    known.learn(COLUMN, NOTHING)
    assert known.epoch.value == 0
    assert known.learn(COLUMN, EMAIL)
    assert known.epoch.value == 1
    assert not known.learn(COLUMN, EMAIL)
    assert known.epoch.value == 1


def test_an_epoch_ends_when_a_column_is_not_sampled_again() -> None:
    known = VerdictMemory()
    known.learn(COLUMN, EMAIL)
    before = known.epoch.value
    known.learn(COLUMN, SURE)
    assert known.settled(COLUMN)
    assert known.epoch.value == before + 1


def test_an_epoch_ends_when_enough_was_seen_of_a_column() -> None:
    known = VerdictMemory()
    epochs = []
    for _ in range(ENOUGH_BATCHES + 3):
        known.learn(COLUMN, NOTHING)
        epochs.append(known.epoch.value)
    assert epochs == [0] * (ENOUGH_BATCHES - 1) + [1] * 4


def test_an_epoch_ends_when_something_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_COLUMNS", 1)
    known = VerdictMemory()
    known.learn(COLUMN, EMAIL)
    before = known.epoch.value
    known.learn(Column("public", "people", "other"), NOTHING)
    assert known.entity(COLUMN) is None
    assert known.epoch.value > before


def test_a_new_catalog_has_columns_sampled_again_and_takes_nothing_back() -> None:
    known = VerdictMemory()
    known.new_catalog("a")
    known.learn(COLUMN, SURE)
    before = known.epoch.value
    known.new_catalog("a")
    assert (known.settled(COLUMN), known.epoch.value) == (True, before)
    known.new_catalog("b")
    assert not known.settled(COLUMN)
    assert known.epoch.value > before
    assert not known.learn(COLUMN, NOTHING)
    assert known.entity(COLUMN) == "contact.email"
    assert known.settled(COLUMN)


def test_a_review_samples_a_settled_column_once_more() -> None:
    known = VerdictMemory()
    known.learn(COLUMN, SURE)
    known.review()
    assert not known.settled(COLUMN)
    known.learn(COLUMN, NOTHING)
    assert known.settled(COLUMN)
    assert known.entity(COLUMN) == "contact.email"


def test_what_is_learnt_is_told_once() -> None:
    told: list[VerdictChange] = []
    known = VerdictMemory(told.append)
    known.new_catalog("a")
    card = Verdict("financial.card", 0.99, ("9 of 9 values are financial.card",), settled=True)
    for verdict in (NOTHING, EMAIL, EMAIL, SURE, card):
        known.learn(COLUMN, verdict)
    assert told == [
        VerdictChange(COLUMN, None, EMAIL, "a"),
        VerdictChange(COLUMN, "contact.email", card, "a"),
    ]
    assert known.entities([COLUMN]) == {"financial.card"}
