"""A configuration on disk, and a supervisor that runs it with workers that speak lines."""

from __future__ import annotations

import asyncio
import secrets
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scrim.server.supervisor import Supervisor
from tests.support.gateway_process import merged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

LINE_WORKER = (sys.executable, str(Path(__file__).with_name("line_worker.py")))
PERMIT_ALL = "permit (principal, action, resource);\n"


def write_config(folder: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Write a valid scrim.yaml with everything that it names, and return its path."""
    key = folder / "masking.key"
    if not key.exists():
        key.touch(0o600)
        key.write_bytes(secrets.token_bytes(32))
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "all.cedar").write_text(PERMIT_ALL)
    document: dict[str, Any] = {
        "masking": {"key_file": "masking.key"},
        "policies": "policies",
        "audit": {"directory": "audit"},
        "listeners": {"postgres": {"address": "127.0.0.1:0"}},
        "connections": {
            "shop": {
                "protocol": "postgres",
                "upstream": {"host": "127.0.0.1", "database": "shop", "user": "scrim"},
            }
        },
        "log": {"level": "error", "format": "text"},
    }
    path = folder / "scrim.yaml"
    path.write_text(yaml.safe_dump(merged(document, changes or {})))
    return path


class Running:
    """A supervisor under test."""

    def __init__(self, supervisor: Supervisor, task: asyncio.Task[int]) -> None:
        self.supervisor = supervisor
        self.task = task

    async def open(self) -> Client:
        host, port = self.supervisor.addresses["postgres"]
        return Client(*await asyncio.open_connection(host, port))

    async def ask(self, word: str) -> str:
        client = await self.open()
        try:
            return await client.ask(word)
        finally:
            client.close()

    async def stop(self) -> int:
        self.supervisor.stop()
        async with asyncio.timeout(20):
            return await self.task


class Client:
    """A client that speaks lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, word: str) -> str:
        self.writer.write(f"{word}\n".encode())
        return await self.hear()

    async def hear(self) -> str:
        async with asyncio.timeout(20):
            return (await self.reader.readline()).decode().strip()

    def close(self) -> None:
        self.writer.close()


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Running]:
    """Run a supervisor until the block ends."""
    ready = asyncio.Event()
    supervisor = Supervisor(path, on_ready=ready.set, command=LINE_WORKER, handle_signals=False)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(supervisor.run())
        is_ready = tasks.create_task(ready.wait())
        async with asyncio.timeout(30):
            await asyncio.wait({task, is_ready}, return_when=asyncio.FIRST_COMPLETED)
        is_ready.cancel()
        try:
            yield Running(supervisor, task)
        finally:
            if not task.done():
                supervisor.stop()
                supervisor.stop()
