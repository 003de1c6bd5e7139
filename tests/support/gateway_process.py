"""`scrim serve` as a child process with a generated configuration, for tests and benchmarks.

Nothing of the gateway runs inside the process that judges it: what a client sees here is what a
client of an installed gateway sees.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml

from scrim.cli.embedded import free_port
from tests.support.scram_verifier import scram_verifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from tests.support.certificates import Authority

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 20.0

# Analysts may work but see no protected value; investigators see everything and may do everything.
POLICIES = """
permit(
    principal in Group::"analysts",
    action in [Action::"connect", Action::"select", Action::"insert", Action::"update",
               Action::"delete", Action::"copy", Action::"call", Action::"filter", Action::"ddl"],
    resource
);
permit(principal in Group::"investigators", action, resource);
permit(principal, action == Action::"unmask", resource is Column)
when { resource.tags.contains("public") };
"""


class GatewayError(RuntimeError):
    """The gateway did not start or stop; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class User:
    """A local user of the gateway.

    Attributes:
        name: The name to sign in with.
        groups: The groups that policies refer to.
        password: The password; a random one when not given.
        kind: `user`, `agent` or `service`.
        acts_for: The user whom an agent acts for.
    """

    name: str
    groups: tuple[str, ...]
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    kind: str = "user"
    acts_for: str | None = None

    def settings(self) -> dict[str, Any]:
        """Return the user's entry in scrim.yaml."""
        entry: dict[str, Any] = {
            "groups": list(self.groups),
            "password": scram_verifier(self.password),
            "kind": self.kind,
        }
        if self.acts_for is not None:
            entry["acts_for"] = self.acts_for
        return entry


