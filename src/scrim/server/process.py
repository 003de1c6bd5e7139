"""One worker process as its supervisor sees it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrim.server.control import ControlError, Request, ask, worker_socket

EXIT_CONFIGURATION = 78
"""Exit code for a configuration that cannot be used (EX_CONFIG of sysexits.h)."""

READY_LINE = b"ready\n"

WORKER_COMMAND = (sys.executable, "-m", "scrim.server.worker")


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """What every worker of one gateway is told.

    Attributes:
        config_path: The configuration file that the operator named.
        runtime_directory: Where the accepted copy of it and the control sockets lie.
        addresses: Host and port of each listener, with the port that was really taken.
    """

    config_path: Path
    runtime_directory: Path
    addresses: Mapping[str, tuple[str, int]]

    def line(self, index: int) -> bytes:
        """Return the line that makes a started process the worker of this number."""
        options = {
            "config_path": str(self.config_path),
            "runtime_directory": str(self.runtime_directory),
            "addresses": self.addresses,
            "index": index,
        }
        return json.dumps(options).encode() + b"\n"


class WorkerProcess:
    """A started worker.

    Its standard input is a pipe with one line: what the worker is to do. So a process can be
    started before that is known, and load its modules meanwhile. When the supervisor dies, however
    that happens, the worker reads the end of the pipe and drains. Its standard output carries one
    line when it accepts clients.

    Attributes:
        index: The worker's number, from 0; -1 before it has one.
        ready: Whether it accepts clients.
        assigned_at: When it was told what to do, on the monotonic clock.
        retiring: Whether it was asked to end.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap a process; use `start`."""
        self.index = -1
        self.ready = False
        self.retiring = False
        self.assigned_at = 0.0
        self._process = process
        self._socket = Path()

    @classmethod
    async def start(cls, command: Sequence[str] = WORKER_COMMAND) -> "WorkerProcess":
        """Start a process that waits to be told which worker it is."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Its own group: Ctrl-C in a terminal is for the supervisor, which drains.
            process_group=0,
            env={**os.environ, "NOTIFY_SOCKET": ""},
        )
        return cls(process)

    def assign(self, index: int, spec: WorkerSpec) -> None:
        """Tell the process which worker it is."""
        self.index = index
        self.assigned_at = time.monotonic()
        self._socket = worker_socket(spec.runtime_directory, index)
        if self._process.stdin is not None:
            self._process.stdin.write(spec.line(index))

    @property
    def pid(self) -> int:
        """The process number."""
        return self._process.pid

    async def wait_ready(self) -> bool:
        """Return whether the worker came to accept clients; False when it ended before."""
        stdout = self._process.stdout
        if stdout is None:
            return False
        self.ready = await stdout.readline() == READY_LINE
        return self.ready

    async def wait(self) -> int:
        """Return the exit code once the worker has ended; negative for a signal."""
        code = await self._process.wait()
        self.ready = False
        if self._process.stdin is not None:
            self._process.stdin.close()
        return code

    async def ask(self, request: Request, timeout_seconds: float = 5.0) -> object:
        """Send a request to the worker's control socket. Raises ControlError."""
        if self._process.returncode is not None:
            raise ControlError(f"worker {self.index} has ended")
        return await ask(self._socket, request, timeout_seconds)

    async def drain(self, timeout_seconds: float, grace_seconds: float = 5.0) -> None:
        """Let the worker finish what runs, and return when it has ended, by force if need be."""
        self.retiring = True
        # By a signal, not by a command: it also reaches a worker that is not yet serving.
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(timeout_seconds + grace_seconds):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()

    def stop_now(self) -> None:
        """Let the worker close every session and end without waiting for transactions."""
        self.retiring = True
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the worker without its help."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def describe_exit(code: int) -> str:
    """Return an exit code as `exit code 1` or `signal SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
