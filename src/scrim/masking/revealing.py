"""Turns masked values back with the tenant's key. Who may is decided elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from scrim.domain.decision import ColumnDecision, Treatment
from scrim.kernel import Detector, Masker
from scrim.masking.choice import OperatorSpec, OperatorTable
from scrim.masking.declaration import TEXT_KINDS
from scrim.masking.keys import MaskingKey
from scrim.masking.registry import registry
from scrim.masking.rewriter import UNNAMED_DOMAIN, PlannedColumn, operator_of
from scrim.masking.types import TypeSpec, check_type, leaf_kind


class IrreversibleError(Exception):
    """The values of an operator and a type cannot be turned back; the message says which."""


@dataclass(frozen=True, slots=True)
class Masked:
    """How values were masked.

    Attributes:
        entity: What they are, whose key was used; empty when that was not known.
        type_spec: Their type.
        operator: The operator that policy demanded; empty for that of the entity.
        version: Version of the key; None when that is not known.
    """

    entity: str
    type_spec: TypeSpec
    operator: str = ""
    version: int | None = None

    @property
    def domain(self) -> str:
        """The semantic domain whose key was used."""
        return self.entity or UNNAMED_DOMAIN


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A value that was turned back.

    Attributes:
        value: The raw value in PostgreSQL's text format.
        version: Version of the key that had masked it.
    """

    value: bytes = field(repr=False)
    version: int


def new_unmasker(key: MaskingKey, operators: OperatorTable) -> "Unmasker":
    """Return what turns a tenant's values back.

    Args:
        key: The tenant's key.
        operators: The operators in force.
    """
    # Nothing is searched, so the kernel needs no detector of anything.
    masker = Masker(key.ring, Detector("[]"), operators.masker_config(()))
    return Unmasker(masker, operators, tuple(key.versions))


@dataclass(frozen=True, slots=True)
class Unmasker:
    """Turns values back under one set of keys and operators.

    Attributes:
        masker: Keys of the tenant.
        operators: The operators in force.
        versions: Versions of the key, the one that masks first.
    """

    masker: Masker
    operators: OperatorTable
    versions: tuple[int, ...]

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

    def unmask(self, masked: Masked, values: Sequence[bytes]) -> list[Unmasked | None]:
        """Return the raw value of each masked one, None for what this operator has not masked.

        Where the version is not known, the one that masks is taken; tokens of `siv` are tried with
        all, because they tell whose they are.

        Args:
            masked: How they were masked.
            values: The masked values in PostgreSQL's text format.

        Raises:
            IrreversibleError: If operator and type cannot be turned back, or the key has no such
                version.
        """
        operator = self.operator(masked)
        versions = self.versions[:1] if masked.version is None else (masked.version,)
        tells = operator["name"] == "siv" and leaf_kind(masked.type_spec) in TEXT_KINDS
        if masked.version is None and tells:
            versions = self.versions
        found: list[Unmasked | None] = [None] * len(values)
        for version in versions:
            missing = [index for index, one in enumerate(found) if one is None]
            raw = self._unmask(masked, operator, [values[index] for index in missing], version)
            for index, value in zip(missing, raw, strict=True):
                found[index] = None if value is None else Unmasked(value, version)
        return found

    def _unmask(
        self, masked: Masked, operator: OperatorSpec, values: Sequence[bytes], version: int
    ) -> list[bytes | None]:
        type_spec = json.dumps(dict(masked.type_spec))
        try:
            return self.masker.reveal(
                json.dumps(dict(operator)), type_spec, masked.domain, values, version
            )
        except ValueError as error:
            raise IrreversibleError(f"{masked.domain}: {error}") from None
