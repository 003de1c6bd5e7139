"""Names taken apart into words: case, accents, abbreviations, plurals."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

MAX_NAME_CHARACTERS = 256
ABBREVIATIONS: Mapping[str, str] = {
    "acct": "account",
    "adr": "address",
    "bday": "birthday",
    "cel": "cell",
    "cntct": "contact",
    "cntry": "country",
    "ctry": "country",
    "cty": "city",
    "cust": "customer",
    "cstmr": "customer",
    "dr": "doctor",
    "eml": "email",
    "emp": "employee",
    "empl": "employee",
    "fam": "family",
    "frst": "first",
    "fst": "first",
    "lst": "last",
    "mbr": "member",
    "mid": "middle",
    "nbr": "number",
    "nm": "name",
    "num": "number",
    "no": "number",
    "nr": "number",
    "org": "organization",
    "pat": "patient",
    "pers": "person",
    "ph": "phone",
    "phn": "phone",
    "phon": "phone",
    "prsn": "person",
    "srnm": "surname",
    "strt": "street",
    "stu": "student",
    "tlf": "telefon",
    "usr": "user",
}
"""Words that names are shortened to, and what they stand for."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")


def fold(text: str) -> str:
    """Return the text without case and accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Split a name at underscores, capitals and digits: `homePhone_2` is home, phone, 2."""
    return tuple(word.casefold() for word in _WORD.findall(fold(name[:MAX_NAME_CHARACTERS])))


def spelled_out(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words with what shortened ones stand for."""
    return tuple(ABBREVIATIONS.get(word, word) for word in words)


@lru_cache(maxsize=4096)
def table_words(relation: str) -> tuple[str, ...]:
    """Return the words of a table's name, with what shortened ones stand for."""
    return spelled_out(words_of(relation))


def singular(word: str) -> str:
    """Return the word without an English plural ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
