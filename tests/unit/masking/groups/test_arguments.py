"""Arguments of a wrong type are told by their name and type, before any budget is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from scrim import privacy
from scrim.privacy import Bounds, Loss, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = pa.table({"zip": ["1", "1", "2"], "age": [1, 2, 3]})
NO: Any = 734_512
ASKED = Requirement(("zip",), k=2)
LOSS = Loss(epsilon=1.0)
AGES = Bounds(0, 100)


class Budget:
    """A budget that takes anything, and counts how often it is asked."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, loss: Loss, query: str) -> None:
        """Count."""
        del loss, query
        self.spent += 1


WRONG: dict[str, Callable[[], object]] = {
    "quasi takes a list or tuple of names, not int": lambda: Requirement(NO, k=2),
    "quasi takes a list or tuple of names, not str": lambda: Requirement("zip", k=2),  # type: ignore[arg-type]
    "quasi: one of them takes a text, not int": lambda: Requirement((NO,), k=2),
    "k takes a whole number, not str": lambda: Requirement(("zip",), k="2"),  # type: ignore[arg-type]
    "k takes a whole number, not bool": lambda: Requirement(("zip",), k=True),
    "subject takes a text, not int": lambda: Requirement(("zip",), 2, subject=NO),
    "requirement takes a Requirement, not int": lambda: privacy.check(TABLE, NO),
    "method takes a text, not int": lambda: privacy.enforce(TABLE, ASKED, NO),
    "hierarchies takes a mapping of columns": lambda: privacy.enforce(TABLE, ASKED, hierarchies=NO),
    "hierarchies: one of them takes a hierarchy, such as Bins, not int": lambda: privacy.enforce(
        TABLE, ASKED, hierarchies={"zip": NO}
    ),
    "max_suppressed takes a number, not str": lambda: privacy.enforce(
        TABLE,
        ASKED,
        max_suppressed="1",  # type: ignore[arg-type]
    ),
    "count takes a text, not int": lambda: privacy.minimum_groups(TABLE, NO, 2),
    "epsilon takes a number, not str": lambda: Loss("1"),  # type: ignore[arg-type]
    "epsilon takes a number, not NoneType": lambda: Loss(None),  # type: ignore[arg-type]
    "low takes a number, not str": lambda: Bounds("a", 1),  # type: ignore[arg-type]
    "max_records takes a whole number, not str": lambda: privacy.Unit("id", "y"),  # type: ignore[arg-type]
    "widths takes a tuple, with what each level has, not int": lambda: privacy.Bins(NO),
    "keep: one of them takes a whole number, not str": lambda: privacy.Prefix(("a",)),  # type: ignore[arg-type]
    "parts takes a tuple, with what each level has, not str": lambda: privacy.Periods("day"),  # type: ignore[arg-type]
    "tree takes a mapping of values to their labels, not int": lambda: privacy.Ancestors(NO),
    "config takes a path, as a text or of pathlib, not int": lambda: privacy.open_budgets(
        NO
    ).__enter__(),
    "budget takes a budget, as `open_budgets` has them, not int": lambda: privacy.private_count(
        TABLE, LOSS, NO
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_given_is_told_by_name_and_type(message: str) -> None:
    with pytest.raises(TypeError) as caught:
        WRONG[message]()
    assert message in str(caught.value)
    assert str(NO) not in str(caught.value)


def test_a_query_with_a_wrong_argument_spends_nothing() -> None:
    budget = Budget()
    queries: list[Callable[[], object]] = [
        lambda: privacy.private_count(TABLE, NO, budget),
        lambda: privacy.private_count(TABLE, LOSS, budget, column=NO),
        lambda: privacy.private_count(TABLE, LOSS, budget, unit=NO),
        lambda: privacy.private_sum(TABLE, NO, AGES, LOSS, budget),
        lambda: privacy.private_sum(TABLE, "age", NO, LOSS, budget),
        lambda: privacy.private_mean(TABLE, "age", NO, LOSS, budget),
        lambda: privacy.private_quantile(TABLE, "age", "x", AGES, LOSS, budget),  # type: ignore[arg-type]
        lambda: privacy.private_quantile(TABLE, "age", 0.5, NO, LOSS, budget),
        lambda: privacy.private_quantile(TABLE, "age", 0.5, ("a",), LOSS, budget),  # type: ignore[arg-type]
        lambda: privacy.private_quantile(TABLE, "age", 0.5, AGES, LOSS, budget, steps=None),  # type: ignore[arg-type]
    ]
    for query in queries:
        with pytest.raises(TypeError, match=r"takes .*, not "):
            query()
    assert budget.spent == 0


def test_words_that_an_option_does_not_have_are_told_with_those_that_it_has() -> None:
    with pytest.raises(privacy.GroupError, match=r"method takes one of .*suppress"):
        privacy.enforce(TABLE, ASKED, "drop")  # type: ignore[arg-type]
    with pytest.raises(privacy.GroupError, match="action takes suppress or refuse"):
        privacy.minimum_groups(TABLE, "age", 2, action="drop")  # type: ignore[arg-type]
