"""Operators that make values coarser or move them: options, and what the kernel does by them."""

import datetime
import struct
from collections.abc import Mapping
from typing import Any

import pytest

from scrim import kernel
from scrim.config.masking import Masking
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import AUTO, NULL, OperatorError, OperatorTable
from scrim.masking.declaration import Accepts
from scrim.masking.rewriter import PlannedColumn, column_rule, compile_plan

ENTITY = "x.y"


def table(chosen: Mapping[str, Any]) -> OperatorTable:
    return OperatorTable.of(
        Masking.model_validate({"key_env": "KEY", "operators": {ENTITY: chosen}})
    )


def data_row(cell: bytes) -> bytes:
    body = struct.pack(">hi", 1, len(cell)) + cell
    return b"D" + struct.pack(">i", len(body) + 4) + body


def masked(chosen: Mapping[str, Any], kind: str, value: str) -> str | None:
    """Return what a value in text format becomes as the gateway replaces it; None for NULL."""
    operators = table(chosen)
    masker = kernel.Masker(bytes(32), kernel.Detector("[]"), operators.masker_config([ENTITY]))
    column = PlannedColumn(ColumnDecision(Treatment.MASK, ENTITY), {"kind": kind})
    row = kernel.Plan(compile_plan([column], operators), masker).rewrite(data_row(value.encode()))
    (length,) = struct.unpack(">i", row[7:11])
    return None if length < 0 else row[11:].decode()


@pytest.mark.parametrize(
    ("chosen", "kind", "value", "answer"),
    [
        ({"name": "bin", "width": 10}, "int4", "47", "40"),
        ({"name": "bin", "width": 0.5, "answer": "centre"}, "numeric", "1.3", "1.25"),
        ({"name": "bin", "width": 100}, "text", "$1,234.50", "$1,200.00"),
        ({"name": "bin", "width": 100}, "money", "$1,234.50", "$1,200.00"),
        ({"name": "bin", "width": 100}, "float8", "NaN", None),
        ({"name": "top_bottom", "top": 90}, "int2", "104", "90"),
        ({"name": "top_bottom", "bottom": 0, "top": 90}, "int2", "47", "47"),
        ({"name": "age_bin", "width": 10}, "int4", "103", "90"),
        ({"name": "age_bin", "reference": "2026-12-31"}, "date", "1921-05-06", "1936-01-01"),
        ({"name": "age_bin"}, "date", "1985-05-06", None),
        ({"name": "date_trunc", "part": "month"}, "date", "2024-02-29", "2024-02-01"),
        ({"name": "date_trunc"}, "timestamptz", "2024-01-01 00:30:00+01", "2023-01-01 00:00:00+00"),
        ({"name": "date_trunc", "day_first": True, "part": "month"}, "text", "03/04/2024",
         "01/04/2024"),
        ({"name": "date_trunc"}, "date", "infinity", None),
        ({"name": "zip3"}, "text", "02139-4307", "021"),
        ({"name": "zip3"}, "text", "03601", "000"),
        ({"name": "ip_prefix"}, "inet", "203.0.113.77", "203.0.113.0"),
        ({"name": "ip_prefix", "v4": 16}, "cidr", "203.0.113.0/24", "203.0.0.0/16"),
        ({"name": "geo_round"}, "text", "52.520008, 13.404954", "52.52, 13.40"),
        ({"name": "geo_round", "digits": 1}, "float8", "13.404954", "13.4"),
        ({"name": "hierarchy", "parents": {"Berlin": "Germany"}}, "text", "berlin", "Germany"),
        ({"name": "hierarchy", "parents": {4711: 4700}}, "int4", "4711", "4700"),
        ({"name": "hierarchy", "top": "any"}, "text", "Lyon", "any"),
    ],
)  # fmt: skip
def test_values_become_what_the_options_say(
    chosen: Mapping[str, Any], kind: str, value: str, answer: str | None
) -> None:
    assert masked(chosen, kind, value) == answer


def test_noise_is_the_same_when_asked_again_and_within_its_bound() -> None:
    chosen = {"name": "noise", "amount": 25}
    answers = {masked(chosen, "int4", "1000") for _ in range(20)}
    assert len(answers) == 1
    moved = answers.pop()
    assert moved is not None
    assert 0 < abs(int(moved) - 1000) <= 25
    assert masked(chosen, "numeric", "1000") == moved
    assert masked(chosen, "text", "1000") == moved
    one_percent = masked({"name": "noise", "percent": 1.5}, "float8", "1000")
    assert one_percent is not None
    assert 0 < abs(float(one_percent) - 1000) <= 15


