"""`scrim scan` of files: formats, exit codes, and that no value is shown."""

from __future__ import annotations

import io
import json
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet
import pytest

from scrim.cli.scan_options import complete
from tests.unit.detection.transformer.model_files import write_model
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]

PEOPLE = (
    "name;email;note;amount\nAnna Weber;anna@example.org;x;12\nBert Muller;bert@example.org;y;13\n"
)
VALUES = ("anna@", "bert@", "Weber", "Muller")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_csv_is_a_table_whatever_its_delimiter(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    result = scrim("scan", "people.csv")
    assert result.code == 1
    assert "people\temail\t-\tcontact.email\t" in result.out
    assert "people\tname\t-\tperson.full\t" in result.out
    assert "2 of 4 columns are sensitive" in result.out
    assert not any(value in result.out + result.err for value in VALUES)


def test_csv_without_a_header_has_numbered_columns(scrim: Scrim, tmp_path: Path) -> None:
    rows = "".join(f"{n},user{n}@example.org\n" for n in range(20))
    (tmp_path / "rows.csv").write_text(rows)
    assert "rows\tcolumn2\t-\tcontact.email" in scrim("scan", "rows.csv").out


def test_a_value_in_a_header_or_a_key_is_not_shown(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"anna@example.org": {"n": 1}, "plain": 2}')
    result = scrim("scan", "keys.json", "--all", "--json")
    assert result.code == 1
    assert "anna@" not in result.out
    (tmp_path / "head.csv").write_text("anna@example.org,n\n1,2\n")
    assert "anna@" not in scrim("scan", "head.csv", "--header", "yes", "--all").out


def test_json_lines_have_a_column_for_each_path(scrim: Scrim, tmp_path: Path) -> None:
    lines = ['{"user": {"email": "a@example.org", "tags": ["x"]}}', "no JSON b@example.org", ""]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))
    result = scrim("scan", "events.jsonl")
    assert "user\temail\t-\tcontact.email" in result.out
    assert "1 lines are not JSON" in result.out


