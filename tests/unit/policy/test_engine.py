"""Questions that are put to the policies directly."""

import pytest

from scrim.domain.column import Column
from scrim.domain.decision import Effect
from scrim.domain.principal import Principal, PrincipalKind
from scrim.policy.bundle import build_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.questions import MAX_CHAIN
from scrim.policy.resources import ColumnResource, ConnectionResource, TableResource

SHOP = ConnectionResource("shop", "postgres")
ALICE = Principal(PrincipalKind.USER, "alice")
ENGINE = PolicyEngine(build_bundle({"a.cedar": '@id("all") permit(principal, action, resource);'}))


def column(*tags: str) -> ColumnResource:
    return ColumnResource.of(SHOP, Column("a", "b", "c"), frozenset(tags), frozenset())


def test_one_question_has_one_answer() -> None:
    verdict = ENGINE.authorize_all(ALICE, [("select", TableResource(SHOP, "a", "b"))])[0]
    assert (verdict.permitted, verdict.policies) == (True, ("all",))


def test_answers_come_in_the_order_of_the_questions() -> None:
    text = 'permit(principal, action == Action::"connect", resource);'
    engine = PolicyEngine(build_bundle({"a.cedar": text}))
    asked = [("admin", SHOP), ("connect", SHOP), ("call", SHOP)]
    answers = engine.authorize_all(ALICE, asked)
    assert [answer.permitted for answer in answers] == [False, True, False]


def test_one_thing_described_in_two_ways_is_denied() -> None:
    verdicts = ENGINE.authorize_all(ALICE, [("unmask", column("x")), ("unmask", column())])
    assert [verdict.effect for verdict in verdicts] == [Effect.DENY] * 2
    assert verdicts[0].reason == "the question could not be put to the policies"


def test_an_action_on_what_it_is_not_for_is_denied() -> None:
    assert not ENGINE.authorize_all(ALICE, [("connect", column())])[0].permitted


def test_chains_are_bounded() -> None:
    link = ALICE
    for number in range(MAX_CHAIN):
        link = Principal(PrincipalKind.AGENT, f"bot{number}", acts_for=link)
    verdict = ENGINE.authorize_all(link, [("connect", SHOP)])[0]
    assert (verdict.permitted, "act for one another" in verdict.reason) == (False, True)


def test_a_user_cannot_act_for_another() -> None:
    odd = Principal(PrincipalKind.USER, "odd", acts_for=ALICE)
    assert not ENGINE.authorize_all(odd, [("connect", SHOP)])[0].permitted
    assert not any(v.permitted for _, v in ENGINE.authorize_links(odd, "connect", SHOP))


@pytest.mark.parametrize("name", ['x"y', "a\\b", "é", "a\nb", "u'", 'User::"root"'])
def test_names_are_data_and_never_policy_text(name: str) -> None:
    text = 'permit(principal == User::"root", action, resource);'
    engine = PolicyEngine(build_bundle({"a.cedar": text}))
    stranger, asked = Principal(PrincipalKind.USER, name), [("connect", SHOP)]
    assert not engine.authorize_all(stranger, asked)[0].permitted
    assert ENGINE.authorize_all(stranger, asked)[0].permitted
