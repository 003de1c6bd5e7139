"""Every type of Arrow keeps its type, its NULLs and its rows, and shows no raw value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrim

KEY = bytes(range(32))
UTC = dt.UTC
TEXTS = ["ana@corp.example", None, "bob@corp.example", "", "zoe@corp.example"]
NUMBERS = [1, None, 77, 0, 127]
VALUES: dict[str, tuple[list[Any], Any]] = {
    "string": (TEXTS, pa.string()),
    "large_string": (TEXTS, pa.large_string()),
    "string_view": (TEXTS, pa.string_view()),
    "dictionary": (TEXTS, pa.dictionary(pa.int8(), pa.string())),
    "binary": ([b"a", None, b"bb", b"", b"\xff" * 9], pa.binary()),
    "large_binary": ([b"a", None, b"bb", b"", b"\xff" * 9], pa.large_binary()),
    "binary_view": ([b"a", None, b"bb", b"", b"\xff" * 9], pa.binary_view()),
    "fixed_binary": ([b"abc", None, b"xyz", b"\0\0\0", b"abc"], pa.binary(3)),
    **{
        str(t): (NUMBERS, t)
        for t in (
            *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
            *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        )
    },
    **{
        str(t): ([1.5, None, -2.25, 0.0, 1e4], t)
        for t in (pa.float16(), pa.float32(), pa.float64())
    },
    **{
        str(t): ([Decimal("1.50"), None, Decimal("-7.25"), Decimal("0.00"), Decimal("99.99")], t)
        for t in (
            *(pa.decimal32(6, 2), pa.decimal64(12, 2), pa.decimal128(38, 2)),
            pa.decimal256(76, 2),
        )
    },
    **{
        str(t): ([dt.date(1980, 1, 2), None, dt.date(1950, 1, 1), dt.date(2049, 12, 31)], t)
        for t in (pa.date32(), pa.date64())
    },
    **{
        str(t): ([dt.datetime(1980, 1, 2, 3, 4, 5), None, dt.datetime(2040, 1, 1)], t)  # noqa: DTZ001
        for t in map(pa.timestamp, ("s", "ms", "us", "ns"))
    },
    "zoned": ([dt.datetime(1980, 1, 2, tzinfo=UTC), None], pa.timestamp("us", tz="Europe/Paris")),
    "time32": ([dt.time(1, 2, 3), None], pa.time32("ms")),
    "time64": ([dt.time(1, 2, 3, 4), None], pa.time64("us")),
    "bool": ([True, None, False], pa.bool_()),
    "null": ([None, None], pa.null()),
    "list": ([TEXTS, None, [], ["x"]], pa.list_(pa.string())),
    "large_list": ([TEXTS, None, [], ["x"]], pa.large_list(pa.string())),
    "fixed_list": ([["a", "b"], None, ["c", None]], pa.list_(pa.string(), 2)),
    "struct": (
        [{"a": "x", "b": 1}, None, {"a": None, "b": 2}],
        pa.struct({"a": "string", "b": "int64"}),
    ),
    "map": ([[("k", "v")], None, [], [("l", None)]], pa.map_(pa.string(), pa.string())),
    "nested": (
        [[{"a": ["x", None]}], None, [None, {"a": None}]],
        pa.list_(pa.struct({"a": pa.list_(pa.string())})),
    ),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("start", [0, 1, 2])
def test_a_masked_column_has_the_type_and_the_rows_that_it_had(name: str, start: int) -> None:
    values, arrow_type = VALUES[name]
    array = pa.array(values * 9, arrow_type).slice(start)
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    columns = {} if name == "null" else {"c": "person.employee_number"}
    masked = scrim.mask(batch, key=KEY, columns=columns)
    masked.validate(full=True)
    assert masked.schema == batch.schema
    assert masked.num_rows == batch.num_rows
    raw, new = batch["c"].to_pylist(), masked["c"].to_pylist()
    assert all(after is None for before, after in zip(raw, new, strict=True) if before is None)
    if name not in {"null", "bool"}:
        assert new != raw


@pytest.mark.parametrize("name", VALUES)
def test_a_slice_is_masked_like_the_whole(name: str) -> None:
    values, arrow_type = VALUES[name]
    if name == "null":
        return
    array = pa.array(values * 5, arrow_type)
    whole = scrim.mask(
        pa.RecordBatch.from_arrays([array], names=["c"]), key=KEY, columns={"c": "financial.cvv"}
    )["c"].to_pylist()
    for start, length in ((3, 4), (8, 2), (len(array), 0)):
        part = pa.RecordBatch.from_arrays([array.slice(start, length)], names=["c"])
        masked = scrim.mask(part, key=KEY, columns={"c": "financial.cvv"})
        assert masked["c"].to_pylist() == whole[start : start + length]


@pytest.mark.parametrize(
    ("arrow_type", "values"),
    [
        (pa.duration("s"), [dt.timedelta(1), None]),
        (pa.binary(5000), [b"x" * 5000, None]),
    ],
    ids=str,
)
def test_what_has_no_masked_form_becomes_null_and_is_counted(
    arrow_type: Any,  # noqa: ANN401
    values: list[Any],
) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(values, arrow_type)], names=["c"])
    masker = scrim.BatchMasker(batch.schema, scrim.mask_settings(KEY, columns={"c": "person.age"}))
    assert masker.mask(batch)["c"].to_pylist() == [None, None]
    (report,) = masker.columns
    assert report.counts.nulled == 1
    assert report.null_reason.startswith("no valid replacement of type")


def test_a_column_that_allows_no_null_is_refused_where_a_value_has_no_masked_form() -> None:
    schema = pa.schema([pa.field("c", pa.duration("s"), nullable=False)])
    batch = pa.RecordBatch.from_arrays(
        [pa.array([dt.timedelta(1)], pa.duration("s"))], schema=schema
    )
    with pytest.raises(scrim.ArrowError, match="column c: some values have no replacement"):
        scrim.mask(batch, key=KEY, columns={"c": "person.age"})


@pytest.mark.parametrize(
    "arrow_type", [pa.list_view(pa.string()), pa.dense_union([pa.field("a", pa.string())])], ids=str
)
def test_a_type_that_cannot_be_masked_is_refused(arrow_type: Any) -> None:  # noqa: ANN401
    schema = pa.schema([pa.field("c", arrow_type)])
    with pytest.raises(scrim.ArrowError, match="column c: there is no way to mask the type"):
        scrim.BatchMasker(schema, scrim.mask_settings(KEY))


def test_a_half_that_a_replacement_does_not_fit_becomes_null_and_is_counted() -> None:
    values = [float(n) for n in range(10_000, 65_000, 500)]
    batch = pa.RecordBatch.from_arrays([pa.array(values, pa.float16())], names=["c"])
    masker = scrim.BatchMasker(batch.schema, scrim.mask_settings(KEY, columns={"c": "person.age"}))
    masked = masker.mask(batch)["c"].to_pylist()
    assert all(one is None or abs(one) <= 65_504 for one in masked)
    counts = masker.columns[0].counts
    assert counts.nulled == masked.count(None) > 0
    assert counts.masked + counts.nulled == len(values)


def test_null_among_values_of_a_dictionary_comes_into_the_rows() -> None:
    array = pa.array(["a", "b", None, "a"]).dictionary_encode()
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    masked = scrim.mask(
        batch, key=KEY, columns={"c": "person.full"}, operators={"person.full": "null"}
    )
    assert masked["c"].to_pylist() == [None] * 4
    assert masked.schema == batch.schema


def test_runs_are_masked() -> None:
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], ["ana@corp.example", None])
    batch = pa.RecordBatch.from_arrays([runs], names=["email"])
    masked = scrim.mask(batch, key=KEY)
    assert masked.schema == batch.schema
    first, second, third = masked["email"].to_pylist()
    assert first == second != "ana@corp.example"
    assert third is None


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=50))
def test_any_text_is_masked_in_any_layout(texts: list[str | None]) -> None:
    results = []
    for arrow_type in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        array = pa.array(texts, pa.string()).cast(arrow_type)
        batch = pa.RecordBatch.from_arrays([array], names=["c"])
        masked = scrim.mask(batch, key=KEY, columns={"c": "contact.city"})
        masked.validate(full=True)
        results.append(masked["c"].to_pylist())
    assert results[0] == results[1] == results[2]
    assert [one is None for one in results[0]] == [one is None for one in texts]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=50))
def test_whole_numbers_are_masked_alike_in_every_type_that_holds_them(numbers: list[int]) -> None:
    def masked(arrow_type: Any) -> list[Any]:  # noqa: ANN401
        batch = pa.RecordBatch.from_arrays([pa.array(numbers, arrow_type)], names=["c"])
        found: list[Any] = scrim.mask(batch, key=KEY, columns={"c": "person.age"})["c"].to_pylist()
        return found

    found = masked(pa.int64())
    assert [None if one is None else int(one) for one in masked(pa.decimal128(38, 0))] == found
    for raw, new in zip(numbers, found, strict=True):
        assert new is None or (new != raw and len(str(new)) == len(str(raw)))
