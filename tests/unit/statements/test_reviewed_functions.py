from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrim.statements.catalog import Catalog
from scrim.statements.facts import Name
from scrim.statements.functions import is_listed, is_pure
from scrim.statements.refused_functions import is_refused
from scrim.statements.reviewed_functions import is_reviewed, reviewed
from tests.unit.statements.sample_schema import sample_snapshot

if TYPE_CHECKING:
    from tests.unit.statements.conftest import Sample

ROOT = Path(__file__).resolve().parents[3]


def with_built_in(*rows: tuple[int, str]) -> Catalog:
    listed = [[identifier, name, False, []] for identifier, name in rows]
    return Catalog.from_json(json.dumps(sample_snapshot() | {"built_in": listed}))


def test_a_function_is_reviewed_by_its_identifier_and_name() -> None:
    assert is_reviewed(870, "lower")
    assert not is_reviewed(870, "upper")
    assert not is_reviewed(99_999, "lower")


def test_a_name_is_pure_if_every_function_of_it_is_reviewed() -> None:
    assert is_pure(Name(None, "lower"), with_built_in((870, "lower")))
    later = with_built_in((870, "lower"), (15_000, "lower"))
    assert not is_pure(Name(None, "lower"), later)
    assert not is_pure(Name("pg_catalog", "lower"), later)


def test_the_servers_have_no_function_of_a_reviewed_name_that_was_not_reviewed(
    sample: Sample,
) -> None:
    rows = sample.connection.execute(
        "SELECT oid::int, proname FROM pg_proc "
        "WHERE oid < 16384 AND pronamespace = 'pg_catalog'::regnamespace"
    ).fetchall()
    assert len(rows) > 2500
    assert [row for row in rows if is_listed(row[1]) and not is_reviewed(*row)] == []


def test_what_is_refused_was_not_reviewed_as_harmless() -> None:
    assert [name for name in reviewed() if is_refused(name)] == []


def test_the_script_finds_nothing_new(sample: Sample) -> None:
    server = sample.server
    done = subprocess.run(
        [sys.executable, "scripts/review_functions.py", server.dsn("postgres")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_snapshot_has_columns_and_bodies_of_functions(sample: Sample) -> None:
    catalog = sample.catalog
    assert catalog.result_columns(None, "jsonb_each") == ("key", "value")
    assert catalog.result_columns(None, "jsonb_array_elements") == ("value",)
    assert catalog.result_columns(None, "generate_series") == ()
    assert catalog.result_columns(None, "unnest") is None
    assert catalog.result_columns(None, "json_populate_record") is None
    assert catalog.gives_rows(None, "generate_series")
    assert not catalog.gives_rows(None, "lower")
    (answer,) = catalog.routines.others("app", "answer")
    assert answer.body is not None
    assert re.fullmatch(r"SELECT 42", answer.body)
