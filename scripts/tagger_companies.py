"""Names of organisations and jobs, real and invented, for the tagger's training texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from faker.providers.job import Provider as Jobs

from tagger_lists import LISTS

if TYPE_CHECKING:
    import random

    from tagger_pools import Culture, Places, Words

BRANDS = (
    (Path(__file__).parent / "data" / "tagger_brands.txt").read_text("utf-8").strip().split("|")
)

SUFFIXES = LISTS["suffixes"]

INDUSTRIES = LISTS["industries"]

ENDINGS = LISTS["endings"]

PUBLIC = LISTS["public"]

DOMAINS = LISTS["domains"]

HEADS = LISTS["job_heads"]

SINGLE_JOBS = LISTS["single_jobs"]


def job(rng: random.Random) -> str:
    """What somebody does for a living."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(SINGLE_JOBS)
    if kind < 0.5:
        listed: list[str] = list(Jobs.jobs)
        words = rng.choice(listed).split(", ")
        return " ".join(reversed(words)).lower() if len(words) == 2 else words[0].lower()
    name = f"{rng.choice(DOMAINS)} {rng.choice(HEADS)}"
    if kind > 0.85:
        name = f"{rng.choice(DOMAINS)} and {name}"
    return name


class Companies:
    """Makes names of organisations."""

    def __init__(self, cultures: list[Culture], places: Places, words: Words) -> None:
        self.cultures = cultures
        self.places = places
        self.words = words
        self.large = [name for culture in cultures for name in culture.companies]
        self.nouns = words.plain[300:12_000]

    def word(self, rng: random.Random) -> str:
        """A common word with a capital."""
        return rng.choice(self.nouns).title()

    def family(self, rng: random.Random) -> str:
        """A family name, of an English-speaking country more often."""
        named = [c for c in self.cultures if c.name in {"en_US", "en_GB", "en"}]
        culture = rng.choice(named if rng.random() < 0.6 else self.cultures)
        return rng.choice(culture.family)

    def of_words(self, rng: random.Random) -> str:
        """Such as `Walk Score`, `Adaptive`, `Expert Health Data Programming`."""
        kind = rng.random()
        if kind < 0.2:
            return self.word(rng)
        if kind < 0.5:
            return f"{self.word(rng)} {self.word(rng)}"
        words = [self.word(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        return " ".join([*words, rng.choice(INDUSTRIES)])

    def coined(self, rng: random.Random) -> str:
        """Such as `Spotify` or `DataBox`: pieces of words, run together."""
        first = rng.choice(self.nouns)
        first = first if rng.random() < 0.5 else first[: rng.randint(3, 5)]
        second = rng.choice(ENDINGS) if rng.random() < 0.5 else rng.choice(self.nouns)
        second = second.title() if rng.random() < 0.4 else second
        prefix = rng.choice(["", "", "", "", "e", "i", "m", "my", "go", "Open"])
        name = prefix + first + second
        return (
            name
            if prefix and prefix.islower() and rng.random() < 0.3
            else name[0].upper() + name[1:]
        )

    def of_family(self, rng: random.Random) -> str:
        """Such as `Garcia-Smith`, `Fox, Hill and Weber`, `Meyer Group`."""
        one, two, three = (self.family(rng) for _ in range(3))
        forms = [f"{one}-{two}", f"{one}, {two} and {three}", f"{one} & {two}", f"{one} and {two}"]
        forms += [
            f"{one} {rng.choice(SUFFIXES)}",
            f"{one} {rng.choice(INDUSTRIES)}",
            one + "-" + two,
        ]
        return rng.choice(forms)

    def public(self, rng: random.Random) -> str:
        """A bank, a school, an authority, a newspaper of some place."""
        place = rng.choice(self.places.large if rng.random() < 0.7 else self.places.countries)
        given = rng.choice(rng.choice(self.cultures).given)
        form = rng.choice(PUBLIC)
        return form.format(c=place, w=self.word(rng), g=given, s=self.family(rng))

    def make(self, rng: random.Random) -> str:
        """A name of any kind."""
        kind = rng.random()
        if kind < 0.18:
            name = rng.choice(BRANDS)
        elif kind < 0.42:
            name = self.of_words(rng)
        elif kind < 0.62:
            name = self.coined(rng)
        elif kind < 0.77:
            return self.of_family(rng)
        elif kind < 0.87:
            return self.public(rng)
        elif kind < 0.93:
            name = rng.choice(self.large)
        elif kind < 0.96:
            name = "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(rng.randint(2, 5)))
        else:
            name = f"{rng.choice(self.places.large)} {rng.choice(INDUSTRIES)}"
        return f"{name} {rng.choice(SUFFIXES)}" if rng.random() < 0.2 else name
