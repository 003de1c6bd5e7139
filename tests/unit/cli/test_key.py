"""`scrim key`: what it shows and never shows, its exit codes, and its records."""

from __future__ import annotations

import base64
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scrim.audit.reader import last_records
from tests.unit.server.gateway_files import write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

    Command = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose key file is not there yet."""
    path = write_config(tmp_path)
    (tmp_path / "masking.key").unlink()
    return path


@pytest.fixture
def wrapped(tmp_path: Path) -> Path:
    """A configuration with a provider, whose files are not there yet."""
    provider = {"name": "local", "file": "kek.key"}
    path = write_config(tmp_path, {"masking": {"key_provider": provider}})
    (tmp_path / "masking.key").unlink()
    return path


def records(config: Path) -> list[dict[str, Any]]:
    return list(last_records(config.with_name("audit"), 100))


def secrets_in(path: Path) -> list[str]:
    versions = json.loads(path.read_text())["versions"]
    texts = [one.get("plain") or one.get("wrapped") for one in versions]
    found = [text for text in texts if text is not None]
    return [*found, *(base64.b64decode(text).hex() for text in found)]


def test_the_life_of_a_key(scrim: Command, config: Path) -> None:
    outputs = []
    for arguments in (
        ("generate",),
        ("rotate",),
        ("rotate", "--derive"),
        ("destroy", "1", "--yes"),
        ("list",),
    ):
        result = scrim("key", *arguments, "-c", config)
        assert result.code == 0, result.err
        outputs.append(result.out + result.err)
    lines = outputs[-1].splitlines()
    assert [line.split("  ")[:2] for line in lines[1:]] == [
        ["1", "destroyed"],
        ["2", "retired"],
        ["3", "active"],
    ]
    shown = "".join(outputs)
    assert not any(secret in shown for secret in secrets_in(config.with_name("masking.key")))
    assert "SIGHUP" in outputs[1]


def test_every_change_is_recorded_without_a_key(scrim: Command, config: Path) -> None:
    for arguments in (("generate", "--tenant", "shop"), ("rotate",), ("destroy", "1", "--yes")):
        assert scrim("key", *arguments, "-c", config).code == 0
    found = records(config)
    facts = ("record", "event", "version", "former", "versions", "tenant")
    assert [tuple(record.get(name) for name in facts) for record in found] == [
        ("key", "generated", 1, None, [1], "shop"),
        ("key", "rotated", 2, 1, [1, 2], "shop"),
        ("key", "destroyed", 2, None, [1], "shop"),
    ]
    assert all(record["file"] == str(config.with_name("masking.key")) for record in found)
    assert all(record["user"] for record in found)
    text = json.dumps(found)
    assert not any(secret in text for secret in secrets_in(config.with_name("masking.key")))
    tail = scrim("audit", "tail", "-c", config).out
    assert "rotated versions=1, 2" in tail


def test_what_cannot_be_recorded_does_not_happen(scrim: Command, config: Path) -> None:
    assert scrim("key", "generate", config.with_name("masking.key")).code == 0
    before = config.with_name("masking.key").read_bytes()
    config.with_name("audit").write_text("a file where the folder should be")
    for arguments in (("rotate",), ("destroy", "1", "--yes")):
        result = scrim("key", *arguments, "-c", config)
        assert result.code == 1
    assert config.with_name("masking.key").read_bytes() == before


def test_a_change_that_fails_after_its_record_is_recorded_as_failed(
    scrim: Command, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = config.with_name("masking.key")
    assert scrim("key", "generate", key).code == 0
    monkeypatch.setattr(os, "fchmod", _full)
    result = scrim("key", "rotate", "-c", config)
    assert (result.code, "cannot be written (No space left" in result.err) == (78, True)
    assert [record["event"] for record in records(config)] == ["rotated", "failed"]


def _full(_descriptor: int, _mode: int) -> None:
    raise OSError(28, os.strerror(28))


def test_json_says_the_same_for_programs(scrim: Command, config: Path) -> None:
    scrim("key", "generate", "-c", config)
    result = scrim("key", "rotate", "--json", "-c", config)
    shown = json.loads(result.out)
    assert (shown["active"], shown["tenant"]) == (2, "default")
    assert [one["status"] for one in shown["versions"]] == ["retired", "active"]
    assert [one["key"] for one in shown["versions"]] == ["plain", "plain"]
    assert json.loads(scrim("key", "list", "--json", "-c", config).out) == shown
    assert not any(text in result.out for text in secrets_in(config.with_name("masking.key")))


def test_a_file_can_be_named_in_place_of_a_configuration(scrim: Command, tmp_path: Path) -> None:
    path = tmp_path / "other.key"
    assert scrim("key", "generate", path).code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert "version 1 masks" in scrim("key", "list", path).out


def test_a_file_that_exists_is_not_replaced(scrim: Command, config: Path) -> None:
    scrim("key", "generate", "-c", config)
    before = config.with_name("masking.key").read_bytes()
    result = scrim("key", "generate", "-c", config)
    assert result.code == 1
    assert "exists already; to get a new version of its key: scrim key rotate" in result.err
    assert config.with_name("masking.key").read_bytes() == before


def test_keys_are_wrapped_by_the_provider_of_the_configuration(
    scrim: Command, wrapped: Path
) -> None:
    result = scrim("key", "generate", "-c", wrapped)
    assert result.code == 78
    assert "create one: scrim key generate --kek" in result.err
    assert json.loads(scrim("key", "generate", "--kek", "--json", "-c", wrapped).out) == {
        "file": str(wrapped.with_name("kek.key"))
    }
    assert scrim("key", "generate", "-c", wrapped).code == 0
    assert "wrapped by local" in scrim("key", "list", "-c", wrapped).out
    kek = wrapped.with_name("kek.key").read_bytes()
    assert scrim("key", "generate", "--kek", "-c", wrapped).code == 1
    assert wrapped.with_name("kek.key").read_bytes() == kek


def test_keys_are_wrapped_anew(scrim: Command, wrapped: Path) -> None:
    scrim("key", "generate", "--kek", "-c", wrapped)
    scrim("key", "generate", "-c", wrapped)
    former = wrapped.with_name("former.yaml")
    former.write_text(wrapped.read_text())
    wrapped.write_text(wrapped.read_text().replace("kek.key", "kek-2.key"))
    scrim("key", "generate", "--kek", "-c", wrapped)
    assert scrim("config", "check", "-c", wrapped).code == 78
    result = scrim("key", "rewrap", "--former", former, "-c", wrapped)
    assert (result.code, result.err) == (0, "")
    assert scrim("config", "check", "-c", wrapped).code == 0
    assert [(r["event"], r["versions"]) for r in records(wrapped)] == [
        ("generated", [1]),
        ("rewrapped", [1]),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("destroy", "1"), 2, "--yes is needed"),
        (("destroy", "2", "--yes"), 1, "masks with version 2; rotate first"),
        (("destroy", "7", "--yes"), 1, "has no version 7"),
        (("destroy", "one", "--yes"), 2, "valid integer"),
        (("generate", "other.key", "--kek"), 2, "cannot be given together"),
        (("generate", "--tenant", "a b"), 2, "--tenant takes"),
    ],
)
def test_what_is_not_done_says_why(
    scrim: Command, config: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    scrim("key", "generate", "-c", config)
    scrim("key", "rotate", "-c", config)
    before = config.with_name("masking.key").read_bytes()
    result = scrim("key", *arguments, "-c", config)
    assert result.code == code
    assert reason in result.err
    assert config.with_name("masking.key").read_bytes() == before


@pytest.mark.parametrize(("answer", "code", "left"), [(b"y\n", 0, [2]), (b"n\n", 1, [1, 2])])
def test_a_person_is_asked_before_a_key_is_destroyed(
    scrim: Command, config: Path, answer: bytes, code: int, left: list[int]
) -> None:
    scrim("key", "generate", "-c", config)
    scrim("key", "rotate", "-c", config)
    person, terminal = pty.openpty()
    os.write(person, answer)
    done = subprocess.run(
        [sys.executable, "-m", "scrim.cli.main", "key", "destroy", "1", "-c", str(config)],
        stdin=terminal,
        capture_output=True,
        check=False,
    )
    os.close(person)
    os.close(terminal)
    assert done.returncode == code
    assert b"destroy the key of version 1?" in done.stdout + done.stderr
    versions = json.loads(config.with_name("masking.key").read_text())["versions"]
    assert [one["version"] for one in versions if one["status"] != "destroyed"] == left


def test_a_missing_or_broken_key_names_the_file(scrim: Command, config: Path) -> None:
    result = scrim("key", "list", "-c", config)
    assert result.code == 78
    assert "masking.key does not exist" in result.err
    scrim("key", "generate", "-c", config)
    path = config.with_name("masking.key")
    path.write_bytes(path.read_bytes()[:100])
    for command in ("list", "rotate"):
        result = scrim("key", command, "-c", config)
        assert (result.code, "is cut off or damaged" in result.err) == (78, True)
    check = scrim("config", "check", "-c", config)
    assert check.code == 78
    assert "masking.key_file" in check.err
