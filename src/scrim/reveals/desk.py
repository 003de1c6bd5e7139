"""Decides who gets which masked value turned back, and answers.

malformed, or cannot be turned back at all       -> an error
no policy permits `reveal`                       -> refused, on record
a policy wants an approval, and there is none    -> waits, on record
permitted, and every value's record is written   -> the values
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from scrim.audit.records import BundleFacts, Origin
from scrim.audit.reveals import RevealFacts, desk_record, reveal_record
from scrim.detection.column_names import Strength
from scrim.detection.columns import STRONG_NAME_CONFIDENCE, ColumnJudge
from scrim.domain.column import Column
from scrim.domain.decision import Effect
from scrim.domain.outcome import Verdict
from scrim.domain.principal import PrincipalKind
from scrim.masking.choice import OperatorSpec
from scrim.masking.revealing import Masked, Unmasker
from scrim.masking.types import TypeSpecError, check_type, leaf_kind
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, reaches_all
from scrim.policy.resources import Resource
from scrim.reveals.approvals import (
    ApprovalError,
    ApprovalStore,
    StillWaitingError,
    WaitingRequest,
)
from scrim.reveals.naming import check_entity, check_operator
from scrim.reveals.request import (
    Pending,
    RequestError,
    Revealed,
    RevealRefusedError,
    RevealRequest,
    SignedIn,
)

ENFORCED: Final = frozenset({"approval"})
"""Obligations of a permit to reveal that the desk meets."""
REQUEST_LIFE: Final = timedelta(hours=24)
REQUEST_ID_BYTES: Final = 8
HASH_CHARS: Final = 32
"""Hexadecimal digits of a keyed hash in a record, which are 128 bits."""


class Recorder(Protocol):
    """The audit log, as `scrim.audit.log.AuditLog` is."""

    def write(self, record: Mapping[str, Any]) -> None:
        """Append a record. Raises AuditError when it is not written."""

    def sync(self) -> None:
        """Force what was written to the disk. Raises AuditError when the disk refuses."""


@dataclass(frozen=True, slots=True)
class DeskConnection:
    """One data store.

    Attributes:
        facts: What policies can know of it.
        unmasker: Its keys and operators.
    """

    facts: ConnectionFacts
    unmasker: Unmasker


@dataclass(frozen=True, slots=True)
class DeskTools:
    """What the desk works with.

    Attributes:
        engine: Who decides; it must take the obligations `ENFORCED` for met.
        connections: The data stores by name.
        judge: Returns who tells by its name what a column of a data store holds.
        entities: Returns every entity that there is.
        recorder: Opens the audit log, once.
        approvals: Opens the requests that wait, once.
        origin: Who writes records.
        hash_key: Key of the hashes in records.
        clock: Tells the time, in any time zone.
        random_bytes: Source of identifiers.
    """

    engine: PolicyEngine
    connections: Mapping[str, DeskConnection]
    judge: Callable[[str], ColumnJudge]
    entities: Callable[[], Collection[str]]
    recorder: Callable[[], Recorder]
    approvals: Callable[[], ApprovalStore]
    origin: Origin
    hash_key: bytes = field(repr=False)
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class _Case:
    """A request with what was found out about it."""

    who: SignedIn
    request: RevealRequest
    masked: Masked
    unmasker: Unmasker
    operator: OperatorSpec
    facts: RevealFacts


class RevealDesk:
    """Turns values back for those who may have them."""

    def __init__(self, tools: DeskTools) -> None:
        """Keep the tools; nothing is opened yet."""
        self._tools = tools

    def reveal(
        self, who: SignedIn, request: RevealRequest, approved: str = ""
    ) -> Revealed | Pending:
        """Turn values back, or say what that waits for.

        Args:
            who: Who asks.
            request: What for.
            approved: The identifier of the same request, once it is approved.

        Raises:
            RequestError: If the request is malformed.
            IrreversibleError: If such values cannot be turned back.
            RevealRefusedError: If it is not permitted.
            ApprovalError: If requests cannot be read or kept.
            AuditError: If a record cannot be written; nothing is revealed then.
        """
        request.check()
        connection = self._tools.connections.get(request.connection)
        if connection is None:
            raise RequestError(f"there is no connection {request.connection}")
        check_operator(request.operator, connection.unmasker.operators)
        entity, resource = self._resource(connection.facts, request)
        masked = Masked(entity, request.type_spec, request.operator, request.version)
        verdict = self._verdict(who, connection.facts, resource)
        facts = self._facts(who, request, masked, verdict)
        if not verdict.permitted:
            reason = verdict.reason or f"forbidden by policy {', '.join(verdict.policies)}"
            self._refuse(facts, reason)
        operator = connection.unmasker.operator(masked)
        case = _Case(who, request, masked, connection.unmasker, operator, facts)
        groups = {value for name, value in verdict.obligations if name == "approval"}
        if not groups:
            return self._answer(case, {})
        if not approved:
            return self._wait(case, tuple(sorted(groups)))
        return self._use(case, approved, groups)

    def waiting(self) -> list[WaitingRequest]:
        """Return the requests that can be approved or used.

        Raises:
            ApprovalError: If they cannot be read.
        """
        return self._tools.approvals().waiting(self._tools.clock().timestamp())

    def approve(self, who: SignedIn, identifier: str) -> WaitingRequest:
        """Approve somebody else's request, for every group that the approver is in.

        Args:
            who: Who approves: a person who acts for nobody.
            identifier: The request.

        Returns:
            The request as it is then; `missing` says who else has to approve it.

        Raises:
            RevealRefusedError: If the approver may not approve it.
            ApprovalError: If there is no such request, or it is over.
            AuditError: If the approval cannot be recorded; it does not hold then.
        """
        store, principal = self._tools.approvals(), who.principal
        with store.change():
            waiting = self._alive(identifier)
            groups = [group for group in waiting.missing() if group in principal.groups]
            problem = _approver_problem(who, waiting, groups)
            more = {
                "request": waiting.request,
                "requesters": list(waiting.requesters),
                "groups": list(groups),
            }
            if not problem:
                store.approve(identifier, groups, principal.name)
                self._record(desk_record("approved", self._tools.origin, principal, more))
        if problem:
            more["detail"] = problem
            self._record(desk_record("approval_refused", self._tools.origin, principal, more))
            raise RevealRefusedError(f"{problem}; the request {identifier} still waits")
        return store.find(identifier) or waiting

    def sign_in_refused(self, user: str, client_address: str = "") -> None:
        """Record that somebody did not prove who they are.

        Args:
            user: Who they said they were.
            client_address: Where they came from, if over a network.
        """
        more = {"user": user[:128]}
        if client_address:
            more["client_address"] = client_address
        self._record(desk_record("sign_in_refused", self._tools.origin, None, more))

    def entity_of(self, facts: ConnectionFacts, column: Column, kind: str) -> str:
        """Return the entity that a column holds by its tags or its name; empty when unknown."""
        named = next((tag for tag in sorted(facts.tags_of(column)) if "." in tag), "")
        if named:
            return named
        evidence = self._tools.judge(facts.name).by_name(column, kind)
        strong = evidence is not None and evidence.strength is Strength.STRONG
        return evidence.entity if evidence is not None and strong else ""

    def _resource(self, facts: ConnectionFacts, request: RevealRequest) -> tuple[str, Resource]:
        try:
            check_type(request.type_spec)
        except TypeSpecError as error:
            raise RequestError(str(error)) from None
        if request.column is None:
            check_entity(request.entity, self._tools.entities(), facts)
            return request.entity, facts.resource()
        entity = self.entity_of(facts, request.column, leaf_kind(request.type_spec))
        tags = frozenset({entity} if entity else ())
        # Values are not looked at here, so a name is all that tells beside scrim.yaml.
        stated = any("." in tag for tag in facts.tags_of(request.column))
        sure = 100 if stated else round(STRONG_NAME_CONFIDENCE * 100) if entity else 0
        return entity, facts.column_resource(request.column, tags, sure)

    def _verdict(self, who: SignedIn, facts: ConnectionFacts, resource: Resource) -> Verdict:
        engine, session = self._tools.engine, who.session
        verdict = engine.authorize_all(who.principal, [("reveal", resource)], session)[0]
        whole = facts.resource()
        if not verdict.permitted or resource != whole:
            return verdict
        # Without a column the permission must reach every column that has the entity.
        links = engine.authorize_links(who.principal, "reveal", whole, session)
        if all(reaches_all(engine, link, "reveal", whole, own) for link, own in links):
            return verdict
        reason = "it is not permitted for everything in the connection; name the column"
        return Verdict(Effect.DENY, verdict.policies, (), reason)

    def _facts(
        self, who: SignedIn, request: RevealRequest, masked: Masked, verdict: Verdict
    ) -> RevealFacts:
        bundle = self._tools.engine.bundle
        return RevealFacts(
            origin=self._tools.origin,
            principal=who.principal,
            connection=request.connection,
            column=request.column.qualified_name() if request.column else "",
            entity=masked.entity,
            domain=masked.domain,
            reason=request.reason,
            policies=verdict.policies,
            bundle=BundleFacts(bundle.digest, bundle.commit),
        )

    def _refuse(self, facts: RevealFacts, reason: str) -> None:
        self._record(reveal_record("refused", facts, {"detail": reason}))
        raise RevealRefusedError(f"not permitted: {reason}")

    def _wait(self, case: _Case, groups: tuple[str, ...]) -> Pending:
        now = self._tools.clock()
        expires = now + REQUEST_LIFE
        request, count = case.request, len(case.request.values)
        identifier = self._tools.random_bytes(REQUEST_ID_BYTES).hex()
        waiting = WaitingRequest(
            identifier,
            self._digest(case),
            tuple(link.name for link in case.who.principal.chain()),
            groups,
            {
                "connection": request.connection,
                "column": case.facts.column,
                "entity": case.masked.entity,
                "values": count,
                "reason": request.reason,
            },
            expires.timestamp(),
            {},
        )
        more = {"request": identifier, "groups": list(groups), "values": count}
        store = self._tools.approvals()
        with store.change():
            store.add(waiting, now.timestamp())
            self._record(reveal_record("requested", case.facts, more))
        return Pending(identifier, groups, expires.astimezone(UTC))

    def _use(self, case: _Case, identifier: str, groups: set[str]) -> Revealed:
        store = self._tools.approvals()
        with store.change():
            waiting = self._alive(identifier)
            if not hmac.compare_digest(waiting.digest, self._digest(case)):
                raise ApprovalError(
                    f"{identifier} is another request: the same principal must ask for the same "
                    "values of the same column, type and key"
                )
            missing = sorted(groups - waiting.approvers.keys())
            if missing:
                raise StillWaitingError(waiting, missing)
            store.use(identifier)
            approvers = sorted(set(waiting.approvers.values()))
            return self._answer(case, {"request": identifier, "approvers": approvers})

    def _alive(self, identifier: str) -> WaitingRequest:
        waiting = self._tools.approvals().find(identifier)
        if waiting is None:
            raise ApprovalError("there is no request of this identifier; `scrim approve` lists all")
        if waiting.used:
            raise ApprovalError(f"{identifier} has been used; ask anew")
        if waiting.expires <= self._tools.clock().timestamp():
            raise ApprovalError(f"{identifier} has expired; ask anew")
        return waiting

    def _answer(self, case: _Case, more: Mapping[str, Any]) -> Revealed:
        """Turn the values back, and give them out once each of them is on record."""
        values = [value.encode() for value in case.request.values]
        found = case.unmasker.unmask(case.masked, values)
        recorder = self._tools.recorder()
        name = str(case.operator["name"])
        for masked, one in zip(values, found, strict=True):
            own: dict[str, Any] = {"operator": name, "masked": self._hash(masked)}
            if one is not None:
                own |= {"value": self._hash(one.value), "version": one.version}
            event = "nothing" if one is None else "revealed"
            recorder.write(reveal_record(event, case.facts, {**own, **more}))
        recorder.sync()
        return Revealed(
            tuple(None if one is None else one.value.decode() for one in found),
            tuple(None if one is None else one.version for one in found),
            case.masked.entity,
            case.masked.domain,
            name,
        )

    def _record(self, record: Mapping[str, Any]) -> None:
        recorder = self._tools.recorder()
        recorder.write(record)
        recorder.sync()

    def _hash(self, value: bytes) -> str:
        return hmac.digest(self._tools.hash_key, value, "sha256").hex()[:HASH_CHARS]

    def _digest(self, case: _Case) -> str:
        """Return a keyed digest of everything that an approval is for."""
        request = case.request
        everything = json.dumps(
            [
                [(link.kind.value, link.name) for link in case.who.principal.chain()],
                request.connection,
                case.facts.column,
                case.masked.entity,
                dict(case.operator),
                dict(request.type_spec),
                request.version,
                list(request.values),
            ]
        )
        return hmac.new(self._tools.hash_key, everything.encode(), hashlib.sha256).hexdigest()


def _approver_problem(who: SignedIn, waiting: WaitingRequest, groups: list[str]) -> str:
    """Return why somebody cannot approve a request; empty when they can."""
    principal = who.principal
    if principal.kind is not PrincipalKind.USER or principal.acts_for is not None:
        return "only a person who acts for nobody can approve"
    if principal.name in waiting.requesters:
        return "nobody can approve their own request"
    if not waiting.missing():
        return "it is approved already"
    if not groups:
        return f"only a member of {' or '.join(waiting.missing())} can approve"
    return ""
