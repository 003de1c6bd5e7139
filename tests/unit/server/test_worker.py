from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from scrim.server import worker

if TYPE_CHECKING:
    import pytest


def test_a_worker_may_open_as_many_files_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_to: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, limits: set_to.append(limits))
    worker.raise_file_limit()
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1024, resource.RLIM_INFINITY))
    worker.raise_file_limit()
    assert set_to == [(4096, 4096), (worker.MAX_OPEN_FILES, resource.RLIM_INFINITY)]


def test_a_sandbox_that_forbids_it_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(resource, "setrlimit", forbid)
    worker.raise_file_limit()
