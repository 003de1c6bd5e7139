"""What a principal may do and see, decided by Cedar and remembered."""

from collections.abc import Mapping

import pytest

from scrim.domain.column import Column
from scrim.domain.outcome import RowLimit
from scrim.domain.principal import Principal, PrincipalKind
from scrim.policy.bundle import build_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants, GrantsBook
from scrim.policy.questions import SessionFacts

ALICE = Principal(PrincipalKind.USER, "alice@example.com", frozenset({"analysts"}))
FRED = Principal(PrincipalKind.USER, "fred@example.com", frozenset({"fraud"}))
EMAIL = Column("public", "customers", "email")
CITY = Column("public", "customers", "city")
SHOP = ConnectionFacts("shop", "postgres")


def agent(*groups: str, acts_for: Principal = ALICE) -> Principal:
    return Principal(PrincipalKind.AGENT, "bot", frozenset(groups), acts_for)


def grants(
    text: str,
    principal: Principal = ALICE,
    connection: ConnectionFacts = SHOP,
    session: SessionFacts | None = None,
    enforced: frozenset[str] = frozenset(),
) -> Grants:
    engine = PolicyEngine(build_bundle({"a.cedar": text}), enforced)
    return Grants(engine, principal, connection, session)


def unmask(condition: str, head: str = "principal") -> str:
    return f'permit({head}, action == Action::"unmask", resource) {condition};'


ALL = unmask("")


def test_nothing_is_permitted_without_a_policy() -> None:
    found = grants('permit(principal == User::"nobody", action, resource);')
    assert not found.permits("connect")
    assert not found.permits("select", ("public", "customers"))
    assert not found.column(EMAIL).raw
    assert not found.raw_access()
    assert found.verdict("connect").reason == "no policy permits it"


def test_a_forbid_wins_over_a_permit() -> None:
    text = (
        'permit(principal, action == Action::"select", resource in Connection::"shop");'
        '@id("no-salaries") forbid(principal, action, resource == Table::"shop/hr.salaries");'
    )
    found = grants(text)
    assert found.permits("select", ("public", "customers"))
    verdict = found.verdict("select", ("hr", "salaries"))
    assert (verdict.permitted, verdict.policies, verdict.reason) == (False, ("no-salaries",), "")


def test_permissions_on_one_connection_do_not_reach_another() -> None:
    text = 'permit(principal, action, resource in Connection::"other");'
    assert not grants(text).permits("select", ("public", "customers"))


def test_an_error_in_any_policy_denies() -> None:
    text = (
        "permit(principal, action, resource);"
        'forbid(principal, action == Action::"connect", resource)'
        " when { 9223372036854775807 + (if context.tls then 1 else 2) == 0 };"
    )
    verdict = grants(text).verdict("connect")
    assert (verdict.permitted, verdict.reason) == (False, "a policy could not be evaluated")


def test_an_agent_has_only_what_its_user_has_too() -> None:
    text = (
        'permit(principal in Group::"analysts", action == Action::"select", resource);'
        'permit(principal in Group::"bots", action in [Action::"select", Action::"delete"],'
        " resource);"
    )
    relation = ("public", "customers")
    assert grants(text, agent("bots")).permits("select", relation)
    assert not grants(text, agent("bots")).permits("delete", relation)
    assert not grants(text, agent()).permits("select", relation)
    assert not grants(text, agent("bots", acts_for=FRED)).permits("select", relation)


def test_an_agent_that_acts_for_nobody_is_denied_everything() -> None:
    lonely = Principal(PrincipalKind.AGENT, "bot")
    found = grants("permit(principal, action, resource);", lonely)
    assert not found.permits("connect")
    assert not found.raw_access()


def test_claims_of_the_credential_can_be_read() -> None:
    text = unmask(
        'when { principal.hasTag("purpose") && principal.getTag("purpose") == "support" }'
    )
    claimed = Principal(
        PrincipalKind.USER, "alice", session_claims=(("purpose", "support"), ("ticket", "7"))
    )
    assert grants(text, claimed).column(EMAIL).raw
    assert not grants(text).column(EMAIL).raw


def test_a_claim_that_is_stated_twice_denies() -> None:
    twice = Principal(PrincipalKind.USER, "a", session_claims=(("p", "x"), ("p", "y")))
    assert not grants(ALL, twice).column(EMAIL).raw


def test_the_session_can_be_read() -> None:
    text = (
        'permit(principal, action == Action::"connect", resource) when { context.tls &&'
        ' context has client_address && context.client_address.isInRange(ip("10.0.0.0/8")) };'
    )
    assert grants(text, session=SessionFacts(True, "token", "10.1.2.3")).permits("connect")
    assert not grants(text, session=SessionFacts(True, "token", "11.1.2.3")).permits("connect")
    assert not grants(text, session=SessionFacts(True, "token", "")).permits("connect")
    assert not grants(text, session=SessionFacts(True, "token", "not an address")).permits(
        "connect"
    )


