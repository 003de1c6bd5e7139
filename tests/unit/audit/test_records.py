"""What records contain, and what they never contain."""

import json

import pytest

from scrim.audit.records import (
    MAX_LISTED,
    MAX_STATEMENT_CHARACTERS,
    BundleFacts,
    Intent,
    Origin,
    ResultColumn,
    columns_record,
    intent_record,
    render,
    session_record,
    signed_in_record,
)
from scrim.audit.templates import COMPLETED_BY_RELAY, intent_prefix, session_label
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.domain.principal import Principal, PrincipalKind

ALICE = Principal(PrincipalKind.USER, "alice@example.com", frozenset({"b", "a"}))
BOT = Principal(PrincipalKind.AGENT, "bot", acts_for=ALICE)
ORIGIN = Origin("gw", 1)
EMAIL = ResultColumn(
    "email", ColumnDecision(Treatment.MASK, "contact.email", "tag"), operator="email"
)


def intent(
    statement: str = "SELECT email FROM customers WHERE id = ?", *, permitted: bool = True
) -> Intent:
    return Intent(
        origin=ORIGIN,
        connection="shop",
        protocol="postgres",
        principal=BOT,
        operation="select",
        statement=statement,
        shape="0f" * 16,
        relations=("public.customers",),
        permitted=permitted,
        policies=("analysts-read",),
        bundle=BundleFacts("ab" * 32, "c0ffee"),
        columns=(EMAIL, ResultColumn("id", ColumnDecision(Treatment.PASS))),
        refusal_code="" if permitted else "42501",
        refusal_reason="" if permitted else "no policy permits it",
    )


def test_an_intent_says_who_asked_for_what_and_what_was_decided() -> None:
    record = intent_record(intent())
    assert record["principal"] == [
        {"kind": "Agent", "name": "bot", "groups": []},
        {"kind": "User", "name": "alice@example.com", "groups": ["a", "b"]},
    ]
    assert (record["decision"], record["bundle"], record["commit"]) == (
        "permit",
        "ab" * 32,
        "c0ffee",
    )
    assert record["columns"] == [
        {
            "name": "email",
            "treatment": "mask",
            "entity": "contact.email",
            "reason": "tag",
            "operator": "email",
        },
        {"name": "id", "treatment": "pass"},
    ]
    assert "refusal" not in record


def test_a_refusal_says_why() -> None:
    record = intent_record(intent(permitted=False))
    assert record["decision"] == "deny"
    assert record["refusal"] == {"code": "42501", "reason": "no policy permits it"}


def test_long_statements_are_cut_and_say_so() -> None:
    text = "x" * (MAX_STATEMENT_CHARACTERS + 1)
    record = intent_record(intent(text))
    assert len(record["statement"]) == MAX_STATEMENT_CHARACTERS
    assert record["statement_characters"] == len(text)


def test_lists_are_bounded() -> None:
    record = columns_record(ORIGIN, "s", "0f", [EMAIL] * (MAX_LISTED + 5))
    assert len(record["columns"]) == MAX_LISTED


def test_the_prefix_becomes_a_record_when_the_relay_completes_it() -> None:
    prefix = intent_prefix(intent('SELECT "é\n" FROM "a""b"'))
    assert b"\n" not in prefix
    assert prefix.isascii()
    line = prefix + b',"phase":"query","session":"s-1","statement_id":7,"time":"2026"}'
    record = json.loads(line)
    assert record["statement"] == 'SELECT "é\n" FROM "a""b"'
    assert record.keys() >= COMPLETED_BY_RELAY
    assert len(json.loads(line, object_pairs_hook=list)) == len(record)


def test_a_lone_surrogate_cannot_break_a_line() -> None:
    assert json.loads(render({"name": "\ud800"})) == {"name": "\ud800"}


@pytest.mark.parametrize("label", ["", 'a"b', "a b", "ä", "a\n"])
def test_a_session_that_could_break_a_line_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and hyphens"):
        session_label(label)


def test_a_session_label_goes_through() -> None:
    assert session_label("0a1b-7") == "0a1b-7"


def test_facts_from_clients_are_cut() -> None:
    record = session_record(ORIGIN, "s", "refused", {"application_name": "x" * 10_000, "tls": True})
    assert len(record["application_name"]) == 512
    assert record["tls"] is True


def test_a_sign_in_names_the_whole_chain() -> None:
    record = signed_in_record(ORIGIN, "s", BOT, {"client_address": "10.0.0.1"})
    assert [link["name"] for link in record["principal"]] == ["bot", "alice@example.com"]
    assert record["event"] == "signed_in"
