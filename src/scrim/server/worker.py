"""One worker process: a uvloop event loop, the listeners, the gateway, and the control socket.

Started by the supervisor only, as `python -m scrim.server.worker`. It is told what to do by one
line on its standard input, reports that it accepts clients by one line on its standard output, and
drains when it is told to or when its input ends, which is how it notices that the supervisor is
gone.
"""

import asyncio
import contextlib
import gc
import io
import json
import logging
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import uvloop

from scrim.config.errors import ConfigError
from scrim.config.root import Config
from scrim.server import reload
from scrim.server.addresses import ListenError
from scrim.server.control import CancelRouter, ControlServer, Request, read_cancel, worker_socket
from scrim.server.doors import Doors, NewGateway
from scrim.server.logging import configure, event, failure
from scrim.server.process import EXIT_CONFIGURATION, READY_LINE
from scrim.server.tls import TlsError

MAX_OPEN_FILES = 1 << 20
MAX_OPTIONS_BYTES = 64 * 1024

_log = logging.getLogger("scrim.server.worker")


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What the supervisor tells a worker.

    Attributes:
        config_path: The configuration file that the operator named.
        runtime_directory: Where the accepted copy of it and the control sockets lie.
        index: The worker's number, from 0.
        addresses: Host and port of each listener.
    """

    config_path: Path
    runtime_directory: Path
    index: int
    addresses: dict[str, tuple[str, int]]


def read_options(line: bytes) -> WorkerOptions:
    """Return the options that the supervisor wrote as one line of JSON."""
    found = json.loads(line)
    addresses = {name: (host, int(port)) for name, (host, port) in found["addresses"].items()}
    return WorkerOptions(
        Path(found["config_path"]), Path(found["runtime_directory"]), found["index"], addresses
    )


class Worker:
    """Everything that one worker process runs."""

    def __init__(self, options: WorkerOptions, new_gateway: NewGateway) -> None:
        """Keep the options and how to make the gateway."""
        self._options = options
        self._new_gateway = new_gateway
        self._stopping = asyncio.Event()
        self._at_once = asyncio.Event()
        self._config: Config
        self._doors: Doors

    async def run(self) -> int:
        """Serve until told to stop, drain, and return the exit code."""
        self._watch_signals()
        try:
            self._config = self._read_config()
            options = self._options
            router = CancelRouter(options.runtime_directory, options.index)
            self._doors = Doors(
                self._config, options.addresses, router, options.index, self._new_gateway
            )
            await self._doors.open()
        except (ConfigError, TlsError, ListenError) as error:
            event(_log, logging.ERROR, "cannot start", reason=str(error))
            return EXIT_CONFIGURATION
        control = ControlServer(
            worker_socket(options.runtime_directory, options.index),
            {
                "stats": self._stats,
                "ready": self._ready,
                "reload": self._reload,
                "cancel": self._cancel,
            },
        )
        await control.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._doors.serve())
            self._settle()
            await self._stopping.wait()
            self._doors.close()
        await self._drain()
        await control.stop()
        return 0

    def _read_config(self) -> Config:
        config = reload.read_copy(self._options.config_path, self._options.runtime_directory)
        configure(config.log.level, config.log.format, self._options.index)
        return config

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_report)
        loop.add_signal_handler(signal.SIGTERM, self._stopping.set)
        loop.add_signal_handler(signal.SIGINT, self._stop_at_once)
        # A hang-up is for the supervisor, which checks the new configuration first.
        loop.add_signal_handler(signal.SIGHUP, lambda: None)
        loop.add_reader(sys.stdin.fileno(), self._supervisor_gone)

    def _supervisor_gone(self) -> None:
        loop = asyncio.get_running_loop()
        if os.read(sys.stdin.fileno(), 1024):
            return
        loop.remove_reader(sys.stdin.fileno())
        if not self._stopping.is_set():
            event(_log, logging.ERROR, "the supervisor is gone, draining")
        self._stopping.set()

    def _stop_at_once(self) -> None:
        self._stopping.set()
        self._at_once.set()

    def _settle(self) -> None:
        """Say that clients are accepted, and spare what is loaded from garbage collection."""
        gc.collect()
        gc.freeze()
        os.write(sys.stdout.fileno(), READY_LINE)

    async def _drain(self) -> None:
        """Let running transactions end, for as long as the configuration grants."""
        limits = (self._config.limits_of(name) for name in self._config.listeners)
        seconds = max(limit.shutdown_timeout_ms for limit in limits) / 1000
        async with asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(self._doors.drain(seconds))
            hurry = tasks.create_task(self._at_once.wait())
            await asyncio.wait({draining, hurry}, return_when=asyncio.FIRST_COMPLETED)
            if not draining.done():
                draining.cancel()
                await self._doors.drain(0)
            hurry.cancel()

    async def _stats(self, _request: Request) -> object:
        return self._doors.stats()

    async def _ready(self, _request: Request) -> object:
        """Return the names of the connections whose data store cannot be reached."""
        return await self._doors.unreachable()

    async def _reload(self, _request: Request) -> object:
        config = self._read_config()
        await self._doors.reload(config)
        self._config = config
        return None

    async def _cancel(self, request: Request) -> object:
        number, secret = read_cancel(request)
        return await self._doors.cancel(number, secret)


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log what went wrong in a callback; asyncio's own text shows arguments, which may be data."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        failure(_log, "unexpected error in a callback", error)
    else:
        event(_log, logging.ERROR, "unexpected event loop error")


def raise_file_limit() -> None:
    """Allow as many open files as the system lets this process have: each client is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    with contextlib.suppress(OSError, ValueError):  # a sandbox may forbid it; then it stays
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(new_gateway: NewGateway) -> int:
    """Run a worker and return its exit code."""
    raise_file_limit()
    # Unbuffered: what follows the line, its end, is for the event loop to see.
    with io.FileIO(sys.stdin.fileno(), closefd=False) as pipe:
        line = pipe.readline(MAX_OPTIONS_BYTES)
    if not line:
        return 0  # the supervisor has found that there is nothing to do
    options = read_options(line)

    async def run() -> int:
        return await Worker(options, new_gateway).run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def _start() -> int:
    """Run as a program: nothing that goes wrong is printed as a traceback, which may show data."""
    configure()
    try:
        from scrim.server.gateway import Gateway  # noqa: PLC0415 - tests bring their own gateway

        return main(Gateway)
    except Exception as error:  # the supervisor decides what becomes of it
        failure(_log, "the worker failed", error)
        return 1


if __name__ == "__main__":
    sys.exit(_start())
