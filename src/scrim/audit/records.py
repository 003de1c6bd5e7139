"""The records of the audit log: one JSON object a line, none with a value or a literal.

Every record has `record` (its kind), `time` (UTC, microseconds) and, where it concerns one,
`session`. The kinds:

- `intent`: a statement, written before it is forwarded or refused. `session` and `statement_id`
  together name it.
- `outcome`: how a forwarded statement ended, with the same two names.
- `columns`: what was decided about the columns of a result once the data store described it.
- `privacy`: a privacy budget that is set, reset or spent from (`event` says which).
- `session`: a sign-in, its refusal, or the end of a session (`event` says which).
- `verdict`: what detection has learnt of a column, where it was not known or is another entity now.
- `reveal`: a masked value that was turned back, or a step on the way there (`event` says which), as
  `scrim.audit.reveals` makes them.
- `gateway`: start, stop and reload of the gateway (`event` says which).
- `key`: a change of the masking key (`event` says which), never the key.

docs/reference/audit-log.md describes every field.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from scrim.domain.decision import ColumnDecision, Treatment
from scrim.domain.principal import Principal

GATEWAY_NAME: Final = "scrim"
MAX_LISTED: Final = 1_000
MAX_TEXT: Final = 512

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from.

    Attributes:
        gateway: Name of this installation, such as its host name.
        worker: Number of the worker process.
    """

    gateway: str
    worker: int


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """The policies that a decision rests on.

    Attributes:
        digest: SHA-256 of the bundle.
        commit: Git commit of its folder; empty when unknown.
    """

    digest: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One result column and what it gets.

    Attributes:
        name: Name that the client sees.
        decision: What it gets and why.
        operator: Name of the masking operator; empty when its values are not masked whole.
    """

    name: str
    decision: ColumnDecision
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is known, before one is forwarded, of all statements that are decided alike.

    Attributes:
        origin: Who writes.
        connection: Name of the connection.
        protocol: Protocol of the client.
        principal: Who asks, with those it acts for.
        operation: What the statement does, such as `select`; several with spaces between.
        relations: Qualified names of what it touches.
        permitted: Whether it is forwarded.
        policies: Names of the deciding policies.
        bundle: The policies.
        raw: Whether the principal sees everything in the connection raw.
        columns: What its result columns get, as far as it is known before it runs.
        counted: Protected columns that it asks about without being permitted to `filter` them.
        refusal_code: SQLSTATE of a refusal; empty when it is forwarded.
        refusal_reason: Its detail; empty when it is forwarded.
        client_address: Where the client is; empty when records of many sessions share it.
    """

    origin: Origin
    connection: str
    protocol: str
    principal: Principal
    operation: str
    relations: tuple[str, ...]
    permitted: bool
    policies: tuple[str, ...]
    bundle: BundleFacts
    raw: bool = False
    columns: tuple[ResultColumn, ...] = ()
    counted: tuple[str, ...] = ()
    refusal_code: str = ""
    refusal_reason: str = ""
    client_address: str = ""


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """What detection has learnt of a column.

    Attributes:
        relation: Its relation, with the schema.
        column: Its name.
        former: Entity that it was found to hold before; empty for none.
        entity: Entity that it is found to hold now; empty for none.
        confidence: How sure that is, from 0 to 1.
        evidence: Why, without any value.
        catalog: Digest of the catalog.
    """

    relation: str
    column: str
    former: str
    entity: str
    confidence: float
    evidence: tuple[str, ...]
    catalog: str


def intent_record(intent: Intent) -> Record:
    """Return the fields of an intent that hold for all statements that are decided alike."""
    record: Record = {
        "record": "intent",
        "gateway": intent.origin.gateway,
        "worker": intent.origin.worker,
        "connection": intent.connection,
        "protocol": intent.protocol,
        "principal": principal_fields(intent.principal),
        "operation": intent.operation,
        "relations": list(intent.relations[:MAX_LISTED]),
        "decision": "permit" if intent.permitted else "deny",
        "policies": list(intent.policies[:MAX_LISTED]),
        "bundle": intent.bundle.digest,
        "commit": intent.bundle.commit,
        "raw": intent.raw,
        "columns": column_fields(intent.columns),
    }
    if len(intent.relations) > MAX_LISTED:
        record["relations_count"] = len(intent.relations)
    if intent.counted:
        record["counted"] = list(intent.counted[:MAX_LISTED])
    if not intent.permitted:
        record["refusal"] = {
            "code": intent.refusal_code,
            "reason": intent.refusal_reason[:MAX_TEXT],
        }
    if intent.client_address:
        record["client_address"] = intent.client_address
    return record


