"""Reads files of tables and texts for `scrim scan` and `scrim mask`, in bounded memory."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.detection.columns import ColumnJudge
from scrim.detection.tables import (
    SNIFFED_LINES,
    column_names,
    csv_rows,
    find_delimiter,
    is_header,
)

if TYPE_CHECKING:
    from scrim.detection.scan import Scanner

UTF32_MARKS: Final = {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}
MOST_ZEROS: Final = 8
"""A text of bytes has fewer zeros than one in so many."""
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
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
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
if TYPE_CHECKING:
    Reader = io.BufferedReader[Any]
else:
    Reader = io.BufferedReader


@contextmanager
def watched(file: IO[bytes], path: Path | None, name: str) -> Iterator[tuple[Reader, "Advance"]]:
    """Yield a reader of a file that moves a progress bar, and what else moves it.

    Args:
        file: The file, or standard input.
        path: Where it is, if it has a size.
        name: What the bar is called.
    """
    size = path.stat().st_size if path is not None else None
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(name, total=size or None)

        def advance(count: float) -> None:
            progress.advance(task, count)

        yield io.BufferedReader(WatchedFile(file, advance), HEAD_BYTES), advance


Advance = Callable[[float], None]
"""Moves a progress bar by so many bytes."""


class WatchedFile(io.RawIOBase):
    """Reads a file and moves the progress bar."""

    def __init__(self, file: IO[bytes], advance: Advance) -> None:
        """Read from the file, and say after each piece how many bytes it had."""
        self._file = file
        self._advance = advance

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - the interface of io
        """Read into a buffer; returns how many bytes, 0 at the end."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._advance(len(data))
        return len(data)


def sniff(reader: Reader, path: Path | None, names: "Scanner", judge: ColumnJudge) -> str:
    """Return what is in a file, by its first bytes and its name.

    Args:
        reader: The file, of which nothing has been read.
        path: Where it is; None for standard input.
        names: Searches names of columns.
        judge: Knows names of columns.
    """
    head = reader.peek(HEAD_BYTES)
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    named = FORMATS.get(path.suffix.lower()) if path is not None else None
    if named is not None:
        return named
    if path is None:
        lines = _whole_lines(head)
        if lines and all(line[:1] in "{[" for line in lines) and _is_json(lines[0]):
            return "jsonl"
        delimiter = find_delimiter(lines) if len(lines) > 1 else None
        if delimiter is not None and delimiter != "|":
            rows = list(csv_rows(lines, delimiter))
            if len({len(row) for row in rows}) == 1 and is_header(rows, names, judge):
                return "csv"
    return "text"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The rows of a file of CSV.

    Attributes:
        names: Names of the columns, from the header or invented.
        header: The first row, if it names the columns.
        delimiter: What separates fields.
        line_end: What ends the first line.
        rows: The rows below the header.
    """

    names: tuple[str, ...]
    header: list[str] | None
    delimiter: str
    line_end: str
    rows: Iterator[list[str]]


def open_csv(  # noqa: PLR0913, RUF100 - all that is known of a file
    reader: Reader,
    path: Path | None,
    header: bool | None,  # noqa: FBT001, RUF100 - three answers to one question
    names: "Scanner",
    judge: ColumnJudge,
    *,
    strict: bool = False,
) -> CsvFile | None:
    """Find out how a file of CSV is written; None if it is empty.

    Args:
        reader: The file.
        path: Where it is; None for standard input.
        header: Whether the first row names the columns, None to find out.
        names: Searches names of columns.
        judge: Knows names of columns.
        strict: Whether nothing may be guessed or left out.
    """
    lines = decoded(reader, strict=strict)
    first = list(islice(lines, SNIFFED_LINES))
    suffix = "" if path is None else path.suffix.lower()
    usual = {".tsv": "\t", ".psv": "|"}.get(suffix, ",")
    delimiter = find_delimiter(first) or usual
    rows = csv_rows(chain(first, lines), delimiter, strict=strict)
    head = list(islice(rows, SNIFFED_LINES))
    if not head:
        return None
    named = header
    if named is None:
        named = is_header(head, names, judge)
    width = len(head[0]) if strict else max(len(row) for row in head)
    return CsvFile(
        column_names(width, head[0] if named else None),
        head[0] if named else None,
        delimiter,
        _line_end(first[0]),
        chain(head[named:], rows),
    )


def open_parquet(source: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow declares no types
    """Return a Parquet file of pyarrow.

    Args:
        source: A path or a file in memory.
        name: What messages call it.

    Raises:
        CommandError: If pyarrow is missing, or it is no Parquet file.
    """
    try:
        from pyarrow import ArrowException  # noqa: PLC0415
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ModuleNotFoundError:
        raise CommandError(
            f"{name}: Parquet needs pyarrow; install it with `pip install 'scrim-gateway[data]'`",
            EXIT_USAGE,
        ) from None
    try:
        # Reading ahead would keep what was read until the end of the file.
        return ParquetFile(source, pre_buffer=False)
    except (ArrowException, OSError):
        raise CommandError(f"{name}: is not a Parquet file that can be read", EXIT_USAGE) from None


def decoded(reader: Reader, *, strict: bool = False) -> Iterator[str]:
    """Yield lines of bounded length.

    Args:
        reader: The file.
        strict: Whether what is not UTF-8, and longer lines, are errors.

    Raises:
        ValueError: If it is strict, with the number of the line.
    """
    head = reader.peek(HEAD_BYTES)[:HEAD_BYTES]
    utf16 = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if strict and (head[:4] in UTF32_MARKS or (not utf16 and _has_many_zeros(head))):
        raise ValueError(
            "is UTF-16 or UTF-32 without the mark of UTF-16, or no text; convert it, for example "
            "with `iconv -f utf-16le -t utf-8`"
        )
    encoding = "utf-16" if utf16 else "utf-8-sig"
    errors = "strict" if strict else "replace"
    number = 0
    with io.TextIOWrapper(reader, encoding, errors, newline="") as text:
        try:
            while line := text.readline(MAX_LINE_CHARACTERS):
                number += 1
                if strict and len(line) == MAX_LINE_CHARACTERS and line[-1] not in "\r\n":
                    raise ValueError(
                        f"line {number}: is longer than {MAX_LINE_CHARACTERS:,} characters"
                    )
                yield line
        except UnicodeDecodeError as error:
            name = "UTF-16" if utf16 else "UTF-8"
            # What was read ahead begins with the line after the last one that was given.
            ahead = error.object[: error.start]
            number += 1 + (0 if utf16 else len(_LINE_END.findall(ahead)))
            raise ValueError(
                f"line {number}: is not {name}; convert it, for example with "
                "`iconv -f latin1 -t utf-8`"
            ) from None


def _line_end(first: str) -> str:
    """Return what ends the first line; old Macs end it with CR, unless that is inside of quotes."""
    if first.endswith("\r\n"):
        return "\r\n"
    return "\r" if first.endswith("\r") and first.count('"') % 2 == 0 else "\n"


def _has_many_zeros(head: bytes) -> bool:
    """Whether bytes are those of wider characters, in which hardly anything would be found."""
    return head.count(0) * MOST_ZEROS > len(head)


def _whole_lines(head: bytes) -> list[str]:
    lines = head.decode("utf-8-sig", "replace").splitlines()
    return lines[: min(SNIFFED_LINES, len(lines) - (not head.endswith(b"\n")))] or lines[:1]


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False
