"""Operators on whole columns: those that leave out columns and rows, and the one that shuffles."""

import hashlib
import json
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from scrim.kernel import Masker, Plan
from scrim.masking.arrow.cells import Array
from scrim.masking.arrow.kinds import ArrowType
from scrim.masking.arrow.places import decoded, in_dictionary, in_runs, taken, wider
from scrim.masking.choice import DROP_COLUMN, DROP_ROW

SHUFFLE: Final = "shuffle"
WHOLE: Final = frozenset({DROP_COLUMN, DROP_ROW, SHUFFLE})
_WEIGHT_BYTES: Final = 8
_SEED_CHARACTERS: Final = 64
_FEWEST: Final = 2
"""Different values of which one can be put in the place of another."""


def shuffled(array: Array, domain: str, masker: Masker) -> Array | None:
    """Return the values of an array at other places; None where they are all the same.

    NULL stays where it is, and every value goes to another place: the places are put in an order
    that nobody knows without the key, and each gets the value of the one behind it. Weights of that
    order come from the key and the values, so that equal arrays are shuffled alike.

    Args:
        array: The values.
        domain: The semantic domain whose key is used.
        masker: The tenant's keys.
    """
    plain = _plain(array)
    if pa.types.is_nested(plain.type):
        # Those with others inside are taken for the same.
        return None
    present = plain.drop_null()
    if pc.count_distinct(present).as_py() < _FEWEST:
        return None
    weights = hashlib.shake_256(_seed(present, domain, masker)).digest(len(present) * _WEIGHT_BYTES)
    buffers = [None, pa.py_buffer(weights)]
    order = pc.array_sort_indices(pa.Array.from_buffers(pa.uint64(), len(present), buffers))
    places = plain.is_valid().cast(pa.int64())
    # `order[i]` is the place that gets the value of `order[i + 1]`.
    behind = pa.concat_arrays([order.slice(1), order.slice(0, 1)])
    source = behind.take(pc.array_sort_indices(order))
    moved = present.take(source)
    if len(present) < len(plain):
        rank = pc.subtract(pc.cumulative_sum(places), 1)
        moved = moved.take(pc.if_else(plain.is_valid(), rank, None))
    return _like(moved, array.type)


def _seed(present: Array, domain: str, masker: Masker) -> bytes:
    """Return what nobody can compute of values without the key."""
    batch = pa.RecordBatch.from_arrays([pa.concat_arrays([present])], names=["v"])
    digest = hashlib.sha256(batch.serialize()).hexdigest()
    rule = {
        "action": "mask",
        "type": {"kind": "text"},
        "operator": {"name": "hash", "length": _SEED_CHARACTERS, "exact": True},
        "domain": domain,
    }
    plan = Plan(json.dumps({"columns": [rule]}), masker)
    text = f"shuffle {digest}".encode()
    offsets = b"".join(at.to_bytes(4, "little") for at in (0, len(text)))
    buffers, _ = plan.mask_texts(0, offsets, text, None)
    if buffers is None:
        raise ValueError("the order of a shuffle has no key")
    return bytes(buffers[1])


def _plain(array: Array) -> Array:
    """Return an array whose values stand for themselves."""
    while True:
        if isinstance(array.type, pa.BaseExtensionType):
            array = array.storage
        elif pa.types.is_dictionary(array.type):
            array = taken(array.dictionary, array.indices)
        elif pa.types.is_run_end_encoded(array.type):
            array = decoded(array)
        else:
            return array.cast(wider(array.type))


def _like(array: Array, kind: ArrowType) -> Array:
    """Return plain values in the type of what they are from."""
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _like(array, kind.storage_type))
    if pa.types.is_dictionary(kind):
        return in_dictionary(_like(array, kind.value_type), kind)
    if pa.types.is_run_end_encoded(kind):
        return in_runs(_like(array, kind.value_type), kind)
    return array.cast(kind)
