from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from scrim.server.control import ControlError
from scrim.server.process import WorkerProcess, WorkerSpec, describe_exit
from scrim.server.worker import read_options

SPEC = WorkerSpec(Path("/etc/scrim.yaml"), Path("/run/scrim"), {"postgres": ("::1", 6432)})


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


@pytest.mark.parametrize(
    ("code", "text"), [(0, "exit code 0"), (-9, "signal SIGKILL"), (-99, "signal 99")]
)
def test_exit_codes_are_described(code: int, text: str) -> None:
    assert describe_exit(code) == text


def test_a_worker_understands_what_it_is_told() -> None:
    options = read_options(SPEC.line(3))
    assert options.config_path == SPEC.config_path
    assert options.runtime_directory == SPEC.runtime_directory
    assert (options.index, options.addresses) == (3, SPEC.addresses)


async def test_a_worker_is_ready_when_it_says_so() -> None:
    worker = await WorkerProcess.start(
        program("input(); print('ready', flush=True); import sys; sys.stdin.read()")
    )
    assert not worker.ready
    worker.assign(1, SPEC)
    assert await worker.wait_ready()
    with pytest.raises(ControlError, match="worker-1 cannot be reached"):
        await worker.ask({"command": "stats"})
    await worker.drain(5)
    assert await worker.wait() == -15
    assert not worker.ready
    with pytest.raises(ControlError, match="has ended"):
        await worker.ask({"command": "stats"})


async def test_a_worker_that_ends_first_was_never_ready() -> None:
    worker = await WorkerProcess.start(program("print('something else')"))
    assert not await worker.wait_ready()
    assert await worker.wait() == 0
    worker.stop_now()
    worker.kill()


async def test_a_worker_that_does_not_end_is_killed() -> None:
    worker = await WorkerProcess.start(
        program(
            "import signal, time; signal.signal(15, signal.SIG_IGN);"
            "print('ready', flush=True); time.sleep(60)"
        )
    )
    assert await worker.wait_ready()
    async with asyncio.timeout(20):
        await worker.drain(0, grace_seconds=0.1)
    assert await worker.wait() == -9


async def test_a_worker_with_nothing_to_do_ends_in_peace() -> None:
    line_worker = Path(__file__).with_name("line_worker.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, line_worker, stdin=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(20):
        assert await process.wait() == 0
