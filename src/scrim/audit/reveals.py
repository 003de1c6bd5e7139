"""The record of a masked value that was turned back, and of all that led to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrim.audit.records import (
    MAX_LISTED,
    MAX_TEXT,
    BundleFacts,
    Origin,
    Record,
    principal_fields,
)
from scrim.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class RevealFacts:
    """What all records of a request to turn values back have in common.

    Attributes:
        origin: Who writes.
        principal: Who asks.
        connection: Name of the connection.
        column: Qualified name of the column; empty when an entity was named.
        entity: What the values are; empty when that is not known.
        domain: Semantic domain whose key masked them.
        reason: Why, in the words of who asks.
        policies: Names of the deciding policies.
        bundle: The policies.
    """

    origin: Origin
    principal: Principal
    connection: str
    column: str
    entity: str
    domain: str
    reason: str
    policies: Sequence[str]
    bundle: BundleFacts


def reveal_record(event: str, facts: RevealFacts, more: Mapping[str, Any]) -> Record:
    """Return an event of a request to turn values back.

    Args:
        event: `refused`, `requested`, `revealed` or `nothing`.
        facts: What all records of the request have in common.
        more: What this one has beside them, such as `value` (a keyed hash), `request`, `groups`,
            `approvers`, `values` (how many), `detail`.
    """
    return {
        "record": "reveal",
        "event": event,
        "gateway": facts.origin.gateway,
        "worker": facts.origin.worker,
        "principal": principal_fields(facts.principal),
        "connection": facts.connection,
        "column": facts.column[:MAX_TEXT],
        "entity": facts.entity,
        "domain": facts.domain,
        "reason": facts.reason[:MAX_TEXT],
        "policies": list(facts.policies[:MAX_LISTED]),
        "bundle": facts.bundle.digest,
        "commit": facts.bundle.commit,
        **more,
    }


def desk_record(
    event: str, origin: Origin, principal: Principal | None, more: Mapping[str, Any]
) -> Record:
    """Return an event that is not that of a request alone.

    Args:
        event: `approved`, `approval_refused` or `sign_in_refused`.
        origin: Who writes.
        principal: Who acts, None when that was not proven.
        more: What there is to know, such as `request`, `requesters`, `groups`, `user`, `detail`.
    """
    record: Record = {
        "record": "reveal",
        "event": event,
        "gateway": origin.gateway,
        "worker": origin.worker,
    }
    if principal is not None:
        record["principal"] = principal_fields(principal)
    return record | dict(more)
