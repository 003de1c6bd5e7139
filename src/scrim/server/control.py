"""The line between the supervisor and its workers, and between workers: JSON lines on a socket.

Each worker listens on `worker-<index>.sock` in the runtime directory, which only the gateway's own
user can enter (mode 0700); that is the whole authentication. A request is one line, such as
`{"command": "stats"}`, and so is its answer: `{"ok": true, "result": ...}` or
`{"ok": false, "error": "..."}`.

Workers need the line as well: a cancel request is a new connection, which the kernel hands to any
worker. The process number that a client was given carries its worker's index in the high bits, so
every worker knows which one to pass the request on to.
"""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_REQUEST_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 8 * 1024 * 1024
MAX_SECRET_BYTES = 256

WORKER_SHIFT = 23
MAX_WORKERS = 1 << (31 - WORKER_SHIFT)
"""Process numbers are positive 32-bit integers, which leaves 8 bits for the worker's index."""

MAX_SOCKET_PATH_BYTES = 107

Request = dict[str, Any]
Command = Callable[[Request], Awaitable[object]]


class ControlError(Exception):
    """A worker did not answer, or answered that it could not do what was asked."""


def process_id(worker_index: int, serial: int) -> int:
    """Return the process number of a worker's session; `serial` wraps within its 23 bits."""
    low = serial % ((1 << WORKER_SHIFT) - 1) + 1
    return (worker_index << WORKER_SHIFT) | low


def owner_of(process_number: int) -> int:
    """Return the index of the worker that gave out this process number."""
    return process_number >> WORKER_SHIFT


def create_runtime_directory() -> Path:
    """Return a new directory that only this user can enter.

    It lies in systemd's RUNTIME_DIRECTORY, in XDG_RUNTIME_DIR, or in the temporary directory: the
    first of them that is set, can be written and leaves room for a socket's name.
    """
    parents = (os.environ.get("RUNTIME_DIRECTORY"), os.environ.get("XDG_RUNTIME_DIR"))
    for parent in (*parents, tempfile.gettempdir()):
        if not parent or len(os.fsencode(parent)) > MAX_SOCKET_PATH_BYTES - 40:
            continue
        with suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="scrim-", dir=parent))
    return Path(tempfile.mkdtemp(prefix="scrim-", dir="/tmp"))


def remove_runtime_directory(directory: Path) -> None:
    """Remove what `create_runtime_directory` made, and the sockets in it."""
    shutil.rmtree(directory, ignore_errors=True)


def worker_socket(directory: Path, worker_index: int) -> Path:
    """Return the path of a worker's control socket."""
    return directory / f"worker-{worker_index}.sock"


class ControlServer:
    """A worker's end of the line."""

    def __init__(self, path: Path, commands: Mapping[str, Command]) -> None:
        """Keep the socket's path and what each command does."""
        self._path = path
        self._commands = dict(commands)
        self._server: asyncio.AbstractServer | None = None

    async def start(self) -> None:
        """Listen. A socket left by a crashed predecessor is replaced."""
        self._server = await asyncio.start_unix_server(
            self._converse, path=str(self._path), limit=MAX_REQUEST_BYTES
        )

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._path.unlink(missing_ok=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one line after the other until the peer leaves."""
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            pass  # the peer left, or sent a line beyond the bound: nobody is left to tell
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, object]:
        try:
            request = json.loads(line)
        except ValueError:
            return {"ok": False, "error": "not a JSON line"}
        name = request.get("command") if isinstance(request, dict) else None
        command = self._commands.get(name) if isinstance(name, str) else None
        if command is None:
            known = ", ".join(sorted(self._commands))
            return {"ok": False, "error": f"unknown command; known are {known}"}
        try:
            return {"ok": True, "result": await command(request)}
        except ControlError as error:
            return {"ok": False, "error": str(error)}
        except Exception as error:
            # One bad command must not end the worker. Only the kind of error is told: messages of
            # others may quote what they choked on.
            return {"ok": False, "error": f"{name} failed: {type(error).__name__}"}


async def ask(path: Path, request: Request, timeout_seconds: float = 5.0) -> object:
    """Send one request to a worker and return the result of its answer.

    Raises:
        ControlError: The worker is not there, is too slow, or answered with an error.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            line = await _exchange(path, request)
    except TimeoutError:
        raise ControlError(f"{path.stem} did not answer within {timeout_seconds:g} s") from None
    except (OSError, ValueError):
        raise ControlError(f"{path.stem} cannot be reached") from None
    try:
        answer = json.loads(line)
    except ValueError:
        raise ControlError(f"{path.stem} hung up") from None
    if not isinstance(answer, dict) or not answer.get("ok"):
        reason = answer.get("error") if isinstance(answer, dict) else None
        raise ControlError(str(reason or "no reason given"))
    return answer.get("result")


async def _exchange(path: Path, request: Request) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path), limit=MAX_ANSWER_BYTES)
    try:
        writer.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()


class CancelRouter:
    """Passes cancel requests of other workers' sessions on to their worker."""

    def __init__(self, directory: Path, worker_index: int) -> None:
        """Keep where the sockets lie and which worker this is."""
        self._directory = directory
        self._worker_index = worker_index

    async def forward(self, process_number: int, secret: bytes) -> bool:
        """Ask the owner to cancel; False when there is no such session or no such worker.

        The caller must treat both answers alike: PostgreSQL never tells a canceller whether it
        guessed right.
        """
        path = worker_socket(self._directory, owner_of(process_number))
        request = {"command": "cancel", "process_id": process_number, "secret": secret.hex()}
        try:
            return bool(await ask(path, request))
        except ControlError:
            return False


def read_cancel(request: Request) -> tuple[int, bytes]:
    """Return the process number and the secret of a `cancel` request, checked.

    Raises:
        ControlError: One of them is missing, of the wrong type, or too long.
    """
    number, secret = request.get("process_id"), request.get("secret")
    if not isinstance(number, int) or not isinstance(secret, str):
        raise ControlError("cancel needs process_id and secret")
    if len(secret) > 2 * MAX_SECRET_BYTES:
        raise ControlError("the secret is too long")
    try:
        return number, bytes.fromhex(secret)
    except ValueError:
        raise ControlError("the secret is not hexadecimal") from None
