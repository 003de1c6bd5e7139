"""What is asked for, and the facts about it that policies can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scrim.config.relation_names import join_name
from scrim.domain.column import Column

EntityUid = tuple[str, str]
"""Type and identifier of a Cedar entity."""


@dataclass(frozen=True, slots=True)
class ConnectionResource:
    """A whole data store.

    Attributes:
        name: Its name in scrim.yaml.
        protocol: The protocol that it speaks.
    """

    name: str
    protocol: str

    def uid(self) -> EntityUid:
        """Return the Cedar identifier."""
        return ("Connection", self.name)

    def entities(self) -> Iterable[dict[str, Any]]:
        """Yield the resource and its ancestors as Cedar entities."""
        facts = {"name": self.name, "protocol": self.protocol, "tags": [], "tag_groups": []}
        yield _entity(self.uid(), facts, None)


@dataclass(frozen=True, slots=True)
class TableResource:
    """A relation of a data store.

    Attributes:
        connection: Where it is.
        schema: Schema name, unquoted.
        name: Relation name, unquoted.
        tags: What is known of it.
    """

    connection: ConnectionResource
    schema: str
    name: str
    tags: frozenset[str] = frozenset()

    def uid(self) -> EntityUid:
        """Return the Cedar identifier."""
        return ("Table", f"{self.connection.name}/{join_name((self.schema, self.name))}")

    def entities(self) -> Iterable[dict[str, Any]]:
        """Yield the resource and its ancestors as Cedar entities."""
        yield from self.connection.entities()
        facts = {
            "connection": self.connection.name,
            "schema": self.schema,
            "name": self.name,
            **_tags(self.tags),
        }
        yield _entity(self.uid(), facts, self.connection.uid())


@dataclass(frozen=True, slots=True)
class ColumnResource:
    """A column of a relation.

    Attributes:
        table: The relation.
        name: Column name, unquoted.
        tags: What is known of it, beside the tags of its relation.
        confidence: How sure that is, from 0 to 100.
    """

    table: TableResource
    name: str
    tags: frozenset[str] = frozenset()
    confidence: int = 0

    @classmethod
    def of(
        cls,
        connection: ConnectionResource,
        column: Column,
        tags: frozenset[str],
        table_tags: frozenset[str],
        confidence: int = 0,
    ) -> "ColumnResource":
        """Return the resource of a column."""
        table = TableResource(connection, column.schema, column.relation, table_tags)
        return cls(table, column.name, tags, confidence)

    def uid(self) -> EntityUid:
        """Return the Cedar identifier."""
        path = join_name((self.table.schema, self.table.name, self.name))
        return ("Column", f"{self.table.connection.name}/{path}")

    def entities(self) -> Iterable[dict[str, Any]]:
        """Yield the resource and its ancestors as Cedar entities."""
        yield from self.table.entities()
        facts = {
            "connection": self.table.connection.name,
            "schema": self.table.schema,
            "table": self.table.name,
            "name": self.name,
            **_tags(self.tags | self.table.tags),
            "confidence": self.confidence,
        }
        yield _entity(self.uid(), facts, self.table.uid())


Resource = ConnectionResource | TableResource | ColumnResource


def _tags(tags: frozenset[str]) -> dict[str, list[str]]:
    return {
        "tags": sorted(tags),
        "tag_groups": sorted({tag.partition(".")[0] for tag in tags}),
    }


def _entity(uid: EntityUid, attributes: dict[str, Any], parent: EntityUid | None) -> dict[str, Any]:
    parents = [] if parent is None else [{"type": parent[0], "id": parent[1]}]
    return {"uid": {"type": uid[0], "id": uid[1]}, "attrs": attributes, "parents": parents}
