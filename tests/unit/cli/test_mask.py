"""`scrim mask`: formats, options, wrong input, exit codes, and that no value is shown."""

from __future__ import annotations

import base64
import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest

import scrim as package
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]

KEY = bytes(range(32))
PEOPLE = (
    "id,Name,email,birth_date,note\n"
    + "".join(
        f'{n},"Weber, Anna",user{n}@corp.example,19{60 + n}-01-02,'
        f'"call ""{n}"" at u@corp.example"\n'
        for n in range(10)
    )
    + "11,,,,\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "masking.key").write_bytes(base64.b64encode(KEY))
    (tmp_path / "masking.key").chmod(0o600)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def masked(scrim: Scrim, name: str, output: str, *more: object) -> Result:
    return scrim("mask", name, "-o", output, "--key-file", "masking.key", *more)


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))


def test_csv_keeps_its_header_its_rows_and_its_order(scrim: Scrim, folder: Path) -> None:
    result = masked(scrim, "people.csv", "out.csv")
    assert result.code == 0
    before, after = rows_of(PEOPLE), rows_of((folder / "out.csv").read_text())
    assert after[0] == before[0]
    assert [row[0] for row in after] == [row[0] for row in before]
    assert after[-1] == ["11", "", "", "", ""]
    names = {row[1] for row in after[1:-1]}
    assert len(names) == 1
    assert "Weber, Anna" not in names
    assert after[1][4].startswith('call "0" at ')
    assert not any("corp.example" in cell for row in after for cell in row)
    assert all(
        row[3][4::3] == "--" and row[3] != old[3]
        for row, old in zip(after[1:-1], before[1:-1], strict=True)
    )
    assert "email\tmasked\tcontact.email\temail\t10 of 10 values" in result.err
    assert "note\tsearched\t-\t-\t10 of 10 values" in result.err
    assert "3 of 5 columns were masked" in result.err
    assert "Weber" not in result.out + result.err


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.csv", (";", "\r\n", b"")),
        ("a.tsv", ("\t", "\n", b"\xef\xbb\xbf")),
        ("a.psv", ("|", "\n", b"")),
    ],
)
def test_csv_keeps_how_it_is_written(
    scrim: Scrim, folder: Path, name: str, written: tuple[str, str, bytes]
) -> None:
    delimiter, end, mark = written
    lines = [["email", "n"], *([f"user{n}@corp.example", str(n)] for n in range(20))]
    text = "".join(delimiter.join(line) + end for line in lines)
    (folder / name).write_bytes(mark + text.encode())
    out = f"out{name[1:]}"
    assert masked(scrim, name, out).code == 0
    content = (folder / out).read_bytes()
    assert content.startswith(mark + f"email{delimiter}n{end}".encode())
    assert content.count(end.encode()) == 21
    assert b"corp.example" not in content


def test_a_csv_without_header_and_with_equal_names_is_masked(scrim: Scrim, folder: Path) -> None:
    (folder / "rows.csv").write_text("".join(f"{n},u{n}@corp.example\n" for n in range(20)))
    assert masked(scrim, "rows.csv", "out.csv").code == 0
    assert "corp.example" not in (folder / "out.csv").read_text()
    (folder / "twice.csv").write_text("email,email,a.b\nx@corp.example,y@corp.example,1\n")
    assert masked(scrim, "twice.csv", "t.csv", "--header", "yes").code == 0
    text = (folder / "t.csv").read_text()
    assert text.startswith("email,email,a.b\n")
    assert "corp.example" not in text


def test_a_single_column_keeps_its_empty_lines(scrim: Scrim, folder: Path) -> None:
    (folder / "one.csv").write_text("email\na@corp.example\n\nb@corp.example\n")
    assert masked(scrim, "one.csv", "out.csv").code == 0
    rows = rows_of((folder / "out.csv").read_text())
    assert rows[0] == ["email"]
    assert rows[2] == [""]
    assert len(rows) == 4


