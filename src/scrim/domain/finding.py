"""What detection reports, in a cell and about a column."""

from dataclasses import dataclass
from enum import Flag


class Evidence(Flag):
    """Why a value was reported; the numbers are the kernel's, which knows of no transformer."""

    PATTERN = 1
    CHECKSUM = 2
    CONTEXT = 4
    COLUMN = 8
    SENTENCE = 16
    MODEL = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """One sensitive value in a text.

    Attributes:
        start: First position of the value.
        end: First position after the value.
        entity: Name of the entity, such as `contact.email`.
        confidence: How sure detection is, from 0 to 1.
        evidence: Why detection thinks so.
    """

    start: int
    end: int
    entity: str
    confidence: float
    evidence: Evidence
