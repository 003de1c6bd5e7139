"""Privacy budgets: refused when spent, exact, durable, and never overspent by two processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrim.masking.groups import budget_store
from scrim.masking.groups.budget import Budgets
from scrim.masking.groups.budget_store import BudgetError, BudgetStore
from scrim.masking.groups.loss import Loss

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "privacy.db"


@pytest.fixture
def budgets(path: Path) -> Budgets:
    return Budgets(BudgetStore(path), lambda: NOON)


def spent(budgets: Budgets, principal: str = "ana") -> tuple[float, float]:
    (balance,) = budgets.balances(principal, "orders")
    return balance.epsilon_spent, balance.delta_spent


def test_without_a_budget_nothing_may_be_taken(budgets: Budgets) -> None:
    with pytest.raises(BudgetError, match="ana has no privacy budget for orders"):
        budgets.of("ana", "orders").spend(Loss(0.1), "count(*)")
    assert budgets.balances() == []


def test_what_is_spent_is_refused_and_says_what_is_left(budgets: Budgets) -> None:
    budgets.set("ana", "orders", 1.0, 1e-5)
    budget = budgets.of("ana", "orders")
    budget.spend(Loss(0.75, 9e-6), "count(*)")
    with pytest.raises(BudgetError, match=r"takes epsilon 0\.5 .* left are 0\.25 and 1e-06"):
        budget.spend(Loss(0.5), "count(*)")
    with pytest.raises(BudgetError, match="is spent"):
        budget.spend(Loss(0.1, 2e-6), "count(*)")
    budget.spend(Loss(0.25, 1e-6), "count(*)")
    assert spent(budgets) == (1.0, 1e-5)


def test_tenths_add_up_to_one_and_no_further(budgets: Budgets) -> None:
    budgets.set("ana", "orders", 1.0)
    budget = budgets.of("ana", "orders")
    for _ in range(10):  # as floats, ten times 0.1 is less than 1
        budget.spend(Loss(0.1), "count(*)")
    with pytest.raises(BudgetError):
        budget.spend(Loss(1e-6), "count(*)")


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 10), st.lists(st.floats(1e-6, 3), max_size=12))
def test_no_sequence_of_answers_takes_more_than_the_limit(
    tmp_path_factory: pytest.TempPathFactory, limit: float, losses: list[float]
) -> None:
    budgets = Budgets(BudgetStore(tmp_path_factory.mktemp("budget") / "b.db"), lambda: NOON)
    budgets.set("ana", "orders", limit)
    taken = []
    for epsilon in losses:
        before = spent(budgets)
        try:
            budgets.of("ana", "orders").spend(Loss(epsilon), "count(*)")
        except BudgetError:
            assert spent(budgets) == before
        else:
            taken.append(epsilon)
            assert spent(budgets)[0] > before[0]
    assert sum(taken) <= limit + 1e-12


def test_principals_and_datasets_have_their_own(budgets: Budgets) -> None:
    for principal, dataset in (("ana", "orders"), ("ana", "visits"), ("bo", "orders")):
        budgets.set(principal, dataset, 1.0)
    budgets.of("ana", "orders").spend(Loss(1.0), "count(*)")
    budgets.of("ana", "visits").spend(Loss(1.0), "count(*)")
    budgets.of("bo", "orders").spend(Loss(1.0), "count(*)")


def test_a_budget_of_all_bounds_what_several_learn_together(budgets: Budgets) -> None:
    for principal in ("ana", "bo"):
        budgets.set(principal, "orders", 1.0)
    budgets.set("*", "orders", 1.5)
    budgets.of("ana", "orders").spend(Loss(1.0), "count(*)")
    with pytest.raises(BudgetError, match="all principals together"):
        budgets.of("bo", "orders").spend(Loss(1.0), "count(*)")
    assert spent(budgets, "bo") == (0.0, 0.0)
    budgets.of("bo", "orders").spend(Loss(0.5), "count(*)")
    assert spent(budgets, "*") == (1.5, 0.0)
    with pytest.raises(BudgetError, match="stands for all principals"):
        budgets.of("*", "orders")


def test_another_limit_keeps_what_was_spent(budgets: Budgets) -> None:
    budgets.set("ana", "orders", 1.0)
    budgets.of("ana", "orders").spend(Loss(0.8), "count(*)")
    budgets.set("ana", "orders", 0.5)
    with pytest.raises(BudgetError, match="left are 0 and 0"):
        budgets.of("ana", "orders").spend(Loss(0.1), "count(*)")
    budgets.set("ana", "orders", 1.0)
    assert spent(budgets) == (0.8, 0.0)


def test_a_reset_needs_a_reason_and_begins_a_period(budgets: Budgets, path: Path) -> None:
    budgets.set("ana", "orders", 1.0)
    budgets.of("ana", "orders").spend(Loss(1.0), "count(*)")
    with pytest.raises(BudgetError, match="needs a reason"):
        budgets.reset("ana", "orders", " ")
    with pytest.raises(BudgetError, match="bo has no privacy budget"):
        budgets.reset("bo", "orders", "new data")
    budgets.reset("ana", "orders", "new data")
    (balance,) = budgets.balances()
    assert (balance.epsilon_spent, balance.period) == (0.0, 2)
    with sqlite3.connect(path) as database:
        acts = database.execute("SELECT act, epsilon, about FROM privacy_spending ORDER BY number")
        assert acts.fetchall() == [
            ("set", 10**9, ""),
            ("spent", 10**9, "count(*)"),
            ("reset", 10**9, "new data"),
        ]
    database.close()


def test_an_act_that_cannot_be_recorded_does_not_happen(path: Path) -> None:
    recorded: list[tuple[str, Any]] = []

    def record(act: str, facts: Mapping[str, str | int | float]) -> None:
        if len(recorded) == 2:
            raise OSError("the disk is full")
        recorded.append((act, dict(facts)))

    budgets = Budgets(BudgetStore(path), lambda: NOON, record)
    budgets.set("ana", "orders", 1.0)
    budgets.of("ana", "orders").spend(Loss(0.25), "sum(amount)")
    with pytest.raises(OSError, match="full"):
        budgets.of("ana", "orders").spend(Loss(0.25), "sum(amount)")
    assert spent(budgets) == (0.25, 0.0)
    assert recorded[1] == (
        "spent",
        {
            "principal": "ana",
            "dataset": "orders",
            "epsilon": 0.25,
            "delta": 0.0,
            "query": "sum(amount)",
        },
    )


@pytest.mark.parametrize(
    ("principal", "dataset", "epsilon", "delta"),
    [
        ("", "orders", 1.0, 0.0),
        ("ana", "x" * 257, 1.0, 0.0),
        ("ana\n", "orders", 1.0, 0.0),
        ("ana", "orders", -1.0, 0.0),
        ("ana", "orders", float("nan"), 0.0),
        ("ana", "orders", 1e7, 0.0),
        ("ana", "orders", 1.0, 0.5),
    ],
)
def test_budgets_that_mean_nothing_are_refused(
    budgets: Budgets, principal: str, dataset: str, epsilon: float, delta: float
) -> None:
    with pytest.raises(BudgetError):
        budgets.set(principal, dataset, epsilon, delta)
    assert budgets.balances() == []


def test_the_file_is_its_owners_alone_and_others_are_not_taken_for_one(tmp_path: Path) -> None:
    BudgetStore(tmp_path / "new.db")
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    (tmp_path / "text.db").write_text("no database at all, but some text" * 40)
    for wrong in ("text.db", ".", "nowhere/privacy.db"):
        with pytest.raises(BudgetError):
            BudgetStore(tmp_path / wrong)


def test_a_file_that_others_hold_is_refused_after_a_while(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget_store, "BUSY_SECONDS", 0.05)
    budgets = Budgets(BudgetStore(path), lambda: NOON)
    budgets.set("ana", "orders", 1.0)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(BudgetError, match="database is locked"):
        budgets.of("ana", "orders").spend(Loss(0.5), "count(*)")
    holder.close()
    assert spent(budgets) == (0.0, 0.0)


SPEND = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scrim.masking.groups.budget import Budgets
from scrim.masking.groups.budget_store import BudgetError, BudgetStore
from scrim.masking.groups.loss import Loss
budget = Budgets(BudgetStore(Path(sys.argv[1])), lambda: datetime.now(UTC)).of("ana", "orders")
print("ready", flush=True)
sys.stdin.readline()
taken = 0
try:
    while True:
        budget.spend(Loss(0.01), "count(*)")
        taken += 1
        print(taken, flush=True)
except BudgetError as error:
    assert "is spent" in str(error), error
"""


def start(path: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SPEND, str(path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_at_once_never_spend_more_than_there_is(budgets: Budgets, path: Path) -> None:
    budgets.set("ana", "orders", 0.6)
    processes = [start(path) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    written = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(len(text.splitlines()) for text in written) == 60
    assert spent(budgets) == (0.6, 0.0)


def test_what_was_spent_survives_a_process_that_is_killed(budgets: Budgets, path: Path) -> None:
    budgets.set("ana", "orders", 1_000.0)
    with start(path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        taken = [int(process.stdout.readline()) for _ in range(5)]
        process.send_signal(signal.SIGKILL)
    assert spent(budgets)[0] >= taken[-1] * 0.01
    budgets.of("ana", "orders").spend(Loss(0.01), "count(*)")