@pytest.mark.parametrize(
    ("tags", "raw"),
    [
        (frozenset(), True),
        (frozenset({"contact.email"}), True),
        (frozenset({"contact.email", "us.ssn"}), False),
    ],
)
def test_unmask_can_depend_on_what_a_column_holds(tags: frozenset[str], raw: bool) -> None:
    found = grants(unmask('when { ["contact.email"].containsAll(resource.tags) }'))
    assert found.column(EMAIL, tags).raw is raw


def test_tags_of_the_file_always_count() -> None:
    facts = ConnectionFacts(
        "shop",
        "postgres",
        column_tags={("public", "customers", "email"): frozenset({"confidential"})},
        relation_tags={("hr", "people"): frozenset({"restricted"})},
    )
    found = grants(
        unmask('unless { resource.tags.containsAny(["confidential", "restricted"]) }'),
        connection=facts,
    )
    assert not found.column(EMAIL, frozenset({"contact.email"})).raw
    assert not found.column(Column("hr", "people", "height")).raw
    assert found.column(CITY).raw


def test_groups_of_tags_are_the_words_before_the_dot() -> None:
    found = grants(unmask('unless { resource.tag_groups.contains("secret") }'))
    assert not found.column(EMAIL, frozenset({"secret.jwt"})).raw
    assert found.column(EMAIL, frozenset({"contact.email"})).raw


def test_one_column_with_different_tags_is_answered_for_each() -> None:
    found = grants(unmask('when { resource.tags.contains("x") }'))
    tagged = frozenset({"x"})
    found.prefetch([(EMAIL, tagged, 0), (EMAIL, frozenset(), 0), (CITY, tagged, 0)])
    assert found.column(EMAIL, frozenset({"x"})).raw
    assert not found.column(EMAIL).raw


def test_names_with_dots_do_not_name_other_relations() -> None:
    text = 'permit(principal, action == Action::"unmask", resource == Column::"shop/a.b.c");'
    found = grants(text)
    assert found.column(Column("a", "b", "c")).raw
    assert not found.column(Column("a.b", "c", "")).raw
    assert not found.column(Column("a", "b.c", "")).raw


def test_an_operator_means_that_the_column_is_not_raw() -> None:
    found = grants('@operator("partial") ' + ALL)
    assert not found.column(EMAIL).raw
    assert found.column(EMAIL).operator == "partial"
    assert not found.raw_access()


def test_a_forbid_can_say_how_to_mask() -> None:
    found = grants('@operator("null") forbid(principal, action == Action::"unmask", resource);')
    assert found.column(EMAIL).operator == "null"


def test_operators_that_disagree_give_the_strictest() -> None:
    found = grants('@operator("partial") ' + ALL + '@operator("email") ' + ALL)
    assert found.column(EMAIL).operator == "null"


@pytest.mark.parametrize("duty", ['@approval("dpo")', '@max_rows("10")', '@operator("null")'])
def test_an_obligation_that_nobody_enforces_denies(duty: str) -> None:
    verdict = grants(duty + " permit(principal, action, resource);").verdict("connect")
    assert not verdict.permitted
    assert verdict.reason == f"it is permitted only with {duty}"


def test_an_obligation_that_is_enforced_comes_with_the_permit() -> None:
    text = '@max_rows("10") permit(principal, action, resource);'
    verdict = grants(text, enforced=frozenset({"max_rows"})).verdict("select", ("a", "b"))
    assert verdict.permitted
    assert verdict.obligations == (("max_rows", "10"),)


def test_a_limit_of_rows_is_the_smallest_and_names_its_policy() -> None:
    text = """
    @id("many") @max_rows("10") permit(principal, action, resource);
    @id("few") @max_rows("3") permit(principal, action == Action::"select", resource);
    permit(principal, action == Action::"select", resource);
    """
    found = grants(text, enforced=frozenset({"max_rows"}))
    assert found.verdict("select", ("a", "b")).row_limit == RowLimit(3, "few")
    assert found.verdict("insert", ("a", "b")).row_limit == RowLimit(10, "many")
    # What cannot be read might return more.
    assert not found.permits_unread()
    assert grants("permit(principal, action, resource);").permits_unread()


@pytest.mark.parametrize("action", ["unmask", "reveal", "filter"])
def test_a_limit_of_rows_where_no_rows_are_counted_denies(action: str) -> None:
    text = '@max_rows("10") permit(principal, action, resource);'
    assert not grants(text, enforced=frozenset({"max_rows"})).verdict(action).permitted


def test_a_policy_is_asked_for_its_operators() -> None:
    found = grants(
        ALL + '@operator("drop_row") forbid(principal, action, resource) when { false };'
    )
    assert found.names_operator({"drop_row", "drop_column"})
    assert not found.names_operator({"null"})


