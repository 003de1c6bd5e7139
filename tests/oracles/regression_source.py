"""PostgreSQL's own regression SQL, from Debian's source package of the installed server.

Nothing of it is kept in this repository. apt works in a folder of its own with its own list of
sources, so that the machine's settings are not touched; what it fetched is kept in .build/.
"""

from __future__ import annotations

import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import debian_bin_dir
from tests.support.programs import find_program

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build" / "regression"
MIRRORS = (
    ("http://deb.debian.org/debian", "{suite} {suite}-updates"),
    ("http://deb.debian.org/debian-security", "{suite}-security"),
)
TIMEOUT_S = 600
_HINT = "needs Debian's mirrors or the package index: check the network, then run `make test` again"


class RegressionSourceError(RuntimeError):
    """The regression SQL cannot be had; the tests fail, and are never skipped."""


@dataclass(frozen=True, slots=True)
class RegressionSource:
    """The regression SQL of one version.

    Attributes:
        folder: The folder `src/test/regress`, readable by every user of the machine.
    """

    folder: Path

    def schedule(self) -> list[str]:
        """Return the names of the SQL files in the order of PostgreSQL's schedule."""
        text = (self.folder / "parallel_schedule").read_text()
        lines = re.findall(r"^(?:test|ignore): (.+)$", text, re.MULTILINE)
        return [name for line in lines for name in line.split()]

    def script(self, name: str) -> Path:
        """Return one SQL file.

        Args:
            name: Its name in the schedule.
        """
        return self.folder / "sql" / f"{name}.sql"


def obtain() -> RegressionSource:
    """Return the regression SQL of the installed server, fetched on the first call.

    Raises:
        RegressionSourceError: It cannot be fetched.
    """
    package = f"postgresql-{debian_bin_dir().parent.name}"
    version = run("dpkg-query", "--show", "--showformat=${Version}", package)
    folder = CACHE / f"{package}_{version}" / "regress"
    if not folder.exists():
        archive = _fetch(package, version)
        extract(archive, "/src/test/regress/", folder)
    return RegressionSource(folder)


def _fetch(package: str, version: str) -> Path:
    find_program("apt-get", "the regression SQL comes from Debian's source package")
    apt = CACHE / "apt"
    for part in ("lists/partial", "cache/archives/partial", "source"):
        (apt / part).mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(_sources())
    options = [
        *("-o", f"Dir::Etc::SourceList={apt / 'sources.list'}", "-o", "Dir::Etc::SourceParts=-"),
        *("-o", f"Dir::State::Lists={apt / 'lists'}", "-o", f"Dir::Cache={apt / 'cache'}"),
        *("-o", "APT::Sandbox::User=root", "-q"),
    ]
    run("apt-get", *options, "update")
    wanted = f"{package}={version}"
    run("apt-get", *options, "source", "--download-only", wanted, cwd=apt / "source")
    archives = sorted((apt / "source").glob(f"{package}_*.orig.tar.*"))
    if not archives:
        raise RegressionSourceError(f"apt-get fetched no archive of {wanted}: it {_HINT}")
    return archives[-1]


def _sources() -> str:
    release = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    suite = release.get("VERSION_CODENAME", "").strip('"')
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return "".join(
        f"deb-src [signed-by={keyring}] {mirror} {name} main\n"
        for mirror, names in MIRRORS
        for name in names.format(suite=suite).split()
    )


def extract(archive: Path, inside: str, folder: Path) -> None:
    """Unpack one folder of an archive, all of it or nothing.

    Args:
        archive: The archive.
        inside: The folder in it, from the slash after its first part to the one at its end.
        folder: What it becomes.
    """
    building = folder.with_name("building")
    building.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            _, found, rest = member.name.partition(inside)
            if found and member.isfile():
                member.name = rest
                tar.extract(member, building, filter="data")
    building.rename(folder)


def run(*argv: str, cwd: Path | None = None, timeout_s: int = TIMEOUT_S) -> str:
    """Run a program that fetches something, and return what it prints.

    Args:
        argv: The program and its arguments.
        cwd: The folder that it runs in.
        timeout_s: How long it may take, in seconds.

    Raises:
        RegressionSourceError: It fails.
    """
    done = subprocess.run(
        argv, cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout_s
    )
    if done.returncode != 0:
        problem = done.stderr.strip()[-800:]
        raise RegressionSourceError(f"{argv[0]} failed and {_HINT}: {problem}")
    return done.stdout.strip()
