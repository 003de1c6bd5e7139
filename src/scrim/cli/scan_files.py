"""Scans files for `scrim scan`: CSV, JSON, Parquet and text, in bounded memory."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.detection.columns import ColumnJudge
from scrim.detection.inventory import ColumnTally, Inventory, Place, TableTally
from scrim.detection.shapes import shape_of
from scrim.detection.tables import (
    MAX_PATHS,
    SNIFFED_LINES,
    column_names,
    csv_rows,
    find_delimiter,
    flattened,
    is_header,
)
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
MAX_LINE_CHARACTERS: Final = 64 << 20
HEAD_BYTES: Final = 1 << 16
FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".psv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
PARQUET_MAGIC: Final = b"PAR1"
if TYPE_CHECKING:
    Reader = io.BufferedReader[Any]
else:
    Reader = io.BufferedReader


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
        size = self._path.stat().st_size if self._path is not None else None
        console = Console(stderr=True)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        ) as progress:
            task = progress.add_task(self.inventory.source, total=size or None)
            watched = _Watched(file, progress, task)
            reader: Reader = io.BufferedReader(watched, HEAD_BYTES)
            self._readers()[self._format or self._sniff(reader)](reader)
        return self.inventory

    def _readers(self) -> dict[str, Callable[[Reader], None]]:
        return {
            "csv": self._csv,
            "jsonl": self._json_lines,
            "json": self._json,
            "parquet": self._parquet,
            "text": self._text,
        }

    def _sniff(self, reader: Reader) -> str:
        head = reader.peek(HEAD_BYTES)
        if head.startswith(PARQUET_MAGIC):
            return "parquet"
        named = FORMATS.get(self._path.suffix.lower()) if self._path is not None else None
        if named is not None:
            return named
        if self._path is None:
            lines = _whole_lines(head)
            if lines and all(line[:1] in "{[" for line in lines) and _is_json(lines[0]):
                return "jsonl"
            delimiter = find_delimiter(lines) if len(lines) > 1 else None
            if delimiter is not None and delimiter != "|":
                rows = list(csv_rows(lines, delimiter))
                if len({len(row) for row in rows}) == 1 and is_header(
                    rows, self._names, self._judge
                ):
                    return "csv"
        return "text"

    def _csv(self, reader: Reader) -> None:
        lines = _decoded(reader)
        first = list(islice(lines, SNIFFED_LINES))
        suffix = "" if self._path is None else self._path.suffix.lower()
        usual = {".tsv": "\t", ".psv": "|"}.get(suffix, ",")
        rows = csv_rows(chain(first, lines), find_delimiter(first) or usual)
        head = list(islice(rows, SNIFFED_LINES))
        if not head:
            self.inventory.notes.append("the file is empty")
            return
        named = self._header
        if named is None:
            named = is_header(head, self._names, self._judge)
        width = max(len(row) for row in head)
        self._tabulate(column_names(width, head[0] if named else None), chain(head[named:], rows))

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
        for line in _decoded(reader):
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
        try:
            from pyarrow import ArrowException  # noqa: PLC0415
            from pyarrow.parquet import ParquetFile  # noqa: PLC0415
        except ModuleNotFoundError:
            raise CommandError(
                f"{self.inventory.source}: Parquet needs pyarrow; install it with "
                "`pip install 'scrim-gateway[data]'`",
                EXIT_USAGE,
            ) from None
        source: Any = self._path if self._path is not None else io.BytesIO(reader.read())
        try:
            with ParquetFile(source) as file:
                self._objects(row for batch in file.iter_batches(ROWS) for row in batch.to_pylist())
        except (ArrowException, OSError):
            raise CommandError(
                f"{self.inventory.source}: is not a Parquet file that can be read", EXIT_USAGE
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


class _Watched(io.RawIOBase):
    """Reads a file and moves the progress bar."""

    def __init__(self, file: IO[bytes], progress: Progress, task: TaskID) -> None:
        self._file = file
        self._progress = progress
        self._task = task

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - the interface of io
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._progress.advance(self._task, len(data))
        return len(data)


def _pieces(reader: Reader) -> Iterator[bytes]:
    first = True
    while piece := reader.read(PIECE_BYTES):
        if first and piece[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            rest = piece + reader.read(MAX_JSON_BYTES)
            yield rest.decode("utf-16", "replace").encode()
            return
        yield piece.removeprefix(b"\xef\xbb\xbf") if first else piece
        first = False


def _decoded(reader: Reader) -> Iterator[str]:
    """Yield lines of bounded length."""
    utf16 = reader.peek(2)[:2] in {b"\xff\xfe", b"\xfe\xff"}
    encoding = "utf-16" if utf16 else "utf-8-sig"
    with io.TextIOWrapper(reader, encoding, "replace", newline="") as text:
        while line := text.readline(MAX_LINE_CHARACTERS):
            yield line


def _whole_lines(head: bytes) -> list[str]:
    lines = head.decode("utf-8-sig", "replace").splitlines()
    return lines[: min(SNIFFED_LINES, len(lines) - (not head.endswith(b"\n")))] or lines[:1]


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False


def _path_column(table: str, path: str) -> Column:
    """Name the column of a path: what stands before its last key is what a table would be."""
    parent, _, name = path.rpartition(".")
    return Column("", parent or table, name)
