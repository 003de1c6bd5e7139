"""The shop that `scrim demo` shows: invented people, the same ones every time.

Nothing in it belongs to anybody: mail domains are reserved for examples (RFC 2606), phone numbers
are of the range kept for fiction, addresses of documentation networks (RFC 5737), and card numbers
are put together at run time in a range that is used for testing only.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SEED = 20_240_229
CUSTOMERS = 500
ORDERS = 2_000
TICKETS = 800
NEWSLETTER_CUSTOMERS = 310
NEWSLETTER_OTHERS = 90
EVENTS = 2_000
DIMENSIONS = 8
LINES = 100
"""Numbers of one area that are kept for fiction, 555-0100 to 555-0199."""

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words(
    "Amara Beatriz Chiara Dmitri Elif Farid Greta Hamza Ingrid Jorge Keiko Liam Marta "
    "Nadia Oskar Priya Quentin Rosa Samir Tomoko Umar Vera Wanjiru Xenia Yusuf Zofia "
    "Anselm Bjarne Corinna Dalia"
)
_FAMILY = _words(
    "Abendroth Bakare Castellano Dvorak Eriksson Fontaine Grigoryan Hartmann Ibrahim "
    "Jansen Kowalczyk Lindqvist Moretti Nakamura Okafor Petrov Quiroga Rahman Schuster "
    "Takahashi Ulrich Vasquez Weatherby Xanthos Yildirim Zimmermann Albescu Brandvold "
    "Calloway Delacroix"
)
_STREETS = _words("Alder Birch Cedar Dogwood Elm Fir Hawthorn Juniper Laurel Maple Rowan Willow")
_KINDS = ("Street", "Avenue", "Lane", "Road")
_CITIES = (("Springfield", "IL", "62704"), ("Portland", "OR", "97205"), ("Salem", "MA", "01970"))
_AREAS = (202, 312, 415, 503, 617)
_DOMAINS = ("example.com", "example.org", "example.net")
_GOODS = ("kettle", "desk lamp", "rain jacket", "trail shoes", "notebook", "headphones")
_COMPLAINTS = (
    (
        "Refund still missing",
        "I returned the {thing} three weeks ago. Please pay back to card {card} and write to "
        "{email} when it is done.",
    ),
    (
        "Wrong address on the parcel",
        "The {thing} went to my old flat. Call me on {phone} before you send it again.",
    ),
    (
        "Charged twice",
        "My statement shows the {thing} twice on {card}. My number is {phone}, mail {email}.",
    ),
    (
        "Cannot sign in",
        "The reset mail for {email} never arrives. I only wanted to see when the {thing} comes.",
    ),
)
_TOPICS = ("news", "offers", "recipes")
_ACTIONS = ("login", "checkout", "password_reset", "address_change")
_DEVICES = ("phone", "laptop", "tablet")

SCHEMA = f"""
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE customers (
    id int PRIMARY KEY, given_name text NOT NULL, family_name text NOT NULL,
    email text UNIQUE NOT NULL, phone text NOT NULL, born date NOT NULL, signed_up date NOT NULL);
CREATE TABLE addresses (
    customer_id int REFERENCES customers, street text NOT NULL, city text NOT NULL,
    state char(2) NOT NULL, zip text NOT NULL);
CREATE TABLE cards (
    customer_id int REFERENCES customers, holder text NOT NULL, number text NOT NULL,
    expires text NOT NULL, declined boolean NOT NULL);
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int REFERENCES customers, placed timestamptz NOT NULL,
    total numeric(10,2) NOT NULL);
CREATE TABLE tickets (
    id int PRIMARY KEY, customer_id int REFERENCES customers, opened timestamptz NOT NULL,
    subject text NOT NULL, body text NOT NULL);
CREATE TABLE newsletter (email text NOT NULL, topic text NOT NULL);
CREATE TABLE surveys (
    customer_id int REFERENCES customers, age int NOT NULL, satisfied boolean NOT NULL);
CREATE TABLE events (
    id int PRIMARY KEY, at timestamptz NOT NULL, payload jsonb NOT NULL);
CREATE TABLE embeddings (ticket_id int REFERENCES tickets, embedding vector({DIMENSIONS}) NOT NULL);
"""

TAGS: dict[str, list[str]] = {
    "public.customers.given_name": ["person.given"],
    "public.customers.family_name": ["person.family"],
    "public.customers.email": ["contact.email"],
    "public.customers.phone": ["contact.phone"],
    "public.customers.born": ["person.birth_date"],
    "public.addresses.street": ["contact.street_address"],
    "public.addresses.city": ["contact.city"],
    "public.addresses.zip": ["contact.postal_code"],
    "public.cards.holder": ["person.full"],
    "public.cards.number": ["financial.card"],
    "public.newsletter.email": ["contact.email"],
    "public.surveys.age": ["person.age"],
}
"""What the demo's configuration says of the columns. The free text of tickets and the JSON of
events are not in it: what they hold has to be found."""


@dataclass(frozen=True, slots=True)
class Person:
    """One customer.

    Attributes:
        number: The customer's number.
        given: Given name.
        family: Family name.
        email: Mail address.
        phone: Phone number.
        card: Card number, which passes the Luhn check.
        born: Day of birth.
    """

    number: int
    given: str
    family: str
    email: str
    phone: str
    card: str
    born: date


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to copy into a table, in the order of its columns."""

    name: str
    rows: Sequence[Sequence[object]]


