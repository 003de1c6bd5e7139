"""Answers that depend on purpose, person or program, time, and how sure detection is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scrim.domain.column import Column
from scrim.domain.principal import Principal, PrincipalKind
from scrim.policy.bundle import BundleError, build_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants, GrantsBook
from scrim.policy.questions import SessionFacts

ALICE = Principal(PrincipalKind.USER, "alice@example.com")
BATCH = Principal(PrincipalKind.SERVICE, "batch")
BOT = Principal(PrincipalKind.AGENT, "bot", acts_for=ALICE)
EMAIL = Column("public", "customers", "email")
SHOP = ConnectionFacts("shop", "postgres")
FRIDAY = datetime(2026, 11, 27, 16, 59, 59, tzinfo=UTC)


def unmask(condition: str) -> PolicyEngine:
    text = f'permit(principal, action == Action::"unmask", resource is Column) {condition};'
    return PolicyEngine(build_bundle({"a.cedar": text}))


def sees(
    engine: PolicyEngine,
    principal: Principal = ALICE,
    session: SessionFacts | None = None,
    confidence: int = 0,
) -> bool:
    grants = Grants(engine, principal, SHOP, session)
    return grants.column(EMAIL, frozenset(), confidence).raw


def with_purpose(principal: Principal, purpose: str) -> Principal:
    return replace(principal, session_claims=(("purpose", purpose),))


def test_a_proven_purpose_is_not_one_that_is_only_stated() -> None:
    engine = unmask('when { context.purpose == "support" }')
    stated = SessionFacts(stated_purpose="support")
    assert sees(engine, with_purpose(ALICE, "support"))
    assert not sees(engine, with_purpose(ALICE, "marketing"), stated)
    assert not sees(engine, ALICE, stated)
    assert sees(unmask('when { context.stated_purpose == "support" }'), ALICE, stated)


def test_an_agent_has_the_purpose_of_its_own_credential_first() -> None:
    engine = unmask('when { context.purpose == "support" }')
    person = with_purpose(ALICE, "support")
    assert sees(engine, replace(BOT, acts_for=person))
    assert not sees(engine, replace(with_purpose(BOT, "training"), acts_for=person))


@pytest.mark.parametrize(
    ("principal", "human", "agent"),
    [(ALICE, True, False), (BATCH, False, False), (BOT, False, True)],
)
def test_a_person_is_told_from_programs(principal: Principal, human: bool, agent: bool) -> None:
    assert sees(unmask("when { context.human }"), principal) is human
    assert sees(unmask("when { context.agent }"), principal) is agent


def test_a_program_between_is_one_for_the_person_too() -> None:
    # Each link of the chain is asked by itself, and must hear that an agent is in it.
    whole = 'permit(principal, action == Action::"unmask", resource) when { context.human };'
    engine = PolicyEngine(build_bundle({"a.cedar": whole}))
    assert Grants(engine, ALICE, SHOP).raw_access()
    assert not Grants(engine, BOT, SHOP).raw_access()


def test_hours_and_weekdays_are_those_of_the_time_zone() -> None:
    hours = unmask(
        "when { context has hour && context.hour >= 9 && context.hour < 17 && "
        "context has weekday && context.weekday == 5 }"
    )
    moment = FRIDAY.timestamp()
    assert sees(hours, session=SessionFacts().at(moment, UTC))
    assert not sees(hours, session=SessionFacts().at(moment + 1, UTC))
    assert not sees(hours, session=SessionFacts().at(moment, ZoneInfo("Europe/Berlin")))
    assert not sees(hours, session=SessionFacts())


def test_a_permission_ends_with_its_minute() -> None:
    engine = unmask('when { context has time && context.time < datetime("2026-11-27T17:00:00Z") }')
    assert sees(engine, session=SessionFacts().at(FRIDAY.timestamp(), UTC))
    assert not sees(engine, session=SessionFacts().at(FRIDAY.timestamp() + 1, UTC))


def test_answers_are_shared_for_as_long_as_nothing_that_is_read_changes() -> None:
    moment = FRIDAY.timestamp()
    for condition, kept, parted in [
        ("when { context.human }", 86_400, None),
        ("when { context has hour && context.hour > 8 }", -3_000, 1),
        ('when { context has time && context.time > datetime("2026-01-01") }', -59, 1),
    ]:
        engine = unmask(condition)
        book = GrantsBook(engine)

        def grants(
            seconds: float, engine: PolicyEngine = engine, book: GrantsBook = book
        ) -> Grants:
            facts = SessionFacts(tls=True).at(seconds, UTC)
            return book.grants(ALICE, SHOP, engine.relevant(facts))

        assert grants(moment) is grants(moment + kept)
        assert parted is None or grants(moment) is not grants(moment + parted)


def test_how_sure_detection_is_can_decide() -> None:
    engine = unmask("when { resource.confidence < 60 }")
    assert sees(engine, confidence=59)
    assert not sees(engine, confidence=60)
    assert engine.bundle.reads_confidence
    assert not unmask("when { context.tls }").bundle.reads_confidence


def test_operators_that_nobody_knows_make_a_bundle_invalid() -> None:
    def problem(name: str) -> str:
        return "" if name == "null" else "is nothing"

    head = 'permit(principal, action == Action::"unmask", resource);'
    files = {
        "a.cedar": f'@operator("null") {head}',
        "b.cedar": f'{head} @operator("last4") {head} @id("ends") @operator("ends") {head}',
    }
    with pytest.raises(BundleError) as caught:
        build_bundle(files, operator_problem=problem)
    assert caught.value.problems == (
        'b.cedar#2: has @operator("last4"), which is nothing',
        'b.cedar: ends: has @operator("ends"), which is nothing',
    )


def test_several_permits_oblige_together() -> None:
    head = 'permit(principal, action == Action::"unmask", resource)'
    last = f'@operator("last4") {head} when {{ context.human }};'
    for others, raw, operator in [
        ("", False, "last4"),
        (f"{head};", False, "last4"),
        (f'@operator("last4") {head};', False, "last4"),
        (f'@operator("redact") {head};', False, "null"),
        (f'@operator("redact") {head} when {{ context.agent }};', False, "last4"),
        (f'@operator("redact") {head.replace("permit", "forbid")};', False, "redact"),
        (f"{head.replace('permit', 'forbid')};", False, ""),
    ]:
        engine = PolicyEngine(build_bundle({"a.cedar": last + others}))
        grant = Grants(engine, ALICE, SHOP).column(EMAIL)
        assert (grant.raw, grant.operator) == (raw, operator), others
