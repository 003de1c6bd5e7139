"""Everything that one script measures: PostgreSQL, the gateway before it, pgbouncer beside it."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from harness.commands import BenchmarkError, program, run
from harness.pgbench import initialise
from harness.pgbouncer import PgBouncer
from harness.shared import (
    Authority,
    Endpoint,
    GatewayProcess,
    RawClient,
    Store,
    User,
    debian_bin_dir,
)
from harness.tables import BALANCE_BASE, POINT_TAGS, bulk_sql, point_balances
from scrim.cli.embedded import EmbeddedPostgres, HostRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from harness.report import Report

DATABASE = "bench"
CLIENT = "bench"
POOLER = "pooler"
CHECKED_ACCOUNTS = 50
_UPSTREAM_SESSIONS = 64


@dataclass(slots=True)
class Stand:
    """The servers of one script, used as a context manager.

    Attributes:
        tags: Tags of the columns of the connection `bench`.
        others: Further connections to the same database: their tags by their name.
        settings: Further settings of the gateway.
        with_pgbouncer: Whether pgbouncer is started too.
        max_connections: Sessions that PostgreSQL allows.
    """

    tags: Mapping[str, Sequence[str]]
    others: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    with_pgbouncer: bool = True
    max_connections: int = 200
    postgres: EmbeddedPostgres = field(init=False)
    authority: Authority = field(init=False)
    pgbouncer: PgBouncer | None = field(init=False, default=None)
    _password: str = field(init=False, default_factory=lambda: secrets.token_urlsafe(12))
    _directory: Path = field(init=False)
    _stack: contextlib.ExitStack = field(init=False, default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        """Start PostgreSQL and, where wanted, pgbouncer; the gateway is started by `gateway`."""
        self._directory = Path(tempfile.mkdtemp(prefix="scrim-stand-"))
        self._stack.callback(shutil.rmtree, self._directory, ignore_errors=True)
        self.authority = Authority(self._directory)
        pair = self.authority.server()
        self.postgres = self._stack.enter_context(
            EmbeddedPostgres(
                bin_dir=debian_bin_dir(),
                host_rules=[HostRule("trust", user=POOLER), HostRule("scram-sha-256")],
                settings={
                    "max_connections": str(self.max_connections),
                    "jit": "off",
                    "autovacuum": "off",
                    "synchronize_seqscans": "off",
                    "ssl": "on",
                    "ssl_cert_file": "server.crt",
                    "ssl_key_file": "server.key",
                },
                files={
                    "server.crt": pair.certificate.read_bytes(),
                    "server.key": pair.key.read_bytes(),
                },
            )
        )
        self.postgres.execute(f"CREATE DATABASE {DATABASE}")
        self.postgres.execute(f"CREATE ROLE {POOLER} SUPERUSER LOGIN")
        if self.with_pgbouncer:
            upstream = replace(self.direct, user=POOLER, password="")
            self.pgbouncer = self._stack.enter_context(
                PgBouncer(upstream, CLIENT, self._password, pair, _UPSTREAM_SESSIONS)
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything."""
        self._stack.close()

    @property
    def ca_file(self) -> Path:
        """The authority of every server's certificate."""
        return self.authority.certificate

    @property
    def direct(self) -> Endpoint:
        """PostgreSQL itself."""
        return Endpoint(
            "direct", "127.0.0.1", self.postgres.port, DATABASE, "postgres", self.postgres.password
        )

    @property
    def pooler(self) -> PgBouncer:
        """Pgbouncer."""
        if self.pgbouncer is None:
            raise BenchmarkError("pgbouncer is not started")
        return self.pgbouncer

    @property
    def pooled(self) -> Endpoint:
        """PostgreSQL behind pgbouncer."""
        return Endpoint(
            "pgbouncer", "127.0.0.1", self.pooler.port, DATABASE, CLIENT, self._password
        )

    def gateway(self, workers: int = 1) -> GatewayProcess:
        """Start a gateway, which the stand stops at its end.

        Args:
            workers: Worker processes.
        """
        pool = {
            "pool": {
                "max_connections": _UPSTREAM_SESSIONS,
                "max_per_principal": _UPSTREAM_SESSIONS,
            }
        }
        stores = {
            name: Store(
                self.postgres.port, DATABASE, "postgres", self.postgres.password, tags, pool
            )
            for name, tags in {DATABASE: self.tags, **self.others}.items()
        }
        users = [User(CLIENT, ("analysts",), self._password)]
        return self._stack.enter_context(
            GatewayProcess(
                stores,
                users,
                authority=self.authority,
                workers=workers,
                settings={"log": {"level": "warning"}, **self.settings},
            )
        )

    def through(self, gateway: GatewayProcess, connection: str = DATABASE) -> Endpoint:
        """Return where clients of a gateway connect to.

        Args:
            gateway: The gateway.
            connection: The connection's name.
        """
        return Endpoint("scrim", "127.0.0.1", gateway.port, connection, CLIENT, self._password)

    def fill_accounts(self, scale: int) -> None:
        """Create pgbench's tables, with a planted balance in each account.

        Args:
            scale: Hundreds of thousands of accounts.
        """
        initialise(self.direct, scale)
        self.postgres.execute(
            f"UPDATE pgbench_accounts SET abalance = {BALANCE_BASE} + aid;"
            "VACUUM FULL pgbench_accounts; VACUUM ANALYZE pgbench_accounts",
            DATABASE,
        )

    def fill_bulk(self, rows: int) -> None:
        """Create the wide table.

        Args:
            rows: How many rows.
        """
        self.postgres.execute(bulk_sql(rows), DATABASE)

    def check_accounts(self, endpoint: Endpoint, report: Report, where: str) -> None:
        """Prove that the point query's columns are masked now, in text and in binary.

        Args:
            endpoint: The gateway.
            report: Whose leak gate is told.
            where: What is measured, for the message.
        """
        columns = ", ".join(name.rpartition(".")[2] for name in POINT_TAGS)
        sql = f"SELECT {columns} FROM pgbench_accounts WHERE aid <= {CHECKED_ACCOUNTS} ORDER BY aid"
        planted = point_balances(1, CHECKED_ACCOUNTS)
        with RawClient(endpoint) as client:
            client.forget()
            rows = client.query(sql) + client.query_binary(sql)
            report.gate.check_bytes(bytes(client.received), planted, where)
        if len(rows) != 2 * CHECKED_ACCOUNTS:
            raise BenchmarkError(f"{where}: {len(rows)} rows instead of {2 * CHECKED_ACCOUNTS}")


def describe_peers(stand: Stand, report: Report) -> None:
    """Note which programs were measured.

    Args:
        stand: The stand.
        report: The report.
    """
    version = run([program("postgres"), "--version"]).strip()
    report.note(version)
    if stand.pgbouncer is not None:
        report.note(run([program("pgbouncer"), "--version"]).splitlines()[0] + ", session mode")
