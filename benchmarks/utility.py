"""What masked data are still worth, and what they give away.

- A gradient-boosted model is trained on raw rows and on masked ones; both are asked about rows of
  their own kind that they have not seen.
- Joins and groups over three tables are counted raw and masked.
- Distinct values are masked by each operator that keeps them distinct, and collisions are counted.
- An attacker who knows a thousand pairs of raw and masked values guesses further ones.

The data are generated: customers whose cancellation depends on where they live, what they pay, how
long they have been there and whom they work for.
"""

from __future__ import annotations

import random
import secrets
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

import scrim
from harness.attack import guesses_right
from harness.commands import BenchmarkError
from harness.customers import customers, orders, tickets
from harness.report import at_most, main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.report import Options, Report

SEED = 11
CUSTOMERS, QUICK_CUSTOMERS = 20_000, 4_000
DISTINCT, QUICK_DISTINCT = 10_000_000, 200_000
BATCH = 500_000
PAIRS, QUICK_PAIRS = 1_000, 200
# Features of the model: what people are called does not take part, where they live does.
FEATURES = ("city", "postal_code", "employer", "plan", "fee", "months")
ENTITIES = {
    "name": "person.full",
    "email": "contact.email",
    "phone": "contact.phone",
    "city": "contact.city",
    "postal_code": "contact.postal_code",
    "employer": "contact.organization",
}
KEPT = ("id", "plan", "fee", "months", "cancelled")
# Operators that keep distinct values distinct, with values for them.
UNIQUE: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "digits": ("person.employee_number", "digits", lambda number: f"{number:012}"),
    "card": ("financial.card", "card", lambda number: _with_luhn(f"453957{number:09}")),
    "ff1": ("financial.bank_account", "ff1", lambda number: f"{number:012}"),
    "siv": ("contact.username", "siv", lambda number: f"user{number}"),
    "email": ("contact.email", "email", lambda number: f"user{number}@corp.example"),
    "token": ("contact.username", "token", lambda number: f"user{number}"),
}


def _with_luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def measure(options: Options, report: Report) -> None:
    """Measure utility, then collisions and the attack."""
    report.gated = False
    key = secrets.token_bytes(32)
    people = customers(random.Random(SEED), options.either(QUICK_CUSTOMERS, CUSTOMERS))
    masked = scrim.mask(people, key=key, columns=ENTITIES, keep=KEPT)
    same = [pc.sum(pc.equal(people[name], masked[name])).as_py() for name in ENTITIES]
    report.add("values_left_raw", sum(same), target=at_most(0))
    _measure_model(report, people, masked)
    _measure_joins(report, key, people, masked)
    _count_collisions(report, key, options.either(QUICK_DISTINCT, DISTINCT))
    _attack(report, key, options.either(QUICK_PAIRS, PAIRS))


def _measure_model(report: Report, raw: Any, masked: Any) -> None:  # noqa: ANN401
    before, after = auc(raw), auc(masked)
    report.add("auc_raw", before)
    report.add("auc_masked", after)
    report.add("auc_lost_points", 100 * (before - after), "points", at_most(2))


