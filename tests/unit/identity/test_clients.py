"""Real clients sign in: what they make of the gateway's questions, over TLS and without."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pg8000.native
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scrim.domain.decision import Refusal
from scrim.identity.authenticator import Authenticator, Granted, SignIn, TlsFacts
from scrim.protocols.postgres.framing import FrameReader, frame
from scrim.protocols.postgres.messages import ReadyForQuery
from scrim.protocols.postgres.startup import PostgresClientStartup
from scrim.upstream.tls import server_end_point
from scrim.wire import CancelKey, ProtocolError, SessionParameters, StartupStep
from tests.unit.identity.conftest import CONNECTION, PASSWORD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrim.identity.tokens import TokenIssuer
    from tests.support.certificates import Authority

REPORTED = SessionParameters(
    (
        ("server_version", "15.0"),
        ("client_encoding", "UTF8"),
        ("server_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("DateStyle", "ISO, MDY"),
        ("TimeZone", "UTC"),
    )
)


class Door:
    """A server that signs clients in and answers every statement with nothing."""

    def __init__(self, authenticator: Authenticator, authority: Authority) -> None:
        self.authenticator = authenticator
        pair = authority.server("door")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pair.certificate, pair.key)
        self.context.load_verify_locations(authority.certificate)
        self.context.verify_mode = ssl.CERT_OPTIONAL
        der = ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())
        self.end_point = server_end_point(der)
        self.methods: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        startup = PostgresClientStartup(tls_available=True)
        try:
            await self._open(startup, reader, writer)
            await self._sign_in(startup, reader, writer)
            await self._answer(startup.take_rest(), reader, writer)
        except ProtocolError as error:
            startup.refuse(Refusal(error.code, error.message))
            writer.write(startup.take_outgoing())
        except EOFError:
            pass
        finally:
            writer.close()

    async def _open(
        self,
        startup: PostgresClientStartup,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        step = StartupStep.NEED_DATA
        while step is not StartupStep.AUTHENTICATE:
            step = startup.receive(await receive(reader))
            writer.write(startup.take_outgoing())
            if step is StartupStep.START_TLS:
                await writer.start_tls(self.context)
                startup.tls_established()

    async def _sign_in(
        self,
        startup: PostgresClientStartup,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        tls = None
        if startup.tls_active:
            secured = writer.get_extra_info("ssl_object")
            tls = TlsFacts(self.end_point, secured.getpeercert(binary_form=True))
        exchange = self.authenticator.begin(SignIn(startup.user, startup.database, tls))
        answer = exchange.first
        while not isinstance(answer, Granted):
            step = startup.challenge(answer)
            writer.write(startup.take_outgoing())
            while step is not StartupStep.CREDENTIAL:
                if step is StartupStep.CLOSE:
                    raise EOFError
                step = startup.receive(await receive(reader))
            answer = exchange.receive(startup.credential)
        if answer.last is not None:
            startup.challenge(answer.last)
        startup.accept(REPORTED, CancelKey(1, bytes(startup.secret_bytes)))
        writer.write(startup.take_outgoing())
        names = " for ".join(link.name for link in answer.principal.chain())
        self.methods.append(f"{answer.method} {names}")

    async def _answer(
        self, early: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        frames = FrameReader(10_000)
        frames.feed(early)
        while True:
            while message := frames.next_frame():
                if message.kind == "X":
                    return
                if message.kind == "Q":
                    writer.write(frame("I", b"") + ReadyForQuery().encode())
            frames.feed(await receive(reader))


async def receive(reader: asyncio.StreamReader) -> bytes:
    data = await reader.read(10_000)
    if not data:
        raise EOFError
    return data


@pytest.fixture
async def door(authenticator: Authenticator, authority: Authority) -> AsyncIterator[Door]:
    door = Door(authenticator, authority)
    server = await asyncio.start_server(door.serve, "127.0.0.1", 0)
    door.port = server.sockets[0].getsockname()[1]
    async with server:
        yield door


def place(door: Door, user: str) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": door.port, "user": user, "database": CONNECTION}


async def by_psycopg(door: Door, user: str, secret: str, **options: str) -> None:
    where = {"host": "127.0.0.1", "port": str(door.port), "user": user, "dbname": CONNECTION}
    text = make_conninfo("", **where, password=secret, **options)
    async with await psycopg.AsyncConnection.connect(text):
        pass


async def by_asyncpg(door: Door, user: str, secret: str, tls: ssl.SSLContext | None) -> None:
    connection = await asyncpg.connect(
        **place(door, user), password=secret, ssl=tls or False, timeout=10
    )
    connection.terminate()


async def by_pg8000(door: Door, user: str, secret: str, tls: ssl.SSLContext | None) -> None:
    def run() -> None:
        connection = pg8000.native.Connection(
            **place(door, user), password=secret, ssl_context=tls or False
        )
        connection.close()

    await asyncio.to_thread(run)


@pytest.fixture
def client_tls(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.certificate))


async def test_passwords(door: Door, client_tls: ssl.SSLContext, authority: Authority) -> None:
    root = str(authority.certificate)
    await by_psycopg(door, "alice", PASSWORD, sslmode="disable")
    await by_psycopg(door, "alice", PASSWORD, sslmode="verify-full", sslrootcert=root)
    await by_psycopg(door, "alice", PASSWORD, sslmode="require", channel_binding="require")
    for tls in (None, client_tls):
        await by_asyncpg(door, "alice", PASSWORD, tls)
        await by_pg8000(door, "alice", PASSWORD, tls)
    assert door.methods == ["scram alice"] * 7


async def test_tokens(door: Door, client_tls: ssl.SSLContext, issuer: TokenIssuer) -> None:
    for user, agent in (("bob", None), ("alice", None), ("alice", "bot")):
        token = issuer.issue(user, timedelta(hours=1), agent)
        await by_psycopg(door, agent or user, token, sslmode="require")
        await by_asyncpg(door, agent or user, token, client_tls)
        await by_pg8000(door, agent or user, token, client_tls)
    assert door.methods == ["token bob"] * 3 + ["token alice"] * 3 + ["token bot for alice"] * 3


async def test_certificates(door: Door, authority: Authority) -> None:
    pair = authority.client("bob")
    await by_psycopg(
        door, "bob", "", sslmode="require", sslcert=str(pair.certificate), sslkey=str(pair.key)
    )
    assert door.methods == ["certificate bob"]


@pytest.mark.parametrize("sslmode", ["disable", "require"])
@pytest.mark.parametrize("user", ["alice", "nobody"])
async def test_refusals(user: str, sslmode: str, door: Door) -> None:
    with pytest.raises(psycopg.OperationalError, match=f'failed for user "{user}"'):
        await by_psycopg(door, user, "wrong", sslmode=sslmode)
    assert door.methods == []


async def test_a_new_client_speaks_protocol_3_2(door: Door) -> None:
    if psycopg.pq.version() < 180000:
        pytest.skip("this libpq speaks protocol 3.0 only")
    await by_psycopg(
        door, "alice", PASSWORD, sslmode="disable", min_protocol_version="3.2",
        max_protocol_version="latest",
    )  # fmt: skip
    assert door.methods == ["scram alice"]
