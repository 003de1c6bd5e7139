"""The files of the audit log."""

from datetime import date
from pathlib import Path

import pytest

from scrim.audit import segments
from scrim.audit.segments import AuditError, create_segment, find_segments, parse_segment

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    "name", ["2026-01-31-0-1.jsonl.gz", "2026-02-30-0-1.jsonl", "a-2026-01-31-0-1.jsonl", "x"]
)
def test_other_files_are_no_segments(name: str) -> None:
    assert parse_segment(Path(name)) is None


def test_segments_are_numbered_per_day_and_worker(tmp_path: Path) -> None:
    for worker in (0, 1, 0):
        create_segment(tmp_path, DAY, worker)
    found = [(segment.worker, segment.number) for segment in find_segments(tmp_path)]
    assert found == [(0, 1), (0, 2), (1, 1)]


def test_a_name_that_appears_meanwhile_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_segment(tmp_path, DAY, 0)
    monkeypatch.setattr(segments, "_segments", lambda _: iter(()))
    segment, _ = create_segment(tmp_path, DAY, 0)
    assert segment.number == 2
    monkeypatch.setattr(segments, "_ATTEMPTS", 2)
    with pytest.raises(AuditError, match="no free segment name"):
        create_segment(tmp_path, DAY, 0)
