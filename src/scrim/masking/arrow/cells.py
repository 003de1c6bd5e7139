"""Hands one array without others inside to the kernel, and builds the masked one from its answer.

The kernel gets copies of the array's buffers, cut to its rows, and gives bytes that become the new
buffers as they are. One call masks all rows of an array.
"""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from scrim.kernel import Beside
from scrim.masking.arrow.kinds import LeafType
from scrim.masking.plans import Plan

_LARGEST_HALF: Final = 65_504.0
"""The largest number of the half precision of IEEE 754."""
Array = Any
"""An array of pyarrow, which declares none for checkers."""


class ArrowError(ValueError):
    """A batch cannot be masked; the message names columns and types and no value."""


@dataclass(slots=True)
class Counts:
    """What became of the values of a column.

    Attributes:
        values: Values that there were, without NULLs.
        masked: Values that were replaced.
        nulled: Values that became NULL.
        searched: Values in which a search replaced something.
    """

    values: int = 0
    masked: int = 0
    nulled: int = 0
    searched: int = 0


def mask_array(
    array: Array, leaf: LeafType, plan: Plan, counts: Counts, beside: Beside | None = None
) -> Array:
    """Return an array with every value replaced as a plan of one column says.

    Args:
        array: Values of one type without others inside.
        leaf: How that type is masked.
        plan: The plan; the array itself is returned where nothing differs.
        counts: Is added to.
        beside: The column that the plan's rule looks at, of as many rows.

    Raises:
        ArrowError: If the masked values are longer than an array of the type can be.
    """
    present = len(array) - array.null_count
    counts.values += present
    if present == 0 or plan.passes:
        return array
    if leaf.layout is None:
        counts.nulled += present
        return pa.nulls(len(array), array.type)
    stored = _stored(array, leaf)
    try:
        masked = _texts(stored, leaf, plan, counts, beside) if not leaf.layout else None
        if leaf.layout:
            masked = _fixed(stored, leaf.layout, plan, counts, beside)
    except ValueError as error:
        raise ArrowError(f"{error}; pass smaller batches") from None
    if masked is None:
        return array
    if masked.type == array.type:
        return masked
    fitted = _back(masked, array.type)
    lost = fitted.null_count - masked.null_count
    counts.nulled += lost
    counts.masked -= lost
    return fitted


def beside_of(array: Array, leaf: LeafType) -> Beside | None:
    """Return a column as the kernel reads it beside another; None if its values say nothing.

    Args:
        array: Values of one type without others inside.
        leaf: How that type is read.
    """
    if leaf.layout is None:
        return None
    stored = _stored(array, leaf)
    if leaf.layout:
        data, bits, first = _fixed_buffers(stored)
        return Beside(leaf.layout, b"", data, bits, first=first)
    offsets, data, bits, first, wide = _text_buffers(stored)
    return Beside(None, offsets, data, bits, first=first, wide=wide, binary=leaf.binary)


def _stored(array: Array, leaf: LeafType) -> Array:
    return array if array.type == leaf.storage else array.cast(leaf.storage)


def _text_buffers(array: Array) -> tuple[bytes, bytes, bytes | None, int, bool]:
    wide = array.type in {pa.large_string(), pa.large_binary()}
    size = 8 if wide else 4
    validity, offset_buffer, data_buffer = array.buffers()
    offsets = offset_buffer.slice(array.offset * size, (len(array) + 1) * size).to_pybytes()
    start = int.from_bytes(offsets[:size], "little")
    end = int.from_bytes(offsets[-size:], "little")
    data = b"" if data_buffer is None else data_buffer.slice(start, end - start).to_pybytes()
    bits, first = _validity(validity, array)
    return offsets, data, bits, first, wide


def _texts(
    array: Array, leaf: LeafType, plan: Plan, counts: Counts, beside: Beside | None
) -> Array | None:
    offsets, data, bits, first, wide = _text_buffers(array)
    buffers, counted = plan.mask_texts(
        0, offsets, data, bits, first=first, wide=wide, binary=leaf.binary, beside=beside
    )
    _add(counts, counted)
    if buffers is None:
        return None
    masked_offsets, masked_data, masked_bits = map(_buffer, buffers)
    return pa.Array.from_buffers(array.type, len(array), [masked_bits, masked_offsets, masked_data])


def _fixed_buffers(array: Array) -> tuple[bytes, bytes | None, int]:
    width = array.type.bit_width // 8
    validity, data_buffer = array.buffers()
    data = data_buffer.slice(array.offset * width, len(array) * width).to_pybytes()
    return data, *_validity(validity, array)


def _fixed(
    array: Array, layout: str, plan: Plan, counts: Counts, beside: Beside | None
) -> Array | None:
    data, bits, first = _fixed_buffers(array)
    buffers, counted = plan.mask_fixed(0, layout, data, bits, first=first, beside=beside)
    _add(counts, counted)
    if buffers is None:
        return None
    _, masked_data, masked_bits = map(_buffer, buffers)
    return pa.Array.from_buffers(array.type, len(array), [masked_bits, masked_data])


def _validity(buffer: Any, array: Array) -> tuple[bytes | None, int]:  # noqa: ANN401 - pyarrow
    if buffer is None:
        return None, 0
    start, first = divmod(array.offset, 8)
    return buffer.slice(start, (first + len(array) + 7) // 8).to_pybytes(), first


def _buffer(content: bytes | None) -> Any:  # noqa: ANN401 - pyarrow
    return None if content is None else pa.py_buffer(content)


def _add(counts: Counts, counted: tuple[int, int, int]) -> None:
    masked, nulled, searched = counted
    counts.masked += masked
    counts.nulled += nulled
    counts.searched += searched


def _back(masked: Array, wanted: Any) -> Array:  # noqa: ANN401 - pyarrow
    """Cast to the column's own type; bytes of a fixed width are cut to it.

    What does not fit becomes NULL.
    """
    if pa.types.is_float16(wanted):
        return pc.if_else(pc.less_equal(pc.abs(masked), _LARGEST_HALF), masked, None).cast(wanted)
    if pa.types.is_fixed_size_binary(wanted):
        width = wanted.byte_width
        cut = pc.binary_slice(masked, 0, width)
        fits = pc.equal(pc.binary_length(cut), width)
        return pc.if_else(fits, cut, None).cast(wanted)
    return masked.cast(wanted)
