"""A PostgreSQL server, the gateway before it as a child process, and the two who sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.conformance.shop import ANALYST, DATABASE, INVESTIGATOR, SCHEMA, TAGS
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store
from tests.support.postgres import create_database, tls_server
from tests.support.programs import Java, Node, find_java, find_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.certificates import Authority
    from tests.support.gateway_process import User
    from tests.support.postgres import PostgresServer


@dataclass(frozen=True, slots=True)
class Places:
    """Where each party connects to.

    Attributes:
        direct: The database itself, as its superuser.
        analyst: The gateway, as one who may not see protected values.
        investigator: The gateway, as one who sees everything.
    """

    direct: Endpoint
    analyst: Endpoint
    investigator: Endpoint


@pytest.fixture(scope="session")
def shop_server(authority: Authority) -> Iterator[PostgresServer]:
    """A server with the shop in it."""
    with tls_server(authority, settings={"max_prepared_transactions": "5"}) as server:
        create_database(server, DATABASE)
        server.execute(SCHEMA, DATABASE)
        yield server


@pytest.fixture(scope="session")
def gateway(shop_server: PostgresServer, authority: Authority) -> Iterator[GatewayProcess]:
    """The gateway before it."""
    store = Store(shop_server.port, DATABASE, "postgres", shop_server.password, TAGS)
    with GatewayProcess({DATABASE: store}, [ANALYST, INVESTIGATOR], authority=authority) as process:
        yield process


@pytest.fixture(scope="session")
def places(shop_server: PostgresServer, gateway: GatewayProcess) -> Places:
    """Where each party connects to, without TLS."""

    def through(user: User) -> Endpoint:
        return Endpoint("scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password)

    password = shop_server.password
    return Places(
        Endpoint("direct", "127.0.0.1", shop_server.port, DATABASE, "postgres", password),
        through(ANALYST),
        through(INVESTIGATOR),
    )


@pytest.fixture(scope="session")
def ca_file(authority: Authority) -> Path:
    """The authority of the gateway's certificate."""
    return authority.certificate


@pytest.fixture(scope="session")
def java() -> Java:
    """Java and PostgreSQL's JDBC driver."""
    return find_java()


@pytest.fixture(scope="session")
def node() -> Node:
    """Node and its package `pg`."""
    return find_node()


@pytest.fixture
def clean_scratch(shop_server: PostgresServer) -> None:
    """An empty table to write to."""
    shop_server.execute("TRUNCATE scratch", DATABASE)
