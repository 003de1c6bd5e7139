"""What is masked comes back: for every operator that says so, over all its types."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from scrim import kernel
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import OperatorTable
from scrim.masking.keys import MaskingKey
from scrim.masking.registry import registry
from scrim.masking.revealing import (
    IrreversibleError,
    Masked,
    Unmasked,
    Unmasker,
    new_unmasker,
)
from scrim.masking.rewriter import PlannedColumn, compile_plan

ENTITY = "x.y"
TEXTS = {
    "auto": ["INV-2024", "a7", "1980-01-02", "31/12/1999", "2024-02-29T12:34:56.789+05:30"],
    "card": ["4111 1111 1111 1111", "378282246310005"],
    "coordinates": ["48.8566, 2.3522", "-33.8688"],
    "digits": ["12-34/56 78", "Code7"],
    "ff1": ["0", "42", "4111-1111-1111-1111"],
    "iban": ["DE89 3704 0044 0532 0130 00"],
    "national_id": ["12-34/56 78", "390.533.447-05"],
    "phone": ["+1 415 555 0132", "030 1234567"],
    "siv": ["z", "zelda@corp.test", "Zoë\nصفر"],
}
TYPES: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": "int2"}, ["7", "-32768"]),
    ({"kind": "int4"}, ["0", "2147483647"]),
    ({"kind": "int8"}, ["4111111111111111", "-5"]),
    ({"kind": "numeric", "precision": 12, "scale": 2}, ["0.50", "-1234.05"]),
    ({"kind": "money"}, ["$1,234.56"]),
    ({"kind": "date"}, ["2024-02-29", "0001-01-01", "9999-12-31", "10000-01-01"]),
    ({"kind": "time"}, ["12:34:56.789"]),
    ({"kind": "timestamp"}, ["2024-02-29 00:00:00", "9999-12-31 23:59:59.999999"]),
    ({"kind": "timestamptz"}, ["2024-02-29 12:34:56+05:30"]),
    ({"kind": "uuid"}, ["018f4e2b-7c1d-7e55-b3a0-5f2d9c1e4a77"]),
    ({"kind": "varbit"}, ["1011"]),
    ({"kind": "enum", "labels": ["a", "b", "c"]}, ["b"]),
    ({"kind": "array", "element": {"kind": "date"}}, ["{2024-02-29,NULL}"]),
]
# Other numbers are no degrees.
DEGREES = ["0.50", "-151.05"]
IRREVERSIBLE = ["bool", "float8", "bytea", "inet", "jsonb", "interval"]
REVERSIBLE = sorted(name for name, operator in registry().items() if operator.reversible)


class Tenant:
    """A key with one operator for one entity."""

    def __init__(self, operator: str, key: bytes | None = None) -> None:
        self.table = OperatorTable({ENTITY: {"name": operator}})
        config = self.table.masker_config([ENTITY])
        self.masker = kernel.Masker(key or os.urandom(32), kernel.Detector("[]"), config)
        self.unmasker = Unmasker(self.masker, self.table, (1,))

    def unmask(self, masked: Masked, values: list[bytes]) -> list[bytes | None]:
        """Turn values back, and forget by which version."""
        found = self.unmasker.unmask(masked, values)
        return [None if one is None else one.value for one in found]

    def mask(self, type_spec: dict[str, Any], value: str) -> bytes:
        """Mask a value as the gateway does, in a row of one column."""
        column = PlannedColumn(ColumnDecision(Treatment.MASK, ENTITY), type_spec)
        plan = kernel.Plan(compile_plan([column], self.table), self.masker)
        cell = value.encode()
        body = (1).to_bytes(2) + len(cell).to_bytes(4) + cell
        row = b"D" + (4 + len(body)).to_bytes(4) + body
        return plan.rewrite(row)[11:]


def test_operators_that_are_reversible_are_those_that_are_tested() -> None:
    assert set(REVERSIBLE) == set(TEXTS)
    assert not any(operator.limits for operator in registry().values() if not operator.reversible)


@pytest.mark.parametrize("name", REVERSIBLE)
def test_texts_come_back(name: str) -> None:
    tenant, spec = Tenant(name), {"kind": "text"}
    masked = [tenant.mask(spec, text) for text in TEXTS[name]]
    raw = [text.encode() for text in TEXTS[name]]
    assert not set(masked) & set(raw)
    assert tenant.unmask(Masked(ENTITY, spec), masked) == raw


@pytest.mark.parametrize("name", REVERSIBLE)
def test_values_of_every_type_come_back_where_the_type_is_a_bijection(name: str) -> None:
    tenant = Tenant(name)
    for spec, some in TYPES:
        degrees = name == "coordinates" and spec["kind"] == "numeric"
        values = DEGREES if degrees else some
        masked = [tenant.mask(spec, value) for value in values]
        try:
            back = tenant.unmask(Masked(ENTITY, spec), masked)
        except IrreversibleError:
            # Digits of a card or telephone number do not fit every integer.
            assert (name, spec["kind"]) in {(n, k) for n in ("card", "phone") for k in KINDS}
            continue
        assert back == [value.encode() for value in values], spec


KINDS = ("int2", "int4")


@pytest.mark.parametrize("kind", IRREVERSIBLE)
def test_a_type_that_is_no_bijection_is_refused(kind: str) -> None:
    with pytest.raises(IrreversibleError, match="cannot be turned back"):
        Tenant("siv").unmask(Masked(ENTITY, {"kind": kind}), [b"1"])


@pytest.mark.parametrize("name", sorted(set(registry()) - set(REVERSIBLE)))
def test_an_operator_that_is_not_reversible_is_refused(name: str) -> None:
    with pytest.raises(IrreversibleError, match=f"the operator {name} of"):
        Tenant(name).unmask(Masked(ENTITY, {"kind": "text"}), [b"x"])


def test_what_another_key_masked_stays_masked() -> None:
    spec = {"kind": "text"}
    token = Tenant("siv").mask(spec, "zelda@corp.test")
    assert Tenant("siv").unmask(Masked(ENTITY, spec), [token, b"siv_aaaa", b"", b"\xff"]) == [
        None,
        None,
        b"",
        None,
    ]


def rotated(operator: str, key: bytes) -> Unmasker:
    """Return what turns values back when version 2 of a key is in use."""
    masking_key = MaskingKey({1: key, 2: key}, 2)
    return new_unmasker(masking_key, OperatorTable({ENTITY: {"name": operator}}))


def test_a_token_tells_its_version_and_a_number_does_not() -> None:
    key, spec = os.urandom(32), {"kind": "text"}
    token = Tenant("siv", key).mask(spec, "zelda@corp.test")
    tokens = rotated("siv", key)
    assert tokens.unmask(Masked(ENTITY, spec), [b"none", token]) == [
        None,
        Unmasked(b"zelda@corp.test", 1),
    ]
    assert tokens.unmask(Masked(ENTITY, spec, version=2), [token]) == [None]
    number = Tenant("ff1", key).mask(spec, "4111111111111111")
    numbers = rotated("ff1", key)
    assert numbers.unmask(Masked(ENTITY, spec, version=1), [number]) == [
        Unmasked(b"4111111111111111", 1)
    ]
    [other] = numbers.unmask(Masked(ENTITY, spec), [number])
    assert other is not None
    assert (other.value != b"4111111111111111", other.version) == (True, 2)


def test_a_version_that_is_not_there_is_said() -> None:
    unmasker = rotated("siv", os.urandom(32))
    with pytest.raises(IrreversibleError, match="has no version 3"):
        unmasker.unmask(Masked(ENTITY, {"kind": "text"}, version=3), [b"x"])


def test_the_domain_is_part_of_the_key() -> None:
    tenant, spec = Tenant("siv"), {"kind": "text"}
    token = tenant.mask(spec, "zelda@corp.test")
    assert tenant.unmask(Masked("", spec, operator="siv"), [token]) == [None]


def test_errors_show_no_value() -> None:
    tenant = Tenant("siv")
    with pytest.raises(ValueError, match="the operator is malformed") as caught:
        tenant.masker.reveal(json.dumps({"name": "zelda"}), '{"kind": "text"}', "d", [b"x"])
    assert "zelda" not in str(caught.value)
