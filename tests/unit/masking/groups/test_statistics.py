"""Differentially private statistics: sensitivity, clamping, contributions, and what they take."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrim.masking.groups.budget_store import BudgetError
from scrim.masking.groups.loss import Loss
from scrim.masking.groups.noise import noisy_quantile, number_noise
from scrim.masking.groups.requirements import GroupError
from scrim.masking.groups.statistics import (
    Bounds,
    Unit,
    private_count,
    private_mean,
    private_quantile,
    private_sum,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrim.masking.groups.requirements import Table

SURE = Loss(100.0)
"""So little noise that an answer is beside the exact one, but for a chance below 10^-30."""
HUNDRED = Bounds(0, 100)


class Purse:
    """Counts what is taken, up to a limit."""

    def __init__(self, epsilon: float = math.inf) -> None:
        self.left = epsilon
        self.queries: list[str] = []

    def spend(self, loss: Loss, query: str) -> None:
        if loss.epsilon > self.left:
            raise BudgetError("the privacy budget is spent")
        self.left -= loss.epsilon
        self.queries.append(query)


VISITS = pa.table(
    {
        "who": ["ana", "ana", "ana", "bo", "cy", None],
        "cost": [10.0, 20.0, 30.0, 500.0, None, 7.0],
    }
)


def test_an_answer_says_its_noise() -> None:
    answer = private_count(VISITS, Loss(0.5), Purse())
    assert (answer.mechanism, answer.scale) == ("laplace", 2.0)
    # Laplace's noise exceeds s with probability exp(-s / scale): 5 of 100 at 2 ln 20.
    assert answer.margin == pytest.approx(2 * math.log(20))
    assert isinstance(answer.value, int)


def test_counts_leave_out_what_is_null() -> None:
    assert private_count(VISITS, SURE, Purse()).value == 6
    assert private_count(VISITS, SURE, Purse(), "cost").value == 5


def test_values_beyond_the_bounds_are_clamped() -> None:
    assert private_sum(VISITS, "cost", HUNDRED, SURE, Purse()).value == pytest.approx(167, abs=30)
    clamped = private_sum(VISITS, "cost", Bounds(0, 20), SURE, Purse()).value
    assert clamped == pytest.approx(10 + 20 + 20 + 20 + 7, abs=6)
    infinite = pa.table({"x": [math.inf, -math.inf, math.nan, None, 1.0]})
    answer = private_sum(infinite, "x", Bounds(-3, 8), SURE, Purse()).value
    assert answer == pytest.approx(6.0, abs=3)


def test_the_noise_grows_with_the_bounds_and_shrinks_with_epsilon() -> None:
    def scale(bounds: Bounds, epsilon: float) -> float:
        found = private_sum(VISITS, "cost", bounds, Loss(epsilon), Purse()).scale
        assert found is not None
        return found

    assert scale(HUNDRED, 1.0) == pytest.approx(100)
    assert scale(HUNDRED, 0.1) == pytest.approx(1000)
    assert scale(Bounds(-250, 100), 1.0) == pytest.approx(250)
    assert scale(Bounds(1e-9, 1e-6), 1.0) == pytest.approx(1e-6)
    assert scale(Bounds(0, 1e200), 1.0) == pytest.approx(1e200)


def test_a_subject_counts_with_its_first_records_alone() -> None:
    one, two = Unit("who", 1), Unit("who", 2)
    assert private_count(VISITS, SURE, Purse(), unit=one).value == 3
    assert private_count(VISITS, SURE, Purse(), unit=two).value == 4
    total = private_sum(VISITS, "cost", HUNDRED, SURE, Purse(), two)
    assert total.value == pytest.approx(10 + 20 + 100, abs=60)
    assert total.scale == pytest.approx(2 * 100 / 100.0)
    assert private_count(VISITS, Loss(1.0), Purse(), unit=two).scale == 2.0


def test_a_mean_is_within_its_bounds_whatever_the_noise() -> None:
    rows = pa.table({"x": [30] * 500 + [50] * 500})
    assert private_mean(rows, "x", HUNDRED, SURE, Purse()).value == pytest.approx(40, abs=0.1)
    single = pa.table({"x": pa.array([None, 3], pa.int8())})
    for _ in range(50):
        assert 0 <= private_mean(single, "x", HUNDRED, Loss(0.001), Purse()).value <= 100


def test_a_quantile_is_one_of_the_candidates() -> None:
    rows = pa.table({"x": [Decimal(n) for n in range(101)]})
    median = private_quantile(rows, "x", 0.5, HUNDRED, SURE, Purse(), steps=100)
    assert median.value == pytest.approx(50, abs=2)
    assert private_quantile(rows, "x", 0.9, HUNDRED, SURE, Purse()).value == pytest.approx(
        90, abs=2
    )
    given = (10.0, 45.0, 80.0)
    assert private_quantile(rows, "x", 0.5, given, SURE, Purse()).value == 45.0
    empty = rows.slice(0, 0)
    assert private_quantile(empty, "x", 0.5, given, Loss(0.1), Purse()).value in given


def test_gaussian_noise_takes_delta() -> None:
    answer = private_count(VISITS, Loss(1.0, 1e-6), Purse())
    assert answer.mechanism == "gaussian"
    assert answer.scale is not None
    # The classical bound, sqrt(2 ln(1.25 / delta)) / epsilon = 5.3, is more than is needed.
    assert 3.5 < answer.scale < 5.3
    assert private_mean(VISITS, "cost", HUNDRED, Loss(1.0, 1e-6), Purse()).loss == Loss(1.0, 1e-6)


@pytest.mark.parametrize(
    "query",
    [
        lambda table, purse: private_count(table, Loss(1.0), purse, "nothing"),
        lambda table, purse: private_count(table, Loss(1.0), purse, unit=Unit("nobody")),
        lambda table, purse: private_sum(table, "who", HUNDRED, Loss(1.0), purse),
        lambda table, purse: private_mean(table, "who", HUNDRED, Loss(1.0), purse),
        lambda table, purse: private_mean(table, "cost", HUNDRED, Loss(1e-6), purse),
        lambda table, purse: private_quantile(table, "who", 0.5, HUNDRED, Loss(1.0), purse),
        lambda table, purse: private_quantile(table, "cost", 1.5, HUNDRED, Loss(1.0), purse),
        lambda table, purse: private_quantile(table, "cost", 0.5, (2.0, 1.0), Loss(1.0), purse),
        lambda table, purse: private_quantile(table, "cost", 0.5, (), Loss(1.0), purse),
        lambda table, purse: private_quantile(table, "cost", 0.5, HUNDRED, Loss(1, 1e-6), purse),
    ],
)
def test_what_cannot_be_answered_takes_nothing(query: Callable[[Table, Purse], object]) -> None:
    purse = Purse()
    with pytest.raises(GroupError):
        query(VISITS, purse)
    assert purse.queries == []


def test_every_answer_is_taken_from_the_budget_and_refused_without() -> None:
    purse = Purse(2.0)
    private_count(VISITS, Loss(0.5), purse)
    private_sum(VISITS, "cost", HUNDRED, Loss(0.5), purse)
    private_mean(VISITS, "cost", HUNDRED, Loss(0.5), purse)
    private_quantile(VISITS, "cost", 0.5, HUNDRED, Loss(0.5), purse)
    assert purse.queries == ["count(*)", "sum(cost)", "mean(cost)", "quantile(cost, 0.5)"]
    queries: tuple[Callable[[], object], ...] = (
        lambda: private_count(VISITS, Loss(0.1), purse),
        lambda: private_sum(VISITS, "cost", HUNDRED, Loss(0.1), purse),
        lambda: private_mean(VISITS, "cost", HUNDRED, Loss(0.1), purse),
        lambda: private_quantile(VISITS, "cost", 0.5, HUNDRED, Loss(0.1), purse),
    )
    for query in queries:
        with pytest.raises(BudgetError):
            query()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Loss(0.0),
        lambda: Loss(101.0),
        lambda: Loss(math.nan),
        lambda: Loss(1.0, 0.1),
        lambda: Loss(1.0, -1e-9),
        lambda: Bounds(1, 1),
        lambda: Bounds(0, math.inf),
        lambda: Bounds(math.nan, 1),
        lambda: Unit("who", 0),
        lambda: Unit(None, 2),
    ],
)
def test_declarations_that_protect_nobody_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(GroupError):
        wrong()


rows = st.lists(st.tuples(st.integers(0, 4), st.floats(width=64) | st.none()), max_size=15)


@settings(max_examples=50, deadline=None)
@given(rows, st.lists(st.floats(width=64) | st.none(), max_size=6), st.integers(1, 3))
def test_one_subject_changes_a_sum_by_no_more_than_the_sensitivity(
    others: list[tuple[int, float | None]], own: list[float | None], most: int
) -> None:
    def table(given: list[Any]) -> Table:
        columns = list(zip(*given, strict=True)) or [(), ()]
        return pa.table(
            {"who": pa.array(columns[0], pa.int64()), "x": pa.array(columns[1], pa.float64())}
        )

    # The records of the subject stand anywhere among the others'.
    joined = [*others[::2], *((9, value) for value in own), *others[1::2]]
    parted = [row for row in joined if row[0] != 9]
    unit, bounds = Unit("who", most), Bounds(-4, 10)
    with_, without = (
        private_sum(table(given), "x", bounds, SURE, Purse(), unit) for given in (joined, parted)
    )
    assert with_.scale is not None
    slack = 80 * with_.scale  # the noise exceeds forty scales with a chance of 10^-17
    assert abs(with_.value - without.value) <= 10 * most + slack


@pytest.mark.long
def test_the_noise_has_the_distribution_that_it_says() -> None:
    noise = number_noise(1, Loss(1.0))
    drawn = [noise.add(0) for _ in range(40_000)]
    # Discrete Laplace with a = exp(-1): the mean of the distance is 2a / (1 - a^2) = 0.8509.
    assert fmean(drawn) == pytest.approx(0, abs=0.05)
    assert fmean(map(abs, drawn)) == pytest.approx(0.8509, rel=0.05)
    gauss = number_noise(1, Loss(1.0, 1e-6))
    squares = [gauss.add(0) ** 2 for _ in range(40_000)]
    assert math.sqrt(fmean(squares)) == pytest.approx(gauss.scale, rel=0.05)


@pytest.mark.long
def test_answers_tell_neighbours_apart_no_better_than_epsilon() -> None:
    # Each answer of 0 and of 1 record may be at most e times as likely as of the other.
    noise = number_noise(1, Loss(1.0))
    zero, one = (Counter(noise.add(exact) for _ in range(60_000)) for exact in (0, 1))
    for value in range(-2, 4):
        assert zero[value] / one[value] < math.e * 1.15
        assert one[value] / zero[value] < math.e * 1.15
    values, candidates = [10.0, 20.0, 30.0], [5.0, 15.0, 25.0, 35.0]
    with_, without = (
        Counter(noisy_quantile(given, candidates, 0.5, 1, Loss(1.0)) for _ in range(8_000))
        for given in (values, values[:2])
    )
    for candidate in candidates:
        assert with_[candidate] / without[candidate] < math.e * 1.15
        assert without[candidate] / with_[candidate] < math.e * 1.15
