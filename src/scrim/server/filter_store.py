"""What principals have asked of columns that they do not see raw, in a file that all workers share.

Of each question there is a keyed hash, so that the file tells nobody what was asked. What is older
than its hour is removed.
"""

import os
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

FILE_NAME: Final = "filter-budget.sqlite3"
FILE_MODE: Final = 0o600
BUSY_SECONDS: Final = 2.0
"""How long to wait for another worker; a write takes less than a millisecond."""

VALUE: Final = 0
ROW: Final = 1

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS questions (
    hour INTEGER NOT NULL,
    subject BLOB NOT NULL,
    kind INTEGER NOT NULL,
    question BLOB NOT NULL,
    PRIMARY KEY (hour, subject, kind, question)
) WITHOUT ROWID, STRICT;
"""

Asked = Mapping[tuple[bytes, int], frozenset[bytes] | set[bytes]]
"""Hashes of questions by subject (a principal and a column) and kind."""


class FilterStoreError(Exception):
    """The file cannot be read or written; nothing was counted."""


class FilterStore:
    """The file. Every method raises FilterStoreError when it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        """Open the file of a folder, which is made when there is none, for its owner only.

        Args:
            folder: The folder.
        """
        path = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
            self._database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            # A power cut may lose the last questions, not the file; a process that ends loses none.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise FilterStoreError(f"{path}: cannot be opened ({error})") from None
        self._hour = -1

    def charge(
        self, hour: int, asked: Asked, limits: Mapping[int, int]
    ) -> tuple[bytes, int] | set[tuple[bytes, int, bytes]]:
        """Count questions, all or none of them.

        Args:
            hour: The hour, counted from 1970.
            asked: The questions.
            limits: How many of each kind one subject may ask in an hour.

        Returns:
            The subject and kind whose limit does not allow it; else the questions that are new.
        """
        fresh: set[tuple[bytes, int, bytes]] = set()
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                for (subject, kind), questions in asked.items():
                    known = self._known(hour, subject, kind)
                    new = questions - known
                    if new and len(known) + len(new) > limits[kind]:
                        self._database.execute("ROLLBACK")
                        return subject, kind
                    fresh.update((subject, kind, question) for question in new)
                rows = [(hour, *one) for one in fresh]
                self._database.executemany("INSERT INTO questions VALUES (?, ?, ?, ?)", rows)
                if hour != self._hour:
                    self._database.execute("DELETE FROM questions WHERE hour < ?", (hour,))
                    self._hour = hour
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise FilterStoreError(str(error)) from None
        return fresh

    def forget(self, hour: int, questions: Collection[tuple[bytes, int, bytes]]) -> None:
        """Take back questions that were counted.

        Args:
            hour: The hour in which they were.
            questions: Subject, kind and hash of each.
        """
        try:
            self._database.executemany(
                "DELETE FROM questions "
                "WHERE hour = ? AND subject = ? AND kind = ? AND question = ?",
                [(hour, *one) for one in questions],
            )
        except sqlite3.Error as error:
            raise FilterStoreError(str(error)) from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _known(self, hour: int, subject: bytes, kind: int) -> set[bytes]:
        rows = self._database.execute(
            "SELECT question FROM questions WHERE hour = ? AND subject = ? AND kind = ?",
            (hour, subject, kind),
        )
        return {question for (question,) in rows}
