"""What a session gave names to: prepared statements and cursors, and what is known of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Facts = TypeVar("Facts")


class NameKind(StrEnum):
    """What a name stands for. Each kind has names of its own."""

    STATEMENT = "prepared statement"
    CURSOR = "cursor"


class TooManyNamesError(Exception):
    """A session keeps more names than it may.

    Attributes:
        code: SQLSTATE.
        message: What to do.
    """

    code = "53400"

    def __init__(self, limit: int) -> None:
        """Say how many are allowed."""
        self.message = f"a session may keep {limit} prepared statements and cursors; close some"
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Facts]):
    facts: Facts
    until_transaction_ends: bool


class SessionNames(Generic[Facts]):
    """The names of one session with what is known of each.

    A name that is not known here is not known at all: the caller refuses it or takes everything
    for sensitive.
    """

    def __init__(self, limit: int) -> None:
        """Begin without names.

        Args:
            limit: How many may exist at one time (`limits.max_prepared_statements`).
        """
        self._limit = limit
        self._entries: dict[tuple[NameKind, str], _Entry[Facts]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def keep(
        self, kind: NameKind, name: str, facts: Facts, *, until_transaction_ends: bool = False
    ) -> None:
        """Remember a name, in place of what it stood for before.

        Args:
            kind: What it stands for.
            name: The name, unquoted.
            facts: What is known of it.
            until_transaction_ends: Whether it goes when the transaction ends, as a cursor without
                hold does.

        Raises:
            TooManyNamesError: If there would be more than the limit.
        """
        key = (kind, name)
        if key not in self._entries and len(self._entries) >= self._limit:
            raise TooManyNamesError(self._limit)
        self._entries[key] = _Entry(facts, until_transaction_ends)

    def find(self, kind: NameKind, name: str) -> Facts | None:
        """Return what is known of a name, or None when nothing is."""
        entry = self._entries.get((kind, name))
        return None if entry is None else entry.facts

    def forget(self, kind: NameKind, name: str) -> None:
        """Forget a name; one that is not known is no error."""
        self._entries.pop((kind, name), None)

    def forget_all(self, kind: NameKind | None = None) -> None:
        """Forget all names of a kind, or all there are (`DISCARD ALL`)."""
        self._entries = {
            key: entry for key, entry in self._entries.items() if kind not in (None, key[0])
        }

    def end_transaction(self) -> None:
        """Forget the names that end with the transaction."""
        self._entries = {
            key: entry for key, entry in self._entries.items() if not entry.until_transaction_ends
        }
