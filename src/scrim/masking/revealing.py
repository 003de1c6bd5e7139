"""Turns masked values back with the tenant's key. Who may is decided elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from scrim.domain.decision import ColumnDecision, Treatment
from scrim.kernel import Detector, Masker
from scrim.masking.choice import OperatorSpec, OperatorTable
from scrim.masking.keys import MaskingKey
from scrim.masking.registry import registry
from scrim.masking.rewriter import UNNAMED_DOMAIN, PlannedColumn, operator_of
from scrim.masking.types import TypeSpec, check_type


class IrreversibleError(Exception):
    """The values of an operator and a type cannot be turned back; the message says which."""


@dataclass(frozen=True, slots=True)
class Masked:
    """How values were masked.

    Attributes:
        entity: What they are, whose key was used; empty when that was not known.
        type_spec: Their type.
        operator: The operator that policy demanded; empty for that of the entity.
        version: Version of the key.
    """

    entity: str
    type_spec: TypeSpec
    operator: str = ""
    version: int = 1

    @property
    def domain(self) -> str:
        """The semantic domain whose key was used."""
        return self.entity or UNNAMED_DOMAIN


def new_unmasker(key: MaskingKey, operators: OperatorTable) -> "Unmasker":
    """Return what turns a tenant's values back.

    Args:
        key: The tenant's key.
        operators: The operators in force.
    """
    # Nothing is searched, so the kernel needs no detector of anything.
    masker = Masker(key.reveal(), Detector("[]"), operators.masker_config(()))
    return Unmasker(masker, operators)


@dataclass(frozen=True, slots=True)
class Unmasker:
    """Turns values back under one set of keys and operators.

    Attributes:
        masker: Keys of the tenant.
        operators: The operators in force.
    """

    masker: Masker
    operators: OperatorTable

    def operator(self, masked: Masked) -> OperatorSpec:
        """Return the operator by which values were masked.

        Raises:
            IrreversibleError: If it is none whose values can be turned back.
        """
        check_type(masked.type_spec)
        decision = ColumnDecision(Treatment.MASK, masked.entity)
        planned = PlannedColumn(decision, masked.type_spec, masked.operator)
        operator = operator_of(planned, self.operators)
        declared = registry().get(str(operator["name"]))
        if declared is None or not declared.reversible:
            raise IrreversibleError(
                f"the operator {operator['name']} of {masked.domain} cannot be turned back; "
                "`masking.operators` can choose one that can, such as siv"
            )
        return operator

    def unmask(self, masked: Masked, values: Sequence[bytes]) -> list[bytes | None]:
        """Return the raw value of each masked one, None for what this operator has not masked.

        Args:
            masked: How they were masked.
            values: The masked values in PostgreSQL's text format.

        Raises:
            IrreversibleError: If operator and type cannot be turned back.
        """
        operator = json.dumps(dict(self.operator(masked)))
        type_spec = json.dumps(dict(masked.type_spec))
        try:
            return self.masker.reveal(operator, type_spec, masked.domain, values, masked.version)
        except ValueError as error:
            raise IrreversibleError(f"{masked.domain}: {error}") from None
