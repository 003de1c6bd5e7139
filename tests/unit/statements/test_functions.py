from __future__ import annotations

import pytest

from scrim.statements.facts import Name
from scrim.statements.functions import is_pure
from scrim.statements.refused_functions import is_refused, refusal_reason
from tests.unit.statements.sample_schema import sample_catalog


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        (None, "lower"),
        ("pg_catalog", "count"),
        (None, "pg_get_viewdef"),
        (None, "pg_stat_get_numscans"),
        ("information_schema", "_pg_expandarray"),
        (None, "akeys"),
        ("ext", "akeys"),
    ],
)
def test_reviewed_functions_are_pure(schema: str | None, name: str) -> None:
    catalog = sample_catalog(functions=[["ext", "akeys", "hstore"]])
    assert is_pure(Name(schema, name), catalog)


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        (None, "mystery"),
        ("public", "lower"),
        (None, "upper"),
        (None, "query_to_xml"),
        ("pg_catalog", "pg_read_file"),
        (None, "pg_stat_get_activity"),
        (None, "st_extent"),
        ("other", "akeys"),
    ],
)
def test_others_are_not(schema: str | None, name: str) -> None:
    catalog = sample_catalog(
        functions=[
            ["public", "upper", None],
            ["ext", "akeys", "hstore"],
            ["ext", "st_extent", "postgis"],
        ]
    )
    assert not is_pure(Name(schema, name), catalog)


def test_the_systems_own_name_cannot_be_taken_when_it_is_qualified() -> None:
    catalog = sample_catalog(functions=[["public", "upper", None]])
    assert is_pure(Name("pg_catalog", "upper"), catalog)


@pytest.mark.parametrize(
    "name",
    ["dblink", "dblink_exec", "lo_get", "query_to_xml", "pg_notify", "pg_ls_dir", "ts_stat"],
)
def test_functions_that_go_around_the_mask_are_refused(name: str) -> None:
    assert is_refused(name)
    assert refusal_reason(name)


@pytest.mark.parametrize("name", ["lower", "pg_get_userbyid", "log", "count"])
def test_ordinary_functions_are_not_refused(name: str) -> None:
    assert not is_refused(name)
