"""The files of the project, for tests that read them rather than run them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
_PARTS = (".ci", "benchmarks", "docs", "examples", "rust", "scripts", "src", "tests")
# What was built, fetched or found by fuzzing is nobody's writing.
_SKIPPED = {"target", "node_modules", "__pycache__", "corpus", "artifacts", "results"}


def written_files(*suffixes: str, below: tuple[str, ...] = _PARTS) -> list[Path]:
    """Return the files that someone wrote, sorted.

    Args:
        suffixes: Endings such as `.py`; every file when none is given.
        below: The folders to look into, relative to the root.
    """
    found = [path for part in below for path in _walk(ROOT / part)]
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def relative(path: Path) -> str:
    """Return a path as the project's pages name it."""
    return path.relative_to(ROOT).as_posix()


def _walk(directory: Path) -> Iterator[Path]:
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if path.name in _SKIPPED or path.name.endswith(".so"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