def people() -> list[Person]:
    """Return the customers, always the same."""
    chance = _chance("people")
    found = []
    for number in range(1, CUSTOMERS + 1):
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
        email = f"{given}.{family}{number}@{chance.choice(_DOMAINS)}".lower()
        area = _AREAS[number // LINES % len(_AREAS)]
        phone = f"+1-{area}-555-01{number % LINES:02d}"
        card = _card_number(chance)
        born = TODAY.date() - timedelta(days=chance.randrange(18 * 365, 80 * 365))
        found.append(Person(number, given, family, email, phone, card, born))
    return found


def tables() -> Iterator[Table]:
    """Yield every table with its rows, parents before children."""
    everyone = people()
    yield from _about_people(everyone)
    yield _orders()
    tickets = _tickets(everyone)
    yield tickets
    yield _newsletter(everyone)
    yield _surveys(everyone)
    yield _events(everyone)
    yield _embeddings(len(tickets.rows))


def load_script() -> str:
    """Return the whole shop as a script for psql."""
    parts = [SCHEMA]
    for table in tables():
        lines = ("\t".join(_copy_text(cell) for cell in row) for row in table.rows)
        parts.append(f"COPY {table.name} FROM STDIN;\n" + "\n".join(lines) + "\n\\.\n")
    parts.append("ANALYZE;\n")
    return "".join(parts)


def luhn_digit(digits: str) -> str:
    """Return the digit that makes a card number pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def _chance(purpose: str) -> random.Random:
    """Return a source of repeatable variety; nothing here is a secret."""
    return random.Random(f"{SEED}:{purpose}")  # noqa: S311


def _card_number(chance: random.Random) -> str:
    digits = "4000" + "00" + "".join(str(chance.randrange(10)) for _ in range(9))
    digits += luhn_digit(digits)
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _about_people(everyone: list[Person]) -> Iterator[Table]:
    chance = _chance("about people")
    customers, addresses, cards = [], [], []
    for person in everyone:
        joined = TODAY.date() - timedelta(days=CUSTOMERS - person.number)
        name = (person.given, person.family)
        customers.append((person.number, *name, person.email, person.phone, person.born, joined))
        city, state, zip_code = chance.choice(_CITIES)
        street = f"{chance.randrange(1, 900)} {chance.choice(_STREETS)} {chance.choice(_KINDS)}"
        addresses.append((person.number, street, city, state, zip_code))
        expires = f"{chance.randrange(1, 13):02d}/{chance.randrange(27, 32)}"
        declined = chance.random() < 0.05
        holder = f"{person.given} {person.family}"
        cards.append((person.number, holder, person.card, expires, declined))
    yield Table("customers", customers)
    yield Table("addresses", addresses)
    yield Table("cards", cards)


def _orders() -> Table:
    chance = _chance("orders")
    rows = [
        (
            number,
            chance.randrange(1, CUSTOMERS + 1),
            TODAY - timedelta(minutes=chance.randrange(500_000)),
            f"{chance.randrange(500, 40_000) / 100:.2f}",
        )
        for number in range(1, ORDERS + 1)
    ]
    return Table("orders", rows)


def _tickets(everyone: list[Person]) -> Table:
    chance = _chance("tickets")
    rows = []
    for number in range(1, TICKETS + 1):
        person = chance.choice(everyone)
        subject, text = chance.choice(_COMPLAINTS)
        thing = chance.choice(_GOODS)
        body = text.format(thing=thing, card=person.card, email=person.email, phone=person.phone)
        opened = TODAY - timedelta(minutes=chance.randrange(200_000))
        rows.append((number, person.number, opened, subject, body))
    return Table("tickets", rows)


def _newsletter(everyone: list[Person]) -> Table:
    """Return who reads what, most of them customers and some not yet."""
    chance = _chance("newsletter")
    readers = [person.email for person in chance.sample(everyone, NEWSLETTER_CUSTOMERS)]
    readers += [f"reader{number}@{chance.choice(_DOMAINS)}" for number in range(NEWSLETTER_OTHERS)]
    chance.shuffle(readers)
    return Table("newsletter", [(email, chance.choice(_TOPICS)) for email in readers])


def _surveys(everyone: list[Person]) -> Table:
    chance = _chance("surveys")
    rows = [
        (person.number, (TODAY.date() - person.born).days * 4 // 1461, chance.random() < 0.8)
        for person in everyone
    ]
    return Table("surveys", rows)


def _events(everyone: list[Person]) -> Table:
    chance = _chance("events")
    rows = []
    for number in range(1, EVENTS + 1):
        person = chance.choice(everyone)
        payload = {
            "action": chance.choice(_ACTIONS),
            "device": chance.choice(_DEVICES),
            "email": person.email,
            "ip": f"203.0.113.{chance.randrange(1, 255)}",
            "ok": chance.random() < 0.9,
        }
        at = TODAY - timedelta(seconds=(EVENTS - number) * 37)
        rows.append((number, at, json.dumps(payload)))
    return Table("events", rows)


def _embeddings(tickets: int) -> Table:
    chance = _chance("embeddings")
    rows = []
    for number in range(1, tickets + 1):
        vector = ",".join(f"{chance.uniform(-1, 1):.3f}" for _ in range(DIMENSIONS))
        rows.append((number, f"[{vector}]"))
    return Table("embeddings", rows)


def _copy_text(cell: object) -> str:
    """Return a cell in COPY's text format."""
    text = str(cell)
    for character, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, escape)
    return text
