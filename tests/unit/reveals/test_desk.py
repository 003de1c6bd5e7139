"""Who gets which value turned back, and what stands in the audit log then."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scrim.audit.segments import AuditError
from scrim.domain.column import Column
from scrim.masking.revealing import IrreversibleError
from scrim.reveals.approvals import ApprovalError
from scrim.reveals.request import (
    MAX_VALUE_BYTES,
    MAX_VALUES,
    Pending,
    RequestError,
    Revealed,
    RevealRefusedError,
)
from scrim.server.reveals import open_reveals
from tests.unit.reveals.reveal_desk import CARD, EMAIL, PASSWORD, RAW, Desk, ask, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrim.reveals.request import RevealRequest


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    with made.reveals:
        yield made


def pending(desk: Desk, name: str, request: RevealRequest) -> Pending:
    answer = desk.reveals.reveal(desk.who(name), request)
    assert isinstance(answer, Pending)
    return answer


def test_a_permitted_principal_gets_the_value_and_each_value_its_record(desk: Desk) -> None:
    tokens = [desk.masked(RAW), desk.masked("other@corp.test"), "siv_nonsense"]
    answer = desk.reveals.reveal(desk.who("ines"), ask(*tokens))
    assert isinstance(answer, Revealed)
    assert answer.values == (RAW, "other@corp.test", None)
    assert (answer.entity, answer.operator, answer.versions) == (
        "contact.email",
        "siv",
        (1, 1, None),
    )
    records = desk.records()
    assert [record["event"] for record in records] == ["revealed", "revealed", "nothing"]
    first, second, nothing = records
    assert first["principal"][0]["name"] == "ines"
    assert (first["connection"], first["column"]) == ("shop", "public.people.email")
    assert (first["entity"], first["domain"], first["version"]) == (
        "contact.email",
        "contact.email",
        1,
    )
    assert (first["reason"], first["policies"]) == ("chargeback 7", ["investigators reveal"])
    assert first["value"] != second["value"]
    assert "value" not in nothing


def test_records_hold_keyed_hashes_and_never_a_value(desk: Desk) -> None:
    token = desk.masked(RAW)
    desk.reveals.reveal(desk.who("ines"), ask(token))
    desk.reveals.reveal(desk.who("ines"), ask(token))
    first, again = desk.records()
    assert (first["value"], first["masked"]) == (again["value"], again["masked"])
    pending(desk, "sam", ask(token))
    written = text_of(desk.folder)
    assert RAW not in written
    assert token not in written


@pytest.mark.parametrize("name", ["ann", "sue", "bot"])
def test_nobody_else_gets_anything_and_the_attempt_is_on_record(desk: Desk, name: str) -> None:
    with pytest.raises(RevealRefusedError, match="not permitted"):
        desk.reveals.reveal(desk.who(name), ask(desk.masked("x"), column=CARD))
    [record] = desk.records()
    assert (record["event"], record["principal"][0]["name"]) == ("refused", name)


def test_a_forbid_wins(desk: Desk) -> None:
    secret = Column("public", "people", "key")
    with pytest.raises(RevealRefusedError, match="secrets stay secret"):
        desk.reveals.reveal(desk.who("ines"), ask("x", column=secret))


def test_an_agent_needs_what_its_user_needs(desk: Desk) -> None:
    # Both are in support, so both owe the approval; the agent's name is in the chain.
    answer = pending(desk, "bot", ask(desk.masked(RAW)))
    with pytest.raises(RevealRefusedError, match="own request"):
        desk.reveals.approve(desk.who("sam"), answer.request)


def test_without_a_column_the_whole_connection_has_to_be_permitted(desk: Desk) -> None:
    request = ask(desk.masked(RAW), column=None, entity="contact.email")
    with pytest.raises(RevealRefusedError):
        desk.reveals.reveal(desk.who("ines"), request)
    # The forbid on secrets reads the resource, so not everything is permitted to the keepers.
    with pytest.raises(RevealRefusedError, match="name the column"):
        desk.reveals.reveal(desk.who("keeper"), request)


def test_with_everything_permitted_an_entity_is_enough(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "policies" / "all.cedar").write_text("permit (principal, action, resource);")
    with open_reveals(desk.path) as reveals:
        who = reveals.sign_in("ann", password=PASSWORD)
        request = ask(desk.masked(RAW), column=None, entity="contact.email")
        answer = reveals.reveal(who, request)
    assert isinstance(answer, Revealed)
    assert answer.values == (RAW,)


def test_the_entity_comes_from_the_tags_or_the_name_of_the_column(desk: Desk) -> None:
    number = "4111 1111 1111 1111"
    masked = desk.masked(number, "financial.card", "card")
    column = Column("public", "orders", "credit_card_number")
    answer = desk.reveals.reveal(desk.who("ines"), ask(masked, column=column))
    assert isinstance(answer, Revealed)
    assert (answer.entity, answer.values) == ("financial.card", (number,))


def test_an_operator_that_cannot_be_turned_back_is_said(desk: Desk) -> None:
    column = Column("public", "people", "full_name")
    with pytest.raises(IrreversibleError, match="the operator name of person"):
        desk.reveals.reveal(desk.who("ines"), ask("Ulrika Durhurst", column=column))


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"entity": "zz"}, "entity: there is no such entity; the names are .*contact[.]…"),
        ({"entity": "contact.emal"}, "no such entity; close to it are contact.email"),
        ({"entity": "secret.of.nobody.at.all"}, "entity: there is no such entity"),
        ({"column": EMAIL, "operator": "zz"}, "operator: there is no such operator; .*card.* siv"),
        ({"column": EMAIL, "operator": "by_row"}, "operator: it needs options"),
    ],
)
def test_what_does_not_exist_is_malformed_and_what_does_is_said(
    desk: Desk, named: dict[str, object], message: str
) -> None:
    asked = {"column": None, **named}
    for who in ("ines", "keeper", "ann"):
        with pytest.raises(RequestError, match=message) as caught:
            desk.reveals.reveal(desk.who(who), ask("x", **asked))  # type: ignore[arg-type]
        assert "zz" not in str(caught.value)
    assert not (desk.folder / "audit").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": "one"}, "values takes a list or tuple of names, not str"),
        ({"values": (7,)}, "values: one of them takes a text, not int"),
        ({"reason": None}, "reason takes a text, not NoneType"),
        ({"column": "public.people.email"}, "column takes a Column, not str"),
        ({"operator": 7}, "operator takes a text, not int"),
    ],
)
def test_a_request_of_wrong_types_is_told_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        replace(ask("x"), **changes).check()


def test_a_tag_with_a_dot_is_an_entity_that_can_be_named(tmp_path: Path) -> None:
    tags = {"public.people.badge": ["corp.badge"]}
    with Desk(tmp_path, {"connections": {"shop": {"tags": tags}}}).reveals as reveals:
        who = reveals.sign_in("ann", password=PASSWORD)
        with pytest.raises(RevealRefusedError):
            reveals.reveal(who, ask("x", column=None, entity="corp.badge"))


def test_a_column_that_nothing_is_known_of_is_said(desk: Desk) -> None:
    request = ask("x", column=Column("public", "nowhere", "zz"))
    answer = desk.reveals.reveal(desk.who("ines"), request)
    assert isinstance(answer, Revealed)
    said = "neither a tag nor its name says what public.nowhere.zz holds, if there is such a column"
    assert said in answer.note(request)
    assert said in answer.document(request)["note"]
    known = ask(desk.masked(RAW))
    answer = desk.reveals.reveal(desk.who("ines"), known)
    assert isinstance(answer, Revealed)
    assert answer.note(known) == ""
    assert "note" not in answer.document(known)


def test_an_approval_by_somebody_else_lets_exactly_that_request_through_once(desk: Desk) -> None:
    request = ask(desk.masked(RAW))
    answer = pending(desk, "sam", request)
    assert answer.groups == ("supervisors",)
    sam = desk.who("sam")
    with pytest.raises(ApprovalError, match="waits for somebody of supervisors"):
        desk.reveals.reveal(sam, request, answer.request)
    approved = desk.reveals.approve(desk.who("sue"), answer.request)
    assert (approved.missing(), approved.approvers) == ((), {"supervisors": "sue"})
    with pytest.raises(ApprovalError, match="another request"):
        desk.reveals.reveal(sam, ask(desk.masked("other@corp.test")), answer.request)
    with pytest.raises(ApprovalError, match="another request"):
        desk.reveals.reveal(desk.who("bot"), request, answer.request)
    revealed = desk.reveals.reveal(sam, request, answer.request)
    assert isinstance(revealed, Revealed)
    assert revealed.values == (RAW,)
    with pytest.raises(ApprovalError, match="has been used"):
        desk.reveals.reveal(sam, request, answer.request)
    assert desk.events() == ["requested", "approved", "revealed"]
    last = desk.records()[-1]
    assert (last["request"], last["approvers"]) == (answer.request, ["sue"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [("sam", "own request"), ("ann", "only a member of supervisors"), ("bot", "only a person")],
)
def test_others_cannot_approve(desk: Desk, name: str, reason: str) -> None:
    answer = pending(desk, "sam", ask(desk.masked(RAW)))
    with pytest.raises(RevealRefusedError, match=reason):
        desk.reveals.approve(desk.who(name), answer.request)
    assert desk.reveals.waiting()[0].approvers == {}
    assert desk.events() == ["requested", "approval_refused"]


def test_several_groups_all_have_to_approve(desk: Desk) -> None:
    request = ask(desk.masked(RAW))
    answer = pending(desk, "aud", request)
    assert answer.groups == ("legal", "supervisors")
    assert desk.reveals.approve(desk.who("sue"), answer.request).missing() == ("legal",)
    with pytest.raises(ApprovalError, match="waits for somebody of legal"):
        desk.reveals.reveal(desk.who("aud"), request, answer.request)
    desk.reveals.approve(desk.who("leo"), answer.request)
    assert isinstance(desk.reveals.reveal(desk.who("aud"), request, answer.request), Revealed)


def test_what_does_not_exist_cannot_be_approved_or_used(desk: Desk) -> None:
    with pytest.raises(ApprovalError, match="no request"):
        desk.reveals.approve(desk.who("sue"), "feedfeedfeedfeed")
    with pytest.raises(ApprovalError, match="no request"):
        desk.reveals.reveal(desk.who("sam"), ask(desk.masked(RAW)), "feedfeedfeedfeed")


def test_nothing_is_revealed_or_approved_without_an_audit_log(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way of a folder")
    desk = Desk(tmp_path, {"audit": {"directory": str(blocked / "audit")}})
    with desk.reveals, pytest.raises(AuditError):
        desk.reveals.reveal(desk.who("ines"), ask(desk.masked(RAW)))


def test_a_sign_in_that_fails_is_refused_and_recorded(desk: Desk) -> None:
    for name in ("ines", "nobody"):
        with pytest.raises(RevealRefusedError, match="sign-in failed"):
            desk.reveals.sign_in(name, password="wrong " + os.urandom(4).hex())
    records = desk.records()
    assert [record["user"] for record in records] == ["ines", "nobody"]
    assert {record["event"] for record in records} == {"sign_in_refused"}


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (ask(), "1 to 1000 values"),
        (ask(*["x"] * (MAX_VALUES + 1)), "1 to 1000 values"),
        (ask("x" * (MAX_VALUE_BYTES + 1)), "at most 65536 bytes"),
        (ask("\ud800"), "not text"),
        (ask("x", reason="  "), "a reason"),
        (ask("x", reason="x" * 501), "a reason"),
        (ask("x", column=None), "either a column or an entity"),
        (ask("x", entity="contact.email"), "either a column or an entity"),
        (ask("x", version=0), "version"),
        (ask("x", type_spec={"kind": "nonsense"}), "kind of type"),
    ],
)
def test_requests_are_bounded(desk: Desk, request_: RevealRequest, reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        desk.reveals.reveal(desk.who("ines"), request_)


def test_another_connection_does_not_exist(desk: Desk) -> None:
    with pytest.raises(RequestError, match="no connection"):
        desk.reveals.reveal(desk.who("ines"), replace(ask("x"), connection="nowhere"))


def test_a_request_shows_no_value_when_printed() -> None:
    assert "zelda" not in repr(ask(RAW, column=EMAIL))