RAW: Mapping[str, tuple[str, bool]] = {
    "everything": (ALL, True),
    "the connection": ('permit(principal, action, resource in Connection::"shop");', True),
    "another connection": ('permit(principal, action, resource in Connection::"b");', False),
    "only the connection itself": (
        'permit(principal, action, resource == Connection::"shop");',
        False,
    ),
    "only columns": ('permit(principal, action == Action::"unmask", resource is Column);', False),
    "a look at the tags": (unmask('when { ["a"].containsAll(resource.tags) }'), False),
    "a look at the resource's name": (unmask('unless { resource.name == "ssn" }'), False),
    "a look at the principal": (unmask('when { principal.name like "alice@*" }'), True),
    "not encrypted": (unmask("when { context.tls }"), False),
    "one forbidden table": (
        ALL + 'forbid(principal, action, resource in Table::"shop/hr.salaries");',
        False,
    ),
    "a table forbidden to others": (
        ALL + 'forbid(principal in Group::"x", action, resource in Table::"shop/hr.salaries");',
        True,
    ),
    "a table forbidden to an own group": (
        ALL
        + 'forbid(principal in Group::"analysts", action, resource in Table::"shop/hr.salaries");',
        False,
    ),
    "a table forbidden to this person": (
        ALL + 'forbid(principal == User::"alice@example.com", action, resource is Column);',
        False,
    ),
    "columns forbidden to users": (
        ALL + 'forbid(principal is User, action == Action::"unmask", resource is Column);',
        False,
    ),
    "columns forbidden to users of a group": (
        ALL + 'forbid(principal is User in Group::"analysts", action, resource is Column);',
        False,
    ),
    "columns forbidden to agents": (
        ALL + "forbid(principal is Agent, action, resource is Column);",
        True,
    ),
    "tags forbidden": (
        ALL + 'forbid(principal, action, resource) when { resource.tags.contains("s") };',
        False,
    ),
    "another action forbidden": (
        ALL + 'forbid(principal, action in [Action::"delete", Action::"ddl"], resource);',
        True,
    ),
    "among the actions forbidden": (
        ALL + 'forbid(principal, action in [Action::"delete", Action::"unmask"], resource)'
        ' when { resource has tags && resource.tags.contains("s") };',
        False,
    ),
    "forbidden without encryption": (
        ALL + "forbid(principal, action, resource) unless { context.tls };",
        False,
    ),
    "forbidden over encryption": (
        ALL + "forbid(principal, action, resource) when { context.tls };",
        True,
    ),
    "forbidden in another connection": (
        ALL + 'forbid(principal, action, resource in Connection::"hr");',
        True,
    ),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_access_needs_policies_that_cannot_tell_columns_apart(name: str) -> None:
    text, raw = RAW[name]
    found = grants(text)
    assert found.raw_access() is raw
    if raw:
        assert found.column(EMAIL, frozenset({"us.ssn", "s"})).raw


def test_raw_access_of_an_agent_needs_it_for_the_agent_and_for_the_user() -> None:
    users = 'permit(principal is User, action == Action::"unmask", resource);'
    agents = 'permit(principal is Agent, action == Action::"unmask", resource)'
    choosy = agents + ' when { ["a"].containsAll(resource.tags) };'
    assert grants(users + agents + ";", agent()).raw_access()
    assert not grants(users + choosy, agent()).raw_access()
    assert not grants(agents + ";", agent()).raw_access()
    assert not grants(users, agent()).raw_access()


def test_sessions_of_one_principal_share_what_was_learnt() -> None:
    engine = PolicyEngine(build_bundle({"a.cedar": ALL}))
    book = GrantsBook(engine, max_entries=2)
    first = book.grants(ALICE, SHOP)
    assert book.grants(ALICE, SHOP) is first
    promoted = Principal(PrincipalKind.USER, ALICE.name, frozenset({"admins"}))
    assert book.grants(promoted, SHOP) is not first
    assert book.grants(ALICE, SHOP, SessionFacts(tls=True)) is not first
    assert book.grants(ALICE, SHOP) is not first  # only two are kept


def test_identity_changes_with_everything_that_an_answer_depends_on() -> None:
    tagged = ConnectionFacts("shop", "postgres", {("a", "b", "c"): frozenset({"x"})})
    found = [
        grants(ALL),
        grants(ALL + ALL),
        grants(ALL, FRED),
        grants(ALL, agent()),
        grants(ALL, connection=tagged),
        grants(ALL, session=SessionFacts(tls=True)),
    ]
    assert len({one.identity for one in found}) == len(found)
    assert grants(ALL).identity == grants(ALL).identity


def test_an_unknown_action_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="unknown action"):
        grants(ALL).permits("selct")


def test_sessions_that_differ_in_what_no_policy_reads_are_alike() -> None:
    text = 'permit(principal, action == Action::"connect", resource) when { context.tls };'
    engine = PolicyEngine(build_bundle({"a.cedar": text}))
    one = engine.relevant(SessionFacts(tls=True, client_address="10.0.0.1"))
    other = engine.relevant(SessionFacts(True, "token", "10.0.0.2"))
    assert one == other == SessionFacts(tls=True)
    assert Grants(engine, ALICE, SHOP, one).permits("connect")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrim.policy.grants.MAX_REMEMBERED", 2)
    found = grants(ALL)
    for number in range(10):
        assert not found.permits("select", ("public", f"t{number}"))
        assert found.column(Column("public", f"t{number}", "c")).raw
    assert not found.permits("select", ("public", "t0"))
