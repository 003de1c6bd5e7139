from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scrim.cli import version
from scrim.cli.failures import CommandError, explain_and_exit
from tests.support.gateway_process import scrim_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.cli.conftest import Result

COMMANDS = ("demo", "serve", "token", "user", "config", "audit", "completion", "version")


def test_help_names_every_command_and_the_exit_codes(scrim: Callable[..., Result]) -> None:
    result = scrim("--help")
    assert result.code == 0
    assert all(command in result.out for command in COMMANDS)
    assert "Exit codes" in result.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(scrim: Callable[..., Result], command: str) -> None:
    assert scrim(command, "--help").code == 0


@pytest.mark.parametrize("arguments", [("nonsense",), ("serve", "--nonsense"), ("token", "issue")])
def test_a_wrong_command_line_ends_with_2(
    scrim: Callable[..., Result], arguments: tuple[str, ...]
) -> None:
    result = scrim(*arguments)
    assert result.code == 2
    assert result.err
    assert "Traceback" not in result.err


def test_version(scrim: Callable[..., Result]) -> None:
    assert scrim("version").out.startswith("scrim ")
    assert set(json.loads(scrim("version", "--json").out)) == {"scrim", "python"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(scrim: Callable[..., Result], shell: str) -> None:
    assert "_SCRIM_COMPLETE" in scrim("completion", shell).out


def test_completion_completes() -> None:
    environment = {
        "_SCRIM_COMPLETE": "complete_bash",
        "COMP_WORDS": "scrim au",
        "COMP_CWORD": "1",
        "PATH": "",
    }
    done = subprocess.run(
        [scrim_program()], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["audit"]


def test_a_reader_that_has_seen_enough_causes_no_complaint() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [scrim_program(), "version"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert done.stderr == b""


def failing(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        explain_and_exit(error)
    return ended.value.code, capsys.readouterr().err


def test_a_failure_is_one_line_that_cannot_control_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert failing(CommandError("no \x1b[2J"), capsys) == (1, "scrim: no \\x1b[2J\n")


def test_an_unforeseen_error_shows_no_text_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    raw = "ana@" + "example.com"
    try:
        int(raw)
    except ValueError as error:
        code, shown = failing(error, capsys)
    assert code == 70
    assert raw not in shown
    assert "ValueError at test_main.py:" in shown


def test_a_system_error_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(PermissionError(13, "Permission denied", "x.yaml"), capsys) == (
        1,
        "scrim: x.yaml: Permission denied\n",
    )


def test_a_failure_in_a_task_is_told_like_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    group = ExceptionGroup("tasks", [ExceptionGroup("inner", [CommandError("no")])])
    assert failing(group, capsys) == (1, "scrim: no\n")


def test_an_interruption_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(KeyboardInterrupt(), capsys) == (130, "")


def test_commands_load_only_what_they_need() -> None:
    heavy = ("uvicorn", "starlette", "prometheus_client", "psycopg", "cedarpy", "uvloop")
    code = (
        "import sys, scrim.cli.main, scrim.server.supervisor;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_distribution_is_installed_under_its_name() -> None:
    assert version.DISTRIBUTION == "scrim-gateway"
