"""`scrim mask`: columns and rows that are left out, and values that change places."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]

PEOPLE = "id,name,email,note\n" + "".join(
    f'{n},"Weber, Anna",user{n}@corp.example,\n' for n in range(10)
)
PEOPLE += "11,,,\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "masking.key").write_bytes(base64.b64encode(bytes(range(32))))
    (tmp_path / "masking.key").chmod(0o600)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def whole(scrim: Scrim, name: str, output: str, operator: str) -> Result:
    return scrim(
        "mask", name, "-o", output, "--key-file", "masking.key",
        "--column", "email=contact.email", "--operator", f"contact.email={operator}",
    )  # fmt: skip


def test_columns_and_rows_are_left_out_of_csv(scrim: Scrim, folder: Path) -> None:
    before = rows_of(PEOPLE)
    assert whole(scrim, "people.csv", "out.csv", "drop_column").code == 0
    after = rows_of((folder / "out.csv").read_text())
    assert after[0] == ["id", "name", "note"]
    assert [row[0] for row in after] == [row[0] for row in before]
    assert all(len(row) == 3 for row in after)
    assert whole(scrim, "people.csv", "rows.csv", "drop_row").code == 0
    assert [row[0] for row in rows_of((folder / "rows.csv").read_text())] == ["id", "11"]
    (folder / "head.csv").write_text("id,email\n")
    assert whole(scrim, "head.csv", "none.csv", "drop_column").code == 0
    assert (folder / "none.csv").read_text() == "id\n"


def test_members_and_lines_are_left_out_of_json(scrim: Scrim, folder: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"id": 1, "email": "a@corp.example"},
        {"id": 2, "email": None},
        {"id": 3, "email": ["b@corp.example", "c@corp.example"]},
        {"id": 4},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "people.jsonl").write_text(text)
    assert whole(scrim, "people.jsonl", "out.jsonl", "drop_column").code == 0
    after = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert after == [{"id": number} for number in (1, 2, 3, 4)]
    assert whole(scrim, "people.jsonl", "rows.jsonl", "drop_row").code == 0
    after = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert after == [lines[1], lines[3]]
    assert whole(scrim, "people.jsonl", "moved.jsonl", "shuffle").code == 0
    after = [json.loads(line) for line in (folder / "moved.jsonl").read_text().splitlines()]
    found = [after[0]["email"], *after[2]["email"]]
    assert sorted(found) == ["a@corp.example", "b@corp.example", "c@corp.example"]
    assert found[0] != "a@corp.example"


def test_parquet_is_written_without_a_column_and_its_rows(scrim: Scrim, folder: Path) -> None:
    table = pa.table({"id": [1, 2], "email": ["a@corp.example", None]})
    for name, rows in (("people.parquet", table), ("none.parquet", table.slice(0, 0))):
        pyarrow.parquet.write_table(rows, folder / name)
        assert whole(scrim, name, f"out-{name}", "drop_column").code == 0
        after = pyarrow.parquet.read_table(folder / f"out-{name}")
        assert after.schema.names == ["id"]
        assert after.num_rows == rows.num_rows
    assert whole(scrim, "people.parquet", "rows.parquet", "drop_row").code == 0
    assert pyarrow.parquet.read_table(folder / "rows.parquet")["id"].to_pylist() == [2]
