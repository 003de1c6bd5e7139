"""Raw access is never granted where a single column would be denied."""

import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scrim.domain.column import Column
from scrim.domain.principal import Principal, PrincipalKind
from scrim.policy.bundle import Bundle, BundleError, build_bundle
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants
from scrim.policy.questions import SessionFacts

USER = Principal(PrincipalKind.USER, "u", frozenset({"g", "h"}))
AGENT = Principal(PrincipalKind.AGENT, "b", frozenset({"g"}), USER)
COLUMNS = [Column("a", "t", "c"), Column("a", "t", "d"), Column("b", "v", "c")]
TAGS = [frozenset[str](), frozenset({"x"}), frozenset({"x", "y"}), frozenset({"s.k"})]

PRINCIPALS = st.sampled_from(
    [
        "principal",
        "principal is User",
        "principal is Agent",
        'principal in Group::"g"',
        'principal in Group::"other"',
        'principal is User in Group::"h"',
        'principal == User::"u"',
        'principal == Agent::"b"',
    ]
)
ACTIONS = st.sampled_from(
    [
        "action",
        'action == Action::"unmask"',
        'action in [Action::"select", Action::"unmask"]',
        'action in [Action::"select", Action::"delete"]',
        'action == Action::"filter"',
    ]
)
RESOURCES = st.sampled_from(
    [
        "resource",
        'resource in Connection::"shop"',
        'resource == Connection::"shop"',
        'resource in Connection::"other"',
        'resource in Table::"shop/a.t"',
        'resource == Column::"shop/a.t.c"',
        'resource is Column in Table::"shop/b.v"',
        "resource is Column",
        "resource is Table",
        "resource is Connection",
    ]
)
CONDITIONS = st.sampled_from(
    [
        "",
        "when { context.tls }",
        "unless { context.tls }",
        'when { principal.name == "u" }',
        'when { resource.tags.contains("x") }',
        'when { ["x", "y"].containsAll(resource.tags) }',
        'unless { resource.tag_groups.contains("s") }',
        'when { resource.name == "c" }',
        'unless { resource in Table::"shop/a.t" }',
        'when { principal.hasTag("p") }',
        "when { principal has acts_for }",
    ]
)
POLICY = st.builds(
    "{} ({}, {}, {}) {};".format,
    st.sampled_from(["permit", "permit", "forbid"]),
    PRINCIPALS,
    ACTIONS,
    RESOURCES,
    CONDITIONS,
)


def bundle_of(text: str) -> Bundle:
    try:
        return build_bundle({"a.cedar": text})
    except BundleError:
        # Some combinations mean nothing, such as filtering a table that is a connection.
        assume(False)
        raise


@given(st.lists(POLICY, min_size=1, max_size=4), st.booleans(), st.sampled_from([USER, AGENT]))
@settings(max_examples=300, deadline=None)
def test_raw_access_holds_for_every_column(
    policies: list[str], tls: bool, principal: Principal
) -> None:
    engine = PolicyEngine(bundle_of("\n".join(policies)))
    facts = ConnectionFacts("shop", "postgres")
    grants = Grants(engine, principal, facts, SessionFacts(tls=tls))
    if grants.raw_access():
        assert all(grants.column(c, t).raw for c, t in itertools.product(COLUMNS, TAGS))


@given(POLICY)
@settings(max_examples=100, deadline=None)
def test_a_permit_of_everything_is_undone_only_by_a_forbid(policy: str) -> None:
    everything = "permit (principal, action, resource);"
    engine = PolicyEngine(bundle_of(everything + policy))
    grants = Grants(engine, USER, ConnectionFacts("shop", "postgres"))
    if policy.startswith("permit"):
        assert grants.raw_access()
