"""Finds values in a text that arrives in pieces, and tells line and column of each."""

from collections.abc import Iterator
from typing import Final

from scrim.detection.inventory import TextFinding, words_of
from scrim.detection.scan import Scanner
from scrim.detection.shapes import shape_of

PIECE_BYTES: Final = 1 << 18
"""Bytes that are scanned at once."""
OVERLAP_BYTES: Final = 1 << 14
"""Bytes at the end of a piece that are scanned again with the next one."""


class TextStream:
    """Searches a text in pieces; constant memory."""

    def __init__(self, scanner: Scanner) -> None:
        """Begin at the first line.

        Args:
            scanner: Searches the text.
        """
        self._scanner = scanner
        self._waiting = b""
        self._line = 1
        self._before = 0

    def feed(self, data: bytes) -> Iterator[TextFinding]:
        """Take the next bytes and yield what is found in those that are settled."""
        self._waiting += data
        while len(self._waiting) >= PIECE_BYTES + OVERLAP_BYTES:
            yield from self._scan(self._waiting[: PIECE_BYTES + OVERLAP_BYTES], last=False)

    def end(self) -> Iterator[TextFinding]:
        """Yield what is found in the rest."""
        if self._waiting:
            yield from self._scan(self._waiting, last=True)

    def _scan(self, piece: bytes, *, last: bool) -> Iterator[TextFinding]:
        """Scan a piece, but for the end of it, which is scanned with what follows."""
        limit = len(piece) if last else _cut(piece, PIECE_BYTES)
        done = at = 0
        line, column = self._line, self._before
        for finding in self._scanner.scan_cells([piece])[0]:
            if finding.start >= limit:
                break
            lines = piece.count(b"\n", at, finding.start)
            if lines:
                line, column = line + lines, 0
                at = piece.rfind(b"\n", at, finding.start) + 1
            column += len(_text(piece[at : finding.start]))
            at, done = finding.start, finding.end
            shape = shape_of(_text(piece[finding.start : finding.end]))
            why = words_of(finding.evidence)
            yield TextFinding(line, column + 1, finding.entity, finding.confidence, why, shape)
        done = max(done, limit)
        self._advance(piece[:done])
        self._waiting = self._waiting[done:]

    def _advance(self, passed: bytes) -> None:
        lines = passed.count(b"\n")
        if lines:
            self._line += lines
            self._before = len(_text(passed[passed.rfind(b"\n") + 1 :]))
        else:
            self._before += len(_text(passed))


def _cut(piece: bytes, limit: int) -> int:
    """Return the end of the last line before a limit, or the limit in a long line."""
    return piece.rfind(b"\n", 0, limit) + 1 or limit


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
