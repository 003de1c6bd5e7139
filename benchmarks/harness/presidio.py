"""Presidio as the peer: its pattern recognisers, in a process and an environment of their own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from harness.commands import BenchmarkError
from harness.detection_data import Span
from harness.span_scores import without_overlaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from harness.detection_data import LabelledColumn

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".build" / "peers" / "presidio" / "bin" / "python"
WORKER = Path(__file__).with_name("presidio_worker.py")
NOTE = (
    "Presidio: its predefined pattern recognisers with context words and its default threshold of "
    "evaluation (0.4); its language models cannot be had offline, so it looks for no names of "
    "people, places or organisations"
)
ENTITIES: Mapping[str, str] = {
    "CREDIT_CARD": "financial.card",
    "CRYPTO": "financial.bitcoin",
    "DATE_TIME": "person.birth_date",
    "EMAIL_ADDRESS": "contact.email",
    "IBAN_CODE": "financial.iban",
    "IP_ADDRESS": "network.ipv4",
    "MAC_ADDRESS": "network.mac",
    "UUID": "network.uuid",
    "PHONE_NUMBER": "contact.phone",
    "URL": "contact.url",
    "MEDICAL_LICENSE": "us.dea",
    "UK_NHS": "gb.nhs",
    "US_BANK_NUMBER": "us.bank_account",
    "US_DRIVER_LICENSE": "us.driver_license",
    "US_ITIN": "us.itin",
    "US_PASSPORT": "us.passport",
    "US_SSN": "us.ssn",
}
"""Presidio's entities by the names of scrim's, by which both are scored alike."""
WHOLE_VALUE = 0.8
SHARE_OF_VALUES = 0.5


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What Presidio said.

    Attributes:
        spans: What it found in each text, without overlaps, by scrim's names of entities.
        seconds: Median processor time of a round over all texts.
    """

    spans: tuple[tuple[Span, ...], ...]
    seconds: float


class Presidio:
    """The running peer. Use it as a context manager."""

    def __init__(self) -> None:
        """Know where it is installed.

        Raises:
            BenchmarkError: If it is not.
        """
        if not PYTHON.exists():
            raise BenchmarkError(
                f"Presidio is not installed in {PYTHON.parents[1].relative_to(ROOT)}: "
                "run scripts/install-peers.sh presidio"
            )
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            [str(PYTHON), "-W", "ignore", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ""},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def find(self, texts: Sequence[str], rounds: int = 1) -> PeerAnswer:
        """Return what it finds in texts.

        Args:
            texts: The texts.
            rounds: How often to do it, for the time that it takes.

        Raises:
            BenchmarkError: If it ends.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise BenchmarkError("Presidio is not running")
        try:
            process.stdin.write(json.dumps({"texts": list(texts), "rounds": rounds}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise BenchmarkError(
                "Presidio ended: run scripts/install-peers.sh presidio, or leave --peer out"
            )
        answer = json.loads(line)
        spans = tuple(
            without_overlaps(
                (Span(start, end, ENTITIES.get(entity, f"presidio.{entity.lower()}")), score)
                for start, end, entity, score in found
            )
            for found in answer["spans"]
        )
        return PeerAnswer(spans, statistics.median(answer["seconds"]))

    def verdicts(self, columns: Sequence[LabelledColumn], most_values: int) -> list[str | None]:
        """Return what columns hold: the entity of at least half of their values.

        Args:
            columns: The columns.
            most_values: Distinct values of each that are looked at.
        """
        samples = [list(dict.fromkeys(column.values))[:most_values] for column in columns]
        found = iter(self.find([value for sample in samples for value in sample]).spans)
        return [_majority([(value, next(found)) for value in sample]) for sample in samples]


def _majority(values: Sequence[tuple[str, Sequence[Span]]]) -> str | None:
    votes: Counter[str] = Counter()
    for value, spans in values:
        whole = (s.entity for s in spans if s.end - s.start >= WHOLE_VALUE * len(value))
        votes.update(set(whole))
    winner = votes.most_common(1)
    return winner[0][0] if winner and winner[0][1] >= SHARE_OF_VALUES * len(values) else None
