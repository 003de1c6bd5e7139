from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from scrim.config.connections import Upstream
from scrim.server import reach

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def upstream(host: str, port: int = 5432) -> Upstream:
    return Upstream(host=host, port=port, database="shop", user="scrim")


async def test_a_port_that_answers_is_reached_until_it_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert await reach.listens(upstream("127.0.0.1", port))
    assert not await reach.listens(upstream("127.0.0.1", port))


async def test_a_unix_socket_is_reached(tmp_path: Path) -> None:
    folder = upstream(str(tmp_path), 7)
    assert not await reach.listens(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / ".s.PGSQL.7"))
        server.listen()
        assert await reach.listens(folder)


async def test_an_unknown_name_is_not_reached() -> None:
    assert not await reach.listens(upstream("no-such-host.invalid"))


async def test_a_host_that_stays_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_arguments: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio, "open_connection", never)
    monkeypatch.setattr(reach, "TIMEOUT_SECONDS", 0.05)
    assert not await reach.listens(upstream("127.0.0.1"))
