"""What the tests of the pool share: a holder, a question, and patience."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrim.upstream.control import ControlConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrim.protocols.postgres.dialect import PostgresDialect
    from scrim.upstream.connection import UpstreamConnection

ALICE, BOB = "alice@example.com", "bob@example.com"


class Recorder:
    """A holder that keeps what it receives."""

    def __init__(self) -> None:
        self.data = b""
        self.lost = asyncio.Event()

    def upstream_data(self, data: bytes) -> None:
        self.data += data

    def upstream_lost(self, exc: Exception | None) -> None:
        del exc
        self.lost.set()

    def upstream_pause_writing(self) -> None:
        pass

    def upstream_resume_writing(self) -> None:
        pass


async def ask(
    connection: UpstreamConnection, dialect: PostgresDialect, sql: str
) -> list[tuple[str | None, ...]]:
    return await ControlConnection(connection, dialect).query(sql)


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the pool announces nothing
            await asyncio.sleep(0.005)
