"""Which columns a `COPY ... FROM` fills."""

from collections.abc import Callable
from dataclasses import dataclass

from scrim.statements.catalog import Catalog, Relation
from scrim.statements.facts import Facts
from scrim.statements.origins import Origins, Outputs, union


@dataclass(frozen=True, slots=True)
class Copied:
    """The columns that a `COPY ... FROM` fills.

    Attributes:
        columns: Name of each, and the base columns behind it.
        ordered: Whether their order is that of the values.
    """

    columns: tuple[tuple[str, Origins], ...]
    ordered: bool


def copied(
    facts: Facts, catalog: Catalog, relation_outputs: Callable[[Relation], Outputs]
) -> Copied:
    """Return the columns that a `COPY ... FROM` fills.

    Where several relations can be meant their columns are put together by name.

    Args:
        facts: The statement.
        catalog: The data store's schema.
        relation_outputs: Gives the columns of a relation with their base columns.
    """
    copy = facts.copy
    if copy is None or copy.relation is None:
        return Copied((), ordered=True)
    found = [
        {
            name: origins
            for name, origins in relation_outputs(relation).columns
            if name is not None and name not in _generated(relation, catalog)
        }
        for relation in catalog.named(copy.relation.schema, copy.relation.name)
    ]
    names = copy.columns or tuple(dict.fromkeys(name for columns in found for name in columns))
    ordered = bool(copy.columns) or all(tuple(columns) == names for columns in found)
    return Copied(
        tuple(
            (name, union(columns[name] for columns in found if name in columns)) for name in names
        ),
        ordered,
    )


def _generated(relation: Relation, catalog: Catalog) -> set[str]:
    """Return the columns of a relation that nobody can fill."""
    return {column.name for column in catalog.columns(relation.id) if column.generated}
