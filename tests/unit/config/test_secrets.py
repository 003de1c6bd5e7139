"""Reading secrets, and never repeating them."""

import os
from pathlib import Path

import pytest

from scrim.config.secrets import (
    MAX_SECRET_BYTES,
    SecretError,
    read_environment,
    read_password_file,
    read_secret_file,
)


def file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (b"open sesame", "open sesame"),
        (b"a\n", "a"),
        (b"a\r\n", "a"),
        (b" a ", " a "),
        (b"\xc3\xa9", "é"),
    ],
)
def test_a_password_is_the_text_without_the_line_end(
    tmp_path: Path, content: bytes, password: str
) -> None:
    assert read_password_file(file(tmp_path, content)) == password


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"one\ntwo\n", "more than one line"),
        (b"a\0b", "more than one line"),
        (b"\xff\xfe", "not UTF-8"),
        (b" \n", "is empty"),
        (b"x" * (MAX_SECRET_BYTES + 1), "is larger than"),
    ],
)
def test_what_is_no_password_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(SecretError, match=reason):
        read_password_file(file(tmp_path, content))


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="cannot be read"):
        read_secret_file(file(tmp_path, b"x") / "below")


def test_a_pipe_that_nobody_writes_to_does_not_block(tmp_path: Path) -> None:

    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SecretError, match="not a regular file"):
        read_secret_file(tmp_path / "pipe")


def test_an_environment_variable_must_be_set() -> None:
    assert read_environment("A", {"A": "x"}) == "x"
    for environment in ({}, {"A": ""}):
        with pytest.raises(SecretError, match="A is not set"):
            read_environment("A", environment)
