"""The servers that the other tests stand on really are what their fixtures say."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.postgres import Method, PostgresServer, embedded_server, sample_roles

if TYPE_CHECKING:
    from tests.support.certificates import Authority


def sign_in(
    server: PostgresServer, method: Method, password: str | None = None, **more: str
) -> str:
    role = sample_roles()[method]
    dsn = make_conninfo(
        host="localhost",
        port=server.port,
        dbname="postgres",
        user=role.name,
        password=role.password if password is None else password,
        **more,
    )
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        assert row is not None
        return str(row[0])


@pytest.mark.parametrize("method", ["trust", "password", "md5", "scram-sha-256"])
@pytest.mark.parametrize("sslmode", ["disable", "require"])
def test_each_role_signs_in_by_its_method(
    debian_postgres: PostgresServer, method: Method, sslmode: str
) -> None:
    assert sign_in(debian_postgres, method, sslmode=sslmode) == sample_roles()[method].name


@pytest.mark.parametrize("method", ["password", "md5", "scram-sha-256"])
def test_a_wrong_password_is_refused(debian_postgres: PostgresServer, method: Method) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        sign_in(debian_postgres, method, "not the one")


def test_a_client_certificate_signs_in(
    debian_postgres: PostgresServer, authority: Authority
) -> None:
    pair = authority.client(sample_roles()["cert"].name)
    user = sign_in(
        debian_postgres,
        "cert",
        sslmode="verify-full",
        sslrootcert=str(authority.certificate),
        sslcert=str(pair.certificate),
        sslkey=str(pair.key),
    )
    assert user == "by_cert"


def test_the_machines_server_has_contrib(debian_postgres: PostgresServer) -> None:
    debian_postgres.execute("CREATE EXTENSION IF NOT EXISTS hstore")
    assert debian_postgres.execute("SELECT 'a=>1'::hstore -> 'a'").strip() == "1"


@pytest.mark.parametrize("major", [16, 18])
def test_an_embedded_server_has_vectors_and_survives_a_restart(major: int) -> None:
    with embedded_server(major) as server:
        server.execute("CREATE EXTENSION vector; CREATE TABLE kept AS SELECT '[1,2]'::vector AS v")
        port = server.port
        server.restart()
        assert server.port == port
        assert server.execute("SELECT v FROM kept").strip() == "[1,2]"
        assert server.execute("SHOW server_version_num").startswith(str(major))
        directory = server.directory
    assert not directory.exists()


def test_an_embedded_server_asks_for_its_password(embedded_postgres: PostgresServer) -> None:
    with psycopg.connect(embedded_postgres.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(embedded_postgres.dsn(), password="")


def test_a_frozen_server_is_stopped_all_the_same() -> None:
    server = embedded_server()
    server.start()
    server.send_signal(signal.SIGSTOP)
    server.stop(immediately=True)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn(), connect_timeout=2)
