"""What policy is asked about a statement string, and how many rows of its results it allows."""

from __future__ import annotations

import pytest

from scrim.domain.outcome import RowLimit
from scrim.domain.principal import Principal, PrincipalKind
from scrim.policy.bundle import build_bundle
from scrim.policy.demands import ask
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import ConnectionFacts, Grants
from scrim.statements import effects
from scrim.statements.facts import read
from tests.unit.statements.sample_schema import sample_catalog

POLICIES = """
@id("in") @max_rows("50") permit(principal, action == Action::"connect", resource);
@id("read") @max_rows("20") permit(principal, action == Action::"select", resource);
@id("staff") @max_rows("5")
permit(principal, action == Action::"select", resource == Table::"shop/public.staff");
@id("write") permit(principal, action in [Action::"insert", Action::"update"], resource);
@id("copy") @max_rows("9") permit(principal, action == Action::"copy", resource);
"""
CATALOG = sample_catalog()


def limit(sql: str) -> RowLimit | None:
    engine = PolicyEngine(build_bundle({"a.cedar": POLICIES}), frozenset({"max_rows"}))
    alice = Principal(PrincipalKind.USER, "alice@example.com", frozenset())
    answer = ask(read(sql), CATALOG, Grants(engine, alice, ConnectionFacts("shop", "postgres")))
    assert answer.refusal is None
    return answer.limit


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM customers", RowLimit(20, "read")),
        ("SELECT * FROM customers, staff", RowLimit(5, "staff")),
        ("DECLARE c CURSOR FOR SELECT * FROM staff", RowLimit(5, "staff")),
        ("PREPARE p AS SELECT * FROM customers", RowLimit(20, "read")),
        ("SELECT 1 FROM customers; SELECT 1 FROM staff", RowLimit(5, "staff")),
        ("COPY customers TO STDOUT", RowLimit(9, "copy")),
        ("INSERT INTO customers DEFAULT VALUES RETURNING *", RowLimit(50, "in")),
        ("COPY customers FROM STDIN", None),
        ("SELECT 1", None),
        ("FETCH ALL FROM c", None),
    ],
)
def test_the_smallest_limit_of_all_that_is_asked_holds(sql: str, expected: RowLimit | None) -> None:
    assert limit(sql) == expected


def test_statements_say_which_names_their_results_have() -> None:
    text = (
        'DECLARE "C" CURSOR FOR SELECT 1; FETCH 1 FROM c; MOVE 1 IN c; PREPARE p AS SELECT 1; '
        "EXECUTE p; CLOSE c; CLOSE ALL; SELECT 1"
    )
    assert effects.naming(read(text)) == (
        (0, "declares", "C"),
        (1, "fetches", "c"),
        (2, "fetches", "c"),
        (3, "prepares", "p"),
        (4, "executes", "p"),
        (5, "closes", "c"),
        (6, "closes", ""),
    )
