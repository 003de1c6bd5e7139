"""pgbouncer in session mode, the peer that masks nothing: what a hop costs at the least."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from harness.commands import BenchmarkError, program
from harness.shared import free_port, scram_verifier
from scrim.cli.embedded_cluster import server_identity

if TYPE_CHECKING:
    from types import TracebackType

    from harness.shared import Endpoint, KeyPair

START_TIMEOUT_S = 10.0


@dataclass(slots=True)
class PgBouncer:
    """One pgbouncer before a PostgreSQL server, used as a context manager.

    Attributes:
        upstream: The server, and the pooler's user there, whom it must trust: this version cannot
            sign in upstream by SCRAM as one user and check SCRAM verifiers of another.
        user: The user that clients sign in as, by SCRAM like the gateway's users.
        password: That user's password.
        certificate: Present where clients may use TLS.
        pool_size: Upstream sessions.
    """

    upstream: Endpoint
    user: str
    password: str = field(repr=False)
    certificate: KeyPair | None = None
    pool_size: int = 64
    port: int = 0
    _directory: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        if self._process is None:
            raise BenchmarkError("pgbouncer is not started")
        return self._process.pid

    def __enter__(self) -> Self:
        """Start it and wait until it accepts connections."""
        executable = program("pgbouncer")
        self.port = free_port()
        self._directory = Path(tempfile.mkdtemp(prefix="scrim-pgbouncer-"))
        self._write_files(self._directory)
        self._process = subprocess.Popen(
            [executable, "--quiet", str(self._directory / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **server_identity(),
        )
        self._wait_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it and remove its files."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _write_files(self, directory: Path) -> None:
        settings: dict[str, object] = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "scram-sha-256",
            "auth_file": directory / "users.txt",
            "pool_mode": "session",
            "default_pool_size": self.pool_size,
            "max_client_conn": 12_000,
            "server_reset_query": "DISCARD ALL",
            "ignore_startup_parameters": "extra_float_digits,options",
            "logfile": directory / "pgbouncer.log",
            "log_connections": 0,
            "log_disconnections": 0,
        }
        if self.certificate is not None:
            # Copies, because the pooler runs as another user, who may not read the originals.
            settings["client_tls_sslmode"] = "allow"
            settings["client_tls_cert_file"] = directory / "listener.crt"
            settings["client_tls_key_file"] = directory / "listener.key"
            shutil.copyfile(self.certificate.certificate, directory / "listener.crt")
            shutil.copyfile(self.certificate.key, directory / "listener.key")
        store = self.upstream
        lines = [
            "[databases]",
            f"{store.database} = host={store.host} port={store.port} dbname={store.database} "
            f"user={store.user}",
            "[pgbouncer]",
            *(f"{name} = {value}" for name, value in settings.items()),
        ]
        (directory / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        # A verifier, as the gateway has: from a password each sign-in would derive it anew.
        verifier = scram_verifier(self.password)
        (directory / "users.txt").write_text(f'"{self.user}" "{verifier}"\n')
        self._hand_over(directory)

    def _hand_over(self, directory: Path) -> None:
        """Give the files to the user that pgbouncer runs as: like PostgreSQL it refuses root."""
        identity = server_identity()
        directory.chmod(0o700)
        for path in (directory, *directory.iterdir()):
            if "user" in identity:
                os.chown(path, identity["user"], pwd.getpwuid(identity["user"]).pw_gid)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1),
            ):
                return
            time.sleep(0.01)
        log = self._directory and self._directory / "pgbouncer.log"
        text = log.read_text() if log and log.exists() else ""
        raise BenchmarkError(f"pgbouncer did not start: {text[-1000:]}")
