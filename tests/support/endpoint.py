"""Where a client connects to, in the forms that the different clients want."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server, a gateway or a pooler, and who signs in there.

    Attributes:
        name: What the report calls it.
        host: Host name or address.
        port: TCP port.
        database: Database, which is the connection's name at the gateway.
        user: User name.
        password: Password.
        ca_file: Authority of the server's certificate; TLS is used if and only if it is given.
    """

    name: str
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None

    def over_tls(self, ca_file: Path) -> Endpoint:
        """Return the same endpoint, reached over TLS.

        Args:
            ca_file: Authority of the server's certificate.
        """
        return replace(self, ca_file=ca_file)

    def connected_to(self, database: str) -> Endpoint:
        """Return the same endpoint with another database.

        Args:
            database: Its name.
        """
        return replace(self, database=database)

    def settings(self) -> dict[str, str]:
        """Return the connection's settings by their libpq names."""
        settings = {
            "host": self.host,
            "port": str(self.port),
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            "sslmode": "disable" if self.ca_file is None else "verify-ca",
            "gssencmode": "disable",
        }
        if self.ca_file is not None:
            settings["sslrootcert"] = str(self.ca_file)
        return settings

    def conninfo(self) -> str:
        """Return a libpq connection string."""
        return " ".join(f"{name}='{value}'" for name, value in self.settings().items())

    def environment(self) -> dict[str, str]:
        """Return an environment in which libpq programs connect here without arguments."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        settings = self.settings()
        settings["database"] = settings.pop("dbname")
        return {**kept, **{f"PG{name.upper()}": value for name, value in settings.items()}}
