"""Fixtures for every test: the servers, each started once a run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.certificates import Authority
from tests.support.postgres import (
    PostgresServer,
    create_role,
    embedded_server,
    sample_roles,
    tls_server,
)
from tests.support.programs import Java, Node, find_java, find_node

if TYPE_CHECKING:
    from collections.abc import Iterator

# Examples differ from run to run, and a failure prints how to repeat it. Deadlines would measure
# what else the machine does.
settings.register_profile(
    "default", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The certificate authority of this run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def debian_postgres(authority: Authority) -> Iterator[PostgresServer]:
    """The machine's own PostgreSQL with contrib, TLS and `sample_roles`.

    Shared by the whole run: a test that stops or reconfigures a server starts its own.
    """
    with tls_server(authority) as server:
        for role in sample_roles().values():
            create_role(server, role)
        yield server


@pytest.fixture(scope="session")
def embedded_postgres() -> Iterator[PostgresServer]:
    """The embedded PostgreSQL 18 with pgvector, signed in to by SCRAM; shared by the whole run."""
    with embedded_server() as server:
        yield server


@pytest.fixture(scope="session")
def java() -> Java:
    """Java and PostgreSQL's JDBC driver."""
    return find_java()


@pytest.fixture(scope="session")
def node() -> Node:
    """Node and its package `pg`."""
    return find_node()
