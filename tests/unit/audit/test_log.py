"""Writing records: nothing is lost, torn or readable by others."""

import errno
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from scrim import kernel
from scrim.audit.log import AuditLog, FileSink
from scrim.audit.records import Origin, gateway_record
from scrim.audit.segments import AuditError
from scrim.config.audit import Audit

RECORD = gateway_record(Origin("gw", 0), "started", {"version": "1"})


def tick(log: AuditLog) -> None:
    """Do what the gateway does about once a second."""
    log.turn()
    work = log.due_sync()
    if work is not None:
        work()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 23, 59, 58, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def settings(
    directory: Path, fsync: Literal["never", "interval", "always"] = "never", size: int = 1 << 16
) -> Audit:
    return Audit(directory=directory, fsync=fsync, max_segment_bytes=size)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_record_is_one_line_with_its_time(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 3, Clock())
    log.write(RECORD)
    log.close()
    assert names(tmp_path) == ["2026-01-31-3-1.jsonl"]
    line = log.path.read_text()
    assert line.endswith("\n")
    assert json.loads(line)["time"] == "2026-01-31T23:59:58.000000Z"


def test_nobody_else_can_read_the_log(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path / "audit"), 0, Clock())
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700
    log.close()


def test_a_restart_never_writes_to_an_old_file(tmp_path: Path) -> None:
    for _ in range(3):
        log = AuditLog(settings(tmp_path), 0, Clock())
        log.write(RECORD)
        log.close()
    assert names(tmp_path) == [f"2026-01-31-0-{n}.jsonl" for n in (1, 2, 3)]


def test_a_full_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock())
    record = {**RECORD, "filler": "x" * 40_000}
    for _ in range(4):
        log.write(record)
    log.close()
    assert len(names(tmp_path)) == 3
    assert sum(len((tmp_path / name).read_text().splitlines()) for name in names(tmp_path)) == 4


def test_a_new_day_begins_a_new_segment(tmp_path: Path) -> None:
    clock = Clock()
    log = AuditLog(settings(tmp_path), 0, clock)
    clock.advance(3)
    tick(log)
    log.write(RECORD)
    log.close()
    assert names(tmp_path) == ["2026-01-31-0-1.jsonl", "2026-02-01-0-1.jsonl"]


def fail_with(code: int) -> Callable[..., int]:
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_failed_write_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock())
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail_with(errno.ENOSPC))
        with pytest.raises(AuditError, match="No space left"):
            log.write(RECORD)
    log.write(RECORD)
    log.close()
    assert len(log.path.read_text().splitlines()) == 1


def test_a_torn_line_does_not_spoil_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock())
    write, calls = os.write, []

    def half(descriptor: int, data: memoryview) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(errno.EIO, "Input/output error")
        return write(descriptor, data[:10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(AuditError):
            log.write(RECORD)
    log.write(RECORD)
    log.close()
    broken, whole = log.path.read_text().splitlines()
    assert len(broken) == 10
    assert json.loads(whole)["record"] == "gateway"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuditError, match="cannot be written"):
        AuditLog(settings(tmp_path / "file" / "audit"), 0, Clock())


@pytest.mark.parametrize(("fsync", "expected"), [("never", 0), ("always", 3), ("interval", 1)])
def test_records_reach_the_disk_as_configured(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fsync: Literal["never", "interval", "always"],
    expected: int,
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    clock = Clock()
    log = AuditLog(settings(tmp_path, fsync), 0, clock)
    for _ in range(3):
        log.write(RECORD)
        tick(log)
        clock.advance(0.6)
    assert len(synced) == expected
    log.close()


def test_a_disk_that_refuses_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(settings(tmp_path, "always"), 0, Clock())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail_with(errno.EIO))
        with pytest.raises(AuditError):
            log.write(RECORD)
    log.close()
    log.close()


class WaitingSink(FileSink):
    """Holds lines back, as the data path does with outcomes."""

    def __init__(self, descriptor: int, sync: bool) -> None:
        super().__init__(descriptor, sync=sync)
        self.waiting = b""

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, b""
        if waiting:
            self.line(waiting)

    def rotate(self, descriptor: int) -> None:
        self.flush()
        super().rotate(descriptor)


def test_lines_that_wait_are_written_when_ticked_and_at_the_end(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock(), WaitingSink)
    assert isinstance(log.sink, WaitingSink)
    log.sink.waiting = b"1\n"
    tick(log)
    assert log.path.read_bytes() == b"1\n"
    log.sink.waiting = b"2\n"
    log.close()
    assert log.path.read_bytes() == b"1\n2\n"


def test_the_data_paths_own_writer_can_be_the_sink(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock(), kernel.AuditLog)
    log.write(RECORD)
    first = log.path
    log.rotate()
    log.write(RECORD)
    log.close()
    assert first != log.path
    assert len(first.read_text().splitlines()) == len(log.path.read_text().splitlines()) == 1


class BrokenSink(FileSink):
    def flush(self) -> None:
        raise OSError(errno.EIO, "Input/output error")

    def rotate(self, descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")


def broken(descriptor: int, sync: bool) -> FileSink:
    return BrokenSink(descriptor, sync=sync)


def test_what_waits_and_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock(), broken)
    for act in (partial(tick, log), log.sync, log.close):
        with pytest.raises(AuditError, match="Input/output error"):
            act()


def test_a_segment_that_cannot_be_begun_leaves_nothing_behind(tmp_path: Path) -> None:
    log = AuditLog(settings(tmp_path), 0, Clock(), broken)
    with pytest.raises(AuditError, match="cannot be begun"):
        log.rotate()
    assert names(tmp_path) == ["2026-01-31-0-1.jsonl"]


def test_a_disk_that_refuses_a_finished_segment_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog(settings(tmp_path, "interval"), 0, Clock())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail_with(errno.EIO))
        log.rotate()
        with pytest.raises(AuditError, match="the disk refuses"):
            tick(log)
        with pytest.raises(AuditError, match="the disk refuses"):
            log.sync()
    log.write(RECORD)
    log.close()


def test_waiting_for_the_disk_can_be_left_to_another_thread(tmp_path: Path) -> None:
    clock = Clock()
    log = AuditLog(settings(tmp_path, "interval"), 0, clock)
    log.write(RECORD)
    assert log.due_sync() is None
    log.rotate()
    work = log.due_sync()
    assert work is not None
    log.rotate()
    log.close()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    modes: list[Literal["never", "interval", "always"]] = ["never", "interval", "always"]
    for fsync in modes:
        log = AuditLog(settings(tmp_path, fsync), 0, Clock())
        log.rotate()
        tick(log)
        log.rotate()
        log.close()
    assert len(os.listdir("/proc/self/fd")) == before
