"""Street addresses in the layouts of many countries, for the tagger's training texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tagger_lists import LISTS

if TYPE_CHECKING:
    import random

    from tagger_pools import Culture, Invented, Places

ENGLISH = LISTS["english"]

ENGLISH_NAMES = LISTS["english_names"]

# Street names of other languages: {n} is a name, {l} one in lower case to be run together.
FOREIGN = LISTS["foreign"]

SECONDARY = LISTS["secondary"]

STATE_CODES = LISTS["state_codes"]

Parts = list[tuple[str, str]]


def drawn(rng: random.Random, form: str) -> str:
    """The form with a digit for each `#` and a capital for each `@`."""
    sets = {"#": "0123456789", "@": "ABCDEFGHJKLNPRSTWX"}
    return "".join(rng.choice(sets[c]) if c in sets else c for c in form)


class Addresses:
    """Makes addresses as texts, or as lists of parts with their labels."""

    def __init__(self, cultures: list[Culture], places: Places, invented: list[Invented]) -> None:
        self.cultures = cultures
        self.with_streets = [culture for culture in cultures if len(culture.streets) > 30]
        self.places = places
        self.invented = invented
        self.codes = sorted(places.cities)

    def city(self, rng: random.Random) -> str:
        """A city: of any country, a large one, or in a quarter of the cases in capitals."""
        kind = rng.random()
        if kind < 0.2:
            name = rng.choice(self.places.large)
        elif kind < 0.3:
            culture = rng.choice([c for c in self.cultures if c.cities])
            name = rng.choice(culture.cities)
        elif kind < 0.4:
            name = rng.choice(self.invented).make(rng)
        else:
            name = rng.choice(self.places.cities[rng.choice(self.codes)])
        if rng.random() < 0.03:
            name += rng.choice([f" {rng.randint(1, 20)}", f" {rng.choice('CKNSVØ')}", f"-{name}"])
        return name.upper() if rng.random() < 0.15 else name

    def street(self, rng: random.Random) -> str:
        """The name of a street, without a number."""
        kind = rng.random()
        culture = rng.choice(self.cultures)
        name = rng.choice(culture.family if rng.random() < 0.7 else culture.given)
        if kind < 0.12:
            return f"{rng.choice(ENGLISH_NAMES)} {rng.choice(ENGLISH[:30])}"
        if kind < 0.3:
            return f"{name} {rng.choice(ENGLISH)}"
        if kind < 0.5:
            return rng.choice(rng.choice(self.with_streets).streets)
        other = self.city(rng).title()
        stem = rng.choice([name, other.split()[0], rng.choice(self.invented).make(rng)])
        return rng.choice(FOREIGN).format(n=stem, m=rng.choice(culture.given))

    def number(self, rng: random.Random) -> str:
        """A house number."""
        kind = rng.random()
        if kind < 0.6:
            return str(rng.randint(1, rng.choice([9, 99, 99, 999])))
        if kind < 0.92:
            return str(rng.randrange(10 ** rng.randint(3, 5))).zfill(rng.randint(3, 5))
        return f"{rng.randint(1, 200)}{rng.choice('aAbBcCdD/-')}" + rng.choice(["", "2", "7"])

    def secondary(self, rng: random.Random) -> str:
        """A flat, a suite, a floor."""
        number = str(rng.randrange(1, 1000)).zfill(rng.choice([1, 3]))
        letter = rng.choice("ABCDEF")
        return rng.choice(SECONDARY).format(n=number, f=rng.randint(1, 30), l=letter)

    def postcode(self, rng: random.Random) -> str:
        """A postal code of some country."""
        kind = rng.random()
        if kind < 0.6:
            return drawn(rng, "#####")
        if kind < 0.8:
            return drawn(rng, rng.choice(["####", "####", "######"]))
        forms = ["@#@ #@#", "@@# #@@", "@@## #@@", "#### @@", "##-###", "#####-####", "### ##"]
        return drawn(rng, rng.choice([*forms, "####-###"]))

    def military(self, rng: random.Random) -> str:
        """An address of the armed forces of the United States."""
        unit = drawn(rng, rng.choice(["Unit #### Box ####", "PSC ####, Box ####"]))
        if rng.random() < 0.2:
            unit = f"USS {rng.choice(rng.choice(self.cultures).family)}"
        break_ = rng.choice(["\n", "\n", ", ", " "])
        post = rng.choice(["APO", "FPO", "DPO"])
        return f"{unit}{break_}{post} {rng.choice(['AA', 'AE', 'AP'])} {drawn(rng, '#####')}"

    def line(self, rng: random.Random) -> str:
        """A street with its number, before or behind it, or on both sides."""
        street = self.street(rng)
        kind = rng.random()
        if kind < 0.12:
            other = self.street(rng)
            both = rng.choice(
                ["{} and {}", "the corner of {} and {}", "corner of {} & {}", "{} / {}"]
            )
            numbers = (
                (f"{street} {self.number(rng)}", other) if rng.random() < 0.4 else (street, other)
            )
            return both.format(*numbers)
        if kind < 0.42:
            return f"{self.number(rng)} {street}"
        if kind < 0.72:
            point = "." if rng.random() < 0.06 else ""
            return f"{street} {self.number(rng)}{point}"
        if kind < 0.76:
            return f"{street}, {self.number(rng)}"
        return f"{self.number(rng)} {street} {self.number(rng)}"

    def inline(self, rng: random.Random) -> str:
        """A whole address as it stands in a sentence, which is one span."""
        kind = rng.random()
        if kind < 0.06:
            return self.military(rng)
        text = self.line(rng)
        if rng.random() < 0.12:
            text = f"{self.number(rng)} {text}"
        if kind < 0.14:
            return text
        break_ = rng.choice([", ", ", ", "\n ", "\n", "\n ", " ", " "])
        if rng.random() < 0.6:
            text += rng.choice([" ", break_]) + self.secondary(rng)
            if rng.random() < 0.08:
                text += f" {self.secondary(rng)}"
        return text if kind < 0.2 else text + self.end(rng, break_)

    def end(self, rng: random.Random, break_: str) -> str:
        """The city of an address and what stands behind it."""
        city = self.city(rng)
        if rng.random() < 0.15:
            city = f"{self.postcode(rng)} {city}"
        text = break_ + city
        if rng.random() < 0.25:
            text += rng.choice([f"{break_.rstrip(' ')}, ", ", ", " "]) + rng.choice(STATE_CODES)
        if rng.random() < 0.75:
            text += break_ + rng.choice(self.places.countries + self.places.states)
        if rng.random() < 0.5:
            text += f" {self.postcode(rng)}"
        return text

    def lives(self, rng: random.Random) -> Parts:
        """An address in a sentence whose parts are spans of their own."""
        parts = [(self.number(rng), "ADDRESS"), (" ", "")] if rng.random() < 0.6 else []
        parts.append((self.numbered(rng), "ADDRESS"))
        if rng.random() < 0.3:
            parts += [(", ", ""), (self.secondary(rng), "ADDRESS")]
        parts += [(", ", ""), (self.city(rng), "PLACE")]
        if rng.random() < 0.3:
            parts += [(", ", ""), (rng.choice(self.places.countries), "PLACE")]
        return parts

    def numbered(self, rng: random.Random) -> str:
        """A street, mostly with a number behind it."""
        street = self.street(rng)
        kind = rng.random()
        if kind < 0.2:
            return f"{self.number(rng)} {street}"
        if kind < 0.25:
            return f"{street} {self.number(rng)}."
        return f"{street} {self.number(rng)}" if kind < 0.75 else street

    def block(self, rng: random.Random, break_: str) -> Parts:
        """An address as it stands in a letter: lines whose parts are spans of their own."""
        indent = rng.choice(["", "", " "]) if break_ == "\n" else ""
        parts: Parts = []
        kind = rng.random()
        if kind < 0.12:
            return [(self.military(rng).replace("\n", break_), "ADDRESS")]
        if kind < 0.75:
            parts += [(self.number(rng), "ADDRESS"), (" ", "")]
        parts.append((self.numbered(rng), "ADDRESS"))
        gap = break_ + indent
        if rng.random() < 0.6:
            parts += [(rng.choice([gap, gap, " "]), ""), (self.secondary(rng), "ADDRESS")]
        blank = break_ if break_ == "\n" and rng.random() < 0.3 else ""
        parts += [(gap, "")]
        if rng.random() < 0.2:
            parts += [(self.postcode(rng), "ADDRESS"), (" ", "")]
        parts.append((self.city(rng), "PLACE"))
        if rng.random() < 0.2:
            joint = rng.choice([", ", " ", f"{break_}, "])
            parts += [(joint, ""), (rng.choice(STATE_CODES), "PLACE")]
        if rng.random() < 0.75:
            parts += [(blank + gap, ""), (rng.choice(self.places.countries), "PLACE")]
        if rng.random() < 0.6:
            parts += [(" ", ""), (self.postcode(rng), "ADDRESS")]
        return parts
