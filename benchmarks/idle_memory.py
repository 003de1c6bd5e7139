"""Memory of an idle client connection, and of one big result that streams through."""

from __future__ import annotations

import contextlib
import resource
import time
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError
from harness.report import at_most, main
from harness.shared import RawClient, message, resident_kilobytes
from harness.stand import DATABASE, Stand, describe_peers
from harness.tables import MARKER, POINT_TAGS

if TYPE_CHECKING:
    from harness.report import Options, Report
    from harness.shared import Endpoint, GatewayProcess

CONNECTIONS = 5000
SPARE_DESCRIPTORS = 500
SETTLE_S = 3.0
GIGABYTE = 1 << 30
ROW_BYTES = 10_000
FULL_GIGABYTES, QUICK_GIGABYTES = 10, 1
FLAT_KILOBYTES = 64 * 1024
LIMITS = {"limits": {"max_client_connections": 2 * CONNECTIONS}}
# Every row carries a protected value, so that masking is at work all the time.
BIG_TAGS = {"public.seed.email": ["contact.email"], "public.seed.padding": ["public"]}
BIG_SETUP = f"""
CREATE TABLE seed (email text, padding text);
INSERT INTO seed VALUES ('person{MARKER}@mail.example.org', repeat('x', {ROW_BYTES}));
"""


def raise_descriptor_limit() -> None:
    """Allow this process enough sockets, and those that it starts after it.

    Raises:
        BenchmarkError: The system does not.
    """
    wanted = CONNECTIONS + SPARE_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise BenchmarkError(f"{hard} open files are allowed: raise `ulimit -Hn` to {wanted}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def idle_kilobytes(endpoint: Endpoint, pid: int) -> float:
    """Open idle connections and return the memory that each costs.

    Args:
        endpoint: Where to.
        pid: The process tree whose memory grows.
    """
    with contextlib.ExitStack() as stack:
        # The first connections warm caches that have nothing to do with their number.
        for _ in range(10):
            stack.enter_context(RawClient(endpoint))
        time.sleep(1)
        before = resident_kilobytes(pid)
        clients = [stack.enter_context(RawClient(endpoint)) for _ in range(CONNECTIONS)]
        time.sleep(SETTLE_S)
        after = resident_kilobytes(pid)
        # An idle connection that no longer answers would be cheap, but no connection.
        for client in clients[:: CONNECTIONS // 20]:
            client.query("SELECT 1")
    return (after - before) / CONNECTIONS


def big_result_kilobytes(
    endpoint: Endpoint, gateway: GatewayProcess, gigabytes: int, report: Report
) -> float:
    """Read one big result and return by how much the gateway's memory grew meanwhile.

    Args:
        endpoint: The gateway's.
        gateway: The gateway.
        gigabytes: How big.
        report: Whose leak gate sees samples of the bytes.
    """
    rows = gigabytes * GIGABYTE // ROW_BYTES
    sql = f"SELECT email, padding FROM seed, generate_series(1, {rows})"
    highest = 0
    with RawClient(endpoint) as client:
        client.query("SELECT email FROM seed")
        before = resident_kilobytes(gateway.pid)
        client.forget()
        client.send(message(b"Q", sql.encode() + b"\0"))
        for number, _row in enumerate(client.rows()):
            if number % 2000 == 0:
                highest = max(highest, resident_kilobytes(gateway.pid))
                report.gate.check_bytes(bytes(client.received), [MARKER.encode()], "big result")
                client.forget(keep=number % 20_000 == 0)
    return max(0, highest - before)


def measure(options: Options, report: Report) -> None:
    """Measure 5,000 idle connections, and one result of many gigabytes."""
    raise_descriptor_limit()
    with Stand({**POINT_TAGS, **BIG_TAGS}, settings=LIMITS) as stand:
        describe_peers(stand, report)
        stand.fill_accounts(1)
        stand.postgres.execute(BIG_SETUP, DATABASE)
        gateway = stand.gateway()
        through = stand.through(gateway)
        stand.check_accounts(through, report, "before the load")
        gigabytes = options.either(QUICK_GIGABYTES, FULL_GIGABYTES)
        growth = big_result_kilobytes(through, gateway, gigabytes, report)
        report.add("big_result_growth_kb", growth, "kB", at_most(FLAT_KILOBYTES))
        report.note(f"the big result has {gigabytes} GB in rows of {ROW_BYTES} bytes")
        report.add("idle_connection_kb", idle_kilobytes(through, gateway.pid), "kB", at_most(20))
        pooled = idle_kilobytes(stand.pooled, stand.pooler.pid)
        report.add("idle_connection_pgbouncer_kb", pooled, "kB")
        stand.check_accounts(through, report, "after the load")


if __name__ == "__main__":
    main("idle-memory: 5,000 idle connections, and a big result", measure)
