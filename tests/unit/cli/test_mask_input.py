"""`scrim mask` with files that are odd or wrong: the same table comes out, or one clear line."""

from __future__ import annotations

import base64
import csv
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "masking.key").write_bytes(base64.b64encode(bytes(range(32))))
    (tmp_path / "masking.key").chmod(0o600)
    return tmp_path


def masked(scrim: Scrim, name: str, output: str, *more: object) -> Result:
    return scrim("mask", name, "-o", output, "--key-file", "masking.key", *more)


WRONG: list[tuple[str, bytes, str]] = [
    ("short.csv", b"email,n\na@corp.example,1\nb@corp.example\n", "row 2: has 1 fields where"),
    ("long.csv", b"email,n\na@corp.example,1,2\n", "row 1: has 3 fields where there are 2"),
    ("quote.csv", b'email,n\n"a@corp.example,1\n', "line 2: is not CSV"),
    ("after.csv", b'email,n\n"a@corp.example"x,1\n', "line 2: is not CSV"),
    ("latin.csv", b"email,n\nj\xe9@corp.example,1\n", "line 2: is not UTF-8"),
    ("header.csv", b"\xe9mail,n\nj@corp.example,1\n", "line 1: is not UTF-8"),
    ("far.csv", b"email,n\n" + b"a,1\n" * 9_000 + b"\xe9,1\n", "line 9002: is not UTF-8"),
    ("mac.csv", b"email,n\ra,1\rj\xe9@corp.example,1\r", "line 3: is not UTF-8"),
    ("noise.csv", bytes(range(256)) * 20, "line 3: is not UTF-8"),
    ("unmarked.csv", "email,n\na@corp.example,1\n".encode("utf-16-le"), "is UTF-16 or UTF-32"),
    ("one.csv", "email\na@corp.example\n".encode("utf-16-be"), "is UTF-16 or UTF-32"),
    ("wide.csv", "email,n\na@corp.example,1\n".encode("utf-32"), "is UTF-16 or UTF-32"),
    ("wide.jsonl", '{"email": "a@corp.example"}\n'.encode("utf-16-le"), "is UTF-16 or UTF-32"),
    ("half.csv", b"\xff\xfee\0m\0\n\0a", "line 2: is not UTF-16"),
    (
        "broken.jsonl",
        b'{"email": "a@corp.example"}\n{"email": "b@corp.ex\n',
        "line 2: is not a JSON",
    ),
    ("nan.jsonl", b'{"n": NaN}\n', "line 1: is not a JSON"),
    ("large.jsonl", b'{"n": 1e999}\n', "line 1: is not a JSON"),
    ("digits.jsonl", b'{"n": ' + b"9" * 90 + b"}\n", "more than 76 digits"),
    ("deep.jsonl", b'{"a":' * 100 + b"1" + b"}" * 100 + b"\n", "nested deeper than 64 levels"),
    ("latin.jsonl", b'{"email": "j\xe9@corp.example"}\n', "line 1: is not UTF-8"),
    ("none.parquet", b"PAR1 and nothing", "is not a Parquet file that can be read"),
    ("empty.parquet", b"", "is not a Parquet file that can be read"),
]


@pytest.mark.parametrize(("name", "content", "message"), WRONG, ids=[one[0] for one in WRONG])
def test_wrong_input_is_refused_without_output(
    scrim: Scrim, folder: Path, name: str, content: bytes, message: str
) -> None:
    (folder / name).write_bytes(content)
    result = masked(scrim, name, f"out-{name}", "--header", "yes")
    assert result.code in {1, 2}
    assert f"scrim: {name}: " in result.err
    assert message in result.err
    assert len(result.err.splitlines()) == 1
    assert "corp.ex" not in result.err
    assert not (folder / f"out-{name}").exists()


ODD: list[tuple[str, bytes, list[list[str]]]] = [
    ("mac.csv", b"note,n\rone,1\rtwo,2\r", [["note", "n"], ["one", "1"], ["two", "2"]]),
    ("marked.csv", "note,n\none,1\n".encode("utf-16"), [["note", "n"], ["one", "1"]]),
    ("zero.csv", b"note,n\none\0,1\ntwo and more,2\n", [["note", "n"], ["one\0", "1"]]),
    ("twice.csv", b"n,n\n1,2\n", [["n", "n"], ["1", "2"]]),
    ("inside.csv", b'note,n\n"o\rn\ne",1\n', [["note", "n"], ["o\rn\ne", "1"]]),
    ("macin.csv", b'note,n\r"o\rn\ne",1\r', [["note", "n"], ["o\rn\ne", "1"]]),
    ("dos.csv", b'note,n\r\n"o\rn\ne",1\r\n', [["note", "n"], ["o\rn\ne", "1"]]),
    ("long.csv", b"note,n\n" + b"x" * 10_000_000 + b",1\n", [["note", "n"], ["x" * 10**7, "1"]]),
    ("names.csv", b"note,n\n", [["note", "n"]]),
    ("empty.csv", b"", []),
]


@pytest.mark.parametrize(("name", "content", "rows"), ODD, ids=[one[0] for one in ODD])
def test_odd_files_come_out_as_the_same_table(
    scrim: Scrim, folder: Path, name: str, content: bytes, rows: list[list[str]]
) -> None:
    (folder / name).write_bytes(content)
    result = masked(scrim, name, f"out-{name}", "--header", "yes", "--keep", "n")
    if name == "twice.csv":
        result = masked(scrim, name, f"out-{name}", "--header", "yes", "--force")
    assert result.code == 0, result.err
    written = (folder / f"out-{name}").read_bytes()
    with (folder / f"out-{name}").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, strict=True))[: len(rows)] == rows
    if name.startswith("mac"):
        assert written.endswith(b"\r")
        assert written.count(b"\n") == content.count(b"\n")


def test_what_is_no_file_of_a_table_is_refused_in_one_line(scrim: Scrim, folder: Path) -> None:
    (folder / "folder.csv").mkdir()
    (folder / "noise.dat").write_bytes(bytes(range(256)) * 20)
    (folder / "pretty.json").write_text('[\n{"a": 1}\n]\n')
    for name, message in (
        ("missing.csv", "No such file"),
        ("folder.csv", "is a folder"),
        ("noise.dat", "is no table that can be masked"),
        ("pretty.json", "is no table that can be masked"),
    ):
        result = masked(scrim, name, f"out-{name}")
        assert result.code in {1, 2}
        assert f"{name}: {message}" in result.err
        assert len(result.err.splitlines()) == 1
        assert not (folder / f"out-{name}").exists()


def test_a_file_of_parquet_that_is_cut_or_damaged_is_refused(scrim: Scrim, folder: Path) -> None:
    table = pa.table({"email": [f"user{n}@corp.example" for n in range(10_000)]})
    pq.write_table(table, folder / "whole.parquet")
    content = (folder / "whole.parquet").read_bytes()
    damaged = content[:2_000] + bytes(500) + content[2_500:]
    for number, broken in enumerate((content[:4], content[: len(content) // 2], damaged)):
        (folder / "broken.parquet").write_bytes(broken)
        result = masked(scrim, "broken.parquet", f"out-{number}.parquet")
        assert result.code in {1, 2}
        assert "that can be read" in result.err or "cannot be read" in result.err
        assert "corp.example" not in result.err
        assert not (folder / f"out-{number}.parquet").exists()
