"""Forms that training values are filled into, read from `data/values_forms.json`.

A place in a form is one of: a name, for which a maker is called; `a|b|c`, one of these; `1-500` or
`01-12`, a number between, the latter in two digits; `###` and `@@`, digits and capitals; `hex8`,
hexadecimal digits.
"""

from __future__ import annotations

import json
import re
import string
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    Maker = Callable[[random.Random], str]

FORMS_FILE = Path(__file__).parent / "data" / "values_forms.json"
_PLACE = re.compile(r"\{([^}]+)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
_HEX = re.compile(r"(hex|HEX)(\d+)")


@cache
def _file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(FORMS_FILE.read_text(encoding="utf-8"))
    return content


def terms(name: str) -> list[str]:
    """Return a list of terms by its name."""
    found: list[str] = _file()["terms"][name]
    return found


@cache
def _forms(name: str) -> tuple[list[str], list[float]]:
    rows = _file()["forms"][name]
    return [form for _, form in rows], [weight for weight, _ in rows]


def filled(name: str, makers: Mapping[str, Maker], rng: random.Random) -> str:
    """Return a form of a kind with its places filled.

    Args:
        name: The kind of forms.
        makers: What makes the values of named places.
        rng: Chance.
    """
    forms, weights = _forms(name)
    form = rng.choices(forms, weights)[0]
    return " ".join(_PLACE.sub(lambda place: _fill(place[1], makers, rng), form).split())


def _fill(place: str, makers: Mapping[str, Maker], rng: random.Random) -> str:
    if place in makers:
        return makers[place](rng)
    if "|" in place:
        return rng.choice(place.split("|"))
    if number := _RANGE.fullmatch(place):
        low, high = number[1], number[2]
        return str(rng.randint(int(low), int(high))).zfill(len(low) if low[0] == "0" else 0)
    if digits := _HEX.fullmatch(place):
        text = "".join(rng.choice("0123456789abcdef") for _ in range(int(digits[2])))
        return text if digits[1] == "hex" else text.upper()
    alphabets = {"#": string.digits, "@": string.ascii_uppercase}
    return "".join(rng.choice(alphabets[kind]) for kind in place)
