"""Which operator masks which entity."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from scrim.config.connections import Connection
from scrim.config.masking import Masking
from scrim.detection.catalogue import builtin_catalogue
from scrim.kernel import Detector, Masker
from scrim.masking import choice
from scrim.masking.choice import (
    NULL,
    OperatorError,
    OperatorTable,
    policy_operator_problem,
)


def masking(**operators: Any) -> Masking:  # noqa: ANN401 - as YAML gives them
    return Masking.model_validate({"key_env": "KEY", "operators": operators})


def connection(**more: Any) -> Connection:  # noqa: ANN401 - as YAML gives them
    upstream = {"host": "db", "database": "shop", "user": "scrim"}
    return Connection.model_validate({"protocol": "postgres", "upstream": upstream, **more})


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("contact.email", {"name": "email"}),
        ("contact.phone", {"name": "phone"}),
        ("contact.street_address", {"name": "address"}),
        ("person.full", {"name": "name", "part": "full"}),
        ("person.family", {"name": "name", "part": "family"}),
        ("person.birth_date", {"name": "auto"}),
        ("financial.card", {"name": "card"}),
        ("financial.iban", {"name": "iban"}),
        ("us.ssn", {"name": "ssn"}),
        ("network.ipv6", {"name": "ip"}),
        ("network.mac", {"name": "mac"}),
        ("network.uuid", {"name": "uuid"}),
        ("vehicle.vin", {"name": "vin"}),
        ("contact.username", {"name": "username"}),
        ("contact.url", {"name": "url"}),
        ("network.cookie", {"name": "secret"}),
        ("secret.jwt", {"name": "secret"}),
        ("pl.pesel", {"name": "national_id"}),
        ("br.cpf", {"name": "national_id"}),
        ("gb.passport", {"name": "digits"}),
        ("health.gb_nhs", {"name": "national_id"}),
        ("health.diagnosis", {"name": "text"}),
        ("vehicle.licence_plate", {"name": "plate"}),
        ("financial.bank_account", {"name": "digits"}),
        ("contact.city", {"name": "place", "part": "city"}),
        ("contact.country", {"name": "category", "list": "country"}),
        ("contact.organization", {"name": "company"}),
        ("person.job", {"name": "category", "list": "job"}),
        ("general.date_time", {"name": "auto"}),
        ("acme.desk", {"name": "auto"}),
        ("", {"name": "auto"}),
    ],
)
def test_each_entity_has_an_operator(entity: str, expected: Mapping[str, str]) -> None:
    assert OperatorTable({}).of_entity(entity) == expected


def test_every_secret_is_replaced_beyond_recognition() -> None:
    secrets = [name for name in builtin_catalogue().names if name.startswith("secret.")]
    assert len(secrets) > 150
    assert {OperatorTable({}).of_entity(name)["name"] for name in secrets} == {"secret"}


def test_defaults_are_of_entities_that_exist() -> None:
    names = set(builtin_catalogue().names)
    assert sorted(set(choice._DEFAULTS) - names) == []  # noqa: SLF001 - the table itself


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("PESEL 44051401359", r"PESEL \d{11}"),
        ("NHS number 943 476 5919", r"NHS number \d{3} \d{3} \d{4}"),
        ("NINO AB 12 34 56 C", r"NINO [A-Z]{2} \d\d \d\d \d\d [A-Z]"),
    ],
)
def test_a_national_number_keeps_its_layout_and_no_more(text: str, layout: str) -> None:
    catalogue = builtin_catalogue()
    config = OperatorTable({}).masker_config(catalogue.names)
    masked = Masker(bytes(32), Detector(catalogue.kernel_json()), config).scrub(text)
    assert masked is not None
    assert re.fullmatch(layout, masked)
    assert text != masked


def test_the_file_overrides_the_default_and_a_connection_the_file() -> None:
    settings = masking(**{"contact.email": "redact", "us.ssn": "null"})
    own = connection(operators={"contact.email": {"name": "partial", "keep_first": 1}})
    table = OperatorTable.of(settings, own, "shop")
    assert table.of_entity("contact.email") == {"name": "partial", "keep_first": 1}
    assert table.of_entity("us.ssn") == {"name": "null"}
    assert OperatorTable.of(settings).of_entity("contact.email") == {"name": "redact"}


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("ff9", "is not an operator; choose from address, age_bin, auto"),
        (
            {"name": "partial", "keep_frist": 1},
            r"\(keep_frist\); partial takes: keep_",
        ),
        ({"name": "partial", "keep_first": 65}, "wrong option"),
        ({"name": "partial", "mask_char": "\t"}, "wrong option"),
        ({"name": "token", "prefix": "a b"}, "wrong option"),
        ({"name": "name", "part": "middle"}, "wrong option"),
        ({"name": "email", "domain": "x"}, "email takes: keep_domain"),
        ({"name": "ssn", "domain": "x"}, "ssn takes: none"),
        ({"name": "classes", "keep": ["vowel"]}, "wrong option"),
        ({"name": "classes", "keep": []}, "wrong option"),
        ({"name": "hash", "length": 3}, "wrong option"),
        ({"name": "hash", "encoding": "base64"}, "wrong option"),
        ({"name": "national_id", "form": "xx.id"}, "wrong option"),
        ({"name": "template", "template": "{last65}"}, "wrong option"),
        ({"name": "template", "template": "{last4"}, "wrong option"),
        ({"name": "template", "template": "{middle}"}, "wrong option"),
        ({"name": "constant", "value": None}, "wrong option"),
        (
            "date_shift",
            r"needs an option that is not given \(subject\).*{name: date_shift, sub",
        ),
        ("category", r"not given \(list\)"),
    ],
)
def test_a_wrong_choice_is_refused_with_its_place(chosen: object, reason: str) -> None:
    with pytest.raises(OperatorError, match=reason) as caught:
        OperatorTable.of(masking(**{"contact.email": chosen}))
    assert caught.value.key == "masking.operators.contact.email"


def test_the_place_of_a_connections_choice_names_the_connection() -> None:
    own = connection(operators={"us.ssn": "nope"})
    with pytest.raises(OperatorError) as caught:
        OperatorTable.of(masking(), own, "shop")
    assert caught.value.key == "connections.shop.operators.us.ssn"


def test_an_operator_of_a_policy_that_does_not_exist_hides_everything() -> None:
    table = OperatorTable({})
    assert table.of_policy("redact") == {"name": "redact"}
    assert table.of_policy("redcat") == NULL


def test_the_masker_is_told_about_every_entity() -> None:
    config = json.loads(OperatorTable({}).masker_config(["us.ssn", "contact.email", "x.y"]))
    assert config == {
        "operators": {
            "contact.email": {"name": "email"},
            "us.ssn": {"name": "ssn"},
            "x.y": {"name": "auto"},
        },
        "default": {"name": "auto"},
    }


def test_policies_name_operators_with_the_options_of_scrim_yaml() -> None:
    settings = {"key_env": "KEY", "named": {"last4": {"name": "partial", "keep_last": 4}}}
    table = OperatorTable.of(Masking.model_validate(settings), connection(), "shop")
    assert table.of_policy("last4") == {"name": "partial", "keep_last": 4}
    assert table.of_policy("redact") == {"name": "redact"}
    assert table.of_policy("unheard_of") is NULL
    assert not table.policy_problem("last4")
    assert table.policy_problem("unheard_of").startswith("is not an operator; choose from")


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ({"null": "redact"}, "is the name of an operator itself"),
        ({"mine": "unheard_of"}, "is not an operator"),
        ({"mine": {"name": "partial", "lats": 4}}, "has a wrong option"),
    ],
)
def test_a_named_operator_that_cannot_be_used_is_refused(
    named: Mapping[str, Any], problem: str
) -> None:
    settings = Masking.model_validate({"key_env": "KEY", "named": named})
    with pytest.raises(OperatorError, match=problem) as caught:
        OperatorTable.of(settings)
    assert caught.value.key.startswith("masking.named.")


def test_the_end_of_next_year_is_that_of_the_day_of_loading() -> None:
    masking = Masking.model_validate(
        {
            "key_env": "A",
            "operators": {"person.birth_date": {"name": "age_bin", "reference": "next-year"}},
        }
    )
    operators = OperatorTable.of(masking, today=date(2026, 3, 2))
    assert operators.of_entity("person.birth_date") == {
        "name": "age_bin",
        "reference": "2027-12-31",
    }
    assert OperatorTable.of(masking).of_entity("person.birth_date") == {"name": "age_bin"}


@pytest.mark.parametrize("entity", ["person.birth_date", "general.date", "general.date_time"])
def test_ages_of_dates_need_the_day_on_which_they_are_taken(entity: str) -> None:
    masking = Masking.model_validate({"key_env": "A", "operators": {entity: "age_bin"}})
    with pytest.raises(OperatorError, match="reference: next-year") as caught:
        OperatorTable.of(masking)
    assert caught.value.key == f"masking.operators.{entity}"


def test_a_policy_cannot_choose_an_operator_that_needs_options() -> None:
    assert policy_operator_problem("zip3") == ""
    assert policy_operator_problem("top_bottom").startswith("needs options")
    assert policy_operator_problem("scramble").startswith("is not an operator")
    assert OperatorTable({}).of_policy("top_bottom") == {"name": "null"}
