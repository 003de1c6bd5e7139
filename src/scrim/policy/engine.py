"""Asks Cedar, and turns its answers into verdicts that are safe to act on."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import cedarpy

from scrim.domain.decision import Effect
from scrim.domain.outcome import Verdict
from scrim.domain.principal import Principal
from scrim.policy.bundle import Bundle
from scrim.policy.obligations import LIMITED_ACTIONS, MAX_ROWS, collect, row_limit
from scrim.policy.questions import (
    ACTIONS,
    SessionFacts,
    principal_context,
    principal_entity,
    principal_problem,
)
from scrim.policy.resources import Resource

Question = tuple[str, Resource]
"""An action and what it is done to."""

SELF_ENFORCED: Final = (("unmask", "operator"),)
"""Obligations that the answer itself meets: a column seen through an operator is not raw."""


class PolicyEngine:
    """Answers questions by one bundle.

    Default deny, forbid wins. An agent may do what both it and the principal that it acts for may
    do. An error while a policy is evaluated denies: the policy might have been a forbid.

    Attributes:
        bundle: The policies.
    """

    def __init__(self, bundle: Bundle, enforced: frozenset[str] = frozenset()) -> None:
        """Use a bundle.

        Args:
            bundle: The policies.
            enforced: Names of the obligations that the caller enforces. A permit that carries
                another is a denial.
        """
        self.bundle = bundle
        self._enforced = enforced

    def authorize_all(
        self,
        principal: Principal,
        questions: Sequence[Question],
        session: SessionFacts | None = None,
    ) -> list[Verdict]:
        """Answer several questions of one principal in one call of Cedar.

        Args:
            principal: Who asks; those that it acts for are asked too.
            questions: Actions and resources.
            session: The circumstances.

        Returns:
            A verdict for each question, in their order.
        """
        if problem := principal_problem(principal):
            return [Verdict(Effect.DENY, reason=problem)] * len(questions)
        return self._authorize_chain(principal, principal.chain(), questions, session)

    def _authorize_chain(
        self,
        principal: Principal,
        chain: Sequence[Principal],
        questions: Sequence[Question],
        session: SessionFacts | None,
    ) -> list[Verdict]:
        if unknown := {action for action, _ in questions} - ACTIONS:
            raise ValueError(f"unknown action {min(unknown)}")
        try:
            context = (session or SessionFacts()).context() | principal_context(principal)
            answers = self._ask(chain, questions, context)
        except ValueError:
            # Facts that contradict each other or the schema. What they were is not repeated here.
            denial = Verdict(Effect.DENY, reason="the question could not be put to the policies")
            return [denial] * len(questions)
        width = len(questions)
        return [
            self._combine(action, answers[index::width])
            for index, (action, _) in enumerate(questions)
        ]

    def authorize_links(
        self,
        principal: Principal,
        action: str,
        resource: Resource,
        session: SessionFacts | None = None,
    ) -> list[tuple[Principal, Verdict]]:
        """Answer one question for each link of the principal's chain by itself.

        Args:
            principal: Who asks.
            action: One of `ACTIONS`.
            resource: What it is done to.
            session: The circumstances.

        Returns:
            Each link with the answer that holds for it alone. All of them must be permits.
        """
        chain = principal.chain()
        if problem := principal_problem(principal):
            return [(link, Verdict(Effect.DENY, reason=problem)) for link in chain]
        return [
            (link, self._authorize_chain(principal, (link,), [(action, resource)], session)[0])
            for link in chain
        ]

    def relevant(self, session: SessionFacts) -> SessionFacts:
        """Return a session's facts without those that no policy reads.

        Sessions that differ in nothing else get equal answers and can share them.

        Args:
            session: What is known of the session.
        """
        return session.only(self.bundle.session_facts)

    def _ask(
        self, chain: Sequence[Principal], questions: Sequence[Question], facts: dict[str, Any]
    ) -> list[cedarpy.AuthzResult]:
        """Ask every question for every link of the chain, link by link."""
        context = json.dumps(facts)
        requests = [
            {
                "principal": {"type": link.kind.value, "id": link.name},
                "action": {"type": "Action", "id": action},
                "resource": _reference(resource),
                "context": context,
            }
            for link in chain
            for action, resource in questions
        ]
        entities = _entities(chain, (resource for _, resource in questions))
        bundle = self.bundle
        return cedarpy.is_authorized_batch(requests, bundle.policy_set, entities, bundle.schema)

    def _combine(self, action: str, answers: Sequence[cedarpy.AuthzResult]) -> Verdict:
        """Permit only what every link of the chain is permitted, with the duties of all."""
        policies = self.bundle.policies
        denials = [answer for answer in answers if not answer.allowed]
        deciding = sorted({i for a in denials or answers for i in a.diagnostics.reasons})
        names = tuple(sorted(policies[i].name for i in deciding))
        obligations = collect(policies[i].obligations for i in deciding)
        if any(answer.diagnostics.errors for answer in answers):
            return Verdict(Effect.DENY, names, reason="a policy could not be evaluated")
        if denials:
            # Without a deciding policy nothing permitted it, which is no policy's doing.
            return Verdict(Effect.DENY, names, obligations, "" if names else "no policy permits it")
        for name, value in obligations:
            if not self._meets(action, name):
                duty = f'@{name}("{value}")'
                return Verdict(Effect.DENY, names, obligations, f"it is permitted only with {duty}")
        limit = row_limit((policies[i].name, policies[i].obligations) for i in deciding)
        return Verdict(Effect.PERMIT, names, obligations, row_limit=limit)

    def _meets(self, action: str, obligation: str) -> bool:
        """Whether somebody sees to an obligation of a permit."""
        if obligation == MAX_ROWS and action not in LIMITED_ACTIONS:
            return False
        return obligation in self._enforced or (action, obligation) in SELF_ENFORCED


def _reference(resource: Resource) -> dict[str, str]:
    kind, identifier = resource.uid()
    return {"type": kind, "id": identifier}


def _entities(chain: Iterable[Principal], resources: Iterable[Resource]) -> str:
    """Return the facts about everyone and everything that is asked about.

    Raises:
        ValueError: If the same thing is described in two ways.
    """
    known: dict[tuple[str, str], dict[str, Any]] = {}
    described = [principal_entity(link) for link in chain]
    for resource in resources:
        described += resource.entities()
    for entity in described:
        key = (entity["uid"]["type"], entity["uid"]["id"])
        if known.setdefault(key, entity) != entity:
            raise ValueError("two descriptions of one entity")
    return json.dumps(list(known.values()))
