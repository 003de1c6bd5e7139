"""Walks a type of Arrow, and arrays of it, down to the values that are masked.

Lists, structs, maps and dictionaries keep their layout, and what is inside is masked as if it were
a column of its own: `address.city` is the field of a struct, items of a list share its name, and
`labels.key` are the keys of a map.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from scrim.masking.arrow.cells import Array, ArrowError
from scrim.masking.arrow.kinds import ArrowType, LeafType, leaf_type
from scrim.masking.arrow.places import decoded, in_dictionary, in_runs, taken
from scrim.masking.types import TypeSpec

MAX_DEPTH: Final = 32
"""Types may nest this deep."""
MAX_LEAVES: Final = 10_000
"""Columns, and fields inside them, that a schema may have."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Values that are masked alike; one object for each place in a schema.

    Attributes:
        path: Its name, with those of what it is inside of before it.
        type: How its type is masked.
        arrow_type: Its type.
        key: Whether they are the keys of a map.
        repeated: Whether a row has any number of them, as inside of a list.
    """

    path: str
    type: LeafType
    arrow_type: ArrowType
    key: bool = False
    repeated: bool = False

    @property
    def name(self) -> str:
        """The name of the column, or of the field inside it."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str:
        """The name of what the field is inside of; empty for a column."""
        return self.path.rpartition(".")[0]


Rows = Array | None
"""The row of each of a leaf's values; None where each row has one, in its place."""


class Apply(Protocol):
    """Masks arrays of leaves' values."""

    def __call__(self, leaf: Leaf, array: Array, rows: Rows) -> Array:
        """Return the masked values, as many and in their order."""

    def by_row(self, leaf: Leaf) -> bool:
        """Whether equal values of different rows may have different replacements."""


class Node(Protocol):
    """A type, and the arrays of it."""

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        """Yield the leaves, each with its values if an array is given."""

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        """Return an array whose leaves are masked."""


def build(
    path: str,
    arrow_type: ArrowType,
    specs: Mapping[str, TypeSpec],
    depth: int = 0,
    *,
    repeated: bool = False,
) -> Node:
    """Return the node of a type.

    Args:
        path: What it is called.
        arrow_type: The type.
        specs: What texts are, by path.
        depth: How many types it is inside of.
        repeated: Whether a list is among them.

    Raises:
        ArrowError: If there is no way to mask the type.
    """
    if depth > MAX_DEPTH:
        raise ArrowError(f"column {path}: its type is nested deeper than {MAX_DEPTH} levels")

    def inner(name: str, inside: ArrowType, *, many: bool = False) -> Node:
        return build(name, inside, specs, depth + 1, repeated=repeated or many)

    if pa.types.is_null(arrow_type):
        return _Nothing()
    leaf = leaf_type(arrow_type, specs.get(path))
    if leaf is not None:
        return _Values(Leaf(path, leaf, arrow_type, repeated=repeated))
    for applies, make in _CONTAINERS:
        if applies(arrow_type):
            return make(path, arrow_type, inner)
    raise ArrowError(
        f"column {path}: there is no way to mask the type {arrow_type}; leave the column out, or "
        "convert it to another type"
    )


class Inner(Protocol):
    """Returns the node of a type inside another one."""

    def __call__(self, name: str, inside: ArrowType, *, many: bool = False) -> Node:
        """Return it; `many` says that a row has any number of its values."""


