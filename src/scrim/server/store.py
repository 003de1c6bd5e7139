"""One data store behind the gateway: its pool, what is known of its catalog, and its masks."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from scrim.config.connections import Connection
from scrim.detection.memory import VerdictMemory
from scrim.policy.grants import ConnectionFacts
from scrim.protocols.postgres.settings import reported_settings
from scrim.server.logging import event
from scrim.statements.catalog import Catalog, CatalogError
from scrim.statements.catalog_queries import LOAD
from scrim.statements.lineage import Lineage
from scrim.statements.lookup import CatalogLookup
from scrim.upstream.pool import Pool
from scrim.wire import ProtocolError, SessionParameters

REFRESH_PAUSE_SECONDS: Final = 0.2
"""Longest time between two loads of the catalog that statements ask for. It is what the last one
took, so that a small catalog is loaded sooner."""
UNKNOWN_FOR_SECONDS: Final = 5.0
"""A name that a fresh catalog does not have is not looked for again for so long."""
REFRESH_EVERY_SECONDS: Final = 60.0
REVIEW_EVERY: Final = 60
"""Refreshes after which columns are sampled again, since their rows may have become others."""
AFTER_CHANGE_SECONDS: Final = (0.02, 0.5, 5.0)
"""When the catalog is loaded after a statement that changes it: it may commit later."""

_log = logging.getLogger("scrim.server.store")


class Store:
    """A data store, as one worker knows it.

    Attributes:
        name: Its name in scrim.yaml.
        settings: Its settings there.
        pool: Its upstream sessions.
        facts: What policies can know about it.
        lookup: The newest snapshot of its catalog; there is one once `ready` has returned.
        verdicts: What detection has learnt about its columns.
    """

    def __init__(
        self,
        name: str,
        settings: Connection,
        pool: Pool,
        on_catalog: Callable[["Store"], None],
    ) -> None:
        """Know nothing of the catalog yet.

        Args:
            name: Its name in scrim.yaml.
            settings: Its settings there.
            pool: Its upstream sessions.
            on_catalog: Called when the catalog has changed.
        """
        self.name = name
        self.settings = settings
        self.pool = pool
        self.facts = ConnectionFacts.of(name, settings)
        self.lookup: CatalogLookup
        self.lineage: Lineage
        self._digest = ""
        self.verdicts = VerdictMemory()
        self._on_catalog = on_catalog
        self._parameters: dict[str, str] = {}
        self._loaded = False
        self._loading = asyncio.Lock()
        self._begun_at = self._loaded_at = 0.0
        self._missing: dict[object, float] = {}
        self._changes = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def ready(self) -> None:
        """Return when the catalog is known.

        Raises:
            ProtocolError: If the data store cannot be reached.
        """
        if not self._loaded:
            async with self._loading:
                if not self._loaded:
                    await self._load()

    @property
    def loaded(self) -> bool:
        """Whether the catalog is known."""
        return self._loaded

    def session_parameters(self, settings: dict[str, str]) -> SessionParameters:
        """Return what a new session reports to a client that asked for `settings`."""
        return SessionParameters(reported_settings(self._parameters, settings))

    async def refresh(self, names: Iterable[object] = ()) -> None:
        """Load the catalog again, unless it was just loaded without what is looked for.

        Args:
            names: What a statement or a result names and the catalog does not know.
        """
        now = self._loop.time()
        wanted = list(names)
        if wanted and all(self._missing.get(name, 0.0) > now for name in wanted):
            return
        async with self._loading:
            # A load that began since answers all who waited for it, not the first of them alone.
            if self._begun_at <= now:
                took = self._loaded_at - self._begun_at
                pause = min(REFRESH_PAUSE_SECONDS, took)
                if self._loop.time() - self._loaded_at < pause:
                    await asyncio.sleep(pause)
                await self._load()
        if len(self._missing) > 10_000:
            self._missing.clear()
        until = self._loop.time() + UNKNOWN_FOR_SECONDS
        self._missing.update((name, until) for name in wanted)

    def refresh_soon(self) -> None:
        """Load the catalog after a statement that changes it."""
        self._missing.clear()
        self._changes.set()

    async def run(self) -> None:
        """Keep the catalog fresh until cancelled."""
        refreshes = 0
        while True:
            try:
                async with asyncio.timeout(REFRESH_EVERY_SECONDS):
                    await self._changes.wait()
            except TimeoutError:
                await self._refresh_quietly()
                refreshes += 1
                if refreshes % REVIEW_EVERY == 0:
                    self.verdicts.review()
                continue
            self._changes.clear()
            for delay in AFTER_CHANGE_SECONDS:
                await asyncio.sleep(delay)
                await self._refresh_quietly()
                if self._changes.is_set():
                    break

    async def _refresh_quietly(self) -> None:
        try:
            async with self._loading:
                await self._load()
        except ProtocolError as error:
            event(
                _log,
                logging.WARNING,
                "the catalog could not be loaded",
                connection=self.name,
                code=error.code,
            )

    async def _load(self) -> None:
        async with self.pool.control() as control:
            begun_at = self._loop.time()
            rows = await control.query(LOAD)
            text = rows[0][0] if rows and rows[0] else None
            if text is None:
                raise ProtocolError("the data store gave no catalog", "XX000")
            try:
                fresh = Catalog.from_json(text)
            except CatalogError as error:
                raise ProtocolError(str(error), "XX000") from None
            self._parameters = dict(control.parameters)
        self._begun_at, self._loaded_at = begun_at, self._loop.time()
        self._loaded = True
        if fresh.digest != self._digest:
            self._digest = fresh.digest
            self.verdicts.new_catalog(fresh.digest)
            self.lookup = CatalogLookup(fresh)
            self.lineage = Lineage(fresh)
            self._on_catalog(self)
