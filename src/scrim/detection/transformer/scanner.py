"""The kernel's scanner and a transformer together."""

from collections.abc import Sequence
from dataclasses import replace

from scrim.detection.scan import Scanner
from scrim.detection.transformer.model import Transformer
from scrim.detection.transformer.overlaps import join
from scrim.domain.finding import Finding


class TransformerScanner(Scanner):
    """Finds what the kernel finds, and what a model finds where the kernel leaves room.

    A model takes milliseconds for what the kernel does in microseconds: this is for scans and for
    programs of one's own, never for the gateway.
    """

    def __init__(self, scanner: Scanner, transformer: Transformer) -> None:
        """Join a scanner with a model.

        Args:
            scanner: Searches by itself.
            transformer: Reads the texts after it.
        """
        super().__init__(scanner.catalogue, scanner.detector)
        self._plain = scanner
        self._transformer = transformer

    @property
    def plain(self) -> Scanner:
        """The scanner without the model."""
        return self._plain

    def scan_cells(
        self, cells: Sequence[bytes], expected: str | None = None
    ) -> list[list[Finding]]:
        """Find the values in each cell; the spans count bytes.

        Args:
            cells: The cells, in any encoding; bytes that are no UTF-8 name nothing to the model.
            expected: Entity that the cells are believed to hold.

        Raises:
            TransformerError: If the model fails.
        """
        known = super().scan_cells(cells, expected)
        texts = {cell: cell.decode("utf-8", "surrogateescape") for cell in cells}
        found = dict(zip(texts, self._transformer.find(list(texts.values())), strict=True))
        return [
            join(cell, findings, _in_bytes(texts[cell], found[cell]), expected)
            for cell, findings in zip(cells, known, strict=True)
        ]


def _in_bytes(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Turn spans of characters into spans of bytes, in one pass."""
    moved = []
    at_byte = at_character = 0
    for finding in findings:
        ends = []
        for edge in (finding.start, finding.end):
            at_byte += len(text[at_character:edge].encode("utf-8", "surrogateescape"))
            at_character = edge
            ends.append(at_byte)
        moved.append(replace(finding, start=ends[0], end=ends[1]))
    return moved
