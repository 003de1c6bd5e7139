"""Training values that name people: given, family and full names, as tables hold them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from values_sources import by_language, census, faker_lists, listed, merged, mimesis_lists

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence

WEIGHTS = {"en": 30, "es": 8, "de": 7, "fr": 7, "it": 5, "pt": 5, "nl": 3, "pl": 3, "ru": 4}
"""How often a language is drawn; the others once or twice."""
SECOND_WEIGHTS = {"zh": 8, "ja": 7, "ko": 5, "ar": 3, "he": 2, "hi": 3, "tr": 3, "sv": 3, "id": 3}
FAMILY_FIRST = frozenset({"hu", "zh", "ja", "ko", "vi"})
JOINED = frozenset({"zh", "ja", "ko"})
TWO_FAMILIES = frozenset({"es", "pt"})
PARTICLES = (
    "van",
    "van der",
    "van den",
    "de",
    "de la",
    "von",
    "della",
    "di",
    "Mc",
    "Mac",
    "O'",
    "D'",
    "bin",
    "al-",
    "El ",
    "Le ",
    "St. ",
)
TITLES = (
    "Mr.",
    "Mrs.",
    "Ms.",
    "Miss",
    "Dr.",
    "Prof.",
    "Mr",
    "Mrs",
    "Sir",
    "Rev.",
    "Herr",
    "Frau",
    "Sra.",
    "M.",
)
SUFFIXES = ("Jr.", "Sr.", "II", "III", "IV", "PhD", "MD", "Jr", "Esq.")
COMMON = 2000
"""Names of the census beyond it are rare, and drawn less often."""


@cache
def given() -> Mapping[str, Sequence[str]]:
    """Return given names by language."""
    english = {"en": census("dist.female.first") + census("dist.male.first")}
    return merged(
        faker_lists("person", ("first_name", "first_romanized")),
        mimesis_lists("person", "names"),
        by_language("given"),
        english,
    )


@cache
def family() -> Mapping[str, Sequence[str]]:
    """Return family names by language."""
    return merged(
        {"en": census("dist.all.last")[:COMMON]},
        faker_lists("person", ("last_name", "last_romanized")),
        mimesis_lists("person", "surnames"),
        by_language("family"),
        {"no": listed("norway_last")},
    )


@cache
def _rare() -> Sequence[str]:
    return census("dist.all.last")[COMMON:40_000]


@cache
def languages() -> tuple[list[str], list[int]]:
    """Return the languages that have both kinds of names, with their weights."""
    both = sorted(set(given()) & set(family()))
    return both, [WEIGHTS.get(name) or SECOND_WEIGHTS.get(name, 2) for name in both]


def _language(rng: random.Random) -> str:
    names, weights = languages()
    return rng.choices(names, weights)[0]


def _skewed(rng: random.Random, words: Sequence[str]) -> str:
    """A word, those at the beginning of the list more often."""
    place = rng.random() ** 1.6 if len(words) > 500 else rng.random()
    return words[int(place * len(words))]


def a_given(rng: random.Random, tongue: str) -> str:
    """Return a given name, seldom a double one."""
    names = given()[tongue]
    name = _skewed(rng, names)
    second = rng.random()
    if second < 0.03 and tongue not in JOINED:
        return f"{name}{rng.choice('- ')}{rng.choice(names)}"
    return name


def a_family(rng: random.Random, tongue: str) -> str:
    """Return a family name, seldom a double one or one with a particle."""
    chance = rng.random()
    if tongue == "en" and chance < 0.35:
        return _cased(rng.choice(_rare()), rng)
    name = _skewed(rng, family()[tongue])
    if tongue in JOINED:
        return name
    if chance > 0.97:
        particle = rng.choice(PARTICLES)
        return particle + name if particle[-1] in " '-c" else f"{particle} {name}"
    if chance > 0.94 or (tongue in TWO_FAMILIES and chance > 0.8):
        return f"{name}{'-' if tongue == 'en' else ' '}{rng.choice(family()[tongue])}"
    return name


def _cased(name: str, rng: random.Random) -> str:
    """Census names with the capitals that they have elsewhere: McDonald, O'Brien."""
    if name.startswith("Mc") and len(name) > 4:
        return "Mc" + name[2:].capitalize()
    if name.startswith("O") and name[1:2] in "bcdghklmnrst" and rng.random() < 0.02:
        return "O'" + name[1:].capitalize()
    return name


