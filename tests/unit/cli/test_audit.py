from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from scrim.audit.records import render
from scrim.audit.segments import create_segment
from scrim.cli.audit_view import details, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

INTENT: dict[str, Any] = {
    "record": "intent",
    "session": "0001-ab",
    "statement_id": 7,
    "connection": "shop",
    "principal": [
        {"kind": "Agent", "name": "bot", "groups": []},
        {"kind": "User", "name": "ana", "groups": ["analysts"]},
    ],
    "statement": "SELECT  email\nFROM \x1b[2Jcustomers WHERE id = ?",
    "decision": "permit",
    "columns": [{"name": "email", "treatment": "mask", "entity": "contact.email"}],
    "relations": ["public.customers"],
}
OUTCOME: dict[str, Any] = {
    "record": "outcome",
    "session": "0001-ab",
    "statement_id": 7,
    "status": "completed",
    "rows": 3,
}
DENIED = INTENT | {
    "statement_id": 8,
    "decision": "deny",
    "refusal": {"code": "42501", "reason": "no policy"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    directory = tmp_path / "audit"
    _, descriptor = create_segment(directory, date(2026, 3, 2), 0)
    with os.fdopen(descriptor, "wb") as file:
        for second, record in enumerate((INTENT, OUTCOME, DENIED)):
            moment = datetime(2026, 3, 2, 9, 0, second, tzinfo=UTC).isoformat()
            file.write(render(record | {"time": moment}) + b"\n")
        file.write(b"half a li\n")
    return directory


def test_tail_shows_one_line_for_each_record(scrim: Callable[..., Result], folder: Path) -> None:
    result = scrim("audit", "tail", "--directory", folder)
    lines = result.out.splitlines()
    assert result.code == 0
    assert len(lines) == 4
    assert "0001-ab/7 bot for ana PERMIT shop: SELECT email FROM" in lines[0]
    assert "rows=3" in lines[1]
    assert "DENY shop: [42501]" in lines[2]
    assert "cannot be read" in lines[3]
    assert "\x1b" not in result.out


def test_tail_shows_only_the_last_records(scrim: Callable[..., Result], folder: Path) -> None:
    assert len(scrim("audit", "tail", "-n", 2, "--directory", folder).out.splitlines()) == 2
    assert scrim("audit", "tail", "-n", 0, "--directory", folder).out == ""


def test_json_gives_the_records_as_they_are(scrim: Callable[..., Result], folder: Path) -> None:
    result = scrim("audit", "tail", "--json", "-n", 4, "--directory", folder)
    records = [json.loads(line) for line in result.out.splitlines()]
    assert records[0]["statement"] == INTENT["statement"]


def test_show_tells_everything_about_a_statement(
    scrim: Callable[..., Result], folder: Path
) -> None:
    result = scrim("audit", "show", "0001-ab/7", "--directory", folder)
    assert result.code == 0
    assert "name email, treatment mask, entity contact.email" in result.out
    assert "rows: 3" in result.out
    assert "42501" not in result.out
    assert "42501" in scrim("audit", "show", "0001-ab", "--directory", folder).out
    assert "42501" in scrim("audit", "show", "0001-ab/8", "--json", "--directory", folder).out


def test_an_unknown_name_is_an_error(scrim: Callable[..., Result], folder: Path) -> None:
    result = scrim("audit", "show", "0001-ab/99", "--directory", folder)
    assert result.code == 1
    assert "has no record of 0001-ab/99" in result.err


def test_a_missing_folder_is_an_error(scrim: Callable[..., Result], tmp_path: Path) -> None:
    result = scrim("audit", "tail", "--directory", tmp_path / "gone")
    assert result.code == 1
    assert "is not a folder" in result.err


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"record": "intent", "principal": "x", "columns": 3, "refusal": 7},
        {"record": "columns", "columns": [1, {"name": "a", "treatment": "pass"}]},
        {"record": "session", "event": "signed_in", "principal": [{"name": "ana"}], "tls": True},
        {"record": "something new", "what": {"a": ["b", 1]}, "items": [{"a": True}]},
    ],
)
def test_any_record_can_be_shown(record: dict[str, Any]) -> None:
    assert "\n" not in summary(record)
    assert details(record)
