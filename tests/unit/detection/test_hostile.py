"""Texts made of pieces of each entity's own declaration are scanned in linear time."""

import re
import time
from collections.abc import Iterator
from typing import Final

import pytest

from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.entry import Entry
from scrim.detection.scan import Scanner, builtin_scanner

# Bytes of the shorter text; the longer one has four times as many.
SIZE: Final = 1 << 14
# Quadratic time would make it sixteen; the machine may be busy with something else.
MAX_GROWTH: Final = 10.0
# Texts that take less are not worth a comparison, in seconds.
QUICK: Final = 0.15
PIECES: Final = (
    *(
        "{",
        "=",
        "<",
        "%25%25",
        "&amp;amp;",
        "1-",
        "12.",
        "123 456 ",
        "(",
        '"',
        "('",
        '{"a":"',
        "a=b=",
    ),
    *(
        "key: ",
        "::1",
        "<a>",
        '<a b="',
        "<!--",
        "eyJ",
        "eyJeyJ.",
        "-----BEGIN ",
        "://",
        "a@b.",
        "\0",
    ),
    *(
        "-----BEGIN PRIVATE KEY-----",
        "password=",
        "=3D",
        "e\u0301",
        "\u200b",
        "\uff14",
        "QUJD",
        "3132",
    ),
    *(
        "Mr. John Smith wrote to ada@b.co in Berlin. ",
        "lives in ",
        "a,b\n1,2\n",
        "|a|b|\n|--|--|\n",
    ),
)


def filled(layout: str) -> str:
    """Return a value of a layout of `formats`, by its first characters."""
    plain = re.sub(r"\{[^}]*\}", "", re.sub(r"\[[^\]]*\]", "1", layout))
    return plain.translate(str.maketrans("#@*~", "1AB-"))


def units(entry: Entry) -> Iterator[str]:
    """Yield what is repeated: pieces of what the entity is declared by."""
    for prefix in entry.prefixes[:3]:
        yield from (prefix, prefix + "a1B", f'x="{prefix}')
    for key in entry.keys[:2]:
        yield from (f"{key}=", f'{key} = "', f"{key}: ")
    for layout in entry.formats[:2]:
        yield from (filled(layout) + " ", filled(layout) + "-", filled(layout)[:-1] + " ")
    for keyword in entry.keywords[:2]:
        yield from (f"{keyword} ", f"{keyword}:1 ")
    for column in entry.columns[:1]:
        yield from (f"{column}=", f"a.{column} = '", f'{{"{column}":"')
    for match in entry.matches[:1]:
        text = match if isinstance(match, str) else "".join(match.parts)
        yield from (text, text[: len(text) // 2], text[:-1] + "\n")


def seconds(scanner: Scanner, unit: str, size: int) -> float:
    """Return the least of two measurements, for a text of so many bytes."""
    cell = (unit * (size // len(unit.encode()) + 1)).encode()
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        scanner.scan_cells([cell])
        best = min(best, time.process_time() - start)
        if best < QUICK:
            break
    return best


def growth(scanner: Scanner, unit: str) -> float:
    """Return how much longer the longer text takes, or nothing if it takes no time at all."""
    long = seconds(scanner, unit, 4 * SIZE)
    return 0.0 if long < QUICK else long / max(seconds(scanner, unit, SIZE), 1e-6)


@pytest.mark.parametrize("unit", PIECES)
def test_repeated_pieces_take_linear_time(unit: str) -> None:
    assert growth(builtin_scanner(), unit) < MAX_GROWTH


@pytest.mark.long
@pytest.mark.parametrize("entry", builtin_catalogue().entries, ids=lambda entry: str(entry.name))
def test_pieces_of_a_declaration_take_linear_time(entry: Entry) -> None:
    slow = [unit for unit in units(entry) if unit and growth(builtin_scanner(), unit) >= MAX_GROWTH]
    assert not slow


def test_names_beside_many_other_values_take_linear_time() -> None:
    mail, names = "a@b.co ", "Yesterday Martha Winterbottom called. "
    scanner = builtin_scanner()
    times = []
    for size in (SIZE, 8 * SIZE):
        cell = (mail * (size // len(mail)) + names * (size // len(names))).encode()
        start = time.process_time()
        scanner.scan_cells([cell])
        times.append(time.process_time() - start)
    assert times[1] < QUICK or times[1] < 24 * times[0]


@pytest.mark.parametrize("cell", [b"\xff" * 9999, b"\0" * 9999, b"\xed\xa0\x80" * 999, b"\xf0" * 9])
def test_bytes_that_are_no_text_hide_no_address(cell: bytes) -> None:
    address = b" ada@example.com "
    (found,) = builtin_scanner().scan_cells([cell + address + cell])
    assert [(one.start, one.end) for one in found] == [(len(cell) + 1, len(cell) + 16)]
