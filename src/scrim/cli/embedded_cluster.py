"""Where an embedded PostgreSQL keeps its files, and which user it runs as.

PostgreSQL refuses to run as root, so a root caller's server runs as an unprivileged user; where
that user cannot reach the programs (a checkout under /root, say) they are copied once into a cache.
The cluster that initdb makes is cached too, so that a start costs a copy of it and no initdb.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Final, TypedDict

SUPERUSER: Final = "postgres"
_UNPRIVILEGED_USERS = ("postgres", "nobody")
# From this version on PostgreSQL brings a UTF-8 locale that needs nothing of the machine.
_FIRST_WITH_BUILTIN_LOCALE = 17


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be found, initialised or started."""


class Identity(TypedDict, total=False):
    """The user and groups to start a program with, as `subprocess` names them."""

    user: int
    group: int
    extra_groups: list[int]


def server_identity() -> Identity:
    """Return the user for the server: nothing to change for an ordinary user, else not root.

    Raises:
        EmbeddedPostgresError: There is no unprivileged user.
    """
    account = _unprivileged_account()
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def program_environment() -> dict[str, str]:
    """Return the environment for the server's programs, without settings meant for clients."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def private_directory() -> Path:
    """Create a folder that only the server's user and root can enter.

    The path stays short, because a Unix socket's path may have no more than 107 bytes.
    """
    parent = Path(tempfile.gettempdir())
    if not _traversable(parent):
        parent = Path("/tmp")  # noqa: S108 -- mkdtemp makes the folder safe
    directory = Path(tempfile.mkdtemp(prefix="scrim-pg-", dir=parent))
    _give_to_server(directory)
    return directory


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only the server's user and root can read.

    Args:
        path: The file; replaced where it exists.
        content: Its new content.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    _give_to_server(path)


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder with owners and modes, which the server checks.

    Args:
        source: The folder to copy.
        target: The folder to create.
    """
    _run(["cp", "-a", str(source), str(target)])


def reachable(bin_dir: Path) -> Path:
    """Return the programs' folder, or a copy of it where the server's user cannot reach it.

    Args:
        bin_dir: The folder of the programs, beside which `lib` and `share` lie.
    """
    if _unprivileged_account() is None or _traversable(bin_dir):
        return bin_dir
    install = bin_dir.parent
    package = install.parent
    copied = _cache_dir() / f"programs-{_fingerprint(bin_dir)}"
    if not copied.exists():
        with tempfile.TemporaryDirectory(prefix="building-", dir=_cache_dir()) as building:
            root = Path(building) / "root"
            (root / package.name).mkdir(parents=True)
            copy_tree(install, root / package.name / install.name)
            # A wheel keeps the libraries that it brings beside its package, and its programs
            # look for them there.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                copy_tree(libraries, root / libraries.name)
            _run(["chmod", "-R", "a+rX,go-w", str(root)])
            _publish(root, copied)
    return copied / package.name / install.name / bin_dir.name


def cluster_template(bin_dir: Path) -> Path:
    """Return a cluster as initdb makes it, made on the first call and cached.

    Args:
        bin_dir: The folder of the programs.

    Raises:
        EmbeddedPostgresError: initdb failed.
    """
    template = _cache_dir() / f"cluster-{_fingerprint(bin_dir)}"
    if template.exists():
        return template
    building = private_directory()
    try:
        _initialise(bin_dir, building / "data")
        with tempfile.TemporaryDirectory(prefix="building-", dir=_cache_dir()) as moved:
            copy_tree(building / "data", Path(moved) / "data")
            _publish(Path(moved) / "data", template)
    finally:
        shutil.rmtree(building)
    return template


def _initialise(bin_dir: Path, data_dir: Path) -> None:
    command = [str(bin_dir / "initdb"), "--pgdata", str(data_dir), "--no-sync"]
    command += ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
    if _major_version(bin_dir) >= _FIRST_WITH_BUILTIN_LOCALE:
        command += ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    else:
        command += ["--locale", "C.UTF-8"]
    _run(command, cwd=data_dir.parent, identity=server_identity())


def _publish(built: Path, final: Path) -> None:
    # Renaming is atomic; whoever comes second throws its own copy away.
    try:
        built.rename(final)
    except OSError:
        if not final.exists():
            raise
        shutil.rmtree(built)


def _cache_dir() -> Path:
    if os.geteuid() == 0:
        directory = Path("/var/cache/scrim")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        directory = Path(base) / "scrim"
    directory.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        directory.chmod(0o755)
    return directory


def _fingerprint(bin_dir: Path) -> str:
    """Name an installation by its path, version and time, and by the user that runs it."""
    program = (bin_dir / "postgres").stat()
    text = f"{bin_dir}:{_version(bin_dir)}:{program.st_size}:{program.st_mtime_ns}:{_server_uid()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _version(bin_dir: Path) -> str:
    return _run([str(bin_dir / "postgres"), "--version"])


def _major_version(bin_dir: Path) -> int:
    digits = _version(bin_dir).rsplit("PostgreSQL)", maxsplit=1)[-1].split()[0]
    return int(digits.split(".")[0])


def _server_uid() -> int:
    account = _unprivileged_account()
    return os.geteuid() if account is None else account.pw_uid


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Return the account for the server when the caller is root, else None."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`: create one"
    )


def _traversable(path: Path) -> bool:
    """Say whether everyone may enter this folder and all above it."""
    resolved = path.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (resolved, *resolved.parents))


def _give_to_server(path: Path) -> None:
    account = _unprivileged_account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _run(command: list[str], cwd: Path | None = None, identity: Identity | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=program_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **(identity or {}),
    )
    if done.returncode != 0:
        problem = (done.stderr or done.stdout).strip()[-2000:]
        raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {problem}")
    return str(done.stdout)
