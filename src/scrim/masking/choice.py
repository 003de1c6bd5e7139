"""Says which operator masks which entity."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from pydantic import ValidationError

from scrim.config.connections import Connection
from scrim.config.masking import Masking
from scrim.config.operators import OperatorChoice
from scrim.kernel import national_id_entities
from scrim.masking.options import OperatorError, OperatorSpec, check_entity
from scrim.masking.profile import Profile, load_profile
from scrim.masking.registry import registry

__all__ = [
    "OperatorError",
    "OperatorSpec",
    "OperatorTable",
    "check_entity",
    "default_operator",
]

NULL: Final[OperatorSpec] = MappingProxyType({"name": "null"})
AUTO: Final[OperatorSpec] = MappingProxyType({"name": "auto"})
REDACT: Final[OperatorSpec] = MappingProxyType({"name": "redact"})
DROP_COLUMN: Final = "drop_column"
DROP_ROW: Final = "drop_row"
RESHAPING: Final = frozenset({DROP_COLUMN, DROP_ROW})
"""Operators that leave out columns or rows of a result."""

_DIGITS: Final[OperatorSpec] = MappingProxyType({"name": "digits"})
_SECRET: Final[OperatorSpec] = MappingProxyType({"name": "secret"})
# What people are: words, whose length and first letter tell nothing. What law protects above
# others stays so, since other words of a list are found again by how often they occur.
_TEXT: Final[OperatorSpec] = MappingProxyType({"name": "text"})

_WORDS: Final = (
    *(
        f"person.{name}"
        for name in (
            "religion",
            "ethnicity",
            "political_opinion",
            "union_membership",
            "sexual_orientation",
            "immigration_status",
            "biometric",
            "dependants",
            "criminal_record",
            "signature",
        )
    ),
    *(f"health.{name}" for name in ("diagnosis", "medication", "allergy", "disability")),
    "network.user_agent",
)
# Columns with few values, which look like what they are only with words of their kind.
_LISTS: Final = (
    "contact.country",
    "health.blood_type",
    *(
        f"person.{name}"
        for name in ("education", "gender", "job", "marital_status", "nationality", "title")
    ),
)
_DEFAULTS: Final[Mapping[str, OperatorSpec]] = MappingProxyType(
    {
        "contact.email": {"name": "email"},
        "contact.phone": {"name": "phone"},
        "contact.fax": {"name": "phone"},
        "contact.street_address": {"name": "address"},
        "contact.postal_code": _DIGITS,
        "contact.coordinates": {"name": "coordinates"},
        "contact.city": {"name": "place", "part": "city"},
        "contact.state": {"name": "place", "part": "state"},
        "contact.organization": {"name": "company"},
        "contact.username": {"name": "username"},
        "contact.social_handle": {"name": "username"},
        "contact.instant_message": {"name": "username"},
        "contact.url": {"name": "url"},
        "contact.domain": {"name": "url"},
        "person.full": {"name": "name", "part": "full"},
        "person.given": {"name": "name", "part": "given"},
        "person.middle": {"name": "name", "part": "given"},
        "person.family": {"name": "name", "part": "family"},
        "person.employee_number": _DIGITS,
        "person.student_number": _DIGITS,
        "financial.card": {"name": "card"},
        "financial.iban": {"name": "iban"},
        "financial.seed_phrase": _TEXT,
        "us.ssn": {"name": "ssn"},
        "network.ipv4": {"name": "ip"},
        "network.ipv6": {"name": "ip"},
        "network.mac": {"name": "mac"},
        "network.uuid": {"name": "uuid"},
        "network.advertising_id": {"name": "uuid"},
        "network.cookie": _SECRET,
        "vehicle.vin": {"name": "vin"},
        "vehicle.licence_plate": {"name": "plate"},
        **dict.fromkeys(_WORDS, _TEXT),
        **{one: {"name": "category", "list": one.partition(".")[2]} for one in _LISTS},
    }
)
# Numbers of accounts, patients, devices and vehicles keep their layout and nothing else.
_GROUP_DEFAULTS: Final[Mapping[str, OperatorSpec]] = MappingProxyType(
    {
        "secret": _SECRET,
        "financial": _DIGITS,
        "health": _DIGITS,
        "network": _DIGITS,
        "vehicle": _DIGITS,
    }
)
# Numbers whose layouts the kernel knows get another number that their authority could issue.
_NATIONAL_ID: Final[OperatorSpec] = MappingProxyType({"name": "national_id"})
_NATIONAL_IDS: Final = frozenset(national_id_entities())
# Groups of two letters are states, whose numbers of persons and companies are alike in this.
_STATE_LETTERS: Final = 2


def default_operator(entity: str) -> OperatorSpec:
    """Return the operator of an entity for which nobody chose one.

    Args:
        entity: Its name; empty when it is not known what the values are.
    """
    group = entity.partition(".")[0]
    of_group = _DIGITS if len(group) == _STATE_LETTERS else AUTO
    if entity in _NATIONAL_IDS and entity not in _DEFAULTS:
        return _NATIONAL_ID
    return _DEFAULTS.get(entity) or _GROUP_DEFAULTS.get(group, of_group)


def policy_operator_problem(name: str) -> str:
    """Return why a policy, which gives no options, cannot choose an operator; empty when it can.

    Args:
        name: The operator's name.
    """
    operator = registry().get(name)
    if operator is None:
        known = ", ".join(sorted(registry()))
        return f"is not an operator; choose from {known}, or from what `masking.named` names"
    try:
        operator.options()
    except ValidationError:
        return (
            "needs options, which a policy cannot give; give it a name with its options under "
            "`masking.named`, or choose it for the entity under `operators`"
        )
    return ""


@dataclass(frozen=True, slots=True)
class OperatorTable:
    """The operators in force in one connection.

    Attributes:
        chosen: Operators by entity, where they differ from the defaults.
        scans: Whether values are searched; without it a column to be searched is masked whole.
        profile: Operators for a purpose, behind those that are chosen.
        named: Operators with options that policies name.
    """

    chosen: Mapping[str, OperatorSpec]
    scans: bool = True
    profile: Profile | None = None
    named: Mapping[str, OperatorSpec] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        masking: Masking,
        connection: Connection | None = None,
        name: str = "",
        today: date | None = None,
    ) -> "OperatorTable":
        """Check the operators of scrim.yaml and put them in order.

        Args:
            masking: The `masking` block.
            connection: The connection, whose own operators go first.
            name: The connection's name, for messages.
            today: The day, for operators that depend on it.

        Raises:
            OperatorError: If one, or a profile, is unknown or has wrong options.
        """
        chosen = _checked("masking.operators", masking.operators, today)
        profile = _profile("masking.profile", masking.profile, today)
        named = _named(masking.named, today)
        if connection is None:
            return cls(chosen, profile=profile, named=named)
        chosen |= _checked(f"connections.{name}.operators", connection.operators, today)
        profile = _profile(f"connections.{name}.profile", connection.profile, today) or profile
        return cls(chosen, connection.detection.enabled, profile, named)

    def of_entity(self, entity: str) -> OperatorSpec:
        """Return the operator of an entity.

        Args:
            entity: Its name; empty when it is not known what the values are.
        """
        own = self.chosen.get(entity)
        if own is None and self.profile is not None:
            own = self.profile.of_entity(entity)
        return own or default_operator(entity)

    def of_policy(self, name: str) -> OperatorSpec:
        """Return the operator that a policy names: one of `masking.named`, or one by itself.

        One that does not exist, or that needs an option, becomes `null`; `policy_operator_problem`
        tells it when the policies are loaded.

        Args:
            name: The name, without options.
        """
        if name in self.named:
            return self.named[name]
        return NULL if policy_operator_problem(name) else {"name": name}

    def policy_problem(self, name: str) -> str:
        """Return why policies cannot name an operator here; empty when they can.

        Args:
            name: The name, without options.
        """
        return "" if name in self.named else policy_operator_problem(name)

    @property
    def named_entities(self) -> frozenset[str]:
        """Entities that an operator or a rule of the profile names, be it by their group.

        They are searched for and masked even if they are informational; `*` names none.
        """
        own = self.profile.chosen if self.profile is not None else {}
        return frozenset((*self.chosen, *own))

    @property
    def reshapes(self) -> bool:
        """Whether an entity has an operator that leaves out columns or rows."""
        chosen = [*self.chosen.values(), *(self.profile.operators() if self.profile else ())]
        return any(operator["name"] in RESHAPING for operator in chosen)

    def masker_config(self, entities: Iterable[str]) -> str:
        """Return the JSON from which the kernel builds a masker.

        Args:
            entities: Everything that detection can find.
        """
        operators = {entity: dict(replacing(self.of_entity(entity))) for entity in sorted(entities)}
        return json.dumps({"operators": operators, "default": dict(AUTO)})


def replacing(operator: OperatorSpec) -> OperatorSpec:
    """Return what replaces single values where an operator acts on whole results."""
    declared = registry().get(operator["name"])
    return {"name": declared.inside} if declared is not None and declared.inside else operator


def _checked(
    key: str, choices: Mapping[str, OperatorChoice], today: date | None
) -> dict[str, OperatorSpec]:
    return {
        entity: check_entity(entity, choice, f"{key}.{entity}", today)
        for entity, choice in choices.items()
    }


def _named(choices: Mapping[str, OperatorChoice], today: date | None) -> dict[str, OperatorSpec]:
    for name in choices:
        if name in registry():
            raise OperatorError(
                f"masking.named.{name}", "is the name of an operator itself; choose another"
            )
    return _checked("masking.named", choices, today)


def _profile(key: str, name: str | None, today: date | None) -> Profile | None:
    if name is None:
        return None
    try:
        return load_profile(name, today)
    except OperatorError as error:
        raise OperatorError(key, error.reason) from None
