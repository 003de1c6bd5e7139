"""The server and the gateway of the evasion tests, started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.evasion.places import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault
    from tests.support.certificates import Authority


@pytest.fixture(scope="package")
def vault(authority: Authority) -> Iterator[Vault]:
    """The server and the gateway of these tests."""
    with opened(authority) as running:
        yield running
