"""Street addresses in the layouts of many countries, for the tagger's training texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tagger_pools import Culture, Invented, Places

ENGLISH = """Street|St|St.|Road|Rd|Rd.|Avenue|Ave|Ave.|Drive|Dr|Dr.|Lane|Ln|Court|Ct|Way|Boulevard|Blvd|Place|Pl|
Terrace|Close|Crescent|Highway|Hwy|Square|Sq|Park|Gardens|Grove|Hill|Row|Walk|Bridge|Circle|Trail|Parkway|Pkwy|
Plaza|Point|Ridge|Road North|Valley|View|Alley|Mews|Quay|Turnpike|Crossing|Extension|Extensions|Flat|Heights|
Island|Junction|Landing|Mall|Manor|Mill|Mission|Mount|Path|Pike|Springs|Station|Streets|Summit|Track|Union|
Village|Ville|Vista|Burgs|Cliffs|Common|Cove|Creek|Estate|Falls|Fields|Forest|Green|Harbor|Haven|Hollow|
Knoll|Lake|Lock|Lodge|Meadows|Orchard|Passage|Pine|Port|Prairie|River|Rapids|Shore|Spur|Stream|Well""".replace(
    "\n", ""
).split("|")

ENGLISH_NAMES = """Main|High|Church|Park|Oak|Maple|Elm|Cedar|Pine|Washington|Lincoln|Station|Mill|School|Bridge|
Victoria|King|Queen|Market|Spring|North|South|West|East|Lake|Hill|River|Bond|Baker|Green|Chestnut|Walnut|
Willow|Sunset|Broad|Court|1st|2nd|3rd|4th|5th|7th|12th|42nd|Front|Union|Franklin|Jefferson|Jackson|Madison|
Cherry|Highland|Meadow|Forest|Ridge|Valley|Old Mill|Long|Bath|London|Manor|Grange|York|Albert|George""".replace(
    "\n", ""
).split("|")

# Street names of other languages: {n} is a name, {l} one in lower case to be run together.
FOREIGN = """{n}straße|{n}strasse|{n}str.|{n}weg|{n}gasse|{n}platz|{n}allee|{n} Straße|{n} Strasse|{n}ring|Am {n}|
An der {n}|Im {n}|{n}er Straße|{n}er Bundesstrasse|{n}straat|{n}weg|{n}laan|{n}plein|{n}gracht|{n}kade|{n}dreef|
{n}singel|Rue de {n}|rue de la {n}|rue du {n}|Rue {n}|avenue {n}|Avenue de {n}|Boulevard de {n}|boulevard {n}|
Place {n}|Chemin des {n}|Quai {n}|Impasse {n}|Cours {n}|Cite {n}|allée des {n}|Via {n}|Via delle {n}|Via dei {n}|
via {n}|Viale {n}|Piazza {n}|Corso {n}|Largo {n}|Vicolo {n}|Strada {n}|Contrada {n}|Calle {n}|C/ {n}|Avda. {n}|
Avenida {n}|Paseo {n}|Plaza {n}|Plaza de {n}|Camino {n}|Carrera {n}|Ctra. {n}|Ronda {n}|Urb. {n}|Rua {n}|
Rua da {n}|Rua do {n}|Travessa {n}|Praça {n}|Largo do {n}|Estrada {n}|R {n}|{n}vej|{n}gade|{n}stræde|{n} Allé|
{n}vænget|{n}parken|{n}vegen|{n}veien|{n}gata|{n} gate|{n}gatan|{n}vägen|{n}väg|{n}gränd|{n}stigen|{n}katu|
{n}tie|{n}kuja|{n}polku|{n}kaari|{n}nkatu|{n}gata|{n}braut|{n}vegur|{n}stígur|{n}holt|{n}hlíð|{n} utca|{n} u.|
{n} út|{n} tér|{n} krt.|{n} sor|{n} köz|{n} náměstí|{n}ova|{n}ská|{n} třída|nábřeží {n}|ul. {n}|ulica {n}|al. {n}|
pl. {n}|os. {n}|ulice {n}|Trg {n}|{n} trg|{n} ulica|{n}eva ulica|{n}eva cesta|Cesta {n}|bul. {n}|{n} bb|Str. {n}|
Bd. {n}|Calea {n}|Aleea {n}|{n} pst.|{n} mnt|{n} tn|{n} iela|{n} g.|{n} pr.|Odos {n}|{n} Odos|Leoforos {n}|
{n} Cad.|{n} Sok.|{n} Mah.|Jalan {n}|Jl. {n}|Soi {n}|{n} Marg|{n} Nagar|{n} Chowk|{n} Salai|Duong {n}|
Prospekt {n}|{n} prospekt|{n}skaya ulitsa|Ulitsa {n}|pereulok {n}|{n}-dori|{n}-ro|{n}-gil|{n} Lu|{n}aq|
{n} Rd|{n} Ave|{n} Place|{n}|{n}|{n}|{n}|{n}|{n}|{n}|{n} {m}|{n} {m}|{m} de {n}""".replace("\n", "").split("|")

SECONDARY = ["Apt. {n}"] * 6 + ["Suite {n}"] * 6 + ["Apt {n}", "Unit {n}", "Flat {n}", "Floor {f}", "#{n}"]
SECONDARY += ["Apartment {n}", "Room {n}", "{f}. th", "{f}. tv.", "Etage {f}", "Ste {n}", "PO Box {n}"]
SECONDARY += ["Building {f}", "Block {l}", "Level {f}", "Flat {f}{l}", "Piso {f}", "esc. {l}"]

STATE_CODES = """AL AK AZ AR CA CO CT DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ
NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV NSW VIC QLD ON QC BC AB LN BE BW RM MI NA""".split()

Parts = list[tuple[str, str]]


class Addresses:
    """Makes addresses as lists of parts: street number, street, suite, city, state, country, code."""

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
        digits = lambda count: "".join(rng.choice("0123456789") for _ in range(count))  # noqa: E731
        letters = lambda count: "".join(rng.choice("ABCDEFGHJKLNPRSTWX") for _ in range(count))  # noqa: E731
        kind = rng.random()
        if kind < 0.6:
            return digits(5)
        if kind < 0.8:
            return digits(rng.choice([4, 4, 6]))
        forms = [
            f"{letters(1)}{digits(1)}{letters(1)} {digits(1)}{letters(1)}{digits(1)}",
            f"{letters(2)}{digits(1)} {digits(1)}{letters(2)}",
            f"{letters(2)}{digits(2)} {digits(1)}{letters(2)}",
            f"{digits(4)} {letters(2)}",
            f"{digits(2)}-{digits(3)}",
            f"{digits(5)}-{digits(4)}",
            f"{digits(3)} {digits(2)}",
            f"{digits(4)}-{digits(3)}",
        ]
        return rng.choice(forms)

    def military(self, rng: random.Random) -> str:
        """An address of the armed forces of the United States."""
        digits = lambda: str(rng.randrange(10_000)).zfill(4)  # noqa: E731
        unit = rng.choice([f"Unit {digits()} Box {digits()}", f"PSC {digits()}, Box {digits()}"])
        if rng.random() < 0.2:
            unit = f"USS {rng.choice(rng.choice(self.cultures).family)}"
        break_ = rng.choice(["\n", "\n", ", ", " "])
        post = rng.choice(["APO", "FPO", "DPO"])
        return f"{unit}{break_}{post} {rng.choice(['AA', 'AE', 'AP'])} {self.postcode(rng)[:5]}"

    def line(self, rng: random.Random) -> str:
        """A street with its number, before or behind it, or on both sides."""
        street = self.street(rng)
        kind = rng.random()
        if kind < 0.12:
            other = self.street(rng)
            both = rng.choice(["{} and {}", "the corner of {} and {}", "corner of {} & {}", "{} / {}"])
            numbers = (f"{street} {self.number(rng)}", other) if rng.random() < 0.4 else (street, other)
            return both.format(*numbers)
        if kind < 0.42:
            return f"{self.number(rng)} {street}"
        if kind < 0.72:
            return f"{street} {self.number(rng)}"
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
        if kind < 0.2:
            return text
        city = self.city(rng)
        if rng.random() < 0.15:
            city = f"{self.postcode(rng)} {city}"
        text += break_ + city
        if rng.random() < 0.25:
            text += rng.choice([f"{break_.rstrip(' ')}, ", ", ", " "]) + rng.choice(STATE_CODES)
        if rng.random() < 0.75:
            country = rng.choice(self.places.countries + self.places.states)
            text += break_ + country
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
        return f"{street} {self.number(rng)}" if rng.random() < 0.7 else street

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
