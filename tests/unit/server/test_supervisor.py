from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scrim.config.errors import ConfigError
from scrim.server.addresses import ListenError
from scrim.server.process import EXIT_CONFIGURATION
from scrim.server.supervisor import Supervisor
from tests.unit.server.gateway_files import LINE_WORKER, Client, Running, running, write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHORT_DRAIN = {"limits": {"shutdown_timeout_ms": 300}}


async def workers_seen(gateway: Running, attempts: int = 60) -> set[str]:
    """Return who answers; a client that meets a worker which just ends counts for nobody."""
    seen = set()
    for _ in range(attempts):
        with contextlib.suppress(OSError):
            seen.add(await gateway.ask("who"))
    return seen - {"", "goodbye"}


async def workers_become(gateway: Running, accepted: Callable[[set[str]], bool]) -> None:
    async with asyncio.timeout(30):
        while not accepted(await workers_seen(gateway)):
            pass


def indexes(seen: set[str]) -> set[str]:
    return {answer.split()[0] for answer in seen}


async def test_two_workers_share_the_port(tmp_path: Path) -> None:
    async with running(write_config(tmp_path, {"workers": 2})) as gateway:
        assert indexes(await workers_seen(gateway)) == {"0", "1"}
        assert await gateway.stop() == 0


async def test_a_crashed_worker_is_replaced_and_the_other_one_keeps_its_client(
    tmp_path: Path,
) -> None:
    async with running(write_config(tmp_path, {"workers": 2})) as gateway:
        steady = await gateway.open()
        index, process_number = (await steady.ask("who")).split()
        victim = next(a for a in await workers_seen(gateway) if not a.startswith(index))
        os.kill(int(victim.split()[1]), signal.SIGKILL)
        await workers_become(gateway, lambda seen: len(seen) == 2 and victim not in seen)
        assert await steady.ask("who") == f"{index} {process_number}"
        steady.close()


async def test_reload_reaches_workers_without_dropping_a_client(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 2})
    async with running(path) as gateway:
        client = await gateway.open()
        assert await client.ask("level") == "error"
        write_config(tmp_path, {"workers": 2, "log": {"level": "warning"}})
        gateway.supervisor.request_reload()
        async with asyncio.timeout(20):
            while await client.ask("level") != "warning":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        client.close()


async def test_a_bad_configuration_is_refused_and_the_old_one_stays(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_config(tmp_path)
    async with running(path) as gateway:
        client = await gateway.open()
        path.write_text(path.read_text() + "surprise: 1\n")
        gateway.supervisor.request_reload()
        seen = ""
        async with asyncio.timeout(20):
            while "old one stays" not in seen:
                await asyncio.sleep(0.05)
                seen += capfd.readouterr().err
        assert "surprise" in seen
        assert await client.ask("level") == "error"
        client.close()


async def test_a_worker_that_starts_while_the_file_is_bad_uses_the_accepted_one(
    tmp_path: Path,
) -> None:
    path = write_config(tmp_path)
    async with running(path) as gateway:
        before = await gateway.ask("who")
        path.write_text("nonsense: [")
        os.kill(int(before.split()[1]), signal.SIGKILL)
        await workers_become(gateway, lambda seen: len(seen - {before}) == 1)
        assert await gateway.ask("level") == "error"


async def test_reload_changes_the_number_of_workers(tmp_path: Path) -> None:
    async with running(write_config(tmp_path, {"workers": 1})) as gateway:
        write_config(tmp_path, {"workers": 3})
        gateway.supervisor.request_reload()
        await workers_become(gateway, lambda seen: indexes(seen) == {"0", "1", "2"})
        write_config(tmp_path, {"workers": 1})
        gateway.supervisor.request_reload()
        await workers_become(gateway, lambda seen: indexes(seen) == {"0"})


async def test_stopping_lets_a_transaction_end_and_sends_idle_clients_away(tmp_path: Path) -> None:
    async with running(write_config(tmp_path)) as gateway:
        idle, busy = await gateway.open(), await gateway.open()
        await idle.ask("who")
        await busy.ask("begin")
        gateway.supervisor.stop()
        assert await idle.hear() == "goodbye"
        with pytest.raises(OSError, match=r"refused|reset|Connect call failed"):
            await gateway.ask("who")
        assert await busy.ask("level") == "error"
        assert await busy.ask("end") == "ok"
        assert await busy.hear() == "goodbye"
        async with asyncio.timeout(20):
            assert await gateway.task == 0
        idle.close()
        busy.close()


async def test_stopping_waits_no_longer_than_configured(tmp_path: Path) -> None:
    async with running(write_config(tmp_path, SHORT_DRAIN)) as gateway:
        busy = await gateway.open()
        await busy.ask("begin")
        started = time.monotonic()
        assert await gateway.stop() == 0
        assert 0.3 <= time.monotonic() - started < 5
        busy.close()


async def test_stopping_twice_ends_at_once(tmp_path: Path) -> None:
    async with running(write_config(tmp_path)) as gateway:
        busy = await gateway.open()
        await busy.ask("begin")
        started = time.monotonic()
        gateway.supervisor.stop()
        assert await gateway.stop() == 0
        assert time.monotonic() - started < 10
        busy.close()


async def test_an_unusable_configuration_is_an_error_before_anything_starts(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 0})
    with pytest.raises(ConfigError, match="workers"):
        await Supervisor(path, command=LINE_WORKER, handle_signals=False).run()


async def test_a_configuration_that_workers_refuse_ends_the_gateway(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    changes = {"connections": {"shop": {"upstream": {"database": "refused_at_start"}}}}
    path = write_config(tmp_path, changes)
    async with running(path) as gateway, asyncio.timeout(20):
        assert await gateway.task == EXIT_CONFIGURATION
    assert "refused; try another" in capfd.readouterr().err


async def test_an_address_in_use_is_an_error_even_when_it_is_shared(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        path = write_config(tmp_path, {"listeners": {"postgres": {"address": address}}})
        with pytest.raises(ListenError, match="another program uses it"):
            await Supervisor(path, command=LINE_WORKER, handle_signals=False).run()


async def test_workers_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"workers": 2})
    program = (
        "import asyncio, sys, pathlib\n"
        "from scrim.server.supervisor import Supervisor\n"
        "path, *command = sys.argv[1:]\n"
        "s = Supervisor(pathlib.Path(path), command=command,\n"
        "    on_ready=lambda: print(s.addresses['postgres'][1], flush=True))\n"
        "asyncio.run(s.run())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), *LINE_WORKER, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    client = Client(
        *await asyncio.open_connection("127.0.0.1", int(await process.stdout.readline()))
    )
    worker = int((await client.ask("who")).split()[1])
    process.kill()
    assert await client.hear() == "goodbye"
    async with asyncio.timeout(20):
        while _alive(worker):  # noqa: ASYNC110 - a foreign process sets no event
            await asyncio.sleep(0.02)
    await process.wait()
    client.close()


def _alive(process_number: int) -> bool:
    try:
        with open(f"/proc/{process_number}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
