"""Training values that name organisations and jobs, and those that name nobody."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from faker import Faker

from values_forms import filled, terms
from values_people import a_family, a_given, languages
from values_places import countries, more_cities
from values_sources import (
    by_language,
    cities,
    faker_lists,
    faker_provider,
    listed,
    merged,
    mimesis_lists,
    unique,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

MADE_OF_LOCALE = 1200
KNOWN = (
    *("fortune", "nasdaq", "charity", "hospital", "agency", "publisher", "airline", "newspaper"),
    *("party", "fraternity", "car_maker", "guitar"),
)
WORDS = (
    *("word_noun", "word_adjective", "word_verb", "adverb", "common", "nouns", "adjs", "object"),
    *("clothing", "dish", "food", "cuisine", "cheese", "beer", "tea", "sandwich", "apple"),
    *("cocktail", "book_genre", "music_genre", "genre", "tv_genre", "sport", "subject", "mood"),
    *("department", "industry", "disease", "symptom", "drug", "weather", "appliance", "element"),
    *("unit", "color_name", "color", "nationality", "religion", "gem", "fabric", "flower", "geo"),
    *("venue", "program", "animal", "dog_breed", "bird", "gender", "personal_noun", "phrase"),
)
WORKS = (
    *("book", "book", "bestseller", "album", "album", "song", "song", "song", "video", "film"),
    *("tv", "board_game", "rpg", "paint", "crayola", "strain", "operation", "team_milb"),
    *("team_nba", "team_nfl", "team_nhl", "team_mlb", "airplane", "airport", "pokemon"),
    *("dinosaur", "app", "planet", "river", "tube"),
)
TONGUES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "ru",
    "sv",
    "ja",
    "zh",
    "ko",
    "ar",
    "tr",
    "el",
    "hi",
    "he",
    "th",
]
ENDINGS = ("us", "a", "is", "ensis", "ii", "um", "oides", "alis", "icus", "ata", "osa", "iana")
TECH = ("tech", "soft", "ware", "corp", "net", "com", "labs", "ly", "ify", "ex", "on", "ia", "bio")


def _one_of(*names: str, title: bool = False) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        word = rng.choice(listed(*names))
        return word.title() if title else word

    return make


def _term(name: str) -> Callable[[random.Random], str]:
    return lambda rng: rng.choice(terms(name))


def _city(rng: random.Random) -> str:
    return rng.choice(cities())[0] if rng.random() < 0.5 else rng.choice(more_cities())


def _first(rng: random.Random) -> str:
    """How a company's name begins."""
    chance = rng.random()
    if chance < 0.45:
        return a_family(rng, "en" if rng.random() < 0.6 else rng.choices(*languages())[0])
    if chance < 0.65:
        return rng.choice(cities())[0]
    if chance < 0.8:
        return _one_of("word_noun", "buzz", "common", "gem", "bird", "color", title=True)(rng)
    if chance < 0.9:
        return _one_of("app", "word_noun", title=True)(rng) + rng.choice(TECH)
    return "".join(chr(rng.randint(65, 90)) for _ in range(rng.randint(2, 4)))


def _species(rng: random.Random) -> str:
    genus = _one_of("dinosaur", "phrase", "plant")(rng).split()[0].capitalize()
    return f"{genus} {_one_of('phrase', 'word_noun')(rng).lower()}{rng.choice(ENDINGS)}"


def _short(rng: random.Random) -> str:
    """A code that was cut from words, such as `ALFKI` of a customer's name."""
    parts = (rng.choice((a_family, a_given))(rng, "en"), _one_of("word_noun", "common")(rng))
    code = "".join(part[: rng.randint(2, 3)] for part in parts)
    return code.upper() if rng.random() < 0.7 else code.capitalize()


def _low(rng: random.Random) -> str:
    return rng.choice((str(rng.randint(1, 999)), f"{rng.uniform(0, 50):.{rng.randint(1, 2)}f}"))


def _english(make: Callable[[random.Random, str], str]) -> Callable[[random.Random], str]:
    return lambda rng: make(rng, "en")


