"""Cuts texts into windows that a model takes at once, with an overlap, and says who owns what.

Each window sees some of its neighbours' tokens; in the middle of what two windows share, the one
gives over to the other, so that every token is told by the window that sees most around it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

PIECE_CHARACTERS: Final = 4096
"""Characters that are cut into tokens at once; more than 512 tokens of prose."""
OVERLAP_TOKENS: Final = 128


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a text that the model tells something of.

    Attributes:
        row: Its place among the tokens of its window.
        start: First character of it in the text.
        end: First character after it.
        word: Number of its word within its window.
    """

    row: int
    start: int
    end: int
    word: int


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a text that the model reads at once.

    Attributes:
        ids: The tokens' numbers, those of the model's own marks among them.
        owned: The tokens that this window tells of, in their order.
    """

    ids: Sequence[int]
    owned: Sequence[Token]


def windows(text: str, tokenizer: "Tokenizer") -> Iterator[Window]:
    """Yield the windows of a text; time linear in its length.

    Args:
        text: The text, without lone surrogates.
        tokenizer: Cuts it into tokens; truncates to what the model takes at once.
    """
    start = owned_from = 0
    while start < len(text):
        piece = text[start : start + PIECE_CHARACTERS]
        encoding = tokenizer.encode(piece)
        rows = [row for row, mark in enumerate(encoding.special_tokens_mask) if not mark]
        rest = bool(encoding.overflowing) or start + len(piece) < len(text)
        following, owned_to = len(text), len(text)
        if rest:
            following, owned_to = _next(encoding, rows, start, len(piece))
        words, offsets = encoding.word_ids, encoding.offsets
        owned = [
            Token(row, start + offsets[row][0], start + offsets[row][1], words[row] or 0)
            for row in rows
            if owned_from <= start + offsets[row][0] < owned_to
            and offsets[row][0] < offsets[row][1]
        ]
        if owned:
            yield Window(encoding.ids, owned)
        start, owned_from = following, owned_to


def _next(encoding: "Encoding", rows: Sequence[int], start: int, length: int) -> tuple[int, int]:
    """Return where the next window starts, and from where on it tells."""
    offsets = encoding.offsets
    overlap = min(OVERLAP_TOKENS, len(rows) // 4)
    if overlap:
        begin = _word_start(encoding, rows, len(rows) - overlap)
        middle = max(begin, _word_start(encoding, rows, len(rows) - max(overlap // 2, 1)))
        following, owned_to = (start + offsets[rows[place]][0] for place in (begin, middle))
        if following > start:
            return following, owned_to
    end = offsets[rows[-1]][1] if rows and encoding.overflowing else length
    return start + max(end, 1), start + max(end, 1)


def _word_start(encoding: "Encoding", rows: Sequence[int], place: int) -> int:
    """Return the place of the first token of a word, or the place itself in a word without end."""
    words = encoding.word_ids
    first = place
    while first > len(rows) // 2 and words[rows[first]] == words[rows[first - 1]]:
        first -= 1
    return first if first > len(rows) // 2 else place
