"""Reads the audit log for people: the last records, one session, one statement."""

import heapq
import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from scrim.audit.records import Record
from scrim.audit.segments import AuditError, Segment, find_segments

MAX_LINE_BYTES: Final = 4 << 20
BROKEN: Final = "broken"
"""The kind of the record that stands for a line which cannot be read."""


def statement_name(record: Record) -> str:
    """Return `session/statement_id`, or the session alone for records of no statement."""
    session, number = record.get("session", ""), record.get("statement_id")
    return f"{session}/{number}" if number is not None else str(session)


def read_records(directory: Path) -> Iterator[Record]:
    """Yield every record of a folder by its time.

    A line that cannot be read gives a record of the kind `BROKEN` in its place.

    Args:
        directory: The folder of the segments.

    Raises:
        AuditError: If a file cannot be read.
    """
    by_worker = sorted(find_segments(directory), key=lambda s: (s.worker, s.day, s.number))
    streams = [
        _worker_records(list(segments))
        for _, segments in groupby(by_worker, key=lambda segment: segment.worker)
    ]
    yield from heapq.merge(*streams, key=_time)


def last_records(directory: Path, count: int) -> list[Record]:
    """Return the last records of a folder.

    Args:
        directory: The folder of the segments.
        count: How many.

    Raises:
        AuditError: If a file cannot be read.
    """
    newest: dict[int, list[Segment]] = {}
    for segment in find_segments(directory):
        newest.setdefault(segment.worker, []).append(segment)
    found: list[Record] = []
    for segments in newest.values():
        kept: deque[Record] = deque()
        # Backwards through the files, so that a log of years is not read for its last lines.
        for segment in reversed(segments):
            recent = deque(_records_of(segment), maxlen=count - len(kept))
            kept.extendleft(reversed(recent))
            if len(kept) >= count:
                break
        found += kept
    return sorted(found, key=_time)[-count:] if count else []


def find_records(directory: Path, name: str) -> Iterator[Record]:
    """Yield the records of a session, or of one of its statements.

    Args:
        directory: The folder of the segments.
        name: `session` or `session/statement_id`.

    Raises:
        AuditError: If a file cannot be read.
    """
    session, _, number = name.partition("/")
    for record in read_records(directory):
        if record.get("session") != session:
            continue
        if not number or str(record.get("statement_id")) == number:
            yield record


@dataclass(slots=True)
class Follower:
    """Gives the records that appeared since it was asked last.

    Attributes:
        directory: The folder of the segments.
    """

    directory: Path
    _positions: dict[Path, int] = field(default_factory=dict)

    def skip(self) -> None:
        """Take everything that is there as read."""
        for segment in find_segments(self.directory):
            self._positions[segment.path] = _size(segment.path)

    def poll(self) -> list[Record]:
        """Return the new records by time. A line whose end is not written yet waits."""
        fresh: list[Record] = []
        for segment in find_segments(self.directory):
            position = self._positions.get(segment.path, 0)
            for end, record in _lines(segment, position, complete_only=True):
                fresh.append(record)
                self._positions[segment.path] = end
        return sorted(fresh, key=_time)


def _worker_records(segments: list[Segment]) -> Iterator[Record]:
    for segment in segments:
        yield from _records_of(segment)


def _records_of(segment: Segment) -> Iterator[Record]:
    for _, record in _lines(segment, 0, complete_only=False):
        yield record


def _lines(segment: Segment, position: int, *, complete_only: bool) -> Iterator[tuple[int, Record]]:
    """Yield each record with the position after it."""
    last_time = ""
    try:
        with segment.path.open("rb") as file:
            file.seek(position)
            while line := file.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n") and complete_only:
                    return
                record = _parse(line, segment, position, last_time)
                last_time = _time(record)
                position += len(line)
                if line.strip():
                    yield position, record
    except OSError as error:
        raise AuditError(f"{segment.path}: cannot be read ({error.strerror})") from None


def _parse(line: bytes, segment: Segment, position: int, last_time: str) -> Record:
    try:
        record: Any = json.loads(line)
    except ValueError:
        record = None
    if isinstance(record, dict) and isinstance(record.get("record"), str):
        return record
    # It takes the time of the line before it, so that it stays in its place.
    return {
        "record": BROKEN,
        "segment": segment.path.name,
        "position": position,
        "time": last_time,
    }


def _time(record: Record) -> str:
    return str(record.get("time", ""))


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError as error:
        raise AuditError(f"{path}: cannot be read ({error.strerror})") from None
