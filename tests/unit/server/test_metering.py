"""The budget of questions about protected columns, over hours, workers and principals."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from scrim.config.connections import FilterBudget
from scrim.domain.decision import Refusal
from scrim.domain.principal import Principal, PrincipalKind
from scrim.masking.filtering import MeteredUse
from scrim.server.filter_store import FILE_NAME, FilterStore, FilterStoreError
from scrim.server.metering import Charge, FilterMeter

if TYPE_CHECKING:
    from pathlib import Path

ALICE = Principal(PrincipalKind.USER, "alice@example.com")
BOT = Principal(PrincipalKind.AGENT, "bot", acts_for=ALICE)
OTHER = Principal(PrincipalKind.AGENT, "other", acts_for=ALICE)
BOB = Principal(PrincipalKind.USER, "bob@example.com")
USE = MeteredUse(0, 0, 0, ("public.staff.salary",), values=True)
KEY = b"k" * 32


class Clock:
    """A clock that is set."""

    now = 3_600.0 * 100

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(tmp_path: Path, clock: Clock) -> FilterMeter:
    return FilterMeter(FilterStore(tmp_path), KEY, clock)


def charge(
    meter: FilterMeter,
    number: int,
    *,
    principal: Principal = ALICE,
    use: MeteredUse = USE,
    values: int = 3,
    rows: int = 1_000,
    connection: str = "shop",
) -> int | Refusal:
    sql = f"SELECT 1 FROM staff WHERE salary > {number}".encode()
    budget = FilterBudget(values=values, rows=rows)
    return meter.charge(Charge(connection, principal, budget, [use], sql, ()))


def answered(meter: FilterMeter, *numbers: int, principal: Principal = ALICE) -> list[bool]:
    return [isinstance(charge(meter, number, principal=principal), int) for number in numbers]


def test_new_values_are_refused_after_the_limit(meter: FilterMeter) -> None:
    assert answered(meter, 1, 2, 3, 4, 1, 2) == [True, True, True, False, True, True]
    refusal = charge(meter, 5)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "53400"
    assert refusal.detail == (
        "Column public.staff.salary: more than 3 distinct values in this hour."
    )
    assert refusal.hint.startswith("Wait until 05:00 UTC")


def test_an_hour_later_there_is_a_new_budget(meter: FilterMeter, clock: Clock) -> None:
    assert answered(meter, 1, 2, 3, 4) == [True, True, True, False]
    clock.now += 3_599
    assert answered(meter, 4) == [False]
    clock.now += 1
    assert answered(meter, 4, 5, 6, 1) == [True, True, True, False]


def test_workers_share_the_budget_and_restarts_do_not_renew_it(
    tmp_path: Path, clock: Clock
) -> None:
    workers = [FilterMeter(FilterStore(tmp_path), KEY, clock) for _ in range(2)]
    assert answered(workers[0], 1, 2) == [True, True]
    assert answered(workers[1], 2, 3, 4) == [True, True, False]
    assert answered(workers[0], 4) == [False]
    assert answered(FilterMeter(FilterStore(tmp_path), KEY, clock), 4, 3) == [False, True]


def test_agents_spend_what_their_person_has(meter: FilterMeter) -> None:
    assert answered(meter, 1, 2, principal=BOT) == [True, True]
    assert answered(meter, 3, 4, principal=OTHER) == [True, False]
    assert answered(meter, 4) == [False]
    assert answered(meter, 4, 5, 6, 7, principal=BOB) == [True, True, True, False]


def test_columns_and_connections_have_budgets_of_their_own(meter: FilterMeter) -> None:
    assert answered(meter, 1, 2, 3, 4) == [True, True, True, False]
    email = MeteredUse(0, 0, 0, ("public.staff.email",), values=True)
    assert isinstance(charge(meter, 4, use=email), int)
    assert isinstance(charge(meter, 4, connection="other"), int)
    # A statement about both is refused for the one, and costs nothing of the other.
    both = MeteredUse(0, 0, 0, ("public.staff.email", "public.staff.salary"), values=True)
    assert isinstance(charge(meter, 9, use=both), Refusal)
    assert isinstance(charge(meter, 5, use=email), int)
    assert isinstance(charge(meter, 6, use=email), int)


def test_single_rows_count_until_more_rows_came(meter: FilterMeter) -> None:
    sort = MeteredUse(0, 0, 0, ("public.staff.salary",), values=False)

    def run(number: int) -> int | Refusal:
        return charge(meter, number, use=sort, rows=2)

    first = run(1)
    assert isinstance(first, int)
    assert isinstance(run(2), int)
    refusal = run(3)
    assert isinstance(refusal, Refusal)
    assert "more than 2 answers of a single row" in refusal.detail
    meter.several([first])
    assert isinstance(run(3), int)
    # What gave several rows in this hour is not counted again, and numbers of nothing do no harm.
    assert isinstance(run(1), int)
    meter.several([first, 4_711])
    assert isinstance(run(4), Refusal)


def test_what_varies_counts_each_time(meter: FilterMeter) -> None:
    varying = MeteredUse(0, 0, 0, ("public.staff.salary",), values=True, varies=True)
    answers = [isinstance(charge(meter, 1, use=varying), int) for _ in range(4)]
    assert answers == [True, True, True, False]


def test_a_limit_of_none_refuses_the_first(meter: FilterMeter) -> None:
    assert isinstance(charge(meter, 1, values=0), Refusal)
    assert isinstance(charge(meter, 1, rows=0), Refusal)


def test_what_cannot_be_counted_is_refused(tmp_path: Path, clock: Clock) -> None:
    store = FilterStore(tmp_path)
    meter = FilterMeter(store, KEY, clock)
    store.close()
    refusal = charge(meter, 1)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "58030"


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"x" * 5_000)
    with pytest.raises(FilterStoreError, match="cannot be opened"):
        FilterStore(tmp_path)


def test_old_hours_are_removed_and_no_value_is_kept(
    tmp_path: Path, meter: FilterMeter, clock: Clock
) -> None:
    charge(meter, 987_654_321)
    clock.now += 3_600
    charge(meter, 1)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as database:
        rows = database.execute("SELECT DISTINCT hour FROM questions").fetchall()
    assert rows == [(101,)]
    contents = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"987654321" not in contents
    assert b"alice" not in contents