def auc(table: Any) -> float:  # noqa: ANN401
    """Return the area under the curve of a model that is trained on three quarters of the rows.

    Args:
        table: The customers.

    Raises:
        BenchmarkError: If scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
        from sklearn.metrics import roc_auc_score  # noqa: PLC0415
        from sklearn.preprocessing import OrdinalEncoder  # noqa: PLC0415
    except ImportError:
        raise BenchmarkError("needs scikit-learn: pip install scikit-learn") from None
    rows = [[row[name] for name in FEATURES] for row in table.to_pylist()]
    labels = table.column("cancelled").to_pylist()
    coded = OrdinalEncoder(min_frequency=20, max_categories=200).fit_transform(rows)
    part = len(rows) * 3 // 4
    kinds = [position for position, value in enumerate(rows[0]) if isinstance(value, str)]
    model = HistGradientBoostingClassifier(categorical_features=kinds, random_state=SEED)
    model.fit(coded[:part], labels[:part])
    return float(roc_auc_score(labels[part:], model.predict_proba(coded[part:])[:, 1]))


def _measure_joins(report: Report, key: bytes, people: Any, masked: Any) -> None:  # noqa: ANN401
    chance = random.Random(SEED + 1)
    bought, asked = orders(chance, people), tickets(chance, people)
    entity = {"customer_email": "contact.email"}
    few = scrim.mask(bought, key=key, columns=entity, keep=("order_id", "total"))
    more = scrim.mask(
        asked, key=key, columns={**entity, "phone": "contact.phone"}, keep=("ticket_id",)
    )
    raw, seen = counts(people, bought, asked), counts(masked, few, more)
    report.add("queries", len(raw))
    differing = sum(raw[name] != seen[name] for name in raw)
    report.add("queries_with_other_counts", differing, target=at_most(0))


def counts(people: Any, bought: Any, asked: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what joins and groups over three tables count.

    Args:
        people: The customers.
        bought: Their orders.
        asked: What they asked support.
    """

    def grouped(table: Any, *names: str) -> list[int]:  # noqa: ANN401
        counted = table.group_by(list(names)).aggregate([([], "count_all")])
        return sorted(counted["count_all"].to_pylist())

    def joined(left: Any, right: Any, kind: str = "inner", *, key: str = "email") -> Any:  # noqa: ANN401
        return left.join(
            right, keys=key, right_keys="customer_email", join_type=kind, right_suffix="_asked"
        )

    ordered = joined(people, bought)
    revenue = ordered.group_by("city").aggregate([("total", "sum")])
    emails = people.select(["email"]).rename_columns(["customer_email"])
    return {
        "customers with orders": ordered.num_rows,
        "customers with tickets": joined(people, asked).num_rows,
        "customers with both": joined(ordered, asked).num_rows,
        "tickets by phone": people.join(
            asked, keys="phone", join_type="inner", right_suffix="_asked"
        ).num_rows,
        "orders of nobody": joined(bought, emails, "left anti", key="customer_email").num_rows,
        "distinct addresses": pc.count_distinct(bought["customer_email"]).as_py(),
        "by city": grouped(people, "city"),
        "by employer": grouped(people, "employer"),
        "by city and plan": grouped(people, "city", "plan"),
        "orders by city": grouped(ordered, "city"),
        "orders by customer": grouped(bought, "customer_email"),
        "revenue": sorted(revenue["total_sum"].to_pylist()),
    }


def _count_collisions(report: Report, key: bytes, count: int) -> None:
    for name, (entity, operator, value) in UNIQUE.items():
        seen: Any = None
        for start in range(0, count, BATCH):
            values = [value(number) for number in range(start, min(start + BATCH, count))]
            table = pa.table({"value": values})
            masked = scrim.mask(
                table, key=key, columns={"value": entity}, operators={entity: operator}
            )["value"]
            part = pc.unique(masked)
            seen = part if seen is None else pa.chunked_array([*_chunks(seen), part])
        report.add(f"collisions_{name}", count - len(pc.unique(seen)), target=at_most(0))
    report.note(f"{count:,} distinct values for each operator")


def _chunks(array: Any) -> Sequence[Any]:  # noqa: ANN401
    return array.chunks if isinstance(array, pa.ChunkedArray) else [array]


def _attack(report: Report, key: bytes, pairs: int) -> None:
    for name, (entity, operator, value) in UNIQUE.items():
        chance = random.Random(SEED + 2)
        numbers = chance.sample(range(1_000_000), 2 * pairs)
        raw = [value(number) for number in numbers]
        table = pa.table({"value": raw})
        masked = scrim.mask(
            table, key=key, columns={"value": entity}, operators={entity: operator}
        )["value"].to_pylist()
        known = list(zip(raw[:pairs], masked[:pairs], strict=True))
        hits = guesses_right(known, list(zip(raw[pairs:], masked[pairs:], strict=True)))
        report.add(f"attack_{name}_values_guessed", hits.values, target=at_most(0))
        report.add(f"attack_{name}_above_chance", hits.above_chance, "standard errors", at_most(4))
    report.note(f"the attacker knows {pairs:,} pairs and guesses as many further ones")


if __name__ == "__main__":
    main("utility: what masked data are worth, and what they give away", measure)
