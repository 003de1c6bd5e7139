"""Real PostgreSQL servers: the machine's own, with contrib and TLS, and the embedded one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scrim.cli.embedded import EmbeddedPostgres, HostRule, embedded_bin_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.certificates import Authority

PostgresServer = EmbeddedPostgres
Method = Literal["trust", "password", "md5", "scram-sha-256", "cert"]

_INSTALLATIONS = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the server, and how it signs in."""

    name: str
    method: Method
    password: str = ""


def debian_bin_dir() -> Path:
    """Return the programs of the newest PostgreSQL that the machine's packages installed."""
    versions = sorted(
        (path for path in _INSTALLATIONS.glob("*/bin") if (path / "initdb").exists()),
        key=lambda path: float(path.parent.name),
    )
    if not versions:
        raise FileNotFoundError(
            f"no PostgreSQL server below {_INSTALLATIONS}: run scripts/install-postgres.sh"
        )
    return versions[-1]


def sample_roles() -> dict[Method, Role]:
    """Return one role for each way to sign in, named after it."""
    methods: tuple[Method, ...] = ("trust", "password", "md5", "scram-sha-256", "cert")
    return {
        method: Role(f"by_{method.partition('-')[0]}", method, f"{method} of its own")
        for method in methods
    }


def tls_server(
    authority: Authority,
    bin_dir: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> PostgresServer:
    """Return a server, not started yet, with TLS and the sample roles' ways to sign in.

    The embedded PostgreSQL is built without OpenSSL, so this one is the machine's own.
    """
    pair = authority.server()
    roles = sample_roles()
    rules = [
        HostRule(role.method, user=role.name, kind="hostssl" if method == "cert" else "host")
        for method, role in roles.items()
    ]
    return PostgresServer(
        bin_dir=bin_dir or debian_bin_dir(),
        host_rules=[*rules, HostRule("scram-sha-256")],
        settings={
            "ssl": "on",
            "ssl_cert_file": "server.crt",
            "ssl_key_file": "server.key",
            "ssl_ca_file": "authority.crt",
            **(settings or {}),
        },
        files={
            "server.crt": pair.certificate.read_bytes(),
            "server.key": pair.key.read_bytes(),
            "authority.crt": authority.certificate.read_bytes(),
        },
    )


def embedded_server(
    major: int = 18, settings: Mapping[str, str] | None = None, *, method: Method = "scram-sha-256"
) -> PostgresServer:
    """Return an embedded server, not started yet, that asks every role for the same."""
    return PostgresServer(
        bin_dir=embedded_bin_dir(major),
        host_rules=[HostRule(method)],
        settings=settings or {},
    )


def create_role(server: PostgresServer, role: Role) -> None:
    """Create a role that may sign in, its password stored as its method wants it."""
    encryption = "md5" if role.method == "md5" else "scram-sha-256"
    server.execute(
        f"SET client_min_messages = error; SET password_encryption = '{encryption}';"
        f"CREATE ROLE \"{role.name}\" LOGIN PASSWORD '{role.password}'"
    )


def create_database(server: PostgresServer, name: str) -> None:
    """Create an empty database, in place of one of that name."""
    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.execute(f'CREATE DATABASE "{name}"')
