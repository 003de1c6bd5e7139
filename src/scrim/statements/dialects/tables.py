"""What the name of a relation means: a table expression of the statement, or a relation outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from sqlglot import exp

from scrim.statements.catalog import Catalog
from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.expressions import folded
from scrim.statements.facts import RelationUse


@dataclass(slots=True)
class Definitions:
    """The table expressions of one WITH, while they are read.

    Attributes:
        names: Their names as written, by the names that they are compared as.
        keyword: Whether it says `RECURSIVE`.
    """

    names: dict[str, str]
    keyword: bool
    _defined: set[str] = field(default_factory=set)
    _themselves: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, node: exp.With) -> Self | None:
        """Return those of a WITH; None where something else is defined than table expressions."""
        names: dict[str, str] = {}
        for one in node.expressions:
            if not isinstance(one, exp.CTE) or one.args.get("scalar"):
                return None
            name = folded(one.alias)
            if not name or name in names or not isinstance(one.this, exp.Query):
                return None
            names[name] = one.alias
        if any(node.args.get(name) for name in ("search", "cycle", "udfs")):
            return None
        return cls(names, bool(node.args.get("recursive")))

    def defined(self, name: str) -> None:
        """Note that an expression is complete, so that what follows can use it."""
        self._defined.add(name)

    def recursive(self, name: str) -> bool:
        """Whether an expression can name itself."""
        return self.keyword or name in self._themselves

    def usable(self, name: str, *, itself: bool) -> bool:
        """Whether a name certainly means the expression, and not a relation of the same name.

        Args:
            name: The name.
            itself: Whether an expression may name itself without being said to.
        """
        if name in self._defined or self.keyword:
            return True
        following = next((one for one in self.names if one not in self._defined), None)
        if itself and name == following:
            self._themselves.add(name)
            return True
        return False


class Tables:
    """The relations of one statement.

    Attributes:
        uses: What the statement does with which, each once.
    """

    def __init__(self, dialect: SqlDialect, catalog: Catalog) -> None:
        """Know of none yet.

        Args:
            dialect: The dialect.
            catalog: The schema.
        """
        self.uses: dict[RelationUse, None] = {}
        self.catalog = catalog
        self._dialect = dialect
        self._frames: list[Definitions] = []

    @contextmanager
    def defining(self, definitions: Definitions) -> Iterator[None]:
        """Have table expressions visible for a while."""
        self._frames.append(definitions)
        try:
            yield
        finally:
            self._frames.pop()

    def use(self, schema: str | None, name: str, role: str = "read", verb: str = "select") -> None:
        """Note what is done with a relation."""
        self.uses[RelationUse(schema, name, role, verb)] = None

    def meaning(self, node: exp.Table) -> tuple[str, str | None, str]:
        """Return the kind of source that a name is, with schema and name.

        Args:
            node: A table that has an identifier for its name.
        """
        name = folded(node.name)
        schema = schema_of(node)
        if schema is None:
            for frame in reversed(self._frames):
                if name not in frame.names:
                    continue
                itself = self._dialect.self_reference and not self.catalog.named(None, name)
                # Another spelling is another relation where names have cases.
                certain = node.name == frame.names[name]
                if certain and frame.usable(name, itself=itself):
                    return "cte", None, name
                self.use(None, name)
                return "other", None, name
        self.use(schema, name)
        return "relation", schema, name


def schema_of(node: exp.Table) -> str | None:
    """Return what stands before the name of a relation, with dots; None for nothing."""
    parts = [part for part in (node.args.get("catalog"), node.args.get("db")) if part is not None]
    return ".".join(folded(part.name) for part in parts) or None
