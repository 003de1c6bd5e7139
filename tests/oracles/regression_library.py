"""The C functions that the regression SQL calls, compiled against the server's own headers.

The headers come from Debian's package of the same version, unpacked into .build/ and not installed.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.oracles.regression_source import CACHE, RegressionSourceError
from tests.support.postgres import debian_bin_dir
from tests.support.programs import find_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracles.regression_source import RegressionSource

TIMEOUT_S = 600


def build(source: RegressionSource) -> Path:
    """Return the folder that holds `regress.so`, compiled on the first call.

    Args:
        source: The regression SQL with its C file.
    """
    library = source.folder / "regress.so"
    if not library.exists():
        major = debian_bin_dir().parent.name
        headers = _headers(major)
        compiler = find_program("cc", "install it by: apt-get install gcc libc6-dev")
        _run(
            *(compiler, "-shared", "-fPIC", "-O1", "-w"),
            *("-I", str(headers / f"usr/include/postgresql/{major}/server")),
            *("-I", str(headers / "usr/include/postgresql"), "-o", str(library)),
            str(source.folder / "regress.c"),
        )
    return source.folder


def _headers(major: str) -> Path:
    """Fetch and unpack the package of the headers, in the version of the server."""
    folder = CACHE / f"headers-{major}"
    if not folder.exists():
        version = _run("dpkg-query", "--show", "--showformat=${Version}", f"postgresql-{major}")
        package = f"postgresql-server-dev-{major}"
        downloads = CACHE / "packages"
        downloads.mkdir(parents=True, exist_ok=True)
        _run("apt-get", "download", f"{package}={version}", cwd=downloads)
        building = CACHE / "headers-building"
        for archive in downloads.glob(f"{package}_*.deb"):
            _run("dpkg-deb", "--extract", str(archive), str(building))
        building.rename(folder)
    return folder


def _run(*argv: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        argv, cwd=cwd, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
    )
    if done.returncode != 0:
        raise RegressionSourceError(
            f"{argv[0]} failed, and the regression SQL needs its C functions: {done.stderr[-800:]}"
        )
    return done.stdout.strip()
