"""A TCP proxy that breaks connections on purpose: between client and gateway, or behind it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from types import TracebackType

CHUNK_BYTES = 1 << 16
# Lingering for no time turns a close into a reset, which the peer sees as an error.
NO_LINGER = struct.pack("ii", 1, 0)

Kind = Literal[
    "none",  # pass everything on
    "delay",  # wait before each chunk
    "trickle",  # one byte at a time, with a pause after each
    "stall",  # hold everything back until `release`
    "truncate",  # swallow everything from here on, and keep the connection
    "garbage",  # replace everything by bytes that mean nothing
    "half close",  # end this direction, and keep the other
    "cut",  # close both sides in the ordinary way
    "reset",  # abort both sides
]


class _ConnectionOverError(Exception):
    """Both directions of a connection end now."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one direction of a connection.

    Attributes:
        kind: What.
        after: How many bytes pass unharmed before it.
        seconds: The pause of `delay` and `trickle`.
    """

    kind: Kind = "none"
    after: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Faults:
    """What happens to a connection.

    Attributes:
        to_server: The direction from the one who connected.
        to_client: The other direction.
    """

    to_server: Fault = Fault()
    to_client: Fault = Fault()


@dataclass(slots=True)
class FaultProxy:
    """Listens on a free port of 127.0.0.1 and passes connections on to another one.

    Attributes:
        target: The port to pass connections on to.
        faults: What happens to connections that are not planned otherwise.
        planned: What happens to the next connections, first come first served.
        port: Where it listens.
        connections: How many are open.
    """

    target: int
    faults: Faults = Faults()
    planned: deque[Faults] = field(default_factory=deque)
    port: int = 0
    connections: int = 0
    _server: asyncio.Server | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def release(self) -> None:
        """Let everything go on that `stall` holds back."""
        self._released.set()

    def cut_all(self) -> None:
        """Abort every open connection."""
        for writer in list(self._open):
            _abort(writer)

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening and abort what is open."""
        self.release()
        if self._server is not None:
            self._server.close()
            self.cut_all()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        faults = self.planned.popleft() if self.planned else self.faults
        self._open.add(writer)
        self.connections += 1
        try:
            with contextlib.suppress(OSError):
                await self._pass_on(reader, writer, faults)
        finally:
            self.connections -= 1
            self._open.discard(writer)
            writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, faults: Faults
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._open.add(far_writer)
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._pump(reader, far_writer, faults.to_server))
                directions.create_task(self._pump(far_reader, writer, faults.to_client))
        except* _ConnectionOverError:
            if "reset" in {faults.to_server.kind, faults.to_client.kind}:
                _abort(writer)
                _abort(far_writer)
        except* OSError:
            # One side is gone: like any proxy, let the other know.
            _abort(writer)
            _abort(far_writer)
        finally:
            self._open.discard(far_writer)
            far_writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault
    ) -> None:
        unharmed = fault.after
        while data := await reader.read(CHUNK_BYTES):
            await _send(writer, data[:unharmed])
            rest = data[unharmed:]
            unharmed = max(0, unharmed - len(data))
            if rest and not await self._strike(fault, rest, writer):
                return
        with contextlib.suppress(OSError):
            writer.write_eof()

    async def _strike(self, fault: Fault, data: bytes, writer: asyncio.StreamWriter) -> bool:
        """Do to the bytes what the fault says; returns whether the direction goes on."""
        match fault.kind:
            case "cut" | "reset":
                raise _ConnectionOverError
            case "half close":
                writer.write_eof()
                return False
            case "truncate":
                return True
            case "trickle":
                for position in range(len(data)):
                    await _send(writer, data[position : position + 1])
                    await asyncio.sleep(fault.seconds)
                return True
            case "stall":
                await self._released.wait()
            case "delay":
                await asyncio.sleep(fault.seconds)
            case "garbage":
                data = b"\xff" * len(data)
            case "none":
                pass
        await _send(writer, data)
        return True


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    if data:
        writer.write(data)
        await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    writer.transport.abort()
