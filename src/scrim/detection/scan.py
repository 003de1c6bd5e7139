"""Finds sensitive values in texts, with the kernel's scanner."""

from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from scrim.config.errors import ConfigError, Problem
from scrim.detection.catalogue import Catalogue, builtin_catalogue
from scrim.domain.finding import Evidence, Finding
from scrim.kernel import Detector

CANDIDATE_CONFIDENCE: Final = 0.3
CANDIDATE_EVIDENCE: Final = Evidence.PATTERN | Evidence.CHECKSUM


class Scanner:
    """The scanner of a catalogue. Immutable, so that sessions can share it."""

    def __init__(self, catalogue: Catalogue, detector: Detector | None = None) -> None:
        """Compile the catalogue.

        Args:
            catalogue: The entities that are looked for.
            detector: The catalogue compiled, if it was before.

        Raises:
            ConfigError: If an entity cannot be compiled, such as one with a bad expression.
        """
        self._catalogue = catalogue
        self._names = catalogue.names
        self._detector = detector or compile_detector(catalogue)

    @property
    def catalogue(self) -> Catalogue:
        """The entities that are looked for."""
        return self._catalogue

    @property
    def plain(self) -> "Scanner":
        """The scanner for names of columns and the like, which no model reads."""
        return self

    @property
    def detector(self) -> Detector:
        """The kernel's part of it, by which maskers search too."""
        return self._detector

    def scan_cells(
        self, cells: Sequence[bytes], expected: str | None = None
    ) -> list[list[Finding]]:
        """Find the values in each cell; the spans count bytes.

        Args:
            cells: The cells, in any encoding.
            expected: Entity that the cells are believed to hold.
        """
        hint = None if expected is None else self._catalogue.place(expected)
        found = self._detector.scan(cells, hint)
        return [[self._finding(*one) for one in cell] for cell in found]

    def scan(self, texts: Sequence[str], expected: str | None = None) -> list[list[Finding]]:
        """Find the values in each text; the spans count characters.

        Args:
            texts: The texts.
            expected: Entity that the texts are believed to hold.
        """
        cells = [text.encode("utf-8", "surrogatepass") for text in texts]
        found = self.scan_cells(cells, expected)
        return [
            findings if len(cell) == len(text) else _in_characters(cell, findings)
            for text, cell, findings in zip(texts, cells, found, strict=True)
        ]

    def scan_values(
        self, values: Sequence[str], expected: str | None = None
    ) -> list[list[Finding]]:
        """Find the values of a column, for a vote: also what little speaks for by itself.

        Args:
            values: Values of a column.
            expected: Entity that the column is believed to hold.
        """
        return self.with_candidates(values, self.scan(values, expected))

    def with_candidates(
        self, values: Sequence[str], found: Sequence[Sequence[Finding]]
    ) -> list[list[Finding]]:
        """Add what the values can be by their check digits alone, for a vote.

        A number that passes a check digit proves nothing, but a column of them does. Such a value
        is reported as a whole for every entity whose check digits it passes.

        Args:
            values: Values of a column.
            found: What was found in each of them.
        """
        trimmed = [value.strip() for value in values]
        cells = [value.encode("utf-8", "surrogatepass") for value in trimmed]
        added = [
            [
                Finding(0, len(value), self._names[place], CANDIDATE_CONFIDENCE, CANDIDATE_EVIDENCE)
                for place in places
            ]
            for value, places in zip(trimmed, self._detector.candidates(cells), strict=True)
        ]
        return [[*before, *more] for before, more in zip(found, added, strict=True)]

    def _finding(
        self, start: int, end: int, entity: int, confidence: float, evidence: int
    ) -> Finding:
        return Finding(start, end, self._names[entity], confidence, Evidence(evidence))


def compile_detector(catalogue: Catalogue) -> Detector:
    """Return the kernel's scanner of a catalogue.

    Raises:
        ConfigError: If an entity cannot be compiled.
    """
    try:
        return Detector(catalogue.kernel_json())
    except ValueError as error:
        problem = Problem(Path("entities"), 0, "", str(error), "correct that entity")
        raise ConfigError(problem) from None


def _in_characters(cell: bytes, findings: Sequence[Finding]) -> list[Finding]:
    """Turn spans of bytes into spans of characters, in one pass."""
    moved = []
    at_byte = at_character = 0
    for finding in findings:
        ends = []
        for edge in (finding.start, finding.end):
            at_character += len(cell[at_byte:edge].decode("utf-8", "surrogatepass"))
            at_byte = edge
            ends.append(at_character)
        moved.append(
            Finding(ends[0], ends[1], finding.entity, finding.confidence, finding.evidence)
        )
    return moved


@cache
def builtin_scanner() -> Scanner:
    """Return the scanner of the entities that come with scrim."""
    return Scanner(builtin_catalogue().general())


def gateway_scanner(named: Collection[str] = ()) -> Scanner:
    """Return the scanner of the entities that the gateway masks by itself.

    Args:
        named: Entities that an operator or a profile names, which are searched for as well.
    """
    return _gateway_scanner(builtin_catalogue().masked_if_named(named))


@lru_cache(maxsize=8)
def _gateway_scanner(more: frozenset[str]) -> Scanner:
    return Scanner(builtin_catalogue().protected(more))
