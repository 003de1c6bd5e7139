"""Signing in: SCRAM with and without channel binding, tokens, certificates, TLS, refusals."""

from __future__ import annotations

import os
import socket
import ssl
import statistics
import struct
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scrim.identity.tokens import TokenIssuer, TokenKey
from tests.conformance.shop import ANALYST, DATABASE, INVESTIGATOR, assert_masked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conformance.conftest import Places
    from tests.support.certificates import Authority
    from tests.support.gateway_process import GatewayProcess

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSS_REQUEST = struct.pack("!ii", 8, 80877104)
REPLICATION = "replication"


def issue(gateway: GatewayProcess, subject: str, ttl: timedelta, seconds_ago: float = 0) -> str:
    key = TokenKey.load(gateway.directory / "token.key", "HS256")
    issuer = TokenIssuer(key, "scrim", lambda: time.time() - seconds_ago, os.urandom)
    return issuer.issue(subject, ttl)


def sign_in(places: Places, **more: str) -> str:
    settings = {**places.analyst.settings(), **more}
    with psycopg.connect(make_conninfo(**settings)) as connection:
        row = connection.execute("SELECT email FROM people WHERE id = 1").fetchone()
        assert row is not None
        return str(row[0])


def refusal(places: Places, **more: str) -> str:
    settings = {**places.analyst.settings(), **more}
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(make_conninfo(**settings)).close()
    # libpq puts the address in front of the server's words.
    return str(caught.value).partition("failed: ")[2]


def test_scram(places: Places) -> None:
    assert_masked(sign_in(places, require_auth="scram-sha-256"))


def test_scram_over_tls_binds_the_channel(places: Places, ca_file: Path) -> None:
    more = {"sslmode": "verify-ca", "sslrootcert": str(ca_file), "channel_binding": "require"}
    assert_masked(sign_in(places, **more))


def test_a_full_host_name_is_verified(places: Places, ca_file: Path) -> None:
    more = {"sslmode": "verify-full", "sslrootcert": str(ca_file), "host": "localhost"}
    assert_masked(sign_in(places, **more))


def test_a_token_signs_in_over_tls(places: Places, gateway: GatewayProcess, ca_file: Path) -> None:
    token = issue(gateway, ANALYST.name, timedelta(minutes=5))
    assert_masked(sign_in(places, password=token, sslmode="verify-ca", sslrootcert=str(ca_file)))


def test_a_token_of_someone_else_or_from_the_past_is_refused(
    places: Places, gateway: GatewayProcess, ca_file: Path
) -> None:
    tls = {"sslmode": "verify-ca", "sslrootcert": str(ca_file)}
    of_another = issue(gateway, INVESTIGATOR.name, timedelta(minutes=5))
    expired = issue(gateway, ANALYST.name, timedelta(minutes=5), seconds_ago=600)
    wrong = refusal(places, password="not the one", **tls)
    for token in (of_another, expired):
        assert refusal(places, password=token, **tls) == wrong


def test_a_token_is_refused_without_tls(places: Places, gateway: GatewayProcess) -> None:
    token = issue(gateway, ANALYST.name, timedelta(minutes=5))
    assert "password authentication failed" in refusal(places, password=token)


def test_a_client_certificate_signs_in(places: Places, authority: Authority) -> None:
    pair = authority.client(ANALYST.name)
    more = {
        "sslmode": "verify-ca",
        "sslrootcert": str(authority.certificate),
        "sslcert": str(pair.certificate),
        "sslkey": str(pair.key),
        "password": "",
    }
    assert_masked(sign_in(places, **more))


def test_every_refusal_says_the_same(places: Places) -> None:
    wrong_password = refusal(places, password="not the one")
    unknown_user = refusal(places, user="nobody@example.com")
    assert "password authentication failed" in wrong_password
    assert unknown_user == wrong_password.replace(ANALYST.name, "nobody@example.com")


def test_an_unknown_connection_has_postgresqls_code(places: Places) -> None:
    settings = {**places.analyst.settings(), "dbname": "never_was_here"}
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(make_conninfo(**settings)).close()
    text = str(caught.value)
    assert "password authentication failed" in text or "does not exist" in text
    assert places.direct.password not in text


def test_refusals_take_the_same_time(places: Places) -> None:
    def seconds(**more: str) -> float:
        started = time.perf_counter()
        refusal(places, **more)
        return time.perf_counter() - started

    known = statistics.median(seconds(password="not the one") for _ in range(7))
    unknown = statistics.median(seconds(user="nobody@example.com") for _ in range(7))
    assert 1 / 3 < known / unknown < 3


def test_encryption_by_kerberos_is_declined_politely(gateway: GatewayProcess) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as sock:
        sock.sendall(GSS_REQUEST)
        assert sock.recv(1) == b"N"
        sock.sendall(SSL_REQUEST)
        assert sock.recv(1) == b"S"


def test_tls_may_start_without_a_request(gateway: GatewayProcess, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.set_alpn_protocols(["postgresql"])
    with (
        socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as tls,
    ):
        assert tls.selected_alpn_protocol() == "postgresql"
        body = f"user\0{ANALYST.name}\0database\0{DATABASE}\0\0".encode()
        tls.sendall(struct.pack("!ii", len(body) + 8, 196608) + body)
        assert tls.recv(1) == b"R"


def test_a_replication_connection_is_refused_clearly(places: Places) -> None:
    text = refusal(places, **{REPLICATION: "database"})
    assert "replication" in text


def test_a_newer_minor_version_is_negotiated_down(gateway: GatewayProcess) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as sock:
        body = f"user\0{ANALYST.name}\0database\0{DATABASE}\0_pq_.unknown\0x\0\0".encode()
        sock.sendall(struct.pack("!ii", len(body) + 8, (3 << 16) | 9) + body)
        assert sock.recv(1) == b"v"


def test_the_upstream_password_never_reaches_anyone(
    places: Places, gateway: GatewayProcess
) -> None:
    sign_in(places)
    refusal(places, password="not the one")
    assert places.direct.password not in gateway.log_text() + gateway.audit_text()
