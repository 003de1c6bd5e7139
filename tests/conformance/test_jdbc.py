"""PostgreSQL's JDBC driver in each of its ways to send statements."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conformance.shop import SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint
    from tests.support.programs import Java

PROGRAM = Path(__file__).parent / "programs" / "Battery.java"
TIMEOUT_S = 100
MODES = ("extended", "simple", "extendedCacheEverything")
PROTECTED_PREFIXES = ("people", "prepared")


def battery(java: Java, endpoint: Endpoint, mode: str) -> list[str]:
    done = subprocess.run(
        java.command(PROGRAM, mode),
        env=endpoint.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout.splitlines()


@pytest.mark.parametrize("mode", MODES)
def test_every_answer_is_that_of_the_database(places: Places, java: Java, mode: str) -> None:
    expected = battery(java, places.direct, mode)
    assert battery(java, places.investigator, mode) == expected
    answers = battery(java, places.analyst, mode)
    clean = [line for line in answers if not line.startswith(PROTECTED_PREFIXES)]
    assert clean == [line for line in expected if not line.startswith(PROTECTED_PREFIXES)]
    assert len(answers) == len(expected)
    assert_masked([line for line in answers if line not in clean])
    assert "wrong password: 28P01" in answers
    assert mode == "simple" or f"pieces: {SERIES_ROWS}" in answers


def test_tls(places: Places, java: Java, ca_file: Path) -> None:
    answers = battery(java, places.analyst.over_tls(ca_file), "extended")
    assert "after cancel: ?column?=1;" in answers
