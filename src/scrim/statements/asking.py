"""What decides about the rows of a query without being in its result, as the kernel tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scrim.statements.facts import Flow

EQUAL: Final = "equal"
COMPARE: Final = "compare"
COLUMNS: Final = "columns"
MERGED: Final = "merged"
SORT: Final = "sort"
GROUP: Final = "group"
SET: Final = "set"
LIMIT: Final = "limit"
ROWS: Final = "rows"
EXPRESSION: Final = "expression"
COMBINED: Final = "combined"
DERIVED: Final = "derived"
CAST: Final = "cast"


@dataclass(frozen=True, slots=True)
class Asking:
    """One use of columns that decides about rows, or that may fail.

    Attributes:
        number: Its number in the statement, by which the kernel knows its values.
        form: `equal` and `compare` (a column and values of the statement), `columns` and `merged`
            (equality of columns, by `USING` and `NATURAL`), `sort` (order, also of two columns),
            `group` (also `DISTINCT`), `set` (rows of a set operation are compared or sorted),
            `limit`, `rows` (how many rows a function makes), `combined` (made of several columns
            without values of the statement), `derived` (made of one), `cast` (cast to a text),
            `expression` for anything else.
        flow: What it is made of.
        position: Position from 1 of the column that a set operation is sorted by; 0 for none.
        unstable: Whether it may be something else each time, by other means than functions.
        parameters: In a statement that `PREPARE` keeps, whether any of its values is a parameter.
        optional: Whether it is the name of a result column, which is asked of by itself, so that it
            counts only where a source may have a column of that name, too.
        joining: Whether it does nothing but put values together to a text, if they are texts,
            numbers and the like.
    """

    number: int
    form: str
    flow: "Flow"
    position: int = 0
    unstable: bool = False
    parameters: bool = False
    optional: bool = False
    joining: bool = False


def decode_asking(raw: Mapping[str, Any], flow: "Flow") -> Asking:
    """Return one from the kernel's JSON.

    Args:
        raw: The JSON.
        flow: What it is made of.
    """
    return Asking(
        raw["number"],
        raw["form"],
        flow,
        raw.get("position", 0),
        raw.get("unstable", False),
        raw.get("parameters", False),
        raw.get("optional", False),
        raw.get("joining", False),
    )
