"""Types of columns as people write them, such as `varchar(40)` or `int8[]`."""

import re
from collections.abc import Mapping
from typing import Any, Final

from scrim.masking.types import TypeSpec
from scrim.reveals.request import RequestError

MAX_CHARACTERS: Final = 100
MAX_DIMENSIONS: Final = 6

_FORM: Final = re.compile(
    r"([a-z][a-z0-9 ]*?) ?(?:\( ?(\d{1,8}) ?(?:, ?(\d{1,4}) ?)?\))?( with[a-z ]*)?"
)
_KINDS: Final[Mapping[str, str]] = {
    "smallint": "int2",
    "integer": "int4",
    "int": "int4",
    "bigint": "int8",
    "decimal": "numeric",
    "character varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "bit varying": "varbit",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_PLAIN: Final = frozenset(
    {
        *("text", "name", "int2", "int4", "int8", "numeric", "money", "uuid", "date"),
        *("time", "timetz", "timestamp", "timestamptz", "bit", "varbit", "varchar", "char"),
    }
)


def parse_type(text: str) -> TypeSpec:
    """Return the description of a type that can be turned back.

    Args:
        text: Its name as PostgreSQL writes it.

    Raises:
        RequestError: If it is not one of those.
    """
    name = " ".join(text.lower().split()) if len(text) <= MAX_CHARACTERS else ""
    dimensions = 0
    while name.endswith("[]"):
        name, dimensions = name[:-2].rstrip(), dimensions + 1
    match = _FORM.fullmatch(name)
    if match is None or dimensions > MAX_DIMENSIONS:
        raise _unknown()
    base = match[1] + (match[4] or "")
    kind = _KINDS.get(base, base)
    if kind not in _PLAIN:
        raise _unknown()
    spec = _with_options(kind, match[2], match[3])
    # PostgreSQL does not tell arrays of one and of two dimensions apart.
    return {"kind": "array", "element": spec} if dimensions else spec


def _with_options(kind: str, first: str | None, second: str | None) -> dict[str, Any]:
    number = None if first is None else int(first)
    match kind:
        case "varchar":
            return {"kind": "text"} if number is None else {"kind": "text", "max_chars": number}
        case "char":
            return {"kind": "text", "max_chars": 1 if number is None else number, "pad": True}
        case "numeric" if number is not None:
            return {"kind": kind, "precision": number, "scale": int(second or 0)}
        case "bit" | "varbit" if number is not None:
            return {"kind": kind, "length": number}
        case _:
            # The precision of times does not change how they are masked.
            return {"kind": kind}


def _unknown() -> RequestError:
    known = ", ".join(sorted(_PLAIN))
    return RequestError(f"--type: name one of {known}, with its length and [] where it has them")
