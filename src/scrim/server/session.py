"""One signed-in client: its transport, its upstream session, and the relay between the two.

An upstream session is taken from the pool when the client first sends something, and belongs to
the client until it leaves. A chunk of either side goes through the relay to the other in one call.
Only when the relay asks (`relay.attention`) is anything decided here, by `scrim.enforcement`.
A session that has more to say than one question and its answer is linked (`scrim.server.links`):
from then on the kernel moves its bytes. For the others that would be more work than it saves.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from scrim.enforcement import CatalogStale, ColumnsNeeded
from scrim.protocols.postgres import codec
from scrim.protocols.postgres.codec import (
    CLIENT_GONE,
    CLIENT_NEED,
    SERVER_NEED,
    UPSTREAM_GONE,
)
from scrim.protocols.postgres.settings import settings_statement
from scrim.server.logging import failure
from scrim.statements.incoming import Incoming
from scrim.wire import CancelKey, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from scrim.domain.column import ResultField
    from scrim.masking.decided import Decided
    from scrim.policy.questions import SessionFacts
    from scrim.protocols.postgres.codec import Relay
    from scrim.server.gateway import Gateway
    from scrim.server.scope import Scope
    from scrim.server.store import Store
    from scrim.upstream.connection import UpstreamConnection

LINK_AFTER_CHUNKS: Final = 4
"""Of both sides together. A client that asks once, and leaves when it is answered, takes three."""
SAMPLED_ROWS: Final = 256
MAX_PAUSE_SECONDS: Final = 0.05
"""Between two looks at a session that has to settle."""
MAX_EARLY_BYTES: Final = 1 << 20
"""What a client may send before its upstream session is there."""


class _Discard:
    """Takes what a data store still sends to a client that is gone."""

    def upstream_data(self, data: bytes) -> None:
        """Drop it."""

    def upstream_lost(self, exc: Exception | None) -> None:
        """Do nothing: the connection is closed anyway."""

    def upstream_pause_writing(self) -> None:
        """Do nothing: nothing is written."""

    def upstream_resume_writing(self) -> None:
        """Do nothing: nothing is written."""


class SessionProtocol(asyncio.Protocol):
    """Joins one client and one upstream session."""

    __slots__ = (
        "_active",
        "_begun",
        "_chunks",
        "_client_paused",
        "_early",
        "_ended",
        "_gateway",
        "_link",
        "_probe",
        "_relay",
        "_scope",
        "_settings",
        "_transport",
        "_upstream",
        "_waiting_for",
        "_write_client",
        "_write_upstream",
        "cancel_key",
        "facts",
        "idle_ticks",
        "label",
        "store",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one session
        self,
        gateway: "Gateway",
        scope: "Scope",
        transport: asyncio.Transport,
        facts: "SessionFacts",
        settings: dict[str, str],
        cancel_key: CancelKey,
    ) -> None:
        """Wait for the client's first statement.

        Args:
            gateway: Who owns the session.
            scope: What is decided for this principal here.
            transport: The client's.
            facts: The circumstances of its sign-in.
            settings: What the client asked for at its startup.
            cancel_key: What a cancel request must name.
        """
        self.store: Store = scope.store
        self.cancel_key = cancel_key
        self.facts = facts
        self.label = gateway.session_label(cancel_key.process_id)
        self.idle_ticks = 0
        self._active = True
        self._gateway = gateway
        self._scope = scope
        self._transport = transport
        self._write_client = transport.write
        self._settings: dict[str, str] | None = settings or None
        self._early = b""
        self._begun = False
        self._chunks = 0
        self._ended = False
        self._client_paused = False
        self._relay: Relay | None = None
        self._link: int | None = None
        self._upstream: UpstreamConnection | None = None
        self._write_upstream: Callable[[bytes], None] = transport.write  # replaced before use
        self._waiting_for = 0
        self._probe: asyncio.Future[tuple[int, bytes]] | None = None

    def begin(self, rest: bytes) -> None:
        """Start, with what the client sent after its startup."""
        if rest:
            self.data_received(rest)

    @property
    def busy(self) -> bool:
        """Whether a statement runs or a transaction is open."""
        relay = self._relay
        return relay is not None and not (relay.quiet and relay.status == "I")

    @property
    def in_transaction(self) -> bool:
        """Whether the client has left a transaction open."""
        relay = self._relay
        return relay is not None and relay.quiet and relay.status != "I"

    def take_activity(self) -> bool:
        """Return whether the client has sent something since this was last asked."""
        active, self._active = self._active, False
        if self._link is not None and self._relay is not None:
            return self._relay.take_activity() or active
        return active

    # What asyncio calls for the client's transport.

    def data_received(self, data: bytes) -> None:
        """Take a chunk of the client."""
        self._active = True
        relay = self._relay
        if relay is None:
            self._hold(data)
            return
        out = relay.client(data)
        if out is not None:
            self._write_upstream(out)
        if relay.attention:
            self._attend(relay)
        self._moved(relay)

    def eof_received(self) -> bool | None:
        """Treat a client that stops sending as one that left."""
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """End the session."""
        self._end()

    def pause_writing(self) -> None:
        """Stop the data store: the client does not read fast enough."""
        if self._upstream is not None:
            self._upstream.pause_reading()

    def resume_writing(self) -> None:
        """Let the data store go on, unless something is still being decided."""
        if self._upstream is not None and not self._waiting_for & SERVER_NEED:
            self._upstream.resume_reading()

    # What the upstream connection calls.

    def upstream_data(self, data: bytes) -> None:
        """Take a chunk of the data store."""
        relay = self._relay
        if relay is None:
            return
        out = relay.server(data)
        if out is not None:
            self._write_client(out)
        if relay.attention:
            self._attend(relay)
        self._moved(relay)

    def upstream_lost(self, exc: Exception | None) -> None:
        """Tell the client that its session is gone."""
        self.terminate("08006", "the connection to the data store was lost")

    def upstream_pause_writing(self) -> None:
        """Stop the client: the data store does not read fast enough."""
        self._pause_client()

    def upstream_resume_writing(self) -> None:
        """Let the client go on."""
        if not self._waiting_for & CLIENT_NEED:
            self._resume_client()

    # The upstream session.

    def _hold(self, data: bytes) -> None:
        """Keep the first chunks until there is an upstream session."""
        self._early += data
        if len(self._early) > MAX_EARLY_BYTES:
            self._pause_client()
        if self._begun:
            return
        self._begun = True
        if self._early[:1] == b"X":
            self._transport.close()
            return
        connection = self.store.pool.try_acquire(self._scope.principal.name)
        if connection is not None:
            self._join(connection)
        else:
            self._gateway.spawn(self._acquire())

    async def _acquire(self) -> None:
        try:
            connection = await self.store.pool.acquire(self._scope.principal.name)
        except ProtocolError as error:
            self.terminate(error.code, error.message)
            return
        if self._ended:
            self.store.pool.release(connection, clean=True)
            return
        self._join(connection)

    def _join(self, connection: "UpstreamConnection") -> None:
        """Begin relaying."""
        relay = self._scope.new_relay(self.label)
        self._relay = relay
        self._upstream = connection
        connection.receiver = self
        self._write_upstream = connection.write
        if self._settings is not None:
            self._write_upstream(relay.prelude(settings_statement(self._settings)))
            self._settings = None
        early, self._early = self._early, b""
        self._resume_client()
        self.data_received(early)

    def _moved(self, relay: "Relay") -> None:
        """Count a chunk, and link the session if it is one of those that live longer."""
        self._chunks += 1
        if self._chunks < LINK_AFTER_CHUNKS or self._waiting_for or relay.attention:
            return
        connection = self._upstream
        if connection is None or self._link is not None:
            return
        bound = self._gateway.limits.write_buffer_bytes
        linked = self._gateway.links.link(self, relay, self._transport, connection, bound)
        if linked is None:
            self._chunks = 0
            return
        self._link, self._transport = linked
        self._write_client = self._transport.write
        self._write_upstream = relay.tell_upstream

    # What the kernel's event loop calls.

    def posted(self) -> None:
        """Answer what the relay of a linked session waits for, and see which side has ended."""
        relay = self._relay
        if relay is None:
            return
        attention = relay.attention
        if attention & CLIENT_GONE:
            self._end()
            return
        if attention & (CLIENT_NEED | SERVER_NEED):
            self._attend(relay)
        # The last words of the data store come before its end.
        if not self._ended and relay.attention & (UPSTREAM_GONE | SERVER_NEED) == UPSTREAM_GONE:
            self.upstream_lost(None)

    def _pause_client(self) -> None:
        if not self._client_paused and not self._transport.is_closing():
            self._client_paused = True
            self._transport.pause_reading()

    def _resume_client(self) -> None:
        if self._client_paused and not self._transport.is_closing():
            self._client_paused = False
            self._transport.resume_reading()

    # What the relay asks.

    def _attend(self, relay: "Relay") -> None:
        """Answer the relay until it goes on by itself or something has to be waited for."""
        try:
            while not self._ended:
                open_needs = relay.attention & ~self._waiting_for
                if open_needs & SERVER_NEED:
                    self._serve_server(relay)
                elif open_needs & CLIENT_NEED:
                    self._serve_client(relay)
                else:
                    return
        except ProtocolError as error:
            self.terminate(error.code, error.message)
        except Exception as error:  # an undecided result must not pass, whatever went wrong
            failure(self._gateway.log, "a session had to be ended", error)
            self.terminate("XX000", "an internal error of the gateway ended the session")

    def _serve_client(self, relay: "Relay") -> None:
        need = relay.client_need()
        if need is None:
            return
        name, text, extended, shape = need
        if name == "terminated":
            if self._link is None:
                self._transport.abort()  # it waits for nothing any more
            self._end()
            return
        if name == "statement":
            incoming = Incoming(text, shape, extended)
            try:
                decided = self._scope.enforcement.decide(incoming)
            except CatalogStale as stale:
                self._wait(CLIENT_NEED, self._decide_later(incoming, stale, None))
                return
            except ColumnsNeeded as needed:
                self._wait(CLIENT_NEED, self._decide_later(incoming, None, needed))
                return
            self._answer(relay, decided)
        if name == "meter":
            running = relay.metering()
            if running is not None:
                relay.metered(*codec.metered(self._gateway.metered(self, running)))
        self._go_on_client(relay)

    def _answer(self, relay: "Relay", decided: "Decided") -> None:
        """Tell the relay what was decided about the statement that it asked about."""
        relay.decide(codec.decision(decided), decided.remember)
        if decided.changes_catalog:
            self.store.refresh_soon()

    def _go_on_client(self, relay: "Relay") -> None:
        out = relay.client(b"")
        if out is not None:
            self._write_upstream(out)

    def _go_on_server(self, relay: "Relay") -> None:
        out = relay.server(b"")
        if out is not None:
            self._write_client(out)

    def _serve_server(self, relay: "Relay") -> None:
        need = relay.server_need()
        if need is None:
            return
        name, number, body = need
        enforcement = self._scope.enforcement
        match name:
            case "fields":
                fields = codec.parse_row_description(body)
                try:
                    relay.plan(enforcement.plan(relay.context(), number, fields))
                except CatalogStale as stale:
                    self._wait(
                        SERVER_NEED, self._plan_later(relay.context(), number, fields, stale)
                    )
                    return
            case "sample":
                relay.plan(enforcement.sampled(relay.sampled_context(), relay.sample(SAMPLED_ROWS)))
            case "message":
                relay.message(codec.scrub_message(number, body, relay.context(), enforcement))
            case "probed":
                self._probed(number, body)
                relay.message(b"")
            case "close":
                self._write_client(relay.take_farewell())
                self._transport.close()
                self._end()
                return
        self._go_on_server(relay)

    def _probed(self, kind: int, body: bytes) -> None:
        waiter, self._probe = self._probe, None
        if waiter is not None:
            if not waiter.done():
                waiter.set_result((kind, body))
        elif kind == codec.ERROR:
            raise ProtocolError(*codec.setting_failure(body))

    # What has to be waited for.

    def _wait(self, need: int, work: "Coroutine[None, None, None]") -> None:
        self._waiting_for |= need
        if need == CLIENT_NEED:
            self._pause_client()
        elif self._upstream is not None:
            self._upstream.pause_reading()
        self._gateway.spawn(self._guarded(need, work))

    async def _guarded(self, need: int, work: "Coroutine[None, None, None]") -> None:
        try:
            await work
        except ProtocolError as error:
            self.terminate(error.code, error.message)
        except Exception as error:  # as in _attend
            failure(self._gateway.log, "a session had to be ended", error)
            self.terminate("XX000", "an internal error of the gateway ended the session")
        finally:
            self._waiting_for &= ~need
        if self._ended or self._relay is None:
            return
        if need == CLIENT_NEED:
            self._resume_client()
        elif self._upstream is not None:
            self._upstream.resume_reading()
        self.posted()

    async def _decide_later(
        self, incoming: Incoming, stale: CatalogStale | None, needed: ColumnsNeeded | None
    ) -> None:
        """Decide a statement after what it waits for: a newer catalog, or its own columns."""
        columns: list[ResultField] | None = None
        while True:
            if stale is not None:
                await self.store.refresh(stale.names)
                stale = None
            if needed is not None:
                columns = await self._ask_columns(needed)
                needed = None
            relay = self._relay
            if self._ended or relay is None:
                return
            try:
                decided = self._scope.enforcement.decide(incoming, columns, fresh=True)
            except ColumnsNeeded as again:
                needed = again
                continue
            self._answer(relay, decided)
            self._go_on_client(relay)
            return

    async def _ask_columns(self, needed: ColumnsNeeded) -> "list[ResultField]":
        """Ask the data store, in this session, which columns a query has."""
        relay = self._relay
        if relay is None:
            raise ProtocolError("the session is over", "57P01")
        pause = 0.001
        while not relay.quiet:
            if not relay.settles:
                raise ProtocolError(
                    "COPY TO was prepared before the Sync of the statements before it; send Sync "
                    "first, or use the simple query protocol",
                    "0A000",
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_PAUSE_SECONDS)
            if self._ended:
                raise ProtocolError("the session is over", "57P01")
        answer: asyncio.Future[tuple[int, bytes]] = self._gateway.loop.create_future()
        self._probe = answer
        self._write_upstream(relay.probe(needed.sql.encode()))
        kind, body = await answer
        return codec.parse_row_description(body) if kind == codec.ROW_DESCRIPTION else []

    async def _plan_later(
        self,
        context: tuple[object, str] | None,
        number: int,
        fields: "list[ResultField]",
        stale: CatalogStale,
    ) -> None:
        await self.store.refresh(stale.names)
        relay = self._relay
        if self._ended or relay is None:
            return
        plan = self._scope.enforcement.plan(context, number, fields, fresh=True)
        relay.plan(plan)
        self._go_on_server(relay)

    # The end.

    def change_scope(self, scope: "Scope") -> None:
        """Decide by other policies or another catalog from the next statement on."""
        self._scope = scope
        if self._relay is not None:
            scope.adopt(self._relay)

    @property
    def scope(self) -> "Scope":
        """What is decided for this principal here."""
        return self._scope

    def take_statistics(self) -> dict[str, int]:
        """Return the relay's counts since the last call."""
        return {} if self._relay is None else self._relay.take_statistics()

    def take_several(self) -> list[int]:
        """Return which counted statements ended with two rows or more since the last call."""
        return [] if self._relay is None else self._relay.take_several()

    async def cancel(self) -> None:
        """Cancel the statement that runs, if one does."""
        if self._upstream is not None and self._relay is not None and not self._relay.quiet:
            await self._upstream.cancel()

    def terminate(self, code: str, message: str) -> None:
        """Tell the client why its session ends, and end it."""
        if self._ended:
            return
        if not self._transport.is_closing():
            self._write_client(codec.fatal_error(code, message))
            self._transport.close()
        self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        connection, relay = self._upstream, self._relay
        self._upstream = self._relay = None
        if self._link is not None and connection is not None and relay is not None:
            self._unlink(self._link, relay, connection)
        if self._probe is not None and not self._probe.done():
            self._probe.cancel()
        if connection is not None and relay is not None:
            clean = relay.quiet
            if not clean and not connection.closed:
                self._gateway.spawn(self._abandon(connection))
            else:
                self.store.pool.release(connection, clean=clean, in_transaction=relay.status != "I")
        self._gateway.session_ended(self, relay)

    def _unlink(self, link: int, relay: "Relay", connection: "UpstreamConnection") -> None:
        """Take the data store's socket back, and let the kernel part from the client."""
        self._gateway.links.forget(link, self)
        connection.receiver = _Discard()
        taken = relay.take_upstream()
        if taken is None:
            connection.take_back(None)
        else:
            descriptor, whole = taken
            connection.tainted = connection.tainted or not whole
            connection.take_back(descriptor)
        relay.close()

    async def _abandon(self, connection: "UpstreamConnection") -> None:
        """Stop a statement that nobody waits for any more, and close its session."""
        connection.receiver = _Discard()
        connection.resume_reading()
        try:
            async with asyncio.timeout(2):
                await connection.cancel()
        except (TimeoutError, OSError, ProtocolError):
            pass
        self.store.pool.release(connection, clean=False)