def _initial(rng: random.Random, tongue: str) -> str:
    return rng.choice(given()[tongue])[0].upper()


def _patronymic(rng: random.Random, tongue: str) -> str:
    names = [name for name in by_language("middle").get(tongue, ()) if len(name) > 3]
    return rng.choice(names) if names else a_given(rng, tongue)


FORMS: Sequence[tuple[int, Callable[[random.Random, str, str, str], str]]] = (
    (46, lambda r, t, g, f: f"{g} {f}"),
    (7, lambda r, t, g, f: f"{g} {_initial(r, t)}. {f}"),
    (2, lambda r, t, g, f: f"{g} {_initial(r, t)} {f}"),
    (5, lambda r, t, g, f: f"{g} {a_given(r, t)} {f}"),
    (9, lambda r, t, g, f: f"{f}, {g}"),
    (3, lambda r, t, g, f: f"{f}, {g} {_initial(r, t)}."),
    (3, lambda r, t, g, f: f"{f}, {g} {a_given(r, t)}"),
    (4, lambda r, t, g, f: f"{g[0]}. {f}"),
    (1, lambda r, t, g, f: f"{g[0]} {f}"),
    (1, lambda r, t, g, f: f"{g[0]}.{_initial(r, t)}. {f}"),
    (1, lambda r, t, g, f: f"{g[0]}. {_initial(r, t)}. {f}"),
    (2, lambda r, t, g, f: f"{f} {g[0]}{_initial(r, t)}"),
    (1, lambda r, t, g, f: f"{f} {g[0]}"),
    (2, lambda r, t, g, f: f"{f}, {g[0]}."),
    (1, lambda r, t, g, f: f"{f}, {g[0]}.{_initial(r, t)}."),
    (4, lambda r, t, g, f: f"{r.choice(TITLES)} {g} {f}"),
    (1, lambda r, t, g, f: f"{r.choice(TITLES)} {f}"),
    (2, lambda r, t, g, f: f"{f}, {r.choice(TITLES)} {g} {a_given(r, t)}"),
    (2, lambda r, t, g, f: f"{g} {f} {r.choice(SUFFIXES)}"),
    (1, lambda r, t, g, f: f"{g} {f}, {r.choice(SUFFIXES)}"),
    (1, lambda r, t, g, f: f'{g} "{a_given(r, t)}" {f}'),
    (4, lambda r, t, g, f: f"{f} {g}"),
)


def given_name(rng: random.Random) -> str:
    """Return a given name as a column of them holds."""
    tongue = _language(rng)
    name = a_given(rng, tongue)
    if rng.random() < 0.03 and tongue not in JOINED:
        return f"{name} {_initial(rng, tongue)}."
    return name


def family_name(rng: random.Random) -> str:
    """Return a family name as a column of them holds."""
    return a_family(rng, _language(rng))


def full_name(rng: random.Random) -> str:
    """Return a full name in one of the orders and shortenings that tables use."""
    tongue = _language(rng)
    if rng.random() < 0.03:
        return rng.choice(listed("celebrity", "scientist", "actor"))
    given_part, family_part = a_given(rng, tongue), a_family(rng, tongue)
    if tongue in JOINED and ord(family_part[0]) > 0x2E80:
        return f"{family_part}{rng.choice(('', '', ' '))}{given_part}"
    if tongue in FAMILY_FIRST and rng.random() < 0.6:
        return f"{family_part} {given_part}"
    if tongue in {"ru", "uk", "bg"} and rng.random() < 0.4:
        middle = _patronymic(rng, tongue)
        order = (family_part, given_part, middle), (given_part, middle, family_part)
        return " ".join(rng.choice(order))
    weights = [weight for weight, _ in FORMS]
    form = rng.choices([form for _, form in FORMS], weights)[0]
    return form(rng, tongue, given_part, family_part)