def organization(rng: random.Random) -> str:
    """Return a company, an authority, a school, a hospital."""
    chance = rng.random()
    if chance < 0.2:
        return rng.choice(company_values())
    if chance < 0.36:
        return rng.choice(listed(*KNOWN))
    return filled("organization", MAKERS, rng)


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "adjective": _one_of("word_adjective", "adjs", title=True),
    "brand": lambda rng: rng.choice((_one_of("app", "car_maker", "guitar"), MAKERS["name"]))(rng),
    "city": _city,
    "color": _one_of("color"),
    "country": lambda rng: rng.choice(countries()),
    "email_name": lambda rng: f"{a_given(rng, 'en')}.{a_family(rng, 'en')}".lower(),
    "family": _english(a_family),
    "field": _term("fields"),
    "first": _first,
    "food": _one_of("food", "dish", "color", title=True),
    "given": _english(a_given),
    "legal": _term("legal"),
    "level": _term("levels"),
    "login": lambda rng: (a_given(rng, "en")[:1] + a_family(rng, "en")).lower(),
    "low": _low,
    "made": _one_of("product", "buzz", "color", title=True),
    "model": lambda rng: rng.choice((_one_of("car_model"), _term("models")))(rng),
    "month": _term("months"),
    "name": lambda rng: rng.choice((MAKERS["noun"], _english(a_family), _city))(rng),
    "noun": _one_of("word_noun", "object", title=True),
    "organization": organization,
    "region": lambda rng: rng.choice(mimesis_lists("address", "state", "abbr")["en"]),
    "role": _term("roles"),
    "short": _short,
    "short_role": _term("short_roles"),
    "sign": _term("signs"),
    "species": _species,
    "stuff": _one_of("fabric", "gem", "food", title=True),
    "thing": lambda rng: rng.choice((_term("things"), _one_of("word_noun")))(rng),
    "trade": _term("trades"),
    "unit": _term("units"),
    "word": _one_of("common", "word_noun"),
    "Word": _one_of("common", title=True),
}
"""What fills the named places of the forms."""


@cache
def company_values() -> list[str]:
    """Return companies that Faker writes, of each of its locales, and those of mimesis."""
    found: list[str] = []
    for locale in sorted(faker_provider("company")):
        fake = Faker(locale)
        fake.seed_instance(len(locale) * 17 + ord(locale[0]) * 3 + ord(locale[-1]))
        found += [fake.company() for _ in range(MADE_OF_LOCALE)]
    lists = (mimesis_lists("person", "university"), mimesis_lists("finance", "company", "name"))
    return unique([*found, *(name for one in lists for names in one.values() for name in names)])


@cache
def _jobs() -> list[str]:
    lists = merged(
        faker_lists("job", ("job",)), mimesis_lists("person", "occupation"), by_language("job")
    )
    return unique([*listed("occupation"), *(name for names in lists.values() for name in names)])


def job_title(rng: random.Random) -> str:
    """Return what somebody does for a living."""
    return rng.choice(_jobs()) if rng.random() < 0.5 else filled("job_title", MAKERS, rng)


@cache
def _word_lists() -> list[list[str]]:
    """Lists of words and short terms; each is drawn as often as another."""
    found = [listed(name) for name in WORDS]
    for tongue in TONGUES:
        locale = Locale(tongue)
        found.append(unique([*locale.languages.values(), *locale.currencies.values()]))
        kinds = [locale.months["format"], locale.days["format"]]
        found.append(
            unique(n for kind in kinds for w in ("wide", "abbreviated") for n in kind[w].values())
        )
    found += by_language("word").values()
    found += faker_lists("lorem", ("word_list",)).values()
    found += mimesis_lists("text", "words").values()
    return [words for words in (*found, terms("statuses")) if words]


@cache
def _title_lists() -> list[list[str]]:
    """Names of things: works, products, brands, teams, ships."""
    songs = unique(name for names in by_language("song").values() for name in names)
    teams = listed("team_epl", "team_laliga", "team_seriea")
    return [words for words in (*(listed(name) for name in WORKS), songs, teams) if words]


def other_word(rng: random.Random) -> str:
    """Return a word or a short term that names nobody."""
    value = rng.choice(rng.choice(_word_lists()))
    chance = rng.random()
    if chance < 0.12:
        return value.capitalize()
    if chance < 0.24:
        return f"{value} {rng.choice(rng.choice(_word_lists()[:30]))}"
    if chance < 0.28:
        return value.title()
    if chance < 0.3:
        return f"{value}{rng.choice('_-/')}{rng.choice(_word_lists()[0])}"
    return value


def other_title(rng: random.Random) -> str:
    """Return the name of a thing: a work, a product, a team, a species."""
    if rng.random() < 0.38:
        return rng.choice(rng.choice(_title_lists()))
    return filled("title", MAKERS, rng)


def other_code(rng: random.Random) -> str:
    """Return a number, a date, an identifier, a measurement, an address of a network."""
    return filled("code", MAKERS, rng)


@cache
def _sentences() -> list[str]:
    lists = (mimesis_lists("text", "text"), mimesis_lists("text", "quotes"))
    texts = [text for one in lists for texts in one.values() for text in texts]
    return unique([*listed("sentence", "proverb"), *texts])


@cache
def _long_lists() -> list[list[str]]:
    lists = (*faker_lists("lorem", ("word_list",)).values(), *by_language("word").values())
    return [words for words in lists if len(words) > 50]


def other_text(rng: random.Random) -> str:
    """Return a sentence or a note."""
    if rng.random() < 0.4:
        return rng.choice(_sentences())
    words = rng.choice(_long_lists())
    text = " ".join(rng.choice(words) for _ in range(rng.randint(3, 12)))
    if rng.random() < 0.1:
        text += f" {a_given(rng, 'en')} {a_family(rng, 'en')}"
    return text[:1].upper() + text[1:] + rng.choice((".", "", "!"))
