"""Splits psql scripts into the statement strings that psql would send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
    | (?P<escaped> [eE]'(?:[^'\\]|\\.|'')*' )
    | (?P<quoted> '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | (?P<dollar> \$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$ )
    | (?P<word> \w+ )
    | (?P<bracket> [()] )
    | (?P<end> ; )
    | (?P<command> \\[^\n]* )
    | (?P<other> . )
    """,
    re.DOTALL | re.VERBOSE,
)
_COPY = re.compile(r"(?i)^\s*copy\b[^;]*\bfrom\s+stdin\b")
_FUNCTION = re.compile(r"(?i)^\s*create\s+(or\s+replace\s+)?(function|procedure)\b")


def statements(script: str) -> Iterator[str]:
    """Give the statements of a script, without psql's own commands and the data of COPY.

    Args:
        script: The text of the file.
    """
    place, start, depth, blocks = 0, 0, 0, 0
    text = ""
    while place < len(script):
        token = _TOKEN.match(script, place)
        assert token is not None
        place = token.end()
        kind = token.lastgroup if token.lastgroup != "tag" else "dollar"
        if kind == "command":
            # `\gset`, `\gexec` and the like send what stands before them.
            text += script[start : token.start()]
            start = place
            if token.group().startswith((r"\g", r"\crosstab", r"\watch", r"\;")) and text.strip():
                yield text.strip()
                text = ""
            continue
        if kind == "bracket":
            depth += 1 if token.group() == "(" else -1
        if kind == "word":
            blocks += _block(token.group().lower(), text + script[start:place])
        if kind == "end" and depth <= 0 and blocks <= 0:
            found = (text + script[start : token.start()]).strip()
            text, start, depth, blocks = "", place, 0, 0
            if found:
                yield found
            if _COPY.match(_bare(found)):
                end = script.find("\n\\.\n", place)
                start = place = len(script) if end < 0 else end + 4
    rest = (text + script[start:]).strip()
    if rest:
        yield rest


def _block(word: str, before: str) -> int:
    """Return by how much a word nests the bodies of functions that are stored as parsed."""
    if not _FUNCTION.match(_bare(before)):
        return 0
    if word in {"atomic", "case"}:
        return 1
    return -1 if word == "end" else 0


def _bare(text: str) -> str:
    return re.sub(r"^(\s*(--[^\n]*\n|/\*.*?\*/))*", "", text, flags=re.DOTALL)
