"""A server full of canaries, the gateway before it, and who connects where."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.evasion.canaries import Canaries
from tests.evasion.vault import ANALYST, DATABASE, INVESTIGATOR, TAGS, exchange, schema
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store
from tests.support.postgres import create_database, tls_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.certificates import Authority
    from tests.support.gateway_process import User
    from tests.support.postgres import PostgresServer

SEED = int(os.environ.get("SCRIM_SEED") or secrets.randbits(48))
"""Makes the protected values and the random statements; given, a run is repeated."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Where each party connects to, and what must not come out.

    Attributes:
        direct: The database itself, as its superuser.
        analyst: The gateway, as one who may not see protected values.
        investigator: The gateway, as one who sees everything.
        canaries: The protected values.
        server: The database server.
        gateway: The gateway's process.
        twin: A database that differs from the other in the protected values only.
    """

    direct: Endpoint
    analyst: Endpoint
    investigator: Endpoint
    canaries: Canaries
    server: PostgresServer
    gateway: GatewayProcess
    twin: Endpoint

    def check(self, received: bytes, what: str) -> None:
        """Fail if something that the analyst received holds a piece of a canary.

        Args:
            received: Every byte.
            what: What was tried.
        """
        found = self.canaries.leaks(received)
        assert not found, f"{what}: received a {', a '.join(found)}"


@contextmanager
def opened(authority: Authority) -> Iterator[Vault]:
    """Start the server and the gateway, and stop them at the end.

    Args:
        authority: Signs the server's certificate.
    """
    canaries = Canaries(SEED)
    with tls_server(authority, settings={"max_prepared_transactions": "5"}) as server:
        create_database(server, DATABASE)
        server.execute(schema(canaries), DATABASE)
        # A copy, so that what PostgreSQL numbers has the same numbers.
        server.execute(f"CREATE DATABASE twin TEMPLATE {DATABASE}")
        server.execute(exchange(Canaries(SEED + 1)), "twin")
        store = Store(server.port, DATABASE, "postgres", server.password, TAGS)
        with GatewayProcess({DATABASE: store}, [ANALYST, INVESTIGATOR]) as gateway:

            def through(user: User) -> Endpoint:
                return Endpoint(
                    "scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password
                )

            direct = Endpoint(
                "direct", "127.0.0.1", server.port, DATABASE, "postgres", server.password
            )
            yield Vault(
                direct=direct,
                analyst=through(ANALYST),
                investigator=through(INVESTIGATOR),
                canaries=canaries,
                server=server,
                gateway=gateway,
                twin=direct.connected_to("twin"),
            )
