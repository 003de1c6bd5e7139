"""What detection remembers of columns, and when it says that its answers have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrim.detection import memory
from scrim.detection.columns import Verdict
from scrim.detection.memory import ENOUGH_BATCHES, VerdictMemory
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
