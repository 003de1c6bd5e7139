"""What records contain, and what they never contain."""

import json
from dataclasses import replace

import pytest

from scrim.audit.records import (
    MAX_LISTED,
    BundleFacts,
    Intent,
    Origin,
    ResultColumn,
    VerdictFacts,
    intent_record,
    render,
    session_record,
    signed_in_record,
    verdict_record,
)
from scrim.audit.templates import (
    COMPLETED_BY_RELAY,
    MAX_TEMPLATE_BYTES,
    columns_template,
    intent_template,
)
from scrim.domain.decision import ColumnDecision, Treatment
from scrim.domain.principal import Principal, PrincipalKind

ALICE = Principal(PrincipalKind.USER, "alice@example.com", frozenset({"b", "a"}))
BOT = Principal(PrincipalKind.AGENT, "bot", acts_for=ALICE)
ORIGIN = Origin("gw", 1)
EMAIL = ResultColumn(
    "email", ColumnDecision(Treatment.MASK, "contact.email", "tag"), operator="email"
)


def intent(*, permitted: bool = True) -> Intent:
    return Intent(
        origin=ORIGIN,
        connection="shop",
        protocol="postgres",
        principal=BOT,
        operation="select",
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


def test_an_intent_says_which_columns_it_asks_about() -> None:
    assert "counted" not in intent_record(intent())
    asking = replace(intent(), counted=("public.customers.email",))
    assert intent_record(asking)["counted"] == ["public.customers.email"]
    many = replace(intent(), counted=tuple(f"public.t.c{i}" for i in range(1_200)))
    assert len(intent_record(many)["counted"]) == 1_000


def test_a_refusal_says_why() -> None:
    record = intent_record(intent(permitted=False))
    assert record["decision"] == "deny"
    assert record["refusal"] == {"code": "42501", "reason": "no policy permits it"}


def test_lists_are_bounded() -> None:
    _, columns = columns_template(ORIGIN, [EMAIL] * (MAX_LISTED + 5))
    assert len(columns) == MAX_LISTED


def test_an_intent_becomes_a_record_when_the_relay_completes_it() -> None:
    head, tail = intent_template(intent())
    assert b"\n" not in head + tail
    assert (head + tail).isascii()
    own = b',"statement":"SELECT ?","shape":"0f",'
    line = head + own + tail + b',"phase":"query","session":"s-1","statement_id":7,"time":"2026"}'
    record = json.loads(line)
    assert record["statement"] == "SELECT ?"
    assert record.keys() >= COMPLETED_BY_RELAY | intent_record(intent()).keys()
    assert len(json.loads(line, object_pairs_hook=list)) == len(record)


def test_the_record_of_a_result_takes_the_names_of_its_columns() -> None:
    head, columns = columns_template(ORIGIN, [EMAIL])
    line = head + b',"session":"s","shape":"0f","columns":[{"name":"other",' + columns[0] + b"]}"
    record = json.loads(line)
    assert (record["record"], record["gateway"], record["worker"]) == ("columns", "gw", 1)
    assert record["columns"] == [
        {
            "name": "other",
            "treatment": "mask",
            "entity": "contact.email",
            "reason": "tag",
            "operator": "email",
        }
    ]


def test_a_lone_surrogate_cannot_break_a_line() -> None:
    assert json.loads(render({"name": "\ud800"})) == {"name": "\ud800"}


def test_facts_from_clients_are_cut() -> None:
    record = session_record(ORIGIN, "s", "refused", {"application_name": "x" * 10_000, "tls": True})
    assert len(record["application_name"]) == 512
    assert record["tls"] is True


def test_a_sign_in_names_the_whole_chain() -> None:
    record = signed_in_record(ORIGIN, "s", BOT, {"client_address": "10.0.0.1"})
    assert [link["name"] for link in record["principal"]] == ["bot", "alice@example.com"]
    assert record["event"] == "signed_in"


def test_a_record_that_would_be_too_long_is_refused() -> None:
    long = replace(intent(), columns=(replace(EMAIL, name="\U0001f600" * 512),) * 1_000)
    with pytest.raises(ValueError, match="too long"):
        intent_template(long)
    assert sum(map(len, intent_template(intent()))) < MAX_TEMPLATE_BYTES


def test_where_the_client_is_can_be_part_of_an_intent() -> None:
    assert intent_record(replace(intent(), client_address="::1"))["client_address"] == "::1"
    assert "client_address" not in intent_record(intent())


def test_many_relations_are_cut_and_counted() -> None:
    record = intent_record(replace(intent(), relations=("a.b",) * 1_001))
    assert (len(record["relations"]), record["relations_count"]) == (1_000, 1_001)


def test_what_detection_learnt_is_recorded_without_a_value() -> None:
    facts = VerdictFacts("public.t", "c", "", "contact.email", 0.98765, ("name email",), "d1")
    record = verdict_record(Origin("gw", 1), "shop", facts)
    assert record["record"] == "verdict"
    assert (record["relation"], record["column"]) == ("public.t", "c")
    assert (record["former"], record["entity"]) == ("", "contact.email")
    assert (record["confidence"], record["evidence"]) == (0.988, ["name email"])
