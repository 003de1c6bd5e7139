"""The functions of a data store: which there are, what they return, and what SQL is in them.

A statement names a function and not its identifier, and which of those of a name is called depends
on types and on the session's search path. What is asked of a name is true of all it can mean.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Routine:
    """A function.

    Attributes:
        id: The store's identifier.
        schema: Its schema.
        name: Its name.
        gives_rows: Whether it gives any number of rows.
        columns: Names of its columns in `FROM`: empty for a single value without a name of its own,
            None where only a call shows how many there are.
        body: For a function in SQL its statements, or where it is stored as parsed its whole
            definition; None for others and for the system's own.
        arguments: Names of its arguments.
        extension: The extension that it belongs to.
    """

    id: int
    schema: str
    name: str
    gives_rows: bool
    columns: tuple[str, ...] | None
    body: str | None = None
    arguments: tuple[str, ...] = ()
    extension: str | None = None


class Routines:
    """The functions by name.

    Attributes:
        complete: Whether the system's own are among them.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Index a decoded snapshot.

        Args:
            raw: The snapshot.
        """
        built_in: Sequence[Sequence[Any]] | None = raw.get("built_in")
        self.complete = bool(built_in)
        self._built_in: dict[str, list[Sequence[Any]]] = defaultdict(list)
        for row in built_in or ():
            self._built_in[row[1]].append(row)
        self._others: dict[str, list[Routine]] = defaultdict(list)
        for row in raw.get("routines") or ():
            oid, schema, name, gives_rows, columns, body, arguments, extension = row
            self._others[name].append(
                Routine(
                    oid,
                    schema,
                    name,
                    gives_rows,
                    _names(columns),
                    body,
                    _names(arguments) or (),
                    extension,
                )
            )

    def built_in(self, name: str) -> tuple[Routine, ...]:
        """Return the system's own functions of a name."""
        return tuple(
            Routine(oid, "pg_catalog", name, gives_rows, _names(columns))
            for oid, _, gives_rows, columns in self._built_in.get(name, ())
        )

    def others(self, schema: str | None, name: str) -> tuple[Routine, ...]:
        """Return every other function that a name can mean."""
        found = self._others.get(name, ())
        return tuple(routine for routine in found if schema is None or routine.schema == schema)

    def named(self, schema: str | None, name: str) -> tuple[Routine, ...]:
        """Return every function that a name can mean."""
        own = self.built_in(name) if schema in {None, "pg_catalog"} else ()
        return own + self.others(schema, name)


def _names(raw: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if raw is None else tuple(raw)
