"""psql and pg_dump, as people run them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conformance.shop import assert_masked
from tests.support.postgres import debian_bin_dir

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint

BOTH = ("analyst", "investigator")
TIMEOUT_S = 60


def run(endpoint: Endpoint, program: str, *arguments: str, text: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [str(debian_bin_dir() / program), *arguments],
        env=endpoint.environment(),
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return done.returncode, done.stdout, done.stderr


def psql(endpoint: Endpoint, script: str, *options: str) -> str:
    code, out, err = run(endpoint, "psql", "-X", "-q", *options, text=script)
    assert code == 0, err[-500:]
    return out + err


def place(places: Places, name: str) -> Endpoint:
    endpoint: Endpoint = getattr(places, name)
    return endpoint


@pytest.mark.parametrize("options", [(), ("-A", "-t"), ("--csv",), ("-x",)], ids=str)
@pytest.mark.parametrize("who", BOTH)
def test_clean_rows_print_as_those_of_the_database(
    places: Places, who: str, options: tuple[str, ...]
) -> None:
    script = "SELECT * FROM clean ORDER BY id;"
    assert psql(place(places, who), script, *options) == psql(places.direct, script, *options)


def test_protected_rows_print_masked_for_the_analyst_only(places: Places) -> None:
    script = "SELECT * FROM people ORDER BY id;"
    assert_masked(psql(places.analyst, script))
    assert psql(places.investigator, script) == psql(places.direct, script)


@pytest.mark.parametrize("who", BOTH)
def test_the_statements_of_one_string_are_all_answered(places: Places, who: str) -> None:
    arguments = (
        "-X",
        "-A",
        "-t",
        "-c",
        "SELECT 1; SELECT label FROM series WHERE id = 2; SELECT 3",
    )
    code, out, _ = run(place(places, who), "psql", *arguments)
    assert (code, out) == (0, "1\nlabel 2\n3\n")


@pytest.mark.parametrize("who", BOTH)
def test_a_transaction_and_its_errors_print_as_directly(places: Places, who: str) -> None:
    script = """
BEGIN;
SELECT count(*) FROM series;
SELECT nothing FROM series;
SELECT 1;
ROLLBACK;
SELEKT;
SELECT 2;
"""
    output = psql(place(places, who), script)
    expected = psql(places.direct, script)
    assert re.findall(r"ERROR:.*", output) == re.findall(r"ERROR:.*", expected)
    assert output == expected


@pytest.mark.parametrize("who", BOTH)
def test_rows_are_fetched_in_pieces(places: Places, who: str) -> None:
    script = "\\set FETCH_COUNT 100\nSELECT id, label, email FROM series ORDER BY id;\n"
    output = psql(place(places, who), script, "-A", "-t")
    assert output.count("\n") == 1000
    if who == "analyst":
        assert_masked(output)


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.usefixtures("clean_scratch")
def test_copy_goes_in_and_out(places: Places, who: str) -> None:
    script = "\\copy scratch FROM STDIN\n1\tone\n2\t\\N\n\\.\n\\copy scratch TO STDOUT\n"
    assert psql(place(places, who), script) == "1\tone\n2\t\\N\n"


def test_copy_out_of_protected_columns_is_masked(places: Places) -> None:
    for statement in ("people", "(SELECT email, notes FROM people)"):
        for form in ("text", "csv, HEADER"):
            script = f"\\copy {statement} TO STDOUT (FORMAT {form})\n"
            assert_masked(psql(places.analyst, script))
            assert psql(places.investigator, script) == psql(places.direct, script)


@pytest.mark.parametrize(
    "command", ["\\d", "\\d clean", "\\dt", "\\dn", "\\l", "\\dT", "\\d+ people"]
)
@pytest.mark.parametrize("who", BOTH)
def test_describe_commands_print_as_directly(places: Places, who: str, command: str) -> None:
    assert psql(place(places, who), command) == psql(places.direct, command)


@pytest.mark.parametrize("command", ["\\gdesc", "\\gx", "\\crosstabview id word word"])
@pytest.mark.parametrize("who", BOTH)
def test_other_ways_to_run_a_query_work(places: Places, who: str, command: str) -> None:
    script = f"SELECT id, word FROM clean WHERE id < 3 ORDER BY id {command}\n"
    assert psql(place(places, who), script) == psql(places.direct, script)


@pytest.mark.parametrize("who", BOTH)
def test_prepared_statements_of_sql_work(places: Places, who: str) -> None:
    script = """
PREPARE one (int) AS SELECT id, label, email FROM series WHERE id = $1;
EXECUTE one (5);
EXECUTE one (6);
DEALLOCATE one;
"""
    output = psql(place(places, who), script)
    assert "label 5" in output
    assert "label 6" in output
    if who == "analyst":
        assert_masked(output)


@pytest.mark.parametrize("who", BOTH)
def test_a_reconnect_finds_the_same_gateway(places: Places, who: str) -> None:
    assert psql(place(places, who), "\\c\nSELECT 1;\n", "-A", "-t").endswith("1\n")


def test_pg_dump_gives_the_investigator_the_databases_own_dump(places: Places) -> None:
    code, dump, err = run(places.investigator, "pg_dump", "--no-owner")
    assert code == 0, err[-500:]
    expected = run(places.direct, "pg_dump", "--no-owner")[1]
    assert _without_random_keys(dump) == _without_random_keys(expected)


def test_pg_dump_gives_the_analyst_no_raw_value(places: Places) -> None:
    code, dump, err = run(places.analyst, "pg_dump", "--no-owner", "--table=people")
    assert_masked(dump + err)
    assert code == 0, err[-500:]
    assert "COPY public.people" in dump


def _without_random_keys(dump: str) -> str:
    return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
