from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scrim.server.addresses import bind
from scrim.server.admin import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


class Facts:
    def __init__(self) -> None:
        self.found: list[str] = []

    async def stats(self) -> Mapping[str, object]:
        return {"sessions": {"open": 3}}

    async def problems(self) -> list[str]:
        return self.found


@asynccontextmanager
async def pages(facts: Facts) -> AsyncIterator[int]:
    stopping = asyncio.Event()
    with bind("127.0.0.1", 0, shared=False) as sock:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve(sock, facts, stopping))
            sock.listen()
            yield sock.getsockname()[1]
            stopping.set()


async def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(20):
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), body


async def test_the_pages() -> None:
    facts = Facts()
    async with pages(facts) as port:
        assert await get(port, "/healthz") == (200, "ok\n")
        status, text = await get(port, "/metrics")
        assert status == 200
        assert "scrim_sessions_open 3.0" in text
        assert await get(port, "/readyz") == (200, '{"ready":true,"problems":[]}')
        facts.found = ["connection shop: the data store cannot be reached"]
        status, text = await get(port, "/readyz")
        assert status == 503
        assert json.loads(text) == {"ready": False, "problems": facts.found}
        assert (await get(port, "/"))[0] == 404
        assert (await get(port, "/metrics", "POST"))[0] == 405
