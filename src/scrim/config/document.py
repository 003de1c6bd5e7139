"""Reads YAML text into plain data and remembers the line of every key.

Only what scrim.yaml needs is understood: mappings with string keys, lists and scalars of the YAML
1.2 core schema. `off`, `no` and `12:30` are therefore strings and not a boolean or a number. Tags,
merge keys and values nested or repeated without bound are refused, duplicate keys too.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

MAX_BYTES: Final = 4 << 20
MAX_DEPTH: Final = 32
MAX_NODES: Final = 500_000
MAX_INTEGER_DIGITS: Final = 18

KeyPath = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_PLAIN_TAGS = frozenset(
    {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None}
)
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class DocumentError(Exception):
    """The text is not a document that can be read.

    Attributes:
        line: Line of the trouble, counted from 1; 0 when unknown.
        key: Path of the key that it is at.
        reason: What is wrong and what to do; never a value from the text.
    """

    def __init__(self, line: int, key: KeyPath, reason: str) -> None:
        """Keep where and why."""
        super().__init__(reason)
        self.line = line
        self.key = key
        self.reason = reason


@dataclass(slots=True)
class Document:
    """A document as plain data.

    Attributes:
        data: Dictionaries, lists, strings, numbers, booleans and None.
        lines: The line of each key and list item, counted from 1.
    """

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int:
        """Return the line of the nearest enclosing key that is in the document."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: bytes) -> Document:
    """Read one YAML document.

    Args:
        text: UTF-8 text of at most `MAX_BYTES`.

    Raises:
        DocumentError: If it cannot be read.
    """
    if len(text) > MAX_BYTES:
        raise DocumentError(0, (), f"is larger than {MAX_BYTES} bytes; split the installation")
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        raise DocumentError(line, (), f"is not valid YAML: {_wording(error)}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise DocumentError(0, (), "is not valid YAML in UTF-8; save it as plain text") from None
    except RecursionError:
        raise DocumentError(0, (), f"is nested deeper than {MAX_DEPTH} levels") from None
    finally:
        loader.dispose()
    document = Document()
    document.data = {} if root is None else _Builder(document.lines).value(root, ())
    return document


def _wording(error: yaml.MarkedYAMLError) -> str:
    """Return the parser's words without any that it quotes from the text."""
    problem = re.sub(r"'[^']*'|\"[^\"]*\"", "a word", error.problem or "it cannot be understood")
    return problem[:200]


class _Builder:
    """Turns nodes into data, counting what it makes."""

    def __init__(self, lines: dict[KeyPath, int]) -> None:
        self._lines = lines
        self._nodes = 0

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DocumentError(line, path, f"makes the file larger than {MAX_NODES} values")
        if len(path) > MAX_DEPTH:
            raise DocumentError(line, path, f"is nested deeper than {MAX_DEPTH} levels")
        if node.tag not in _PLAIN_TAGS:
            raise DocumentError(line, path, "has a YAML tag; remove it")
        self._lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node, line, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _PLAIN_TAGS:
                raise DocumentError(line, path, "has a key that is not a name; write plain keys")
            key: str = key_node.value
            if key in result:
                first = self._lines[*path, key]
                raise DocumentError(
                    line, (*path, key), f"is given a second time (first in line {first}); keep one"
                )
            self._lines[*path, key] = line
            result[key] = self.value(value_node, (*path, key))
        return result


def _scalar(node: yaml.Node, line: int, path: KeyPath) -> str | int | float | bool | None:
    """Give a scalar its type; quoted ones are always strings."""
    text: str = node.value
    if getattr(node, "style", None):
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > MAX_INTEGER_DIGITS:
            raise DocumentError(line, path, "is a number with too many digits")
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