def test_json_lines_keep_types_and_structure(scrim: Scrim, folder: Path) -> None:
    lines = [
        {"user": {"email": "ana@corp.example", "tags": ["x", 5, None, True]}, "n": 1.5},
        {"user": {"email": 17, "age": "33"}, "big": 123456789012345678901234567890},
        {"ana@corp.example": {"x": []}, "note": "write to ana@corp.example", "user": None},
        "ana@corp.example",
        [1, {"email": "bob@corp.example"}],
    ]
    (folder / "e.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = masked(scrim, "e.jsonl", "out.jsonl")
    assert result.code == 0
    text = (folder / "out.jsonl").read_text()
    assert "corp.example" not in text
    after = [json.loads(line) for line in text.splitlines()]
    assert len(after) == len(lines)
    assert after[0]["user"]["tags"] == ["x", 5, None, True]
    assert after[0]["n"] == 1.5
    assert after[1]["big"] == lines[1]["big"]  # type: ignore[index]
    assert isinstance(after[1]["user"]["email"], int)
    assert after[1]["user"]["email"] != 17
    key = next(iter(after[2]))
    assert key == after[3] == after[2]["note"].removeprefix("write to ")
    assert after[2][key] == {"x": []}
    assert after[4][0] == 1


def test_parquet_keeps_schema_metadata_and_compression(scrim: Scrim, folder: Path) -> None:
    schema = pa.schema(
        [pa.field("email", pa.large_string()), pa.field("n", pa.int16(), nullable=False)],
        metadata={"origin": "shop"},
    )
    table = pa.Table.from_pydict(
        {"email": ["a@corp.example", None] * 500, "n": range(1000)}, schema=schema
    )
    pyarrow.parquet.write_table(table, folder / "in.parquet", compression="zstd")
    assert masked(scrim, "in.parquet", "out.parquet").code == 0
    found = pyarrow.parquet.read_table(folder / "out.parquet")
    assert found.schema.equals(schema, check_metadata=False)
    assert found.schema.metadata[b"origin"] == b"shop"
    assert found.equals(package.mask(table, key=KEY, table="in"))
    group = pyarrow.parquet.ParquetFile(folder / "out.parquet").metadata.row_group(0)
    assert group.column(0).compression == "ZSTD"


def test_nested_parquet_of_several_row_groups_is_masked(scrim: Scrim, folder: Path) -> None:
    table = pa.table(
        {
            "person": [{"email": f"u{n}@corp.example", "tags": ["x"]} for n in range(3000)],
            "state": pa.array(["new", None, "paid"] * 1000).dictionary_encode(),
            "labels": pa.array([[("k", "v@corp.example")]] * 3000, pa.map_("string", "string")),
        }
    )
    pyarrow.parquet.write_table(table, folder / "in.parquet", row_group_size=500)
    chosen = ("--column", "labels=contact.email", "--json")
    result = masked(scrim, "in.parquet", "out.parquet", *chosen)
    assert result.code == 0, result.err
    found = pyarrow.parquet.read_table(folder / "out.parquet")
    assert found.schema.equals(table.schema)
    assert found["state"].equals(table["state"])
    assert "corp.example" not in str(found["person"].to_pylist() + found["labels"].to_pylist())
    paths = {one["column"] for one in json.loads(result.out)["columns"]}
    assert paths == {"person.email", "person.tags", "state", "labels.key", "labels"}


def test_a_pipe_is_read_and_written(scrim: Scrim, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.TextIOWrapper(io.BytesIO(PEOPLE.encode()))
    monkeypatch.setattr(io, "StringIO", lambda _given: typed)
    result = masked(scrim, "-", "-", "--json")
    assert result.code == 0
    assert result.out.startswith("id,Name,email,birth_date,note\n")
    assert "corp.example" not in result.out
    columns = json.loads(result.err)["columns"]
    assert [one["column"] for one in columns][:2] == ["id", "Name"]


def test_the_summary_is_json_for_programs(scrim: Scrim) -> None:
    result = masked(scrim, "people.csv", "out.csv", "--json", "--operator", "contact.email=null")
    document = json.loads(result.out)
    assert document["source"] == "people.csv"
    by_name = {one["column"]: one for one in document["columns"]}
    assert by_name["email"]["nulled"] == 10
    assert by_name["email"]["null_reason"] == "the operator"
    assert by_name["birth_date"]["type"] == "date"
    assert by_name["Name"]["entity"] == "person.full"


def test_columns_profiles_types_and_operators_are_chosen(scrim: Scrim, folder: Path) -> None:
    chosen = (
        *("--column", "note=contact.city", "--keep", "Name", "--profile", "support"),
        *("--operator", "contact.city=redact", "--type", "id=int8", "--column", "id=person.age"),
    )
    assert masked(scrim, "people.csv", "out.csv", *chosen).code == 0
    rows = rows_of((folder / "out.csv").read_text())[1:]
    assert rows[0][1] == "Weber, Anna"
    assert rows[0][2] == f"us{'*' * 12}mple"
    assert rows[0][4] == "[redacted]"
    assert rows[0][0].isdigit()


def test_values_are_those_of_the_library(scrim: Scrim, folder: Path) -> None:
    assert masked(scrim, "people.csv", "out.csv", "--column", "email=contact.email").code == 0
    emails = [row[2] for row in rows_of((folder / "out.csv").read_text())[1:-1]]
    raw = pa.table({"email": [f"user{n}@corp.example" for n in range(10)]})
    assert emails == package.mask(raw, key=KEY)["email"].to_pylist()


def test_scrim_yaml_gives_key_profile_and_entities(scrim: Scrim, folder: Path) -> None:
    operators = {"person.full": "null"}
    config = write_config(folder, {"masking": {"profile": "support", "operators": operators}})
    result = scrim("mask", "people.csv", "-o", "out.csv", "--config", config)
    assert result.code == 0, result.err
    row = rows_of((folder / "out.csv").read_text())[1]
    assert row[1] == ""
    assert row[2] == f"us{'*' * 12}mple"


def test_an_output_that_exists_is_kept_until_a_whole_one_replaces_it(
    scrim: Scrim, folder: Path
) -> None:
    (folder / "out.csv").write_text("mine")
    result = masked(scrim, "people.csv", "out.csv")
    assert result.code == 1
    assert "out.csv: exists already" in result.err
    (folder / "bad.csv").write_text(PEOPLE + "1,2\n")
    assert masked(scrim, "bad.csv", "out.csv", "--force").code == 1
    assert (folder / "out.csv").read_text() == "mine"
    assert masked(scrim, "people.csv", "out.csv", "--force").code == 0
    assert (folder / "out.csv").read_text().startswith("id,")
    assert masked(scrim, "people.csv", "people.csv", "--force").code == 0
    assert "corp.example" not in (folder / "people.csv").read_text()
    assert sorted(one.name for one in folder.iterdir() if one.name.startswith(".")) == []


def test_a_column_that_turns_out_to_hold_an_entity_is_refused_or_searched(
    scrim: Scrim, folder: Path
) -> None:
    lines = ["code,n", *(f"nothing {n},1" for n in range(20_000))]
    lines += [f"user{n}@corp.example,1" for n in range(20_000)]
    (folder / "late.csv").write_text("\n".join(lines) + "\n")
    result = masked(scrim, "late.csv", "out.csv")
    assert result.code == 1
    assert "--column code=contact.email" in result.err
    assert not (folder / "out.csv").exists()
    result = masked(scrim, "late.csv", "out.csv", "--late", "search")
    assert result.code == 0
    assert "later rows look like contact.email" in result.err
    text = (folder / "out.csv").read_text()
    assert "corp.example" not in text
    assert text.startswith("code,n\nnothing 0,1\n")


def test_huge_cells_are_masked(scrim: Scrim, folder: Path) -> None:
    cell = "x " * 5_000_000 + "ana@corp.example"
    (folder / "huge.csv").write_text(f'note,n\n"{cell}",1\n')
    assert masked(scrim, "huge.csv", "out.csv").code == 0
    text = (folder / "out.csv").read_text()
    assert "corp.example" not in text
    assert len(text) > 10_000_000


USAGE: list[tuple[tuple[object, ...], int, str]] = [
    (("--column", "email"), 2, "write NAME=WORD"),
    (("--column", "email=a.b", "--column", "email=c.d"), 2, "given twice"),
    (("--column", "email=contact.mail"), 2, "there is no entity contact.mail"),
    (("--column", "mail=contact.email"), 1, "there is no column mail"),
    (("--operator", "contact.email=scramble"), 2, "is not an operator"),
    (("--profile", "none"), 2, "is not one of"),
    (("--type", "id=guid"), 2, "no kind of type guid"),
    (("--key-env", "A"), 2, "not both"),
    (("--format", "jsonl"), 2, "the output is jsonl"),
    (("--config", "nothing.yaml"), 78, "nothing.yaml does not exist"),
]


@pytest.mark.parametrize(("options", "code", "message"), USAGE, ids=[str(one[0]) for one in USAGE])
def test_mistakes_on_the_command_line_are_said(
    scrim: Scrim, options: tuple[object, ...], code: int, message: str
) -> None:
    result = masked(scrim, "people.csv", "out.csv", *options)
    assert result.code == code
    assert message in result.err


def test_files_and_keys_that_are_not_there_are_said(
    scrim: Scrim, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing.csv: No such file" in masked(scrim, "nothing.csv", "out.csv").err
    assert "is a folder" in masked(scrim, ".", "out.csv").err
    assert "does not exist" in masked(scrim, "people.csv", "no/where.csv").err
    (folder / "note.txt").write_text("hello")
    assert masked(scrim, "note.txt", "out.txt").code == 2
    result = scrim("mask", "people.csv", "-o", "out.csv")
    assert result.code == 78
    assert "there is no masking key" in result.err
    (folder / "masking.key").chmod(0o644)
    result = masked(scrim, "people.csv", "out.csv")
    assert result.code == 78
    assert "chmod 600" in result.err
    monkeypatch.setenv("MASK", "c2hvcnQ=")
    result = scrim("mask", "people.csv", "-o", "out.csv", "--key-env", "MASK")
    assert result.code == 78
    assert "c2hvcnQ" not in result.err
    assert not (folder / "out.csv").exists()


def test_empty_files_stay_empty(scrim: Scrim, folder: Path) -> None:
    for name in ("empty.csv", "empty.jsonl"):
        (folder / name).write_text("")
        assert masked(scrim, name, f"out-{name}").code == 0
        assert (folder / f"out-{name}").read_bytes() == b""
    (folder / "head.csv").write_text("email,n\n")
    assert masked(scrim, "head.csv", "out.csv").code == 0
    assert (folder / "out.csv").read_text() == "email,n\n"


def test_without_pyarrow_it_says_how_to_get_it(
    scrim: Scrim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = masked(scrim, "people.csv", "out.csv")
    assert result.code == 2
    assert "pip install 'scrim-gateway[data]'" in result.err


def test_any_file_is_masked_or_refused_without_a_value(scrim: Scrim, folder: Path) -> None:
    pieces: list[Any] = ['"', ",", "\n", "a@corp.example", "\r\n", "\0", "ü", ""]
    for number in range(60):
        text = "".join(pieces[(number * 7 + step * step) % len(pieces)] for step in range(number))
        (folder / "any.csv").write_text("email,n\n" + text, newline="")
        result = masked(scrim, "any.csv", "out.csv", "--force")
        assert result.code in {0, 1}
        assert "corp.example" not in result.err
        if result.code == 0:
            assert "corp.example" not in (folder / "out.csv").read_text()
