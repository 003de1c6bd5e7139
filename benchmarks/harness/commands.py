"""Running and starting other programs, and finding the ones that the benchmarks need."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from harness.shared import debian_bin_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_TIMEOUT_S = 600.0


class BenchmarkError(Exception):
    """A benchmark cannot run, or what it measured is not to be believed; says what to do."""


def run(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    text: str | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> str:
    """Run a program to its end and return what it printed.

    Args:
        argv: The program and its arguments.
        environment: Its whole environment; the caller's without it.
        text: What it reads from its standard input.
        timeout_s: Longest time that it may take.

    Raises:
        BenchmarkError: It failed; the message ends with what it said.
    """
    try:
        done = subprocess.run(
            list(argv),
            env=None if environment is None else dict(environment),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"{Path(argv[0]).name} took more than {timeout_s:g} s") from error
    if done.returncode != 0:
        raise BenchmarkError(f"{Path(argv[0]).name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL or of the system.

    Args:
        name: Its name, such as `pgbench`.

    Raises:
        BenchmarkError: It is not installed.
    """
    beside = debian_bin_dir() / name
    if beside.exists():
        return str(beside)
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise BenchmarkError(f"{name} is not installed: run `make bench`, which installs it")
    return found
