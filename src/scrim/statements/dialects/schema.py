"""A schema that is written down, for data stores that nobody has asked."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrim.statements.catalog import Catalog, Relation
from scrim.statements.dialects.expressions import folded

MAX_COLUMNS: Final = 1_000_000
MAX_DEPTH: Final = 4
_EMPTY: Final = (
    "views view_relations inherits generated functions attributes operators casts types enums "
    "ranges"
)

Columns = Mapping[str, str]
"""Types by the names of columns; a type may be empty."""

# Of types only that matters which hold whole rows, and none here does.
_TEXT: Final = 25


class SchemaError(ValueError):
    """A schema is not written as it should be. The message says where and what to do."""


class SchemaCatalog(Catalog):
    """The relations of a written schema, found by as many parts of their names as are given."""

    @classmethod
    def of(cls, document: object) -> "SchemaCatalog":
        """Read a schema: names of tables, with the names of what they are in around them.

        A table is a list of names, or types by name. Names are compared without regard to case.

        Args:
            document: The schema, such as `{"shop": {"customers": ["id", "email"]}}`.

        Raises:
            SchemaError: If it is something else.
        """
        relations: list[list[object]] = []
        columns: list[list[object]] = []
        count = 0
        for number, (path, names) in enumerate(_tables(document, ()), start=1):
            count += len(names)
            if count > MAX_COLUMNS:
                raise SchemaError(f"the schema has more than {MAX_COLUMNS} columns; name fewer")
            schema = ".".join(folded(part) for part in path[:-1])
            relations.append([number, schema, folded(path[-1]), "r", -number, False])
            listed = enumerate(names, start=1)
            rows = [[place, folded(name), _TEXT, -1, False, ""] for place, name in listed]
            columns.append([number, rows])
        raw: dict[str, Any] = {name: [] for name in _EMPTY.split()}
        raw |= {"version": 0, "database": "", "relations": relations, "columns": columns}
        return cls(raw, hashlib.sha256(json.dumps(raw).encode()).hexdigest())

    def named(self, schema: str | None, name: str) -> tuple[Relation, ...]:
        """Return every relation that a name can mean.

        A name with fewer parts than the schema has can mean any of them; with more, none.

        Args:
            schema: What stands before the name, with dots; None for nothing.
            name: The name.
        """
        found = super().named(None, name)
        if schema is None:
            return found
        return tuple(
            one for one in found if one.schema == schema or one.schema.endswith(f".{schema}")
        )


def _tables(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    where = ".".join(path) or "the schema"
    if path and _is_table(node):
        yield path, [str(name) for name in node]  # type: ignore[attr-defined]
        return
    if not isinstance(node, Mapping):
        raise SchemaError(f"{where}: is neither a table nor what tables are in; see the docs")
    if len(path) >= MAX_DEPTH:
        raise SchemaError(f"{where}: nests more than {MAX_DEPTH} names; leave some out")
    for name, below in node.items():
        if not isinstance(name, str) or not name:
            raise SchemaError(f"{where}: has a name that is no text; put it between quotes")
        yield from _tables(below, (*path, name))


def _is_table(node: object) -> bool:
    if isinstance(node, list):
        return all(isinstance(name, str) and name for name in node)
    return (
        isinstance(node, Mapping)
        and bool(node)
        and all(isinstance(name, str) and name for name in node)
        and all(kind is None or isinstance(kind, str) for kind in node.values())
    )
