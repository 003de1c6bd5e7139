"""A SELECT while its sources are read, and what its items are made of together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from scrim.statements.dialects.expressions import Visible, folded
from scrim.statements.facts import Flow, Joined, RowInfluence, Source, Target


@dataclass(slots=True)
class Select:
    """A SELECT that is being read.

    Attributes:
        sources: What it takes rows from.
        influences: What decides which rows it has.
        visible: The names that its expressions can use.
        joined: How the sources are joined, as far as that is followed.
        merges: Whether a join makes one column of two.
        unclear: Whether it is not followed which columns a star stands for then.
    """

    visible: Visible
    sources: list[Source] = field(default_factory=list)
    influences: list[RowInfluence] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    merges: bool = False
    unclear: bool = False

    def add(self, sources: Iterable[Source]) -> None:
        """Add sources, whose names are visible from then on."""
        for source in sources:
            self.sources.append(source)
            self.visible = self.visible.inside([source.visible_name])

    def place(self, count: int, join: exp.Join | None) -> None:
        """Note how the newest sources are joined to those before them.

        Args:
            count: How many they are.
            join: The join, None where a comma stands before them, or nothing.
        """
        self.unclear = self.unclear or count != 1
        newest = Joined(len(self.sources) - 1)
        if join is None or not self.joined:
            self.joined.append(newest)
            return
        using = tuple(folded(one.name) for one in join.args.get("using") or ())
        natural = str(join.args.get("method") or "").upper() == "NATURAL"
        self.merges = self.merges or natural or bool(using)
        sides = (self.joined.pop(), newest)
        self.joined.append(Joined(0, sides, using, natural, "full"))

    def following(self) -> tuple[Joined, ...]:
        """Return how the sources are joined, where that matters for the columns of a star."""
        return tuple(self.joined) if self.merges and not self.unclear else ()


def joined(flows: Iterable[Flow]) -> Flow:
    """Return what several expressions are made of together."""
    found = list(flows)
    return Flow(
        columns=tuple(dict.fromkeys(c for flow in found for c in flow.columns)),
        altered_columns=tuple(dict.fromkeys(c for flow in found for c in flow.altered_columns)),
        aggregated_columns=tuple(
            dict.fromkeys(c for flow in found for c in flow.aggregated_columns)
        ),
        counted_columns=tuple(dict.fromkeys(c for flow in found for c in flow.counted_columns)),
        subqueries=tuple(query for flow in found for query in flow.subqueries),
        opaque=any(flow.opaque for flow in found),
    )


def many(flows: Sequence[Flow]) -> Target:
    """Return an item that stands for any number of columns, each made of all of this."""
    flow = joined(flows)
    if flow.columns and flow.columns[0].name == "*":
        # A lone star would be taken for the columns one by one.
        named = [column for column in flow.columns if column.name != "*"]
        if not named:
            return Target(None, "star", Flow(opaque=True))
        flow = joined([Flow(columns=(named[0],)), flow])
    return Target(None, "star", flow)


def hidden(sources: Iterable[Source]) -> list[Source]:
    """Return sources that a star leaves out."""
    return [replace(source, by_name_only=True) for source in sources]
