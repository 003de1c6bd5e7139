"""Columns that a statement compares with values of its own, or writes such values to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scrim.statements.queries import Flow

COMPARED: Final = "compared"
INSERTED: Final = "inserted"
UPDATED: Final = "updated"
MERGED: Final = "merged"


@dataclass(frozen=True, slots=True)
class Compared:
    """A column, by the name that the statement gives it, and what its values there are for.

    Attributes:
        qualifier: What stands before the name.
        name: The name; empty where an `INSERT` names no columns.
        number: Its number in the statement, by which the kernel knows where the values stand.
        role: `compared`, `inserted` or `updated`; `merged` for what `USING` names, and `*` for
            all that `NATURAL` joins.
        position: Place of the value in the row, where the column has no name.
        parameters: In a statement that `PREPARE` keeps, whether any value is a parameter.
        elsewhere: Whether one of the parameters is used for something else, too.
        shared: Numbers of others that one of the parameters is compared with, too.
        against: What else it is compared with.
        types: Names of the types that its values are cast to.
    """

    qualifier: tuple[str, ...]
    name: str
    number: int
    role: str
    position: int = 0
    parameters: bool = False
    elsewhere: bool = False
    shared: tuple[int, ...] = ()
    against: tuple["Flow", ...] = ()
    types: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the column gets the values."""
        return self.role in {INSERTED, UPDATED}


def decode_compared(raw: Mapping[str, Any], against: tuple["Flow", ...]) -> Compared:
    """Return one from the kernel's JSON.

    Args:
        raw: The JSON.
        against: What else it is compared with.
    """
    column = raw["column"]
    return Compared(
        qualifier=tuple(column.get("qualifier", ())),
        name=column["name"],
        number=raw["number"],
        role=raw["role"],
        position=raw.get("position", 0),
        parameters=raw.get("parameters", False),
        elsewhere=raw.get("elsewhere", False),
        shared=tuple(raw.get("shared", ())),
        against=against,
        types=tuple(name["name"] for name in raw.get("types", ())),
    )
