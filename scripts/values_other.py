"""Training values that name organisations and jobs, and those that name nobody."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Sequence
from functools import cache

from babel import Locale
from faker import Faker
from values_people import a_family, a_given, languages
from values_places import _more_cities, countries
from values_sources import by_language, cities, faker_lists, faker_provider, listed, merged, mimesis_lists, unique

MADE_OF_LOCALE = 1200
LEGAL = (
    "Inc.", "Inc", "LLC", "Ltd", "Ltd.", "Corp.", "Corp", "Corporation", "Company", "Co.", "& Co", "Group", "Holdings", "PLC", "plc",
    "LLP", "LP", "GmbH", "AG", "KG", "GmbH & Co. KG", "e.V.", "SE", "S.A.", "SA", "S.L.", "S.p.A.", "S.r.l.", "SAS", "SARL", "Ltda.", "Lda",
    "B.V.", "N.V.", "AB", "AS", "A/S", "Oy", "ApS", "sp. z o.o.", "s.r.o.", "d.o.o.", "Kft.", "Pty Ltd", "Pvt. Ltd.", "Sdn Bhd", "Co., Ltd.",
    "& Sons", "Bros.", "Brothers", "and Associates", "Partners", "International", "Industries", "Enterprises", "Limited", "Trust",
)
TRADES = (
    "Software", "Systems", "Solutions", "Technologies", "Technology", "Energy", "Power", "Electric", "Motors", "Foods", "Pharma", "Pharmaceuticals",
    "Biotech", "Therapeutics", "Medical", "Health", "Healthcare", "Insurance", "Financial", "Capital", "Bank", "Bancorp", "Investments", "Securities", "Logistics",
    "Transport", "Shipping", "Airlines", "Airways", "Consulting", "Services", "Construction", "Engineering", "Steel", "Metals", "Mining", "Oil & Gas", "Petroleum",
    "Chemicals", "Plastics", "Paper", "Textiles", "Media", "Publishing", "Books", "Press", "Studios", "Entertainment", "Pictures", "Records", "Design", "Realty", "Properties",
    "Homes", "Hotels", "Resorts", "Restaurants", "Bakery", "Coffee", "Brewing", "Wines", "Farms", "Dairy", "Seafood", "Market", "Stores", "Supply", "Retail", "Fashion",
    "Communications", "Telecom", "Networks", "Wireless", "Semiconductor", "Devices", "Instruments", "Labs", "Laboratories", "Research", "Analytics", "Data", "Security", "Aerospace",
    "Automotive", "Tire", "Furniture", "Toys", "Sports", "Fitness", "Travel", "Tours", "Cruises", "Water", "Gas", "Utilities", "Environmental", "Recycling", "Packaging",
)
BODIES = (
    "University of {c}", "{c} University", "{c} State University", "{c} College", "{c} Community College", "{c} High School", "{c} Elementary School", "{f} School", "{c} Hospital",
    "{f} Memorial Hospital", "St. {g} Hospital", "{c} General Hospital", "{c} Medical Center", "Bank of {c}", "First National Bank of {c}", "{c} Savings Bank", "{c} Museum of Art", "{c} Public Library",
    "City of {c}", "{c} Police Department", "{c} Fire Department", "Ministry of {t}", "Department of {t}", "National Institute of {t}", "Institute for {t}", "{t} Association", "American {t} Association",
    "Society of {t}", "{f} Foundation", "The {f} Foundation", "{c} Chamber of Commerce", "Friends of {c}", "Universität {c}", "Universidad de {c}", "Université de {c}", "Università di {c}", "Universidade de {c}",
    "Klinikum {c}", "Stadtwerke {c}", "Sparkasse {c}", "Volksbank {c}", "Hospital de {c}", "Banco de {c}", "Banque de {c}", "{c} Institute of Technology", "Church of St. {g}", "{c} Theatre Company", "Embassy of {k}",
    "National Bank of {k}", "Air {k}", "Government of {k}", "{f} Institute", "{f} Center for {t}", "World {t} Organization", "International {t} Union", "{c} Council", "{c} Zoo", "Port of {c}",
)
LEVELS = ("Senior", "Junior", "Lead", "Chief", "Head of", "Assistant", "Associate", "Vice President of", "VP", "Director of", "Principal", "Deputy", "Executive", "Regional", "Sr.", "Jr.", "Staff", "Interim", "Group", "Global")
FIELDS = ("Software", "Sales", "Marketing", "Finance", "Accounts", "HR", "Human Resources", "Product", "Project", "Data", "Network", "Systems", "Quality Assurance", "Research", "Customer Service", "Operations", "IT", "Purchasing", "Logistics", "Design", "Legal", "Production", "Web", "Security", "Cloud", "Business Development", "Account", "Public Relations", "Mechanical", "Electrical", "Civil", "Office", "Shipping", "Warehouse", "Content", "Communications", "Supply Chain", "Facilities")
ROLES = ("Engineer", "Developer", "Manager", "Analyst", "Representative", "Coordinator", "Specialist", "Administrator", "Assistant", "Consultant", "Officer", "Director", "Technician", "Architect", "Supervisor", "Designer", "Scientist", "Executive", "Planner", "Clerk", "Agent", "Associate", "Intern", "Buyer", "Auditor", "Trainer", "Writer", "Editor", "President", "Accountant")
SHORT_ROLES = ("CEO", "CFO", "CTO", "COO", "Owner", "Founder", "Co-Founder", "President", "Vice President", "Chairman", "Partner", "Secretary", "Treasurer", "General Manager", "Sales Manager", "Accounting Manager", "Order Administrator", "Marketing Assistant", "Owner/Marketing Assistant", "Receptionist", "Student", "Teacher", "Nurse", "Professor", "Lawyer", "Retired", "Staff", "Janitor", "Stocker", "Buyer")


@cache
def company_values() -> list[str]:
    """Return companies that Faker writes, of each of its locales."""
    found: list[str] = []
    for locale in sorted(faker_provider("company")):
        fake = Faker(locale)
        fake.seed_instance(len(locale) * 17 + ord(locale[0]) * 3 + ord(locale[-1]))
        found += [fake.company() for _ in range(MADE_OF_LOCALE)]
    universities = mimesis_lists("person", "university")
    companies = mimesis_lists("finance", "company", "name")
    return unique([*found, *(n for names in (*universities.values(), *companies.values()) for n in names)])


@cache
def _known_organisations() -> list[str]:
    return listed("fortune", "nasdaq", "charity", "hospital", "agency", "publisher", "airline", "newspaper", "party", "fraternity", "car_maker", "guitar")


def _person_or_word(rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.45:
        return a_family(rng, "en" if rng.random() < 0.6 else rng.choices(*languages())[0])
    if chance < 0.65:
        return rng.choice(cities())[0]
    if chance < 0.8:
        return rng.choice(listed("word_noun", "buzz", "common", "gem", "bird", "color")).title()
    if chance < 0.9:
        return rng.choice(listed("app", "word_noun")).title() + rng.choice(("tech", "soft", "ware", "corp", "net", "com", "labs", "ly", "ify", "ex", "on", "is", "ia", "bio", "med"))
    return "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(2, 4)))


def organization(rng: random.Random) -> str:
    """Return a company, an authority, a school, a hospital."""
    chance = rng.random()
    if chance < 0.25:
        return rng.choice(company_values())
    if chance < 0.42:
        return rng.choice(_known_organisations())
    if chance < 0.6:
        place = rng.choice(cities())[0] if rng.random() < 0.5 else rng.choice(_more_cities())
        return rng.choice(BODIES).format(
            c=place, f=a_family(rng, "en"), g=a_given(rng, "en"), t=rng.choice((*TRADES, *listed("subject"))), k=rng.choice(countries())
        )
    first = _person_or_word(rng)
    if chance < 0.68:
        last = _person_or_word(rng)
        return rng.choice((f"{first} & {last}", f"{first} and {last}", f"{first}-{last} {rng.choice(LEGAL)}", f"{first}, {last} and {_person_or_word(rng)}", f"{first} & {last} {rng.choice(LEGAL)}"))
    if chance < 0.78:
        return f"{first} {rng.choice(TRADES)}"
    if chance < 0.9:
        return f"{first} {rng.choice(TRADES)}{rng.choice((' ', ', '))}{rng.choice(LEGAL)}"
    return f"{first} {rng.choice(LEGAL)}"


@cache
def _jobs() -> list[str]:
    lists = merged(faker_lists("job", ("jobs", "job")), mimesis_lists("person", "occupation"), by_language("job"))
    return unique([*listed("occupation"), *(name for names in lists.values() for name in names)])


def job_title(rng: random.Random) -> str:
    """Return what somebody does for a living."""
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(_jobs())
    if chance < 0.56:
        return rng.choice(SHORT_ROLES)
    level = f"{rng.choice(LEVELS)} " if rng.random() < 0.45 else ""
    role = rng.choice(ROLES)
    if level.endswith("of "):
        return level + rng.choice(FIELDS)
    suffix = f" {rng.choice(('I', 'II', 'III', '- ' + rng.choice(FIELDS)))}" if rng.random() < 0.06 else ""
    return f"{level}{rng.choice(FIELDS)} {role}{suffix}"


@cache
def _word_lists() -> list[list[str]]:
    """Lists of words and short terms; each is drawn as often as another."""
    names = (
        "word_noun", "word_adjective", "word_verb", "adverb", "common", "nouns", "adjs", "object", "clothing", "dish", "food", "cuisine", "cheese", "beer", "tea",
        "sandwich", "apple", "cocktail", "book_genre", "music_genre", "genre", "tv_genre", "sport", "subject", "department", "industry", "disease", "symptom", "drug", "mood", "weather",
        "appliance", "element", "unit", "color_name", "color", "nationality", "religion", "gem", "fabric", "flower", "geo", "venue", "program", "animal", "dog_breed", "bird", "gender", "personal_noun", "phrase",
    )
    found = [listed(name) for name in names]
    for tongue in ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "sv", "ja", "zh", "ko", "ar", "tr", "el", "hi", "he", "th"):
        locale = Locale(tongue)
        words = [*locale.languages.values(), *locale.currencies.values()]
        times = [str(n) for kind in ("wide", "abbreviated") for n in (*locale.months["format"][kind].values(), *locale.days["format"][kind].values())]
        found += [unique(words), unique(times * 1)]
    found += [words for words in by_language("word").values()]
    found += [words for words in faker_lists("lorem", ("word_list",)).values()]
    found += [words for words in mimesis_lists("text", "words").values()]
    found.append("active inactive pending shipped delivered cancelled returned paid unpaid open closed new used draft approved rejected high medium low critical true false yes no male female M F single married divorced widowed basic premium gold silver bronze standard express ground air email phone web mobile desktop credit debit cash check wire visa mastercard public private internal external admin user guest owner editor viewer error warning info debug success failure unknown other none null n/a small large XL XS S L left right north south up down day night morning evening first second third primary secondary".split())
    return [words for words in found if words]


@cache
def _title_lists() -> list[list[str]]:
    """Names of things: works, products, brands, teams, ships."""
    names = (
        "book", "bestseller", "album", "song", "video", "film", "tv", "board_game", "rpg", "paint", "crayola", "strain", "operation", "team_milb", "team_nba", "team_nfl", "team_nhl", "team_mlb",
        "airplane", "airport", "pokemon", "dinosaur", "app", "planet", "river", "tube", "album", "song", "song", "book",
    )
    found = [listed(name) for name in names]
    found.append(unique(name for names in by_language("song").values() for name in names))
    found.append(listed("team_epl", "team_laliga", "team_seriea"))
    return [words for words in found if words]


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


def _species(rng: random.Random) -> str:
    genus = rng.choice(listed("dinosaur", "phrase", "plant")).split()[0].capitalize()
    ending = rng.choice(("us", "a", "is", "ensis", "ii", "um", "oides", "alis", "icus", "ata", "osa", "iana"))
    stem = rng.choice(listed("phrase", "word_noun")).lower()
    return f"{genus} {stem}{ending}"


def other_title(rng: random.Random) -> str:
    """Return the name of a thing: a work, a product, a team, a species."""
    chance = rng.random()
    nouns, adjectives = listed("word_noun", "object"), listed("word_adjective", "adjs")
    if chance < 0.4:
        return rng.choice(rng.choice(_title_lists()))
    noun, adjective = rng.choice(nouns).title(), rng.choice(adjectives).title()
    if chance < 0.46:
        return _species(rng)
    if chance < 0.52:
        return f"{noun} {rng.choice(nouns).title()}"
    if chance < 0.58:
        return f"{adjective} {noun}"
    if chance < 0.62:
        return f"The {adjective} {noun}" if rng.random() < 0.5 else f"The {rng.choice((noun + 's', adjective))}"
    if chance < 0.65:
        return f"{noun} of {rng.choice((rng.choice(nouns).title(), 'the ' + noun, rng.choice(cities())[0]))}"
    if chance < 0.68:
        return f"{rng.choice(cities())[0]} {rng.choice(('Airport', 'Station', 'Tigers', 'FC', 'United', 'Lions', 'Park', 'Marathon', 'Open', 'Bridge', 'International Airport', 'Festival', 'Cathedral', 'Castle', 'Stadium', 'Eagles', 'Bears'))}"
    if chance < 0.72:
        return f"{a_given(rng, 'en')}{rng.choice((' and the ' + noun + 's', chr(39) + 's ' + noun, ' & ' + a_given(rng, 'en'), ' Goes to ' + rng.choice(cities())[0], ' in ' + noun))}"
    if chance < 0.75:
        return f"{rng.choice(('USS', 'HMS', 'SS', 'MV', 'RMS', 'HMAS'))} {rng.choice((noun, rng.choice(cities())[0], a_family(rng, 'en')))}"
    brand = rng.choice((noun, a_family(rng, "en"), rng.choice(listed("app", "car_maker", "guitar"))))
    if chance < 0.82:
        return f"{brand}{rng.choice((chr(39) + 's', ''))} {rng.choice((adjective, rng.choice(listed('food', 'dish', 'color')).title()))} {noun}"
    if chance < 0.9:
        return f"{rng.choice(listed('product', 'buzz', 'color')).title()} {rng.choice(listed('fabric', 'gem', 'food')).title()} {noun}{rng.choice(('', f' {rng.randint(2, 900)}', f' - {rng.choice(listed(chr(99)+chr(111)+chr(108)+chr(111)+chr(114)))}', ', Large', f' {rng.randint(1, 64)}GB', ' (2-pack)'))}"
    if chance < 0.95:
        return f"{brand} {rng.choice(listed('car_model') + ['X', 'Pro', 'Max', 'GT', 'LX', 'Turbo', 'Mini', 'Plus', 'Sport'])}{rng.choice(('', f' {rng.randint(1, 900)}'))}"
    return rng.choice(nouns).title() + rng.choice(("", "!", " II", " 2", ": " + noun))


def _letters(rng: random.Random, count: int, of: str) -> str:
    return "".join(rng.choice(of) for _ in range(count))


def other_code(rng: random.Random) -> str:
    """Return a number, a date, an identifier, an address of a network."""
    digits, capitals = string.digits, string.ascii_uppercase
    number = rng.randint(0, 10 ** rng.randint(1, 12))
    word = rng.choice(listed("word_noun", "common"))
    forms: Sequence[str] = (
        str(number), f"{number / 100:.2f}", f"-{number / 1000:.{rng.randint(1, 5)}f}", f"${number / 100:,.2f}", f"{number % 101}%", f"{number:,}",
        f"{rng.randint(1900, 2040)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}", f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/{rng.randint(1900, 2040)}", f"{rng.randint(1, 28)}.{rng.randint(1, 12)}.{rng.randint(1900, 2040)}",
        f"{rng.randint(1900, 2040)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00Z", f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}", f"{rng.randint(1, 28)} {rng.choice(('Jan', 'Feb', 'March', 'April', 'May', 'Jun', 'August', 'September', 'Dec'))} {rng.randint(1900, 2030)}",
        _letters(rng, rng.randint(2, 6), capitals), _letters(rng, 3, capitals), f"{_letters(rng, rng.randint(1, 4), capitals)}{rng.choice(('-', '', '_', ' '))}{_letters(rng, rng.randint(1, 7), digits)}", _letters(rng, rng.choice((8, 16, 32, 40)), "0123456789abcdef"),
        str(uuid.UUID(int=rng.getrandbits(128))), f"{word}@{rng.choice(listed('word_noun'))}.{rng.choice(('com', 'org', 'net', 'de'))}", f"https://{rng.choice(('www.', ''))}{word}.{rng.choice(('com', 'org', 'io'))}/{rng.choice(listed('common'))}", f"www.{word}.com",
        f"{word}_{rng.choice(listed('common'))}.{rng.choice(('pdf', 'jpg', 'csv', 'py', 'docx', 'xml', 'png', 'txt'))}", f"/{word}/{rng.choice(listed('common'))}", f"{rng.randint(0, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 99)}", ".".join(str(rng.randint(0, 255)) for _ in range(4)),
        f"#{_letters(rng, 6, '0123456789ABCDEF')}", f"+{rng.randint(1, 99)} {rng.randint(100, 999)} {rng.randint(1000000, 9999999)}", f"({rng.randint(200, 999)}) {rng.randint(200, 999)}-{rng.randint(1000, 9999)}", f"{rng.randint(10000, 99999)}", f"{_letters(rng, 2, capitals)}{rng.randint(1, 9)} {rng.randint(1, 9)}{_letters(rng, 2, capitals)}",
        f"{word}_{rng.choice(listed('common'))}", f"{word}{number % 1000}", f"{rng.randint(1, 500)} {rng.choice(('kg', 'ml', 'cm', 'oz', 'GB', 'min', 'km', 'pcs', 'g bottles', 'boxes x 12 bags'))}", f"{rng.uniform(-90, 90):.4f}, {rng.uniform(-180, 180):.4f}", f"{rng.choice(capitals)}{rng.randint(1, 99)}",
        f"{a_given(rng, 'en')[:1].lower()}{a_family(rng, 'en').lower()}{rng.choice(('', str(number % 100)))}", f"{a_given(rng, 'en').lower()}{rng.choice('._')}{a_family(rng, 'en').lower()}{rng.choice(('', '@example.com'))}", f"{a_family(rng, 'en').lower()[:5]}{a_given(rng, 'en').lower()[:2]}0{rng.randint(1, 9)}",
    )
    return rng.choice(forms)


@cache
def _sentences() -> list[str]:
    texts = [text for texts in mimesis_lists("text", "text").values() for text in texts]
    quotes = [text for texts in mimesis_lists("text", "quotes").values() for text in texts]
    return unique([*listed("sentence", "proverb"), *texts, *quotes])


@cache
def _lorem() -> list[list[str]]:
    return [words for words in (*faker_lists("lorem", ("word_list",)).values(), *by_language("word").values()) if len(words) > 50]


def other_text(rng: random.Random) -> str:
    """Return a sentence or a note."""
    if rng.random() < 0.4:
        return rng.choice(_sentences())
    words = rng.choice(_lorem())
    text = " ".join(rng.choice(words) for _ in range(rng.randint(3, 12)))
    if rng.random() < 0.1:
        text += f" {a_given(rng, 'en')} {a_family(rng, 'en')}"
    return text[:1].upper() + text[1:] + rng.choice((".", "", "!"))
