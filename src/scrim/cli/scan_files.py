"""Scans files for `scrim scan`: CSV, JSON, Parquet and text, in bounded memory."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.file_reading import (
    BYTE_ORDER_MARK,
    Reader,
    decoded,
    open_csv,
    open_parquet,
    sniff,
    watched,
)
from scrim.detection.columns import ColumnJudge
from scrim.detection.inventory import ColumnTally, Inventory, Place, TableTally
from scrim.detection.shapes import shape_of
from scrim.detection.tables import MAX_PATHS, flattened
from scrim.detection.text_stream import PIECE_BYTES, TextStream
from scrim.domain.column import Column

if TYPE_CHECKING:
    from scrim.detection.scan import Scanner

ROWS: Final = 1024
MAX_FINDINGS: Final = 10_000
"""Findings of a text that are listed; further ones are counted."""
MAX_JSON_BYTES: Final = 256 << 20
FURTHER: Final = "..."
"""The column of values at further paths than `MAX_PATHS`."""


class FileScan:
    """One scan of a file or of standard input."""

    def __init__(
        self,
        path: Path | None,
        file_format: str | None,
        header: bool | None,  # noqa: FBT001, RUF100 - three answers to one question
        scanner: "Scanner",
    ) -> None:
        """Say what is scanned, and how.

        Args:
            path: The file; None for standard input.
            file_format: What is in it, None to find out.
            header: Whether the first row of CSV names the columns, None to find out.
            scanner: Searches values.
        """
        self._path = path
        self._format = file_format
        self._header = header
        self._scanner = scanner
        self._names = scanner.plain
        self._judge = ColumnJudge(self._scanner.catalogue)
        self._table = "" if path is None else path.stem
        self.inventory = Inventory("standard input" if path is None else str(path))

    def run(self, file: IO[bytes]) -> Inventory:
        """Scan and return what was found.

        Raises:
            CommandError: If the file cannot be read as what it is.
        """
        with watched(file, self._path, self.inventory.source) as (reader, _):
            found = self._format or sniff(reader, self._path, self._names, self._judge)
            self._readers()[found](reader)
        return self.inventory

    def _readers(self) -> dict[str, Callable[[Reader], None]]:
        return {
            "csv": self._csv,
            "jsonl": self._json_lines,
            "json": self._json,
            "parquet": self._parquet,
            "text": self._text,
        }

    def _csv(self, reader: Reader) -> None:
        table = open_csv(reader, self._path, self._header, self._names, self._judge)
        if table is None:
            self.inventory.notes.append("the file is empty")
            return
        self._tabulate(table.names, table.rows)

    def _tabulate(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        names = tuple(self._name(name) for name in names)
        places = [Place(Column("", self._table, name), siblings=names) for name in names]
        tally = TableTally(self._scanner, self._judge, places)
        waiting = iter(rows)
        while batch := list(islice(waiting, ROWS)):
            tally.add(batch)
        self.inventory.columns += tally.reports()

    def _json_lines(self, reader: Reader) -> None:
        self._objects(self._parsed(reader))

    def _parsed(self, reader: Reader) -> Iterator[object]:
        bad = 0
        for line in decoded(reader):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                bad += 1
                yield line
        if bad:
            self.inventory.notes.append(f"{bad} lines are not JSON and were scanned as text")

    def _json(self, reader: Reader) -> None:
        data = reader.read(MAX_JSON_BYTES + 1)
        try:
            document = json.loads(data[:MAX_JSON_BYTES])
        except (ValueError, RecursionError):
            self.inventory.notes.append("it is not one JSON value that can be read; read as text")
            self._search(chain([data], _pieces(reader)))
            return
        self._objects(document if isinstance(document, list) else [document])

    def _objects(self, values: Iterable[object]) -> None:
        """Take JSON values as rows, whose paths are columns."""
        tallies: dict[str, ColumnTally] = {}
        waiting: dict[str, list[str | None]] = {}
        names: dict[str, str] = {}
        for number, value in enumerate(values, start=1):
            for path, found in flattened(value).items():
                name = names.get(path)
                if name is None:
                    name = self._shown_path(path, waiting) if len(names) < MAX_PATHS else FURTHER
                    if len(names) < MAX_PATHS:
                        names[path] = name
                waiting.setdefault(name, []).extend(found)
            if number % ROWS == 0:
                self._settle(waiting, tallies)
        self._settle(waiting, tallies)
        self.inventory.columns += [tally.report() for tally in tallies.values()]

    def _shown_path(self, path: str, waiting: dict[str, list[str | None]]) -> str:
        """Return a path that shows no value; keys that hold one count as values themselves."""
        keys = path.split(".")
        if not any(self._names.scan([path, *keys])):
            return path
        waiting.setdefault("keys", []).extend((path, *keys))
        return shape_of(path).replace(".", "_")

    def _name(self, name: str) -> str:
        return shape_of(name) if any(self._names.scan([name])) else name

    def _settle(
        self, waiting: dict[str, list[str | None]], tallies: dict[str, ColumnTally]
    ) -> None:
        siblings = tuple(path.rpartition(".")[2] for path in waiting)
        for path, values in waiting.items():
            if path not in tallies:
                place = Place(_path_column(self._table, path), siblings=siblings)
                tallies[path] = ColumnTally(self._scanner, self._judge, place)
            tallies[path].add(values)
            values.clear()

    def _parquet(self, reader: Reader) -> None:
        name = self.inventory.source
        opened = open_parquet(
            self._path if self._path is not None else io.BytesIO(reader.read()), name
        )
        from pyarrow import ArrowException  # noqa: PLC0415

        try:
            with opened as file:
                self._objects(row for batch in file.iter_batches(ROWS) for row in batch.to_pylist())
        except (ArrowException, OSError):
            raise CommandError(
                f"{name}: is not a Parquet file that can be read", EXIT_USAGE
            ) from None

    def _text(self, reader: Reader) -> None:
        self._search(_pieces(reader))

    def _search(self, pieces: Iterable[bytes]) -> None:
        stream = TextStream(self._scanner)
        inventory = self.inventory
        for piece in chain(pieces, (None,)):
            for finding in stream.end() if piece is None else stream.feed(piece):
                inventory.counts[finding.entity] += 1
                if len(inventory.findings) < MAX_FINDINGS:
                    inventory.findings.append(finding)
        more = inventory.counts.total() - len(inventory.findings)
        if more:
            inventory.notes.append(f"{more:,} further findings are counted and not listed")


def _pieces(reader: Reader) -> Iterator[bytes]:
    first = True
    while piece := reader.read(PIECE_BYTES):
        if first and piece[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            rest = piece + reader.read(MAX_JSON_BYTES)
            yield rest.decode("utf-16", "replace").encode()
            return
        yield piece.removeprefix(BYTE_ORDER_MARK) if first else piece
        first = False


def _path_column(table: str, path: str) -> Column:
    """Name the column of a path: what stands before its last key is what a table would be."""
    parent, _, name = path.rpartition(".")
    return Column("", parent or table, name)
