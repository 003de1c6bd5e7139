"""Differentially private count, sum, mean and quantile of a table.

Two tables are neighbours if they differ in all records of one subject, of which at most
`max_records` are used, or in one record where no subject column is named. What a query takes of
the budget is declared before anything is read, and is spent before noise is drawn.

Everything that depends on the data is a map of single records (NULL and NaN left out, values
clamped to declared bounds and rounded to a grid) or a whole sum of those, so that the sensitivity
is exact: no sum of floating-point numbers is involved (Casacuberta et al. 2022, arXiv:2207.10635).
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from scrim.domain.arguments import (
    check_kind,
    check_list,
    check_number,
    check_text,
    check_whole,
    wrong_type,
)
from scrim.masking.groups.classes import MAX_RECORDS, as_table, coded, with_nulls
from scrim.masking.groups.loss import Loss
from scrim.masking.groups.noise import MAX_CANDIDATES, Noise, noisy_quantile, number_noise
from scrim.masking.groups.requirements import Array, GroupError, Table

GRID_BITS: Final = 31
"""Values are rounded to a grid on which no bound is beyond 2^31, and its step is a power of two."""
MAX_CONTRIBUTIONS: Final = 1_000_000
MAX_BOUND: Final = 1e200
"""Beyond, the noise of a small loss would leave the range of floating-point numbers."""
INTERVAL: Final = 0.95


class Spender(Protocol):
    """What a query takes its privacy from, such as a `Budget`."""

    def spend(self, loss: Loss, query: str) -> None:
        """Take a loss for good, or raise; nothing is answered then."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Whose presence in the table is to stay unknown.

    Attributes:
        subject: Name of the column that tells persons apart; None where every record is another.
            Records with NULL there are left out, since nothing bounds how many are one person's.
        max_records: Records of a subject that are used, the first ones in the table's order.
    """

    subject: str | None = None
    max_records: int = 1

    def __post_init__(self) -> None:
        """Refuse a bound that cannot hold.

        Raises:
            GroupError: If it is out of range, or bounds what no column tells apart.
        """
        check_text("subject", self.subject, optional=True)
        check_whole("max_records", self.max_records)
        if not 1 <= self.max_records <= MAX_CONTRIBUTIONS:
            raise GroupError(f"max_records must be from 1 to {MAX_CONTRIBUTIONS:,}")
        if self.subject is None and self.max_records > 1:
            raise GroupError("max_records needs the column that tells subjects apart")


EACH_RECORD: Final = Unit()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which values are clamped. Declare them from what is known beforehand.

    Bounds that are looked up in the data give the extreme values away.

    Attributes:
        low: The least value.
        high: The largest value.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no interval.

        Raises:
            GroupError: If it is empty or too large.
        """
        check_number("low", self.low)
        check_number("high", self.high)
        if not (-MAX_BOUND <= self.low < self.high <= MAX_BOUND):
            raise GroupError("bounds must be finite numbers, the lower one first")

    def grid(self, offset: float) -> float:
        """Return the step, a power of two, on which bounds less an offset are below 2^31."""
        largest = max(abs(self.low - offset), abs(self.high - offset))
        return math.ldexp(1.0, math.frexp(largest)[1] - GRID_BITS)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with noise.

    Attributes:
        value: The answer.
        loss: What it took of the budget.
        mechanism: `laplace`, `gaussian` or `exponential`.
        scale: Laplace's scale or the standard deviation of Gauss, in the units of the value; for a
            mean, that of its sum. None for quantiles.
        margin: The noise is smaller than this in 95 of 100 answers. None for means and quantiles,
            where it depends on the data.
    """

    value: float
    loss: Loss
    mechanism: str
    scale: float | None = None
    margin: float | None = None


def private_count(
    table: object, loss: Loss, budget: Spender, column: str | None = None, unit: Unit = EACH_RECORD
) -> Answer:
    """Count records, or the values of a column that are not NULL.

    Args:
        table: A table or record batch of Arrow.
        loss: What the answer takes.
        budget: What it is taken from.
        column: Name of the column, None for all records.
        unit: Whose presence is to stay unknown.

    Raises:
        GroupError: If a column is missing; nothing is spent then.
        BudgetError: If the budget does not have it.
        TypeError: If an argument is of a wrong type.
    """
    _check_query(loss, budget, unit)
    check_text("column", column, optional=True)
    whole = as_table(table)
    if column is not None:
        _column(whole, column)
    noise = number_noise(unit.max_records, loss)
    _prepare(whole, unit)
    budget.spend(loss, f"count({column or '*'})")
    used = _used(whole, unit)
    exact = used.num_rows
    if column is not None:
        exact -= _column(used, column).null_count
    return Answer(noise.add(exact), loss, _name(loss), noise.scale, _margin(noise.scale, loss))


def private_sum(  # noqa: PLR0913, PLR0917 - one parameter for each thing to declare
    table: object,
    column: str,
    bounds: Bounds,
    loss: Loss,
    budget: Spender,
    unit: Unit = EACH_RECORD,
) -> Answer:
    """Sum a column of numbers, each clamped to bounds. NULL and NaN are left out.

    Args:
        table: A table or record batch of Arrow.
        column: Name of the column.
        bounds: Between which values are clamped.
        loss: What the answer takes.
        budget: What it is taken from.
        unit: Whose presence is to stay unknown.

    Raises:
        GroupError: If the column is missing or holds no numbers; nothing is spent then.
        BudgetError: If the budget does not have it.
        TypeError: If an argument is of a wrong type.
    """
    _check_query(loss, budget, unit)
    check_kind("bounds", bounds, Bounds, "Bounds")
    whole = _opened(table, column, unit)
    step, noise = _sum_noise(bounds, 0.0, unit, loss)
    budget.spend(loss, f"sum({column})")
    exact, _ = _total(_used(whole, unit), column, bounds, 0.0, step)
    scale = noise.scale * step
    return Answer(noise.add(exact) * step, loss, _name(loss), scale, _margin(scale, loss))


def private_mean(  # noqa: PLR0913, PLR0917
    table: object,
    column: str,
    bounds: Bounds,
    loss: Loss,
    budget: Spender,
    unit: Unit = EACH_RECORD,
) -> Answer:
    """Return the mean of a column of numbers, each clamped to bounds. NULL and NaN are left out.

    Half of the loss goes into the sum of the distances from the middle of the bounds, half into
    the count; what comes out is clamped to the bounds, which takes nothing.

    Args:
        table: A table or record batch of Arrow.
        column: Name of the column.
        bounds: Between which values are clamped.
        loss: What the answer takes.
        budget: What it is taken from.
        unit: Whose presence is to stay unknown.

    Raises:
        GroupError: If the column is missing or holds no numbers; nothing is spent then.
        BudgetError: If the budget does not have it.
        TypeError: If an argument is of a wrong type.
    """
    _check_query(loss, budget, unit)
    check_kind("bounds", bounds, Bounds, "Bounds")
    whole = _opened(table, column, unit)
    middle = bounds.low / 2 + bounds.high / 2
    step, distances = _sum_noise(bounds, middle, unit, loss.half())
    numbers = number_noise(unit.max_records, loss.half())
    budget.spend(loss, f"mean({column})")
    exact, count = _total(_used(whole, unit), column, bounds, middle, step)
    mean = middle + distances.add(exact) / max(numbers.add(count), 1) * step
    value = min(max(mean, bounds.low), bounds.high)
    return Answer(value, loss, _name(loss), distances.scale * step)


def private_quantile(  # noqa: PLR0913, PLR0917
    table: object,
    column: str,
    share: float,
    candidates: Bounds | tuple[float, ...],
    loss: Loss,
    budget: Spender,
    unit: Unit = EACH_RECORD,
    steps: int = 1_000,
) -> Answer:
    """Return about the value below which a share of a column lies. NULL and NaN are left out.

    Args:
        table: A table or record batch of Arrow.
        column: Name of the column.
        share: From 0 to 1; 0.5 for the median.
        candidates: What may be answered, ascending; or bounds, between which `steps` equal steps
            are candidates.
        loss: What the answer takes, without delta.
        budget: What it is taken from.
        unit: Whose presence is to stay unknown.
        steps: See `candidates`.

    Raises:
        GroupError: If the column is missing or holds no numbers; nothing is spent then.
        BudgetError: If the budget does not have it.
        TypeError: If an argument is of a wrong type.
    """
    _check_query(loss, budget, unit)
    check_number("share", share)
    check_whole("steps", steps)
    if not 0 <= share <= 1:
        raise GroupError("share must be from 0 to 1")
    if loss.delta:
        raise GroupError("a quantile takes no delta")
    listed = _candidates(candidates, steps)
    whole = _opened(table, column, unit)
    budget.spend(loss, f"quantile({column}, {share:g})")
    values = _floats(_column(_used(whole, unit), column)).to_pylist()
    value = noisy_quantile(values, listed, share, unit.max_records, loss)
    return Answer(value, loss, "exponential")


def _check_query(loss: object, budget: object, unit: object) -> None:
    """Check what every query takes beside the table. Raises TypeError."""
    check_kind("loss", loss, Loss, "a Loss")
    check_kind("unit", unit, Unit, "a Unit")
    if not callable(getattr(budget, "spend", None)):
        raise wrong_type("budget", budget, "a budget, as `open_budgets` has them")


def _candidates(given: Bounds | tuple[float, ...], steps: int) -> list[float]:
    if isinstance(given, Bounds):
        if not 1 <= steps < MAX_CANDIDATES:
            raise GroupError(f"steps must be from 1 to {MAX_CANDIDATES - 1:,}")
        width = given.high / steps - given.low / steps
        listed = [given.low + number * width for number in range(steps)] + [given.high]
    else:
        check_list("candidates", given, "Bounds, or a tuple of numbers")
        for one in given:
            check_number("candidates: one of them", one)
        listed = [float(one) for one in given]
    if not 1 <= len(listed) <= MAX_CANDIDATES or not all(map(math.isfinite, listed)):
        raise GroupError(f"a quantile needs 1 to {MAX_CANDIDATES:,} finite candidates")
    if any(after <= before for before, after in pairwise(listed)):
        raise GroupError("candidates must ascend")
    return listed


def _column(table: Table, name: str) -> Array:
    places = table.schema.get_all_field_indices(name)
    if len(places) != 1:
        raise GroupError(f"the table has {'no' if not places else 'more than one'} column {name}")
    return table.column(places[0])


def _opened(table: object, name: str, unit: Unit) -> Table:
    """Return a table with a column of numbers; what is none is refused before anything is spent."""
    check_text("column", name)
    whole = as_table(table)
    kind = _column(whole, name).type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise GroupError(f"column {name} is of type {kind}; this takes numbers")
    _prepare(whole, unit)
    return whole


def _sum_noise(bounds: Bounds, offset: float, unit: Unit, loss: Loss) -> tuple[float, Noise]:
    """Return the step of a sum's grid, and the noise of the sum in such steps.

    Args:
        bounds: Between which values are clamped.
        offset: What is taken off each value before it is summed.
        unit: Whose presence is to stay unknown.
        loss: What the sum takes.
    """
    step = bounds.grid(offset)
    largest = max(abs(_steps(end - offset, step)) for end in (bounds.low, bounds.high))
    return step, number_noise(largest * unit.max_records, loss)


def _prepare(table: Table, unit: Unit) -> None:
    """Refuse what cannot be answered, before anything is spent."""
    if table.num_rows > MAX_RECORDS:
        raise GroupError(f"the table has more than {MAX_RECORDS:,} records")
    if unit.subject is not None:
        coded(table.slice(0, 0), unit.subject)


def _used(table: Table, unit: Unit) -> Table:
    """Return the records that count: the first ones of each subject."""
    if unit.subject is None:
        return table
    codes = with_nulls(coded(table, unit.subject))
    seen: dict[int, int] = {}
    keep = []
    for code in codes.to_pylist():
        number = 0 if code is None else seen.get(code, 0) + 1
        if code is not None:
            seen[code] = number
        keep.append(0 < number <= unit.max_records)
    return table.filter(pa.array(keep, pa.bool_()))


def _floats(column: Array) -> Array:
    """Return the numbers of a column, without NULL and NaN."""
    numbers = pc.cast(column, pa.float64(), safe=False).drop_null()
    return numbers.filter(pc.invert(pc.is_nan(numbers)))


def _total(
    table: Table, column: str, bounds: Bounds, offset: float, step: float
) -> tuple[int, int]:
    """Return the exact sum of a column in steps of its grid, and how many values it has."""
    numbers = _floats(_column(table, column))
    clamped: Any = pc.max_element_wise(pc.min_element_wise(numbers, bounds.high), bounds.low)
    steps = pc.cast(pc.round(pc.divide(pc.subtract(clamped, offset), step)), pa.int64())
    return pc.sum(steps).as_py() or 0, len(numbers)


def _steps(number: float, step: float) -> int:
    return round(number / step)


def _name(loss: Loss) -> str:
    return "gaussian" if loss.delta else "laplace"


def _margin(scale: float, loss: Loss) -> float:
    """Return what the noise does not exceed in 95 of 100 answers."""
    return scale * (1.959964 if loss.delta else -math.log(1 - INTERVAL))
