"""Keeps requests that wait for an approval, in an SQLite file that all commands of a host share.

A request is kept without its values: a keyed digest of them and of everything else that was asked
ties an approval to exactly that. It can be used once, and not after it expires.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE_NAME: Final = "approvals.sqlite3"
FILE_MODE: Final = 0o600
MAX_WAITING: Final = 1_000
"""Requests that can wait at a time."""
MAX_WAITING_EACH: Final = 50
"""Requests of one principal that can, so that nobody keeps others from asking."""
BUSY_SECONDS: Final = 10.0
KEPT_SECONDS: Final = 30 * 86_400.0
"""How long an expired request is still known, so that its use says what is wrong."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    requesters TEXT NOT NULL,
    groups TEXT NOT NULL,
    summary TEXT NOT NULL,
    expires REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS approvals (
    request TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    group_name TEXT NOT NULL,
    approver TEXT NOT NULL,
    PRIMARY KEY (request, group_name)
) STRICT;
"""


class ApprovalError(Exception):
    """A request cannot be kept, found, approved or used."""


class StillWaitingError(ApprovalError):
    """A request is not approved yet.

    Attributes:
        waiting: The request.
    """

    def __init__(self, waiting: "WaitingRequest", missing: Sequence[str]) -> None:
        """Name the groups of which somebody has to approve it yet."""
        super().__init__(
            f"{waiting.request} waits for somebody of {', '.join(missing)}: scrim approve"
        )
        self.waiting = waiting


class TooManyWaitingError(ApprovalError):
    """Too many requests wait already."""


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request as it is kept.

    Attributes:
        request: Its identifier.
        digest: Keyed digest of all that was asked.
        requesters: Names of who asks and of those that they act for.
        groups: Groups of which somebody has to approve it, each.
        summary: What people are shown of it: names and counts, no value.
        expires: Seconds since the epoch.
        approvers: Who has approved it, by group.
        used: Whether it has been used.
    """

    request: str
    digest: str
    requesters: tuple[str, ...]
    groups: tuple[str, ...]
    summary: dict[str, str | int]
    expires: float
    approvers: dict[str, str]
    used: bool = False

    def missing(self) -> tuple[str, ...]:
        """Return the groups that have not approved it."""
        return tuple(group for group in self.groups if group not in self.approvers)


class ApprovalStore:
    """The file. Every method raises ApprovalError when it cannot be read or written."""

    def __init__(self, folder: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        """Open the file of a folder, which is made when there is none, for its owner only.

        Args:
            folder: The folder.
            busy_seconds: How long to wait for the change of another command.
        """
        self._path = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            os.close(os.open(self._path, flags, FILE_MODE))
            self._database = sqlite3.connect(self._path, timeout=busy_seconds, isolation_level=None)
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.execute("PRAGMA synchronous = EXTRA")
            self._database.executescript(_SCHEMA)
        except OSError as error:
            raise ApprovalError(f"{self._path}: cannot be opened ({error.strerror})") from None
        except sqlite3.Error as error:
            raise ApprovalError(f"{self._path}: cannot be opened ({error})") from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make what is done inside one change, which an exception undoes.

        Whatever has to be written down elsewhere before the change holds is written inside.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise ApprovalError(f"{self._path}: {error}") from None

    def add(self, waiting: WaitingRequest, now: float) -> None:
        """Keep a request; call it inside `change`.

        Raises:
            TooManyWaitingError: If too many wait.
        """
        self._database.execute("DELETE FROM requests WHERE expires < ?", (now - KEPT_SECONDS,))
        requesters = json.dumps(waiting.requesters)
        total, own = self._database.execute(
            "SELECT count(*), coalesce(sum(requesters = ?), 0) FROM requests "
            "WHERE used = 0 AND expires > ?",
            (requesters, now),
        ).fetchone()
        if total >= MAX_WAITING or own >= MAX_WAITING_EACH:
            raise TooManyWaitingError(
                "too many requests wait already; approve them or let them expire"
            )
        self._database.execute(
            "INSERT INTO requests (id, digest, requesters, groups, summary, expires) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                waiting.request,
                waiting.digest,
                requesters,
                json.dumps(waiting.groups),
                json.dumps(waiting.summary),
                waiting.expires,
            ),
        )

    def find(self, request: str) -> WaitingRequest | None:
        """Return the request of an identifier, in whatever state it is."""
        found = self._select("WHERE id = ?", (request,))
        return found[0] if found else None

    def waiting(self, now: float) -> list[WaitingRequest]:
        """Return the requests that can still be approved or used, those that expire first first."""
        return self._select("WHERE used = 0 AND expires > ? ORDER BY expires, id", (now,))

    def approve(self, request: str, groups: Sequence[str], approver: str) -> None:
        """Keep an approval for each group; call it inside `change`."""
        self._database.executemany(
            "INSERT OR IGNORE INTO approvals (request, group_name, approver) VALUES (?, ?, ?)",
            [(request, group, approver) for group in groups],
        )

    def use(self, request: str) -> None:
        """Use a request up; call it inside `change`."""
        self._database.execute("UPDATE requests SET used = 1 WHERE id = ?", (request,))

    def _select(self, where: str, values: Sequence[str | float]) -> list[WaitingRequest]:
        columns = "id, digest, requesters, groups, summary, expires, used"
        try:
            rows = self._database.execute(
                f"SELECT {columns} FROM requests {where}",  # noqa: S608 - from this file alone
                values,
            ).fetchall()
            return [self._read(row) for row in rows]
        except (sqlite3.Error, ValueError) as error:
            raise ApprovalError(f"{self._path}: cannot be read ({error})") from None

    def _read(self, row: tuple[str, str, str, str, str, float, int]) -> WaitingRequest:
        request, digest, requesters, groups, summary, expires, used = row
        approvers: dict[str, str] = dict(
            self._database.execute(
                "SELECT group_name, approver FROM approvals WHERE request = ?", (request,)
            ).fetchall()
        )
        return WaitingRequest(
            request,
            digest,
            tuple(json.loads(requesters)),
            tuple(json.loads(groups)),
            json.loads(summary),
            expires,
            approvers,
            bool(used),
        )
