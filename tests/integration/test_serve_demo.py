"""`scrim demo` as a newcomer runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from scrim.cli.demo_data import people
from tests.support.gateway_process import scrim_program

if TYPE_CHECKING:
    from pathlib import Path

ANALYST, AGENT, INVESTIGATOR = "ana@shop.example", "ana-agent", "ivo@shop.example"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Keep what the demo writes where it can be counted."""
    return {**os.environ, "TMPDIR": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}


def protected(text: str) -> set[str]:
    """Return the customers' mail addresses, phone numbers and cards that stand in a text."""
    return {
        value
        for person in people()
        for value in (person.email, person.phone, person.card)
        if value in text
    }


def test_three_people_ask_the_same_and_see_what_they_may(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [scrim_program(), "demo", "--once", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert [p["name"] for p in report["principals"]] == [ANALYST, AGENT, INVESTIGATOR]
    assert len(report["queries"]) == 5
    by_name = {
        name: json.dumps([query["answers"][name] for query in report["queries"]])
        for name in (ANALYST, AGENT, INVESTIGATOR)
    }
    assert protected(by_name[ANALYST]) == set()
    assert protected(by_name[AGENT]) == set()
    assert protected(by_name[INVESTIGATOR])
    assert "refused" in by_name[AGENT]
    assert "refused" not in by_name[ANALYST] + by_name[INVESTIGATOR]
    cells = {p["name"]: p["cells"] for p in report["principals"]}
    assert cells[INVESTIGATOR]["masked"] == cells[AGENT]["raw"] == 0
    assert min(cells[ANALYST].values()) > 0
    assert all(step["holds"] for step in report["work"])
    gets = dict.fromkeys(("analyst", "AI agent acting for ana", "the audit log"), "")
    for line in (line for step in report["work"] for line in step["lines"]):
        gets[line["who"]] = gets.get(line["who"], "") + line["gets"]
    assert {"fraud investigator", "the database", *gets} == set(gets)
    assert protected(gets["fraud investigator"])
    assert not any(protected(gets[who]) for who in gets if who != "fraud investigator")
    assert list(tmp_path.iterdir()) == []


def test_the_demo_serves_psql_until_it_is_interrupted(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with subprocess.Popen(
        [scrim_program(), "demo"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        shown = []
        for line in process.stdout:
            shown.append(line)
            if line.startswith("Ctrl-C"):
                break
        lines = [line for line in shown if "psql service=" in line]
        assert len(lines) == 3
        services = re.findall(r"PGSERVICEFILE=(\S+) psql service=(\S+)", "".join(lines))
        answers = [ask(*service) for service in services]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    emails = [person.email for person in people()]
    assert [answer in emails for answer in answers] == [False, False, True]
    assert answers[0] == answers[1] != answers[2]
    deadline = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def ask(service_file: str, service: str) -> str:
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-At", "-c", "SELECT email FROM customers WHERE id = 7"],
        env={**os.environ, "PGSERVICEFILE": service_file, "PGSERVICE": service},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
