"""Compiles what was decided about a result into the plan that the kernel follows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scrim.kernel import Detector, Masker, Plan
from scrim.masking.choice import OperatorTable
from scrim.masking.columns import DecidedColumn
from scrim.masking.keys import MaskingKey
from scrim.masking.rewriter import PASS, PlannedColumn, column_rule, compile_plan
from scrim.masking.types import TypeSpec

__all__ = ["Plan", "PlanMaker", "PlanRecord", "new_masker"]

PlanRecord = tuple[bytes, Sequence[bytes]]
"""The beginning of a record, and what follows the name of each column in it."""


def new_masker(key: MaskingKey, detector: Detector, operators: OperatorTable) -> Masker:
    """Return the kernel's keys and operators of a tenant.

    Args:
        key: The tenant's key.
        detector: Finds what is replaced inside texts.
        operators: The operators in force.
    """
    return Masker(key.ring, detector, operators.masker_config(detector.names()))


@dataclass(frozen=True, slots=True)
class PlanMaker:
    """Makes plans with one set of keys and operators.

    Attributes:
        masker: Keys, operators and detector of the tenant.
        operators: The operators in force.
    """

    masker: Masker
    operators: OperatorTable

    def make(  # noqa: PLR0913 - a result and all that is known of it, by keyword
        self,
        columns: Sequence[DecidedColumn],
        context: object = None,
        *,
        sampled: bool = True,
        record: PlanRecord | None = None,
        epoch: int | None = None,
        shown: Sequence[DecidedColumn] | None = None,
    ) -> Plan:
        """Return the compiled plan.

        Args:
            columns: The columns in their order.
            context: What is needed to plan anew when values have been sampled.
            sampled: Whether columns that a sample would tell more about are to be sampled.
            record: What is written when a statement's result first gets it.
            epoch: While it holds for the same result of other statements that do the same; None
                when it does not.
            shown: The columns by which the result was described already, if it was.

        Raises:
            ValueError: If a column cannot be masked at all.
        """
        sample = [
            index for index, column in enumerate(columns) if sampled and column.sampled is not None
        ]
        described = None if shown is None else [column.planned for column in shown]
        planned = [column.planned for column in columns]
        rules = compile_plan(planned, self.operators, sample, described)
        return Plan(rules, self.masker, context, record=record, epoch=epoch)

    def make_values(self, column: PlannedColumn, beside: TypeSpec | None = None) -> Plan:
        """Return the plan of one column whose values are replaced, and where nothing is left out.

        Args:
            column: The column.
            beside: The type of the column that its operator looks at, which is the second one.

        Raises:
            ValueError: If it cannot be masked at all.
        """
        rule = column_rule(column, self.operators)
        plan: dict[str, Any] = {"columns": [rule]}
        if beside is not None:
            plan = {"columns": [rule, PASS], "beside": {"0": {"column": 1, "type": beside}}}
        return Plan(json.dumps(plan, separators=(",", ":")), self.masker)

    def take_findings(self) -> Sequence[tuple[str, int]]:
        """Return what searches found and replaced since the last call: entities and how often."""
        return self.masker.take_findings()

    def scrub(self, text: str) -> str:
        """Replace what detection finds in a text."""
        found = self.masker.scrub(text)
        return text if found is None else found
