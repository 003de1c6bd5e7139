"""`scrim serve`: a small process that keeps the workers running and never touches client bytes.

It checks the configuration, reserves the ports, starts the workers, replaces those that crash, and
answers the service manager's signals: SIGHUP reloads, SIGTERM and SIGINT drain, and a second of
either ends at once.
"""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scrim.config.errors import ConfigError
from scrim.server import systemd
from scrim.server.addresses import ListenError, bind
from scrim.server.control import (
    ControlError,
    create_runtime_directory,
    remove_runtime_directory,
)
from scrim.server.fleet import Fleet
from scrim.server.logging import configure, event
from scrim.server.process import EXIT_CONFIGURATION, WORKER_COMMAND, WorkerProcess, WorkerSpec

if TYPE_CHECKING:
    from scrim.config.root import Config
    from scrim.server.reload import Candidate
    from scrim.server.reveal_api import RevealApi

RELOAD_TIMEOUT_SECONDS = 60.0

_log = logging.getLogger("scrim.server.supervisor")

Addresses = Mapping[str, tuple[str, int]]
OnReady = Callable[[], None]


@dataclass(slots=True)
class Reservations:
    """The ports of this gateway, held so that no other program gets them between two workers.

    The sockets share the ports with the workers' but do not listen, so no connection ever waits in
    them.

    Attributes:
        addresses: Host and port of each listener, with the port that was really taken.
        admin: The bound socket of the admin listener, None when there is none.
    """

    addresses: dict[str, tuple[str, int]] = field(default_factory=dict)
    admin: socket.socket | None = None
    _held: list[socket.socket] = field(default_factory=list)

    @classmethod
    def of(cls, config: "Config") -> "Reservations":
        """Bind every address of a configuration. Raises ListenError."""
        taken = cls()
        try:
            for name, listener in config.listeners.items():
                host, port = listener.address.host, listener.address.port
                # Sharing a port works with any other program of the same user that shares it too,
                # another gateway for instance: an exclusive bind finds those.
                bind(host, port, shared=False).close()
                held = bind(host, port, shared=True)
                taken._held.append(held)
                taken.addresses[name] = (host, held.getsockname()[1])
            if config.admin is not None:
                address = config.admin.address
                taken.admin = bind(address.host, address.port, shared=False)
        except ListenError:
            taken.release()
            raise
        return taken

    def release(self) -> None:
        """Give the ports back."""
        for held in self._held:
            held.close()
        if self.admin is not None:
            self.admin.close()


