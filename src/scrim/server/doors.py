"""All the ways into one worker: its gateway, and a listener in front of it for each protocol."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from scrim.config.root import Config
from scrim.domain.decision import Refusal
from scrim.protocols.postgres.startup import PostgresClientStartup
from scrim.protocols.postgres.startup_packets import CancelRequest
from scrim.server.control import CancelRouter
from scrim.server.listener import Listener, ListenerLimits, Overload, open_listening_socket
from scrim.server.reach import listens
from scrim.server.refusal import RefusedClient
from scrim.server.tls import ServerTls

TOO_MANY = Refusal(
    "53300",
    "the gateway has too many connections already",
    hint="Close connections that are not used, or raise limits.max_client_connections.",
)


class Gateway(Protocol):
    """What serves the connections; `scrim.server.gateway.Gateway` is the one."""

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""

    def new_session(self) -> asyncio.BaseProtocol:
        """Return the protocol of one new client connection."""

    async def start(self) -> None:
        """Get ready to serve. Raises ConfigError when the configuration cannot be used."""

    async def reload(self, config: Config) -> None:
        """Take over a configuration, or raise and keep the old one."""

    async def drain(self, timeout_seconds: float) -> None:
        """End every session: idle ones now, others after their transaction or the timeout."""

    async def unreachable(self) -> list[str]:
        """Return the connections whose data store cannot be reached."""

    def stats(self) -> dict[str, object]:
        """Return figures in the shape that `scrim.server.metrics` lists."""

    async def cancel(self, process_id: int, secret: bytes) -> bool:
        """Cancel what one of this worker's sessions is doing; False when there is none such."""


class NewGateway(Protocol):
    """Makes the gateway of a worker."""

    def __call__(
        self,
        config: Config,
        worker_index: int,
        *,
        tls: Mapping[str, ServerTls],
        forward_cancel: Callable[[int, bytes], Awaitable[bool]],
    ) -> Gateway:
        """Return a gateway that is not started.

        Args:
            config: The configuration.
            worker_index: The worker's number, which its process numbers carry.
            tls: TLS state by listener; changes when the configuration is reloaded.
            forward_cancel: Passes a cancel request on to the worker that owns the session.
        """


class Doors:
    """One worker's gateway and listeners."""

    def __init__(
        self,
        config: Config,
        addresses: Mapping[str, tuple[str, int]],
        router: CancelRouter,
        worker_index: int,
        new_gateway: NewGateway,
    ) -> None:
        """Read certificates and make the gateway. Raises TlsError."""
        self._addresses = addresses
        self._tls = _load_tls(config)
        self._config = config
        self._listeners: dict[str, Listener] = {}
        self._gateway = new_gateway(
            config, worker_index, tls=self._tls, forward_cancel=router.forward
        )

    async def open(self) -> None:
        """Start the gateway and listen.

        Raises:
            ConfigError: The configuration cannot be used.
            ListenError: An address cannot be listened on.
        """
        await self._gateway.start()
        for name, (host, port) in self._addresses.items():
            self._listeners[name] = Listener(
                open_listening_socket(host, port),
                self._gateway,
                _limits(self._config, name),
                tls=self._tls.get(name),
                overload=Overload(_is_cancel, _refuse),
            )

    async def serve(self) -> None:
        """Accept clients until `close`."""
        async with asyncio.TaskGroup() as tasks:
            for listener in self._listeners.values():
                tasks.create_task(listener.serve())

    def close(self) -> None:
        """Accept nobody any more."""
        for listener in self._listeners.values():
            listener.close()

    async def drain(self, timeout_seconds: float) -> None:
        """End every session; see `Gateway.drain`."""
        await self._gateway.drain(timeout_seconds)

    async def reload(self, config: Config) -> None:
        """Take over a configuration; when anything in it fails, all of the old one stays."""
        fresh = _load_tls(config)
        await self._gateway.reload(config)
        self._config = config
        # The gateway and the listeners hold this very dictionary and these very objects.
        self._tls.clear()
        self._tls.update(fresh)
        for name, listener in self._listeners.items():
            if name in config.listeners:
                listener.tls = fresh.get(name)
                listener.limits = _limits(config, name)

    async def unreachable(self) -> list[str]:
        """Return the connections whose data store cannot be reached."""
        lost = set(await self._gateway.unreachable())
        async with asyncio.TaskGroup() as tasks:
            trials = {
                name: tasks.create_task(listens(connection.upstream))
                for name, connection in self._config.connections.items()
                if name not in lost
            }
        return sorted(lost | {name for name, trial in trials.items() if not trial.result()})

    async def cancel(self, process_id: int, secret: bytes) -> bool:
        """Cancel what one of this worker's sessions is doing."""
        return await self._gateway.cancel(process_id, secret)

    def stats(self) -> dict[str, object]:
        """Return the worker's figures, those of its listeners included."""
        figures = dict(self._gateway.stats())
        figures["connections"] = {
            "open": self._gateway.open_connections,
            "accepted": sum(listener.accepted for listener in self._listeners.values()),
            "refused": sum(listener.refused for listener in self._listeners.values()),
        }
        return figures


def _load_tls(config: Config) -> dict[str, ServerTls]:
    return {
        name: ServerTls(listener.tls)
        for name, listener in config.listeners.items()
        if listener.tls is not None and listener.tls_mode != "off"
    }


def _limits(config: Config, name: str) -> ListenerLimits:
    limits = config.limits_of(name)
    timeout = limits.startup_timeout_ms / 1000
    return ListenerLimits(limits.max_client_connections, timeout or None)


def _is_cancel(first_bytes: bytes) -> bool:
    """Whether a connection only wants to cancel a statement, which frees room."""
    return first_bytes[4:8] == CancelRequest.CODE.to_bytes(4)


def _refuse(on_close: Callable[[], None]) -> asyncio.BaseProtocol:
    return RefusedClient(PostgresClientStartup(), TOO_MANY, on_close)
