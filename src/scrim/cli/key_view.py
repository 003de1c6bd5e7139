"""How `scrim key` shows a key ring: a table, plain lines, or JSON. Never a key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from scrim.cli.failures import printable
from scrim.masking.key_ring import KeyRing, RingVersion

_STYLES = {"active": "green", "retired": "yellow", "destroyed": "dim"}
_SHORT = "%Y-%m-%d %H:%M"


def show_ring(path: Path, ring: KeyRing, *, json_output: bool) -> None:
    """Print what a ring holds.

    Args:
        path: Its file.
        ring: The ring.
        json_output: Whether to write JSON.
    """
    if json_output:
        print(json.dumps(_document(path, ring)))  # noqa: T201 - a command's own output
        return
    console = Console()
    if not console.is_terminal:
        for line in _lines(path, ring):
            print(printable(line))  # noqa: T201 - the same
        return
    title = printable(f"{path} (tenant {ring.tenant})")
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    # Without fingerprints, so that it fits into 80 columns; plain lines and JSON have them.
    for heading in ("version", "status", "made (UTC)", "changed (UTC)", "key"):
        table.add_column(heading)
    for one in ring.versions:
        made, changed = _time(one, "created", _SHORT), _time(one, "changed", _SHORT)
        row = (str(one.version), one.status, made, changed, one.storage)
        table.add_row(*row, style=_STYLES[one.status])
    console.print(table)


def show_kek(path: Path, *, json_output: bool) -> None:
    """Say that a key-encryption key was made.

    Args:
        path: Its file.
        json_output: Whether to write JSON.
    """
    text = json.dumps({"file": str(path)}) if json_output else printable(f"{path}: created")
    print(text)  # noqa: T201 - a command's own output


def _document(path: Path, ring: KeyRing) -> dict[str, Any]:
    return {
        "file": str(path),
        "tenant": ring.tenant,
        "active": ring.active.version,
        "versions": [
            {
                "version": one.version,
                "status": one.status,
                "created": _time(one, "created") or None,
                "changed": _time(one, "changed") or None,
                "fingerprint": one.fingerprint,
                "key": one.storage,
            }
            for one in ring.versions
        ],
    }


def _lines(path: Path, ring: KeyRing) -> Iterator[str]:
    yield f"{path}: tenant {ring.tenant}, version {ring.active.version} masks"
    for one in ring.versions:
        yield "  ".join(cell for cell in _cells(one) if cell)


def _cells(one: RingVersion) -> tuple[str, ...]:
    return (
        str(one.version),
        one.status,
        _time(one, "created") or "before key rings",
        _time(one, "changed"),
        one.fingerprint or "",
        one.storage,
    )


def _time(one: RingVersion, which: str, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    moment = one.created if which == "created" else one.changed
    return moment.strftime(form) if moment is not None else ""
