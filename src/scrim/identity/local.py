"""Principals that scrim.yaml lists, with their groups and password verifiers."""

from collections.abc import Mapping

from scrim.config.identity import LocalUser
from scrim.domain.principal import Principal, PrincipalKind
from scrim.identity.scram import ScramVerifier

_KINDS = {
    "user": PrincipalKind.USER,
    "agent": PrincipalKind.AGENT,
    "service": PrincipalKind.SERVICE,
}


class LocalDirectory:
    """Looks principals up by name.

    Args:
        users: The `identity.local.users` of the configuration, already validated.
    """

    def __init__(self, users: Mapping[str, LocalUser]) -> None:
        """Read every verifier once."""
        self._users = dict(users)
        self._verifiers = {
            name: ScramVerifier.parse(user.password.get_secret_value())
            for name, user in users.items()
            if user.password is not None
        }
        self.verifiers = tuple(self._verifiers[name] for name in sorted(self._verifiers))
        """All verifiers, in the order of their users' names."""

    def verifier(self, name: str) -> ScramVerifier | None:
        """Return what is kept of a principal's password, None where it has none."""
        return self._verifiers.get(name)

    def principal(self, name: str) -> Principal | None:
        """Return the principal of a name, with the one it acts for; None for an unknown name."""
        user = self._users.get(name)
        if user is None:
            return None
        acts_for = None
        if user.acts_for is not None:
            acts_for = self.principal(user.acts_for)
            if acts_for is None or acts_for.kind is PrincipalKind.AGENT:
                return None
        return Principal(_KINDS[user.kind], name, frozenset(user.groups), acts_for)

    def agent(
        self, name: str, acts_for: Principal, claims: tuple[tuple[str, str], ...] = ()
    ) -> Principal | None:
        """Return an agent that a token names.

        An agent need not be listed; one that is gets the groups listed for it, and only acts
        for the user that is listed with it.

        Args:
            name: The agent.
            acts_for: The user on whose behalf it acts.
            claims: Facts from the token that policy may read.

        Returns:
            The agent, None when the name is taken by somebody else.
        """
        listed = self._users.get(name)
        if listed is None:
            return Principal(PrincipalKind.AGENT, name, frozenset(), acts_for, claims)
        if listed.kind != "agent" or listed.acts_for != acts_for.name:
            return None
        groups = frozenset(listed.groups)
        return Principal(PrincipalKind.AGENT, name, groups, acts_for, claims)
