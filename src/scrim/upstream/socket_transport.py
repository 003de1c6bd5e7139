"""A transport over a plain socket that can be given away.

The event loop's own transports keep their sockets to themselves. A session's sockets however go to
the kernel's event loop once both sides are there, and the data store's comes back afterwards. This
transport can be left at any time between two chunks, and costs little to make: it is an entry in
the loop's table of readable sockets, and nothing else until something cannot be written at once.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Final

READ_BYTES: Final = 64 * 1024
DEFAULT_HIGH_WATER_BYTES: Final = 64 * 1024
LINGER_SECONDS: Final = 2.0
"""How long a peer that was told all may take to hang up."""


class SocketTransport(asyncio.Transport):
    """Reads and writes one connected, non-blocking socket.

    Args:
        loop: The running event loop.
        sock: The socket, which the transport owns from now on.
        protocol: Who takes its bytes; told of the connection at once.
        peer: The peer's address; asked of the socket when None.
        lingers: Whether closing waits for the peer to hang up, for a while. Closing a socket with
            something unread in it takes from the peer what it was told last.
    """

    __slots__ = (
        "_closing",
        "_descriptor",
        "_eof",
        "_high_water",
        "_lingers",
        "_loop",
        "_out",
        "_paused",
        "_peer",
        "_protocol",
        "_reading",
        "_socket",
        "_timer",
        "_writing",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: asyncio.Protocol,
        peer: object = None,
        *,
        lingers: bool = False,
    ) -> None:
        """Begin to read."""
        super().__init__()
        self._loop = loop
        self._socket = sock
        self._descriptor = sock.fileno()
        self._protocol = protocol
        self._peer = peer
        self._out = bytearray()
        self._high_water = DEFAULT_HIGH_WATER_BYTES
        self._paused = False
        self._closing = False
        self._writing = False
        self._reading = True
        self._eof = False
        self._lingers = lingers
        self._timer: asyncio.TimerHandle | None = None
        protocol.connection_made(self)
        if self._reading and not self._closing:
            loop.add_reader(self._descriptor, self._readable)

    @property
    def socket(self) -> socket.socket:
        """The socket, which stays the transport's."""
        return self._socket

    def read_now(self) -> None:
        """Take what is known to be there without waiting for the loop to say so."""
        if self._reading and not self._closing:
            self._readable()

    def detach(self) -> tuple[int, bytes]:
        """Give the socket away: its descriptor, and what could not be written yet.

        The protocol is not told; the transport does nothing from now on.
        """
        self._stop()
        self._closing = True
        self._reading = False
        out, self._out = bytes(self._out), bytearray()
        return self._socket.detach(), out

    # What asyncio's protocols know of a transport.

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return `socket` or `peername`; there is nothing else to tell."""
        if name == "socket":
            return self._socket
        if name == "peername":
            if self._peer is None:
                with suppress(OSError):
                    self._peer = self._socket.getpeername()
            return self._peer
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Have somebody else take the bytes."""
        if not isinstance(protocol, asyncio.Protocol):
            raise TypeError("a protocol of streams is needed")
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who takes the bytes."""
        return self._protocol

    def is_closing(self) -> bool:
        """Whether the socket is closed, about to be, or given away."""
        return self._closing

    def is_reading(self) -> bool:
        """Whether bytes are taken."""
        return self._reading

    def pause_reading(self) -> None:
        """Take no bytes for now."""
        if self._reading and not self._closing:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def resume_reading(self) -> None:
        """Take bytes again."""
        if not self._reading and not self._closing:
            self._reading = True
            self._loop.add_reader(self._descriptor, self._readable)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set above how many waiting bytes the protocol is told to pause.

        Args:
            high: The bound; None for the default.
            low: Taken for compatibility; the protocol goes on when nothing waits.
        """
        del low
        self._high_water = DEFAULT_HIGH_WATER_BYTES if high is None else high

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait."""
        return len(self._out)

    def can_write_eof(self) -> bool:
        """Return False: no protocol here ends one direction alone."""
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, at once as far as that is possible."""
        if self._closing or not data:
            return
        if not self._out:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._end(error)
                return
            if sent == len(data):
                return
            data = memoryview(data)[sent:]
        self._out += data
        if not self._writing:
            self._writing = True
            self._loop.add_writer(self._descriptor, self._writable)
        if len(self._out) > self._high_water and not self._paused:
            self._paused = True
            self._protocol.pause_writing()

    def close(self) -> None:
        """Close the socket when everything is sent."""
        if self._closing:
            return
        if self._out:
            self.pause_reading()
            self._closing = True
        else:
            self._part()

    def abort(self) -> None:
        """Close the socket at once."""
        self._out.clear()
        if self._timer is not None:
            self._drop()
        elif self._socket.fileno() >= 0:
            self._end(None)

    # What the loop calls.

    def received(self, data: bytes) -> None:
        """Take what came from the socket, nothing at its end."""
        if data:
            self._protocol.data_received(data)
        elif not self._protocol.eof_received():
            self.close()

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        self._eof = not data
        try:
            self.received(data)
        except Exception as error:  # a session with a fault in it must not go on
            context = {"message": "a protocol failed", "exception": error, "transport": self}
            self._loop.call_exception_handler(context)
            self._end(error)

    def _writable(self) -> None:
        try:
            sent = self._socket.send(self._out)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        del self._out[:sent]
        if self._out:
            return
        self._writing = False
        self._loop.remove_writer(self._descriptor)
        if self._closing:
            self._part()
        elif self._paused:
            self._paused = False
            self._protocol.resume_writing()

    def _stop(self) -> None:
        """Have the loop forget the socket."""
        if self._reading and not self._closing:
            self._loop.remove_reader(self._descriptor)
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._descriptor)

    def _part(self) -> None:
        """Say that nothing follows; the protocol is done, the socket when the peer hangs up."""
        if not self._lingers or self._eof:
            self._end(None)
            return
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            self._end(error)
            return
        self._stop()
        self._closing = True
        self._loop.call_soon(self._protocol.connection_lost, None)
        self._timer = self._loop.call_later(LINGER_SECONDS, self._drop)
        self._loop.add_reader(self._descriptor, self._discard)

    def _discard(self) -> None:
        try:
            if self._socket.recv(READ_BYTES):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._drop()

    def _drop(self) -> None:
        """Close a socket that nobody listens to any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._loop.remove_reader(self._descriptor)
            self._socket.close()

    def _end(self, error: Exception | None) -> None:
        """Close the socket and tell the protocol, after whatever runs now."""
        if self._socket.fileno() < 0:
            return
        self._stop()
        self._closing = True
        self._out.clear()
        self._socket.close()
        self._loop.call_soon(self._protocol.connection_lost, error)
