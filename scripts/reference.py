"""Writes the pages of docs/reference that describe what the code declares.

    python scripts/reference.py [--check]

The descriptions stand in the code and nowhere else, so the pages cannot fall behind: with
`--check`, which the tests use, a page that differs is an error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reference_commands import commands_page
from reference_lists import entities_page, metrics_page, profiles_page
from reference_operators import operator_pages, operators_page
from reference_settings import settings_page

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
OPERATORS = "operators"
PAGES = {
    "command-line.md": commands_page,
    "configuration.md": settings_page,
    "entities.md": entities_page,
    "metrics.md": metrics_page,
    "operators.md": operators_page,
    "profiles.md": profiles_page,
}


def all_pages() -> dict[str, str]:
    """Return every page by its path below docs/reference."""
    pages = {name: page() for name, page in PAGES.items()}
    return pages | {f"{OPERATORS}/{name}.md": text for name, text in operator_pages().items()}


def main() -> int:
    """Write or check the pages; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="fail when a page differs")
    arguments = parser.parse_args()
    status = 0
    pages = all_pages()
    (FOLDER / OPERATORS).mkdir(exist_ok=True)
    for path in sorted((FOLDER / OPERATORS).glob("*.md")):
        name = path.relative_to(FOLDER).as_posix()
        if name in pages:
            continue
        if arguments.check:
            print(f"docs/reference/{name} is of no operator: run python scripts/reference.py")
            status = 1
        else:
            path.unlink()
    for name, text in pages.items():
        path = FOLDER / name
        if not arguments.check:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"docs/reference/{name} is behind the code: run python scripts/reference.py")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
