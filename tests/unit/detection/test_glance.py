"""What a glance leaves unsearched has nothing in it that a search finds."""

import random
import re
from typing import Final

import pytest

from scrim.detection.scan import builtin_scanner

NO_ENTITY: Final = 0xFFFF
"""A hint that is no entity's: it forbids the glance and supports nothing."""
MARKS: Final = ("-", "/", "_", "?", "=", ".", "#", " ", ", ", ". ", "")
WORDS: Final[list[str]] = re.findall(
    r"\w+",
    "the order was packed with care and left at noon please check size before sending shop lamp "
    "page item part no ref id key user name code number report draft final v2 rev A B XL SKU",
)
CASES, LONG_CASES = 30_000, 2_000_000


def _vocabulary() -> list[str]:
    """Return the words of the names, keywords, prefixes and examples of all entities."""
    found: set[str] = set(WORDS)
    for entry in builtin_scanner().catalogue.entries:
        texts = [*entry.all_keywords(), *entry.columns, *entry.prefixes, *entry.keys]
        texts += [str(text) for text in (*entry.matches, *entry.values)]
        for text in texts:
            found.update(re.findall(r"[A-Za-z]{1,15}|[0-9]{1,6}|[A-Za-z0-9]{2,12}", text))
    return sorted(found)


def _texts(chance: random.Random, count: int) -> list[str]:
    words = _vocabulary()

    def piece() -> str:
        kind = chance.random()
        if kind < 0.35:
            return chance.choice(words)
        if kind < 0.65:
            return chance.choice(WORDS)
        return str(chance.randrange(int("1" + "0" * chance.randrange(1, 6))))

    def digest() -> str:
        letters = chance.choice(("0123456789abcdef", "0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0a1bcdz"))
        return "".join(chance.choices(letters, k=chance.randrange(4, 18)))

    def reading() -> str:
        day = f"{chance.choice((19, 20, 12))}{chance.randrange(100):02}-{chance.randrange(20):02}"
        time = f"{chance.randrange(30):02}:{chance.randrange(70):02}:{chance.randrange(70):02}"
        zone = chance.choice(
            ("", "Z", "+00", "+05:30", "-03", "+0000", ".5", ".123456+01", " 1234")
        )
        return f"{day}-{chance.randrange(40):02}{chance.choice((' ', 'T'))}{time}{zone}"

    def text() -> str:
        if chance.random() < 0.2:
            return chance.choice((digest, reading))()
        marks = (*MARKS[:7], "") if chance.random() < 0.7 else (" ", ", ", ". ")
        pieces = [piece() for _ in range(chance.randrange(1, 8))]
        return "".join(one + chance.choice(marks) for one in pieces)

    return [text() for _ in range(count)]


def _check(seed: int, count: int) -> None:
    detector = builtin_scanner().detector
    texts = _texts(random.Random(seed), count)  # noqa: S311 - texts of a test
    cells = [text.encode() for text in texts]
    glanced, searched = detector.scan(cells), detector.scan(cells, NO_ENTITY)
    for text, quick, thorough in zip(texts, glanced, searched, strict=True):
        assert quick == thorough, text


def test_a_glance_misses_nothing_that_a_search_finds() -> None:
    _check(3, CASES)


@pytest.mark.long
def test_a_glance_misses_nothing_in_many_texts() -> None:
    for seed in range(LONG_CASES // CASES):
        _check(1000 + seed, CASES)
