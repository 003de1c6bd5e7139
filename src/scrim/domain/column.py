"""Columns of relations, columns of results, and what each carries."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation in a data store.

    Attributes:
        schema: Schema name, unquoted.
        relation: Relation name, unquoted.
        name: Column name, unquoted.
    """

    schema: str
    relation: str
    name: str

    def qualified_name(self) -> str:
        """Return `schema.relation.column`, the form that the `tags` block of scrim.yaml uses."""
        return f"{self.schema}.{self.relation}.{self.name}"


class ResultField(NamedTuple):
    """One field of a result as the data store describes it.

    A tuple, because one is made for each column of each statement of a new shape.

    Attributes:
        name: Field name that the client sees.
        relation_id: The store's identifier of the origin relation, 0 when it names none.
        column_number: Number of the column within that relation, 0 when it names none.
        type_id: The store's identifier of the type.
        type_modifier: Type modifier, -1 when absent.
    """

    name: str
    relation_id: int
    column_number: int
    type_id: int
    type_modifier: int


class RowPlace(NamedTuple):
    """Which row a column stands in, and as which column.

    Attributes:
        row: What stands for the row: equal for columns of one row.
        name: The name of the column where it is stored, whatever a result calls it.
    """

    row: int
    name: str


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """Where the values of one result column can have come from.

    Attributes:
        columns: Every base column that can flow into the result column.
        known: False when something was not understood, so that any data may be in it.
        unchanged: True when the value is exactly the value of the single column in `columns`.
        altered: Columns of which a part or another spelling can be in it, which no search finds.
        transformed: Columns that went through an expression.
        aggregated: Columns of which the values of many rows went into one.
        measured: Columns that are only compared or measured, so that no value of theirs is in it.
        made: Whether what the statement makes up can be in it beside values of the columns.
        cut: Whether a part of a value can be in it, or a number made of one.
    """

    columns: frozenset[Column]
    known: bool
    unchanged: bool = False
    altered: frozenset[Column] = frozenset()
    transformed: frozenset[Column] = frozenset()
    aggregated: frozenset[Column] = frozenset()
    measured: frozenset[Column] = frozenset()
    made: bool = False
    cut: bool = False

    def kind(self, column: Column) -> str:
        """Return how a column flows into it: `unchanged`, `transformed` or `aggregated`.

        Args:
            column: One of `columns`.
        """
        if column in self.aggregated:
            return "aggregated"
        changed = column in self.transformed or column in self.altered
        return "transformed" if changed else "unchanged"
