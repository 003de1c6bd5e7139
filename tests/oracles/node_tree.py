"""Reads the text in which PostgreSQL stores analysed queries, as in `pg_rewrite.ev_action`.

The format is that of `outfuncs.c`: nodes in braces with their fields after colons, lists in
parentheses, `<>` for nothing, and a backslash before what would end a token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[(){}]|(?:\\.|[^\\\s(){}])+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(eq=False, slots=True)
class Node:
    """A node of an analysed query.

    Attributes:
        kind: Its type in capital letters, such as `QUERY`.
        fields: Its fields by name.
    """

    kind: str
    fields: dict[str, object] = field(default_factory=dict)

    def node(self, name: str) -> Node | None:
        """Return a field that is a node; None when there is none."""
        found = self.fields.get(name)
        return found if isinstance(found, Node) else None

    def items(self, name: str) -> list[object]:
        """Return a field that is a list; empty when there is none."""
        found = self.fields.get(name)
        return found if isinstance(found, list) else []

    def nodes(self, name: str) -> list[Node]:
        """Return the nodes of a field that is a list."""
        return [item for item in self.items(name) if isinstance(item, Node)]

    def number(self, name: str, default: int = 0) -> int:
        """Return a field that is a number."""
        found = self.fields.get(name)
        return int(found) if isinstance(found, str) else default

    def text(self, name: str) -> str:
        """Return a field that is a text; empty when there is none."""
        found = self.fields.get(name)
        return found if isinstance(found, str) else ""

    def flag(self, name: str) -> bool:
        """Return a field that is true or false."""
        return self.fields.get(name) == "true"

    def below(self) -> Iterator[object]:
        """Give the values of all fields."""
        yield from self.fields.values()


def parse(text: str) -> object:
    """Return what a stored text holds: a node, a list or a word.

    Args:
        text: The text, such as that of `pg_rewrite.ev_action`.
    """
    tokens = _TOKEN.findall(text)
    value, end = _value(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"{len(tokens) - end} tokens are left")
    return value


def _value(tokens: list[str], at: int) -> tuple[object, int]:
    token = tokens[at]
    if token == "{":
        return _node(tokens, at + 1)
    if token == "(":
        items = []
        at = start = at + 1
        while tokens[at] != ")":
            item, at = _value(tokens, at)
            items.append(item)
        # Lists of numbers say first of which kind.
        numbers = bool(items) and items[0] in ("i", "o", "b", "x") and tokens[start] == items[0]
        return (items[1:] if numbers else items), at + 1
    if token == "<>":
        return None, at + 1
    word = _ESCAPE.sub(r"\1", token)
    quoted = len(word) > 1 and word[0] == word[-1] == '"'
    return (word[1:-1] if quoted else word), at + 1


def _node(tokens: list[str], at: int) -> tuple[Node, int]:
    node = Node(tokens[at])
    at += 1
    while tokens[at] != "}":
        name = tokens[at].removeprefix(":")
        at += 1
        values = []
        while tokens[at] != "}" and not tokens[at].startswith(":"):
            value, at = _value(tokens, at)
            values.append(value)
        # A constant is its length and its bytes.
        node.fields[name] = values[0] if len(values) == 1 else values
    return node, at + 1
