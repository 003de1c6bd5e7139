"""Signing in to a real server by every method and TLS mode."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scrim.config.connections import UpstreamTls
from scrim.upstream.control import ControlConnection
from scrim.upstream.target import Target
from scrim.upstream.tls import PLAIN, build_policy
from scrim.wire import ProtocolError, UpstreamLogin
from tests.support.certificates import Authority
from tests.support.postgres import sample_roles, tls_server
from tests.unit.upstream.conftest import login_of, target_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scrim.config.connections import TlsMode
    from scrim.protocols.postgres.dialect import PostgresDialect
    from scrim.upstream.connection import UpstreamConnection
    from scrim.upstream.connector import Connector
    from scrim.upstream.tls import TlsPolicy
    from tests.support.postgres import Method, PostgresServer

    Connect = Callable[[Target], Connector]

WHO = "SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


async def closed(connection: UpstreamConnection) -> None:
    """Close a connection and wait until it is."""
    connection.close()
    await connection.wait_closed()


async def ask(connect: Connect, dialect: PostgresDialect, target: Target) -> tuple[str | None, ...]:
    """Return who the server says that we are, and whether over TLS."""
    connection = await connect(target).open()
    try:
        rows = await ControlConnection(connection, dialect).query(WHO)
    finally:
        await closed(connection)
    return rows[0]


@pytest.mark.parametrize("method", ["trust", "password", "md5", "scram-sha-256"])
async def test_signs_in_over_tls(
    method: Method,
    debian_postgres: PostgresServer,
    verified: TlsPolicy,
    connect: Connect,
    dialect: PostgresDialect,
) -> None:
    target = target_of(debian_postgres, method, verified)
    assert await ask(connect, dialect, target) == (sample_roles()[method].name, "t")


@pytest.mark.parametrize("method", ["trust", "md5", "scram-sha-256"])
async def test_signs_in_without_tls(
    method: Method, debian_postgres: PostgresServer, connect: Connect, dialect: PostgresDialect
) -> None:
    target = target_of(debian_postgres, method)
    assert await ask(connect, dialect, target) == (sample_roles()[method].name, "f")


async def test_signs_in_with_a_certificate(
    authority: Authority,
    debian_postgres: PostgresServer,
    connect: Connect,
    dialect: PostgresDialect,
) -> None:
    pair = authority.client("by_cert")
    settings = UpstreamTls(
        mode="verify-full",
        ca_file=authority.certificate,
        certificate=pair.certificate,
        key=pair.key,
    )
    target = target_of(debian_postgres, "cert", build_policy(settings))
    assert await ask(connect, dialect, target) == ("by_cert", "t")


async def test_cleartext_password_never_leaves_without_tls(
    debian_postgres: PostgresServer, connect: Connect
) -> None:
    with pytest.raises(ProtocolError, match="clear text without TLS"):
        await connect(target_of(debian_postgres, "password")).open()


async def test_cleartext_password_without_tls_when_configured(
    debian_postgres: PostgresServer, connect: Connect, dialect: PostgresDialect
) -> None:
    login = replace(login_of("password"), allow_cleartext=True)
    target = target_of(debian_postgres, login=login)
    assert (await ask(connect, dialect, target))[1] == "f"


@pytest.mark.parametrize(
    ("mode", "tls"),
    [("disable", "f"), ("allow", "f"), ("prefer", "t"), ("require", "t")],
)
async def test_modes_that_check_nothing(
    mode: TlsMode,
    tls: str,
    debian_postgres: PostgresServer,
    connect: Connect,
    dialect: PostgresDialect,
) -> None:
    policy = build_policy(UpstreamTls(mode=mode))
    target = target_of(debian_postgres, tls=policy)
    assert (await ask(connect, dialect, target))[1] == tls


async def test_allow_goes_to_tls_when_the_server_insists(
    authority: Authority,
    debian_postgres: PostgresServer,
    connect: Connect,
    dialect: PostgresDialect,
) -> None:
    # Without TLS the server asks this role for a password, which it has not got.
    pair = authority.client("by_cert")
    settings = UpstreamTls(mode="allow", certificate=pair.certificate, key=pair.key)
    policy = build_policy(settings)
    target = target_of(debian_postgres, tls=policy, login=UpstreamLogin("by_cert", "postgres"))
    assert await ask(connect, dialect, target) == ("by_cert", "t")


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_a_strangers_certificate_is_refused(
    mode: TlsMode,
    tmp_path: Path,
    debian_postgres: PostgresServer,
    connect: Connect,
) -> None:
    stranger = Authority(tmp_path, "somebody else")
    policy = build_policy(UpstreamTls(mode=mode, ca_file=stranger.certificate))
    with pytest.raises(ProtocolError, match="certificate is not accepted") as caught:
        await connect(target_of(debian_postgres, tls=policy)).open()
    assert caught.value.code == "08006"


async def test_only_verify_full_checks_the_host_name(
    authority: Authority, connect: Connect, dialect: PostgresDialect
) -> None:
    server = tls_server(authority)
    elsewhere = authority.server("elsewhere", ["elsewhere.example"], [])
    server.files = {
        **server.files,
        "server.crt": elsewhere.certificate.read_bytes(),
        "server.key": elsewhere.key.read_bytes(),
    }
    with server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        full = build_policy(UpstreamTls(mode="verify-full", ca_file=authority.certificate))
        with pytest.raises(ProtocolError, match="certificate is not accepted"):
            await connect(target_of(server, tls=full, login=login)).open()
        chain = build_policy(UpstreamTls(mode="verify-ca", ca_file=authority.certificate))
        assert (await ask(connect, dialect, target_of(server, tls=chain, login=login)))[1] == "t"


async def test_a_server_without_tls(
    embedded_postgres: PostgresServer, connect: Connect, dialect: PostgresDialect
) -> None:
    login = UpstreamLogin("postgres", "postgres", embedded_postgres.password)
    require = build_policy(UpstreamTls(mode="require"))
    with pytest.raises(ProtocolError, match="does not offer TLS"):
        await connect(target_of(embedded_postgres, tls=require, login=login)).open()
    prefer = build_policy(UpstreamTls(mode="prefer"))
    assert (await ask(connect, dialect, target_of(embedded_postgres, tls=prefer, login=login)))[
        1
    ] == "f"


async def test_a_new_server_gives_a_long_cancel_key_and_an_old_one_a_short(
    embedded_postgres: PostgresServer, debian_postgres: PostgresServer, connect: Connect
) -> None:
    login = UpstreamLogin("postgres", "postgres", embedded_postgres.password)
    for target, length in (
        (target_of(embedded_postgres, login=login), 32),
        (target_of(debian_postgres), 4),
    ):
        connection = await connect(target).open()
        assert connection.cancel_key is not None
        assert len(connection.cancel_key.secret) == length
        await closed(connection)


async def test_unix_socket(
    debian_postgres: PostgresServer, connect: Connect, dialect: PostgresDialect
) -> None:
    login = UpstreamLogin("postgres", "postgres")
    target = Target(str(debian_postgres.directory), debian_postgres.port, login)
    assert await ask(connect, dialect, target) == ("postgres", "f")


async def test_reports_the_servers_settings(
    debian_postgres: PostgresServer, connect: Connect
) -> None:
    login = UpstreamLogin("by_trust", "postgres", parameters=(("application_name", "byte path"),))
    connection = await connect(target_of(debian_postgres, login=login)).open()
    assert connection.parameters["application_name"] == "byte path"
    assert connection.parameters["server_version"].startswith("15.")
    assert connection.session.parameters[0][0] in connection.parameters
    await closed(connection)


@pytest.mark.parametrize(
    ("login", "message", "code"),
    [
        (("by_scram", "postgres", "not " + "it"), "refused the gateway's credentials", "08004"),
        (("by_md5", "postgres", "not " + "it"), "refused the gateway's credentials", "08004"),
        (("by_scram", "postgres", ""), "asks for a password", "08004"),
        (("by_trust", "nowhere", ""), "no database of the configured name", "08004"),
    ],
)
async def test_refusals_name_no_credential(
    login: tuple[str, str, str],
    message: str,
    code: str,
    debian_postgres: PostgresServer,
    connect: Connect,
) -> None:
    target = target_of(debian_postgres, login=UpstreamLogin(*login))
    with pytest.raises(ProtocolError, match=message) as caught:
        await connect(target).open()
    assert caught.value.code == code
    assert login[0] not in caught.value.message
    assert "not it" not in repr(target) + repr(caught.value)


async def test_nobody_listens(connect: Connect, unused_tcp_port: int) -> None:
    target = Target("127.0.0.1", unused_tcp_port, UpstreamLogin("u", "d"))
    with pytest.raises(ProtocolError, match="cannot be reached") as caught:
        await connect(target).open()
    assert caught.value.code == "08006"


async def test_a_server_that_hangs(authority: Authority, connect: Connect) -> None:
    with tls_server(authority) as server:
        server.send_signal(signal.SIGSTOP)
        login = UpstreamLogin("postgres", "postgres", server.password)
        target = target_of(server, login=login, connect_timeout=0.3)
        with pytest.raises(ProtocolError, match="did not answer in time"):
            await connect(target).open()


async def test_a_server_that_starts_up_or_stops(authority: Authority, connect: Connect) -> None:
    with tls_server(authority) as server:
        login = UpstreamLogin("postgres", "postgres", server.password)
        busy = await connect(target_of(server, login=login)).open()
        # A smart shutdown waits for the session and lets nobody in meanwhile.
        server.send_signal(signal.SIGTERM)
        codes = {await code_of(connect, target_of(server, login=login)) for _ in range(50)}
        assert codes - {None} == {"57P03"}
        await closed(busy)


async def code_of(connect: Connect, target: Target) -> str | None:
    """Return the SQLSTATE that opening a connection fails with."""
    try:
        await closed(await connect(target).open())
    except ProtocolError as error:
        return error.code
    await asyncio.sleep(0.01)
    return None


async def test_cancels_what_runs_and_nothing_else(
    debian_postgres: PostgresServer,
    verified: TlsPolicy,
    connect: Connect,
    dialect: PostgresDialect,
) -> None:
    for policy in (PLAIN, verified):
        connector = connect(target_of(debian_postgres, tls=policy))
        sleeper, other = await connector.open(), await connector.open()
        async with asyncio.TaskGroup() as tasks:
            slow = tasks.create_task(failure_of(sleeper, dialect, "SELECT pg_sleep(30)"))
            fast = tasks.create_task(failure_of(other, dialect, "SELECT pg_sleep(0.5)"))
            await asyncio.sleep(0.2)
            assert await sleeper.cancel()
        assert slow.result() == "57014"
        assert fast.result() is None
        for connection in (sleeper, other):
            await closed(connection)


async def failure_of(
    connection: UpstreamConnection, dialect: PostgresDialect, sql: str
) -> str | None:
    """Return the SQLSTATE that a statement fails with."""
    try:
        await ControlConnection(connection, dialect).query(sql)
    except ProtocolError as error:
        return error.message.rpartition("SQLSTATE ")[2].rstrip(")")
    return None
