"""`scrim mask --connection`: a file as the results of a connection's table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]

PEOPLE = "id,email,note\n" + "".join(
    f"{n},user{n}@corp.example,call {n} at home\n" for n in range(10)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def test_a_connection_that_is_not_there_and_a_table_of_none_are_said(
    scrim: Scrim, folder: Path
) -> None:
    write_config(folder)
    for more, message in (
        (("--connection", "nowhere"), "--connection nowhere: there is no such connection; there"),
        (("--connection", "shop", "--table", "people"), "--table people: write schema.table"),
        (("--table", "public.people"), "--table names a table of a connection: give --connection"),
    ):
        result = scrim("mask", "people.csv", "-o", "x.csv", "--config", "scrim.yaml", *more)
        assert (result.code, message in result.err) == (2, True), result.err
        assert not (folder / "x.csv").exists()


def test_a_column_holds_what_the_tags_of_its_table_say(scrim: Scrim, folder: Path) -> None:
    path = write_config(folder)
    text = path.read_text()
    document = yaml.safe_load(text)
    shop = document["connections"]["shop"]
    shop["tags"] = {"public.people.note": ["us.ssn"], "public.others.id": ["us.ssn"]}
    shop["operators"] = {"us.ssn": "redact", "contact.email": "redact"}
    path.write_text(yaml.safe_dump(document))
    given = ("--config", "scrim.yaml", "--connection", "shop", "--table", "public.people")
    assert scrim("mask", "people.csv", "-o", "out.csv", *given).code == 0
    after = rows_of((folder / "out.csv").read_text())
    assert {row[1] for row in after[1:]} == {"[redacted]"}
    assert {row[2] for row in after[1:]} == {"[redacted]"}
    assert [row[0] for row in after[1:]] == [row[0] for row in rows_of(PEOPLE)[1:]]
    # The command line goes before.
    more = ("--column", "note=contact.city", "--keep", "email", "--force")
    assert scrim("mask", "people.csv", "-o", "out.csv", *given, *more).code == 0
    after = rows_of((folder / "out.csv").read_text())
    assert after[1][1] == rows_of(PEOPLE)[1][1]
    assert after[1][2] not in {"[redacted]", rows_of(PEOPLE)[1][2]}


DIRECT = {
    "url": "https://zeb.acmecorp.com/u",
    "county": "Harris",
    "account_number": "A-335512",
    "certificate_number": "C-678002",
    "device_id": "D-99120",
    "discharge_date": "2023-05-17",
}


def test_scrim_mask_takes_the_profile_of_its_option_and_of_the_configuration(
    scrim: Scrim, tmp_path: Path
) -> None:
    row = {**DIRECT, "note": '"Seen on 2023-05-15, see https://zeb.acmecorp.com/u"'}
    table = tmp_path / "visits.csv"
    table.write_text(",".join(row) + "\n" + (",".join(row.values()) + "\n") * 20)
    config = write_config(tmp_path, {"masking": {"profile": "hipaa-safe-harbor"}})
    key = tmp_path / "masking.key"
    for number, more in enumerate(
        (
            ("--key-file", key, "--profile", "hipaa-safe-harbor"),
            ("--config", config),
            ("--config", config, "--connection", "shop"),
        )
    ):
        output = tmp_path / f"{number}.csv"
        result = scrim("mask", table, "-o", output, *more)
        assert result.code == 0, result.err
        left = [value for value in (*DIRECT.values(), "05-15") if value in output.read_text()]
        assert not left, more
