"""Turns the decisions about a result into the plan that the kernel compiles."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from scrim.domain.column import RowPlace
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.masking.choice import (
    AUTO,
    DROP_COLUMN,
    DROP_ROW,
    NULL,
    REDACT,
    OperatorSpec,
    OperatorTable,
    replacing,
)
from scrim.masking.registry import registry
from scrim.masking.types import SEARCHED_NUMBERS, TypeSpec, check_type, leaf_kind

MAX_COLUMNS: Final = 1_664
"""Columns that a PostgreSQL result can have at most."""

SEED_BYTES: Final = 32
"""Of the keys of one result column whose values are not to be compared."""

UNNAMED_DOMAIN: Final = "unclassified"
"""The semantic domain of values whose meaning is not known; equal values stay equal there."""

_DOMAINS: Final = {"made of a text that is searched": "searched", "type not searched": "searched"}
"""Domains of values that are not known to be protected, by the reason why they are masked: whoever
may choose them must not see how a protected one would look."""

_SAYING_NOTHING: Final = frozenset({"constant", "null", "redact", "tag"})
"""Operators whose answer is the same for all values."""

Rule = dict[str, Any]
PASS: Final[Rule] = {"action": "pass"}
NULL_RULE: Final[Rule] = {"action": "null"}


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """One result column.

    Attributes:
        decision: What it gets and why.
        type_spec: Its type, as `scrim.masking.types` describes it.
        operator: Operator that policy demands; empty to use that of the entity.
        place: The row that it stands in, where that is certain; operators that look at another
            column find it by this.
        whole: Whether the values are those of a column, or parts of documents and lists that
            stand in it, rather than what the statement makes of them.
        mixed: Whether values that are not hidden can be among those that are: then no two are
            masked alike, as a principal could have masked what it likes and compare.
        sized: Whether how much there is in the values, which are documents, can be made of hidden
            ones.
    """

    decision: ColumnDecision
    type_spec: TypeSpec
    operator: str = ""
    place: RowPlace | None = None
    whole: bool = True
    mixed: bool = False
    sized: bool = False


def compile_plan(
    columns: Sequence[PlannedColumn],
    operators: OperatorTable,
    sample: Sequence[int] = (),
    shown: Sequence[PlannedColumn] | None = None,
) -> str:
    """Return the plan of a result as the JSON that `scrim.kernel.Plan` takes.

    Args:
        columns: The columns in their order.
        operators: The operators in force.
        sample: Indexes of the columns whose first values are wanted before the plan is final.
        shown: The columns by which the result was described already, if it was: it keeps those
            that it has.

    Raises:
        ValueError: If there are too many columns, or the kernel would not take a type.
    """
    if len(columns) > MAX_COLUMNS:
        raise ValueError(f"a result has more than {MAX_COLUMNS} columns")
    if any(not 0 <= index < len(columns) for index in sample):
        raise ValueError("the sample names a column that is not there")
    rules = [column_rule(column, operators) for column in columns]
    plan: dict[str, Any] = {"columns": rules}
    beside = {
        index: {"column": other, "type": columns[other].type_spec}
        for index, rule in enumerate(rules)
        if (other := _beside(index, rule, columns)) is not None
    }
    if beside:
        plan["beside"] = beside
    if sample:
        plan["sample"] = list(sample)
    dropped = _having(DROP_COLUMN, columns, operators)
    described = dropped if shown is None else _having(DROP_COLUMN, shown, operators)
    if described:
        plan["dropped"] = described
    if described != dropped:
        plan["provisional"] = True
    if rows := _having(DROP_ROW, columns, operators):
        plan["dropping_rows"] = [index for index in rows if index not in described]
    return json.dumps(plan, separators=(",", ":"))


def _having(name: str, columns: Sequence[PlannedColumn], operators: OperatorTable) -> list[int]:
    """Return the indexes of the columns that an operator is for."""
    chosen = (result_operator(column, operators) for column in columns)
    return [index for index, operator in enumerate(chosen) if operator == name]


def result_operator(column: PlannedColumn, operators: OperatorTable) -> str:
    """Return the operator on a column as a whole; empty where its values are replaced or kept."""
    if not _is_replaced(column, operators):
        return ""
    name = str(operator_of(column, operators)["name"])
    declared = registry().get(name)
    return name if declared is not None and declared.inside else ""


def _is_replaced(column: PlannedColumn, operators: OperatorTable) -> bool:
    """Whether whole values are replaced."""
    match column.decision.treatment:
        case Treatment.PASS:
            return False
        case Treatment.SCAN if not column.operator:
            # Without a search only its name and tags tell a number from a count or a key.
            return not operators.scans and leaf_kind(column.type_spec) not in SEARCHED_NUMBERS
        case _:
            return True


def column_rule(column: PlannedColumn, operators: OperatorTable) -> Rule:
    """Return the rule of a column, or of a composite type's field.

    Args:
        column: The column.
        operators: The operators in force.

    Raises:
        ValueError: If the kernel would not take its type.
    """
    decision = column.decision
    kind = check_type(column.type_spec)
    if decision.treatment is Treatment.PASS:
        return PASS
    if decision.treatment is Treatment.SCAN and operators.scans and not column.operator:
        return {"action": "scan", "type": column.type_spec}
    if not _is_replaced(column, operators):
        return PASS
    operator = replacing(operator_of(column, operators))
    if column.mixed or not column.whole:
        operator = for_made(operator)
    if operator["name"] == NULL["name"] or kind == "unknown" or column.sized:
        return NULL_RULE
    rule: Rule = {
        "action": "mask",
        "type": column.type_spec,
        "operator": dict(operator),
        "domain": decision.entity or _DOMAINS.get(decision.reason, UNNAMED_DOMAIN),
    }
    if column.mixed:
        rule |= {"action": "fresh", "seed": secrets.token_hex(SEED_BYTES)}
    return rule


def for_made(operator: OperatorSpec) -> OperatorSpec:
    """Return what replaces values that a statement made of those of a column.

    Whoever writes the statement chooses what an operator would keep of them: `salary * 1000` has a
    narrower bin, `translate(phone, '5', '-')` a telling layout. So characters and numbers of one
    size replace them, except where the column's operator keeps nothing that could be put there.

    Args:
        operator: The operator of whole values.
    """
    name = str(operator["name"])
    if name in _SAYING_NOTHING:
        return operator
    declared = registry().get(name)
    if declared is None or not declared.made or operator.get("keep_domain"):
        return {"name": "made"}
    # The column of the row that it would look at may be another row's.
    text = {option: value for option, value in operator.items() if option != declared.beside}
    return {"name": "made", "text": text}


def operator_of(column: PlannedColumn, operators: OperatorTable) -> OperatorSpec:
    """Return the operator that replaces a column's values.

    Args:
        column: The column.
        operators: The operators in force.
    """
    if column.operator:
        operator = operators.of_policy(column.operator)
    else:
        operator = operators.of_entity(column.decision.entity)
    return _on_type(operator, leaf_kind(column.type_spec))


def _on_type(operator: OperatorSpec, kind: str) -> OperatorSpec:
    """Return an operator, or the type's own where it does not take the type."""
    declared = registry().get(operator["name"])
    if declared is None:
        return NULL
    if not declared.accepts.includes(kind):
        return REDACT if operator.get("otherwise") == "redact" else AUTO
    if "cases" not in operator:
        return operator
    cases = {value: dict(_on_type(case, kind)) for value, case in operator["cases"].items()}
    return {**operator, "cases": cases, "otherwise": dict(_on_type(operator["otherwise"], kind))}


def _beside(index: int, rule: Rule, columns: Sequence[PlannedColumn]) -> int | None:
    """Return the index of the column of the same row that a column's operator looks at, if any."""
    place = columns[index].place
    if place is None or rule["action"] != "mask":
        return None
    for name in names_beside(rule["operator"]):
        wanted = RowPlace(place.row, name)
        for other, column in enumerate(columns):
            if column.place == wanted:
                return other
    return None


def names_beside(operator: OperatorSpec) -> Sequence[str]:
    """Return the names of the columns of which an operator looks at the first that there is.

    Args:
        operator: The operator with its options.
    """
    declared = registry().get(operator["name"])
    if declared is None or not declared.beside:
        return ()
    return tuple(operator.get(declared.beside) or ())
