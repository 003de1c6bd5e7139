"""Profiles: each is valid, and means what its standard says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from scrim.config.masking import Masking
from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.scan import gateway_scanner
from scrim.masking.arrow.api import known_columns, settings_of
from scrim.masking.arrow.masker import BatchMasker
from scrim.masking.choice import OperatorError, OperatorTable, default_operator
from scrim.masking.keys import MaskingKey
from scrim.masking.plans import new_masker
from scrim.masking.profile import load_profile, parse_profile, profile_names
from scrim.masking.registry import registry
from scrim.masking.revealing import Masked, new_unmasker

NAMES = (
    "analytics",
    "gdpr-pseudonymised",
    "hipaa-safe-harbor",
    "pci-dss",
    "support",
    "training",
)
CARD = "4111 1111 " + "1111 1111"
TODAY = date(2026, 3, 2)
END = "2027-12-31"
KEY = MaskingKey(bytes(range(32)))
FILE = 'title = "A"\ndescription = "A."\n[[rule]]\nwhat = "a"\nwhy = "b"\n'


def scrub(profile: str, text: str) -> str:
    operators = OperatorTable({}, profile=load_profile(profile))
    masker = new_masker(KEY, gateway_scanner().detector, operators)
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


KEPT_BY_HIPAA = {
    "contact.postal_code": {"name": "zip3", "otherwise": "redact"},
    "person.age": {"name": "age_bin", "width": 1, "otherwise": "redact"},
    "person.birth_date": {"name": "age_bin", "width": 1, "otherwise": "redact", "reference": END},
    "general.date": {"name": "age_bin", "width": 1, "otherwise": "redact", "reference": END},
    "general.date_time": {"name": "age_bin", "width": 1, "otherwise": "redact", "reference": END},
}


def test_hipaa_has_all_eighteen_identifiers_and_keeps_of_three_what_the_rule_lets_stay() -> None:
    profile = load_profile("hipaa-safe-harbor", TODAY)
    letters = [rule.what[:3] for rule in profile.content.rule]
    assert sorted(set(letters)) == [f"({letter})" for letter in "ABCDEFGHIJKLMNOPQR"]
    assert letters == sorted(letters)
    operators = OperatorTable({}, profile=profile)
    for entity in (*builtin_catalogue().names, "", "acme.badge"):
        expected = KEPT_BY_HIPAA.get(entity, {"name": "redact"})
        assert operators.of_entity(entity) == expected, entity


# Letter of 164.514(b)(2)(i), entity, value.
REMOVED = [
    ("A", "person.full", "Zelda Fitzgerald"),
    ("A", "person.signature", "Z. Fitzgerald"),
    ("B", "contact.street_address", "919 Felder Avenue"),
    ("B", "contact.city", "Montgomery"),
    ("B", "contact.coordinates", "32.3589,-86.2960"),
    ("D", "contact.phone", "+1 334 555 0142"),
    ("E", "contact.fax", "(334) 555-0143"),
    ("F", "contact.email", "zelda@corp.example"),
    ("G", "us.ssn", "078-05-" + "1120"),
    ("H", "health.medical_record_number", "MRN-0048213"),
    ("I", "health.us_mbi", "1EG4-TE5-MK73"),
    ("J", "financial.bank_account", "000123456789"),
    ("J", "financial.card", CARD),
    ("K", "us.driver_license", "F255-921-50-094-0"),
    ("L", "vehicle.vin", "1M8GDM9AXKP042788"),
    ("L", "vehicle.licence_plate", "3A12345"),
    ("M", "network.imei", "490154203237518"),
    ("M", "network.mac", "00:1b:44:11:3a:b7"),
    ("N", "contact.url", "https://corp.example/zelda"),
    ("O", "network.ipv4", "203.0.113.77"),
    ("O", "network.ipv6", "2001:db8::8a2e:370:7334"),
    ("P", "person.biometric", "right index finger 44f1"),
    ("Q", "person.education", "photo_zelda_face.jpg"),
    ("R", "person.employee_number", "E-20417"),
    ("R", "network.uuid", "00112233-4455-4677-8899-aabbccddeeff"),
]


def masked_by(profile: str, entity: str, values: pa.Array) -> list[Any]:
    """Mask a column of an entity; the day of the profile is that of the test."""
    operators = OperatorTable({}, profile=load_profile(profile, TODAY))
    known = known_columns({"v": entity}, (), "", builtin_catalogue())
    settings = settings_of(KEY, operators, known, types={}, late="refuse")
    batch = pa.record_batch([values], names=["v"])
    masked: list[Any] = BatchMasker(batch.schema, settings).mask(batch)["v"].to_pylist()
    return masked


@pytest.mark.parametrize(("letter", "entity", "value"), REMOVED)
def test_hipaa_removes_an_identifier_and_leaves_nothing_of_it(
    letter: str, entity: str, value: str
) -> None:
    profile = load_profile("hipaa-safe-harbor")
    rule = next(r for r in profile.content.rule if r.what.startswith(f"({letter})"))
    assert rule.operator.name == "redact"
    assert masked_by("hipaa-safe-harbor", entity, pa.array([value])) == ["[redacted]"]


def test_hipaa_removes_pictures_and_numbers_that_stand_in_columns_of_their_type() -> None:
    face = pa.array([b"\xff\xd8\xff\xe0 a face"])
    assert masked_by("hipaa-safe-harbor", "person.biometric", face) == [b""]
    numbers = pa.array([48213, 78051120])
    for entity in ("health.medical_record_number", "us.ssn", "financial.bank_account"):
        assert masked_by("hipaa-safe-harbor", entity, numbers) == [0, 0]


def test_the_values_of_the_tests_are_of_all_identifiers_but_dates() -> None:
    assert sorted({letter for letter, _, _ in REMOVED}) == sorted("ABDEFGHIJKLMNOPQR")


# 164.514(b)(2)(i)(B): 036 had 20,000 people or fewer in 2000, 062 (Connecticut) has more.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array(["06230", "06230-1234", "03601", "SW1A 1AA"]), ["062", "062", "000", "000"]),
        (pa.array([90210, 6230, 3601]), [902, 62, 0]),
        (pa.array([90210.0, 6230.0]), [0.0, 0.0]),
    ],
)
def test_hipaa_keeps_three_digits_of_zip_codes_where_enough_people_live(
    values: pa.Array, expected: list[Any]
) -> None:
    assert masked_by("hipaa-safe-harbor", "contact.postal_code", values) == expected


# 164.514(b)(2)(i)(C): all ages over 89 are one category.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([0, 41, 89, 90, 97, 120]), [0, 41, 89, 90, 90, 90]),
        (pa.array([41, 89, 90, 97, 120], pa.int8()), [41, 89, 90, 90, 90]),
        (pa.array(["41", "89", "103", "ninety-six"]), ["41", "89", "90", "[redacted]"]),
        (pa.array([89.9, 101.5]), [89.0, 90.0]),
    ],
)
def test_hipaa_makes_one_group_of_all_ages_over_89(values: pa.Array, expected: list[Any]) -> None:
    assert masked_by("hipaa-safe-harbor", "person.age", values) == expected


# 164.514(b)(2)(i)(C): elements of dates but the year, and years that tell an age over 89.
@pytest.mark.parametrize("entity", ["person.birth_date", "general.date_time"])
def test_hipaa_keeps_the_year_of_a_date_unless_it_tells_an_age_over_89(entity: str) -> None:
    oldest = date(1937, 1, 1)
    dates = pa.array([date(1985, 3, 9), date(1937, 6, 1), date(1936, 12, 31), date(1899, 1, 2)])
    expected = [date(1985, 1, 1), oldest, oldest, oldest]
    assert masked_by("hipaa-safe-harbor", entity, dates) == expected
    texts = pa.array(["1985-03-09", "03/09/1921", "in the spring of 1921", "1985-03-09 14:30:00"])
    assert masked_by("hipaa-safe-harbor", entity, texts) == [
        "1985-01-01",
        "01/01/1937",
        "[redacted]",
        "1985-01-01 00:00:00",
    ]
    instants = pa.array(
        [datetime(2024, 8, 29, 12, 34, tzinfo=UTC), datetime(1921, 1, 1, tzinfo=UTC)]
    )
    years = [instant.year for instant in masked_by("hipaa-safe-harbor", entity, instants)]
    assert years == [2024, 1937]


def test_without_the_day_hipaa_removes_dates() -> None:
    operators = OperatorTable({}, profile=load_profile("hipaa-safe-harbor"))
    assert "reference" not in operators.of_entity("person.birth_date")


def test_hipaa_removes_what_it_finds_in_a_text() -> None:
    text = f"Mail zelda@corp.example, SSN 078-05-{1120}, card {CARD}, from 203.0.113.77"
    masked = scrub("hipaa-safe-harbor", text)
    for value in ("zelda", "corp", "1120", "1111", "203"):
        assert value not in masked
    assert masked.startswith("Mail [redacted], SSN [redacted], card [redacted]")


# Requirement 3.4.1 allows the BIN and the last four digits at most; numbers of every length.
@pytest.mark.parametrize(
    "number",
    [
        "4222222222" + "222",
        "30569309" + "025904",
        "378282" + "246310005",
        "4111111111" + "111111",
        "6304000000" + "000000000",
        CARD,
        CARD.replace(" ", "-"),
    ],
)
def test_pci_leaves_no_more_than_the_last_four_digits_of_a_card(number: str) -> None:
    (masked,) = masked_by("pci-dss", "financial.card", pa.array([number]))
    assert len(masked) == len(number)
    assert masked[-4:] == number[-4:]
    assert set(masked[:-4]) == {"*"}


def test_pci_leaves_nothing_of_a_card_in_a_column_of_numbers() -> None:
    number = int(CARD.replace(" ", ""))
    (masked,) = masked_by("pci-dss", "financial.card", pa.array([number]))
    assert len(str(masked)) == len(str(number))
    assert str(masked)[-4:] != str(number)[-4:]
    assert str(masked)[:6] != str(number)[:6]


def test_pci_leaves_no_authentication_data() -> None:
    assert scrub("pci-dss", f"paid by {CARD}") == "paid by ***************1111"
    operators = OperatorTable({}, profile=load_profile("pci-dss"))
    for entity in ("financial.cvv", "financial.pin", "financial.track_data"):
        assert operators.of_entity(entity) == {"name": "null"}
        assert masked_by("pci-dss", entity, pa.array(["123"])) == [None]


# Article 4(5): no longer attributed without the use of additional information, which is the key.
def test_pseudonymised_values_come_back_with_the_key_and_with_no_other() -> None:
    operators = OperatorTable({}, profile=load_profile("gdpr-pseudonymised"))
    for entity, value in (
        ("person.full", "Zelda Fitzgerald"),
        ("contact.email", "zelda@corp.example"),
        ("contact.phone", "+49 30 901820"),
        ("financial.iban", "DE89 3704 0044 0532 0130 00"),
        ("de.steuer_id", "86095742719"),
        ("network.ipv4", "203.0.113.77"),
    ):
        (token,) = masked_by("gdpr-pseudonymised", entity, pa.array([value]))
        assert not any(piece in token for piece in value.split()), token
        masked = Masked(entity, {"kind": "text"})
        (back,) = new_unmasker(KEY, operators).unmask(masked, [token.encode()])
        assert back is not None
        assert back.value.decode() == value
        other = new_unmasker(MaskingKey(bytes(range(1, 33))), operators)
        assert other.unmask(masked, [token.encode()]) == [None]


def test_a_pseudonymised_profile_keeps_no_part_of_a_value() -> None:
    operators = OperatorTable({}, profile=load_profile("gdpr-pseudonymised"))
    special = ("health.diagnosis", "person.religion", "person.biometric")
    assert all(operators.of_entity(one)["name"] == "redact" for one in special)
    for entity in builtin_catalogue().names:
        assert operators.of_entity(entity)["name"] != "partial"


def test_analytics_keeps_distinct_people_distinct() -> None:
    operators = OperatorTable({}, profile=load_profile("analytics"))
    assert operators.of_entity("person.full") == {"name": "token", "prefix": "person_"}
    values = [f"zelda{number}@corp.example" for number in range(500)]
    assert len(set(masked_by("analytics", "contact.email", pa.array(values)))) == len(values)
    numbers = [f"E-{number:05}" for number in range(500)]
    staff = masked_by("analytics", "person.employee_number", pa.array(numbers))
    assert len(set(staff)) == len(numbers)
    assert not set(staff) & set(numbers)
    assert operators.of_entity("vehicle.vin") == default_operator("vehicle.vin")


def test_analytics_keeps_networks_age_groups_and_years() -> None:
    hosts = pa.array(["203.0.113.77", "203.0.113.78"])
    assert masked_by("analytics", "network.ipv4", hosts) == ["203.0.113.0", "203.0.113.0"]
    assert masked_by("analytics", "person.age", pa.array([43, 95])) == [40, 90]
    born = pa.array([date(1985, 3, 9), date(1921, 5, 5)])
    assert masked_by("analytics", "person.birth_date", born) == [date(1985, 1, 1), date(1937, 1, 1)]


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
