"""Columns of Arrow that are masked by what stands beside them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

import scrim
from scrim.masking.arrow.cells import ArrowError

KEY = bytes(range(32))
SHIFT = {"name": "date_shift", "subject": "id", "max_days": 40}
DAY = dt.date(2024, 2, 29)


def masked(
    table: pa.Table, columns: dict[str, str], operators: dict[str, Any] | None = None
) -> pa.Table:
    """Mask some columns and keep all others."""
    keep = [
        name for name in table.column_names if not any(c.split(".")[0] == name for c in columns)
    ]
    return scrim.mask(
        table,
        key=KEY,
        columns=columns,
        keep=keep,
        operators=operators or {"person.birth_date": SHIFT},
    )


def shifts(subjects: Any) -> list[int]:  # noqa: ANN401 - an array of Arrow
    """Return how far the date of each subject moves."""
    table = pa.table({"id": subjects, "born": pa.array([DAY] * len(subjects))})
    found = masked(table, {"born": "person.birth_date"})["born"].to_pylist()
    return [(day - DAY).days for day in found]


def test_one_subject_is_one_in_every_type() -> None:
    expected = shifts(pa.array([7, 8, None], pa.int32()))
    assert len(set(expected)) == 3
    assert all(1 <= abs(days) <= 40 for days in expected)
    for subjects in (
        pa.array([7, 8, None], pa.int64()),
        pa.array([7, 8, None], pa.uint8()),
        pa.array([7, 8, None], pa.decimal128(9, 2)),
        pa.array([7, 8, None], pa.float64()),
        pa.array([7, 8, float("nan")], pa.float64()),
        pa.array([7, 8, None], pa.float32()),
        pa.array(["7.0", "8.00", None], pa.string()),
        pa.array(["7", " 8", None], pa.string()),
        pa.array(["7", "8", ""], pa.large_string()),
        pa.array(["7", "8", None], pa.string_view()),
        pa.array(["7", "8", None]).dictionary_encode(),
        pa.array(["x", "7", "8", None])[1:],
    ):
        assert shifts(subjects) == expected, subjects.type


def test_what_names_nobody_counts_as_no_subject() -> None:
    (alone,) = shifts(pa.array([None], pa.int32()))
    assert shifts(pa.array([float("inf")])) == [alone]
    assert shifts(pa.array([[1]])) == [alone]
    table = pa.table({"other": pa.array([1]), "born": pa.array([DAY])})
    (day,) = masked(table, {"born": "person.birth_date"})["born"].to_pylist()
    assert (day - DAY).days == alone


def test_a_subject_may_be_masked_itself() -> None:
    table = pa.table({"id": pa.array([7, 8]), "born": pa.array([DAY, DAY])})
    found = masked(table, {"born": "person.birth_date", "id": "person.employee_number"})
    assert found["id"].to_pylist() != [7, 8]
    assert [(day - DAY).days for day in found["born"].to_pylist()] == shifts(pa.array([7, 8]))


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.date32()),
        pa.large_list(pa.date32()),
        pa.list_(pa.list_(pa.date32())),
        pa.map_(pa.string(), pa.date32()),
    ],
    ids=str,
)
def test_what_is_inside_of_lists_moves_with_its_row(kind: pa.DataType) -> None:
    rows: list[Any] = [[DAY, None], None, [], [DAY], [DAY, DAY]]
    if pa.types.is_map(kind):
        rows = [None if row is None else list(zip("ab", row, strict=False)) for row in rows]
    elif pa.types.is_list(kind.value_type):
        rows = [None if row is None else [row, None, []] for row in rows]
    table = pa.table({"id": pa.array([0, 7, 7, 7, 8, 9]), "seen": pa.array([[], *rows], kind)})[1:]
    seven, eight, nine = shifts(pa.array([7, 8, 9]))
    found = masked(table, {"seen": "person.birth_date"})["seen"]
    assert found.type == kind

    def flat(value: Any) -> list[int | None]:  # noqa: ANN401 - lists of any depth
        if isinstance(value, tuple):
            value = value[1]
        if isinstance(value, list):
            return [day for one in value for day in flat(one)]
        return [None if value is None else (value - DAY).days]

    moved = [flat(row) for row in found.to_pylist()]
    there = [[day for day in row if day is not None] for row in moved]
    assert there == [[seven], [], [], [eight], [nine, nine]]


def test_items_of_lists_of_one_size_move_with_their_row() -> None:
    kind = pa.list_(pa.date32(), 2)
    table = pa.table({"id": pa.array([7, 8]), "seen": pa.array([[DAY, None], [DAY, DAY]], kind)})
    seven, eight = (dt.timedelta(days) for days in shifts(pa.array([7, 8])))
    found = masked(table, {"seen": "person.birth_date"})["seen"].to_pylist()
    assert found == [[DAY + seven, None], [DAY + eight] * 2]


def test_a_field_finds_its_sibling_before_the_column() -> None:
    rows = [{"id": 7, "born": DAY}, {"id": None, "born": DAY}, None]
    table = pa.table({"id": pa.array([8, 8, 8]), "who": pa.array(rows)})
    found = masked(table, {"who.born": "person.birth_date"})["who"].to_pylist()
    seven, alone = shifts(pa.array([7, None]))
    assert [row and (row["born"] - DAY).days for row in found] == [seven, alone, None]
    rows = [{"born": DAY}]
    table = pa.table({"id": pa.array([8]), "who": pa.array(rows)})
    found = masked(table, {"who.born": "person.birth_date"})["who"].to_pylist()
    assert [(row["born"] - DAY).days for row in found] == shifts(pa.array([8]))


def test_dictionaries_have_a_value_for_each_replacement() -> None:
    kind = pa.dictionary(pa.int8(), pa.date32())

    def born(*days: int | None) -> pa.DictionaryArray:
        values = pa.array([DAY + dt.timedelta(n) for n in range(100)])
        return pa.DictionaryArray.from_arrays(pa.array(days, pa.int8()), values)

    table = pa.table({"id": pa.array([7, 8, 7]), "born": born(0, 0, None)})
    found = masked(table, {"born": "person.birth_date"})["born"]
    assert found.type == kind
    days = [day and (day - DAY).days for day in found.to_pylist()]
    assert days == [*shifts(pa.array([7, 8])), None]
    days = born(*(n % 100 for n in range(400)))
    many = pa.table({"id": pa.array(range(400)), "born": days})
    with pytest.raises(ArrowError, match="more replacements than"):
        masked(many, {"born": "person.birth_date"})


def test_values_that_repeat_in_runs_are_taken_one_by_one() -> None:
    born = pa.RunEndEncodedArray.from_arrays(pa.array([3], pa.int32()), pa.array([DAY]))
    table = pa.table({"id": pa.array([7, 8, 8]), "born": born})
    found = masked(table, {"born": "person.birth_date"})["born"].to_pylist()
    seven, eight = shifts(pa.array([7, 8]))
    assert [(day - DAY).days for day in found] == [seven, eight, eight]


def test_another_column_chooses_the_operator() -> None:
    choice = {
        "name": "by_row",
        "column": ["sort", "kind"],
        "cases": {"person": "name", "firm": "company", "gone": "null"},
        "otherwise": "redact",
    }
    kinds = ["person", "Firm ", "gone", "odd", None]
    table = pa.table({"kind": kinds, "who": ["Ada Lovelace"] * 5})
    found = masked(table, {"who": "person.full"}, {"person.full": choice})["who"].to_pylist()
    plain = [
        masked(table, {"who": "person.full"}, {"person.full": name})["who"].to_pylist()[0]
        for name in ("name", "company", "null", "redact")
    ]
    assert found == [*plain, plain[-1]]


def test_a_stream_in_batches_is_masked_like_a_table() -> None:
    table = pa.table(
        {"id": pa.array(range(50)), "born": pa.array([DAY + dt.timedelta(n) for n in range(50)])}
    )
    options: dict[str, Any] = {
        "key": KEY,
        "columns": {"born": "person.birth_date"},
        "keep": ["id"],
        "operators": {"person.birth_date": SHIFT},
    }
    whole = scrim.mask(table, **options)
    parts = list(scrim.mask(iter(table.to_batches(max_chunksize=7)), **options))
    assert pa.Table.from_batches(parts).equals(whole.combine_chunks())


def test_parts_of_a_name_are_those_of_the_full_name_of_their_row() -> None:
    rows = {
        "full_name": ["Zelda Fitzgerald", "Miller, Susan", None],
        "first": ["Zelda", "Susan", "Zelda"],
        "last": ["Fitzgerald", "Miller", "Fitzgerald"],
    }
    columns = {"full_name": "person.full", "first": "person.given", "last": "person.family"}
    of = {"of": ["name", "full_name"]}
    operators: dict[str, Any] = {
        "person.given": {"name": "name", "part": "given", **of},
        "person.family": {"name": "name", "part": "family", **of},
    }
    found = masked(pa.table(rows), columns, operators).to_pydict()
    whole = [f"{a} {b}" for a, b in zip(found["first"], found["last"], strict=True)]
    assert whole[:2] == found["full_name"][:2]
    assert not {"Zelda", "Susan", "Fitzgerald", "Miller"} & {*found["first"], *found["last"]}
