"""Fills the templates of the tagger's training texts and remembers where the names are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagger_addresses import STATE_CODES, Addresses
from tagger_companies import Companies, job
from tagger_pools import NATIONALITIES, Culture, Invented, Places, Words

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Parts = list[tuple[str, str]]

HONORIFICS = ["Mr.", "Mrs.", "Ms.", "Dr.", "Mr", "Mrs", "Ms", "Dr", "Miss", "Prof.", "Sir", "Mr.", "Ms.", "Mrs."]
PARTICLES = ["van ", "van der ", "van den ", "de ", "de la ", "del ", "von ", "da ", "dos ", "di ", "Mc", "O'"]
PARTICLES += ["Mac", "al-", "El ", "ben ", "bin ", "le ", "Le ", "d'", "D'", "St. "]
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PLURALS = {"Frenchmen", "Englishmen", "Dutchmen", "Irishmen", "Spaniards", "Danes", "Swedes", "Poles", "Turks"}
PLURALS |= {"Finns", "Serbs", "Croats", "Czechs", "Slovaks", "Arabs", "Jews", "Muslims", "Scots", "Britons"}
PRODUCTS = ["Windows", "Office", "Excel", "iPhone", "Galaxy", "Kindle", "PlayStation", "Xbox", "Android", "Linux"]
PRODUCTS += ["Photoshop", "Chrome", "Firefox", "Postgres", "Docker", "Python", "Java", "Thermomix", "Roomba"]

DIGITS = "0123456789"


@dataclass
class Person:
    """Somebody whom a text speaks of, perhaps more than once."""

    given: str
    family: str


class Filler:
    """Fills slots with values drawn from the pools."""

    def __init__(
        self, rng: random.Random, cultures: list[Culture], places: Places, words: Words
    ) -> None:
        self.rng = rng
        self.cultures = cultures
        self.places = places
        self.words = words
        self.common = [c for c in cultures if c.name in {"en", "en_US", "en_GB", "en_IE", "en_NZ"}]
        self.given = [Invented(culture.given) for culture in cultures]
        self.family = [Invented(culture.family) for culture in cultures]
        cities = [Invented(names) for names in places.cities.values() if len(names) > 200]
        self.addresses = Addresses(cultures, places, cities + self.family)
        self.companies = Companies(cultures, places, words)
        self.demonyms = [word + "s" for word in NATIONALITIES if word.endswith(("an", "i", "ek"))]
        self.demonyms += sorted(PLURALS)
        self.persons: dict[str, Person] = {}
        self.slots = self._slots()

    # -- persons

    def culture(self) -> int:
        """The index of a culture, an English-speaking one in a quarter of the cases."""
        if self.rng.random() < 0.25:
            return self.cultures.index(self.rng.choice(self.common))
        return self.rng.randrange(len(self.cultures))

    def person(self, key: str) -> Person:
        """The person of this number in the text, or a new one for a slot without a number."""
        if key in self.persons:
            return self.persons[key]
        at = self.culture()
        culture, rng = self.cultures[at], self.rng
        given = self.given[at].make(rng) if rng.random() < 0.12 else rng.choice(culture.given)
        family = self.family[at].make(rng) if rng.random() < 0.2 else rng.choice(culture.family)
        if rng.random() < 0.05:
            family = rng.choice(PARTICLES) + family
        if rng.random() < 0.06:
            other = rng.choice(culture.family)
            family += rng.choice(["-", " ", " "]) + other
        if rng.random() < 0.03:
            given += rng.choice(["-", " "]) + rng.choice(culture.given)
        person = Person(given, family)
        if key:
            self.persons[key] = person
        return person

    def full(self, key: str) -> str:
        """Given and family name, at times with something between or behind them."""
        person, rng = self.person(key), self.rng
        kind = rng.random()
        if kind < 0.2:
            point = rng.choice([".", ".", ""])
            return f"{person.given} {rng.choice('ABCDEFGHIJKLMNOPRSTVW')}{point} {person.family}"
        if kind < 0.25:
            return f"{person.given} {rng.choice(rng.choice(self.cultures).given)} {person.family}"
        if kind < 0.28:
            return f"{person.given[0]}. {person.family}"
        if kind < 0.30:
            return f"{person.given} {person.family} {rng.choice(['Jr.', 'III', 'Sr.', 'II'])}"
        if kind < 0.32:
            return f"{person.given} {person.family.upper()}"
        return f"{person.given} {person.family}"

    def anyone(self, key: str) -> Parts:
        """A person by the whole name, or a part of it."""
        kind, person = self.rng.random(), self.person(key)
        if kind < 0.6:
            return [(self.full(key), "PERSON")]
        if kind < 0.8:
            return [(person.given, "PERSON")]
        if kind < 0.9:
            return [(person.family, "PERSON")]
        return self.honoured(key)

    def honoured(self, key: str) -> Parts:
        """A person with a form of address."""
        kind, person = self.rng.random(), self.person(key)
        name = person.family if kind < 0.6 else self.full(key) if kind < 0.8 else person.given
        return [(self.rng.choice(HONORIFICS), "TITLE"), (" ", ""), (name, "PERSON")]

    # -- times and numbers

    def digits(self, form: str) -> str:
        """The form with a digit for each `#`."""
        return "".join(self.rng.choice(DIGITS) if c == "#" else c for c in form)

    def year(self) -> str:
        return str(self.rng.randint(1920, 2029))

    def date(self) -> str:
        """A date in one of many forms."""
        rng = self.rng
        day, month, year = rng.randint(1, 28), rng.randint(1, 12), self.year()
        name = MONTHS[month - 1]
        short = name[:3]
        end = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th")
        forms = [f"{year}-{month:02}-{day:02}"] * 3 + [f"{month}/{day}/{year}"] * 3
        forms += [f"{day}/{month}/{year}", f"{day:02}.{month:02}.{year}", f"{day} {name} {year}"]
        forms += [f"{name} {day}, {year}", f"{short} {day}, {year}", f"{day}{end} of {name} {year}"]
        forms += [f"{name} {day}{end}", f"{day} {name}", f"{day} {short} {year}", f"{name} {year}"]
        forms += [f"{day}-{short}-{year}", f"{year}/{month:02}/{day:02}", f"{day}.{month}.{year[2:]}"]
        forms += [f"{rng.choice(WEEKDAYS)}, {day} {name} {year}", f"{month:02}/{day:02}/{year[2:]}"]
        return rng.choice(forms)

    def time(self) -> str:
        """A time of day."""
        hour, minute = self.rng.randrange(24), self.rng.randrange(60)
        half = self.rng.choice(["am", "pm", "a.m.", "PM"])
        forms = [f"{hour}:{minute:02}", f"{hour % 12 + 1}:{minute:02} {half}", f"{hour % 12 + 1} {half}"]
        return self.rng.choice([*forms, f"{hour % 12 + 1}{half}"])

    def timestamp(self) -> str:
        """A date with a time, as programs write it."""
        rng = self.rng
        time = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
        day = f"{self.year()}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        return rng.choice([f"{day} {time}", f"{day} {time}", f"{day}T{time}Z", f"{day} {time}.{self.digits('###')}"])

    def phone(self) -> str:
        forms = ["(###) ###-####", "###-###-####", "+## ## ### ## ##", "0### #######", "### ### ###", "## ## ## ##"]
        forms += ["0## #### ####", "(##) ###-###", "### ####", "001-###-###-####", "##-##-##-##", "+1 ### ### ####x##"]
        return self.digits(self.rng.choice(forms))

    def email(self) -> str:
        person = self.person("")
        local = re.sub(r"[^a-z.]", "", f"{person.given}.{person.family}".lower()) or "mail"
        return f"{local}@{self.rng.choice(self.words.plain)}.{self.rng.choice(['com', 'org', 'net', 'de'])}"

    def url(self) -> str:
        name = "".join(word.title() for word in self.rng.choices(self.words.plain[:5000], k=2))
        start = self.rng.choice(["https://www.", "http://", "https://", "www."])
        return f"{start}{name}.{self.rng.choice(['com', 'se', 'dk', 'com.au', 'org/help', 'be'])}/"

    # -- words

    def titled(self) -> str:
        """A heading or a name of a thing: words with capitals that name nobody."""
        rng = self.rng
        words = self.words.chain(rng, rng.randint(1, 6))
        small = {"of", "the", "and", "a", "in", "to", "for", "on", "with", "or", "at", "by"}
        kept = [w if w in small and at else w.capitalize() for at, w in enumerate(words)]
        return " ".join(kept)

    def phrase(self) -> str:
        return " ".join(self.words.chain(self.rng, self.rng.randint(2, 12)))

    def product(self) -> str:
        if self.rng.random() < 0.4:
            return self.rng.choice(PRODUCTS)
        return f"{self.titled()}{self.rng.choice(['', ' ' + self.digits('##'), ' Pro', ' X'])}"

    def place(self) -> str:
        if self.rng.random() < 0.2:
            return self.rng.choice(self.places.countries + self.places.states)
        return self.addresses.city(self.rng)

    def employed(self) -> Parts:
        name = job(self.rng)
        return [("an " if name[0].lower() in "aeiou" else "a ", ""), (name, "TITLE")]

    def job(self) -> str:
        name = job(self.rng)
        return name[0].upper() + name[1:] if self.rng.random() < 0.6 else name

    def block(self, break_: str) -> Parts:
        return self.addresses.block(self.rng, break_)

    def state(self) -> str:
        return self.rng.choice(STATE_CODES)

    def _slots(self) -> dict[str, Callable[[str], Parts]]:
        """What fills each slot; the argument is the number of a person."""

        def labelled(label: str, make: Callable[[], str]) -> Callable[[str], Parts]:
            return lambda _: [(make(), label)]

        rng, addresses = self.rng, self.addresses
        return {
            "p": self.anyone,
            "pf": lambda key: [(self.full(key), "PERSON")],
            "g": lambda key: [(self.person(key).given, "PERSON")],
            "s": lambda key: [(self.person(key).family, "PERSON")],
            "h": self.honoured,
            "o": labelled("ORG", lambda: self.companies.make(rng)),
            "c": labelled("PLACE", lambda: addresses.city(rng)),
            "C": labelled("PLACE", lambda: addresses.city(rng).upper()),
            "l": labelled("PLACE", lambda: rng.choice(self.places.countries)),
            "pl": labelled("PLACE", self.place),
            "n": labelled("NRP", lambda: rng.choice(NATIONALITIES)),
            "ns": labelled("NRP", lambda: rng.choice(self.demonyms)),
            "a": labelled("ADDRESS", lambda: addresses.inline(rng)),
            "st": labelled("ADDRESS", lambda: addresses.line(rng)),
            "lives": lambda _: addresses.lives(rng),
            "blk": lambda _: self.block("\n"),
            "blk¶": lambda _: self.block("¶"),
            "j": labelled("TITLE", self.job),
            "aj": lambda _: self.employed(),
            "age": labelled("AGE", lambda: str(rng.randint(1, 99))),
            "d": labelled("DATE", self.date),
            "dy": labelled("DATE", lambda: self.year() if rng.random() < 0.4 else self.date()),
            "dt": labelled("DATE", self.timestamp),
            "y": labelled("DATE", self.year),
            "wd": labelled("DATE", lambda: rng.choice(WEEKDAYS)),
            "tm": labelled("DATE", self.time),
            "z": labelled("ZIP", lambda: addresses.postcode(rng)),
            "email": labelled("", self.email),
            "phone": labelled("", self.phone),
            "card": labelled("", lambda: self.digits(rng.choice(["#" * 16, "#### #### #### ####"]))),
            "iban": labelled("", lambda: self.digits("GB##ABCD##############")),
            "ip": labelled("", lambda: f"{rng.randrange(256)}.{rng.randrange(256)}.1.{rng.randrange(256)}"),
            "url": labelled("", self.url),
            "prod": labelled("", self.product),
            "song": labelled("", lambda: f'"{self.titled()}"' if rng.random() < 0.5 else self.titled()),
            "num": labelled("", lambda: self.digits(rng.choice(["#", "##", "###", "####", "######"]))),
            "amt": labelled("", lambda: rng.choice("$€£") + self.digits(rng.choice(["##", "#,###", "##.##"]))),
            "w": labelled("", self.phrase),
            "W": labelled("", self.titled),
            '"': labelled("", lambda: '"'),
        }
