"""Every operator declares itself, and the kernel knows it."""

import json
import os

import pytest

from scrim import kernel
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import OperatorTable
from scrim.masking.declaration import Accepts
from scrim.masking.registry import registry
from scrim.masking.rewriter import PlannedColumn, compile_plan

NEEDED: dict[str, dict[str, object]] = {
    "by_row": {"column": "kind", "cases": {"person": "name"}, "otherwise": "redact"},
    "category": {"list": "country"},
    "date_shift": {"subject": "customer_id"},
    "top_bottom": {"top": 100},
}
"""Options that have no default."""


def test_operators_are_found_by_their_files() -> None:
    assert {"null", "redact", "partial", "token", "name", "email", "digits"} <= set(registry())


@pytest.mark.parametrize("name", sorted(registry()))
def test_an_operator_says_what_it_does(name: str) -> None:
    operator = registry()[name]
    assert operator.description.endswith(".")
    for option, field in operator.options.model_fields.items():
        assert field.description, f"{name}.{option} is not described"


@pytest.mark.parametrize("name", sorted(registry()))
def test_the_kernel_takes_every_operator(name: str) -> None:
    options = registry()[name].options(**NEEDED.get(name, {})).model_dump()
    table = OperatorTable({"x.y": {"name": name, **options}})
    masker = kernel.Masker(os.urandom(32), kernel.Detector("[]"), table.masker_config(["x.y"]))
    column = PlannedColumn(ColumnDecision(Treatment.MASK, "x.y"), {"kind": "text"})
    plan = compile_plan([column], table)
    expected = "null" if name in {"null", "drop_column", "drop_row"} else "mask"
    assert json.loads(plan)["columns"][0]["action"] == expected
    assert not kernel.Plan(plan, masker).passes


def test_accepted_types_are_those_that_are_declared() -> None:
    assert Accepts.ANY.includes("int4")
    assert Accepts.TEXT.includes("text")
    assert Accepts.TEXT.includes("jsonb")
    assert not Accepts.TEXT.includes("inet")
    assert Accepts.NETWORK.includes("inet")
    assert not Accepts.NETWORK.includes("int4")
