"""How much privacy each principal may take of each dataset, and that nobody takes more.

Losses add up: by sequential composition (Dwork et al. 2006), answers of epsilon and delta e1, d1
and e2, d2 have together at most e1 + e2, d1 + d2. A spending is never given back, not even when the
answer fails afterwards, since nobody can prove that nothing was learnt. A principal without a
budget has none.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from scrim.domain.arguments import check_text
from scrim.masking.groups.budget_store import (
    BUDGETS,
    DELTA_UNIT,
    EPSILON_UNIT,
    MAX_NAME,
    MAX_REASON,
    SPENDINGS,
    BudgetError,
    BudgetStore,
)
from scrim.masking.groups.loss import MAX_DELTA, Loss

EVERYBODY: Final = "*"
"""The principal whose budget all principals share."""
MAX_EPSILON_LIMIT: Final = 1_000_000.0

Facts = Mapping[str, str | int | float]
Recorder = Callable[[str, Facts], None]
"""Writes an act and what is known of it where it cannot be lost, or raises; the act then does not
happen."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One budget.

    Attributes:
        principal: Who; `*` for all together.
        dataset: Of what.
        epsilon: What may be taken in all.
        delta: The same of delta.
        epsilon_spent: What was taken in this period, rounded up.
        delta_spent: The same of delta.
        period: Counts from 1; each reset begins the next.
    """

    principal: str
    dataset: str
    epsilon: float
    delta: float
    epsilon_spent: float
    delta_spent: float
    period: int


class Budgets:
    """The budgets of all principals."""

    def __init__(
        self, store: BudgetStore, clock: Callable[[], datetime], record: Recorder | None = None
    ) -> None:
        """Say where they are kept.

        Args:
            store: The database.
            clock: Tells the time.
            record: Writes every act, before it happens; None for nowhere but the database.
        """
        self._store = store
        self._clock = clock
        self._record = record

    def of(self, principal: str, dataset: str) -> "Budget":
        """Return what a principal takes of a dataset from.

        Raises:
            BudgetError: If it is the principal that stands for all, or no name.
        """
        _check_names(principal, dataset)
        if principal == EVERYBODY:
            raise BudgetError(f"{EVERYBODY} stands for all principals; name the one who asks")
        return Budget(self, principal, dataset)

    def balances(self, principal: str | None = None, dataset: str | None = None) -> list[Balance]:
        """Return budgets by dataset and principal.

        Args:
            principal: Only those of this one.
            dataset: Only those of this one.
        """
        query = select(BUDGETS).order_by(BUDGETS.c.dataset, BUDGETS.c.principal)
        if principal is not None:
            query = query.where(BUDGETS.c.principal == principal)
        if dataset is not None:
            query = query.where(BUDGETS.c.dataset == dataset)
        with self._store.transaction() as connection:
            return [
                Balance(
                    row.principal,
                    row.dataset,
                    row.epsilon_limit / EPSILON_UNIT,
                    row.delta_limit / DELTA_UNIT,
                    row.epsilon_spent / EPSILON_UNIT,
                    row.delta_spent / DELTA_UNIT,
                    row.period,
                )
                for row in connection.execute(query)
            ]

    def set(self, principal: str, dataset: str, epsilon: float, delta: float = 0.0) -> None:
        """Say what a principal may take of a dataset in all. What it has taken stays taken.

        Raises:
            BudgetError: If a figure is out of its range, or it cannot be kept.
        """
        _check_names(principal, dataset)
        if not 0 <= epsilon <= MAX_EPSILON_LIMIT:
            raise BudgetError(f"epsilon must be from 0 to {MAX_EPSILON_LIMIT:,.0f}")
        if not 0 <= delta <= MAX_DELTA:
            raise BudgetError(f"delta must be from 0 to {MAX_DELTA:g}")
        limits = {
            "epsilon_limit": math.floor(_scaled(epsilon, EPSILON_UNIT)),
            "delta_limit": math.floor(_scaled(delta, DELTA_UNIT)),
        }
        row = {"principal": principal, "dataset": dataset, **limits}
        row |= {"epsilon_spent": 0, "delta_spent": 0, "period": 1}
        with self._store.transaction() as connection:
            connection.execute(
                upsert(BUDGETS)
                .values(row)
                .on_conflict_do_update(index_elements=["principal", "dataset"], set_=limits)
            )
            figures = (limits["epsilon_limit"], limits["delta_limit"])
            self._note(connection, "set", principal, dataset, figures, "")

    def reset(self, principal: str, dataset: str, reason: str) -> None:
        """Begin a new period, in which nothing is taken yet.

        What was learnt before is not unlearnt: do it for new data, not for more answers.

        Raises:
            BudgetError: If there is no such budget or no reason, or it cannot be kept.
        """
        _check_names(principal, dataset)
        if not reason.strip():
            raise BudgetError("a reset needs a reason")
        with self._store.transaction() as connection:
            spent = connection.execute(
                select(BUDGETS.c.epsilon_spent, BUDGETS.c.delta_spent).where(
                    *_at(principal, dataset)
                )
            ).first()
            if spent is None:
                raise BudgetError(_missing(principal, dataset))
            connection.execute(
                update(BUDGETS)
                .where(*_at(principal, dataset))
                .values(epsilon_spent=0, delta_spent=0, period=BUDGETS.c.period + 1)
            )
            self._note(connection, "reset", principal, dataset, tuple(spent), reason)

    def spend(self, principal: str, dataset: str, loss: Loss, query: str) -> None:
        """Take a loss from the budget of a principal, and from that of all if there is one.

        Args:
            principal: Who asks.
            dataset: What is asked about.
            loss: What the answer takes.
            query: What is asked, without any value.

        Raises:
            BudgetError: If it is not there, or it cannot be kept. Nothing is taken then.
        """
        epsilon = math.ceil(_scaled(loss.epsilon, EPSILON_UNIT))
        delta = math.ceil(_scaled(loss.delta, DELTA_UNIT))
        with self._store.transaction() as connection:
            for who in (principal, EVERYBODY):
                taken = connection.execute(
                    update(BUDGETS)
                    .where(
                        *_at(who, dataset),
                        BUDGETS.c.epsilon_spent + epsilon <= BUDGETS.c.epsilon_limit,
                        BUDGETS.c.delta_spent + delta <= BUDGETS.c.delta_limit,
                    )
                    .values(
                        epsilon_spent=BUDGETS.c.epsilon_spent + epsilon,
                        delta_spent=BUDGETS.c.delta_spent + delta,
                    )
                )
                if not taken.rowcount:
                    _refuse(connection, who, dataset, loss)
            self._note(connection, "spent", principal, dataset, (epsilon, delta), query)

    def _note(  # noqa: PLR0913, PLR0917 - one parameter for each fact
        self,
        connection: Connection,
        act: str,
        principal: str,
        dataset: str,
        figures: tuple[int, ...],
        about: str,
    ) -> None:
        """Write an act into the ledger and the log, as the last step before it counts."""
        epsilon, delta = figures
        row = {
            "principal": principal,
            "dataset": dataset,
            "act": act,
            "epsilon": epsilon,
            "delta": delta,
            "about": about[:MAX_REASON],
            "time": self._clock().astimezone(UTC).isoformat(timespec="microseconds"),
        }
        connection.execute(insert(SPENDINGS).values(row))
        if self._record is None:
            return
        facts: dict[str, str | int | float] = {
            "principal": principal,
            "dataset": dataset,
            "epsilon": epsilon / EPSILON_UNIT,
            "delta": delta / DELTA_UNIT,
        }
        if about:
            facts["reason" if act == "reset" else "query"] = about[:MAX_REASON]
        self._record(act, facts)


@dataclass(frozen=True, slots=True)
class Budget:
    """What the answers to one principal about one dataset are taken from.

    Attributes:
        budgets: Where it is kept.
        principal: Who asks.
        dataset: What is asked about.
    """

    budgets: Budgets
    principal: str
    dataset: str

    def spend(self, loss: Loss, query: str) -> None:
        """Take a loss for good.

        Args:
            loss: What the answer takes.
            query: What is asked, without any value.

        Raises:
            BudgetError: If it is not there, or it cannot be kept.
        """
        self.budgets.spend(self.principal, self.dataset, loss, query)


def _refuse(connection: Connection, principal: str, dataset: str, loss: Loss) -> None:
    """Say why nothing could be taken; that there is no budget for all is no reason."""
    row = connection.execute(select(BUDGETS).where(*_at(principal, dataset))).first()
    if row is None:
        if principal == EVERYBODY:
            return
        raise BudgetError(_missing(principal, dataset))
    epsilon = max(row.epsilon_limit - row.epsilon_spent, 0) / EPSILON_UNIT
    delta = max(row.delta_limit - row.delta_spent, 0) / DELTA_UNIT
    whose = "all principals together" if principal == EVERYBODY else principal
    raise BudgetError(
        f"the privacy budget of {whose} for {dataset} is spent: this takes epsilon "
        f"{loss.epsilon:g} and delta {loss.delta:g}, left are {epsilon:g} and {delta:g}"
    )


def _missing(principal: str, dataset: str) -> str:
    return f"{principal} has no privacy budget for {dataset}; `scrim privacy budget set` gives one"


def _at(principal: str, dataset: str) -> tuple[ColumnElement[bool], ...]:
    return BUDGETS.c.principal == principal, BUDGETS.c.dataset == dataset


def _check_names(principal: str, dataset: str) -> None:
    for what, name in (("principal", principal), ("dataset", dataset)):
        check_text(what, name)
        if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
            raise BudgetError(f"a {what} is 1 to {MAX_NAME} printable characters")


def _scaled(figure: float, unit: int) -> Fraction:
    """Return a figure in whole units, as it is written: 0.1 is a tenth."""
    return Fraction(repr(figure)) * unit
