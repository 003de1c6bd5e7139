"""libpg_query's own test statements, from the source package of pglast, which carries them along.

The crate that the kernel is built with leaves them out. Nothing of them is kept in this repository.
pip asks the package for its metadata before it hands it over, which takes some minutes; what was
fetched is kept in .build/.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

from tests.oracles.regression_source import CACHE, RegressionSourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "pglast"
VERSION = "8.8"
"""Of the libpg_query that the kernel's parser is made of, that of PostgreSQL 18."""
TIMEOUT_S = 1_200
# Neighbouring literals of C are one.
_LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def obtain_tests() -> Path:
    """Return the folder of the tests, fetched on the first call.

    Raises:
        RegressionSourceError: It cannot be fetched.
    """
    folder = CACHE / f"{PACKAGE}-{VERSION}"
    if not folder.exists():
        building = folder.with_name(f"{folder.name}.building")
        archive = building / f"{folder.name}.tar.gz"
        if not archive.exists():
            building.mkdir(parents=True, exist_ok=True)
            _download(building)
        with tarfile.open(archive) as tar:
            for member in tar:
                _, found, rest = member.name.partition("/libpg_query/test/")
                if found and member.isfile():
                    member.name = rest
                    tar.extract(member, building, filter="data")
        building.rename(folder)
    return folder


def literals(source: str) -> Iterator[str]:
    """Give the string literals of a C file.

    Args:
        source: Its text.
    """
    for found in _LITERALS.findall(source):
        yield "".join(ast.literal_eval(one) for one in _LITERAL.findall(found))


def _download(folder: Path) -> None:
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    argv += ["--no-binary", PACKAGE, "--dest", str(folder), f"{PACKAGE}=={VERSION}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    if done.returncode != 0:
        problem = done.stderr.strip()[-800:]
        raise RegressionSourceError(
            f"pip download failed and needs the package index: check the network, then run "
            f"`make long` again: {problem}"
        )
