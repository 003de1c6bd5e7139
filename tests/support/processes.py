"""Processor time and memory of a process and all that it started, read from /proc."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def process_tree(pid: int) -> list[int]:
    """Return a process and its descendants.

    Args:
        pid: The process at the root.
    """
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = _stat_fields(int(entry.name))
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ends = [pid], [pid]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return found


def processor_seconds(pid: int) -> float:
    """Return the user and system time that a process tree has used so far.

    Args:
        pid: The process at the root.
    """
    ticks = 0
    for member in process_tree(pid):
        with contextlib.suppress(OSError):
            fields = _stat_fields(member)
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS_PER_SECOND


def resident_kilobytes(pid: int) -> int:
    """Return the memory of a process tree; pages that its members share count once.

    Args:
        pid: The process at the root.
    """
    total = 0
    for member in process_tree(pid):
        with contextlib.suppress(OSError):
            for line in (_PROC / str(member) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total


def open_descriptors(pid: int) -> int:
    """Return how many files and sockets a process tree holds open.

    Args:
        pid: The process at the root.
    """
    total = 0
    for member in process_tree(pid):
        with contextlib.suppress(OSError):
            total += sum(1 for _ in (_PROC / str(member) / "fd").iterdir())
    return total


def _stat_fields(pid: int) -> list[str]:
    # The second field is the name in parentheses, which may itself hold spaces and parentheses.
    text = (_PROC / str(pid) / "stat").read_text()
    return text.rpartition(")")[2].split()
