"""The graph of an explanation, from base columns to result columns: as Graphviz text and as SVG.

The SVG is laid out here, in two layers, so that nothing has to be installed to look at it. Whatever
a statement holds, both are bounded and escaped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from scrim.cli.explain_view import treatment
from scrim.cli.failures import printable
from scrim.server.explanation import ExplainedColumn, Explanation

MAX_NODES: Final = 200
"""Nodes of one layer that are drawn; a last one says how many there are beside them."""
MAX_EDGES: Final = 2_000
MAX_CHARACTERS: Final = 60
_CHARACTER, _ROW, _GAP, _MARGIN, _HEAD = 7.0, 34, 260, 20, 56
"""Pixels: width of a character, height of a row, between the layers, around all, above all."""
_FILLS: Final = {
    "pass": "#d8f0d8",
    "scan": "#fff3c4",
    "mask": "#f8d0d0",
    "null": "#f8d0d0",
    "undecided": "#e6e6e6",
    "source": "#dbe7f7",
    "influence": "#eee4f7",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A box with two lines."""

    title: str
    line: str
    fill: str


@dataclass(frozen=True, slots=True)
class Edge:
    """From a source to a result column, by their places."""

    source: int
    target: int
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Two layers and what joins them.

    Attributes:
        title: What it is about.
        sources: Base columns.
        targets: Result columns.
        edges: Which can flow where.
        left_out: What there is beside what is drawn; empty for nothing.
    """

    title: str
    sources: tuple[Node, ...]
    targets: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: str


class _Drawing:
    """A graph that is being made, within the bounds."""

    def __init__(self) -> None:
        self.sources: list[Node] = []
        self.targets: list[Node] = []
        self.edges: list[Edge] = []
        self.missing = 0
        self._places: dict[str, int] = {}

    def source(self, name: str, line: str, fill: str) -> int | None:
        """Return the place of a source, None where there is no room for it."""
        if name not in self._places:
            if len(self.sources) >= MAX_NODES:
                self.missing += 1
                return None
            self._places[name] = len(self.sources)
            self.sources.append(Node(_short(name), _short(line), fill))
        return self._places[name]

    def column(self, column: ExplainedColumn) -> None:
        """Draw a result column and what flows into it."""
        if len(self.targets) >= MAX_NODES:
            self.missing += 1
            return
        title = _short(column.name or "(unnamed)")
        self.targets.append(Node(title, _short(treatment(column)), column.treatment))
        if not column.known and not column.sources:
            self._edge(self.source("anything", "lineage unknown", "influence"), "")
        for one in column.sources:
            known = ", ".join(one.tags) or one.entity or "nothing known"
            label = "" if one.use == "unchanged" else one.use
            self._edge(self.source(one.column, known, "source"), label)

    def _edge(self, source: int | None, label: str) -> None:
        if source is not None and len(self.edges) < MAX_EDGES:
            self.edges.append(Edge(source, len(self.targets) - 1, label))
        elif source is not None:
            self.missing += 1


def graph_of(explanation: Explanation) -> Graph:
    """Return the graph of an explanation, within the bounds."""
    drawing = _Drawing()
    for statement in explanation.statements:
        for column in statement.columns:
            drawing.column(column)
        for influence in statement.influences:
            drawing.source(influence.column, ", ".join(influence.ways), "influence")
    who = f" as {explanation.principal[0]}" if explanation.principal else ""
    title = _short(f"{explanation.verdict}{who}: {explanation.statement}", 100)
    left_out = f"{drawing.missing} more are not drawn" if drawing.missing else ""
    layers = (tuple(drawing.sources), tuple(drawing.targets))
    return _ordered(Graph(title, *layers, tuple(drawing.edges), left_out))


def _ordered(graph: Graph) -> Graph:
    """Put each source near the columns that it flows into, so that few edges cross."""
    reached: dict[int, list[int]] = {}
    for edge in graph.edges:
        reached.setdefault(edge.source, []).append(edge.target)
    far = len(graph.targets)

    def middle(place: int) -> float:
        found = reached.get(place)
        return sum(found) / len(found) if found else far

    order = sorted(range(len(graph.sources)), key=middle)
    moved = {old: new for new, old in enumerate(order)}
    return Graph(
        graph.title,
        tuple(graph.sources[old] for old in order),
        graph.targets,
        tuple(Edge(moved[edge.source], edge.target, edge.label) for edge in graph.edges),
        graph.left_out,
    )


def dot_of(explanation: Explanation) -> str:
    """Return the graph in the language of Graphviz."""
    graph = graph_of(explanation)
    title = graph.title + (f" ({graph.left_out})" if graph.left_out else "")
    lines = [
        "digraph explanation {",
        f"  label={_quoted(title)};",
        '  rankdir=LR; labelloc=t; fontname="sans-serif";',
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    for letter, nodes in (("s", graph.sources), ("r", graph.targets)):
        lines += [
            f"  {letter}{place} [label={_quoted(node.title, node.line)}, "
            f'fillcolor="{_FILLS[node.fill]}"];'
            for place, node in enumerate(nodes)
        ]
    lines += [
        f"  s{edge.source} -> r{edge.target} [label={_quoted(edge.label)}];" for edge in graph.edges
    ]
    return "\n".join([*lines, "}", ""])


def _quoted(*lines: str) -> str:
    # A line end in a label is the escape \n; what the text itself has of these is doubled.
    texts = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(texts) + '"'


def svg_of(explanation: Explanation) -> str:
    """Return the graph as a drawing that any browser shows."""
    graph = graph_of(explanation)
    left, right = _width(graph.sources), _width(graph.targets)
    title = graph.title + (f" ({graph.left_out})" if graph.left_out else "")
    rows = max(len(graph.sources), len(graph.targets), 1)
    gap = _GAP if graph.sources else 0
    start = _MARGIN + left + gap
    width = max(start + right, len(title) * _CHARACTER) + 2 * _MARGIN
    height = _HEAD + rows * _ROW + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width:.0f}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="24" font-size="13" font-weight="bold">{escape(title)}</text>',
    ]
    parts += _edges(graph, _MARGIN + left, start, rows)
    parts += _boxes(graph.sources, _MARGIN, left, rows)
    parts += _boxes(graph.targets, start, right, rows)
    return "\n".join([*parts, "</svg>", ""])


def _boxes(nodes: tuple[Node, ...], x: float, width: float, rows: int) -> Iterable[str]:
    for place, node in enumerate(nodes):
        y = _top(place, len(nodes), rows)
        yield (
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{_ROW - 4}" rx="4" '
            f'fill="{_FILLS[node.fill]}" stroke="#777777"/>'
        )
        yield f'<text x="{x + 8:.0f}" y="{y + 13:.0f}" fill="#111111">{escape(node.title)}</text>'
        yield (
            f'<text x="{x + 8:.0f}" y="{y + 25:.0f}" font-size="10" fill="#444444">'
            f"{escape(node.line)}</text>"
        )


def _edges(graph: Graph, start: float, end: float, rows: int) -> Iterable[str]:
    bend = (end - start) / 2
    for edge in graph.edges:
        y1 = _top(edge.source, len(graph.sources), rows) + _ROW / 2 - 2
        y2 = _top(edge.target, len(graph.targets), rows) + _ROW / 2 - 2
        dashes = ' stroke-dasharray="5 3"' if edge.label else ""
        yield (
            f'<path d="M{start:.0f},{y1:.0f} C{start + bend:.0f},{y1:.0f} '
            f'{end - bend:.0f},{y2:.0f} {end:.0f},{y2:.0f}" fill="none" stroke="#888888"{dashes}>'
            f"<title>{escape(edge.label or 'unchanged')}</title></path>"
        )


def _top(place: int, count: int, rows: int) -> float:
    """Return where a row begins: the shorter layer is spread over the height of the longer."""
    return _HEAD + (place + 0.5) * rows * _ROW / count - _ROW / 2


def _width(nodes: tuple[Node, ...]) -> float:
    longest = max((max(len(node.title), len(node.line)) for node in nodes), default=0)
    return longest * _CHARACTER + 16 if nodes else 0


def _short(text: str, most: int = MAX_CHARACTERS) -> str:
    shown = printable(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
