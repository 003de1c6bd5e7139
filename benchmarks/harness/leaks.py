"""The leak gate: no figure counts if a client of the gateway received a raw value.

Two checks, for what each can prove. `check_bytes` looks for planted values in every byte that
arrived, which finds them wherever they hide, notices and error texts too. `check_rows` holds each
row against the same row read directly, which finds a value that was never planted, and a clean
column that was changed for no reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# Shorter values occur by chance inside others, so that finding one says nothing.
MIN_SEARCHED_BYTES = 6
_MAX_LISTED = 5


@dataclass(slots=True)
class LeakGate:
    """Counts what was checked and remembers where a raw value was seen, but never the value."""

    _checked: int = 0
    _problems: int = 0
    _places: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether something was checked and nothing was found."""
        return self._checked > 0 and self._problems == 0

    def summary(self) -> str:
        """Return the result in words."""
        if self._checked == 0:
            return "FAILED, nothing was checked"
        if self._problems == 0:
            return f"passed, {self._checked:,} values checked"
        return f"FAILED, {self._problems:,} raw or wrong values: {'; '.join(self._places)}"

    def check_bytes(self, received: bytes, planted: Iterable[bytes], where: str) -> None:
        """Look for planted raw values in what a client received.

        Args:
            received: The bytes.
            planted: The raw values, in every encoding in which they could arrive.
            where: What the client did, for the message.
        """
        for value in planted:
            self._checked += 1
            if value in received:
                self._problem(f"{where}: a planted value arrived")

    def check_rows(
        self,
        direct: Sequence[Sequence[bytes | None]],
        through: Sequence[Sequence[bytes | None]],
        protected: Collection[int],
        where: str,
    ) -> None:
        """Hold the rows of the gateway against those of the database.

        Args:
            direct: The rows as the database sends them.
            through: The same rows as the gateway sends them.
            protected: The positions of the columns that must be masked.
            where: What the client did, for the message.
        """
        if len(direct) != len(through):
            self._problem(f"{where}: {len(through)} rows instead of {len(direct)}")
            return
        for raw_row, row in zip(direct, through, strict=True):
            self._check_row(raw_row, row, protected, where)

    def _check_row(
        self,
        raw_row: Sequence[bytes | None],
        row: Sequence[bytes | None],
        protected: Collection[int],
        where: str,
    ) -> None:
        whole = b"\x00".join(cell or b"" for cell in row)
        for position, (raw, cell) in enumerate(zip(raw_row, row, strict=True)):
            self._checked += 1
            if position not in protected:
                if raw != cell:
                    self._problem(f"{where}: clean column {position} was changed")
            elif raw is not None and (
                raw == cell or (len(raw) >= MIN_SEARCHED_BYTES and raw in whole)
            ):
                self._problem(f"{where}: column {position} arrived raw")

    def _problem(self, place: str) -> None:
        self._problems += 1
        if place not in self._places and len(self._places) < _MAX_LISTED:
            self._places.append(place)
