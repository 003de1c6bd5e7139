"""Who is asking."""

from dataclasses import dataclass, field
from enum import StrEnum


class PrincipalKind(StrEnum):
    """The kinds of principal; the values are the entity type names of the policy schema."""

    USER = "User"
    AGENT = "Agent"
    SERVICE = "Service"


@dataclass(frozen=True, slots=True)
class Principal:
    """A user, an agent that acts for a user, or a service.

    Attributes:
        kind: What the principal is.
        name: Its unique name, such as `alice@example.com`.
        groups: The groups it belongs to.
        acts_for: The principal on whose behalf an agent acts. Its rights bound the agent's.
        session_claims: Facts from the credential that policy may read (purpose, ticket, ...).
    """

    kind: PrincipalKind
    name: str
    groups: frozenset[str] = frozenset()
    acts_for: "Principal | None" = None
    session_claims: tuple[tuple[str, str], ...] = field(default=())

    def chain(self) -> tuple["Principal", ...]:
        """Return this principal followed by those it acts for, nearest first."""
        links: list[Principal] = [self]
        while (next_link := links[-1].acts_for) is not None:
            links.append(next_link)
        return tuple(links)
