"""Appends records to the segment files of one worker."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from scrim.audit.records import render, render_time
from scrim.audit.segments import AuditError, Segment, create_segment
from scrim.config.audit import Audit

Clock = Callable[[], datetime]


class Sink(Protocol):
    """What lines are handed to: a `FileSink`, or the data path's own writer of the same file.

    One worker has one sink, so that the lines of the data path and those of Python never tear
    each other.
    """

    def line(self, line: bytes) -> None:
        """Write a line, with its line end. Raises AuditError or OSError when it is not written."""

    def flush(self) -> None:
        """Write what waits. Raises AuditError or OSError when it is not written."""

    def rotate(self, descriptor: int) -> None:
        """Write what waits, then go on in another file. The descriptor stays the caller's."""

    def counts(self) -> tuple[int, int, int, int]:
        """Return the data path's own records: intents, outcomes, columns, and those not written."""

    @property
    def written(self) -> int:
        """Return the number of bytes in the current file."""


class FileSink:
    """Writes lines straight to a file."""

    def __init__(self, descriptor: int, *, sync: bool) -> None:
        """Write to a file.

        Args:
            descriptor: Opened for appending; stays the caller's.
            sync: Whether a line must be on the disk before it counts.
        """
        self._descriptor = descriptor
        self._sync = sync
        self._written = 0
        self._torn = False

    def line(self, line: bytes) -> None:
        """Write a line, with its line end.

        Raises:
            OSError: If it is not written, or not whole. The next line then begins with a line end,
                so that one broken line is all that a reader meets.
        """
        rest = memoryview(b"\n" + line if self._torn else line)
        while rest:
            try:
                count = os.write(self._descriptor, rest)
            except OSError:
                self._torn = self._torn or len(rest) < len(line)
                raise
            self._written += count
            rest = rest[count:]
        self._torn = False
        if self._sync:
            os.fdatasync(self._descriptor)

    def flush(self) -> None:
        """Do nothing: no line ever waits."""

    def rotate(self, descriptor: int) -> None:
        """Go on in another file."""
        self._descriptor = descriptor
        self._written = 0
        self._torn = False

    def counts(self) -> tuple[int, int, int, int]:
        """Return nothing, as no data path writes here."""
        return 0, 0, 0, 0

    @property
    def written(self) -> int:
        """Return the number of bytes in the current file."""
        return self._written


class AuditLog:
    """One worker's end of the audit log.

    Every method that writes raises AuditError when the record is not written; what it was about
    must then not happen.
    """

    def __init__(
        self,
        settings: Audit,
        worker: int,
        clock: Clock,
        sink: Callable[[int, bool], Sink] | None = None,
    ) -> None:
        """Begin a new segment.

        Args:
            settings: The `audit` block of scrim.yaml.
            worker: Number of this worker.
            clock: Tells the time, in any time zone.
            sink: Makes the writer of a descriptor and a flag that says whether each line must be
                on the disk, such as `scrim.kernel.AuditLog`; a `FileSink` without it.

        Raises:
            AuditError: If the segment cannot be created.
        """
        self._settings = settings
        self._worker = worker
        self._clock = clock
        self._segment, self._descriptor = self._create()
        make = sink if sink is not None else _file_sink
        self._sink = make(self._descriptor, settings.fsync == "always")
        self._synced_at = clock()
        self._finished: list[int] = []
        self._closed = False
        self._records: Counter[str] = Counter()
        self._failures = 0

    @property
    def sink(self) -> Sink:
        """The writer, which the data path shares."""
        return self._sink

    @property
    def path(self) -> Path:
        """The current segment file."""
        return self._segment.path

    def write(self, record: Mapping[str, Any]) -> None:
        """Add the time to a record and append it.

        Args:
            record: One of `scrim.audit.records`.

        Raises:
            AuditError: If it is not written.
        """
        line = render({**record, "time": render_time(self._clock())}) + b"\n"
        try:
            self._sink.line(line)
        except OSError as error:
            self._failures += 1
            raise AuditError(f"the audit record was not written ({error.strerror})") from None
        self._records[str(record.get("record", ""))] += 1
        self.turn()

    def counts(self) -> tuple[dict[str, int], int]:
        """Return the records written, by kind, and how many could not be written."""
        intents, outcomes, columns, failures = self._sink.counts()
        records = {**self._records, "intent": intents, "outcome": outcomes, "columns": columns}
        return records, self._failures + failures

    def turn(self) -> None:
        """Write what waits, and begin the next segment if it is time; never wait for the disk.

        Call it about once a second, and do the work of `due_sync`.

        Raises:
            AuditError: If what waits is not written, or the next segment cannot be begun.
        """
        self._flush()
        full = self._sink.written >= self._settings.max_segment_bytes
        if full or self._clock().astimezone(UTC).date() != self._segment.day:
            self.rotate()

    def due_sync(self) -> Callable[[], None] | None:
        """Return the work of forcing records to the disk, or None when it is not due.

        The work may be done in any thread, while this log goes on. It raises AuditError if the
        disk refuses.
        """
        if self._settings.fsync == "never":
            return None
        now = self._clock()
        elapsed_ms = (now - self._synced_at).total_seconds() * 1000
        if not self._finished and (
            self._settings.fsync == "always" or elapsed_ms < self._settings.fsync_interval_ms
        ):
            return None
        self._synced_at = now
        descriptors = [*self._finished, os.dup(self._descriptor)]
        self._finished = []
        return partial(_sync_and_close, descriptors)

    def rotate(self) -> None:
        """Begin the next segment.

        Raises:
            AuditError: If it cannot be created; the current one then goes on.
        """
        segment, descriptor = self._create()
        try:
            self._sink.rotate(descriptor)
        except (OSError, AuditError) as error:
            os.close(descriptor)
            # Or a disk in trouble would gather an empty file with each attempt.
            segment.path.unlink(missing_ok=True)
            raise AuditError(f"{segment.path}: cannot be begun") from error
        self._finished.append(self._descriptor)
        self._descriptor, self._segment = descriptor, segment
        if self._settings.fsync == "never":
            os.close(self._finished.pop())

    def sync(self) -> None:
        """Write what waits, and force everything to the disk.

        Raises:
            AuditError: If the disk refuses.
        """
        self._flush()
        descriptors = [*self._finished, os.dup(self._descriptor)]
        self._finished = []
        _sync_and_close(descriptors)

    def close(self) -> None:
        """Force what was written to the disk, and close the file. Closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        try:
            self.sync()
        finally:
            for descriptor in (*self._finished, self._descriptor):
                os.close(descriptor)

    def _flush(self) -> None:
        try:
            self._sink.flush()
        except OSError as error:
            raise AuditError(f"audit records were not written ({error.strerror})") from None

    def _create(self) -> tuple[Segment, int]:
        day = self._clock().astimezone(UTC).date()
        return create_segment(self._settings.directory, day, self._worker)


def _sync_and_close(descriptors: list[int]) -> None:
    """Force files to the disk and close them, all of them even if one fails."""
    failures: list[OSError] = []
    for descriptor in descriptors:
        try:
            os.fdatasync(descriptor)
        except OSError as error:
            failures.append(error)
        finally:
            os.close(descriptor)
    if failures:
        raise AuditError(f"the disk refuses the audit log ({failures[0].strerror})")


def _file_sink(descriptor: int, sync: bool) -> Sink:
    return FileSink(descriptor, sync=sync)
