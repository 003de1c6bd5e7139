"""What the labels of a model mean: which entity, and where a value begins."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from scrim.detection.transformer.errors import trouble

OUTSIDE: Final = "O"
_PREFIXED: Final = re.compile(r"([BIESLUM])-(.+)")
"""Prefixes of the schemes BIO, BIOES and BILOU: begin, inside, end or last, single or unit."""
_STARTS: Final = frozenset("BSU")

ENTITIES: Final[Mapping[str, str | None]] = {
    "PER": "person.full",
    "PERSON": "person.full",
    "NAME": "person.full",
    "FULLNAME": "person.full",
    "PATIENT": "person.full",
    "DOCTOR": "person.full",
    "STAFF": "person.full",
    "FIRSTNAME": "person.given",
    "GIVENNAME": "person.given",
    "MIDDLENAME": "person.middle",
    "LASTNAME": "person.family",
    "SURNAME": "person.family",
    "FAMILYNAME": "person.family",
    "TITLE": "person.title",
    "PREFIX": "person.title",
    "AGE": "person.age",
    "GENDER": "person.gender",
    "SEX": "person.gender",
    "NORP": "person.nationality",
    "NRP": "person.nationality",
    "DATEOFBIRTH": "person.birth_date",
    "DOB": "person.birth_date",
    "JOBTITLE": "person.job",
    "JOB": "person.job",
    "PROFESSION": "person.job",
    "LOC": "contact.city",
    "LOCATION": "contact.city",
    "GPE": "contact.city",
    "CITY": "contact.city",
    "FAC": "contact.city",
    "PLACE": "contact.city",
    "STATE": "contact.state",
    "COUNTRY": "contact.country",
    "ADDRESS": "contact.street_address",
    "STREET": "contact.street_address",
    "STREETADDRESS": "contact.street_address",
    "ZIP": "contact.postal_code",
    "ZIPCODE": "contact.postal_code",
    "POSTCODE": "contact.postal_code",
    "ORG": "contact.organization",
    "ORGANIZATION": "contact.organization",
    "ORGANISATION": "contact.organization",
    "COMPANY": "contact.organization",
    "COMPANYNAME": "contact.organization",
    "HOSPITAL": "contact.organization",
    "EMAIL": "contact.email",
    "EMAILADDRESS": "contact.email",
    "PHONE": "contact.phone",
    "PHONENUMBER": "contact.phone",
    "TELEPHONENUM": "contact.phone",
    "USERNAME": "contact.username",
    "URL": "contact.url",
    "DATE": "general.date_time",
    "TIME": "general.date_time",
    "DATETIME": "general.date_time",
    "CREDITCARD": "financial.card",
    "CREDITCARDNUMBER": "financial.card",
    "IBAN": "financial.iban",
    "IP": "network.ipv4",
    "IPADDRESS": "network.ipv4",
    "SSN": "us.ssn",
    "MISC": None,
    "MISCELLANEOUS": None,
}
"""Entities of usual labels, written without signs; None is nothing to report."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one label says of a word.

    Attributes:
        label: The label without its prefix, empty for words that are nothing.
        entity: The entity, None if it is not reported.
        starts: Whether a value begins with the word, whatever stands before it.
    """

    label: str
    entity: str | None
    starts: bool


NOTHING: Final = Meaning("", None, starts=False)


def meanings(
    labels: Sequence[str],
    own: Mapping[str, str | None],
    known: Collection[str],
    file: Path,
) -> tuple[Meaning, ...]:
    """Return what each label of a model says, by its number.

    Args:
        labels: The labels in the order of their numbers. Either all but `O` have the prefix of a
            scheme, such as `B-PER`, or none is taken to have one.
        own: Entities by label without prefix, None to report nothing; goes before what is usual.
        known: The entities that there are.
        file: Where the labels stand.

    Raises:
        TransformerError: If a label means nothing, or an entity does not exist.
    """
    for label, entity in own.items():
        if entity is not None and entity not in known:
            near = get_close_matches(entity, known, 1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise trouble(
                file,
                f"labels.{label}",
                f"there is no entity `{entity}`{hint}",
                "name one of docs/reference/entities.md, or null to report nothing",
            )
    spoken = [label for label in labels if label.upper() != OUTSIDE]
    prefixed = all(_PREFIXED.fullmatch(label) for label in spoken)
    entities = {_plain(label): entity for label, entity in own.items()}
    found, missing = [], []
    for label in labels:
        if label.upper() == OUTSIDE:
            found.append(NOTHING)
            continue
        match = _PREFIXED.fullmatch(label) if prefixed else None
        base = match[2] if match else label
        plain = _plain(base)
        if plain not in entities and plain not in ENTITIES:
            missing.append(base)
            continue
        entity = entities[plain] if plain in entities else ENTITIES[plain]
        # The catalogue may be another one than scrim's.
        entity = entity if entity in known else None
        found.append(Meaning(base, entity, starts=match is not None and match[1] in _STARTS))
    if missing:
        listed = ", ".join(f"`{label}`" for label in dict.fromkeys(missing[:10]))
        raise trouble(
            file,
            "id2label",
            f"scrim does not know what is meant by {listed}",
            'give each an entity in scrim.json beside it, as in {"labels": {"PER": "person.full", '
            '"MISC": null}}; null reports nothing',
        )
    return tuple(found)


def _plain(label: str) -> str:
    return "".join(filter(str.isalnum, label)).upper()