def _dictionary(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    return _Dictionary(arrow_type, inner(path, arrow_type.value_type))


def _runs(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    return _Runs(arrow_type, inner(path, arrow_type.value_type))


def _fixed_list(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    return _FixedList(arrow_type.list_size, inner(path, arrow_type.value_type, many=True))


def _list(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    return _List(inner(path, arrow_type.value_type, many=True))


def _map(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    keys = inner(f"{path}.key", arrow_type.key_type, many=True)
    keys = _Values(replace(keys.leaf, key=True)) if isinstance(keys, _Values) else keys
    return _Map(keys, inner(path, arrow_type.item_type, many=True))


def _struct(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    return _Struct([inner(f"{path}.{field.name}", field.type) for field in arrow_type])


def _extension(path: str, arrow_type: ArrowType, inner: Inner) -> Node:
    name, storage = arrow_type.extension_name, arrow_type.storage_type
    if name == "arrow.uuid":
        leaf = LeafType({"kind": "uuid"}, storage, "uuid")
        return _Extension(arrow_type, _Values(Leaf(path, leaf, storage)))
    if name == "arrow.json":
        stored = leaf_type(storage, {"kind": "json"})
        if stored is not None:
            return _Extension(arrow_type, _Values(Leaf(path, stored, storage)))
    return _Extension(arrow_type, inner(path, storage))


_CONTAINERS: Final = (
    (lambda arrow_type: isinstance(arrow_type, pa.BaseExtensionType), _extension),
    (pa.types.is_dictionary, _dictionary),
    (pa.types.is_run_end_encoded, _runs),
    (pa.types.is_fixed_size_list, _fixed_list),
    (pa.types.is_list, _list),
    (pa.types.is_large_list, _list),
    (pa.types.is_map, _map),
    (pa.types.is_struct, _struct),
)
"""The types with others inside, and how each is walked."""


@dataclass(frozen=True, slots=True)
class _Nothing:
    """The type of a column that has NULLs only."""

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:  # noqa: ARG002, RUF100
        yield from ()

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:  # noqa: ARG002, RUF100
        return array


@dataclass(frozen=True, slots=True)
class _Values:
    leaf: Leaf

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        yield self.leaf, array

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        return apply(self.leaf, array, rows)


@dataclass(frozen=True, slots=True)
class _Extension:
    type: ArrowType
    storage: Node

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        return self.storage.leaves(None if array is None else array.storage)

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        stored = array.storage
        masked = self.storage.mask(stored, apply, rows)
        return array if masked is stored else pa.ExtensionArray.from_storage(self.type, masked)


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """Different values that rows point to: each is masked once."""

    type: ArrowType
    values: Node

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        return self.values.leaves(None if array is None else _plain(array))

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        if _by_row(self.values, apply):
            return in_dictionary(self.values.mask(_plain(array), apply, rows), self.type)
        values = array.dictionary
        masked = self.values.mask(values, apply)
        if masked is values:
            return array
        if masked.null_count == 0:
            return pa.DictionaryArray.from_arrays(array.indices, masked, ordered=self.type.ordered)
        # A NULL among the values belongs into the rows.
        return in_dictionary(taken(masked, array.indices), self.type)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Values with how often each is repeated."""

    type: ArrowType
    values: Node

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        return self.values.leaves(None if array is None else decoded(array))

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        values = decoded(array)
        masked = self.values.mask(values, apply, rows)
        return array if masked is values else in_runs(masked, self.type)


@dataclass(frozen=True, slots=True)
class _List:
    items: Node

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        return self.items.leaves(None if array is None else _within(array, array.values)[0])

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        items, offsets = _within(array, array.values)
        if _by_row(self.items, apply):
            rows = _inside(pa.LargeListArray.from_arrays(offsets.cast(pa.int64()), items), rows)
        masked = self.items.mask(items, apply, rows)
        if masked is items:
            return array
        return type(array).from_arrays(offsets, masked, type=array.type, mask=_missing(array))


@dataclass(frozen=True, slots=True)
class _FixedList:
    size: int
    items: Node

    def _items(self, array: Array) -> Array:
        return array.values.slice(array.offset * self.size, len(array) * self.size)

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        return self.items.leaves(None if array is None else self._items(array))

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        items = self._items(array)
        if _by_row(self.items, apply):
            rows = _inside(pa.FixedSizeListArray.from_arrays(items, self.size), rows)
        masked = self.items.mask(items, apply, rows)
        if masked is items:
            return array
        return type(array).from_arrays(masked, type=array.type, mask=_missing(array))


@dataclass(frozen=True, slots=True)
class _Struct:
    fields: Sequence[Node]

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        for number, node in enumerate(self.fields):
            yield from node.leaves(None if array is None else array.field(number))

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        fields = [array.field(number) for number in range(len(self.fields))]
        masked = [
            node.mask(field, apply, rows) for node, field in zip(self.fields, fields, strict=True)
        ]
        if all(new is old for new, old in zip(masked, fields, strict=True)):
            return array
        return pa.StructArray.from_arrays(masked, fields=list(array.type), mask=_missing(array))


@dataclass(frozen=True, slots=True)
class _Map:
    keys: Node
    items: Node

    def leaves(self, array: Array | None = None) -> Iterator[tuple[Leaf, Array | None]]:
        yield from self.keys.leaves(None if array is None else _within(array, array.keys)[0])
        yield from self.items.leaves(None if array is None else _within(array, array.items)[0])

    def mask(self, array: Array, apply: Apply, rows: Rows = None) -> Array:
        keys, offsets = _within(array, array.keys)
        items, _ = _within(array, array.items)
        if _by_row(self.keys, apply) or _by_row(self.items, apply):
            rows = _inside(pa.ListArray.from_arrays(offsets, keys), rows)
        masked_keys = self.keys.mask(keys, apply, rows)
        masked_items = self.items.mask(items, apply, rows)
        if masked_keys is keys and masked_items is items:
            return array
        if masked_keys.null_count:
            raise ArrowError(
                f"a key of the map {array.type} has nothing to be replaced by; make it a list of "
                "structs, whose fields may be NULL"
            )
        return pa.MapArray.from_arrays(
            offsets, masked_keys, masked_items, type=array.type, mask=_missing(array)
        )


def _within(array: Array, values: Array) -> tuple[Array, Array]:
    """Return the values that the rows of an array point to, and offsets that begin with 0."""
    offsets = array.offsets
    start, end = offsets[0].as_py(), offsets[-1].as_py()
    return values.slice(start, end - start), pc.subtract(offsets, offsets[0])


def _by_row(node: Node, apply: Apply) -> bool:
    """Say whether any value inside is masked by what stands beside it."""
    return any(apply.by_row(leaf) for leaf, _ in node.leaves())


def _inside(lists: Array, rows: Rows) -> Array:
    """Return the row of each item of lists that have these rows."""
    parents = pc.list_parent_indices(lists)
    return parents if rows is None else rows.take(parents)


def _missing(array: Array) -> Array | None:
    return array.is_null() if array.null_count else None


def _plain(array: Array) -> Array:
    return taken(array.dictionary, array.indices)
