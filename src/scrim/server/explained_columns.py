"""Why each column of a result is what it is for a principal, with what each source is known as."""

from collections.abc import Iterable, Sequence
from typing import Final

from scrim.domain.column import Column, ColumnOrigin, ResultField
from scrim.masking.choice import NULL
from scrim.masking.columns import ColumnDecider, DecidedColumn
from scrim.masking.results import Described
from scrim.masking.rewriter import column_rule
from scrim.masking.types import leaf_kind
from scrim.policy.grants import Grants
from scrim.server.explanation import ExplainedColumn, Influence, SourceColumn
from scrim.server.foundation import Foundation
from scrim.server.store import Store
from scrim.statements.facts import Facts

MAX_SOURCES: Final = 1_000
"""Sources of one column that are listed."""
POSSIBLE: Final = "possible"
"""How a column flows into what was not understood."""
ANYTHING: Final = "anything"
UNKNOWN: Final = "scrim cannot tell what it is made of (lineage unknown), so any data may be in it"
_SENTENCES: Final = {
    "origin not known": UNKNOWN,
    "no column": "no column's data is in it",
    "searched": "no source is known to be sensitive, so each value is searched",
    "type cannot hold an entity": "no source is known to be sensitive, nor can its type be",
    "type not searched": "no source is known to be sensitive, but its type cannot be searched",
    "made of a text that is searched": (
        "it is made of parts of values that have to be searched as a whole"
    ),
}


class ColumnExplainer:
    """Explains columns to one principal in one data store."""

    def __init__(self, store: Store, grants: Grants, foundation: Foundation) -> None:
        """Ask whom the deciding steps ask.

        Args:
            store: The data store, whose catalog is loaded.
            grants: What the principal may do there.
            foundation: What decides.
        """
        self._lookup = store.lookup
        self._lineage = store.lineage
        self._verdicts = store.verdicts
        self._grants = grants
        self._operators = foundation.makers[store.name].operators
        self._decider = ColumnDecider(
            foundation.judges[store.name],
            store.verdicts,
            grants.column,
            grants.connection.tags_of,
        )

    def described(self, described: Described) -> tuple[ExplainedColumn, ...]:
        """Return the columns of a result that was decided."""
        return tuple(
            self._column(*parts)
            for parts in zip(described.fields, described.origins, described.columns, strict=True)
        )

    def raw(self, facts: Facts, fields: Sequence[ResultField]) -> tuple[ExplainedColumn, ...]:
        """Return the columns of a result that goes through unread.

        Args:
            facts: The statement.
            fields: The fields of its result.
        """
        policies = ", ".join(self._grants.verdict("unmask").policies)
        return tuple(
            ExplainedColumn(
                field.name,
                self._type_name(field),
                "pass",
                reason="permitted",
                why=f"the principal sees everything raw by policy {policies}",
                known=origin.known,
                sources=self._sources(origin, "unknown"),
            )
            for field, origin in zip(fields, self._lineage.resolve(facts, fields), strict=True)
        )

    def by_lineage(self, facts: Facts) -> tuple[ExplainedColumn, ...]:
        """Return the columns of a result that the data store did not describe, undecided."""
        outputs = self._lineage.outputs(facts)
        columns = [(name or "", origins) for name, origins in outputs.columns]
        if outputs.rest is not None and outputs.rest.columns:
            columns.append(("", outputs.rest))
        return tuple(
            ExplainedColumn(
                name,
                known=origins.known,
                why="" if origins.known else UNKNOWN,
                sources=self._sources(origins.to_origin(), "unknown"),
            )
            for name, origins in columns
        )

    def influences(self, facts: Facts) -> tuple[Influence, ...]:
        """Return what decides which rows a statement has, column by column."""
        ways: dict[str, list[str]] = {}
        for way, origins in self._lineage.influences(facts).items():
            for column in sorted(origins.columns, key=Column.qualified_name)[:MAX_SOURCES]:
                ways.setdefault(column.qualified_name(), []).append(way)
            if not origins.known:
                ways.setdefault(ANYTHING, []).append(way)
        return tuple(Influence(column, tuple(found)) for column, found in ways.items())

    def _column(
        self, field: ResultField, origin: ColumnOrigin, decided: DecidedColumn
    ) -> ExplainedColumn:
        planned = decided.planned
        rule = column_rule(planned, self._operators)
        kind = leaf_kind(self._lookup.catalog.type_spec(field.type_id, field.type_modifier))
        sources = self._sources(origin, kind)
        mixed = rule["action"] == "fresh"
        operator = NULL if rule["action"] == "null" else rule.get("operator", {})
        # Of what a statement makes only the spelling has an operator of its own.
        operator = operator.get("text", operator)
        return ExplainedColumn(
            field.name,
            self._type_name(field),
            "mask" if mixed else rule["action"],
            operator=dict(operator),
            entity=planned.decision.entity,
            reason=planned.decision.reason,
            why=_why(planned.decision.reason, sources),
            known=origin.known,
            sampled=decided.sampled is not None,
            mixed=mixed,
            sources=sources,
        )

    def _type_name(self, field: ResultField) -> str:
        return self._lookup.catalog.types.name(field.type_id)

    def _sources(self, origin: ColumnOrigin, kind: str) -> tuple[SourceColumn, ...]:
        ordered = sorted(origin.columns, key=Column.qualified_name)[:MAX_SOURCES]
        return tuple(self._source(column, origin, kind) for column in ordered)

    def _source(self, column: Column, origin: ColumnOrigin, kind: str) -> SourceColumn:
        entity, known = self._decider.entity_of(column, kind, self._lookup.siblings(column))
        tags = self._grants.connection.tags_of(column)
        grant = self._grants.column(column, known, self._decider.confidence(column, known))
        by = ""
        if entity:
            learnt = self._verdicts.entity(column) is not None
            by = "tag" if entity in tags else "values" if learnt else "name"
        elif tags:
            by = "tag"
        return SourceColumn(
            column.qualified_name(),
            origin.kind(column) if origin.known else POSSIBLE,
            tuple(sorted(tags)),
            entity,
            by,
            grant.raw,
            grant.verdict.policies,
            grant.operator,
        )


def _why(reason: str, sources: Sequence[SourceColumn]) -> str:
    if reason == "permitted":
        policies = ", ".join(sorted({name for one in sources for name in one.policies}))
        return f"policy {policies} permits unmask"
    if reason == "protected column":
        hidden = [one for one in sources if not one.raw and (one.known_by or one.operator)]
        return "; ".join(_protected(hidden[:3])) + (" ..." if len(hidden) > 3 else "")
    return _SENTENCES.get(reason, reason)


def _protected(hidden: Iterable[SourceColumn]) -> Iterable[str]:
    for one in hidden:
        match one.known_by:
            case "tag":
                known = f"{one.column} has the tag {one.entity or one.tags[0]} in scrim.yaml"
            case "name":
                known = f"{one.column} is taken for {one.entity} by its name"
            case "values":
                known = f"{one.column} was found to hold {one.entity}"
            case _:
                known = f"{one.column} is not for this principal"
        if one.policies:
            yield f"{known}, and policy {', '.join(one.policies)} forbids to see it raw"
        else:
            yield f"{known}, and no policy permits to see it raw"
