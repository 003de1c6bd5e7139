"""Takes rows of arrays of every type, also of those for which pyarrow has no such function.

plain types                -> pyarrow's own
views of texts and bytes   -> by way of the large ones
dictionaries, extensions   -> what they point to stays, the rows are taken
runs                       -> the value of each row is taken
others with one of those   -> row by row, as slices
"""

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from scrim.masking.arrow.cells import Array, ArrowError
from scrim.masking.arrow.kinds import ArrowType

_MISSING: Final = (pa.ArrowNotImplementedError, pa.ArrowKeyError)
"""What pyarrow raises where a function does not know a type."""


def taken(array: Array, rows: Array) -> Array:
    """Return the values of some rows, of the same type.

    Args:
        array: The values.
        rows: Numbers of rows, in the order wanted; NULL for what shall be NULL.

    Raises:
        ArrowError: If there is no way to take rows of the type.
    """
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, taken(array.storage, rows))
    if pa.types.is_dictionary(kind):
        indices = array.indices.take(rows)
        return pa.DictionaryArray.from_arrays(indices, array.dictionary, ordered=kind.ordered)
    if pa.types.is_run_end_encoded(kind):
        return in_runs(taken(decoded(array), rows), kind)
    wide = wider(kind)
    if wide != kind:
        return array.cast(wide).take(rows).cast(kind)
    try:
        return array.take(rows)
    except _MISSING:
        return _pieced(array, rows)


def taken_rows(batch: Any, rows: Array) -> Any:  # noqa: ANN401 - pyarrow
    """Return some rows of a record batch; parameters are those of `taken`."""
    columns = [taken(column, rows) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def every(table: Any, step: int) -> Any:  # noqa: ANN401 - pyarrow
    """Return each of so many rows of a table as a record batch.

    Args:
        table: The table.
        step: Of how many rows one is taken.

    Raises:
        ArrowError: If there is no way to put together rows of a type.
    """
    pieces, first = [], 0
    for batch in table.to_batches():
        rows = pa.array(range(first, batch.num_rows, step), pa.int64())
        pieces.append(taken_rows(batch, rows))
        first += len(rows) * step - batch.num_rows
    columns = [_together([piece[at] for piece in pieces]) for at in range(table.num_columns)]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def decoded(array: Array) -> Array:
    """Return the value of each row of an array of runs."""
    count = len(array.values)
    numbers = pa.array(range(count), pa.int64())
    runs = pa.RunEndEncodedArray.from_arrays(array.run_ends, numbers)
    return taken(array.values, pc.run_end_decode(runs.slice(array.offset, len(array))))


def in_runs(values: Array, kind: ArrowType) -> Array:
    """Return values in a type of runs.

    Args:
        values: The value of each row.
        kind: The type.
    """
    try:
        return pc.run_end_encode(values, run_end_type=kind.run_end_type).cast(kind)
    except _MISSING:
        # Each row is a run of its own.
        ends = pa.array(range(1, len(values) + 1), pa.int64()).cast(kind.run_end_type)
        return pa.RunEndEncodedArray.from_arrays(ends, values, type=kind)


def in_dictionary(values: Array, kind: ArrowType) -> Array:
    """Return values in a type of dictionaries.

    Args:
        values: The value of each row.
        kind: The type.

    Raises:
        ArrowError: If there are more different values than it has room for.
    """
    inner = values.type
    try:
        if isinstance(inner, pa.BaseExtensionType):
            own = pa.dictionary(kind.index_type, inner.storage_type, ordered=kind.ordered)
            stored = in_dictionary(values.storage, own)
            indices = stored.indices
            different = pa.ExtensionArray.from_storage(inner, stored.dictionary)
        else:
            encoded = _encodable(values).dictionary_encode()
            indices = encoded.indices.cast(kind.index_type)
            different = encoded.dictionary.cast(kind.value_type)
    except pa.ArrowInvalid:
        raise ArrowError(
            f"there are more replacements than {kind} has room for; convert the column to its "
            "values"
        ) from None
    except _MISSING:
        raise _no_way(kind) from None
    return pa.DictionaryArray.from_arrays(indices, different, ordered=kind.ordered)


def different(array: Array) -> Array:
    """Return the different values of an array, in any type that holds them."""
    try:
        return _encodable(array).unique()
    except _MISSING:
        raise _no_way(array.type) from None


def wider(kind: ArrowType) -> ArrowType:
    """Return the type of the same values that pyarrow takes rows of; the type itself mostly."""
    if kind == pa.string_view():
        return pa.large_string()
    if kind == pa.binary_view():
        return pa.large_binary()
    return kind


def _encodable(array: Array) -> Array:
    """Return the same values in a type whose values pyarrow can compare."""
    kind = array.type
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return array.cast(pa.decimal128(kind.precision, kind.scale))
    return array.cast(wider(kind))


def _pieced(array: Array, rows: Array) -> Array:
    """Return rows of an array put together from pieces of one row each."""
    pieces = [
        pa.nulls(1, array.type) if row is None else array.slice(row, 1) for row in rows.to_pylist()
    ]
    return _together(pieces) if pieces else array.slice(0, 0)


def _together(pieces: list[Array]) -> Array:
    try:
        return pa.concat_arrays(pieces)
    except (*_MISSING, pa.ArrowInvalid):
        raise _no_way(pieces[0].type) from None


def _no_way(kind: ArrowType) -> ArrowError:
    return ArrowError(
        f"there is no way to choose rows of the type {kind}; leave the column out, or convert it "
        "to another type"
    )