def test_text_has_line_and_column_of_each_finding(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("hello\n  für joe@example.org and 192.0.2.55\n")
    result = scrim("scan", "app.log")
    assert "app.log:2:7: contact.email 0.95 xxx@xxxxxxx.xxx (pattern)" in result.out
    assert "app.log:2:27: network.ipv4" in result.out


def test_places_are_right_behind_megabytes_and_in_lines_without_end(
    scrim: Scrim, tmp_path: Path
) -> None:
    lines = ["nothing to see here"] * 40_000 + ["mail joe@example.org"]
    (tmp_path / "long.log").write_text("\n".join(lines))
    assert "long.log:40001:6: contact.email" in scrim("scan", "long.log").out
    (tmp_path / "wide.log").write_text("y " * 400_000 + "joe@example.org")
    assert "wide.log:1:800001: contact.email" in scrim("scan", "wide.log").out


def test_a_value_across_two_pieces_is_found_once(scrim: Scrim, tmp_path: Path) -> None:
    for offset in range(-12, 3, 2):
        (tmp_path / "cut.log").write_text("z " * (131_072 + offset) + "joe@example.org " * 2)
        assert scrim("scan", "cut.log").out.count("contact.email 0.95") == 2


def test_parquet_is_a_table(scrim: Scrim, tmp_path: Path) -> None:
    table = pa.table(
        {"email": ["a@example.org", None], "place": [{"ip": "192.0.2.1"}, {"ip": "x"}]}
    )
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    result = scrim("scan", "rows.parquet", "--json")
    entities = {one["column"]: one["entity"] for one in json.loads(result.out)["columns"]}
    assert entities["email"] == "contact.email"
    assert entities["ip"] == "network.ipv4"


def test_without_pyarrow_it_says_how_to_get_it(
    scrim: Scrim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = scrim("scan", "rows.parquet")
    assert result.code == 2
    assert "pip install 'scrim-gateway[data]'" in result.err


def test_standard_input_is_told_apart(scrim: Scrim, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, expected in (
        (PEOPLE, "\temail\t-\tcontact.email"),
        ('{"mail": "a@example.org"}\n{"mail": "b@example.org"}\n', "mail\t-\tcontact.email"),
        ("write to joe@example.org, soon\n", "standard input:1:10: contact.email"),
    ):
        typed = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(io, "StringIO", lambda _given, typed=typed: typed)
        assert expected in scrim("scan", "-").out


def test_exit_codes_tell_nothing_found_and_not_done_apart(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text("nothing to see here\n")
    (tmp_path / "empty.csv").write_text("")
    assert scrim("scan", "clean.txt").code == 0
    assert scrim("scan", "empty.csv").code == 0
    (tmp_path / "mail.txt").write_text("a@example.org")
    assert scrim("scan", "mail.txt", "--exit-zero").code == 0
    assert scrim("scan", "mail.txt", "--min-confidence", "0.99").code == 0
    for wrong in ("nothing-there", str(tmp_path)):
        result = scrim("scan", wrong)
        assert result.code == 2
        assert result.err.startswith("scrim: ")
    assert scrim("scan", "mail.txt", "--tags").code == 2


def test_what_is_informational_is_shown_and_does_not_fail(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The meeting is on 12 March at 9:30, as every year.\n")
    result = scrim("scan", "note.txt", "--html", "report.html")
    assert result.code == 0
    assert "general.date_time" in result.out
    assert " 0 sensitive values, " in result.out
    assert json.loads(scrim("scan", "note.txt", "--json").out)["sensitive"] is False
    assert "general.date_time (informational)" in (tmp_path / "report.html").read_text()


def test_damaged_files_end_with_a_sentence(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1" + b"\x00" * 50)
    result = scrim("scan", "bad.parquet")
    assert (result.code, "Parquet" in result.err) == (2, True)
    (tmp_path / "bad.json").write_text("[" * 100_000)
    assert scrim("scan", "bad.json").code == 0
    (tmp_path / "bytes.bin").write_bytes(bytes(range(256)) * 100)
    assert scrim("scan", "bytes.bin").code in {0, 1}


class _Resources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_the_report_loads_nothing_and_shows_no_value(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("note", "<script>alert(1)</script>"))
    assert scrim("scan", "people.csv", "--html", "report.html").code == 1
    text = (tmp_path / "report.html").read_text()
    parser = _Resources()
    parser.feed(text)
    assert parser.loaded == []
    assert parser.tags.count("script") == 1
    assert {"main", "h1", "label", "input", "th"} <= set(parser.tags)
    assert "contact.email" in text
    assert not any(value in text for value in VALUES)


def test_a_name_that_neither_file_nor_connection_has_lists_connections(
    scrim: Scrim, tmp_path: Path
) -> None:
    write_config(tmp_path)
    result = scrim("scan", "shopp")
    assert result.code == 2
    assert "it has: shop" in result.err


def test_a_file_needs_none_of_the_secrets_beside_it(scrim: Scrim, tmp_path: Path) -> None:
    config = write_config(tmp_path)
    (tmp_path / "masking.key").unlink()
    (tmp_path / "mail.txt").write_text("a@example.org badge BG-4711")
    assert scrim("scan", "mail.txt").code == 1
    config.write_text(
        config.read_text() + "detection:\n  custom:\n  - {name: acme.badge, source: House rules, "
        "shape: pattern, pattern: 'BG-[0-9]{4}', matches: [BG-1234], non_matches: [BG-1]}\n"
    )
    assert "acme.badge" in scrim("scan", "mail.txt").out
    config.write_text("surprise: 1\n")
    result = scrim("scan", "mail.txt")
    assert result.code == 2
    assert "scrim.yaml:1: surprise" in result.err


def test_entities_of_a_file_are_tried_on_their_examples(scrim: Scrim, tmp_path: Path) -> None:
    entry = (
        '[[entity]]\nname = "acme.badge"\nsource = "House rules"\nshape = "pattern"\n'
        "pattern = 'BG-[0-9]{4}'\nmatches = ['BG-1234']\nnon_matches = ['BG-1']\n"
    )
    (tmp_path / "own.toml").write_text(entry)
    (tmp_path / "note.txt").write_text("badge BG-4711")
    assert "acme.badge" in scrim("scan", "note.txt", "--entities", "own.toml").out
    (tmp_path / "own.toml").write_text(entry.replace("['BG-1']", "['x BG-7777']"))
    result = scrim("scan", "note.txt", "--entities", "own.toml")
    assert (result.code, "non_matches[0]: is found" in result.err) == (2, True)


def test_shells_complete_connections_and_files(tmp_path: Path) -> None:
    write_config(tmp_path)
    (tmp_path / "short.txt").write_text("")
    assert complete("sho") == ["shop", "short.txt"]


def test_a_transformer_reads_texts_and_values_but_no_names(scrim: Scrim, tmp_path: Path) -> None:
    write_model(tmp_path / "model")
    (tmp_path / "app.log").write_text("09:12\n  quonda\n")
    assert "(model)" not in scrim("scan", "app.log").out
    result = scrim("scan", "app.log", "--transformer", "model")
    assert result.code == 1
    assert "app.log:2:3: person.full 1.00 xxxxxx (model)" in result.out
    (tmp_path / "rows.csv").write_text("quonda,fox\n" + "".join(f"a,{n}\n" for n in range(20)))
    assert "quonda" in scrim("scan", "rows.csv", "--transformer", "model", "--all").out


def test_a_transformer_that_cannot_be_used_is_refused_in_words(
    scrim: Scrim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.log").write_text("x")
    result = scrim("scan", "app.log", "--transformer", "nowhere")
    assert (result.code, "nowhere: is no folder" in result.err) == (2, True)
    write_model(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = scrim("scan", "app.log", "--transformer", "model")
    assert result.code == 2
    assert "scrim-gateway[transformer]" in result.err
