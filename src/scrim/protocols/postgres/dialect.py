"""What the upstream pool must know of PostgreSQL."""

from collections.abc import Callable

from scrim.protocols.postgres.exchanges import Description, Idle, Ping, Reset, RowsQuery
from scrim.protocols.postgres.messages import Terminate
from scrim.protocols.postgres.startup_packets import PROTOCOL_3_0, PROTOCOL_3_2
from scrim.protocols.postgres.upstream_startup import PostgresCancel, PostgresUpstreamStartup
from scrim.wire import CancelKey, TlsDemand, UpstreamLogin


class PostgresDialect:
    """Builds the exchanges of the gateway with a PostgreSQL server.

    Args:
        random_bytes: Source of nonces, such as `secrets.token_bytes`.
    """

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        """Keep the source of nonces."""
        self._random_bytes = random_bytes

    def startup(
        self, login: UpstreamLogin, tls: TlsDemand, *, compatible: bool = False
    ) -> PostgresUpstreamStartup:
        """Begin a session, with protocol 3.0 when `compatible` and 3.2 otherwise."""
        version = PROTOCOL_3_0 if compatible else PROTOCOL_3_2
        return PostgresUpstreamStartup(login, tls, self._random_bytes, version)

    def cancel(self, key: CancelKey, tls: TlsDemand) -> PostgresCancel:
        """Begin a connection that only asks the server to cancel a session's statement."""
        return PostgresCancel(key, tls)

    def reset(self, *, in_transaction: bool) -> Reset:
        """Return a session to the state that it had when it was new, and check that it is."""
        return Reset(in_transaction=in_transaction)

    def ping(self) -> Ping:
        """Ask whether the server still answers."""
        return Ping()

    def query(self, sql: str, max_bytes: int) -> RowsQuery:
        """Ask for rows, refusing an answer beyond `max_bytes`."""
        return RowsQuery(sql, max_bytes)

    def describe(self, sql: bytes) -> Description:
        """Ask which columns a statement would return, without running it."""
        return Description(sql)

    def idle(self) -> Idle:
        """Watch a session that nobody uses."""
        return Idle()

    def farewell(self) -> bytes:
        """Return Terminate."""
        return Terminate().encode()

    def socket_path(self, directory: str, port: int) -> str:
        """Return the path of the server's Unix socket in a directory."""
        return f"{directory.rstrip('/')}/.s.PGSQL.{port}"
