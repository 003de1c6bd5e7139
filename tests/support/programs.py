"""Programs of other languages that tests run, put in place by scripts/install-clients.sh."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CLIENTS = ROOT / ".build" / "clients"
_HINT = "run scripts/install-clients.sh, or `make test`, which does"


class MissingProgramError(RuntimeError):
    """A program that the tests need is not installed; they fail, and are never skipped."""


@dataclass(frozen=True, slots=True)
class Java:
    """The `java` launcher, which also runs source files, and the path of PostgreSQL's driver."""

    launcher: str
    driver: Path

    def command(self, source: Path, *arguments: str) -> list[str]:
        """Return the command that runs a source file with the driver on its class path."""
        return [self.launcher, "-cp", str(self.driver), str(source), *arguments]


@dataclass(frozen=True, slots=True)
class Node:
    """The `node` program and the packages installed for it."""

    program: str
    modules: Path

    def environment(self) -> dict[str, str]:
        """Return what the environment must hold for scripts to find the packages."""
        return {"NODE_PATH": str(self.modules)}


def find_program(name: str, hint: str) -> str:
    """Return the path of a program."""
    path = shutil.which(name)
    if path is None:
        raise MissingProgramError(f"{name} is not installed: {hint}")
    return path


def find_java() -> Java:
    """Return the Java launcher and the driver."""
    find_program("javac", _HINT)
    driver = _CLIENTS / "postgresql.jar"
    if not driver.exists():
        raise MissingProgramError(f"PostgreSQL's JDBC driver is not at {driver}: {_HINT}")
    return Java(find_program("java", _HINT), driver)


def find_node() -> Node:
    """Return node and its packages."""
    modules = _CLIENTS / "node_modules"
    if not (modules / "pg").is_dir():
        raise MissingProgramError(f"node's package pg is not below {modules}: {_HINT}")
    return Node(find_program("node", _HINT), modules)
