"""Descriptions of types as the kernel reads them, checked while it is known where they come from.

A description is a mapping with its `kind` and the options of that kind. Domains are resolved to
their base type before; what has no kind of its own is `unknown`, and its values become NULL.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

TypeSpec = Mapping[str, Any]

MAX_DEPTH: Final = 16
MAX_LABELS: Final = 10_000
MAX_FIELDS: Final = 1_664
MAX_NUMBER: Final = 0xFFFF_FFFF

UNKNOWN: Final[TypeSpec] = {"kind": "unknown"}

SEARCHED_NUMBERS: Final = frozenset({"int8", "numeric"})
"""Kinds of number that have room for digits which are an entity by themselves, such as a card's."""

_PLAIN: Final = frozenset(
    {
        "name",
        "char1",
        "bool",
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "money",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "jsonpath",
        "bytea",
        "tsvector",
        "tsquery",
        "vector",
        "halfvec",
        "sparsevec",
        "unknown",
    }
)


def _number(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value <= MAX_NUMBER)


def _scale(value: object) -> bool:
    return value is None or (type(value) is int and -1000 <= value <= 1000)


def _flag(value: object) -> bool:
    return type(value) is bool


def _character(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1


def _labels(value: object) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) <= MAX_LABELS
        and all(isinstance(label, str) for label in value)
    )


_OPTIONS: Final[Mapping[str, Mapping[str, Callable[[object], bool]]]] = {
    "text": {"max_chars": _number, "pad": _flag},
    "numeric": {"precision": _number, "scale": _scale},
    "json": {"mask_keys": _flag},
    "jsonb": {"mask_keys": _flag},
    "hstore": {"mask_keys": _flag},
    "xml": {"mask_keys": _flag},
    "bit": {"length": _number},
    "varbit": {"length": _number},
    "enum": {"labels": _labels},
    "array": {"element_oid": _number, "delimiter": _character},
    "range": {},
    "multirange": {},
    "composite": {},
}
_INNER: Final = {"array": "element", "range": "subtype", "multirange": "subtype"}
_REQUIRED: Final = {"enum": "labels", "composite": "fields", **_INNER}


class TypeSpecError(ValueError):
    """A description of a type is not one that the kernel takes."""


def check_type(spec: object, depth: int = 0) -> str:
    """Check a description of a type and return its kind.

    Args:
        spec: The description.
        depth: How many types it is nested in.

    Raises:
        TypeSpecError: If the kernel would not take it.
    """
    if depth > MAX_DEPTH:
        raise TypeSpecError(f"a type is nested deeper than {MAX_DEPTH} levels")
    kind = spec.get("kind") if isinstance(spec, Mapping) else None
    if not isinstance(spec, Mapping) or not isinstance(kind, str):
        raise TypeSpecError("a type has no kind")
    options = {} if kind in _PLAIN else _OPTIONS.get(kind)
    if options is None:
        raise TypeSpecError(f"there is no kind of type {kind}")
    inner = _REQUIRED.get(kind)
    if inner is not None and inner not in spec:
        raise TypeSpecError(f"a type of kind {kind} needs {inner}")
    for name, value in spec.items():
        if name == "kind" or (name == inner and name not in options):
            continue
        check = options.get(name)
        if check is None or not check(value):
            raise TypeSpecError(f"a type of kind {kind} has a wrong {name}")
    if kind in _INNER:
        check_type(spec[_INNER[kind]], depth + 1)
    if kind == "composite":
        _check_fields(spec["fields"], depth)
    return kind


def leaf_kind(spec: TypeSpec) -> str:
    """Return the kind of the values that a range or an array, nested or not, consists of."""
    while (inner := _INNER.get(spec["kind"])) is not None:
        spec = spec[inner]
    return str(spec["kind"])


def _check_fields(fields: object, depth: int) -> None:
    if not isinstance(fields, Sequence) or isinstance(fields, str) or len(fields) > MAX_FIELDS:
        raise TypeSpecError("a composite type has a wrong list of fields")
    for rule in fields:
        check_rule(rule, depth + 1)


def check_rule(rule: object, depth: int = 0) -> None:
    """Check the rule of a column or of a composite type's field.

    Args:
        rule: The rule.
        depth: How many types it is nested in.

    Raises:
        TypeSpecError: If the kernel would not take it.
    """
    action = rule.get("action") if isinstance(rule, Mapping) else None
    shape = {
        "pass": {"action", "type"},
        "null": {"action"},
        "scan": {"action", "type"},
        "mask": {"action", "type", "operator", "domain"},
    }.get(str(action))
    if not isinstance(rule, Mapping) or shape is None or not rule.keys() <= shape:
        raise TypeSpecError("a rule has an unknown action or field")
    if action in {"scan", "mask"} and rule.keys() != shape:
        raise TypeSpecError(f"a rule with the action {action} is incomplete")
    if rule.get("type") is not None:
        check_type(rule["type"], depth)
