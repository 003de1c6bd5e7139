"""`scrim privacy`: the check of a file, and budgets with their records."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from rich.console import Console

from scrim.audit.reader import read_records
from scrim.cli.privacy_view import show_balances, show_report
from scrim.masking.groups.anonymity import check
from scrim.masking.groups.budget import Balance
from scrim.masking.groups.requirements import Requirement
from scrim.privacy import open_budgets
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Scrim = Callable[..., Result]

PATIENTS = "zip,age,who,condition\n" + "".join(
    f"{zip_code},{age},{number},{condition}\n"
    for number, (zip_code, age, condition) in enumerate(
        [
            ("13053", 20, "flu"),
            ("13053", 20, "asthma"),
            ("13053", 20, "flu"),
            ("14850", 40, "flu"),
            ("14850", 40, "flu"),
        ]
    )
)
QUASI = ("--quasi", "zip, age")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "patients.csv").write_text(PATIENTS)


def test_a_file_whose_classes_are_large_enough_passes(scrim: Scrim) -> None:
    result = scrim("privacy", "check", "patients.csv", *QUASI, "--k", 2)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "records\t5",
        "classes\t2",
        "smallest class, records\t2",
        "classes below k=2\t0",
        "classes below\t0",
        "records below\t0",
        "# patients.csv: is 2-anonymous in zip, age",
    ]


def test_a_class_below_fails_and_no_value_is_shown(scrim: Scrim) -> None:
    result = scrim("privacy", "check", "patients.csv", *QUASI, "--k", 3)
    assert result.code == 1
    assert "classes below k=3\t1\n" in result.out
    assert "records below\t2\n" in result.out
    assert "# patients.csv: is not 3-anonymous in zip, age" in result.out
    assert "13053" not in result.out


def test_diversity_is_checked_by_number_and_by_entropy(scrim: Scrim) -> None:
    command = ("privacy", "check", "patients.csv", *QUASI, "--k", 2, "--sensitive", "condition")
    result = scrim(*command, "--l", 2, "--json")
    found = json.loads(result.out)
    assert result.code == 1
    assert (found["diversity"], found["records_below"]) == ({"condition": 1.0}, 2)
    assert (found["satisfied"], found["requirement"]["l"]) == (False, 2)
    assert "least exponential of entropy of condition\t1\n" in scrim(*command, "--entropy").out


def test_subjects_are_counted_where_they_are_named(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("zip;who\n1;ana\n1;ana\n1;\n")
    assert scrim("privacy", "check", "visits.csv", "--quasi", "zip", "--k", 3).code == 0
    result = scrim("privacy", "check", "visits.csv", "--quasi", "zip", "--k", 2, "--subject", "who")
    assert (result.code, "smallest class, subjects\t1" in result.out) == (1, True)


def test_json_lines_and_parquet_are_read_alike(scrim: Scrim, tmp_path: Path) -> None:
    records = [{"zip": "13053", "n": n, "extra": [n]} for n in (1, 1, None)] + [{"zip": "13053"}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n\n")
    table = pa.Table.from_pylist(records)
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")
    (tmp_path / "unnamed").write_bytes((tmp_path / "rows.parquet").read_bytes())
    for name in ("rows.jsonl", "rows.parquet", "unnamed"):
        found = json.loads(scrim("privacy", "check", name, "--quasi", "zip,n", "--json").out)
        assert (found["records"], found["classes"], found["smallest"]) == (4, 2, 2)
    pyarrow.parquet.write_table(table.slice(0, 0), tmp_path / "rows.parquet")
    assert scrim("privacy", "check", "rows.parquet", "--quasi", "zip").code == 0


def test_a_number_and_its_text_are_two_classes(scrim: Scrim, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"a": 1}\n{"a": "1"}\n{"a": {"y": 1, "x": 2}}\n')
    result = scrim("privacy", "check", "rows.jsonl", "--quasi", "a", "--json")
    assert json.loads(result.out)["classes"] == 3


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.csv", b"x,y\n1,2\n", ("--quasi", "z"), "has no column z"),
        ("a.csv", b"x,x\n1,2\n", ("--quasi", "x"), "has two columns x"),
        ("a.csv", b"x,y\n1,2\n1\n", ("--quasi", "x"), "record 2 has 1 fields, the header 2"),
        ("a.csv", b"x,y\n1,2\n\xff\xfe,2\n", ("--quasi", "x"), "is not text in UTF-8"),
        ("a.csv", b"", ("--quasi", "x"), "has no column x"),
        ("a.csv", b"x\n1\n", ("--quasi", " , "), "name 1 to 16 quasi-identifiers"),
        ("a.csv", b"x\n1\n", ("--quasi", "x", "--l", "2"), "needs a sensitive column"),
        ("a.jsonl", b'{"x": 1}\n[1]\n', ("--quasi", "x"), "line 2 is not an object"),
        ("a.jsonl", b'{"x": 1}\n{"x', ("--quasi", "x"), "line 2 is not an object"),
        ("a.jsonl", b'{"x": 1}\n', ("--quasi", "y"), "has no column y"),
        ("a.parquet", b"PAR1 and no more", ("--quasi", "x"), "not a Parquet file"),
        ("a.log", b"x\n", ("--quasi", "x"), "say what it is with --format"),
    ],
)
def test_what_cannot_be_checked_says_why(  # noqa: PLR0917 - the parts of each example
    scrim: Scrim, tmp_path: Path, name: str, content: bytes, options: tuple[str, ...], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = scrim("privacy", "check", name, *options)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_files_that_are_not_there_and_folders_are_refused(scrim: Scrim) -> None:
    assert scrim("privacy", "check", "nothing.csv", *QUASI).code == 2
    assert scrim("privacy", "check", ".", *QUASI).code == 2


def test_without_pyarrow_it_says_how_to_get_it(
    scrim: Scrim, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("scrim.masking.groups.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = scrim("privacy", "check", "patients.csv", *QUASI)
    assert (result.code, "pip install 'scrim-gateway[data]'" in result.err) == (2, True)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, {"privacy": {"budgets": "privacy.db"}})


def test_a_budget_is_set_shown_spent_and_reset_each_with_a_record(
    scrim: Scrim, config: Path, tmp_path: Path
) -> None:
    assert scrim("privacy", "budget", "show").out == "# no privacy budget is set\n"
    assert not (tmp_path / "audit").exists()
    result = scrim("privacy", "budget", "set", "ana", "orders", "--epsilon", 2, "--delta", "1e-6")
    assert (result.code, result.out) == (0, "orders\tana\t2\t0\t1e-06\t0\t1\n")
    take(config)
    result = scrim("privacy", "budget", "show", "--principal", "ana", "--json")
    assert json.loads(result.out) == [
        {
            "principal": "ana",
            "dataset": "orders",
            "epsilon": 2.0,
            "delta": 1e-6,
            "epsilon_spent": 0.5,
            "delta_spent": 0.0,
            "period": 1,
        }
    ]
    assert scrim("privacy", "budget", "show", "--dataset", "visits").out.startswith("# no")
    result = scrim("privacy", "budget", "reset", "ana", "orders", "--reason", "May", "--json")
    assert json.loads(result.out)["period"] == 2
    records = [(r["event"], r["epsilon"]) for r in read_records(tmp_path / "audit")]
    assert records == [("set", 2.0), ("spent", 0.5), ("reset", 0.5)]
    shown = scrim("audit", "tail", "--directory", tmp_path / "audit").out
    assert "privacy spent" in " ".join(shown.split())
    assert "principal=ana dataset=orders epsilon=0.5 delta=0.0 query=count(*)" in shown
    assert "reason=May" in shown


def take(config: Path) -> None:
    from scrim import privacy  # noqa: PLC0415 - as a program does

    with open_budgets(config) as budgets:
        budget = budgets.of("ana", "orders")
        privacy.private_count(pa.table({"a": [1]}), privacy.Loss(0.5), budget)


def test_an_act_that_the_audit_log_cannot_take_does_not_happen(
    scrim: Scrim, config: Path, tmp_path: Path
) -> None:
    (tmp_path / "audit").write_text("in the way")
    result = scrim("privacy", "budget", "set", "ana", "orders", "--epsilon", 1)
    assert (result.code, result.out) == (1, "")
    assert "cannot be written" in result.err
    (tmp_path / "audit").unlink()
    assert scrim("privacy", "budget", "show").out == "# no privacy budget is set\n"
    assert config.exists()


def test_wrong_budgets_and_configurations_are_refused(
    scrim: Scrim, config: Path, tmp_path: Path
) -> None:
    for arguments in (
        ("set", "ana", "orders", "--epsilon", "-1"),
        ("reset", "ana", "orders", "--reason", "x"),
        ("reset", "ana", "orders", "--reason", " "),
    ):
        result = scrim("privacy", "budget", *arguments)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith("scrim: ")
    assert config == write_config(tmp_path)
    result = scrim("privacy", "budget", "show")
    assert (result.code, "has no privacy.budgets" in result.err) == (1, True)


def test_a_terminal_gets_tables() -> None:
    report = check(pa.table({"zip\x1b": [1, 1], "d": [1, 2]}), Requirement(("zip\x1b",), 2, ("d",)))
    balance = Balance("ana", "orders", 1.0, 0.0, 0.25, 0.0, 1)
    for show, given in ((show_report, ("a.csv", report)), (show_balances, ([balance],))):
        screen = io.StringIO()
        call: Any = show
        call(*given, Console(file=screen, force_terminal=True, color_system=None, width=100))
        text = screen.getvalue()
        assert "classes" in text or "0.25" in text
        assert "zip\x1b" not in text
