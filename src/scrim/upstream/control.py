"""The gateway's own questions to a data store, such as those that load its catalog."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from scrim.upstream.connection import ExchangeReceiver, UpstreamConnection, lost
from scrim.upstream.connector import Connector
from scrim.wire import ProtocolError, UpstreamDescription, UpstreamDialect, UpstreamExchange

DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_MAX_BYTES = 256 << 20
CLOSE_SECONDS = 1.0


class ControlConnection:
    """A connection for the gateway's own statements, one at a time.

    Args:
        connection: The connection.
        dialect: The protocol of the store.
    """

    def __init__(self, connection: UpstreamConnection, dialect: UpstreamDialect) -> None:
        """Take the connection over."""
        self._connection = connection
        self._dialect = dialect

    @property
    def parameters(self) -> dict[str, str]:
        """Settings that the store reported, by name."""
        return self._connection.parameters

    async def query(
        self,
        sql: str,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,  # noqa: ASYNC109 - a timer, not a scope
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> list[tuple[str | None, ...]]:
        """Return the rows of a statement, in text format.

        Args:
            sql: The statement.
            timeout: Seconds that it may take.
            max_bytes: Bound on the sum of its rows.

        Raises:
            ProtocolError: If the store refuses it, sends too much, or does not answer in time.
                The connection is of no more use then.
        """
        exchange = self._dialect.query(sql, max_bytes)
        await self._run(exchange, timeout)
        return exchange.rows

    async def describe(self, sql: bytes) -> UpstreamDescription:
        """Return what the store says of a statement's result, without running it.

        A statement that the store does not accept is an answer, and the next can be asked about.

        Args:
            sql: The statement, without a null character.

        Raises:
            ProtocolError: If the store does not answer, or not as it should.
        """
        exchange = self._dialect.describe(sql)
        await self._run(exchange, DEFAULT_TIMEOUT_SECONDS)
        return exchange

    async def _run(self, exchange: UpstreamExchange, timeout: float) -> None:  # noqa: ASYNC109
        """Run an exchange to its end."""
        if self._connection.closed:
            raise lost()
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def end(error: ProtocolError | None) -> None:
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(None)

        ExchangeReceiver(self._connection, exchange, timeout, end)
        try:
            await answer
        except asyncio.CancelledError:
            # The answer is still on its way, and nobody will read it.
            self._connection.abort()
            raise


@contextlib.asynccontextmanager
async def open_control(
    connector: Connector, dialect: UpstreamDialect
) -> AsyncIterator[ControlConnection]:
    """Open a control connection and close it at the end.

    It does not count towards a pool's limits: a catalog must load while clients hold every
    connection, because they may be waiting for it.
    """
    connection = await connector.open()
    try:
        yield ControlConnection(connection, dialect)
    finally:
        connection.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.wait_closed()
        connection.abort()
