"""Reading the log back."""

import json
from pathlib import Path
from typing import Any

import pytest

from scrim.audit.reader import (
    BROKEN,
    Follower,
    find_records,
    last_records,
    read_records,
)
from scrim.audit.segments import AuditError


def line(kind: str, time: int, session: str = "s", **fields: str | int) -> str:
    record = {"record": kind, "session": session, "time": f"2026-01-01T00:00:{time:02}Z"}
    return json.dumps(record | fields) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2026-01-01-0-1.jsonl").write_text(
        line("intent", 1, statement_id=1, decision="permit")
        + line("outcome", 3, statement_id=1, rows=4)
    )
    (tmp_path / "2026-01-01-0-2.jsonl").write_text(
        line("intent", 5, statement_id=2, decision="deny")
    )
    (tmp_path / "2026-01-01-0-10.jsonl").write_text(
        line("intent", 7, statement_id=3, decision="permit")
    )
    (tmp_path / "2026-01-01-1-1.jsonl").write_text(
        line("session", 2, "t", event="signed_in") + line("session", 6, "t", event="ended")
    )
    (tmp_path / "notes.txt").write_text("not a segment")
    (tmp_path / "2026-99-01-1-1.jsonl").write_text("not a day")
    return tmp_path


def seconds(records: list[dict[str, Any]]) -> list[int]:
    return [int(record["time"][17:19]) for record in records]


def test_records_of_all_workers_come_by_time(folder: Path) -> None:
    assert seconds(list(read_records(folder))) == [1, 2, 3, 5, 6, 7]


@pytest.mark.parametrize("count", [0, 1, 3, 6, 99])
def test_the_last_records_come_from_all_workers(folder: Path, count: int) -> None:
    everything = [1, 2, 3, 5, 6, 7]
    assert seconds(last_records(folder, count)) == everything[max(0, 6 - count) :]


def test_a_session_and_a_statement_can_be_shown(folder: Path) -> None:
    assert seconds(list(find_records(folder, "s/1"))) == [1, 3]
    assert seconds(list(find_records(folder, "t"))) == [2, 6]
    assert list(find_records(folder, "u")) == []


def test_a_broken_line_stays_in_its_place(folder: Path) -> None:
    path = folder / "2026-01-01-0-1.jsonl"
    first, second = path.read_text().splitlines(keepends=True)
    path.write_text(first + "{torn\n\n[1]\n" + second)
    records = list(read_records(folder))
    assert [record["record"] for record in records][:2] == ["intent", BROKEN]
    assert sum(record["record"] == BROKEN for record in records) == 2
    assert records[1]["segment"] == path.name


def test_a_follower_gives_each_record_once(folder: Path) -> None:
    follower = Follower(folder)
    follower.skip()
    assert follower.poll() == []
    with (folder / "2026-01-01-0-10.jsonl").open("a") as file:
        file.write(line("outcome", 8, statement_id=3))
        file.write('{"record": "unfinished')
        file.flush()
        (folder / "2026-01-01-2-1.jsonl").write_text(line("session", 9))
        assert seconds(follower.poll()) == [8, 9]
        assert follower.poll() == []
        file.write('", "time": "2026-01-01T00:00:10Z"}\n')
    assert seconds(follower.poll()) == [10]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="cannot be read"):
        list(read_records(tmp_path / "absent"))
