"""Names of organisations and jobs, real and invented, for the tagger's training texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from faker.providers.job import Provider as Jobs

if TYPE_CHECKING:
    import random

    from tagger_pools import Culture, Places, Words

BRANDS = (Path(__file__).parent / "data" / "tagger_brands.txt").read_text("utf-8").strip().split("|")

SUFFIXES = """Inc.|Inc|Ltd|Ltd.|LLC|PLC|plc|LLP|Corp.|Corp|Corporation|Co.|Company|Group|Holdings|GmbH|AG|
KG|S.A.|SA|SAS|SARL|S.p.A.|SpA|S.r.l.|AB|AS|ASA|A/S|ApS|Oy|Oyj|NV|N.V.|BV|B.V.|Kft.|Zrt.|s.r.o.|a.s.|
sp. z o.o.|d.o.o.|Ltda|Pty Ltd|Pvt. Ltd.|K.K.|OÜ|SIA|UAB|Limited|& Co|and Sons|& Sons|Bros.|Partners|
Associates|Foundation|Trust""".replace("\n", "").split("|")

INDUSTRIES = """Consulting|Economic Consulting|Logistics|Bank|Software|Systems|Technologies|Energy|Solutions|
Insurance|Airlines|Motors|Foods|Media|Records|Pharma|Pharmaceuticals|Health|Healthcare|Analytics|Capital|
Ventures|Labs|Networks|Robotics|Data|Security|Telecom|Travel|Hotels|Shipping|Steel|Mining|Chemicals|Textiles|
Studios|Pictures|Games|Press|Publishing|Books|Design|Architects|Legal|Law|Realty|Properties|Construction|
Engineering|Electronics|Semiconductors|Computing|Supercomputing|Cloud|Mobile|Digital|Interactive|Marketing|
Research|Institute|Academy|Services|Management|Investments|Finance|Financial|Credit Union|Brewery|Bakery|
Farms|Seeds|Water|Solar|Wind Power|Oil|Gas|Bikes|Cars|Rail|Airways|Express|Supply|Retail|Stores|Markets|
Fashion|Sports|Fitness|Clinic|Dental|Optics|Instruments|Tools|Machines|Materials|Plastics|Paper|Packaging|
Programming|Innovations|Dynamics|Industries|International|Global|Worldwide|America|Europe""".replace("\n", "").split("|")

ENDINGS = ["ly", "ify", "io", "hub", "box", "base", "soft", "tech", "net", "com", "x", "zen", "wise", "cloud"]
ENDINGS += ["coach", "score", "scape", "works", "line", "pay", "shop", "bit", "mate", ".com", ".io", "AI", "ware"]

PUBLIC = [
    "Bank of {c}", "University of {c}", "{c} University", "{c} Hospital", "{c} Airport", "Port of {c}",
    "{c} City Council", "{c} Chamber of Commerce", "FC {c}", "{c} United", "{c} Police", "{c} Zoo",
    "Ministry of {w}", "Department of {w}", "Institute of {w}", "Museum of {w}", "National {w} Agency",
    "{c} Symphony Orchestra", "St. {g}'s Hospital", "{s} High School", "{s} College", "{c} Times",
    "{c} Post", "The {c} Herald", "{c} Daily News", "Bank {c}", "{c} School of {w}", "{w} Without Borders",
    "International {w} Council", "European {w} Agency", "Society for {w}", "Association of {w} Engineers",
    "Royal {w} Society", "Supreme Court of {c}", "{c} Gazette", "Radio {c}", "{w} Weekly", "The {w} Review",
]

DOMAINS = """network|computer systems|laboratory animal|local transit|heating|insurance claims|data entry|
sales|marketing|software|civil|mechanical|electrical|chemical|postal service|file|payroll|tax|customer service|
retail|bank|loan|human resources|training|elementary school|primary school|special education|music|dance|art|
fashion|interior|graphic|web|security|fire|police|forest|park|fish and game|heavy truck|school bus|taxi|crane|
machine|drilling|mine|textile|shoe|wood|metal|tool and die|aircraft|automotive|bicycle|boat|camera|watch|
dental|medical|pharmacy|veterinary|surgical|nursing|home health|physical therapy|speech|psychiatric|
radiologic|food service|hotel|travel|museum|library|news|film and video|sound|stage|legal|court|probation|
social|child care|community|environmental|agricultural|soil|marine|nuclear|petroleum|quality control|
production|warehouse|shipping|purchasing|logistics|budget|credit|financial|research|market|survey|
database|systems|information security|hardware|telephone|power plant|water treatment|gas|solar|wind turbine|
construction|building|roof|floor|carpet|paint|glass|brick|tile|highway maintenance|railroad|airline|cargo|
desktop|prepress|order|interview|reservation|billing|parking lot|hand|general|senior|junior|chief|assistant|
deputy|regional|lead""".replace("\n", "").split("|")

HEADS = """technician|administrator|driver|operator|engineer|manager|clerk|teacher|nurse|assistant|analyst|
specialist|supervisor|inspector|mechanic|repairer|installer|worker|officer|agent|designer|developer|
programmer|consultant|accountant|lawyer|therapist|scientist|researcher|editor|writer|producer|director|
instructor|coach|cook|guard|attendant|setter|helper|cleaner|planner|buyer|counselor|aide|adviser|architect|
surveyor|coordinator|representative|tester|trainer|broker|dispatcher""".replace("\n", "").split("|")

SINGLE_JOBS = """nurse|teacher|lawyer|plumber|electrician|carpenter|baker|butcher|dentist|surgeon|pharmacist|
midwife|farmer|fisherman|pilot|sailor|soldier|firefighter|journalist|photographer|actor|actress|singer|musician|
composer|painter|sculptor|architect|economist|historian|physicist|chemist|biologist|mathematician|librarian|
secretary|receptionist|cashier|waiter|waitress|bartender|chef|hairdresser|tailor|gardener|janitor|caretaker|
porter|courier|translator|interpreter|psychologist|veterinarian|optician|welder|mason|roofer|bricklayer|
machinist|blacksmith|miner|CEO|CFO|CTO|chief executive|chairman|managing director|head of sales|vice president|
spokesman|spokeswoman|professor|lecturer|judge|mayor|minister|senator|salesperson|butler|nanny|referee""".replace(
    "\n", ""
).split("|")


def job(rng: random.Random) -> str:
    """What somebody does for a living."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(SINGLE_JOBS)
    if kind < 0.5:
        words = rng.choice(Jobs.jobs).split(", ")
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
        return name if prefix and prefix.islower() and rng.random() < 0.3 else name[0].upper() + name[1:]

    def of_family(self, rng: random.Random) -> str:
        """Such as `Garcia-Smith`, `Fox, Hill and Weber`, `Meyer Group`."""
        one, two, three = (self.family(rng) for _ in range(3))
        forms = [f"{one}-{two}", f"{one}, {two} and {three}", f"{one} & {two}", f"{one} and {two}"]
        forms += [f"{one} {rng.choice(SUFFIXES)}", f"{one} {rng.choice(INDUSTRIES)}", one + "-" + two]
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
        if kind < 0.25:
            name = rng.choice(BRANDS)
        elif kind < 0.50:
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
