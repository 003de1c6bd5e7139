"""Which operator masks which entity."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from scrim.config.connections import Connection
from scrim.config.masking import Masking
from scrim.masking.choice import NULL, OperatorError, OperatorTable


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
        ("network.mac", {"name": "auto"}),
        ("secret.jwt", {"name": "secret"}),
        ("", {"name": "auto"}),
    ],
)
def test_each_entity_has_an_operator(entity: str, expected: Mapping[str, str]) -> None:
    assert OperatorTable({}).of_entity(entity) == expected


def test_the_file_overrides_the_default_and_a_connection_the_file() -> None:
    settings = masking(**{"contact.email": "redact", "us.ssn": "null"})
    own = connection(operators={"contact.email": {"name": "partial", "keep_first": 1}})
    table = OperatorTable.of(settings, own, "shop")
    assert table.of_entity("contact.email") == {"name": "partial", "keep_first": 1}
    assert table.of_entity("us.ssn") == {"name": "null"}
    assert OperatorTable.of(settings).of_entity("contact.email") == {"name": "redact"}


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ("ff9", "is not an operator; choose from address, auto"),
        (
            {"name": "partial", "keep_frist": 1},
            r"\(keep_frist\); partial takes: keep_",
        ),
        ({"name": "partial", "keep_first": 65}, "wrong option"),
        ({"name": "partial", "mask_char": "\t"}, "wrong option"),
        ({"name": "token", "prefix": "a b"}, "wrong option"),
        ({"name": "name", "part": "middle"}, "wrong option"),
        ({"name": "email", "domain": "x"}, "email takes: none"),
    ],
)
def test_a_wrong_choice_is_refused_with_its_place(choice: object, reason: str) -> None:
    with pytest.raises(OperatorError, match=reason) as caught:
        OperatorTable.of(masking(**{"contact.email": choice}))
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
