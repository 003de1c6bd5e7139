"""Profiles: each is valid, and means what its standard says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scrim.config.masking import Masking
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.scan import gateway_scanner
from scrim.masking.choice import OperatorError, OperatorTable, default_operator
from scrim.masking.keys import MaskingKey
from scrim.masking.plans import new_masker
from scrim.masking.profile import load_profile, parse_profile, profile_names
from scrim.masking.registry import registry

NAMES = (
    "analytics",
    "gdpr-pseudonymised",
    "hipaa-safe-harbor",
    "pci-dss",
    "support",
    "training",
)
CARD = "4111 1111 " + "1111 1111"
FILE = 'title = "A"\ndescription = "A."\n[[rule]]\nwhat = "a"\nwhy = "b"\n'


def scrub(profile: str, text: str) -> str:
    operators = OperatorTable({}, profile=load_profile(profile))
    masker = new_masker(MaskingKey(bytes(range(32))), gateway_scanner().detector, operators)
    return masker.scrub(text) or text


def test_the_profiles_are_those_that_are_documented() -> None:
    assert profile_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_takes_every_operator_of_a_profile(name: str) -> None:
    profile = load_profile(name)
    assert profile.content.title
    assert profile.content.rule
    operators = OperatorTable({}, profile=profile)
    config = json.loads(operators.masker_config(builtin_catalogue().names))
    used = {operator["name"] for operator in config["operators"].values()}
    assert used <= set(registry())
    assert scrub(name, f"card {CARD}, mail ana@corp.example") not in {"", CARD}


def test_hipaa_has_all_eighteen_identifiers_and_derives_nothing_from_them() -> None:
    profile = load_profile("hipaa-safe-harbor")
    letters = [rule.what[:3] for rule in profile.content.rule]
    assert letters == [f"({letter})" for letter in "ABCDEFGHIJKLMNOPQR"]
    operators = OperatorTable({}, profile=profile)
    for entity in (*builtin_catalogue().names, "", "acme.badge"):
        assert operators.of_entity(entity) == {"name": "redact"}, entity


def test_pci_leaves_no_more_than_four_digits_of_a_card_and_no_authentication_data() -> None:
    assert scrub("pci-dss", f"paid by {CARD}") == "paid by ***************1111"
    operators = OperatorTable({}, profile=load_profile("pci-dss"))
    for entity in ("financial.cvv", "financial.pin", "financial.track_data"):
        assert operators.of_entity(entity) == {"name": "null"}


def test_a_pseudonymised_profile_keeps_no_part_of_a_value() -> None:
    operators = OperatorTable({}, profile=load_profile("gdpr-pseudonymised"))
    special = ("health.diagnosis", "person.religion", "person.biometric")
    assert all(operators.of_entity(one)["name"] == "redact" for one in special)
    for entity in builtin_catalogue().names:
        assert operators.of_entity(entity)["name"] != "partial"


def test_analytics_keeps_distinct_people_distinct() -> None:
    operators = OperatorTable({}, profile=load_profile("analytics"))
    assert operators.of_entity("person.full") == {"name": "token", "prefix": "person_"}
    assert operators.of_entity("vehicle.vin") == default_operator("vehicle.vin")


def test_named_operators_go_before_a_profile() -> None:
    masking = Masking.model_validate(
        {"key_env": "A", "profile": "support", "operators": {"contact.email": "null"}}
    )
    operators = OperatorTable.of(masking)
    assert operators.of_entity("contact.email") == {"name": "null"}
    assert operators.of_entity("contact.phone") == {"name": "partial", "keep_last": 3}
    assert operators.of_entity("network.ipv4") == {"name": "ip"}


def test_an_unknown_profile_is_an_error_with_its_place() -> None:
    masking = Masking.model_validate({"key_env": "A", "profile": "hipaa"})
    with pytest.raises(OperatorError, match=r"^masking.profile: is not one of: analytics, gdpr"):
        OperatorTable.of(masking)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title", "is not valid TOML"),
        ('title = "A"', "is wrong at: description, rule"),
        (FILE + 'entities = ["contact.mail"]\noperator = "null"', "is no entity"),
        (FILE + 'entities = ["nothing.*"]\noperator = "null"', "is no entity"),
        (FILE + 'entities = ["Contact"]\noperator = "null"', "is wrong at: rule.0.entities.0"),
        (FILE + 'entities = ["*", "*"]\noperator = "null"', r"names \* twice"),
        (FILE + 'entities = ["*"]\noperator = "scramble"', "is not an operator"),
        (FILE + 'entities = ["*"]\noperator = {name = "null", x = 1}', "wrong option"),
        (FILE + 'entities = ["*"]\noperator = "null"\nextra = 1', "is wrong at: rule.0.extra"),
    ],
)
def test_a_wrong_file_is_an_error(text: str, message: str) -> None:
    with pytest.raises(OperatorError, match=message):
        parse_profile("one", text)


def test_the_first_rule_that_fits_counts() -> None:
    rule: Any = '[[rule]]\nwhat = "a"\nwhy = "b"\nentities = ["contact.*"]\noperator = "redact"\n'
    profile = parse_profile(
        "one", FILE + 'entities = ["contact.email"]\noperator = "null"\n' + rule
    )
    assert profile.of_entity("contact.email") == {"name": "null"}
    assert profile.of_entity("contact.phone") == {"name": "redact"}
    assert profile.of_entity("us.ssn") is None
