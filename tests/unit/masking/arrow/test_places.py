"""Every type of Arrow comes out as it came in, or is refused in words, whatever the operator."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

import scrim

KEY = bytes(range(32))
TEXTS = ["ann@shop.example", "bob@shop.example", None, "cid@shop.example", "ann@shop.example"]
BYTES = [None if text is None else text.encode() for text in TEXTS]
NUMBERS = [None if text is None else Decimal(len(text) + at) for at, text in enumerate(TEXTS)]
LISTS = [None if text is None else [text, text] for text in TEXTS]
ENDS = pa.array(range(1, len(TEXTS) + 1), pa.int32())
UUIDS = [None if text is None else UUID(int=at).bytes for at, text in enumerate(TEXTS)]
JSON = [None if text is None else f'{{"a": "{text}"}}' for text in TEXTS]


def runs(values: Any) -> Any:  # noqa: ANN401
    return pa.RunEndEncodedArray.from_arrays(ENDS, values)


def pointed(kind: Any) -> Any:  # noqa: ANN401
    different = pa.array([*TEXTS[:2], TEXTS[3]], pa.string()).cast(kind)
    indices = pa.array([0, 1, None, 2, 0], pa.int8())
    return pa.DictionaryArray.from_arrays(indices, different)


def numbers(width: str) -> Any:  # noqa: ANN401
    return pa.array(NUMBERS, getattr(pa, f"decimal{width}")(7, 2))


PLAIN = {
    "string": pa.array(TEXTS),
    "string_view": pa.array(TEXTS, pa.string_view()),
    "binary_view": pa.array(BYTES, pa.binary_view()),
    "decimal32": numbers("32"),
    "decimal64": numbers("64"),
    "decimal256": numbers("256"),
    "dictionary": pointed(pa.string()),
    "dictionary of views": pointed(pa.string_view()),
    "dictionary of decimals": numbers("32").cast(pa.decimal128(7, 2)).dictionary_encode(),
    "runs": runs(pa.array(TEXTS)),
    "runs of views": runs(pa.array(TEXTS, pa.string_view())),
    "runs of decimals": runs(numbers("64")),
    "runs of dictionaries": runs(pointed(pa.string())),
    "uuid": pa.array(UUIDS, pa.uuid()),
    "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(JSON)),
    "json of views": pa.ExtensionArray.from_storage(
        pa.json_(pa.string_view()), pa.array(JSON, pa.string_view())
    ),
    "dictionary of uuids": pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None, 2, 0], pa.int32()),
        pa.array([UUIDS[0], UUIDS[1], UUIDS[3]], pa.uuid()),
    ),
}
"""Types without others inside that hold one value a row."""
NESTED = {
    "list": pa.array(LISTS, pa.list_(pa.string())),
    "list of views": pa.array(LISTS, pa.list_(pa.string_view())),
    "large_list": pa.array(LISTS, pa.large_list(pa.string_view())),
    "fixed_size_list": pa.array(LISTS, pa.list_(pa.string_view(), 2)),
    "list of runs": pa.ListArray.from_arrays(pa.array(range(6), pa.int32()), PLAIN["runs"]),
    "list of decimals": pa.array([[one] for one in NUMBERS], pa.list_(pa.decimal32(7, 2))),
    "struct of views": pa.StructArray.from_arrays([PLAIN["string_view"]], ["a"]),
    "struct of runs": pa.StructArray.from_arrays([PLAIN["runs"]], ["a"]),
    "runs of structs": runs(pa.array([{"a": text} for text in TEXTS])),
    "runs of lists": runs(pa.array(LISTS)),
    "map": pa.array(
        [None if text is None else [("k", text)] for text in TEXTS],
        pa.map_(pa.string(), pa.string_view()),
    ),
}
REFUSED = {
    "list_view": pa.array(LISTS, pa.list_view(pa.string())),
    "union": pa.UnionArray.from_sparse(
        pa.array([0, 1, 0, 1, 0], pa.int8()), [pa.array(TEXTS), pa.array(range(5))]
    ),
}
EVERY = PLAIN | NESTED
OPERATORS = ("auto", "redact", "null", "shuffle", "drop_row")


def masked(array: Any, operator: str) -> Any:  # noqa: ANN401
    batch = pa.RecordBatch.from_arrays([array, pa.array(range(len(array)))], names=["c", "n"])
    entity = {"c": "contact.email"}
    new = scrim.mask(
        batch, key=KEY, columns=entity, keep=["n"], operators={"contact.email": operator}
    )
    new.validate(full=True)
    return new


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", EVERY)
def test_a_column_of_any_type_keeps_it(name: str, operator: str) -> None:
    array = EVERY[name]
    if name == "map" and operator == "null":
        with pytest.raises(scrim.ArrowError, match="key of the map"):
            masked(array, operator)
        return
    for part in (array, array.slice(1, 3), array.slice(0, 0)):
        new = masked(part, operator)
        assert new["c"].type == array.type
        if operator != "drop_row":
            assert new["n"].to_pylist() == list(range(len(part)))


@pytest.mark.parametrize("name", PLAIN)
def test_rows_with_a_value_are_left_out_of_any_type(name: str) -> None:
    new = masked(PLAIN[name], "drop_row")
    assert new["n"].to_pylist() == [2]
    assert new["c"].to_pylist() == [None]


@pytest.mark.parametrize("name", EVERY)
def test_rows_are_left_out_beside_any_type(name: str) -> None:
    batch = pa.RecordBatch.from_arrays([EVERY[name], PLAIN["string"]], names=["c", "email"])
    new = scrim.mask(
        batch,
        key=KEY,
        keep=["c"],
        columns={"email": "contact.email"},
        operators={"contact.email": "drop_row"},
    )
    assert new["c"].to_pylist() == EVERY[name].slice(2, 1).to_pylist()


@pytest.mark.parametrize("name", PLAIN)
def test_values_of_any_type_change_places(name: str) -> None:
    raw = PLAIN[name].to_pylist()
    new = masked(PLAIN[name], "shuffle")["c"].to_pylist()
    assert new != raw
    assert new[2] is None
    assert sorted(map(str, new)) == sorted(map(str, raw))


@pytest.mark.parametrize("name", EVERY)
def test_a_table_of_batches_is_decided_by_rows_of_all_of_them(name: str) -> None:
    batch = pa.RecordBatch.from_arrays([EVERY[name]], names=["c"])
    table = pa.Table.from_batches([batch, batch.slice(1, 2), batch.slice(0, 0), batch])
    new = scrim.mask(table, key=KEY)
    assert new.schema == table.schema
    assert len(new) == len(table)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("operator", OPERATORS)
def test_types_that_cannot_be_masked_are_refused_by_name(name: str, operator: str) -> None:
    with pytest.raises(scrim.ArrowError, match="column c: there is no way to mask the type"):
        masked(REFUSED[name], operator)
