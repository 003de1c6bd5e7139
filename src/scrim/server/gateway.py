"""One worker's gateway: everything that its sessions share, built from the configuration."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from scrim.audit.log import AuditLog
from scrim.audit.records import (
    GATEWAY_NAME,
    Origin,
    VerdictFacts,
    gateway_record,
    session_record,
    signed_in_record,
    verdict_record,
)
from scrim.audit.segments import AuditError
from scrim.config.errors import ConfigError, Problem
from scrim.config.root import Config
from scrim.detection.memory import VerdictChange
from scrim.domain.decision import Refusal
from scrim.masking.decided import Decided
from scrim.policy.grants import Grants
from scrim.policy.questions import MINUTE_SECONDS, TIME_FACTS, SessionFacts
from scrim.protocols.postgres import codec
from scrim.server.control import owner_of, process_id
from scrim.server.figures import WorkerFigures, pool_figures
from scrim.server.filter_store import FilterStore, FilterStoreError
from scrim.server.foundation import Foundation, build_foundation
from scrim.server.links import Links
from scrim.server.logging import event, failure
from scrim.server.metering import Charge, FilterMeter
from scrim.server.scope import Scope
from scrim.server.session import SessionProtocol
from scrim.server.startup import StartupProtocol
from scrim.server.store import Store
from scrim.wire import CancelKey, ProtocolError

if TYPE_CHECKING:
    from scrim.domain.principal import Principal
    from scrim.identity.authenticator import Authenticator
    from scrim.protocols.postgres.codec import AuditLog as AuditLogSink
    from scrim.protocols.postgres.codec import Relay
    from scrim.server.tls import ServerTls
    from scrim.statements.held import Parameter

HOUSEKEEPING_SECONDS: Final = 1.0
CLOCK_STEP_SECONDS: Final = 0.002
"""How long after the end of a minute the clock is sure to say so."""
MAX_SCOPES: Final = 10_000
LISTENER: Final = "postgres"
"""The one listener of this release; its key in `listeners` is its protocol."""

_log = logging.getLogger("scrim.server.gateway")


class Gateway:
    """Serves the clients of one worker.

    Attributes:
        config: The configuration in force.
        limits: Its bounds for clients.
        stores: The data stores by name.
        authenticator: Who proves who clients are.
        tls: TLS state by listener.
        links: The sessions whose bytes the kernel moves.
        open_connections: Clients that are connected.
        sign_in_failures: Refused sign-ins since the start.
    """

    def __init__(
        self,
        config: Config,
        worker_index: int,
        *,
        tls: "Mapping[str, ServerTls]",
        forward_cancel: Callable[[int, bytes], Awaitable[bool]],
    ) -> None:
        """Keep the parts; `start` does the work."""
        self.config = config
        self.limits = config.limits_of(LISTENER)
        self.tls = tls
        self.log = _log
        self.loop = asyncio.get_running_loop()
        self.links = Links(self.loop)
        self.stores: dict[str, Store] = {}
        self.open_connections = 0
        self.sign_in_failures = 0
        self._worker_index = worker_index
        self._forward_cancel = forward_cancel
        self._tasks: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup
        self._running: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._sessions: dict[int, SessionProtocol] = {}
        self._foundation: Foundation
        self.authenticator: Authenticator
        self._scopes: dict[tuple[str, str, str], Scope] = {}
        # Those whose statements were counted since it was last asked how they ended.
        self._metered: set[SessionProtocol] = set()
        self._serial = 0
        self._opened = 0
        self._cancel_requests = 0
        self._figures = WorkerFigures()
        self._origin = Origin(GATEWAY_NAME, worker_index)
        self._hasher = codec.new_hasher(secrets.token_bytes(16))
        # The same in every worker of a gateway, so that a made-up salt does not tell them apart.
        self._mock_secret = b""

    # Life.

    async def start(self) -> None:
        """Get ready to serve.

        Raises:
            ConfigError: If the configuration cannot be used.
        """
        self._running = self.loop.create_task(self._run())
        await self._started.wait()
        try:
            self._audit = AuditLog(
                self.config.audit,
                self._worker_index,
                lambda: datetime.now(UTC),
                codec.new_audit_log,
            )
            self._filter_store = FilterStore(self.config.audit.directory)
            self._build(self.config)
            self._audit.write(gateway_record(self._origin, "started", self._in_force()))
        except (AuditError, FilterStoreError) as error:
            problem = Problem(Path("scrim.yaml"), 0, "audit.directory", str(error))
            raise ConfigError(problem) from None
        self.spawn(self._keep_house())
        self.spawn(self._keep_time())
        for store in self.stores.values():
            self._begin_store(store)

    def _begin_store(self, store: Store) -> None:
        self.spawn(store.pool.run())
        self.spawn(self._keep_store(store))

    async def _keep_store(self, store: Store) -> None:
        """Load the catalog as soon as the store answers, and keep it fresh."""
        while True:
            try:
                await store.ready()
                break
            except ProtocolError as error:
                event(
                    _log,
                    logging.WARNING,
                    "the data store cannot be reached",
                    connection=store.name,
                    code=error.code,
                )
                await asyncio.sleep(HOUSEKEEPING_SECONDS)
        await store.run()

    async def _run(self) -> None:
        """Own every task, so that none outlives the gateway."""
        async with asyncio.TaskGroup() as self._group:
            self._started.set()
            await self._stopped.wait()
            for task in list(self._tasks):
                task.cancel()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the sessions; what goes wrong in it is logged."""
        task = self._group.create_task(self._watched(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # one session's trouble must not end the group
            failure(_log, "a task failed", error)

    def _build(self, config: Config) -> None:
        """Take over what follows from a configuration; raises ConfigError."""
        former = self.stores
        foundation = build_foundation(config, former, self._catalog_changed)
        self._foundation = foundation
        self._meter = FilterMeter(self._filter_store, foundation.filter_key, time.time)
        self.stores = foundation.stores
        for name, store in self.stores.items():
            store.verdicts.on_change = partial(self._learnt, name)
        self.authenticator = foundation.authenticator
        self.config = config
        self.limits = config.limits_of(LISTENER)
        self._former = [s for name, s in former.items() if self.stores.get(name) is not s]
        self._scopes.clear()

    def _in_force(self) -> dict[str, str | int | bool]:
        """Return what records say of the configuration that was taken over."""
        return {
            "bundle": self._foundation.bundle.digest,
            "key_version": self._foundation.key_version,
        }

    def _learnt(self, connection: str, change: VerdictChange) -> None:
        """Record what detection has learnt of a column; raises AuditError."""
        column, verdict = change.column, change.verdict
        facts = VerdictFacts(
            f"{column.schema}.{column.relation}",
            column.name,
            change.former or "",
            verdict.entity or "",
            verdict.confidence,
            verdict.evidence,
            change.catalog,
        )
        self._audit.write(verdict_record(self._origin, connection, facts))

    async def reload(self, config: Config) -> None:
        """Take over a configuration, or raise ConfigError and keep the old one."""
        known = dict(self.stores)
        self._figures.add_findings(self._foundation.makers.values())
        self._build(config)
        for name, store in self.stores.items():
            if known.get(name) is not store:
                self._begin_store(store)
        for session in list(self._sessions.values()):
            self._move(session)
        for store in self._former:
            self.spawn(store.pool.drain(config.limits.shutdown_timeout_ms / 1000))
        self._audit.write(gateway_record(self._origin, "reloaded", self._in_force()))

    async def drain(self, timeout_seconds: float) -> None:
        """End every session: idle ones now, others after their transaction or the timeout."""
        deadline = self.loop.time() + timeout_seconds
        while self._sessions and self.loop.time() < deadline:
            for session in list(self._sessions.values()):
                if not session.busy:
                    session.terminate("57P01", "the gateway is shutting down")
            await asyncio.sleep(0.02)
        for session in list(self._sessions.values()):
            session.terminate("57P01", "the gateway is shutting down")
        for store in self.stores.values():
            await store.pool.drain(min(2.0, max(0.0, deadline - self.loop.time())))
        try:
            self._audit.write(gateway_record(self._origin, "stopped", {}))
            self._audit.close()
        except AuditError as error:
            failure(_log, "the audit log could not be closed", error)
        self._filter_store.close()
        self.links.close()
        self._stopped.set()
        if self._running is not None:
            await self._running

    async def unreachable(self) -> list[str]:
        """Return the connections whose data store cannot be reached."""
        return [name for name, store in self.stores.items() if not store.pool.healthy]

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            try:
                self._audit.turn()
                work = self._audit.due_sync()
                if work is not None:
                    # The disk may take its time; sessions do not wait for it.
                    await self.loop.run_in_executor(None, work)
            except AuditError as error:
                failure(_log, "the audit log cannot be written", error)
            self._end_idle_sessions()
            metered, self._metered = self._metered, set()
            for session in metered:
                self._meter.several(session.take_several())

    async def _keep_time(self) -> None:
        """Have sessions decided anew when a minute ends, where policies read the time."""
        minute = time.time() // MINUTE_SECONDS
        while True:
            # By short steps, as the clock may be set and the machine may sleep.
            rest = MINUTE_SECONDS - time.time() % MINUTE_SECONDS
            await asyncio.sleep(min(HOUSEKEEPING_SECONDS, rest + CLOCK_STEP_SECONDS))
            before, minute = minute, time.time() // MINUTE_SECONDS
            if minute != before and self._foundation.bundle.session_facts & TIME_FACTS:
                self._minute_passed()

    def _minute_passed(self) -> None:
        for session in list(self._sessions.values()):
            self._move(session)
        used = {id(session.scope) for session in self._sessions.values()}
        self._scopes = {key: scope for key, scope in self._scopes.items() if id(scope) in used}

    def _end_idle_sessions(self) -> None:
        limits = self.limits
        idle = limits.client_idle_timeout_ms / 1000
        in_transaction = limits.idle_in_transaction_timeout_ms / 1000
        if not idle and not in_transaction:
            return
        for session in list(self._sessions.values()):
            if session.take_activity():
                session.idle_ticks = 0
                continue
            session.idle_ticks += 1
            silent = session.idle_ticks * HOUSEKEEPING_SECONDS
            if session.in_transaction and in_transaction and silent >= in_transaction:
                session.terminate("25P03", "the transaction was idle for too long")
            elif not session.busy and idle and silent >= idle:
                session.terminate("57P05", "the session was idle for too long")

    # What startups ask for.

    def new_session(self) -> asyncio.BaseProtocol:
        """Return the protocol of one new client connection."""
        return StartupProtocol(self, LISTENER)

    def grants(self, store: Store, principal: "Principal", facts: SessionFacts) -> Grants:
        """Return what a principal may do in a data store."""
        now = facts.at(time.time(), self.config.zone)
        return self._foundation.book.grants(
            principal, store.facts, self._foundation.engine.relevant(now)
        )

    def session_label(self, number: int) -> str:
        """Return a session's name in the audit log: unique over workers and restarts."""
        return f"{number:08x}-{secrets.token_hex(6)}"

    def record_refusal(self, principal: "Principal", store: str, facts: SessionFacts) -> None:
        """Record that a principal was not let into a data store."""
        self.sign_in_failures += 1
        told = {
            "user": principal.name,
            "connection": store,
            "client_address": facts.client_address,
            "authentication": facts.authentication,
            "sqlstate": "42501",
        }
        self._audit.write(session_record(self._origin, "startup", "refused", told))

    def begin_session(  # noqa: PLR0913, PLR0917 - the facts of one sign-in
        self,
        store: Store,
        grants: Grants,
        facts: SessionFacts,
        transport: asyncio.Transport,
        settings: dict[str, str],
        secret_bytes: int,
    ) -> SessionProtocol:
        """Record a sign-in and return its session.

        Raises:
            OSError: If the record cannot be written.
        """
        self._serial += 1
        key = CancelKey(
            process_id(self._worker_index, self._serial), secrets.token_bytes(secret_bytes)
        )
        scope = self._scope(store, grants)
        session = SessionProtocol(self, scope, transport, facts, settings, key)
        told: dict[str, str | int | bool] = {
            "connection": store.name,
            "client_address": facts.client_address,
            "authentication": facts.authentication,
            "tls": facts.tls,
            "application_name": settings.get("application_name", ""),
        }
        if facts.stated_purpose:
            told["stated_purpose"] = facts.stated_purpose
        try:
            self._audit.write(signed_in_record(self._origin, session.label, grants.principal, told))
        except AuditError as error:
            raise OSError(str(error)) from None
        transport.set_write_buffer_limits(high=self.limits.write_buffer_bytes)
        self._sessions[key.process_id] = session
        self.open_connections += 1
        self._opened += 1
        return session

    def session_ended(self, session: SessionProtocol, relay: "Relay | None") -> None:
        """Forget a session, and keep its counts."""
        if self._sessions.pop(session.cancel_key.process_id, None) is None:
            return
        self.open_connections -= 1
        if relay is not None:
            self._meter.several(relay.take_several())
            self._figures.add(relay.take_statistics())

    def metered(
        self, session: SessionProtocol, running: "tuple[object, bytes, list[Parameter]]"
    ) -> "int | Refusal":
        """Count what a statement asks of protected columns, or say why it is not run.

        Args:
            session: The session.
            running: What was decided about the statement, its text and its parameters.

        Raises:
            AuditError: If a refusal cannot be recorded.
        """
        self._meter.several(session.take_several())
        self._metered.add(session)
        decided, sql, parameters = running
        if not isinstance(decided, Decided):
            raise TypeError("a statement without a decision was to be counted")
        store, principal = session.store, session.scope.principal
        answer = self._meter.charge(
            Charge(
                store.name,
                principal,
                store.settings.filter_budget,
                decided.metered,
                sql,
                parameters,
            )
        )
        if isinstance(answer, Refusal):
            told = {
                "connection": store.name,
                "user": principal.name,
                "sqlstate": answer.code,
                "detail": answer.detail,
            }
            record = session_record(self._origin, session.label, "filter_refused", told)
            self._audit.write(record)
        return answer

    # Scopes.

    def _scope(self, store: Store, grants: Grants) -> Scope:
        key = (store.name, grants.identity, store.lookup.catalog.digest)
        scope = self._scopes.get(key)
        if scope is None:
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            enforcement = self._foundation.enforcement(store, grants, self._origin)
            scope = Scope(
                store,
                enforcement,
                cast("AuditLogSink", self._audit.sink),
                self._hasher,
                self.limits,
            )
            self._scopes[key] = scope
        return scope

    def _catalog_changed(self, store: Store) -> None:
        for key in [key for key in self._scopes if key[0] == store.name]:
            del self._scopes[key]
        for session in list(self._sessions.values()):
            if session.store is store:
                self._move(session)

    def _move(self, session: SessionProtocol) -> None:
        """Have a session's next statements decided by what holds now."""
        enforcement = session.scope.enforcement
        store = self.stores.get(session.store.name)
        if store is not session.store:
            session.terminate("57P01", "the connection was removed from the configuration")
            return
        principal = self._refreshed(enforcement.principal)
        if principal is None:
            session.terminate("57P01", "the principal was removed from the configuration")
            return
        grants = self.grants(store, principal, session.facts)
        if not grants.permits("connect"):
            session.terminate("42501", "the policies no longer permit this session")
            return
        scope = self._scope(store, grants)
        if scope is not session.scope:
            session.change_scope(scope)

    def _refreshed(self, principal: "Principal") -> "Principal | None":
        """Return a principal as the directory knows it now, None when it is gone."""
        directory = self.authenticator.directory
        if principal.acts_for is not None:
            acts_for = self._refreshed(principal.acts_for)
            if acts_for is None:
                return None
            return directory.agent(principal.name, acts_for, principal.session_claims)
        known = directory.principal(principal.name)
        return known and replace(known, session_claims=principal.session_claims)

    # Cancel requests.

    def request_cancel(self, key: CancelKey) -> None:
        """Have a cancel request followed by whichever worker has the session."""
        self._cancel_requests += 1
        if owner_of(key.process_id) == self._worker_index:
            self.spawn(self._cancel(key.process_id, key.secret))
        else:
            self.spawn(self._pass_on(key))

    async def _pass_on(self, key: CancelKey) -> None:
        await self._forward_cancel(key.process_id, key.secret)

    async def _cancel(self, number: int, secret: bytes) -> None:
        await self.cancel(number, secret)

    async def cancel(self, process_id: int, secret: bytes) -> bool:
        """Cancel what one of this worker's sessions is doing; False when there is none such."""
        session = self._sessions.get(process_id)
        known = session.cancel_key.secret if session is not None else secrets.token_bytes(32)
        if not secrets.compare_digest(known, secret) or session is None:
            return False
        await session.cancel()
        return True

    # Figures.

    def stats(self) -> dict[str, object]:
        """Return figures in the shape that `scrim.server.metrics` lists."""
        figures = self._figures
        for session in self._sessions.values():
            figures.add(session.take_statistics())
        figures.add_findings(self._foundation.makers.values())
        records, failures = self._audit.counts()
        return {
            "sessions": {
                "open": len(self._sessions),
                "opened": self._opened,
                "sign_in_failures": self.sign_in_failures,
                "cancel_requests": self._cancel_requests,
            },
            **figures.of_statements(),
            "shapes": figures.of_shapes(sum(len(s.shapes) for s in self._scopes.values())),
            "audit": {"records": records, "failures": failures},
            "pools": {name: pool_figures(store) for name, store in self.stores.items()},
        }
