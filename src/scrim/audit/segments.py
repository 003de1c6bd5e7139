"""The files of the audit log: how they are named, made and found."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{1,6})-(\d{1,9})\.jsonl")
_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_ATTEMPTS: Final = 1_000
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700


class AuditError(Exception):
    """The audit log cannot be written or read. What was to be recorded must not happen."""


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log. Segments of a worker sort in the order of their writing.

    Attributes:
        day: UTC date on which it was begun.
        worker: The worker that writes it.
        number: Its number on that day.
        path: Where it is.
    """

    day: date
    worker: int
    number: int
    path: Path


def parse_segment(path: Path) -> Segment | None:
    """Return the segment that a file is, or None when it is another file."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        return None
    return Segment(day, int(match[2]), int(match[3]), path)


def find_segments(directory: Path) -> list[Segment]:
    """Return every segment of a folder, sorted by day, worker and number.

    Raises:
        AuditError: If the folder cannot be read.
    """
    try:
        return sorted(_segments(directory))
    except OSError as error:
        raise AuditError(f"{directory}: cannot be read ({error.strerror})") from None


def _segments(directory: Path) -> Iterator[Segment]:
    for path in directory.iterdir():
        if (segment := parse_segment(path)) is not None:
            yield segment


def create_segment(directory: Path, day: date, worker: int) -> tuple[Segment, int]:
    """Create the next segment of a worker; nothing that exists is ever opened for writing.

    Args:
        directory: The folder, created when absent.
        day: Today's UTC date.
        worker: The worker that will write.

    Returns:
        The segment, and a descriptor that appends to it.

    Raises:
        AuditError: If it cannot be created.
    """
    try:
        directory.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        used = [s.number for s in _segments(directory) if (s.day, s.worker) == (day, worker)]
        first = max(used, default=0) + 1
        for number in range(first, first + _ATTEMPTS):
            path = directory / f"{day.isoformat()}-{worker}-{number}.jsonl"
            try:
                descriptor = os.open(path, _FLAGS, FILE_MODE)
            except FileExistsError:
                continue
            sync_folder(directory)
            return Segment(day, worker, number, path), descriptor
    except OSError as error:
        raise AuditError(f"{directory}: cannot be written ({error.strerror})") from None
    raise AuditError(f"{directory}: no free segment name; is another gateway writing there?")


def sync_folder(directory: Path) -> None:
    """Make the names in a folder survive a crash."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
