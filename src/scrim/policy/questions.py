"""Who asks, and under what circumstances, in the words of the policy schema."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from scrim.domain.principal import Principal, PrincipalKind

ACTIONS: Final = frozenset(
    {
        "connect",
        "select",
        "insert",
        "update",
        "delete",
        "ddl",
        "admin",
        "call",
        "copy",
        "unmask",
        "reveal",
        "filter",
        "prompt",
        "tool",
        "export",
    }
)
RELATION_ACTIONS: Final = ("select", "insert", "update", "delete", "ddl", "copy")
"""Actions that are asked of a relation; a new relation has all of them answered at once."""

MAX_CHAIN: Final = 8


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What holds for a whole session.

    Attributes:
        tls: Whether the client's side is encrypted.
        authentication: `password`, `token` or `certificate`; empty when unknown.
        client_address: The client's IP address; empty for Unix-domain sockets.
        stated_purpose: What the client says that it is for, which nothing proves; may be empty.
        time: The present minute, in seconds since 1970 in UTC; None when unknown.
        hour: Its hour of the day, from 0, in the time zone of scrim.yaml; None when unknown.
        weekday: Its day of the week there, from 1 for Monday; None when unknown.
    """

    tls: bool = False
    authentication: str = ""
    client_address: str = ""
    stated_purpose: str = ""
    time: int | None = None
    hour: int | None = None
    weekday: int | None = None

    def context(self) -> dict[str, Any]:
        """Return the facts as a Cedar context; what is unknown is absent, but for texts."""
        facts: dict[str, Any] = {
            "tls": self.tls,
            "authentication": self.authentication,
            "stated_purpose": self.stated_purpose,
        }
        if self.client_address:
            facts["client_address"] = {"__extn": {"fn": "ip", "arg": self.client_address}}
        if self.time is not None:
            text = (_EPOCH + timedelta(seconds=self.time)).strftime("%Y-%m-%dT%H:%M:%SZ")
            facts["time"] = {"__extn": {"fn": "datetime", "arg": text}}
        if self.hour is not None:
            facts["hour"] = self.hour
        if self.weekday is not None:
            facts["weekday"] = self.weekday
        return facts

    def at(self, seconds: float, zone: tzinfo) -> "SessionFacts":
        """Return the facts with the minute of a moment for the present one.

        Args:
            seconds: The moment, in seconds since 1970 in UTC.
            zone: The time zone of hours and weekdays.
        """
        minute = int(seconds // MINUTE_SECONDS) * MINUTE_SECONDS
        local = (_EPOCH + timedelta(seconds=minute)).astimezone(zone)
        return replace(self, time=minute, hour=local.hour, weekday=local.isoweekday())

    def only(self, names: frozenset[str]) -> "SessionFacts":
        """Return the named facts, with nothing known of the others.

        Args:
            names: Names of facts.
        """
        others = {name: _UNKNOWN[name] for name in ALL_SESSION_FACTS - names}
        return replace(self, **others) if others else self


ALL_SESSION_FACTS: Final = frozenset(fact.name for fact in fields(SessionFacts))
PRINCIPAL_FACTS: Final = frozenset({"purpose", "human", "agent"})
"""Facts of the context that follow from who asks, see `principal_context`."""
TIME_FACTS: Final = frozenset({"time", "hour", "weekday"})
"""Facts that change while a session lasts; an answer that depends on one holds for a minute."""
MINUTE_SECONDS: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN: Final[dict[str, Any]] = {fact.name: fact.default for fact in fields(SessionFacts)}


def principal_problem(principal: Principal) -> str:
    """Return why no question can be answered for a principal; empty when there is no reason."""
    chain = principal.chain()
    if len(chain) > MAX_CHAIN:
        return f"more than {MAX_CHAIN} principals act for one another"
    for link in chain:
        if (link.kind is PrincipalKind.AGENT) != (link.acts_for is not None):
            return "an agent must act for a principal, and nobody else may"
        if len(dict(link.session_claims)) != len(link.session_claims):
            return "the credential states a fact twice"
    return ""


def principal_context(principal: Principal) -> dict[str, Any]:
    """Return what the context says of who asks, whichever link of its chain is looked at.

    `purpose` is that of the nearest link whose credential states one: proven, unlike
    `stated_purpose`.
    """
    chain = principal.chain()
    kinds = {link.kind for link in chain}
    purposes = (dict(link.session_claims).get("purpose", "") for link in chain)
    return {
        "purpose": next((purpose for purpose in purposes if purpose), ""),
        "human": kinds == {PrincipalKind.USER},
        "agent": PrincipalKind.AGENT in kinds,
    }


def principal_entity(principal: Principal) -> dict[str, Any]:
    """Return a principal as a Cedar entity."""
    attributes = {"name": principal.name}
    if principal.acts_for is not None:
        attributes["acts_for"] = principal.acts_for.name
    return {
        "uid": {"type": principal.kind.value, "id": principal.name},
        "attrs": attributes,
        "parents": [{"type": "Group", "id": group} for group in sorted(principal.groups)],
        "tags": dict(principal.session_claims),
    }
