"""A server with the regression SQL's setup, and a gateway whose only user sees everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.oracles.regression_library import build
from tests.oracles.regression_run import DATABASE, SERVER_SETTINGS, Regression
from tests.oracles.regression_source import obtain
from tests.support.endpoint import Endpoint
from tests.support.gateway_process import GatewayProcess, Store, User
from tests.support.postgres import PostgresServer, debian_bin_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

INVESTIGATOR = User("investigator@example.com", ("investigators",))


@dataclass(frozen=True, slots=True)
class Oracle:
    """The regression SQL and the two ways to run it.

    Attributes:
        regression: Runs a file.
        direct: The server itself.
        through: The gateway.
    """

    regression: Regression
    direct: Endpoint
    through: Endpoint


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    """Everything that comparing one file takes."""
    source = obtain()
    with PostgresServer(bin_dir=debian_bin_dir(), settings=SERVER_SETTINGS) as server:
        regression = Regression.prepare(server, source, build(source))
        store = Store(server.port, DATABASE, "postgres", server.password)
        with GatewayProcess({DATABASE: store}, [INVESTIGATOR]) as gateway:
            user = INVESTIGATOR
            through = Endpoint(
                "scrim", "127.0.0.1", gateway.port, DATABASE, user.name, user.password
            )
            yield Oracle(regression, regression.direct(), through)
