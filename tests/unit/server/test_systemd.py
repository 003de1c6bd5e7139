from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from scrim.server import systemd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["path", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        if request.param == "path":
            receiver.bind(str(tmp_path / "notify"))
            monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        else:
            receiver.bind("\0scrim-test-" + tmp_path.name)
            monkeypatch.setenv("NOTIFY_SOCKET", "@scrim-test-" + tmp_path.name)
        yield receiver


def test_the_service_manager_is_told(manager: socket.socket) -> None:
    assert systemd.notify_ready("serving")
    assert manager.recv(1000) == b"READY=1\nSTATUS=serving"
    assert systemd.notify_reloading()
    assert manager.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
    assert systemd.notify_stopping()
    assert manager.recv(1000).startswith(b"STOPPING=1\n")


@pytest.mark.parametrize("address", ["", "relative", "/nonexistent/notify"])
def test_no_service_manager_is_no_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not systemd.notify("READY=1")
