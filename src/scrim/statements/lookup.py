"""Questions about a catalog snapshot that the deciding steps ask."""

from collections.abc import Sequence
from functools import cached_property

from scrim.domain.column import Column, ResultField
from scrim.statements.catalog import Catalog


class CatalogLookup:
    """A catalog snapshot as the deciding steps see it.

    Attributes:
        catalog: The snapshot.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Look nothing up yet."""
        self.catalog = catalog
        self._siblings: dict[tuple[str, str], tuple[str, ...]] = {}
        self._kinds: dict[Column, str] = {}

    def unknown(self, fields: Sequence[ResultField]) -> tuple[int, ...]:
        """Return the identifiers of relations and types that the snapshot does not have."""
        relations = [f.relation_id for f in fields if f.relation_id and not self._relation(f)]
        types = [f.type_id for f in fields if f.type_id and not self._type(f.type_id)]
        return tuple(dict.fromkeys(relations + types))

    def _relation(self, field: ResultField) -> bool:
        relation = self.catalog.relation(field.relation_id)
        if relation is None:
            return False
        return (
            field.column_number <= 0
            or self.catalog.column(field.relation_id, field.column_number) is not None
        )

    def is_generated(self, field: ResultField) -> bool:
        """Whether a field is a column that is computed from others."""
        column = self.catalog.column(field.relation_id, field.column_number)
        return column is not None and column.generated

    def _type(self, type_id: int) -> bool:
        known = self.catalog.type_spec(type_id)["kind"] != "unknown"
        return known or bool(self.catalog.types.name(type_id))

    def siblings(self, column: Column) -> tuple[str, ...]:
        """Return the names of the columns of a column's relation, itself among them."""
        key = (column.schema, column.relation)
        known = self._siblings.get(key)
        if known is None:
            relations = self.catalog.named(column.schema, column.relation)
            known = tuple(
                other.name for relation in relations for other in self.catalog.columns(relation.id)
            )
            self._siblings[key] = known
        return known

    def kind_of(self, column: Column) -> str:
        """Return the kind of a column's type, of its elements for an array."""
        known = self._kinds.get(column)
        if known is None:
            known = self._kinds[column] = self._find_kind(column)
        return known

    def _find_kind(self, column: Column) -> str:
        for relation in self.catalog.named(column.schema, column.relation):
            for other in self.catalog.columns(relation.id):
                if other.name == column.name:
                    spec = self.catalog.type_spec(other.type_id, other.type_modifier)
                    while "element" in spec or "subtype" in spec:
                        spec = spec.get("element") or spec["subtype"]
                    return str(spec["kind"])
        return "unknown"

    def type_of(self, column: Column) -> tuple[int, int] | None:
        """Return identifier and modifier of a column's type, None when that is not certain."""
        found = {
            (other.type_id, other.type_modifier)
            for relation in self.catalog.named(column.schema, column.relation)
            for other in self.catalog.columns(relation.id)
            if other.name == column.name
        }
        return found.pop() if len(found) == 1 else None

    def has_name(self, word: str) -> bool:
        """Whether a word is the name of a relation, a column or a type."""
        return word in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        catalog = self.catalog
        names: set[str] = set()
        for relation in catalog.relations():
            names.update((relation.name, relation.schema))
            names.update(column.name for column in catalog.columns(relation.id))
        return frozenset(names)
