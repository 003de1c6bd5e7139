"""Requests that wait, in their file."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from scrim.reveals.approvals import (
    FILE_NAME,
    KEPT_SECONDS,
    MAX_WAITING,
    MAX_WAITING_EACH,
    ApprovalError,
    ApprovalStore,
    WaitingRequest,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_000_000.0


def waiting(name: str, expires: float = NOW + 60, who: str = "sam") -> WaitingRequest:
    return WaitingRequest(name, "digest", ("bot", who), ("a", "b"), {"values": 1}, expires, {})


def kept(folder: Path, *requests: WaitingRequest) -> ApprovalStore:
    store = ApprovalStore(folder)
    with store.change():
        for request in requests:
            store.add(request, NOW)
    return store


def test_a_request_survives_in_a_file_of_its_owner(tmp_path: Path) -> None:
    kept(tmp_path / "audit", waiting("r")).close()
    path = tmp_path / "audit" / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ApprovalStore(tmp_path / "audit").find("r") == waiting("r")


def test_approvals_add_up_and_each_group_counts_once(tmp_path: Path) -> None:
    store = kept(tmp_path, waiting("r"))
    for approver, groups in (("sue", ["a"]), ("leo", ["a", "b"])):
        with store.change():
            store.approve("r", groups, approver)
    found = store.find("r")
    assert found is not None
    assert (found.approvers, found.missing()) == ({"a": "sue", "b": "leo"}, ())


def test_what_fails_inside_a_change_leaves_nothing(tmp_path: Path) -> None:
    store = kept(tmp_path, waiting("r"))

    def use() -> None:
        with store.change():
            store.use("r")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        use()
    found = store.find("r")
    assert found is not None
    assert not found.used


def test_what_is_used_or_expired_waits_no_more(tmp_path: Path) -> None:
    store = kept(tmp_path, waiting("late", NOW - 1), waiting("used"), waiting("r"))
    with store.change():
        store.use("used")
    assert [found.request for found in store.waiting(NOW)] == ["r"]
    assert store.find("late") is not None


def test_old_requests_are_forgotten(tmp_path: Path) -> None:
    store = kept(tmp_path, waiting("old", NOW - KEPT_SECONDS - 1))
    assert store.find("old") is not None
    with store.change():
        store.add(waiting("r"), NOW)
    assert store.find("old") is None


def test_the_number_that_waits_is_bounded_for_each_and_for_all(tmp_path: Path) -> None:
    store = kept(tmp_path, *(waiting(f"r{number}") for number in range(MAX_WAITING_EACH)))
    with pytest.raises(ApprovalError, match="too many"), store.change():
        store.add(waiting("one too many"), NOW)
    with store.change():
        for number in range(MAX_WAITING - MAX_WAITING_EACH):
            store.add(waiting(f"s{number}", who=f"user{number}"), NOW)
    with pytest.raises(ApprovalError, match="too many"), store.change():
        store.add(waiting("one too many", who="leo"), NOW)


def test_two_commands_cannot_use_a_request_at_once(tmp_path: Path) -> None:
    first, second = kept(tmp_path, waiting("r")), ApprovalStore(tmp_path, 0.05)
    with first.change():
        first.use("r")
        with pytest.raises(ApprovalError, match="locked"), second.change():
            pass
    found = second.find("r")
    assert found is not None
    assert found.used


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("not a database " * 100)
    with pytest.raises(ApprovalError, match="cannot be opened"):
        ApprovalStore(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE_NAME).symlink_to(tmp_path / "other")
    with pytest.raises(ApprovalError, match="cannot be opened"):
        ApprovalStore(elsewhere)
