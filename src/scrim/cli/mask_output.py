"""Writes a file so that it is there as a whole or not at all."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from scrim.cli.failures import CommandError

STANDARD_OUTPUT = "-"


@contextmanager
def whole_file(target: str, *, force: bool) -> Iterator[IO[bytes]]:
    """Yield a file that gets its name when the block ends without an error.

    It is written beside its place, flushed to the disk and renamed. Standard output is written as
    it comes.

    Args:
        target: Where it goes; `-` for standard output.
        force: Whether it may replace another file.

    Raises:
        CommandError: If there is a file already, or the folder is missing.
    """
    if target == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    check_target(path, force=force)
    waiting = path.with_name(f".{path.name[:200]}.{secrets.token_hex(8)}.part")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check_target(path, force=force)
        waiting.replace(path)
    except BaseException:
        with suppress(OSError):
            waiting.unlink()
        raise


def check_target(path: Path, *, force: bool) -> None:
    """Refuse a place that cannot be written to.

    Args:
        path: The place.
        force: Whether another file there may be replaced.

    Raises:
        CommandError: If it cannot.
    """
    if path.is_dir():
        raise CommandError(f"{path}: is a folder; name a file in it")
    if not path.parent.is_dir():
        raise CommandError(f"{path}: the folder {path.parent} does not exist; create it first")
    if path.exists() and not force:
        raise CommandError(f"{path}: exists already; choose another name, or give --force")
