"""Customers of a shop, their orders and their questions, all invented."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import random

GIVEN = ("Anna", "Bertil", "Chiara", "Deniz", "Emeka", "Fatima", "Goran", "Hana", "Ivo", "Jun")
FAMILY = ("Okafor", "Lindqvist", "Moreau", "Novak", "Tanaka", "Silva", "Weber", "Kowalska")
CITIES = (
    *("Springfield", "Amberg", "Brookdale", "Carlow", "Dunmore", "Eastleigh", "Falkirk", "Graz"),
    *("Halden", "Ithaca", "Jena", "Kalmar", "Leiden", "Modena", "Nantes", "Odense", "Porto"),
    *("Reims", "Siena", "Tartu", "Umea", "Vaduz", "Weimar", "York", "Zadar"),
)
EMPLOYERS = (
    *("Northwind", "Contoso", "Acme", "Globex", "Initech", "Umbra", "Stark", "Wayne", "Tyrell"),
    *("Cyberdyne", "Hooli", "Vandelay"),
)
PLANS = ("basic", "plus", "pro")


def customers(chance: random.Random, count: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return customers; whether they cancel depends on city, employer, plan, fee and time.

    Args:
        chance: Where randomness comes from.
        count: How many.
    """
    moods = {place: chance.gauss(0, 1.2) for place in (*CITIES, *EMPLOYERS)}
    codes = {city: 10_000 + 317 * number for number, city in enumerate(CITIES)}
    rows = []
    for number in range(count):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        city, employer = chance.choice(CITIES), f"{chance.choice(EMPLOYERS)} Ltd"
        plan, months = chance.randrange(3), chance.randrange(1, 72)
        fee = round(9 + 12 * plan + chance.uniform(-3, 3), 2)
        mood = moods[city] + moods[employer.removesuffix(" Ltd")]
        lean = mood + 0.05 * (fee - 20) - 0.03 * (months - 36)
        rows.append(
            {
                "id": number,
                "name": f"{given} {family}",
                "email": f"{given}.{family}{number}@corp.example".lower(),
                "phone": f"+1 415 555 {number % 10_000:04}",
                "city": city,
                "postal_code": str(codes[city] + chance.randrange(20)),
                "employer": employer,
                "plan": PLANS[plan],
                "fee": fee,
                "months": months,
                "cancelled": chance.random() < 1 / (1 + math.exp(-lean)),
            }
        )
    return pa.Table.from_pylist(rows)


def orders(chance: random.Random, people: Any) -> Any:  # noqa: ANN401
    """Return orders; some are of nobody who is a customer.

    Args:
        chance: Where randomness comes from.
        people: The customers.
    """
    emails = people["email"].to_pylist()
    rows = [
        {
            "order_id": number,
            "customer_email": chance.choice(emails),
            "total": chance.randrange(100, 20_000),
        }
        for number in range(len(emails) * 2)
    ]
    rows += [
        {"order_id": -number, "customer_email": f"guest{number}@corp.example", "total": number}
        for number in range(1, len(emails) // 50)
    ]
    return pa.Table.from_pylist(rows)


def tickets(chance: random.Random, people: Any) -> Any:  # noqa: ANN401
    """Return questions to support, with the address and phone of who asked.

    Args:
        chance: Where randomness comes from.
        people: The customers.
    """
    known = list(zip(people["email"].to_pylist(), people["phone"].to_pylist(), strict=True))
    rows = []
    for number in range(len(known) // 2):
        email, phone = chance.choice(known)
        rows.append({"ticket_id": number, "customer_email": email, "phone": phone})
    return pa.Table.from_pylist(rows)
