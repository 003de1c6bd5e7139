"""An attacker who knows pairs of raw and masked values, and guesses the masked form of others."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Guesses:
    """How well the attacker did.

    Attributes:
        values: Whole values that were guessed.
        above_chance: Characters that were guessed, above what the most frequent character of each
            place gives, in standard errors.
    """

    values: int
    above_chance: float


def guesses_right(known: Sequence[Pair], unknown: Sequence[Pair]) -> Guesses:
    """Let the attacker learn from pairs and guess the masked form of further raw values.

    It learns, for each place of the masked value, which character follows from which character at
    which place of the raw one (the best of all places), as a substitution cipher or a leak of a
    digit would show; and takes for the whole value what the nearest known raw value became, with
    the difference of the numbers in them applied, as an offset would show.

    Args:
        known: Pairs to learn from.
        unknown: Pairs to guess.
    """
    values = sum(_nearest(known, raw) == masked for raw, masked in unknown)
    right, expected, places = 0, 0.0, 0
    width = max(len(masked) for _, masked in known)
    for place in range(width):
        rule, usual = _learn(known, place)
        for raw, masked in unknown:
            if place >= len(masked):
                continue
            places += 1
            right += rule(raw) == masked[place]
            expected += usual == masked[place]
    deviation = math.sqrt(max(expected * (1 - expected / max(places, 1)), 1.0))
    return Guesses(values, (right - expected) / deviation)


def _learn(known: Sequence[Pair], place: int) -> tuple[_Rule, str]:
    """Return the best rule for a place of the masked value, and its most frequent character.

    Half of the pairs teach each rule, the other half tell which is best.
    """
    half = len(known) // 2
    usual = Counter(masked[place : place + 1] for _, masked in known).most_common(1)[0][0]
    best, score = _Rule(-1, {}, usual), -1
    for source in range(max(len(raw) for raw, _ in known)):
        seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for raw, masked in known[:half]:
            seen[raw[source : source + 1]][masked[place : place + 1]] += 1
        table = {character: follows.most_common(1)[0][0] for character, follows in seen.items()}
        rule = _Rule(source, table, usual)
        hits = sum(rule(raw) == masked[place : place + 1] for raw, masked in known[half:])
        if hits > score:
            best, score = rule, hits
    return best, usual


@dataclass(frozen=True, slots=True)
class _Rule:
    source: int
    table: dict[str, str]
    usual: str

    def __call__(self, raw: str) -> str:
        return self.table.get(raw[self.source : self.source + 1], self.usual)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _nearest(known: Sequence[Pair], raw: str) -> str:
    """Return what the nearest known value became, moved by the difference of their numbers."""
    number = int(_digits(raw) or 0)
    near, became = min(known, key=lambda pair: abs(int(_digits(pair[0]) or 0) - number))
    offset = number - int(_digits(near) or 0)
    digits = _digits(became)
    if not digits:
        return became
    moved = iter(f"{(int(digits) + offset) % 10 ** len(digits):0{len(digits)}}")
    return "".join(next(moved) if character.isdigit() else character for character in became)