@dataclass(frozen=True, slots=True)
class Store:
    """A PostgreSQL server behind the gateway.

    Attributes:
        port: Its port on 127.0.0.1.
        database: The database.
        user: The gateway's user there.
        password: That user's password.
        tags: Tags by qualified column name.
        settings: More settings of the connection, merged over the generated ones.
    """

    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class GatewayProcess:
    """One gateway, used as a context manager.

    Attributes:
        stores: The connections by the name that clients give as their database.
        users: Who may sign in.
        policies: Cedar text.
        authority: Signs the listener's certificate; without it the listener has no TLS.
        workers: Worker processes.
        settings: Further top-level blocks of scrim.yaml, merged over the generated ones.
    """

    stores: Mapping[str, Store]
    users: Sequence[User]
    policies: str = POLICIES
    authority: Authority | None = None
    workers: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    port: int = 0
    admin_port: int = 0
    _directory: Path | None = None
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Write the configuration, start the gateway and wait until it accepts connections.

        Raises:
            GatewayError: It did not.
        """
        self.prepare()
        self.launch()
        self.wait_ready()

    def prepare(self) -> None:
        """Write the configuration and everything that it names."""
        self._directory = Path(tempfile.mkdtemp(prefix="scrim-gw-"))
        self.port = self.port or free_port()
        self.admin_port = self.admin_port or free_port()
        self._write_secret("masking.key", secrets.token_bytes(32))
        self._write_secret("token.key", secrets.token_hex(32).encode())
        (self.directory / "policies").mkdir()
        (self.directory / "policies" / "scrim.cedar").write_text(self.policies)
        self.write_configuration()

    def write_configuration(self) -> None:
        """Write scrim.yaml; again after a change of the attributes, before `reload`."""
        document = merged(self._configuration(), self.settings)
        self.configuration.write_text(yaml.safe_dump(document, sort_keys=False))

    def launch(self) -> None:
        """Start the process without waiting for it."""
        command = [str(scrim_program()), "serve", "--config", str(self.configuration)]
        with (self.directory / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait_ready(self) -> None:
        """Wait until the listener accepts connections.

        Raises:
            GatewayError: It ended, or took too long.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._running().poll() is None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1),
            ):
                return
            time.sleep(0.01)
        log = self.log_text()[-3000:]
        self.stop()
        raise GatewayError(f"`scrim serve` did not start: {log}")

    def stop(self) -> None:
        """Stop the gateway as a service manager would and remove its files.

        Raises:
            GatewayError: It had to be killed.
        """
        try:
            self.terminate()
        finally:
            if self._directory is not None:
                shutil.rmtree(self._directory, ignore_errors=True)
                self._directory = None

    def terminate(self) -> None:
        """Stop the process and keep its files.

        Raises:
            GatewayError: It had to be killed.
        """
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_TIMEOUT_S)
            raise GatewayError("`scrim serve` did not end after SIGTERM") from None

    def reload(self) -> None:
        """Tell the gateway to read its configuration again."""
        self._running().send_signal(signal.SIGHUP)

    @property
    def pid(self) -> int:
        """The process id of the gateway's main process."""
        return self._running().pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def directory(self) -> Path:
        """The private folder with the configuration, the log and the records."""
        if self._directory is None:
            raise GatewayError("the gateway is not started")
        return self._directory

    @property
    def configuration(self) -> Path:
        """The configuration file."""
        return self.directory / "scrim.yaml"

    def log_text(self) -> str:
        """Return what the gateway has logged."""
        path = self.directory / "gateway.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def audit_text(self) -> str:
        """Return every record of the audit log."""
        paths = sorted((self.directory / "audit").rglob("*.jsonl"))
        return "".join(path.read_text(errors="replace") for path in paths)

    def __enter__(self) -> Self:
        """Start the gateway."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the gateway."""
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise GatewayError("the gateway is not started")
        return self._process

    def _configuration(self) -> dict[str, Any]:
        identity: dict[str, Any] = {
            "local": {"users": {user.name: user.settings() for user in self.users}},
            "tokens": {"key_file": "token.key", "algorithm": "HS256"},
        }
        listener: dict[str, Any] = {"address": f"127.0.0.1:{self.port}"}
        if self.authority is not None:
            pair = self.authority.server(f"gateway-{self.port}")
            listener["tls"] = {
                "certificate": str(pair.certificate),
                "key": str(pair.key),
                "client_ca": str(self.authority.certificate),
                "mode": "optional",
            }
            identity["certificates"] = {"name_from": "common_name"}
        return {
            "workers": self.workers,
            "masking": {"key_file": "masking.key"},
            "policies": "policies",
            "audit": {"directory": "audit"},
            "listeners": {"postgres": listener},
            "admin": {"address": f"127.0.0.1:{self.admin_port}"},
            "identity": identity,
            "connections": {name: self._connection(store) for name, store in self.stores.items()},
            "log": {"level": "info", "format": "text"},
        }

    def _connection(self, store: Store) -> dict[str, Any]:
        password_file = f"upstream-{store.port}-{store.user}.password"
        self._write_secret(password_file, store.password.encode())
        entry: dict[str, Any] = {
            "protocol": "postgres",
            "upstream": {
                "host": "127.0.0.1",
                "port": store.port,
                "database": store.database,
                "user": store.user,
                "password_file": password_file,
                "tls": "disable",
            },
            "tags": {name: list(tags) for name, tags in store.tags.items()},
        }
        return merged(entry, store.settings)

    def _write_secret(self, name: str, content: bytes) -> None:
        path = self.directory / name
        path.touch(0o600)
        path.write_bytes(content)


def scrim_program() -> Path:
    """Return the `scrim` command of the interpreter that runs this.

    Raises:
        GatewayError: It is not installed.
    """
    path = Path(sys.executable).with_name("scrim")
    if not path.exists():
        raise GatewayError(f"{path} is missing: run `make install`")
    return path


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return two nested mappings as one; the second wins.

    Args:
        base: The mapping to start from.
        over: What to put over it.
    """
    result = dict(base)
    for name, value in over.items():
        old = result.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[name] = merged(old, value) if both and old is not None else value
    return result