class Supervisor:
    """Runs one gateway from start to end; `run` is called once."""

    def __init__(
        self,
        config_path: Path,
        *,
        on_ready: OnReady | None = None,
        command: Sequence[str] = WORKER_COMMAND,
        handle_signals: bool = True,
    ) -> None:
        """Keep what to run.

        Args:
            config_path: The configuration file.
            on_ready: Called once, when every worker accepts clients.
            command: How to start a worker.
            handle_signals: Whether the process's signals are for this gateway.
        """
        self._path = config_path.absolute()
        self._on_ready = on_ready
        self._command = command
        self._handle_signals = handle_signals
        self._stopping = asyncio.Event()
        self._reload_wanted = asyncio.Event()
        self._admin_stopping = asyncio.Event()
        self._exit_code = 0
        self._spare: WorkerProcess | None = None
        self._reveal: RevealApi | None = None
        self._config: Config
        self._fleet: Fleet
        self._reservations: Reservations

    async def run(self) -> int:
        """Serve until asked to stop, and return the exit code.

        Raises:
            ConfigError: The configuration cannot be used.
            ListenError: An address cannot be listened on.
        """
        # The first worker loads its modules while the configuration is read.
        self._spare = await WorkerProcess.start(self._command)
        try:
            return await self._run()
        finally:
            if self._spare is not None:
                self._spare.kill()
                await self._spare.wait()

    async def _run(self) -> int:
        # Not at the top of the module: the worker has to be started before these are loaded.
        from scrim.server import reload  # noqa: PLC0415

        candidate = reload.check(self._path, thorough=False)
        self._take_over(candidate)
        self._reservations = Reservations.of(self._config)
        directory = create_runtime_directory()
        try:
            reload.keep_copy(candidate.text, directory)
            spec = WorkerSpec(self._path, directory, self._reservations.addresses)
            self._fleet = Fleet(spec, self._ready, self._failed, self._start_worker)
            await self._serve(directory)
        finally:
            remove_runtime_directory(directory)
            self._reservations.release()
        return self._exit_code

    def _take_over(self, candidate: "Candidate") -> None:
        """Use a configuration from now on."""
        self._config = candidate.config
        configure(self._config.log.level, self._config.log.format)
        for warning in candidate.warnings:
            event(_log, logging.WARNING, "configuration warning", warning=warning)

    async def _start_worker(self) -> WorkerProcess:
        spare, self._spare = self._spare, None
        return spare or await WorkerProcess.start(self._command)

    @property
    def addresses(self) -> Addresses:
        """Host and port of each listener, once the gateway runs."""
        return self._reservations.addresses

    def stop(self) -> None:
        """Drain and end; called again, end at once."""
        if self._stopping.is_set():
            event(_log, logging.WARNING, "stopping at once")
            self._fleet.stop_now()
        self._stopping.set()

    def request_reload(self) -> None:
        """Read the configuration again, soon."""
        self._reload_wanted.set()

    async def _serve(self, directory: Path) -> None:
        loop = asyncio.get_running_loop()
        if self._handle_signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
            loop.add_signal_handler(signal.SIGHUP, self.request_reload)
        async with asyncio.TaskGroup() as tasks:
            fleet = tasks.create_task(self._fleet.run(self._config.workers))
            admin = tasks.create_task(self._serve_admin())
            reloading = tasks.create_task(self._reload_on_request(directory))
            await self._stopping.wait()
            systemd.notify_stopping()
            event(_log, logging.INFO, "draining", timeout_seconds=self._drain_seconds())
            started = time.monotonic()
            reloading.cancel()
            await self._fleet.stop(self._drain_seconds())
            await fleet
            self._admin_stopping.set()
            if not self._fleet.all_ready.is_set():
                admin.cancel()  # it still waits for workers that never came
        took = round(time.monotonic() - started, 3)
        event(_log, logging.INFO, "stopped", drained_in_seconds=took)

    def _drain_seconds(self) -> float:
        limits = (self._config.limits_of(name) for name in self._config.listeners)
        return max(limit.shutdown_timeout_ms for limit in limits) / 1000

    def _ready(self) -> None:
        """Tell everyone that all workers accept clients."""
        addresses = self._reservations.addresses
        shown = ", ".join(f"{name} on {host}:{port}" for name, (host, port) in addresses.items())
        event(_log, logging.INFO, "serving", listeners=shown, workers=self._config.workers)
        systemd.notify_ready(f"serving {shown}")
        if self._on_ready is not None:
            self._on_ready()

    def _failed(self, exit_code: int) -> None:
        """Give up: the workers cannot be started as things are."""
        # The worker has logged the reason itself.
        self._exit_code = exit_code if exit_code == EXIT_CONFIGURATION else 1
        self._stopping.set()

    async def _serve_admin(self) -> None:
        """Answer operators over HTTP, from the moment that clients are served."""
        sock = self._reservations.admin
        if sock is None:
            return
        # Loading the HTTP server would delay the workers, which matter more.
        await self._fleet.all_ready.wait()
        from scrim.server.admin import serve  # noqa: PLC0415

        host, port = sock.getsockname()[:2]
        event(_log, logging.INFO, "serving admin pages", address=f"{host}:{port}")
        admin = self._config.admin
        if admin is not None and admin.reveal:
            from scrim.server.reveal_api import RevealApi  # noqa: PLC0415 - the same

            self._reveal = RevealApi(self._config)
        tls = None if admin is None else admin.tls
        try:
            await serve(sock, self._fleet, self._admin_stopping, self._reveal, tls)
        finally:
            if self._reveal is not None:
                self._reveal.close()

    async def _reload_on_request(self, directory: Path) -> None:
        """Take over new configurations, one at a time."""
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            systemd.notify_reloading()
            await self._reload(directory)
            systemd.notify_ready("serving")

    async def _reload(self, directory: Path) -> None:
        """Check the file; if it is good let every worker take it over, else change nothing."""
        from scrim.server import reload  # noqa: PLC0415

        try:
            candidate = await asyncio.to_thread(reload.check, self._path)
        except ConfigError as error:
            for problem in error.problems:
                event(
                    _log,
                    logging.ERROR,
                    "new configuration refused, the old one stays in use",
                    problem=str(problem),
                )
            return
        ignored = reload.needs_restart(self._config, candidate.config)
        if ignored:
            event(
                _log,
                logging.WARNING,
                "some changes take effect only after a restart",
                settings=", ".join(ignored),
            )
        reload.keep_copy(candidate.text, directory)
        self._take_over(candidate)
        if self._reveal is not None:
            self._reveal.renew(self._config)
        failed = 0
        for worker in self._fleet.ready_workers():
            try:
                await worker.ask({"command": "reload"}, RELOAD_TIMEOUT_SECONDS)
            except ControlError as error:
                failed += 1
                event(
                    _log,
                    logging.ERROR,
                    "a worker keeps the old configuration",
                    worker=worker.index,
                    reason=str(error),
                )
        await self._fleet.resize(self._config.workers, self._drain_seconds())
        if not failed:
            event(_log, logging.INFO, "configuration reloaded", workers=self._config.workers)
