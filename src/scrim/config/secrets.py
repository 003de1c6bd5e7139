"""Reads secrets from files and the environment, and refuses files that others can read.

Nothing here ever puts a secret, or a part of one, into a message.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

MAX_SECRET_BYTES = 1 << 20
"""Bound on a secret file: larger than any key, password file or certificate chain."""


ROOT = 0


class SecretError(Exception):
    """A secret cannot be used.

    Attributes:
        reason: What is wrong.
        advice: What to do.
    """

    def __init__(self, reason: str, advice: str) -> None:
        """Keep both; the message joins them."""
        super().__init__(f"{reason}; {advice}")
        self.reason = reason
        self.advice = advice


def check_permissions(path: Path, facts: os.stat_result) -> None:
    """Refuse a secret file that anyone but its owner can read or change.

    A file of root may be readable by its group, which is how service managers hand out secrets.

    Args:
        path: The file, for the message.
        facts: Its status.

    Raises:
        SecretError: If others have access.
    """
    forbidden = stat.S_IRWXG | stat.S_IRWXO
    if facts.st_uid == ROOT:
        forbidden &= ~stat.S_IRGRP
    if facts.st_mode & forbidden:
        raise SecretError("is accessible to other users", f"run: chmod 600 {path}")


def read_secret_file(path: Path, *, private: bool = True) -> bytes:
    """Read a file that holds a secret.

    Args:
        path: The file.
        private: Whether others must have no access; false for certificates.

    Raises:
        SecretError: If it is absent, too large, or accessible to others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise SecretError("does not exist", "create it or correct the path") from None
    except OSError as error:
        raise SecretError(f"cannot be read ({error.strerror})", "check its permissions") from None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise SecretError("is not a regular file", "name the file itself")
        if private:
            check_permissions(path, facts)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise SecretError(f"cannot be read ({error.strerror})", "check the disk") from None
    finally:
        os.close(descriptor)
    if len(content) > MAX_SECRET_BYTES:
        raise SecretError(f"is larger than {MAX_SECRET_BYTES} bytes", "name the right file")
    if not content.strip():
        raise SecretError("is empty", "write the secret into it")
    return content


def read_password_file(path: Path) -> str:
    """Read a password: the file's text without the line break at its end.

    Args:
        path: The file.

    Raises:
        SecretError: If it cannot be used.
    """
    try:
        text = read_secret_file(path).decode("utf-8")
    except UnicodeDecodeError:
        raise SecretError("is not UTF-8 text", "write the password as plain text") from None
    password = text.removesuffix("\n").removesuffix("\r")
    if "\n" in password or "\0" in password:
        raise SecretError("has more than one line", "keep only the password in it")
    return password


def read_environment(name: str, environment: Mapping[str, str]) -> str:
    """Read a secret from the environment.

    Args:
        name: The variable.
        environment: The variables of this process.

    Raises:
        SecretError: If it is absent or empty.
    """
    value = environment.get(name, "")
    if not value:
        raise SecretError(f"environment variable {name} is not set", "set it or use a file")
    return value
