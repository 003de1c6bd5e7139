"""Operators that look at another column: how they are written, and which column they find."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from scrim import kernel
from scrim.config.masking import Masking
from scrim.domain.column import RowPlace
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import NULL, OperatorError, OperatorTable
from scrim.masking.rewriter import PlannedColumn, compile_plan

ENTITY = "person.birth_date"
SHIFT = {"name": "date_shift", "subject": ["customer_id", "id"], "max_days": 30}
CHOICE = {
    "name": "by_row",
    "column": "kind",
    "cases": {"person": "name", "firm": {"name": "company"}, "gone": "null", 7: "redact"},
    "otherwise": "text",
}


def table(operator: Any, entity: str = ENTITY) -> OperatorTable:  # noqa: ANN401 - as YAML gives it
    masking = {"key_env": "KEY", "operators": {entity: operator}}
    return OperatorTable.of(Masking.model_validate(masking))


def column(
    place: RowPlace | None, kind: str = "date", *, masked: bool = True, operator: str = ""
) -> PlannedColumn:
    treatment = Treatment.MASK if masked else Treatment.PASS
    decision = ColumnDecision(treatment, ENTITY if masked else "")
    return PlannedColumn(decision, {"kind": kind}, operator, place)


def beside(columns: list[PlannedColumn], operators: OperatorTable) -> Any:  # noqa: ANN401 - JSON
    plan = compile_plan(columns, operators)
    masker = kernel.Masker(os.urandom(32), kernel.Detector("[]"), operators.masker_config([ENTITY]))
    kernel.Plan(plan, masker)
    return json.loads(plan).get("beside")


def test_a_date_finds_the_subject_of_its_row() -> None:
    found = beside(
        [
            column(RowPlace(7, "id"), "int8", masked=False),
            column(RowPlace(7, "born")),
            column(RowPlace(8, "id"), "uuid", masked=False),
            column(RowPlace(8, "seen")),
        ],
        table(SHIFT),
    )
    assert found == {
        "1": {"column": 0, "type": {"kind": "int8"}},
        "3": {"column": 2, "type": {"kind": "uuid"}},
    }


def test_the_first_name_that_there_is_counts() -> None:
    columns = [
        column(RowPlace(7, "id"), "int8", masked=False),
        column(RowPlace(7, "customer_id"), "int4", masked=False),
        column(RowPlace(7, "born")),
    ]
    assert beside(columns, table(SHIFT)) == {"2": {"column": 1, "type": {"kind": "int4"}}}


def test_what_is_of_another_row_or_of_none_is_not_found() -> None:
    operators = table(SHIFT)
    other = column(RowPlace(8, "id"), "int8", masked=False)
    nobody = column(None, "int8", masked=False)
    assert beside([other, nobody, column(RowPlace(7, "born"))], operators) is None
    assert (
        beside([column(RowPlace(7, "id"), "int8", masked=False), column(None)], operators) is None
    )
    # What passes or becomes NULL looks at nothing, nor does another operator.
    rows = [column(RowPlace(7, "id"), "int8", masked=False)]
    assert beside([*rows, column(RowPlace(7, "born"), masked=False)], operators) is None
    assert beside([*rows, column(RowPlace(7, "born"), operator="null")], operators) is None
    assert beside([*rows, column(RowPlace(7, "born"))], table("date_jitter")) is None


def test_operators_inside_are_checked_and_written_as_the_kernel_reads_them() -> None:
    spec = table(CHOICE).of_entity(ENTITY)
    assert spec == {
        "name": "by_row",
        "column": ("kind",),
        "cases": {
            "person": {"name": "name"},
            "firm": {"name": "company"},
            "gone": {"name": "null"},
            "7": {"name": "redact"},
        },
        "otherwise": {"name": "text"},
    }


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"cases": {"a": "nothing_of_the_kind"}}, "cases.a"),
        ({"cases": {"a": {"name": "token", "prefx": "x"}}}, "cases.a"),
        ({"cases": {"a": SHIFT}}, "cases.a"),
        ({"cases": {"a": CHOICE}}, "cases.a"),
        ({"cases": {"a": "drop_row"}}, "cases.a"),
        ({"otherwise": "shuffle"}, "otherwise"),
        ({"otherwise": {"name": "place", "of": "zip"}}, "otherwise"),
        ({"otherwise": {"name": "bin", "width": 0}}, "otherwise"),
        ({"cases": {}}, ""),
        ({"cases": {"": "name"}}, ""),
        ({"cases": None}, ""),
        ({"column": []}, ""),
        ({"column": ""}, ""),
        ({"column": ["a"] * 9}, ""),
        ({"colunm": "kind"}, ""),
    ],
)
def test_a_wrong_option_is_refused_and_named(options: dict[str, Any], key: str) -> None:
    with pytest.raises(OperatorError) as refused:
        table({**CHOICE, **options})
    wanted = f"masking.operators.{ENTITY}{'.' if key else ''}{key}"
    assert refused.value.key == wanted


@pytest.mark.parametrize(
    "cases",
    [
        {"person": "name", "Person": "redact"},
        {"person": "name", " person ": "redact"},
        {"stra\u00dfe": "name", "STRASSE": "redact"},
        {"\uff11": "name", "1": "redact"},
        {7: "name", "7": "redact"},
        {True: "name", "true": "redact"},
    ],
)
def test_cases_that_are_the_same_value_are_refused(cases: dict[Any, str]) -> None:
    with pytest.raises(OperatorError, match=r"\(cases\): two of the cases are the same value"):
        table({**CHOICE, "cases": cases})


@pytest.mark.parametrize(
    "operator",
    [
        "date_shift",
        {"name": "date_shift", "subject": "id", "max_days": 0},
        {"name": "date_shift", "subject": "id", "max_days": 3651},
        {"name": "place", "part": "postal_code", "of": "zip"},
        {"name": "place", "part": "country"},
        {"name": "by_row", "column": "kind", "cases": {"a": "name"}},
    ],
)
def test_options_have_bounds(operator: object) -> None:
    with pytest.raises(OperatorError):
        table(operator)


def test_an_operator_inside_takes_the_types_that_it_takes_alone() -> None:
    operators = table({**CHOICE, "cases": {"a": "company", "b": "date_jitter"}})
    plan = json.loads(compile_plan([column(None)], operators))
    rule = plan["columns"][0]
    assert rule["operator"]["cases"] == {"a": {"name": "auto"}, "b": {"name": "date_jitter"}}
    assert rule["operator"]["otherwise"] == {"name": "auto"}


def test_a_policy_cannot_choose_what_needs_a_column() -> None:
    for name in ("date_shift", "by_row"):
        assert table(SHIFT).of_policy(name) == NULL
