"""From decisions to the plan that the kernel compiles."""

import json
from typing import Any

import pytest

from scrim.detection.scan import builtin_scanner
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.kernel import Masker, Plan
from scrim.masking.choice import OperatorTable
from scrim.masking.rewriter import (
    MAX_COLUMNS,
    PlannedColumn,
    column_rule,
    compile_plan,
    operator_of,
)
from scrim.masking.types import TypeSpec, TypeSpecError, check_type

TABLE = OperatorTable({})
TEXT: TypeSpec = {"kind": "text"}


def column(
    treatment: Treatment, entity: str = "", spec: TypeSpec = TEXT, operator: str = ""
) -> PlannedColumn:
    return PlannedColumn(ColumnDecision(treatment, entity), spec, operator)


def test_a_plan_has_a_rule_for_each_column() -> None:
    plan = json.loads(
        compile_plan(
            [
                column(Treatment.PASS, spec={"kind": "int8"}),
                column(Treatment.MASK, "contact.email", {"kind": "text", "max_chars": 40}),
                column(Treatment.SCAN),
            ],
            TABLE,
            sample=[2],
        )
    )
    assert plan == {
        "columns": [
            {"action": "pass"},
            {
                "action": "mask",
                "type": {"kind": "text", "max_chars": 40},
                "operator": {"name": "email"},
                "domain": "contact.email",
            },
            {"action": "scan", "type": {"kind": "text"}},
        ],
        "sample": [2],
    }


def test_values_of_unknown_meaning_share_a_domain() -> None:
    rule = column_rule(column(Treatment.MASK), TABLE)
    assert (rule["operator"], rule["domain"]) == ({"name": "auto"}, "unclassified")


def test_without_a_search_texts_are_masked_and_numbers_pass() -> None:
    table = OperatorTable({}, scans=False)
    assert column_rule(column(Treatment.SCAN), table)["action"] == "mask"
    for kind in ("int8", "numeric"):
        assert column_rule(column(Treatment.SCAN, spec={"kind": kind}), table)["action"] == "pass"
        assert column_rule(column(Treatment.SCAN, spec={"kind": kind}), TABLE)["action"] == "scan"


def test_a_type_that_nothing_is_known_of_becomes_null() -> None:
    rule = column_rule(column(Treatment.MASK, "us.ssn", {"kind": "unknown"}), TABLE)
    assert rule == {"action": "null"}


def test_the_operator_null_is_a_rule_of_its_own() -> None:
    table = OperatorTable({"us.ssn": {"name": "null"}})
    assert column_rule(column(Treatment.MASK, "us.ssn"), table) == {"action": "null"}


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ({"kind": "text"}, "email"),
        ({"kind": "int8"}, "auto"),
        ({"kind": "date"}, "auto"),
        ({"kind": "jsonb"}, "email"),
        ({"kind": "array", "element": {"kind": "text"}}, "email"),
        ({"kind": "array", "element": {"kind": "int4"}}, "auto"),
        ({"kind": "range", "subtype": {"kind": "date"}}, "auto"),
    ],
)
def test_an_operator_that_does_not_accept_a_type_gives_way_to_the_types_own(
    spec: TypeSpec, name: str
) -> None:
    rule = column_rule(column(Treatment.MASK, "contact.email", spec), TABLE)
    assert rule["operator"] == {"name": name}


def test_a_policys_operator_goes_first_and_applies_to_a_scan_too() -> None:
    for treatment in (Treatment.MASK, Treatment.SCAN):
        rule = column_rule(column(treatment, "contact.email", operator="redact"), TABLE)
        assert rule["operator"] == {"name": "redact"}
    assert column_rule(column(Treatment.MASK, operator="nope"), TABLE) == {"action": "null"}


def test_without_detection_a_column_to_be_searched_is_masked() -> None:
    table = OperatorTable({}, scans=False)
    assert column_rule(column(Treatment.SCAN), table)["action"] == "mask"


def test_results_are_bounded() -> None:
    with pytest.raises(ValueError, match="more than"):
        compile_plan([column(Treatment.PASS)] * (MAX_COLUMNS + 1), TABLE)


@pytest.mark.parametrize("index", [-1, 1])
def test_a_sample_names_columns_that_are_there(index: int) -> None:
    with pytest.raises(ValueError, match="not there"):
        compile_plan([column(Treatment.SCAN)], TABLE, [index])


