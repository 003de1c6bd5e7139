"""libpg_query's own test statements, from the source package of pglast, which carries them along.

The crate that the kernel is built with leaves them out. Nothing of them is kept in this repository.
pip asks the package for its metadata before it hands it over, which takes some minutes; what was
fetched is kept in .build/.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from tests.oracles.regression_source import CACHE, extract, run

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
        downloads = CACHE / "downloads"
        archive = downloads / f"{folder.name}.tar.gz"
        if not archive.exists():
            downloads.mkdir(parents=True, exist_ok=True)
            options = ["--quiet", "--no-deps", "--no-binary", PACKAGE, "--dest", str(downloads)]
            pip = (sys.executable, "-m", "pip", "download")
            run(*pip, *options, f"{PACKAGE}=={VERSION}", timeout_s=TIMEOUT_S)
        extract(archive, "/libpg_query/test/", folder)
    return folder


def literals(source: str) -> Iterator[str]:
    """Give the string literals of a C file.

    Args:
        source: Its text.
    """
    for found in _LITERALS.findall(source):
        yield "".join(ast.literal_eval(one) for one in _LITERAL.findall(found))
