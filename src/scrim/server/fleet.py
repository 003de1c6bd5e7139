"""The workers of one gateway: started, counted, replaced when they crash, drained at the end."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from scrim.server.control import ControlError
from scrim.server.logging import event
from scrim.server.metrics import Totals
from scrim.server.process import EXIT_CONFIGURATION, WorkerProcess, WorkerSpec, describe_exit

FIRST_BACK_OFF_SECONDS = 0.05
MAX_BACK_OFF_SECONDS = 30.0
STABLE_AFTER_SECONDS = 30.0
MAX_FAILED_STARTS = 5
STATS_TIMEOUT_SECONDS = 2.0

_log = logging.getLogger("scrim.server.fleet")


class Fleet:
    """Keeps a number of workers alive.

    Attributes:
        all_ready: Set once every worker has accepted clients for the first time.
    """

    def __init__(
        self,
        spec: WorkerSpec,
        on_ready: Callable[[], None],
        on_failure: Callable[[int], None],
        start: Callable[[], Awaitable[WorkerProcess]],
    ) -> None:
        """Keep how to start workers.

        Args:
            spec: What every worker is told.
            on_ready: Called once, when every worker accepts clients.
            on_failure: Called with an exit code when workers cannot be started at all.
            start: Starts a process that waits to be told which worker it is.
        """
        self.all_ready = asyncio.Event()
        self._spec = spec
        self._on_ready = on_ready
        self._on_failure = on_failure
        self._start = start
        self._wanted = 0
        self._stopping = asyncio.Event()
        self._workers: dict[int, WorkerProcess] = {}
        self._keepers: set[int] = set()
        self._totals = Totals()
        self._restarts = 0
        self._tasks: asyncio.TaskGroup

    async def run(self, count: int) -> None:
        """Keep `count` workers running until `stop`."""
        self._wanted = count
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._start_missing()
                await self._stopping.wait()
        finally:
            for worker in self._workers.values():
                worker.kill()  # only after an error of our own: all have ended otherwise

    def _start_missing(self) -> None:
        for index in range(self._wanted):
            if index not in self._keepers:
                self._keepers.add(index)
                self._tasks.create_task(self._keep(index))

    async def _keep(self, index: int) -> None:
        """Keep one worker running, with pauses that grow while it keeps failing."""
        back_off = FIRST_BACK_OFF_SECONDS
        failed_starts = 0
        try:
            while not self._stopping.is_set() and index < self._wanted:
                worker = await self._start()
                worker.assign(index, self._spec)
                self._workers[index] = worker
                if self._stopping.is_set() or index >= self._wanted:
                    await worker.drain(0)  # it was started while the others were being stopped
                    return
                was_ready, code = await self._watch(worker)
                if self._stopping.is_set() or worker.retiring:
                    continue
                failed_starts = 0 if was_ready else failed_starts + 1
                if self._is_hopeless(code, failed_starts):
                    self._on_failure(code)
                    return
                if time.monotonic() - worker.assigned_at > STABLE_AFTER_SECONDS:
                    back_off = FIRST_BACK_OFF_SECONDS
                self._restarts += 1
                await self._pause(back_off)
                back_off = min(back_off * 2, MAX_BACK_OFF_SECONDS)
        finally:
            self._keepers.discard(index)
            self._workers.pop(index, None)

    async def _watch(self, worker: WorkerProcess) -> tuple[bool, int]:
        """Wait for a worker's end; return whether it ever accepted clients, and its exit code."""
        was_ready = await worker.wait_ready()
        if was_ready:
            self._note_ready()
        code = await worker.wait()
        self._totals.retire(worker.index)
        if not worker.retiring:
            how = describe_exit(code)
            event(_log, logging.ERROR, "a worker ended", worker=worker.index, how=how)
        return was_ready, code

    def _is_hopeless(self, code: int, failed_starts: int) -> bool:
        """Whether starting again is of no use; never once the gateway has served."""
        if self.all_ready.is_set():
            return False
        return code == EXIT_CONFIGURATION or failed_starts >= MAX_FAILED_STARTS

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    def _note_ready(self) -> None:
        if not self.all_ready.is_set() and len(self.ready_workers()) == self._wanted:
            self.all_ready.set()
            self._on_ready()

    def ready_workers(self) -> list[WorkerProcess]:
        """Return the workers that accept clients."""
        return [worker for worker in self._workers.values() if worker.ready]

    async def resize(self, count: int, drain_seconds: float) -> None:
        """Change the number of workers; those too many are drained in the background."""
        self._wanted = count
        for index, worker in list(self._workers.items()):
            if index >= count and not worker.retiring:
                self._tasks.create_task(worker.drain(drain_seconds))
        self._start_missing()

    async def stop(self, drain_seconds: float) -> None:
        """Drain every worker; returns when all have ended."""
        self._stopping.set()
        async with asyncio.TaskGroup() as tasks:
            for worker in self._workers.values():
                tasks.create_task(worker.drain(drain_seconds))

    def stop_now(self) -> None:
        """End every worker without waiting for its transactions."""
        for worker in self._workers.values():
            worker.stop_now()

    async def stats(self) -> Mapping[str, object]:
        """Return the sum of all workers' figures, ended ones included where they count up."""
        async with asyncio.TaskGroup() as tasks:
            for worker in self.ready_workers():
                tasks.create_task(self._collect(worker))
        return self._totals.merged(
            wanted=self._wanted, ready=len(self.ready_workers()), restarts=self._restarts
        )

    async def _collect(self, worker: WorkerProcess) -> None:
        try:
            stats = await worker.ask({"command": "stats"}, STATS_TIMEOUT_SECONDS)
        except ControlError as error:
            event(
                _log, logging.WARNING, "no figures of a worker", worker=worker.index, why=str(error)
            )
            return
        if isinstance(stats, dict):
            self._totals.update(worker.index, stats)

    async def problems(self) -> list[str]:
        """Return why the gateway is not ready to serve every client; empty when it is."""
        ready = self.ready_workers()
        found = []
        if len(ready) < self._wanted:
            found.append(f"{self._wanted - len(ready)} of {self._wanted} workers are not serving")
        answers: list[object] = []
        for worker in ready:
            try:
                answers.append(await worker.ask({"command": "ready"}, STATS_TIMEOUT_SECONDS))
            except ControlError as error:
                found.append(str(error))
        unreachable = {
            name for answer in answers if isinstance(answer, list) for name in map(str, answer)
        }
        found += [f"connection {name}: the data store cannot be reached" for name in unreachable]
        return sorted(found)
