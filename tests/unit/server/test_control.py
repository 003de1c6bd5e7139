from __future__ import annotations

import asyncio
import json
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.server import control
from scrim.server.control import (
    CancelRouter,
    ControlError,
    ControlServer,
    Request,
    ask,
    create_runtime_directory,
    owner_of,
    process_id,
    read_cancel,
    remove_runtime_directory,
    worker_socket,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = bytes(range(4))


async def echo(request: Request) -> object:
    return request


async def stumble(_request: Request) -> object:
    raise ValueError("4000 0012 3456 7899")


async def decline(_request: Request) -> object:
    raise ControlError("not today")


async def cancel(request: Request) -> object:
    return read_cancel(request)[1] == SECRET


COMMANDS = {"echo": echo, "stumble": stumble, "decline": decline, "cancel": cancel}


@pytest.fixture
async def directory(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    directory = create_runtime_directory()
    server = ControlServer(worker_socket(directory, 3), COMMANDS)
    await server.start()
    yield directory
    await server.stop()
    remove_runtime_directory(directory)
    assert not directory.exists()


@given(st.integers(0, control.MAX_WORKERS - 1), st.integers(0, 1 << 40))
def test_a_process_number_is_positive_and_names_its_worker(worker: int, serial: int) -> None:
    number = process_id(worker, serial)
    assert 0 < number < 1 << 31
    assert owner_of(number) == worker


def test_consecutive_sessions_of_a_worker_have_different_numbers() -> None:
    assert len({process_id(1, serial) for serial in range(1000)}) == 1000


def test_only_the_own_user_can_enter_the_runtime_directory() -> None:
    directory = create_runtime_directory()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    remove_runtime_directory(directory)


async def test_a_request_is_answered(directory: Path) -> None:
    request = {"command": "echo", "text": "\n ä"}
    assert await ask(worker_socket(directory, 3), request) == request


async def test_one_connection_may_ask_again_after_nonsense(directory: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(str(worker_socket(directory, 3)))
    for line in (b"nonsense", b"[]", b'{"command": 7}', b'{"command": "echo"}'):
        writer.write(line + b"\n")
    answers = [json.loads(await reader.readline()) for _ in range(4)]
    writer.close()
    assert [answer["ok"] for answer in answers] == [False, False, False, True]


async def test_an_error_tells_its_kind_and_never_its_text(directory: Path) -> None:
    with pytest.raises(ControlError, match=r"^stumble failed: ValueError$"):
        await ask(worker_socket(directory, 3), {"command": "stumble"})


async def test_a_refusal_is_told(directory: Path) -> None:
    with pytest.raises(ControlError, match="not today"):
        await ask(worker_socket(directory, 3), {"command": "decline"})


async def test_too_long_a_line_ends_the_connection_only(directory: Path) -> None:
    long = {"command": "echo", "text": "x" * control.MAX_REQUEST_BYTES}
    with pytest.raises(ControlError):
        await ask(worker_socket(directory, 3), long)
    assert await ask(worker_socket(directory, 3), {"command": "echo"}) == {"command": "echo"}


async def test_a_worker_that_is_not_there_is_an_error(directory: Path) -> None:
    with pytest.raises(ControlError, match="worker-9 cannot be reached"):
        await ask(worker_socket(directory, 9), {"command": "echo"})


async def test_a_worker_that_is_slow_is_an_error(directory: Path) -> None:
    async def sleep(_request: Request) -> object:
        await asyncio.sleep(30)
        return None

    server = ControlServer(worker_socket(directory, 5), {"sleep": sleep})
    await server.start()
    with pytest.raises(ControlError, match="did not answer"):
        await ask(worker_socket(directory, 5), {"command": "sleep"}, 0.05)
    await server.stop()


async def test_a_cancel_request_reaches_the_owner_and_nobody_else(directory: Path) -> None:
    router = CancelRouter(directory, 0)
    assert await router.forward(process_id(3, 7), SECRET) is True
    assert await router.forward(process_id(3, 7), b"guess") is False
    assert await router.forward(process_id(4, 7), SECRET) is False


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"process_id": "1", "secret": "00"},
        {"process_id": 1, "secret": "no hex"},
        {"process_id": 1, "secret": "00" * 257},
    ],
)
def test_a_malformed_cancel_request_is_refused(request_: Request) -> None:
    with pytest.raises(ControlError):
        read_cancel(request_)
