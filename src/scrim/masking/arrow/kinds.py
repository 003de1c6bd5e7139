"""What PostgreSQL would call the types of Arrow, and how the kernel reads their arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from scrim.domain.arguments import wrong_type
from scrim.masking.types import TypeSpec, TypeSpecError, check_type

ArrowType = Any
"""A type of pyarrow, which declares none for checkers."""

TEXT: Final[TypeSpec] = {"kind": "text"}
_RATES: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_MAX_BYTES: Final = 4096
"""Bytes that a replacement of binary data has at most."""


@dataclass(frozen=True, slots=True)
class LeafType:
    """How the values of a type without others inside are masked.

    Attributes:
        spec: What PostgreSQL would call it.
        storage: The type in which the kernel gets the values; cast from and to the column's own.
        layout: The kernel's name of that type; empty for texts and bytes, None where it has none,
            so that values can stay or become NULL and nothing else.
        binary: Whether texts are in PostgreSQL's binary format.
    """

    spec: TypeSpec
    storage: ArrowType
    layout: str | None = ""
    binary: bool = False

    @property
    def kind(self) -> str:
        """The kind of the type."""
        return str(self.spec["kind"])


def leaf_type(arrow_type: ArrowType, spec: TypeSpec | None = None) -> LeafType | None:
    """Return how a type is masked; None if it has others inside or is not known.

    Args:
        arrow_type: The type.
        spec: What its texts are, where somebody said so.
    """
    if _is_text(arrow_type):
        wide = pa.large_string() if arrow_type == pa.string_view() else arrow_type
        return LeafType(spec or TEXT, wide)
    for applies, make in _MAKERS:
        if applies(arrow_type):
            return make(arrow_type)
    return None


def named_type(name: str | Mapping[str, Any]) -> TypeSpec:
    """Return the description of a type of PostgreSQL in which texts are written.

    Args:
        name: Its kind, such as `uuid`, or a description with options.

    Raises:
        TypeSpecError: If there is no such type.
    """
    if not isinstance(name, str | Mapping):
        raise wrong_type("a type of a column", name, "a name, or a mapping of kind and options")
    spec = {"kind": name} if isinstance(name, str) else dict(name)
    if check_type(spec) in {"composite", "range", "multirange"}:
        raise TypeSpecError("a type of several values cannot be named for a column")
    return spec


def _is_text(arrow_type: ArrowType) -> bool:
    return bool(
        pa.types.is_string(arrow_type)
        or pa.types.is_large_string(arrow_type)
        or arrow_type == pa.string_view()
    )


def _bool(_: ArrowType) -> LeafType:
    return LeafType({"kind": "bool"}, pa.uint8(), "bool")


def _integer(arrow_type: ArrowType) -> LeafType:
    width = arrow_type.bit_width // 8
    signed = pa.types.is_signed_integer(arrow_type)
    kind = {1: "int2", 2: "int2" if signed else "int4", 4: "int4" if signed else "int8"}.get(
        width, "int8" if signed else "numeric"
    )
    return LeafType({"kind": kind}, arrow_type, f"{'int' if signed else 'uint'}{width}")


def _float(arrow_type: ArrowType) -> LeafType:
    if pa.types.is_float64(arrow_type):
        return LeafType({"kind": "float8"}, arrow_type, "float8")
    return LeafType({"kind": "float4"}, pa.float32(), "float4")


def _decimal(arrow_type: ArrowType) -> LeafType:
    precision, scale = arrow_type.precision, arrow_type.scale
    # Units of hundreds or thousands are masked as the numbers that count them.
    places = max(scale, 0)
    spec = {"kind": "numeric", "precision": max(precision, places), "scale": places}
    width = arrow_type.bit_width // 8
    return LeafType(spec, arrow_type, f"decimal{width}:{max(precision, places)}.{places}")


def _date(arrow_type: ArrowType) -> LeafType:
    return LeafType({"kind": "date"}, arrow_type, f"date{arrow_type.bit_width // 8}")


def _timestamp(arrow_type: ArrowType) -> LeafType:
    kind = "timestamp" if arrow_type.tz is None else "timestamptz"
    return LeafType({"kind": kind}, arrow_type, f"timestamp:{_RATES[arrow_type.unit]}")


def _time(arrow_type: ArrowType) -> LeafType:
    layout = f"time{arrow_type.bit_width // 8}:{_RATES[arrow_type.unit]}"
    return LeafType({"kind": "time"}, arrow_type, layout)


def _bytes(arrow_type: ArrowType) -> LeafType:
    spec = {"kind": "bytea"}
    if arrow_type == pa.binary_view():
        return LeafType(spec, pa.large_binary(), binary=True)
    if pa.types.is_fixed_size_binary(arrow_type):
        layout = "" if arrow_type.byte_width <= _MAX_BYTES else None
        return LeafType(spec, pa.binary(), layout, binary=True)
    return LeafType(spec, arrow_type, binary=True)


def _interval(arrow_type: ArrowType) -> LeafType:
    return LeafType({"kind": "interval"}, arrow_type, None)


_Maker = tuple[Callable[[ArrowType], bool], Callable[[ArrowType], LeafType]]
_MAKERS: Final[tuple[_Maker, ...]] = (
    (pa.types.is_boolean, _bool),
    (pa.types.is_integer, _integer),
    (pa.types.is_floating, _float),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_date, _date),
    (pa.types.is_timestamp, _timestamp),
    (pa.types.is_time, _time),
    (pa.types.is_duration, _interval),
    (pa.types.is_interval, _interval),
    (pa.types.is_binary, _bytes),
    (pa.types.is_large_binary, _bytes),
    (pa.types.is_fixed_size_binary, _bytes),
    (lambda arrow_type: bool(arrow_type == pa.binary_view()), _bytes),
)
