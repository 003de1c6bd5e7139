"""Reads the columns of a file that `scrim privacy check` asks about into a table of Arrow.

Values are read as text and kept once each, so memory grows with the distinct values and, by some
bytes, with the records: a class can only be counted when all records are seen.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.file_reading import FORMATS, MAX_LINE_CHARACTERS, PARQUET_MAGIC, Reader, watched
from scrim.detection.tables import SNIFFED_LINES, csv_rows, find_delimiter

ROWS: Final = 1 << 16
_DELIMITERS: Final = {".tsv": "\t", ".psv": "|"}

Rows = Iterable[Sequence[str | None]]


def read_columns(path: Path, file_format: str | None, columns: Sequence[str]) -> Any:  # noqa: ANN401
    """Return columns of a file as a table of Arrow.

    Args:
        path: A file of CSV with a header, JSON lines or Parquet.
        file_format: Which of them, None to go by its name and beginning.
        columns: Names of the columns, each once.

    Raises:
        CommandError: If it has no such column, or is not what it is read as.
        OSError: If it cannot be read.
    """
    with path.open("rb") as file, watched(file, path, str(path)) as (reader, _):
        chosen = file_format or _format(path, reader)
        if chosen == "parquet":
            return _parquet(path, columns)
        rows = _csv(path, reader, columns) if chosen == "csv" else _objects(path, reader, columns)
        try:
            return _table(columns, rows)
        except UnicodeDecodeError:
            raise CommandError(f"{path}: is not text in UTF-8", EXIT_USAGE) from None
        except ValueError as error:
            raise CommandError(f"{path}: {error}", EXIT_USAGE) from None


def _format(path: Path, reader: Reader) -> str:
    if reader.peek(len(PARQUET_MAGIC)).startswith(PARQUET_MAGIC):
        return "parquet"
    named = FORMATS.get(path.suffix.lower())
    if named in {"csv", "jsonl"}:
        return named
    raise CommandError(
        f"{path}: is not known by its name; say what it is with --format csv, jsonl or parquet",
        EXIT_USAGE,
    )


def _csv(path: Path, reader: Reader, columns: Sequence[str]) -> Rows:
    lines = _lines(reader)
    first = list(islice(lines, SNIFFED_LINES))
    usual = _DELIMITERS.get(path.suffix.lower(), ",")
    rows = csv_rows(chain(first, lines), find_delimiter(first) or usual)
    header = [name.strip() for name in next(iter(rows), ())]
    _demand(path, header, columns)
    places = [header.index(name) for name in columns]
    width = len(header)
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            # Fields that moved would put a record into another class.
            raise CommandError(
                f"{path}: record {number} has {len(row)} fields, the header {width}", EXIT_USAGE
            )
        yield [row[place] or None for place in places]


def _objects(path: Path, reader: Reader, columns: Sequence[str]) -> Rows:
    seen: set[str] = set()
    for number, line in enumerate(_lines(reader), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, Mapping):
            raise CommandError(f"{path}: line {number} is not an object of JSON", EXIT_USAGE)
        seen.update(name for name in columns if name in record)
        values = [record.get(name) for name in columns]
        # As JSON writes it, so that the text "1" and the number 1 are not one class.
        yield [None if value is None else json.dumps(value, sort_keys=True) for value in values]
    _demand(path, sorted(seen), columns)


def _parquet(path: Path, columns: Sequence[str]) -> Any:  # noqa: ANN401
    from pyarrow import ArrowException, Table  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(path) as file:
            schema = file.schema_arrow
            _demand(path, schema.names, columns)
            batches = list(file.iter_batches(ROWS, columns=list(columns)))
            chosen = [schema.field(name) for name in columns]
    except (ArrowException, OSError):
        raise CommandError(f"{path}: is not a Parquet file that can be read", EXIT_USAGE) from None
    if not batches:
        return schema.empty_table().select([field.name for field in chosen])
    return Table.from_batches(batches)


def _table(columns: Sequence[str], rows: Rows) -> Any:  # noqa: ANN401
    import pyarrow  # noqa: PLC0415, ICN001, RUF100 - an extra

    chunks: list[list[Any]] = [[] for _ in columns]
    waiting = iter(rows)
    while batch := list(islice(waiting, ROWS)):
        for chunk, values in zip(chunks, zip(*batch, strict=True), strict=True):
            chunk.append(pyarrow.array(values, pyarrow.string()).dictionary_encode())
    kind = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return pyarrow.table([pyarrow.chunked_array(one, kind) for one in chunks], list(columns))


def _demand(path: Path, there: Sequence[str], columns: Sequence[str]) -> None:
    for name in columns:
        if there.count(name) != 1:
            # Its columns are not listed: without a header they would be the first record.
            problem = "has two columns" if name in there else "has no column"
            raise CommandError(f"{path}: {problem} {name}, of {len(there)}", EXIT_USAGE)


def _lines(reader: Reader) -> Iterator[str]:
    """Yield lines of bounded length.

    Raises:
        UnicodeDecodeError: If it is no text: to replace what cannot be read would join classes.
    """
    utf16 = reader.peek(2)[:2] in {b"\xff\xfe", b"\xfe\xff"}
    with io.TextIOWrapper(reader, "utf-16" if utf16 else "utf-8-sig", newline="") as text:
        while line := text.readline(MAX_LINE_CHARACTERS):
            yield line
