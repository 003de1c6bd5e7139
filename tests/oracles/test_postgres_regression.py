"""PostgreSQL's own regression SQL prints the same through the gateway as directly, byte for byte.

Every file runs on a fresh database, once directly and once through the gateway as a principal with
raw access. A difference that has a reason is listed with it, line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oracles.regression_differences import REFUSED, without_reasons
from tests.oracles.regression_run import SETUP, differences
from tests.oracles.regression_source import obtain

if TYPE_CHECKING:
    from tests.oracles.conftest import Oracle

# What an ordinary run looks at: each kind of statement, type and result once, in about a minute.
REPRESENTATIVE = frozenset(
    (
        *(
            "boolean",
            "varchar",
            "text",
            "int8",
            "float8",
            "numeric",
            "bit",
            "uuid",
            "enum",
            "money",
        ),
        *(
            "rangetypes",
            "date",
            "timestamptz",
            "interval",
            "inet",
            "json",
            "jsonb",
            "xml",
            "domain",
        ),
        *("copy", "copyselect", "copy2", "insert", "insert_conflict", "update", "delete", "with"),
        *("returning", "transactions", "portals", "prepare", "plpgsql", "rowtypes", "union"),
        *("psql", "case", "temp", "sequence", "truncate", "limit"),
    )
)
SHOWN_LINES = 40


def names(*, representative: bool) -> list[str]:
    """Return the files to run; a schedule that cannot be had gives one test, which says why."""
    try:
        schedule = obtain().schedule()
    except RuntimeError as error:
        return [f"cannot be had: {error}"]
    return [
        name for name in schedule if name != SETUP and (name in REPRESENTATIVE) is representative
    ]


def compare(oracle: Oracle, name: str) -> None:
    if name.startswith("cannot be had"):
        pytest.fail(f"PostgreSQL's regression SQL {name}")
    expected = oracle.regression.output(oracle.direct, name)
    actual = oracle.regression.output(oracle.through, name)
    if name in REFUSED:
        assert REFUSED[name][0] in actual
        return
    found = differences(without_reasons(name, expected), without_reasons(name, actual))
    assert not found, "\n".join(found[:SHOWN_LINES])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", names(representative=True))
def test_a_representative_file_prints_the_same(oracle: Oracle, name: str) -> None:
    compare(oracle, name)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", names(representative=False))
def test_every_other_file_prints_the_same(oracle: Oracle, name: str) -> None:
    compare(oracle, name)
