"""Whether a data store listens, asked without signing in to it.

A gateway that has no upstream session open knows nothing of the store. Readiness must not depend on
the next client finding out, so the port is tried; a connection that says nothing costs a data store
next to nothing.
"""

import asyncio
import secrets

from scrim.config.connections import Upstream
from scrim.protocols.postgres.dialect import PostgresDialect

TIMEOUT_SECONDS = 1.5


async def listens(upstream: Upstream) -> bool:
    """Return whether something accepts connections where the data store should be."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            if upstream.unix_socket:
                dialect = PostgresDialect(secrets.token_bytes)
                path = dialect.socket_path(upstream.host, upstream.port)
                _, writer = await asyncio.open_unix_connection(path)
            else:
                _, writer = await asyncio.open_connection(upstream.host, upstream.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