def session_record(
    origin: Origin, session: str, event: str, facts: Mapping[str, str | int | bool]
) -> Record:
    """Return an event of a session.

    Args:
        origin: Who writes.
        session: The session.
        event: `signed_in`, `refused` or `ended`.
        facts: What is known of it, such as `user`, `connection`, `client_address`,
            `authentication`, `tls`, `application_name`, `sqlstate`, `statements`.
    """
    record: Record = {
        "record": "session",
        "event": event,
        "gateway": origin.gateway,
        "worker": origin.worker,
        "session": session,
    }
    return record | {name: _bounded(value) for name, value in facts.items()}


def signed_in_record(
    origin: Origin, session: str, principal: Principal, facts: Mapping[str, str | int | bool]
) -> Record:
    """Return the sign-in of a principal, which the statements of its session refer to."""
    record = session_record(origin, session, "signed_in", facts)
    return record | {"principal": principal_fields(principal)}


def gateway_record(origin: Origin, event: str, facts: Mapping[str, str | int | bool]) -> Record:
    """Return an event of the gateway.

    Args:
        origin: Who writes.
        event: `started`, `stopped`, `reloaded` or `reload_failed`.
        facts: What is known of it, such as `bundle`, `commit`, `version`, `reason`.
    """
    record: Record = {
        "record": "gateway",
        "event": event,
        "gateway": origin.gateway,
        "worker": origin.worker,
    }
    return record | {name: _bounded(value) for name, value in facts.items()}


def key_record(
    origin: Origin, event: str, facts: Mapping[str, str | int | bool], versions: Iterable[int]
) -> Record:
    """Return a change of the masking key, written before it happens.

    Args:
        origin: Who writes.
        event: `generated`, `rotated`, `rewrapped`, `destroyed`, or `failed` where the change before
            it did not happen after all.
        facts: What is known of it, such as `file`, `tenant`, `user`, `version`, `former`.
        versions: The versions that it is about.
    """
    record: Record = {
        "record": "key",
        "event": event,
        "gateway": origin.gateway,
        "worker": origin.worker,
        "versions": list(versions)[:MAX_LISTED],
    }
    return record | {name: _bounded(value) for name, value in facts.items()}


def verdict_record(origin: Origin, connection: str, change: VerdictFacts) -> Record:
    """Return what detection has learnt of a column.

    Args:
        origin: Who writes.
        connection: Name of the connection.
        change: What was learnt.
    """
    return {
        "record": "verdict",
        "gateway": origin.gateway,
        "worker": origin.worker,
        "connection": connection,
        "relation": change.relation[:MAX_TEXT],
        "column": change.column[:MAX_TEXT],
        "former": change.former,
        "entity": change.entity,
        "confidence": round(change.confidence, 3),
        "evidence": [reason[:MAX_TEXT] for reason in change.evidence[:MAX_LISTED]],
        "catalog": change.catalog,
    }


def privacy_record(origin: Origin, event: str, facts: Mapping[str, str | int | float]) -> Record:
    """Return an act on a privacy budget, written before it counts.

    Args:
        origin: Who writes.
        event: `set`, `reset` or `spent`.
        facts: What is known of it: `user`, `principal`, `dataset`, `epsilon`, `delta`, and `query`
            or `reason`.
    """
    record: Record = {
        "record": "privacy",
        "event": event,
        "gateway": origin.gateway,
        "worker": origin.worker,
    }
    return record | {name: _bounded(value) for name, value in facts.items()}


def principal_fields(principal: Principal) -> list[dict[str, Any]]:
    """Return the chain of principals, nearest first."""
    return [
        {"kind": link.kind.value, "name": link.name, "groups": sorted(link.groups)[:MAX_LISTED]}
        for link in principal.chain()
    ]


def column_fields(columns: Iterable[ResultColumn]) -> list[dict[str, str]]:
    """Return what result columns get; those that pass are listed by name and treatment only."""
    fields = []
    for column in columns:
        decision = column.decision
        entry = {"name": column.name[:MAX_TEXT], "treatment": decision.treatment.value}
        if decision.treatment is not Treatment.PASS or decision.reason:
            entry |= {"entity": decision.entity, "reason": decision.reason[:MAX_TEXT]}
        if column.operator:
            entry["operator"] = column.operator
        fields.append(entry)
        if len(fields) >= MAX_LISTED:
            break
    return fields


def render(record: Mapping[str, Any]) -> bytes:
    """Return a record as JSON in ASCII, without a line end."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode("ascii")


def render_time(moment: datetime) -> str:
    """Return a moment as the records write it, such as `2026-01-31T23:59:59.000001Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _bounded(value: str | float) -> str | float:
    return value[:MAX_TEXT] if isinstance(value, str) else value