def nested(levels: int) -> dict[str, Any]:
    spec: dict[str, Any] = {"kind": "int4"}
    for _ in range(levels):
        spec = {"kind": "array", "element": spec}
    return spec


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "text", "max_chars": 10, "pad": True},
        {"kind": "numeric", "precision": 10, "scale": -2},
        {"kind": "enum", "labels": ["a", "b"]},
        {"kind": "array", "element": {"kind": "uuid"}, "element_oid": 2950, "delimiter": ","},
        {"kind": "multirange", "subtype": {"kind": "timestamptz"}},
        {"kind": "composite", "fields": [{"action": "pass"}, {"action": "scan", "type": TEXT}]},
        {"kind": "jsonb", "mask_keys": True},
        nested(16),
    ],
)
def test_types_that_the_kernel_takes(spec: dict[str, Any]) -> None:
    assert check_type(spec) == spec["kind"]


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {},
        {"kind": "txt"},
        {"kind": 1},
        {"kind": "int4", "max_chars": 1},
        {"kind": "text", "max_chars": -1},
        {"kind": "text", "max_chars": True},
        {"kind": "enum"},
        {"kind": "enum", "labels": "ab"},
        {"kind": "array"},
        {"kind": "array", "element": {"kind": "int4"}, "delimiter": ""},
        {"kind": "array", "element": {"kind": "nope"}},
        {"kind": "composite", "fields": "x"},
        {"kind": "composite", "fields": [{"action": "keep"}]},
        {"kind": "composite", "fields": [{"action": "scan"}]},
        {"kind": "composite", "fields": [{"action": "null", "type": TEXT}]},
        {"kind": "composite", "fields": [{"action": "pass", "type": {"kind": "x"}}]},
        nested(17),
    ],
)
def test_types_that_it_does_not_take(spec: object) -> None:
    with pytest.raises(TypeSpecError):
        check_type(spec)


@pytest.mark.parametrize("kind", ["json", "jsonb"])
@pytest.mark.parametrize("name", ["password", r"p\u0061ssword", r"\u0070\u0061\u0073sword"])
def test_a_name_in_json_counts_however_its_letters_are_escaped(kind: str, name: str) -> None:
    scanner = builtin_scanner()
    masker = Masker(bytes(32), scanner.detector, TABLE.masker_config(scanner.catalogue.names))
    plan = Plan(compile_plan([column(Treatment.SCAN, spec={"kind": kind})], TABLE), masker)
    cell = f'{{"{name}": "zebra"}}'.encode()
    body = b"\0\1" + len(cell).to_bytes(4, "big") + cell
    rewritten = plan.rewrite(b"D" + (len(body) + 4).to_bytes(4, "big") + body)
    assert b"zebra" not in rewritten
    assert f'{{"{name}": "'.encode() in rewritten


def test_other_types_become_a_constant_where_the_operator_says_so() -> None:
    strict = {"name": "zip3", "otherwise": "redact"}
    for kind, name in (("int4", "zip3"), ("bool", "redact"), ("date", "redact")):
        one = column(Treatment.MASK, "x.y", {"kind": kind})
        assert operator_of(one, OperatorTable({"x.y": strict}))["name"] == name
        loose = operator_of(one, OperatorTable({"x.y": {"name": "zip3"}}))["name"]
        assert loose == ("zip3" if name == "zip3" else "auto")


DROPPING = OperatorTable(
    {
        "contact.email": {"name": "drop_column"},
        "us.ssn": {"name": "drop_row"},
        "person.full": {"name": "shuffle"},
    }
)


def planned(*columns: PlannedColumn, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    plan: dict[str, Any] = json.loads(compile_plan(columns, DROPPING, **more))
    return plan


def test_columns_and_rows_are_left_out_of_results() -> None:
    plan = planned(
        column(Treatment.MASK, "us.ssn"),
        column(Treatment.PASS, "contact.email"),
        column(Treatment.MASK, "contact.email", {"kind": "array", "element": TEXT}),
        column(Treatment.MASK, "person.full"),
        column(Treatment.SCAN, operator="drop_column"),
    )
    assert plan["dropped"] == [2, 4]
    assert plan["dropping_rows"] == [0]
    assert "provisional" not in plan
    assert [rule["action"] for rule in plan["columns"]] == ["null", "pass", "null", "mask", "null"]
    # A stream of rows has no end that could be waited for.
    assert plan["columns"][3]["operator"] == {"name": "auto"}


def test_a_result_that_was_described_keeps_its_columns() -> None:
    before = [column(Treatment.MASK, "contact.email"), column(Treatment.SCAN)]
    after = [column(Treatment.PASS), column(Treatment.MASK, "contact.email")]
    plan = planned(*after, shown=before)
    assert plan["dropped"] == [0]
    assert plan["provisional"] is True
    assert plan["columns"][1] == {"action": "null"}
    assert "provisional" not in planned(*before, shown=before)


def test_what_is_found_inside_a_text_is_replaced_and_nothing_is_left_out() -> None:
    config = json.loads(DROPPING.masker_config(["contact.email", "person.full", "us.ssn"]))
    names = {entity: operator["name"] for entity, operator in config["operators"].items()}
    assert names == {"contact.email": "null", "person.full": "auto", "us.ssn": "null"}
    assert column_rule(column(Treatment.MASK, "contact.email"), DROPPING) == {"action": "null"}


def test_a_table_says_whether_it_leaves_anything_out() -> None:
    assert DROPPING.reshapes
    assert not TABLE.reshapes
    assert not OperatorTable({"person.full": {"name": "shuffle"}}).reshapes
