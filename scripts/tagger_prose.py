"""Real prose and program text in which there is next to nothing to find, for the tagger's training.

Source: the documentation of services and the program text that come with botocore (Apache-2.0).
Names of places, months and the like are left open there: the model may say of them what it wants.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import botocore

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

FOLDER = Path(botocore.__file__).parent
# Of the services in order of their names, each of this many is read.
EVERY = 4

Parts = list[tuple[str, str]]


def documentation(value: object) -> Iterator[str]:
    """All texts of a service's description that are meant for people."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "documentation" and isinstance(inner, str):
                yield inner
            else:
                yield from documentation(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from documentation(inner)


def plain(text: str) -> str:
    """The text without its HTML: paragraphs and list items become lines."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"</?(p|li|ul|ol|dl|dd|dt|note|important|h\d|br|pre)[ />]*>", "\n", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def paragraphs() -> list[str]:
    """Distinct paragraphs of the documentation, in a fixed order."""
    found: dict[str, None] = {}
    services = sorted(path for path in (FOLDER / "data").iterdir() if path.is_dir())
    for service in services[::EVERY]:
        for path in sorted(service.glob("*/service-2.json.gz")):
            description = json.loads(gzip.decompress(path.read_bytes()))
            for text in documentation(description):
                shown = plain(text)
                if 15 <= len(shown) < 3000:
                    found[shown] = None
    return list(found)


def programs() -> list[str]:
    """Pieces of program text of some lines each."""
    pieces = []
    for path in sorted(FOLDER.glob("*.py")):
        lines = path.read_text("utf-8").splitlines()
        pieces += ["\n".join(lines[at : at + 8]) for at in range(20, len(lines), 8)]
    return [piece for piece in pieces if len(piece) > 40]


class Ordinary:
    """Gives texts without names, where words that could be names all the same are left open."""

    def __init__(self, open_words: set[str]) -> None:
        self.paragraphs = paragraphs()
        self.programs = programs()
        self.open = open_words

    def label(self, match: re.Match[str]) -> str:
        """`?` for what may be a name or a date; the companies that the texts are of are known."""
        word = match.group()
        if re.match(r"(19|20)\d\d|\d\d?[:/-]\d\d|\d+\.\d+\.\d+$", word):
            return "?"
        if not word[0].isupper():
            return ""
        if re.fullmatch("Amazon|AWS|Microsoft|Google", word):
            return "ORG"
        return "?" if word.lower() in self.open else ""

    def make(self, rng: random.Random) -> Parts:
        """A text, or a part of one."""
        if rng.random() < 0.2:
            text = rng.choice(self.programs)
        else:
            text = rng.choice(self.paragraphs)
            if rng.random() < 0.5:
                text = rng.choice(re.split(r"(?<=[.:]) (?=[A-Z])|\n", text))
        parts: Parts = []
        at = 0
        for match in re.finditer(r"[\w:/.-]*\w", text):
            parts += [(text[at : match.start()], ""), (match.group(), self.label(match))]
            at = match.end()
        parts.append((text[at:], ""))
        return parts
