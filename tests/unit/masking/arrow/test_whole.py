"""Operators on whole columns of Arrow: what is left out, and what changes places."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

import scrim

KEY = bytes(range(32))
ROWS = 200
EMAILS = [f"ada{n}@corp.example" if n % 5 else None for n in range(ROWS)]
PEOPLE = pa.table({"id": range(ROWS), "email": EMAILS, "city": ["Ulm"] * ROWS})


def mask(data: Any, operator: str, *, key: bytes = KEY, **columns: str) -> Any:  # noqa: ANN401
    columns = columns or {"email": "contact.email"}
    operators = dict.fromkeys(columns.values(), operator)
    keep = [name for name in data.schema.names if name not in columns]
    return scrim.mask(data, key=key, columns=columns, operators=operators, keep=keep)


def test_a_column_is_left_out() -> None:
    masked = mask(PEOPLE, "drop_column")
    assert masked.schema == pa.schema([PEOPLE.schema.field("id"), PEOPLE.schema.field("city")])
    assert masked["id"].equals(PEOPLE["id"])
    assert mask(PEOPLE.slice(0, 0), "drop_column").schema == masked.schema
    batch = mask(PEOPLE.to_batches()[0], "drop_column")
    assert batch.schema == masked.schema


def test_rows_with_a_value_are_left_out() -> None:
    masked = mask(PEOPLE, "drop_row")
    assert masked.schema == PEOPLE.schema
    assert masked["id"].to_pylist() == list(range(0, ROWS, 5))
    assert masked["email"].null_count == len(masked)


def test_inside_of_a_struct_nothing_is_left_out() -> None:
    people = pa.table({"who": [{"email": one, "n": 1} for one in EMAILS]})
    for operator in ("drop_column", "drop_row"):
        masked = scrim.mask(
            people,
            key=KEY,
            columns={"who.email": "contact.email"},
            operators={"contact.email": operator},
            keep=["who.n"],
        )
        assert masked["who"].to_pylist() == [{"email": None, "n": 1}] * ROWS


def test_a_list_is_a_value_of_its_column() -> None:
    people = pa.table({"email": [["a@corp.example"], [], None], "id": [1, 2, 3]})
    assert mask(people, "drop_column").schema.names == ["id"]
    assert mask(people, "drop_row")["id"].to_pylist() == [3]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(EMAILS),
        pa.array(EMAILS, pa.large_string()),
        pa.array(EMAILS).dictionary_encode(),
        pa.array([None if one is None else n for n, one in enumerate(EMAILS)], pa.int64()),
        pa.array([None if one is None else n % 7 == 0 for n, one in enumerate(EMAILS)]),
        pa.array(EMAILS).slice(3),
    ],
    ids=["string", "large", "dictionary", "int64", "bool", "slice"],
)
def test_every_value_goes_to_another_row(values: Any) -> None:  # noqa: ANN401
    table = pa.table({"email": values})
    masked = mask(table, "shuffle")
    before, after = values.to_pylist(), masked["email"].to_pylist()
    assert masked.schema == table.schema
    assert Counter(before) == Counter(after)
    assert [one is None for one in before] == [one is None for one in after]
    if len(set(before)) == len(before) - before.count(None) + 1:
        assert not any(
            one is not None and one == two for one, two in zip(before, after, strict=True)
        )
    assert mask(table, "shuffle")["email"].equals(masked["email"])
    other = mask(table, "shuffle", key=bytes(range(1, 33)))
    assert not other["email"].equals(masked["email"])


@pytest.mark.parametrize(
    "values", [["a@corp.example"], ["a@corp.example", None], ["x@y.example"] * 9]
)
def test_a_batch_with_one_value_is_not_shuffled_but_masked(values: list[str | None]) -> None:
    masked = mask(pa.table({"email": values}), "shuffle")["email"].to_pylist()
    assert [one is None for one in masked] == [one is None for one in values]
    assert not set(masked) - {None} & set(values)


def test_two_rows_show_the_values_of_each_other() -> None:
    masked = mask(pa.table({"email": ["a@corp.example", "b@corp.example"]}), "shuffle")
    assert masked["email"].to_pylist() == ["b@corp.example", "a@corp.example"]


def test_places_are_even_over_batches() -> None:
    """Over many batches a value goes to each other place about equally often, and never stays."""
    size, batches = 5, 600
    places = Counter[int]()
    for number in range(batches):
        values = [f"ada{number}.{n}@corp.example" for n in range(size)]
        masked = mask(pa.table({"email": values}), "shuffle")["email"].to_pylist()
        places[masked.index(values[0])] += 1
    assert places[0] == 0
    expected = batches / (size - 1)
    chi_squared = sum((places[n] - expected) ** 2 / expected for n in range(1, size))
    # The quantile of three degrees of freedom that chance exceeds once in a million.
    assert chi_squared < 30.7


def test_a_report_names_the_operator_and_what_it_took() -> None:
    settings = scrim.mask_settings(
        KEY, columns={"email": "contact.email"}, operators={"contact.email": "drop_column"}
    )
    masker = scrim.BatchMasker(PEOPLE.schema, settings)
    masker.mask(PEOPLE.to_batches()[0])
    (report,) = [one for one in masker.columns if one.path == "email"]
    assert report.operator == "drop_column"
    assert report.counts.masked == ROWS - ROWS // 5
    assert masker.masked_schema.names == ["id", "city"]
