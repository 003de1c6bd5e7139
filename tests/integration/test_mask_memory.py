"""`scrim mask` needs no more memory for a large file than for a small one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet
import pytest

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE = 30_000_000, 300_000_000
MOST_GROWTH = 48 << 20
BLOCK_ROWS = 20_000


def block(start: int) -> list[tuple[str, str, str]]:
    return [
        (str(n), f"user{n * 7919 % 1_000_003}@corp.example", f"the order {n} was packed with care")
        for n in range(start, start + BLOCK_ROWS)
    ]


def write_text(path: Path, size: int, line: str, head: str = "") -> None:
    start = 0
    with path.open("w") as file:
        file.write(head)
        while file.tell() < size:
            file.write("".join(line % row for row in block(start)))
            start += BLOCK_ROWS


def write_parquet(path: Path, size: int) -> None:
    start = written = 0
    schema = pa.schema({"id": pa.string(), "email": pa.string(), "remark": pa.string()})
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while written < size:
            columns = [pa.array(column) for column in zip(*block(start), strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            written += sum(column.nbytes for column in columns)
            start += BLOCK_ROWS


def peak_of(path: Path, output: Path, key: Path) -> int:
    """Mask a file in a process of its own and return the most memory that it had, in bytes."""
    command = [sys.executable, "-m", "scrim.cli.main", "mask", str(path), "-o", str(output)]
    command += ["--key-file", str(key), "--force"]
    with (output.parent / "log").open("w") as log:
        actions = [(os.POSIX_SPAWN_DUP2, log.fileno(), descriptor) for descriptor in (1, 2)]
        process = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0, (output.parent / "log").read_text()
    return usage.ru_maxrss * 1024


@pytest.mark.long
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    key = tmp_path / "masking.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    peaks = []
    for size in (SMALL, LARGE):
        path = tmp_path / name
        if name.endswith(".csv"):
            write_text(path, size, "%s,%s,%s\n", "id,email,remark\n")
        elif name.endswith(".jsonl"):
            write_text(path, size, '{"id": "%s", "email": "%s", "remark": "%s"}\n')
        else:
            write_parquet(path, size)
        peaks.append(peak_of(path, tmp_path / f"out-{name}", key))
    assert peaks[1] - peaks[0] < MOST_GROWTH, peaks
