"""Masks tables in files for `scrim mask`, batch by batch: CSV and Parquet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
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
        writer = csv.writer(text, delimiter=table.delimiter, lineterminator=table.line_end)
        if table.header is not None:
            writer.writerow(table.header)
        for rows in _csv_batches(table):
            columns = [
                pa.array([value or None for value in column], pa.large_string())
                for column in zip(*rows, strict=True)
            ]
            masked = masker.mask(pa.RecordBatch.from_arrays(columns, schema=schema))
            writer.writerows(zip(*(column.to_pylist() for column in masked.columns), strict=True))
    finally:
        text.detach()
    return masker.columns


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
        with ParquetWriter(pa.PythonFile(out, "w"), schema, compression=_codecs(file)) as writer:
            try:
                for batch in file.iter_batches(PARQUET_ROWS):
                    writer.write_batch(masker.mask(batch))
                    advance(batch.num_rows * share)
            except (pa.ArrowException, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise
                raise CommandError(f"{path}: has a part that cannot be read") from None
    return masker.columns


def _codecs(file: Any) -> dict[str, str] | str:  # noqa: ANN401 - pyarrow declares no types
    """Return how each column is compressed, by its path."""
    if not file.metadata.num_row_groups:
        return "snappy"
    group = file.metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
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
