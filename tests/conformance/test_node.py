"""node's `pg` with its cursors, streams, COPY and pool."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.shop import SERIES_ROWS, assert_masked

if TYPE_CHECKING:
    from tests.conformance.conftest import Places
    from tests.support.endpoint import Endpoint
    from tests.support.programs import Node

PROGRAM = Path(__file__).parent / "programs" / "battery.js"
TIMEOUT_S = 60
PROTECTED_ANSWERS = ("people", "copiedPeople", "cursorSample")


def battery(node: Node, endpoint: Endpoint, *, tls: bool = False) -> dict[str, Any]:
    settings = {
        "host": "localhost" if tls else endpoint.host,
        "port": endpoint.port,
        "user": endpoint.user,
        "password": endpoint.password,
        "database": endpoint.database,
    }
    if endpoint.ca_file is not None:
        settings["ssl"] = {"ca": endpoint.ca_file.read_text()}
    done = subprocess.run(
        [node.program, str(PROGRAM)],
        env={**os.environ, **node.environment(), "SCRIM_ENDPOINT": json.dumps(settings)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("who", ["analyst", "investigator"])
def test_every_answer_is_that_of_the_database(places: Places, node: Node, who: str) -> None:
    expected = battery(node, places.direct)
    answers = battery(node, getattr(places, who))
    hidden = PROTECTED_ANSWERS if who == "analyst" else ()
    assert {k: v for k, v in answers.items() if k not in hidden} == {
        k: v for k, v in expected.items() if k not in hidden
    }
    assert answers["streamed"] == sum(answers["cursor"]) == SERIES_ROWS
    assert answers["wrongPassword"] == "28P01"


def test_protected_answers_are_masked(places: Places, node: Node) -> None:
    answers = battery(node, places.analyst)
    for name in PROTECTED_ANSWERS:
        assert_masked(answers[name])
    assert len(answers["people"]) == 3


def test_tls(places: Places, node: Node, ca_file: Path) -> None:
    endpoint = places.analyst.over_tls(ca_file)
    assert battery(node, endpoint, tls=True)["several"] == [[{"a": 1}], [{"b": "last"}]]
