"""A data store for every test of the package, and both event loops."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

import pytest
import uvloop

from scrim.config.connections import UpstreamTls
from scrim.protocols.postgres.dialect import PostgresDialect
from scrim.upstream.connector import Connector
from scrim.upstream.limits import PoolLimits
from scrim.upstream.pool import Pool
from scrim.upstream.target import Target
from scrim.upstream.tls import PLAIN, build_policy
from scrim.wire import UpstreamLogin
from tests.support.postgres import sample_roles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from scrim.upstream.tls import TlsPolicy
    from tests.support.certificates import Authority
    from tests.support.postgres import Method, PostgresServer


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run every test here on the standard loop and on the one that the gateway uses."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def dialect() -> PostgresDialect:
    return PostgresDialect(secrets.token_bytes)


@pytest.fixture
def verified(authority: Authority) -> TlsPolicy:
    """TLS that checks certificate and host name."""
    return build_policy(UpstreamTls(mode="verify-full", ca_file=authority.certificate))


def login_of(method: Method) -> UpstreamLogin:
    """Return the login of the sample role that signs in by a method."""
    role = sample_roles()[method]
    return UpstreamLogin(role.name, "postgres", role.password)


def target_of(
    server: PostgresServer,
    method: Method = "scram-sha-256",
    tls: TlsPolicy = PLAIN,
    *,
    login: UpstreamLogin | None = None,
    connect_timeout: float = 10,
) -> Target:
    """Return a server as a pool sees it."""
    return Target("127.0.0.1", server.port, login or login_of(method), tls, connect_timeout)


@pytest.fixture
async def make_pool(
    debian_postgres: PostgresServer, dialect: PostgresDialect
) -> AsyncIterator[Callable[..., Pool]]:
    """Return a function that makes pools, which are drained at the end."""
    pools: list[Pool] = []

    def make(target: Target | None = None, **limits: float) -> Pool:
        bounds = PoolLimits(**limits)  # type: ignore[arg-type]
        pool = Pool(target or target_of(debian_postgres), dialect, bounds, time.monotonic)
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.drain(0)


@pytest.fixture
def connect(dialect: PostgresDialect) -> Callable[[Target], Connector]:
    return lambda target: Connector(target, dialect, time.monotonic)
