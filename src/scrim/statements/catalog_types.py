"""Descriptions of types, from the catalog's rows to what masking works with.

Domains become their base type. A type without a description of its own is `unknown`, whose values
masking makes NULL.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

TypeSpec = Mapping[str, Any]

UNKNOWN: Final[TypeSpec] = {"kind": "unknown"}

_MAX_DEPTH: Final = 16
_VARIABLE_HEADER: Final = 4

_BUILT_IN: Final[Mapping[int, str]] = {
    16: "bool",
    17: "bytea",
    18: "char1",
    19: "name",
    20: "int8",
    21: "int2",
    23: "int4",
    25: "text",
    114: "json",
    142: "xml",
    650: "cidr",
    700: "float4",
    701: "float8",
    774: "macaddr8",
    790: "money",
    829: "macaddr",
    869: "inet",
    1042: "text",
    1043: "text",
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1184: "timestamptz",
    1186: "interval",
    1266: "timetz",
    1560: "bit",
    1562: "varbit",
    1700: "numeric",
    2950: "uuid",
    3614: "tsvector",
    3615: "tsquery",
    3802: "jsonb",
    4072: "jsonpath",
}
_BLANK_PADDED: Final = 1042
_VARYING: Final = 1043

# Base types of extensions, by name: their identifiers differ in every database.
_BY_NAME: Final[Mapping[str, str]] = {
    "citext": "text",
    "hstore": "hstore",
    "vector": "vector",
    "halfvec": "halfvec",
    "sparsevec": "sparsevec",
}

# Arrays by their category, but with another text format.
_VECTORS: Final = frozenset({22, 30})


class RawType(NamedTuple):
    """A row of `pg_type`."""

    oid: int
    schema: str
    name: str
    type_kind: str
    category: str
    element: int
    base: int
    modifier: int
    relation: int
    delimiter: str
    length: int


class TypeCatalog:
    """The types of a data store."""

    def __init__(
        self,
        types: Sequence[RawType],
        enums: Mapping[int, Sequence[str]],
        ranges: Sequence[Sequence[int | None]],
        row_types: Mapping[int, int],
        fields: Callable[[int], Sequence[tuple[int, int]]],
    ) -> None:
        """Index the types.

        Args:
            types: Rows of `pg_type`.
            enums: Labels of each enumeration, in order.
            ranges: Range type, subtype and multirange type of each range.
            row_types: Relation of each row type.
            fields: Gives type and modifier of each column of a relation.
        """
        self._types = {row.oid: row for row in types}
        self._enums = enums
        self._ranges = {entry[0]: entry[1] for entry in ranges}
        self._multiranges = {entry[2]: entry[1] for entry in ranges if entry[2] is not None}
        self._row_types = row_types
        self._fields = fields
        self._specs: dict[tuple[int, int], TypeSpec] = {}

    def spec(self, type_id: int, modifier: int = -1) -> TypeSpec:
        """Return the description of a type."""
        key = (type_id, modifier)
        found = self._specs.get(key)
        if found is None:
            found = self._specs[key] = self._build(type_id, modifier, 0)
        return found

    def rows(self) -> Collection[RawType]:
        """Return every type."""
        return self._types.values()

    def name(self, type_id: int) -> str:
        """Return the name of a type; empty when it is unknown."""
        row = self._types.get(type_id)
        return "" if row is None else row.name

    def nested_rows(self, type_id: int) -> tuple[int, ...] | None:
        """Return the relations of which a value of a type holds whole rows; None when unknown."""
        if not self._types:
            # A data store of another kind, whose types are not numbered.
            return ()
        found: list[int] = []
        return tuple(dict.fromkeys(found)) if self._add_rows(type_id, found, 0) else None

    def _add_rows(self, type_id: int, found: list[int], depth: int) -> bool:
        if type_id in _BUILT_IN:
            return True
        if depth > _MAX_DEPTH:
            return False
        relation = self._row_types.get(type_id)
        if relation is not None:
            found.append(relation)
            inner = [field for field, _ in self._fields(relation)]
        else:
            row = self._types.get(type_id)
            if row is None:
                # Most likely an array of the rows of a table.
                return False
            inner = [other for other in (row.element, row.base) if other]
            inner += [field for field, _ in self._fields(row.relation)] if row.relation else []
        return all(self._add_rows(other, found, depth + 1) for other in inner)

    def _build(self, type_id: int, modifier: int, depth: int) -> TypeSpec:
        if depth > _MAX_DEPTH:
            return UNKNOWN
        built_in = _BUILT_IN.get(type_id)
        if built_in is not None:
            return _scalar(type_id, built_in, modifier)
        if type_id in self._row_types:
            return self._composite(self._row_types[type_id], depth)
        row = self._types.get(type_id)
        if row is None:
            return UNKNOWN
        return self._declared(row, modifier, depth)

    def _declared(self, row: RawType, modifier: int, depth: int) -> TypeSpec:
        match row.type_kind:
            case "d":
                # A modifier belongs to the domain, never to its use.
                return self._build(row.base, row.modifier, depth + 1)
            case "e":
                return {"kind": "enum", "labels": list(self._enums.get(row.oid, ()))}
            case "c":
                return self._composite(row.relation, depth)
            case "r":
                return self._of_subtype("range", self._ranges.get(row.oid), depth)
            case "m":
                return self._of_subtype("multirange", self._multiranges.get(row.oid), depth)
            case _:
                return self._base_type(row, modifier, depth)

    def _base_type(self, row: RawType, modifier: int, depth: int) -> TypeSpec:
        if row.category == "A" and row.length == -1 and row.element and row.oid not in _VECTORS:
            return {
                "kind": "array",
                "element": self._build(row.element, modifier, depth + 1),
                "element_oid": row.element,
                "delimiter": row.delimiter,
            }
        kind = _BY_NAME.get(row.name)
        return UNKNOWN if kind is None else {"kind": kind}

    def _of_subtype(self, kind: str, subtype: int | None, depth: int) -> TypeSpec:
        if subtype is None:
            return UNKNOWN
        return {"kind": kind, "subtype": self._build(subtype, -1, depth + 1)}

    def _composite(self, relation: int, depth: int) -> TypeSpec:
        # What a field gets is decided by masking; until then its values are searched.
        fields = [
            {"action": "scan", "type": self._build(type_id, modifier, depth + 1)}
            for type_id, modifier in self._fields(relation)
        ]
        return {"kind": "composite", "fields": fields}


def _scalar(type_id: int, kind: str, modifier: int) -> TypeSpec:
    if type_id == _BLANK_PADDED:
        length = modifier - _VARIABLE_HEADER
        return {"kind": kind, "pad": True} | ({"max_chars": length} if length > 0 else {})
    if modifier < 0:
        return {"kind": kind}
    if type_id == _VARYING and modifier > _VARIABLE_HEADER:
        return {"kind": kind, "max_chars": modifier - _VARIABLE_HEADER}
    if kind == "numeric" and modifier >= _VARIABLE_HEADER:
        packed = modifier - _VARIABLE_HEADER
        # The scale is signed since PostgreSQL 15, in eleven bits; older ones have no sign in them.
        scale = ((packed & 0x7FF) ^ 1024) - 1024
        return {"kind": kind, "precision": (packed >> 16) & 0xFFFF, "scale": scale}
    if kind in {"bit", "varbit"}:
        return {"kind": kind, "length": modifier}
    return {"kind": kind}
