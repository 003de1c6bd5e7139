"""A snapshot of a data store's schema: relations, columns, types, views, inheritance, functions.

It is built from the JSON that the statement in `catalog_queries` returns. What is used for every
statement is indexed at once; columns and types are built when they are asked for, so that a schema
of many tables loads fast.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from scrim.domain.column import Column
from scrim.statements.catalog_types import RawType, TypeCatalog, TypeSpec
from scrim.statements.pure_functions import REVIEWED_EXTENSIONS
from scrim.statements.routines import Routines
from scrim.statements.system_relations import is_system

VIEW_KINDS: Final = frozenset({"v", "m"})
_NAMEABLE_KINDS: Final = frozenset({"r", "p", "v", "m", "f", "S"})

TEMPORARY: Final = "pg_temp"
"""What a session calls its own schema for temporary objects, which has a number beside."""


class CatalogError(ValueError):
    """What the data store returned is not a snapshot."""


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column of a relation.

    Attributes:
        number: Its number in the relation, from 1.
        name: Its name.
        type_id: Identifier of its type.
        type_modifier: Type modifier, -1 when absent.
        not_null: Whether it is declared `NOT NULL`.
        generated: Whether its values are computed from other columns.
    """

    number: int
    name: str
    type_id: int
    type_modifier: int
    not_null: bool
    generated: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or the like.

    Attributes:
        id: The store's identifier.
        schema: Its schema.
        name: Its name.
        kind: `r` table, `p` partitioned table, `v` view, `m` materialised view, `f` foreign table,
            `S` sequence.
        has_rules: Whether rewrite rules, or triggers of a view, change what statements on it do.
    """

    id: int
    schema: str
    name: str
    kind: str
    has_rules: bool

    @property
    def is_view(self) -> bool:
        """Whether its rows come from a stored query."""
        return self.kind in VIEW_KINDS

    def column(self, name: str) -> Column:
        """Return the name of one of its columns."""
        return Column(self.schema, self.name, name)


class Catalog:
    """A snapshot of a schema; it never changes.

    Attributes:
        version: The server's version number, such as 150004.
        database: Name of the database.
        digest: SHA-256 of the snapshot, the same for equal schemas.
        types: What the types are.
        routines: What the functions are.
    """

    def __init__(self, raw: Mapping[str, Any], digest: str) -> None:
        """Index a decoded snapshot; use `from_json`."""
        self.version = int(raw["version"])
        self.database = str(raw["database"])
        self.digest = digest
        self._relations: dict[int, Relation] = {}
        self._by_name: dict[str, list[Relation]] = defaultdict(list)
        self._row_types: dict[int, int] = {}
        for oid, schema, name, kind, row_type, has_rules in _list(raw, "relations"):
            self._row_types[row_type] = oid
            if kind in _NAMEABLE_KINDS:
                relation = Relation(oid, schema, name, kind, has_rules)
                self._relations[oid] = relation
                self._by_name[name].append(relation)
        self._raw_columns: dict[int, Sequence[Sequence[Any]]] = dict(_list(raw, "columns"))
        self._columns: dict[int, tuple[CatalogColumn, ...]] = {}
        self._definitions: dict[int, str] = dict(_list(raw, "views"))
        self._used: dict[int, set[int]] = _grouped(_list(raw, "view_relations"))
        self._parents: dict[int, set[int]] = _grouped(_list(raw, "inherits"))
        self._children: dict[int, set[int]] = _grouped(
            (parent, child) for child, parent in _list(raw, "inherits")
        )
        self._generated: dict[tuple[int, int], str] = {
            (oid, number): text for oid, number, text in _list(raw, "generated")
        }
        self._functions: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for schema, name, extension in _list(raw, "functions"):
            self._functions[name].append((schema, extension))
        self.routines = Routines(raw)
        self._attributes = frozenset(_list(raw, "attributes"))
        unreviewed = list(_unreviewed(_list(raw, "operators")))
        self._unreviewed_operators = frozenset(name for name, _ in unreviewed)
        self._carrying_operators = frozenset(name for name, decides in unreviewed if not decides)
        self._raw = raw

    @classmethod
    def from_json(cls, text: str) -> "Catalog":
        """Read what the statement of `catalog_queries` returned.

        Args:
            text: The only column of its only row.

        Raises:
            CatalogError: If it is something else.
        """
        try:
            raw = json.loads(text)
            return cls(raw, hashlib.sha256(text.encode()).hexdigest())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CatalogError(f"not a catalog snapshot: {type(error).__name__}") from None

    def __len__(self) -> int:
        """The number of relations."""
        return len(self._relations)

    def relation(self, oid: int) -> Relation | None:
        """Return the relation with that identifier."""
        return self._relations.get(oid)

    def relations(self) -> Iterable[Relation]:
        """Return all relations, the system's own too."""
        return self._relations.values()

    def parents(self, oid: int) -> frozenset[int]:
        """Return the relations that a table inherits from or is a partition of."""
        return frozenset(self._parents.get(oid, ()))

    def named(self, schema: str | None, name: str) -> tuple[Relation, ...]:
        """Return every relation that a name can mean.

        Without a schema that is one in any schema: the search path is the session's, and a mistake
        about it must not make a relation another.
        """
        found = self._by_name.get(name, ())
        if schema == TEMPORARY:
            return tuple(one for one in found if is_temporary(one.schema))
        return tuple(relation for relation in found if schema is None or relation.schema == schema)

    def columns(self, oid: int) -> tuple[CatalogColumn, ...]:
        """Return the columns of a relation or composite type, in order."""
        built = self._columns.get(oid)
        if built is None:
            built = tuple(
                CatalogColumn(number, name, type_id, modifier, not_null, bool(generated.strip()))
                for number, name, type_id, modifier, not_null, generated in self._raw_columns.get(
                    oid, ()
                )
            )
            self._columns[oid] = built
        return built

    def column(self, oid: int, number: int) -> CatalogColumn | None:
        """Return the column with that number."""
        return next((column for column in self.columns(oid) if column.number == number), None)

    def view_definition(self, oid: int) -> str | None:
        """Return the stored query of a view; None for the system's own and for tables."""
        return self._definitions.get(oid)

    def generation(self, oid: int, number: int) -> str | None:
        """Return the expression that computes a generated column; None for any other column."""
        return self._generated.get((oid, number))

    def kept_values(self) -> frozenset[Column]:
        """Return the columns of which `pg_attribute.attmissingval` holds a value."""
        return frozenset(
            relation.column(name)
            for oid, name in _list(self._raw, "missing")
            if (relation := self.relation(oid)) is not None
        )

    def view_relations(self, oid: int) -> frozenset[int]:
        """Return the relations that a view's stored query names."""
        return frozenset(self._used.get(oid, ()))

    def is_rewritten(self, oid: int) -> bool:
        """Say whether rules, or triggers of views, change what statements on a relation do."""
        return any(
            relation is not None and relation.has_rules
            for relation in map(self.relation, _reached(oid, self._used))
        )

    def relatives(self, oid: int) -> frozenset[int]:
        """Return ancestors and descendants by inheritance and partitioning, with itself."""
        return _reached(oid, self._parents) | _reached(oid, self._children)

    def functions(self, name: str) -> tuple[tuple[str, str | None], ...]:
        """Return schema and extension of each function of that name beyond the system's own."""
        return tuple(self._functions.get(name, ()))

    def gives_rows(self, schema: str | None, name: str) -> bool:
        """Say whether a function of that name can give any number of rows."""
        return any(routine.gives_rows for routine in self.routines.named(schema, name))

    def result_columns(self, schema: str | None, name: str) -> tuple[str, ...] | None:
        """Return the names of the columns that a function has in `FROM`; None if not certain."""
        found = {routine.columns for routine in self.routines.named(schema, name)}
        return found.pop() if len(found) == 1 else None

    def is_attribute_function(self, name: str) -> bool:
        """Say whether `(value).name` can be a call, as well as a field of the value."""
        return name in self._attributes or name in self._functions

    def has_unreviewed_operator(self, schema: str | None, name: str) -> bool:
        """Say whether an operator of that name may run a function that nobody reviewed."""
        return schema != "pg_catalog" and name in self._unreviewed_operators

    def has_carrying_operator(self, schema: str | None, name: str) -> bool:
        """Say whether an operator of that name may do so and return more than yes or no."""
        return schema != "pg_catalog" and name in self._carrying_operators

    @cached_property
    def unreviewed_casts(self) -> frozenset[str]:
        """Names of types that a cast by an unreviewed function leads to.

        Among them are domains of the users that have the name of one of the system's types: what is
        cast to `text` need not be that type.
        """
        types = self.types.rows()
        known = {one.name for one in types if one.schema == "pg_catalog"} | {"citext"}
        domains = {one.name for one in types if one.type_kind == "d" and not is_system(one.schema)}
        return frozenset(domains & known) | frozenset(
            name
            for name, _, extension in _list(self._raw, "casts")
            if extension not in REVIEWED_EXTENSIONS
        )

    def is_plain_type(self, name: str) -> bool:
        """Say whether a type of that name is the system's own, and means the same in any schema.

        Those that name objects do not: what a `regclass` can be depends on the tables.
        """
        # A data store of another kind has none: nothing is cast in it by definitions of its own.
        return not self._system_types or (
            name in self._system_types and name not in self._defined_types
        )

    def columns_of_type(self, name: str) -> Iterator[tuple[Relation, CatalogColumn]]:
        """Give the columns whose type has that name, or is a domain over one that has."""
        types = self.types.rows()
        wanted = {one.oid for one in types if one.name == name}
        found = 0
        while wanted and len(wanted) > found:
            found = len(wanted)
            wanted |= {one.oid for one in types if one.base in wanted}
        for relation in self.relations() if wanted else ():
            for column in self.columns(relation.id):
                if column.type_id in wanted:
                    yield relation, column

    def is_system_type(self, name: str) -> bool:
        """Say whether the system has a type of that name."""
        return name in self._system_types

    def is_defined_type(self, name: str) -> bool:
        """Say whether the users have defined a type of that name."""
        return name in self._defined_types

    def is_function(self, name: str) -> bool:
        """Say whether a function of that name is known."""
        return bool(self._functions.get(name) or self.routines.built_in(name))

    @cached_property
    def column_names(self) -> frozenset[str]:
        """The names of the columns of all relations, and of the fields of row types."""
        return frozenset(fields[1] for columns in self._raw_columns.values() for fields in columns)

    @cached_property
    def _system_types(self) -> frozenset[str]:
        return frozenset(
            one.name
            for one in self.types.rows()
            if (one.schema == "pg_catalog" and not one.name.lstrip("_").startswith("reg"))
            # Base types of extensions; nobody else makes any.
            or (one.type_kind == "b" and not is_system(one.schema) and one.category != "A")
        )

    @cached_property
    def _defined_types(self) -> frozenset[str]:
        return frozenset(
            one.name
            for one in self.types.rows()
            if one.schema != "pg_catalog" and (one.type_kind != "b" or one.category == "A")
        )

    @cached_property
    def has_unreviewed_implicit_cast(self) -> bool:
        """Whether such a cast can happen without being written."""
        return any(
            context != "e" and extension not in REVIEWED_EXTENSIONS
            for _, context, extension in _list(self._raw, "casts")
        )

    @cached_property
    def types(self) -> TypeCatalog:
        """What the types are."""
        return TypeCatalog(
            types=[RawType(*fields) for fields in _list(self._raw, "types")],
            enums=dict(_list(self._raw, "enums")),
            ranges=_list(self._raw, "ranges"),
            row_types=self._row_types,
            fields=lambda oid: [
                (column.type_id, column.type_modifier) for column in self.columns(oid)
            ],
        )

    def type_spec(self, type_id: int, modifier: int = -1) -> TypeSpec:
        """Return the description of a type that masking works with."""
        return self.types.spec(type_id, modifier)


def is_temporary(schema: str) -> bool:
    """Say whether a schema is one for temporary objects."""
    return schema.startswith(f"{TEMPORARY}_")


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw[key]
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(key)
    return value


def _grouped(pairs: Iterable[Sequence[int]]) -> dict[int, set[int]]:
    grouped: dict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        grouped[key].add(value)
    return dict(grouped)


def _reached(start: int, edges: Mapping[int, set[int]]) -> frozenset[int]:
    reached = {start}
    pending = [start]
    while pending:
        for following in edges.get(pending.pop(), ()):
            if following not in reached:
                reached.add(following)
                pending.append(following)
    return frozenset(reached)


def _unreviewed(operators: Iterable[Sequence[Any]]) -> Iterable[tuple[str, bool]]:
    """Give the names of unreviewed operators, each with whether it only says yes or no."""
    return (
        (name, any(decides))
        for _, name, extension, *decides in operators
        if extension not in REVIEWED_EXTENSIONS
    )
