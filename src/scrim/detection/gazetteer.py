"""Word lists for values that have no shape: names of people and of streets."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from scrim.detection.column_names import fold

MAX_CHARACTERS = 160


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of `words/<name>.txt`, without case and accents."""
    text = resources.files("scrim.detection").joinpath("words", f"{name}.txt")
    lines = text.read_text(encoding="utf-8").splitlines()
    listed = " ".join(line for line in lines if not line.startswith("#"))
    return frozenset(fold(listed).casefold().split())


def _name_words(value: str) -> list[str]:
    """The words of a name without titles and initials; nothing if it cannot be a name."""
    if len(value) > MAX_CHARACTERS:
        return []
    words = fold(value).casefold().replace(",", " ").replace("-", " ").split()
    bare = [word.strip(".'\u2019") for word in words]
    if not all(word.replace("'", "").replace("\u2019", "").isalpha() for word in bare if word):
        return []
    return [word for word in bare if len(word) > 1 and word not in word_list("titles")]


def is_given_name(value: str) -> bool:
    """Whether the value is a given name, or two of them."""
    words = _name_words(value)
    return 1 <= len(words) <= 2 and words[0] in word_list("given_names")


def is_family_name(value: str) -> bool:
    """Whether the value is a family name, with or without a particle."""
    words = [word for word in _name_words(value) if word not in word_list("particles")]
    return 1 <= len(words) <= 2 and words[-1] in word_list("family_names")


def is_full_name(value: str) -> bool:
    """Whether the value is a given and a family name, in either order."""
    words = [word for word in _name_words(value) if word not in word_list("particles")]
    if not 2 <= len(words) <= 5 or len(value.split()) < 2:
        return False
    if not word_list("company_words").isdisjoint(words):
        return False
    given, family = word_list("given_names"), word_list("family_names")
    ends = (words[0], words[-1])
    return any(word in given for word in ends) or (ends[1] in family and len(words) <= 3)


def is_street(value: str) -> bool:
    """Whether the value is a street with a house number, or names a kind of street."""
    if len(value) > MAX_CHARACTERS:
        return False
    folded = fold(value).casefold()
    words = [word.strip(".,;#()") for word in folded.replace("/", " ").replace(",", " ").split()]
    if not 2 <= len(words) <= 20:
        return False
    kinds = word_list("street_words")
    endings = tuple(word[1:] for word in kinds if word.startswith("-"))
    named = any(word in kinds or word.endswith(endings) for word in words)
    return named and any(c.isdigit() for c in folded) and any(c.isalpha() for c in folded)


TESTS: Mapping[str, Callable[[str], bool]] = {
    "given_name": is_given_name,
    "family_name": is_family_name,
    "full_name": is_full_name,
    "street": is_street,
}
"""Tests by the name that an entity's `vote` gives; other classes are known by `classes` alone."""
