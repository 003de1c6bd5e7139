"""Which words of an answer are real, which were replaced, and which are nobody's secret.

Found by comparison alone, with what the database itself answers: nothing here asks the gateway what
it did, so what the demo shows is what a client really received.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[\"',;(){}\[\]]|[^\s\"',;(){}\[\]]+")


class Shade(StrEnum):
    """What a piece of an answer is."""

    PLAIN = "plain"
    RAW = "raw"
    MASKED = "masked"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cell and what it is."""

    text: str
    shade: Shade


Cell = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client received for one query.

    Attributes:
        columns: Names of the columns.
        rows: The cells as text.
        refusal: Why there is no result; empty when there is one.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Shaded:
    """An answer with every cell in pieces.

    Attributes:
        answer: The answer.
        rows: The cells, each as pieces that together are its text.
    """

    answer: Answer
    rows: tuple[tuple[Cell, ...], ...] = ()

    def shade_of(self, row: int, column: int) -> Shade:
        """Return the strongest shade in a cell."""
        shades = {piece.shade for piece in self.rows[row][column]}
        return next((s for s in (Shade.RAW, Shade.MASKED) if s in shades), Shade.PLAIN)


def as_text(value: object) -> str:
    """Return a value as the demo shows it."""
    if value is None:
        return "NULL"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def shade(
    truth: Answer, answers: Mapping[str, Answer], tagged: Collection[str] = ()
) -> dict[str, Shaded]:
    """Shade every answer to one query.

    A word is sensitive when it was replaced for at least one of those who asked, or stands in a
    column that is known to be.

    Args:
        truth: What the database answers without a gateway.
        answers: What each one received.
        tagged: Names of columns that are known to be sensitive.
    """
    complete = {
        name: answer
        for name, answer in answers.items()
        if not answer.refusal and len(answer.rows) == len(truth.rows)
    }
    shaded = {name: Shaded(answer) for name, answer in answers.items()}
    for name, answer in complete.items():
        rows = [
            tuple(
                _shade_cell(r, c, truth, answer, () if label in tagged else complete.values())
                for c, label in enumerate(answer.columns)
            )
            for r in range(len(answer.rows))
        ]
        shaded[name] = Shaded(answer, tuple(rows))
    return shaded


def _shade_cell(
    row: int, column: int, truth: Answer, answer: Answer, witnesses: Collection[Answer]
) -> Cell:
    """Shade one cell; without witnesses all of it is sensitive."""
    if not witnesses:
        same = answer.rows[row][column] == truth.rows[row][column]
        return (Piece(answer.rows[row][column], Shade.RAW if same else Shade.MASKED),)
    real = _words(truth.rows[row][column])
    seen = _words(answer.rows[row][column])
    sensitive: set[int] = set()
    for witness in witnesses:
        sensitive |= _changed(real, _words(witness.rows[row][column]))
    return tuple(_merged(_pieces(real, seen, sensitive)))


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _changed(real: Sequence[str], seen: Sequence[str]) -> set[int]:
    """Return the places of the real words that somebody did not get to see."""
    changed: set[int] = set()
    for kind, start, end, _, _ in SequenceMatcher(None, real, seen, autojunk=False).get_opcodes():
        if kind != "equal":
            changed |= set(range(start, end))
    return changed


def _pieces(real: Sequence[str], seen: Sequence[str], sensitive: set[int]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, real, seen, autojunk=False)
    for kind, real_start, _, start, end in matcher.get_opcodes():
        for offset, word in enumerate(seen[start:end]):
            if kind != "equal":
                yield Piece(word, Shade.MASKED)
            else:
                hidden_from_others = real_start + offset in sensitive
                yield Piece(word, Shade.RAW if hidden_from_others else Shade.PLAIN)


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbours of one shade."""
    current: Piece | None = None
    for piece in pieces:
        if current is not None and current.shade is piece.shade:
            current = Piece(current.text + piece.text, piece.shade)
            continue
        if current is not None:
            yield current
        current = piece
    if current is not None:
        yield current
