"""Word lists for values that have no shape: names of people, streets, states and countries."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

from scrim.detection.name_words import fold

MAX_CHARACTERS = 160
HAN = ("\u3400", "\u9fff")
"""First and last of the Han characters that names are written in."""
MIN_HAN_NAME = 2
MAX_HAN_NAME = 5
MAX_HAN_FAMILY = 3


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of `words/<name>.txt`, without case and accents."""
    text = resources.files("scrim.detection").joinpath("words", f"{name}.txt")
    lines = text.read_text(encoding="utf-8").splitlines()
    listed = " ".join(line for line in lines if not line.startswith("#"))
    return frozenset(fold(listed).casefold().split())


@cache
def name_list(name: str) -> frozenset[str]:
    """Return the names of `words/<name>.txt`, parted by `|`, without case and accents."""
    text = resources.files("scrim.detection").joinpath("words", f"{name}.txt")
    lines = text.read_text(encoding="utf-8").splitlines()
    listed = "|".join(line for line in lines if not line.startswith("#"))
    return frozenset(_bare(one) for one in listed.split("|"))


def _bare(value: str) -> str:
    """The letters and digits of a value, without case and accents."""
    return "".join(c for c in fold(value).casefold() if c.isalnum())


def _listed(value: str, name: str) -> bool:
    return len(value) <= MAX_CHARACTERS and _bare(value) in name_list(name)


def is_country(value: str) -> bool:
    """Whether the value is a country in one of many languages, not its code."""
    return _listed(value, "countries")


def is_state(value: str) -> bool:
    """Whether the value is a state, province or region, not its code."""
    return _listed(value, "states")


def _is_han_name(value: str) -> bool:
    """Whether the value is a family and a given name in Han characters, parted or not."""
    bare = value.replace(" ", "").replace("\u3000", "")
    if not MIN_HAN_NAME <= len(bare) <= MAX_HAN_NAME:
        return False
    if not all(HAN[0] <= c <= HAN[1] for c in bare):
        return False
    families = name_list("han_family_names")
    return any(bare[:end] in families for end in range(1, min(len(bare), MAX_HAN_FAMILY + 1)))


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
    if _is_han_name(value):
        return True
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
    "state": is_state,
    "country": is_country,
}
"""Tests by the name that an entity's `vote` gives; other classes are known by `classes` alone."""
CLOSED = frozenset({"state", "country"})
"""Tests whose lists know nearly all there are, so that they count whatever the classes say."""
