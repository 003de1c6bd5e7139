"""Training values that name places: streets, cities, states, countries."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

import zipcodes
from babel import Locale, localedata
from faker import Faker

from values_people import a_family, a_given, languages
from values_sources import (
    by_language,
    cities,
    faker_lists,
    faker_provider,
    listed,
    merged,
    mimesis_lists,
    unique,
    word_file,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

STREETS_OF_LOCALE = 1500
BOXES = ("PO Box", "P.O. Box", "Postfach", "Apartado", "Box")
STREET_KINDS = (
    "St",
    "St.",
    "Street",
    "Ave",
    "Ave.",
    "Avenue",
    "Rd",
    "Rd.",
    "Road",
    "Dr",
    "Dr.",
    "Drive",
    "Ln",
    "Lane",
    "Blvd",
    "Blvd.",
    "Boulevard",
    "Ct",
    "Court",
    "Pl",
    "Place",
    "Way",
    "Cir",
    "Circle",
    "Pkwy",
    "Parkway",
    "Hwy",
    "Highway",
    "Terrace",
    "Ter",
    "Trail",
    "Square",
    "Sq",
    "Row",
    "Close",
    "Crescent",
    "Gardens",
    "Grove",
    "Loop",
    "Alley",
)
FOREIGN = (
    "Rue {n} {x}",
    "{n}, rue {x}",
    "{n} rue de {x}",
    "{n}, avenue {x}",
    "{n} boulevard {x}",
    "Calle {x}, {n}",
    "C/ {x}, {n}",
    "Avda. {x}, {n}",
    "Av. {x} {n}",
    "Avenida {x}, {n}",
    "Via {x}, {n}",
    "Via {x} {n}",
    "Piazza {x} {n}",
    "Viale {x}, {n}",
    "Corso {x} {n}",
    "Rua {x}, {n}",
    "Rua {x} {n}",
    "Travessa {x}, {n}",
    "{x}straße {n}",
    "{x}strasse {n}",
    "{x}str. {n}",
    "{x} Str. {n}",
    "{x}weg {n}",
    "{x}gasse {n}",
    "{x}platz {n}",
    "{x}allee {n}",
    "Am {x} {n}",
    "{x}straat {n}",
    "{x}laan {n}",
    "{x}gatan {n}",
    "{x}vägen {n}",
    "{x}gade {n}",
    "{x}vej {n}",
    "{x}veien {n}",
    "{x}gata {n}",
    "{x}katu {n}",
    "{x}tie {n}",
    "ul. {x} {n}",
    "ulica {x} {n}",
    "ул. {x}, {n}",
    "улица {x}, д. {n}",
    "пр. {x}, {n}",
    "вул. {x}, {n}",
    "{x} utca {n}.",
    "{x} út {n}.",
    "{x} Sok. No:{n}",
    "{x} Cad. {n}",
    "Jl. {x} No. {n}",
    "Jalan {x} {n}",
    "Str. {x} nr. {n}",
    "{x} {n}",
)
DIRECTIONS = ("N", "S", "E", "W", "North", "South", "East", "West", "NW", "SE", "N.", "W.")
UNITS = (
    "Apt {n}",
    "Apt. {n}",
    "Suite {n}",
    "Ste {n}",
    "Unit {n}",
    "#{n}",
    "Floor {n}",
    "Bldg {n}",
    "Flat {n}",
)


@cache
def street_values() -> list[str]:
    """Return streets that Faker writes, of each of its locales."""
    found: list[str] = []
    for locale in sorted(faker_provider("address")):
        if "_" not in locale:
            continue
        fake = Faker(locale)
        fake.seed_instance(len(locale) * 131 + ord(locale[0]) * 7 + ord(locale[-1]))
        count = STREETS_OF_LOCALE * (3 if locale.startswith("en") else 1)
        for _ in range(count):
            found.append(fake.street_address().replace("\n", ", "))
            if locale in {"ja_JP", "zh_CN", "zh_TW", "ko_KR", "th_TH"}:
                found.append(fake.address().replace("\n", ", "))
    lists = word_file()["locales"]
    names = unique(
        name for locale in sorted(lists) for name in lists[locale].get("street_name", ())
    )
    return unique(found) + names


def _english_street(rng: random.Random) -> str:
    number = str(int(10 ** rng.uniform(0.3, 4.3)))
    if rng.random() < 0.35:
        place = rng.choice(listed("county", "word_noun", "neighborhood", "tube")).title()
    elif rng.random() < 0.25:
        place = f"{rng.randint(1, 199)}{rng.choice(('th', 'st', 'nd', 'rd', ''))}"
    else:
        tongue = rng.choices(*languages())[0] if rng.random() < 0.3 else "en"
        place = rng.choice((a_family, a_given))(rng, tongue)
    direction = f"{rng.choice(DIRECTIONS)} " if rng.random() < 0.18 else ""
    street = f"{direction}{place} {rng.choice(STREET_KINDS)}"
    if rng.random() < 0.12:
        return street
    unit = " " + rng.choice(UNITS).format(n=rng.randint(1, 999)) if rng.random() < 0.15 else ""
    return f"{number} {street}{',' if unit and rng.random() < 0.4 else ''}{unit}"


def street(rng: random.Random) -> str:
    """Return a street, mostly with its number."""
    chance = rng.random()
    if chance < 0.35:
        return _english_street(rng)
    if chance < 0.36:
        return f"{rng.choice(BOXES)} {rng.randint(1, 99999)}"
    if chance < 0.6:
        name, *_ = rng.choice(cities()) if rng.random() < 0.4 else (a_family(rng, _tongue(rng)),)
        made = rng.choice(FOREIGN).format(x=name, n=int(10 ** rng.uniform(0, 2.5)))
        return made + (rng.choice("abcABC") if rng.random() < 0.08 and made[-1].isdigit() else "")
    value = rng.choice(street_values())
    if chance > 0.93:
        name, *_ = rng.choice(cities())
        return f"{value}, {name}"
    return value


def _tongue(rng: random.Random) -> str:
    return rng.choices(*languages())[0]


@cache
def _city_names() -> tuple[list[str], list[float]]:
    rows = cities()
    weights = list(accumulate(max(row[2], 5000) ** 0.35 for row in rows))
    return [row[0] for row in rows], weights


@cache
def _foreign_cities() -> list[str]:
    by_inhabitants = sorted(cities(), key=lambda row: -row[2])[:12_000]
    return unique(name for row in by_inhabitants for name in row[3])


@cache
def _american_cities() -> list[tuple[str, str]]:
    rows = {(str(row["city"]).title(), str(row["state"])) for row in zipcodes.list_all()}
    return sorted(rows)


@cache
def more_cities() -> list[str]:
    """Return cities that word lists name, most of them of one language each."""
    lists = merged(
        by_language("city"),
        mimesis_lists("address", "city"),
        faker_lists("address", ("cities", "city_names")),
    )
    # Some lists of Faker are made of sets, whose order differs from run to run.
    return unique(sorted({name for names in lists.values() for name in names}))


def city(rng: random.Random) -> str:
    """Return a city, seldom with its state or country."""
    chance = rng.random()
    if chance < 0.25:
        name, region = rng.choice(_american_cities())
        return f"{name}, {region}" if rng.random() < 0.1 else name
    if chance < 0.41:
        return rng.choice(_foreign_cities())
    if chance < 0.58:
        return rng.choice(more_cities())
    names, weights = _city_names()
    name = rng.choices(names, cum_weights=weights)[0]
    return f"{name}, {rng.choice(countries())}" if chance > 0.98 else name


@cache
def states() -> list[str]:
    """Return states, provinces and regions of many countries."""
    made = faker_lists(
        "address",
        (
            "states",
            "provinces",
            "regions",
            "administrative",
            "counties",
            "departments",
            "oblast",
            "prefectures",
            "cantons",
        ),
    )
    lists = merged(made, by_language("state"), mimesis_lists("address", "state"))
    return unique(name for names in lists.values() for name in names if not name[0].isdigit())


@cache
def american_states() -> list[str]:
    """Return states of America and their codes, and some counties, the frequent ones repeated."""
    names: Mapping[str, Sequence[str]] = mimesis_lists("address", "state", "name")
    codes: Mapping[str, Sequence[str]] = mimesis_lists("address", "state", "abbr")
    counties = [f"{name} County" for name in listed("county")]
    return list(names["en"]) * 6 + list(codes["en"]) * 8 + counties[::5]


def state(rng: random.Random) -> str:
    """Return a state, province or region, or its code."""
    return rng.choice(american_states() if rng.random() < 0.45 else states())


@cache
def countries() -> list[str]:
    """Return the countries in English, with the short forms that tables use."""
    names = [
        name
        for code, name in sorted(Locale("en").territories.items())
        if len(code) == 2 and code.isalpha()
    ]
    return unique(
        [
            *names,
            *mimesis_lists("address", "country", "name")["en"],
            "USA",
            "UK",
            "U.S.",
            "United States of America",
            "Great Britain",
            "England",
            "Scotland",
            "Wales",
            "Russian Federation",
            "Korea, Republic of",
            "Iran, Islamic Republic of",
            "Czech Republic",
            "Viet Nam",
            "UAE",
            "Holland",
            "Ivory Coast",
            "West Germany",
            "Soviet Union",
            "Yugoslavia",
        ]
    )


@cache
def country_codes() -> list[str]:
    """Return the codes of countries."""
    return [
        code
        for code in sorted(Locale("en").territories)
        if len(code) == 2 and code.isalpha() and code not in {"EU", "UN", "ZZ", "XA", "XB", "QO"}
    ]


@cache
def _foreign_countries() -> list[str]:
    found: list[str] = []
    for identifier in sorted(localedata.locale_identifiers()):
        if "_" not in identifier and identifier != "root":
            territories = Locale(identifier).territories
            found += [territories[code] for code in country_codes() if code in territories]
    lists = by_language("country")
    return unique([*found, *(name for names in lists.values() for name in names)])


def country(rng: random.Random) -> str:
    """Return a country in one of many languages, or its code."""
    chance = rng.random()
    if chance < 0.35:
        return rng.choice(countries())
    return rng.choice(country_codes() if chance < 0.43 else _foreign_countries())
