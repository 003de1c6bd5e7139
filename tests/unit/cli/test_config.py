from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result


def test_a_good_configuration_is_valid(scrim: Callable[..., Result], tmp_path: Path) -> None:
    path = write_config(tmp_path)
    result = scrim("config", "check", "--config", path)
    assert (result.code, result.out, result.err) == (0, f"{path}: valid\n", "")


def test_warnings_do_not_make_it_invalid(scrim: Callable[..., Result], tmp_path: Path) -> None:
    path = write_config(tmp_path, {"listeners": {"postgres": {"address": "0.0.0.0:6432"}}})
    result = scrim("config", "check", "-c", path)
    assert result.code == 0
    assert "warning" in result.err


def test_every_problem_is_told_with_its_place(scrim: Callable[..., Result], tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 0, "surprise": 1})
    result = scrim("config", "check", "-c", path)
    assert result.code == 78
    assert result.out == ""
    assert len(result.err.splitlines()) == 2
    assert all(line.startswith(f"scrim: {path}:") for line in result.err.splitlines())


def test_json(scrim: Callable[..., Result], tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 0})
    result = scrim("config", "check", "-c", path, "--json")
    report = json.loads(result.out)
    assert (result.code, report["valid"], len(report["problems"])) == (78, False, 1)


def test_a_missing_file_is_one_sentence(scrim: Callable[..., Result], tmp_path: Path) -> None:
    for command in (("config", "check"), ("serve",), ("audit", "tail")):
        result = scrim(*command, "-c", tmp_path / "gone.yaml")
        assert result.code == 78
        assert result.err.count("\n") == 1
        assert "gone.yaml: does not exist" in result.err
