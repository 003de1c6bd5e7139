"""The HTTP pages for operators: `/metrics`, `/healthz` and `/readyz`, and `/v1/reveal`.

The pages show counts and names of connections, never values, statements or users. The page server
runs in the supervisor, so a scrape costs a worker one line on its control socket.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Protocol

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scrim.config.listeners import AdminTls
from scrim.server.exposition import render

MAX_CONCURRENT_REQUESTS = 32
KEEP_ALIVE_SECONDS = 5
MAX_HEADER_BYTES = 16 * 1024
REVEAL_PATH = "/v1/reveal"


class Source(Protocol):
    """Where the pages take their facts from; `scrim.server.fleet.Fleet` is one."""

    async def stats(self) -> Mapping[str, object]:
        """Return the sum of all workers' figures."""

    async def problems(self) -> list[str]:
        """Return why the gateway is not ready; empty when it is."""


Reveal = Callable[[Request], Awaitable[Response]]
"""Answers `/v1/reveal`; `scrim.server.reveal_api.RevealApi` is one."""


def application(source: Source, reveal: Reveal | None = None) -> Starlette:
    """Return the pages over a source of facts, and what turns values back, if anything does."""

    async def metrics(_request: Request) -> Response:
        figures = await source.stats()
        return Response(render(figures), media_type=CONTENT_TYPE_LATEST)

    async def healthz(_request: Request) -> Response:
        # Answering at all is the proof: the supervisor's loop runs.
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        problems = await source.problems()
        status = 503 if problems else 200
        return JSONResponse({"ready": not problems, "problems": problems}, status_code=status)

    pages = {"/metrics": metrics, "/healthz": healthz, "/readyz": readyz}
    routes = [Route(path, page, methods=["GET"]) for path, page in pages.items()]
    if reveal is not None:
        # A function, because Starlette takes other callables for applications.
        async def revealed(request: Request) -> Response:
            return await reveal(request)

        routes.append(Route(REVEAL_PATH, revealed, methods=["POST"]))
    return Starlette(routes=routes)


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the supervisor."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    sock: socket.socket,
    source: Source,
    stopping: asyncio.Event,
    reveal: Reveal | None = None,
    tls: AdminTls | None = None,
) -> None:
    """Answer requests on a bound socket until told to stop.

    Args:
        sock: The socket.
        source: Where the pages take their facts from.
        stopping: Set when it is to stop.
        reveal: Turns values back, None where nothing does.
        tls: Certificate and key, None for plain HTTP.
    """
    settings = uvicorn.Config(
        application(source, reveal),
        # What a proxy says of the client is not believed: anybody can say it.
        proxy_headers=False,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
        limit_concurrency=MAX_CONCURRENT_REQUESTS,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        http="h11",
        ws="none",
    )
    server = _Server(settings)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[sock]))
        await stopping.wait()
        server.should_exit = True
