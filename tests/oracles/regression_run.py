"""Runs one file of PostgreSQL's regression SQL by psql, as PostgreSQL's own driver of it does."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.endpoint import Endpoint
from tests.support.postgres import debian_bin_dir

if TYPE_CHECKING:
    from tests.oracles.regression_source import RegressionSource
    from tests.support.postgres import PostgresServer

DATABASE = "regression"
TEMPLATE = "regression_template"
SETUP = "test_setup"
TIMEOUT_S = 300
SERVER_SETTINGS = {
    "max_prepared_transactions": "2",
    "allow_in_place_tablespaces": "on",
    "autovacuum": "off",
    "timezone": "PST8PDT",
    "wal_level": "logical",
}
_DATABASE_SETTINGS = {
    # Clients ask for these at their startup too. On a pooled session RESET returns to the value of
    # the database and not to what the client asked for, so both are made the same.
    "datestyle": "Postgres, MDY",
    "intervalstyle": "postgres_verbose",
    "timezone": "PST8PDT",
    "lc_messages": "C",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    "bytea_output": "hex",
    "timezone_abbreviations": "Default",
}
_SESSION = {
    "PGTZ": "PST8PDT",
    "PGDATESTYLE": "Postgres, MDY",
    "PGOPTIONS": "-c intervalstyle=postgres_verbose",
    "LANG": "C",
    "LC_ALL": "C",
}


@dataclass(slots=True)
class Regression:
    """A server, the regression SQL, and the template that every file starts from.

    Attributes:
        server: The server.
        folder: The regression SQL, where the server can read it.
    """

    server: PostgresServer
    folder: Path

    @classmethod
    def prepare(cls, server: PostgresServer, source: RegressionSource, library: Path) -> Regression:
        """Copy the SQL to where the server's user can read it, and run the setup file.

        Args:
            server: A started server.
            source: The regression SQL.
            library: The folder of `regress.so`.
        """
        folder = Path(tempfile.mkdtemp(prefix="scrim-regression-"))
        shutil.copytree(source.folder, folder, dirs_exist_ok=True)
        shutil.copy(library / "regress.so", folder)
        folder.chmod(0o755)
        (folder / "results").mkdir(exist_ok=True)
        (folder / "results").chmod(0o777)
        regression = cls(server, folder)
        server.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        settings = [
            f"ALTER DATABASE {TEMPLATE} SET {name} TO {_quoted(value)}"
            for name, value in _DATABASE_SETTINGS.items()
        ]
        server.execute("; ".join(settings))
        regression.psql(regression.direct(TEMPLATE), SETUP)
        return regression

    def direct(self, database: str = DATABASE) -> Endpoint:
        """Return the server itself, as its superuser.

        Args:
            database: The database.
        """
        server = self.server
        return Endpoint("direct", "127.0.0.1", server.port, database, "postgres", server.password)

    def output(self, endpoint: Endpoint, name: str) -> str:
        """Run a file on a fresh database and return all that psql printed.

        Args:
            endpoint: Where psql connects to.
            name: The file's name in the schedule.
        """
        self.server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        self.server.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}")
        settings = [
            f"ALTER DATABASE {DATABASE} SET {setting} TO {_quoted(value)}"
            for setting, value in _DATABASE_SETTINGS.items()
        ]
        self.server.execute("; ".join(settings))
        output = self.psql(endpoint, name)
        self._forget_global_objects()
        return output

    def psql(self, endpoint: Endpoint, name: str) -> str:
        """Run a file as it is, by psql with the settings that the expected outputs assume.

        Args:
            endpoint: Where psql connects to.
            name: The file's name in the schedule.
        """
        environment = {
            **endpoint.environment(),
            **_SESSION,
            "PG_ABS_SRCDIR": str(self.folder),
            "PG_ABS_BUILDDIR": str(self.folder),
            "PG_LIBDIR": str(self.folder),
            "PG_DLSUFFIX": ".so",
        }
        options = ("-X", "-a", "-q", "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on")
        with (self.folder / "sql" / f"{name}.sql").open("rb") as script:
            done = subprocess.run(
                [str(debian_bin_dir() / "psql"), *options],
                env=environment,
                stdin=script,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=TIMEOUT_S,
                cwd=self.folder,
            )
        return done.stdout.decode(errors="surrogateescape")

    def _forget_global_objects(self) -> None:
        """Drop what a file left behind outside its database, which the next file would meet."""
        prepared = self.server.execute(
            f"SELECT gid FROM pg_prepared_xacts WHERE database = '{DATABASE}'"
        )
        for name in prepared.splitlines():
            self.server.execute(f"ROLLBACK PREPARED '{name}'", DATABASE)
        self.server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        roles = self.server.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^regress'")
        drops = [f'DROP ROLE "{role}"' for role in roles.splitlines()]
        spaces = self.server.execute("SELECT spcname FROM pg_tablespace WHERE spcname ~ '^regress'")
        drops = [f'DROP TABLESPACE "{space}"' for space in spaces.splitlines()] + drops
        databases = self.server.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^regress.*' "
            f"AND datname NOT IN ('{TEMPLATE}')"
        )
        drops = [f'DROP DATABASE "{name}"' for name in databases.splitlines()] + drops
        for statement in drops:
            self.server.execute(statement)


def _quoted(value: str) -> str:
    # A list such as that of datestyle is given item by item.
    return ", ".join(f"'{item.strip()}'" for item in value.split(","))


def differences(expected: str, actual: str) -> list[str]:
    """Return the lines that differ, as a diff without context.

    Args:
        expected: The output of the direct run.
        actual: The output of the run through the gateway.
    """
    lines = difflib.unified_diff(
        expected.splitlines(), actual.splitlines(), "direct", "gateway", n=0, lineterm=""
    )
    return list(lines)
