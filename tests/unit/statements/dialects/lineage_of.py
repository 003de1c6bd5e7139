"""A small schema, and what is known of statements over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scrim.statements.dialects.dialect import DIALECTS
from scrim.statements.dialects.reading import read
from scrim.statements.dialects.schema import SchemaCatalog
from scrim.statements.lineage import Lineage

if TYPE_CHECKING:
    from scrim.statements.origins import Origins

SCHEMA: Final = {
    "shop": {
        "people": ["id", "name", "email", "card", "doc", "tags"],
        "clean": ["id", "word", "amount"],
        "orders": {"id": "int", "person_id": "int", "total": "int", "items": "array"},
    }
}
CATALOG: Final = SchemaCatalog.of(SCHEMA)
ALL: Final = tuple(DIALECTS)
SECRETS: Final = frozenset({"email", "card"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one statement.

    Attributes:
        operation: What it does.
        columns: Name and origins of each column of its result, in order.
        rest: Where further columns can come from; None when there are none.
        influences: The columns behind each kind of influence.
        stored: The columns that it stores somewhere.
        relations: The relations that it names.
    """

    operation: str
    columns: tuple[tuple[str | None, Origins], ...]
    rest: Origins | None
    influences: dict[str, Origins]
    stored: frozenset[str]
    relations: tuple[str, ...]

    def names(self) -> list[str | None]:
        return [name for name, _ in self.columns]

    def sources(self) -> list[set[str]]:
        """The names of the columns behind each column; `?` where anything can be in it."""
        return [names_of(origins) for _, origins in self.columns]

    def anywhere(self) -> set[str]:
        """What can be in the result at all."""
        found = set().union(*self.sources())
        return found if self.rest is None else found | names_of(self.rest)


def names_of(origins: Origins) -> set[str]:
    return {column.name for column in origins.columns} | (set() if origins.known else {"?"})


def every(sql: str, dialect: str) -> list[Seen]:
    """Return what is known of each statement of a string; raises StatementError."""
    lineage = Lineage(CATALOG)
    found = []
    for facts in read(sql, DIALECTS[dialect], CATALOG):
        outputs = lineage.outputs(facts)
        stored = lineage.stored(facts)
        found.append(
            Seen(
                facts.operation,
                outputs.columns,
                outputs.rest,
                lineage.influences(facts),
                frozenset(
                    name
                    for _, _, origin in stored
                    for name in {column.name for column in origin.columns}
                    | (set() if origin.known else {"?"})
                ),
                tuple(use.name for use in facts.relations),
            )
        )
    return found


def one(sql: str, dialect: str) -> Seen:
    """Return what is known of a string's only statement."""
    (found,) = every(sql, dialect)
    return found
