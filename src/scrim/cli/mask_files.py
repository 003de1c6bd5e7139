"""Masks tables in files for `scrim mask`, batch by batch: CSV and Parquet."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa

from scrim.cli.failures import CommandError
from scrim.cli.file_reading import BYTE_ORDER_MARK, Advance, CsvFile, Reader, open_csv, open_parquet
from scrim.masking.arrow.masker import BatchMasker, ColumnReport, MaskSettings

BATCH_ROWS: Final = 16_384
BATCH_CHARACTERS: Final = 16 << 20
"""Rows with more characters than this make smaller batches."""
PARQUET_ROWS: Final = 65_536
_USUAL_END: Final = "\r\n"
"""What ends lines of CSV (RFC 4180)."""


def mask_csv(
    reader: Reader,
    out: IO[bytes],
    path: Path | None,
    *,
    header: bool | None,
    settings: MaskSettings,
) -> list[ColumnReport]:
    """Mask a file of CSV; delimiter, header, order and line ends stay, fields are quoted anew.

    Args:
        reader: The file.
        out: Where the masked one goes.
        path: Where it is; None for standard input.
        header: Whether the first row names the columns, None to find out.
        settings: With what it is masked.

    Raises:
        ValueError: If it is not CSV whose rows have the same fields, with the number of the row.
    """
    mark = reader.peek(3)[:3] == BYTE_ORDER_MARK
    scanner = settings.scanner
    table = open_csv(reader, path, header, scanner, settings.judge, strict=True)
    if table is None:
        return []
    names = _distinct(table.names)
    schema = pa.schema([pa.field(name, pa.large_string()) for name in names])
    masker = BatchMasker(schema, settings)
    text = io.TextIOWrapper(out, "utf-8", newline="")
    try:
        if mark:
            text.write("\ufeff")
        # Fields with any line end are quoted, which the writer does for those that it is given.
        writer = csv.writer(_Lines(text, table.line_end), delimiter=table.delimiter)
        header_due = table.header
        batches = _csv_batches(table)
        # Without a row, the header still is without the columns that are dropped.
        for rows in chain([next(batches, [])], batches):
            columns = [
                pa.array([row[number] or None for row in rows], pa.large_string())
                for number in range(len(names))
            ]
            masked = masker.mask(pa.RecordBatch.from_arrays(columns, schema=schema))
            if header_due is not None:
                kept = set(masker.masked_schema.names)
                pairs = zip(names, header_due, strict=True)
                writer.writerow([label for name, label in pairs if name in kept])
                header_due = None
            writer.writerows(zip(*(column.to_pylist() for column in masked.columns), strict=True))
    finally:
        text.detach()
    return masker.columns


class _Lines:
    """Takes lines that end as those of CSV do, and ends them as those of a file."""

    def __init__(self, text: IO[str], end: str) -> None:
        self._text = text
        self._end = end

    def write(self, line: str) -> int:
        """Write a line."""
        if self._end != _USUAL_END:
            line = line.removesuffix(_USUAL_END) + self._end
        return self._text.write(line)


def _csv_batches(table: CsvFile) -> Iterator[list[list[str]]]:
    """Yield rows in batches of bounded size."""
    width = len(table.names)
    batch: list[list[str]] = []
    characters = 0
    for number, row in enumerate(table.rows, start=1):
        if len(row) != width:
            if not row and width > 1:
                continue
            if not row:
                row = [""]  # noqa: PLW2901 - an empty line is an empty field here
            else:
                raise ValueError(f"row {number}: has {len(row)} fields where there are {width}")
        batch.append(row)
        characters += sum(map(len, row))
        if len(batch) == BATCH_ROWS or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def mask_parquet(
    path: Path, out: IO[bytes], settings: MaskSettings, advance: Advance
) -> list[ColumnReport]:
    """Mask a Parquet file; its schema, metadata and compression stay.

    Args:
        path: The file.
        out: Where the masked one goes.
        settings: With what it is masked.
        advance: Moves a progress bar by so many bytes.

    Raises:
        CommandError: If it is no Parquet file.
        ArrowError: If there is no way to mask a type in it.
    """
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    with open_parquet(path, str(path)) as file:
        schema = file.schema_arrow
        masker = BatchMasker(schema, settings)
        share = path.stat().st_size / max(file.metadata.num_rows, 1)
        with ExitStack() as stack:
            writer = None
            try:
                batches = file.iter_batches(PARQUET_ROWS)
                nothing = pa.RecordBatch.from_pylist([], schema=schema)
                for batch in chain([next(batches, nothing)], batches):
                    masked = masker.mask(batch)
                    if writer is None:
                        kept = masker.masked_schema
                        sink = pa.PythonFile(out, "w")
                        writer = ParquetWriter(sink, kept, compression=_codecs(file, kept.names))
                        stack.enter_context(writer)
                    writer.write_batch(masked)
                    advance(batch.num_rows * share)
            except (pa.ArrowException, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise
                raise CommandError(f"{path}: has a part that cannot be read") from None
    return masker.columns


def _codecs(
    file: Any,  # noqa: ANN401 - pyarrow declares no types
    names: Collection[str],
) -> dict[str, str] | str:
    """Return how each of some columns is compressed, by its path."""
    if not file.metadata.num_row_groups:
        return "snappy"
    group = file.metadata.row_group(0)
    every = [group.column(number) for number in range(group.num_columns)]
    columns = [
        column
        for column in every
        if {column.path_in_schema, column.path_in_schema.partition(".")[0]} & set(names)
    ]
    known = {"SNAPPY", "GZIP", "BROTLI", "LZ4", "ZSTD"}
    return {
        column.path_in_schema: column.compression if column.compression in known else "NONE"
        for column in columns
    }


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names of which none is there twice; dots inside of them are no paths."""
    seen: set[str] = set()
    distinct = []
    for name in names:
        plain = name.replace(".", "_")
        tried: Iterable[str] = chain([plain], (f"{plain}_{n}" for n in range(2, len(names) + 2)))
        kept = next(one for one in tried if one not in seen)
        seen.add(kept)
        distinct.append(kept)
    return distinct
