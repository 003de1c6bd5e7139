"""Writes the word lists of countries, states and Han family names that columns are judged by.

    python scripts/place_words.py

The lists are the same at each run with the versions of `constraints.txt`. Their sources are those
of `values_sources.py`: Babel (Unicode CLDR), Faker, mimesis and @faker-js/faker. Codes of two
letters are left out, since most of them are a state, a country and a word as well.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

from values_people import family
from values_places import american_states, countries, country_codes, states
from values_sources import by_language

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = Path(__file__).resolve().parent.parent / "src" / "scrim" / "detection" / "words"
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu"),
    *("ro", "hr", "sl", "bg", "ru", "uk", "el", "tr", "ar", "he", "fa", "hi", "th", "vi", "id"),
    *("ja", "zh", "zh_Hant", "ko", "ca", "et", "lv", "lt"),
)
MUNICIPAL = ("nb", "sv")
"""Languages whose lists of states are of municipalities, which are cities as well."""
WIDTH = 110
MIN_CHARACTERS = 3
HAN = range(0x3400, 0xA000)
COUNTY_OR_CODE = re.compile(r" County$|\d|^[A-Z]{2,3}$")
MAX_HAN = 3
"""Characters of the longest family name that is listed."""


def _long_enough(name: str) -> bool:
    return len(name) >= MIN_CHARACTERS or (len(name) > 1 and not name.isascii())


def country_names() -> list[str]:
    """Return countries in many languages, without codes."""
    names = set(countries())
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        names.update(territories[code] for code in country_codes() if code in territories)
    return sorted(name for name in names if _long_enough(name) or name in {"UK", "US"})


def state_names() -> list[str]:
    """Return states, provinces and regions of many countries, without codes and counties."""
    names = {*states(), *american_states()}
    names -= {name for tongue in MUNICIPAL for name in by_language("state")[tongue]}
    return sorted(
        name
        for name in names
        if _long_enough(name) and name.isprintable() and not COUNTY_OR_CODE.search(name)
    )


def han_families() -> list[str]:
    """Return family names of Chinese and Japanese in Han characters."""
    names = {name for tongue in ("zh", "ja") for name in family()[tongue]}
    return sorted(n for n in names if len(n) <= MAX_HAN and all(ord(c) in HAN for c in n))


def write(name: str, title: str, names: Iterable[str]) -> None:
    """Write a list, names parted by `|`.

    Args:
        name: Name of the file.
        title: What it holds.
        names: Its names, sorted.
    """
    lines = [f"# {title}, written by scripts/place_words.py."]
    line = ""
    for one in names:
        if line and len(line) + len(one) > WIDTH:
            lines.append(line)
            line = ""
        line += f"|{one}" if line else one
    (WORDS / f"{name}.txt").write_text("\n".join([*lines, line, ""]), encoding="utf-8")


def main() -> int:
    """Write all lists; returns the exit status."""
    write("countries", "Countries in many languages", country_names())
    write("states", "States, provinces and regions", state_names())
    write("han_family_names", "Family names in Han characters", han_families())
    return 0


if __name__ == "__main__":
    sys.exit(main())
