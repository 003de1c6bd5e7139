"""A worker whose clients speak lines instead of a database protocol, run as a program by tests.

It takes the place of the real gateway, so that the supervisor's and the worker's own behaviour can
be tested without a data store. A client may say:

    who      -> "<worker index> <process number>"
    level    -> the log level of the configuration in use
    begin    -> opens a transaction, which draining waits for
    end      -> ends it
    crash    -> ends the whole worker without a word
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from scrim.config.errors import ConfigError, Problem
from scrim.config.root import Config
from scrim.server.logging import configure
from scrim.server.tls import ServerTls
from scrim.server.worker import main


class LineSession(asyncio.Protocol):
    def __init__(self, gateway: "LineGateway") -> None:
        self.gateway = gateway
        self.busy = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.gateway.sessions.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.busy = False
        self.gateway.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        for word in data.decode().split():
            self.answer(word)

    def answer(self, word: str) -> None:
        match word:
            case "who":
                self.say(f"{self.gateway.index} {os.getpid()}")
            case "level":
                self.say(self.gateway.config.log.level)
            case "begin" | "end":
                self.busy = word == "begin"
                self.say("ok")
                if self.gateway.draining and not self.busy:
                    self.goodbye()
            case "crash":
                os._exit(9)

    def say(self, text: str) -> None:
        self.transport.write(f"{text}\n".encode())

    def goodbye(self) -> None:
        self.say("goodbye")
        self.transport.close()


class LineGateway:
    def __init__(
        self,
        config: Config,
        worker_index: int,
        *,
        tls: Mapping[str, ServerTls],
        forward_cancel: Callable[[int, bytes], Awaitable[bool]],
    ) -> None:
        self.config = config
        self.index = worker_index
        self.sessions: set[LineSession] = set()
        self.draining = False

    @property
    def open_connections(self) -> int:
        return len(self.sessions)

    def new_session(self) -> asyncio.BaseProtocol:
        return LineSession(self)

    async def start(self) -> None:
        if self.config.connections["shop"].upstream.database == "refused_at_start":
            raise ConfigError(Problem(self.config.policies, 0, "", "refused", "try another"))

    async def reload(self, config: Config) -> None:
        self.config = config

    async def drain(self, timeout_seconds: float) -> None:
        self.draining = True
        for session in list(self.sessions):
            if not session.busy:
                session.goodbye()
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while self.sessions and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def unreachable(self) -> list[str]:
        return []

    def stats(self) -> dict[str, object]:
        return {"sessions": {"open": len(self.sessions)}, "statements": {"select": {"done": 2}}}

    async def cancel(self, process_id: int, secret: bytes) -> bool:
        return secret == b"right"


if __name__ == "__main__":
    configure()
    sys.exit(main(LineGateway))
