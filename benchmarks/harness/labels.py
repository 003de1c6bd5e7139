"""Which of scrim's entities answer to which label of a data set."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import yaml

from harness.commands import BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

PRESIDIO_RESEARCH: Mapping[str, tuple[str, ...]] = {
    "PERSON": ("person.full", "person.given", "person.family", "person.middle", "person.name"),
    "GPE": ("contact.city", "contact.state", "contact.country", "contact.place", "contact.region"),
    "ZIP_CODE": ("contact.postal_code",),
    "STREET_ADDRESS": ("contact.street_address", "contact.address"),
    "ORGANIZATION": ("contact.organi?ation", "person.employer", "organi?ation.*"),
    "CREDIT_CARD": ("financial.card",),
    "DATE_TIME": ("person.birth_date", "person.date", "general.date_time"),
    "PHONE_NUMBER": ("contact.phone", "contact.fax"),
    "TITLE": ("person.title", "person.job", "person.job_title"),
    "AGE": ("person.age",),
    "EMAIL_ADDRESS": ("contact.email",),
    "DOMAIN_NAME": ("contact.url", "contact.domain", "network.url", "network.domain"),
    "NRP": (
        "person.nationality",
        "person.religion",
        "person.ethnicity",
        "person.political_opinion",
    ),
    "IBAN_CODE": ("financial.iban",),
    "IP_ADDRESS": ("network.ipv4", "network.ipv6"),
    "US_SSN": ("us.ssn", "us.itin"),
}
"""The labels of the synthetic data set of presidio-research."""
SHORT_NAMES: Mapping[str, str] = {
    "GPE": "place",
    "STREET_ADDRESS": "address",
    "ORGANIZATION": "organization",
    "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip",
    "US_SSN": "ssn",
}
"""Second names under which the figures of these labels are written."""
ADDRESS_PARTS = (
    "contact.street_address",
    "contact.address",
    "contact.postal_code",
    "contact.city",
    "contact.state",
    "contact.country",
    "contact.place",
    "contact.region",
)
"""Entities that are parts of one address."""
ADDRESS_WHOLES = ("contact.street_address", "contact.address")
"""Entities that may be a whole address, whatever its parts are."""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The entities of each label.

    Attributes:
        patterns: Names of entities, or shell patterns such as `secret.*`, by label.
    """

    patterns: Mapping[str, tuple[str, ...]]

    def has(self, label: str, entity: str) -> bool:
        """Say whether an entity answers to a label.

        Args:
            label: The label.
            entity: Name of the entity.
        """
        return any(fnmatchcase(entity, one) for one in self.patterns.get(label, ()))

    def has_any(self, label: str, entities: Iterable[str]) -> bool:
        """Say whether one of several entities answers to a label.

        Args:
            label: The label.
            entities: Names of entities.
        """
        return any(self.has(label, entity) for entity in entities)

    def home(self, entity: str) -> str | None:
        """Return the first label that an entity answers to, to which its errors are charged.

        Args:
            entity: Name of the entity.
        """
        return next((label for label in self.patterns if self.has(label, entity)), None)

    def mapped(self, labels: Collection[str]) -> tuple[str, ...]:
        """Return those of some labels that map to anything, in the order of the map.

        Args:
            labels: Labels of a data set.
        """
        return tuple(label for label, names in self.patterns.items() if names and label in labels)

    def unknown(self, labels: Iterable[str], catalogue: Collection[str]) -> tuple[str, ...]:
        """Return the labels none of whose entities exists, so that each of them is missed.

        Args:
            labels: Labels that are mapped.
            catalogue: The names of all entities.
        """
        return tuple(label for label in labels if not self.has_any(label, catalogue))


def read_map(path: Path) -> LabelMap:
    """Read a map from JSON or YAML.

    Args:
        path: A file with label: list of entities, or one entity. An empty list leaves a label out.

    Raises:
        BenchmarkError: If it is something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise BenchmarkError(f"{path}: {error.strerror}") from None
    except (ValueError, yaml.YAMLError, RecursionError):
        raise BenchmarkError(f"{path}: is neither JSON nor YAML") from None
    if not isinstance(content, dict):
        raise BenchmarkError(f"{path}: is not a mapping of labels to lists of entities")
    patterns = {}
    for label, given in content.items():
        names = [given] if isinstance(given, str) else ([] if given is None else given)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BenchmarkError(f"{path}: {label}: is not a list of entities")
        patterns[str(label)] = tuple(names)
    return LabelMap(patterns)


def default_map(labels: Collection[str], catalogue: Collection[str]) -> LabelMap:
    """Return the map for a data set that brings none.

    A label that is an entity's name stands for it; those of presidio-research are known.

    Args:
        labels: The labels of the data set.
        catalogue: The names of all entities.
    """
    own: dict[str, tuple[str, ...]] = {
        label: (label,) for label in sorted(labels) if label in catalogue
    }
    if any(label in PRESIDIO_RESEARCH for label in labels):
        return LabelMap({**PRESIDIO_RESEARCH, **own})
    return LabelMap(own)