def test_dates_move_alike_in_dates_and_timestamps() -> None:
    chosen = {"name": "date_jitter", "days": 7}
    day = masked(chosen, "date", "2024-02-29")
    stamp = masked(chosen, "timestamp", "2024-02-29 10:11:12")
    assert day is not None
    assert stamp is not None
    moved = datetime.date.fromisoformat(day) - datetime.date(2024, 2, 29)
    assert 0 < abs(moved.days) <= 7
    assert stamp[:10] == day


@pytest.mark.parametrize(
    "chosen",
    [
        {"name": "bin", "width": 0},
        {"name": "bin", "width": -1},
        {"name": "bin", "width": "ten"},
        {"name": "bin", "width": True},
        {"name": "bin", "width": 10**18},
        {"name": "bin", "width": float("nan")},
        {"name": "bin", "widht": 10},
        {"name": "bin", "answer": "upper"},
        {"name": "top_bottom"},
        {"name": "top_bottom", "bottom": 2, "top": 1},
        {"name": "age_bin", "width": 46},
        {"name": "age_bin", "reference": "2024"},
        {"name": "age_bin", "reference": "2024-02-30"},
        {"name": "date_trunc", "part": "decade"},
        {"name": "date_jitter", "days": 0},
        {"name": "noise", "amount": 1, "percent": 1},
        {"name": "noise", "amount": 0},
        {"name": "noise", "percent": 101},
        {"name": "noise", "percent": "0.0001"},
        {"name": "ip_prefix", "v4": 32},
        {"name": "geo_round", "digits": 4},
        {"name": "hierarchy", "parents": {"a": "b", "B": "A"}},
        {"name": "hierarchy", "parents": {"a": "b", "A": "c"}},
        {"name": "hierarchy", "parents": {str(n): str(n + 1) for n in range(64)}},
        {"name": "hierarchy", "parents": {"a": "b" * 201}},
        {"name": "hierarchy", "level": 17},
        {"name": "zip3", "census": 2000},
    ],
)
def test_a_wrong_option_is_refused(chosen: Mapping[str, Any]) -> None:
    with pytest.raises(OperatorError, match="wrong option"):
        table(chosen)


def test_a_day_of_yaml_may_be_a_date() -> None:
    chosen = table({"name": "age_bin", "reference": datetime.date(2026, 12, 31)})
    assert chosen.of_entity(ENTITY) == {"name": "age_bin", "reference": "2026-12-31"}


def test_numbers_of_yaml_keep_their_digits() -> None:
    chosen = table({"name": "bin", "width": 0.1, "origin": "-0.050"})
    assert chosen.of_entity(ENTITY) == {"name": "bin", "width": "0.1", "origin": "-0.050"}
    assert table({"name": "bin", "width": 1e3}).of_entity(ENTITY)["width"] == "1000"


def test_the_highest_table_that_is_taken_is_taken_by_the_kernel_too() -> None:
    parents = {str(n): str(n + 1) for n in range(63)}
    assert masked({"name": "hierarchy", "parents": parents, "level": 16}, "text", "0") == "16"


def test_a_policy_gets_an_operator_with_its_defaults_or_hides_everything() -> None:
    operators = OperatorTable({})
    assert operators.of_policy("bin") == {"name": "bin"}
    assert operators.of_policy("top_bottom") == NULL, "without a bound nothing would be hidden"


@pytest.mark.parametrize(
    ("name", "accepted", "others"),
    [
        ("age_bin", ("int4", "numeric", "interval", "date", "text"), ("money", "inet", "uuid")),
        ("bin", ("int2", "money", "float4", "jsonb"), ("date", "uuid")),
        ("date_jitter", ("date", "timestamptz"), ("time", "int4")),
        ("date_trunc", ("date", "timetz"), ("int4", "interval")),
        ("geo_round", ("float8", "numeric"), ("int4", "money")),
        ("hierarchy", ("enum", "int8"), ("numeric", "date")),
        ("ip_prefix", ("inet", "cidr"), ("macaddr",)),
        ("zip3", ("int4", "numeric"), ("float8",)),
    ],
)
def test_other_types_get_their_own_operator(
    name: str, accepted: tuple[str, ...], others: tuple[str, ...]
) -> None:
    operators = table({"name": name})
    for kind in accepted + others:
        column = PlannedColumn(ColumnDecision(Treatment.MASK, ENTITY), {"kind": kind, "labels": []})
        if kind != "enum":
            column = PlannedColumn(ColumnDecision(Treatment.MASK, ENTITY), {"kind": kind})
        expected = name if kind in accepted else AUTO["name"]
        assert column_rule(column, operators)["operator"]["name"] == expected


def test_every_set_of_types_includes_text_and_containers() -> None:
    for accepts in Accepts:
        assert accepts.includes("text")
        assert accepts.includes("array")
    assert not Accepts.TEXT.includes("int4")
