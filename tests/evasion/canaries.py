"""Values that must never be seen, made anew for every run, and the search for what is left of them.

A value is distinctive in every piece of `WINDOW` characters (of `DIGITS_WINDOW` where it has no
letters but hexadecimal digits), so that a fragment proves a leak as much as the whole. Each piece
is looked for as it is, reversed, and in hexadecimal digits and base64, without regard to case.
"""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from functools import cached_property

WINDOW = 7
# Masked numbers are digits too: of the thousands of pieces that a run returns, one of seven digits
# is now and then equal to one of a canary by chance, one of nine in one of some thousand runs.
DIGITS_WINDOW = 9
# Three of these in a row stand in every piece of a word, and in nothing that masking writes: where
# a piece is found, chance is no explanation.
_CONSONANTS = "bdgkvz"
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person.

    Attributes:
        given: A given name that no list of names has.
        family: A family name likewise.
        email: An address made of both.
        phone: A number whose last seven digits are random.
        card: A card number with a valid check digit.
        ssn: A social security number, its digits grouped.
        iban: A bank account with valid check digits.
        secret: Words of no recognisable form, for what only a tag protects.
        number: Eleven random digits.
        address: An IPv6 address.
        born: A day, written as PostgreSQL does.
        code: A UUID.
    """

    given: str
    family: str
    email: str
    phone: str
    card: str
    ssn: str
    iban: str
    secret: str
    number: str
    address: str
    born: str
    code: str


class Canaries:
    """The people of one run."""

    def __init__(self, seed: int) -> None:
        """Make them up.

        Args:
            seed: Makes a run repeatable.
        """
        self._random = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
        self.people = [self._person(), self._person()]

    def leaks(self, received: bytes) -> list[str]:
        """Return which pieces of which values something received holds, in words for a report.

        Args:
            received: Everything that a client got.
        """
        text = received.lower()
        found = {f"{kind} of {name}" for name, kind, piece in self._pieces if piece in text}
        return sorted(found)

    @cached_property
    def _pieces(self) -> list[tuple[str, str, bytes]]:
        pieces = []
        for person in self.people:
            for name in ("given", "family", "secret", "number"):
                pieces += _pieces(name, getattr(person, name))
            # What masking keeps of these (a country, an issuer, a layout) is no piece of them.
            pieces += _pieces("email", person.email.partition("@")[0])
            pieces += _pieces("phone", person.phone.replace(" ", "")[-10:])
            pieces += _pieces("phone", person.phone[-9:])
            pieces += _pieces("card", person.card[6:])
            pieces += _pieces("ssn", person.ssn)
            pieces += _pieces("ssn", person.ssn.replace("-", ""))
            pieces += _pieces("iban", person.iban[6:])
            pieces += _pieces("address", person.address[-12:])
            pieces += _pieces("code", person.code[-12:])
            pieces += [("born", "piece", person.born.encode())]
        return list(dict.fromkeys(pieces))

    def _person(self) -> Person:
        given, family = self._word(3), self._word(4)
        account = self._digits(18)
        return Person(
            given=given,
            family=family,
            email=f"{given}.{family}@{self._word(2)}.example.org".lower(),
            phone=f"+44 20 7{self._digits(3)} {self._digits(4)}",
            card=_with_check_digit("453957" + self._digits(9)),
            ssn="-".join((self._number(200, 600), self._number(20, 80), self._number(2000, 9000))),
            iban=f"DE{_iban_check(account):02d}{account}",
            secret=" ".join(self._word(4) for _ in range(3)).lower(),
            number=str(self._random.randint(3, 9)) + self._digits(10),
            address="2001:db8:" + ":".join(self._hex_group() for _ in range(6)),
            born="-".join((self._number(1851, 1899), self._number(10, 12), self._number(10, 28))),
            code="-".join(self._hex(n) for n in (8, 4)) + "-4a7b-8c9d-" + self._hex(12),
        )

    def _word(self, syllables: int) -> str:
        """Return a word of about so many syllables' length."""
        word = "".join(
            "".join(self._random.sample(_CONSONANTS, 3)) + self._random.choice(_VOWELS)
            for _ in range(syllables)
        )
        return word[: 2 * syllables + 1].capitalize()

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))

    def _number(self, low: int, high: int) -> str:
        return str(self._random.randint(low, high))

    def _hex_group(self) -> str:
        return f"{self._random.randint(0x1000, 0xFFFF):x}"

    def _hex(self, count: int) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=count))


def _pieces(name: str, value: str) -> list[tuple[str, str, bytes]]:
    text = value.lower()
    # Sixteen digits are met by chance nearly as often as ten.
    size = WINDOW if any(letter > "f" for letter in text) else DIGITS_WINDOW
    windows = [text[at : at + size] for at in range(max(1, len(text) - size + 1))]
    pieces = []
    for window in windows:
        raw = window.encode()
        pieces.append((name, "piece", raw))
        pieces.append((name, "reversed piece", raw[::-1]))
        pieces.append((name, "hexadecimal piece", raw.hex().encode()))
    for form in {value, text, text.upper()}:
        raw = form.encode()
        pieces.append((name, "hexadecimal form", raw.hex().encode()))
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + raw)
            middle = encoded[4 if offset else 0 : len(raw) * 4 // 3 - 2].lower()
            if len(middle) >= WINDOW:
                pieces.append((name, "base64 form", middle[:12]))
    return pieces


def _with_check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def _iban_check(account: str) -> int:
    return 98 - int(f"{account}131400") % 97
