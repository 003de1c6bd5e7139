"""One client from its first byte to the end of its sign-in.

    startup packet -> (TLS) -> sign-in -> `connect` decided -> recorded -> session
                   -> cancel request -> handed to the session that it names

The session then takes the transport over and this object is gone: an idle client keeps nothing of
its startup.
"""

import asyncio
import socket
from typing import TYPE_CHECKING, cast

from scrim.domain.decision import Refusal
from scrim.domain.principal import Principal
from scrim.identity.authenticator import Granted, SignIn, SignInExchange, SignInRefused, TlsFacts
from scrim.identity.authenticator import Step as SignInStep
from scrim.policy.questions import SessionFacts
from scrim.policy.refusals import no_connection
from scrim.protocols.postgres.settings import SettingError, client_settings, stated_purpose
from scrim.protocols.postgres.startup import PostgresClientStartup
from scrim.server.logging import failure
from scrim.server.tls import TlsTransport
from scrim.upstream.socket_transport import SocketTransport
from scrim.wire import ProtocolError, StartupStep

if TYPE_CHECKING:
    from scrim.server.gateway import Gateway
    from scrim.server.store import Store

METHODS = {"scram": "password", "token": "token", "certificate": "certificate"}


class StartupProtocol(asyncio.Protocol):
    """Leads one client through its startup."""

    def __init__(self, gateway: "Gateway", listener: str) -> None:
        """Wait for the client.

        Args:
            gateway: Who knows users, connections and policies.
            listener: The key of the listener that it came through.
        """
        self._gateway = gateway
        settings = gateway.config.listeners[listener]
        mode = settings.tls_mode
        self._tls = gateway.tls.get(listener)
        self._startup = PostgresClientStartup(
            tls_available=mode != "off" and self._tls is not None,
            tls_required=mode == "required",
        )
        self._transport: asyncio.Transport
        self._exchange: SignInExchange | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._done = False
        self._upgrading = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock; with TLS the client is connected a second time."""
        transport = cast("asyncio.Transport", transport)
        self._transport = transport
        if self._upgrading:
            return
        self._gateway.open_connections += 1
        timeout = self._gateway.limits.startup_timeout_ms / 1000
        if timeout:
            self._timer = self._gateway.loop.call_later(timeout, self._time_out)
        if isinstance(transport, TlsTransport):
            self._startup.tls_established()

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._done:
            return
        if self._upgrading:
            self._upgrading = False
            self._startup.tls_established()
        try:
            self._act(self._startup.receive(data))
        except SignInRefused as error:
            self._gateway.sign_in_failures += 1
            self._turn_away(Refusal(error.code, error.message))
        except ProtocolError as error:
            self._turn_away(Refusal(error.code, error.message))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._finish()
        self._gateway.open_connections -= 1

    # The steps.

    def _act(self, step: StartupStep) -> None:
        while True:
            match step:
                case StartupStep.AUTHENTICATE:
                    step = self._begin_sign_in()
                case StartupStep.CREDENTIAL:
                    if self._exchange is None:
                        raise ProtocolError("a credential came before it was asked for")
                    step = self._ask(self._exchange.receive(self._startup.credential))
                case StartupStep.START_TLS:
                    self._flush()
                    self._start_tls()
                    return
                case StartupStep.CANCEL:
                    self._gateway.request_cancel(self._startup.cancel_key)
                    self._finish()
                    self._transport.close()
                    return
                case StartupStep.CLOSE:
                    self._flush()
                    self._finish()
                    self._transport.close()
                    return
                case _:
                    self._flush()
                    return

    def _start_tls(self) -> None:
        """Go on with TLS; the startup hears of it with the first bytes that come through it."""
        tls, raw = self._tls, self._transport
        if tls is None or not isinstance(raw, SocketTransport) or raw.is_closing():
            raw.abort()
            return
        peer = raw.get_extra_info("peername")
        descriptor, unsent = raw.detach()
        sock = socket.socket(fileno=descriptor)
        if unsent:  # a client with no room for one byte
            sock.close()
            self.connection_lost(None)
            return
        self._upgrading = True
        TlsTransport(self._gateway.loop, sock, self, tls.acceptor.session(), peer)

    def _begin_sign_in(self) -> StartupStep:
        startup = self._startup
        facts = self._tls_facts()
        self._exchange = self._gateway.authenticator.begin(
            SignIn(startup.user, startup.database, facts)
        )
        return self._ask(self._exchange.first)

    def _tls_facts(self) -> TlsFacts | None:
        if not isinstance(self._transport, TlsTransport):
            return None
        end_point = self._tls.end_point_hash if self._tls is not None else None
        return TlsFacts(end_point or b"", self._transport.tls.peer_certificate)

    def _ask(self, step: SignInStep) -> StartupStep:
        if isinstance(step, Granted):
            if step.last is not None:
                self._startup.challenge(step.last)
            self._admit(step.principal, METHODS[step.method])
            # What the client sends meanwhile stays in the startup's buffer, within its bound.
            return StartupStep.NEED_DATA
        return self._startup.challenge(step)

    def _admit(self, principal: Principal, method: str) -> None:
        """Begin the session, as soon as enough is known of its data store."""
        store = self._gateway.stores[self._startup.database]
        if store.loaded:
            self._begin(store, principal, method)
        else:
            self._gateway.spawn(self._admit_later(store, principal, method))

    async def _admit_later(self, store: "Store", principal: Principal, method: str) -> None:
        try:
            await store.ready()
        except ProtocolError as error:
            self._turn_away(Refusal(error.code, error.message))
            return
        self._begin(store, principal, method)

    def _begin(self, store: "Store", principal: Principal, method: str) -> None:
        """Decide `connect`, record the sign-in and begin the session."""
        try:
            self._begin_session(store, principal, method)
        except SettingError as error:
            self._turn_away(error.refusal)
        except ProtocolError as error:
            self._turn_away(Refusal(error.code, error.message))
        except OSError:
            self._turn_away(
                Refusal(
                    "58030",
                    "the sign-in was refused because its audit record could not be written",
                    hint="Ask the gateway's operator to look at the audit directory.",
                )
            )
        except Exception as error:  # whatever it is, the client must not wait for ever
            failure(self._gateway.log, "a session could not be begun", error)
            self._turn_away(
                Refusal(
                    "XX000",
                    "the session could not be begun",
                    hint="Ask the gateway's operator to look at its log.",
                )
            )

    def _begin_session(self, store: "Store", principal: Principal, method: str) -> None:
        gateway, startup = self._gateway, self._startup
        peer = self._transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        secure = isinstance(self._transport, TlsTransport)
        purpose = stated_purpose(startup.parameters, gateway.config.identity.stated_purposes)
        facts = SessionFacts(secure, method, address, purpose)
        grants = gateway.grants(store, principal, facts)
        if not grants.permits("connect"):
            gateway.record_refusal(principal, store.name, facts)
            self._turn_away(no_connection(store.name))
            return
        settings = client_settings(startup.parameters, raw=grants.raw_access())
        if self._transport.is_closing():
            return
        session = gateway.begin_session(
            store, grants, facts, self._transport, settings, startup.secret_bytes
        )
        startup.accept(store.session_parameters(settings), session.cancel_key)
        self._flush()
        self._finish()
        gateway.open_connections -= 1
        rest = startup.take_rest()
        self._transport.set_protocol(session)
        session.begin(rest)

    def _turn_away(self, refusal: Refusal) -> None:
        if not self._transport.is_closing():
            self._startup.refuse(refusal)
            self._flush()
            self._transport.close()
        self._finish()

    def _time_out(self) -> None:
        self._transport.abort()

    def _finish(self) -> None:
        self._done = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        outgoing = self._startup.take_outgoing()
        if outgoing and not self._transport.is_closing():
            self._transport.write(outgoing)
