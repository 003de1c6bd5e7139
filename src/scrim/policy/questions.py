"""Who asks, and under what circumstances, in the words of the policy schema."""

from dataclasses import dataclass, fields, replace
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
    """

    tls: bool = False
    authentication: str = ""
    client_address: str = ""

    def context(self) -> dict[str, Any]:
        """Return the facts as a Cedar context."""
        facts: dict[str, Any] = {"tls": self.tls, "authentication": self.authentication}
        if self.client_address:
            facts["client_address"] = {"__extn": {"fn": "ip", "arg": self.client_address}}
        return facts

    def only(self, names: frozenset[str]) -> "SessionFacts":
        """Return the named facts, with nothing known of the others.

        Args:
            names: Names of facts.
        """
        others = {name: _UNKNOWN[name] for name in ALL_SESSION_FACTS - names}
        return replace(self, **others) if others else self


ALL_SESSION_FACTS: Final = frozenset(fact.name for fact in fields(SessionFacts))
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
