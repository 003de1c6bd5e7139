"""Files that hold keys: made once, and replaced as a whole or not at all.

A new content is written beside the file, forced to the disk and renamed over it, so that whoever
reads sees the old or the new one, even after a crash. A lock on the folder keeps two commands from
changing it at once.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scrim.config.secrets import SecretError
from scrim.masking.key_ring import KeyRefusedError

FILE_MODE: Final = 0o600
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def create_private_file(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone can read. An existing file is never replaced.

    Raises:
        KeyRefusedError: If the file exists.
        SecretError: If it cannot be written.
    """
    try:
        descriptor = os.open(path, _CREATE, FILE_MODE)
    except FileExistsError:
        raise KeyRefusedError(
            f"{path} exists already", "remove it only if nothing was masked with it"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        _fill(descriptor, content)
        _sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


@contextlib.contextmanager
def changing(path: Path) -> Iterator[Path]:
    """Keep others from changing a file, and yield the file that a symbolic link leads to.

    Raises:
        KeyRefusedError: If somebody else is changing it.
    """
    path = path.resolve()
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path
    except BlockingIOError:
        raise KeyRefusedError(f"{path} is being changed by another command", "try again") from None
    finally:
        os.close(folder)


def replace_private_file(path: Path, content: bytes, *, overwrite_old: bool = False) -> None:
    """Replace a file's content, and keep its owner and who may read it.

    Args:
        path: The file, inside `changing`.
        content: The new content.
        overwrite_old: Whether to overwrite the old content on the disk, as far as the file system
            does that in place.

    Raises:
        SecretError: If it cannot be written; the old content then stays.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)  # left behind by a crash: nobody else is here
        old = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        facts = os.fstat(old)
        descriptor = os.open(fresh, _CREATE, FILE_MODE)
        if (facts.st_uid, facts.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(descriptor, facts.st_uid, facts.st_gid)
        os.fchmod(descriptor, facts.st_mode & 0o777)
        _fill(descriptor, content)
        fresh.replace(path)
        _sync_folder(path.parent)
        # A hard link elsewhere is somebody's copy, which is not ours to destroy.
        if overwrite_old and os.fstat(old).st_nlink == 0:
            os.pwrite(old, bytes(facts.st_size), 0)
            os.fsync(old)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    finally:
        os.close(old)


def _fill(descriptor: int, content: bytes) -> None:
    """Write everything, force it to the disk, and close."""
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> SecretError:
    return SecretError(f"{path} cannot be written ({error.strerror})", "check its folder")
