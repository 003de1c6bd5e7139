"""The first row of a result that trickles for one second: when it arrives, against direct."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.commands import BenchmarkError
from harness.pairs import Sample, interleave, median, ratio
from harness.report import at_most, main
from harness.shared import RawClient, message
from harness.stand import DATABASE, Stand, describe_peers
from harness.tables import MARKER

if TYPE_CHECKING:
    from harness.report import Options, Report
    from harness.shared import Endpoint

ROWS = 10
PAUSE_S = 0.1
# PostgreSQL sends when 8 kB have gathered, so each row must fill that to be sent by itself.
PADDING = 9000
SQL = "SELECT * FROM trickle"
SETUP = f"""
CREATE TABLE contact (id int PRIMARY KEY, email text);
INSERT INTO contact SELECT i, 'person{MARKER}' || i || '@mail.example.org'
FROM generate_series(1, {ROWS}) AS i;
CREATE VIEW trickle AS
SELECT id, email, repeat('x', {PADDING}) AS padding, pg_sleep({PAUSE_S})::text AS pause
FROM contact ORDER BY id;
"""
TAGS = {"public.contact.email": ["contact.email"]}


def timed(endpoint: Endpoint, report: Report) -> Sample:
    """Run the slow query once and time its first and its last row."""
    with RawClient(endpoint) as client:
        client.query("SELECT 1")
        client.forget()
        started = time.perf_counter()
        client.send(message(b"Q", SQL.encode() + b"\0"))
        arrivals = [time.perf_counter() - started for _ in client.rows()]
        if endpoint.name == "scrim":
            report.gate.check_bytes(bytes(client.received), [MARKER.encode()], "trickling rows")
    if len(arrivals) != ROWS:
        raise BenchmarkError(f"{endpoint.name} sent {len(arrivals)} of {ROWS} rows")
    return {"first_ms": arrivals[0] * 1000, "last_ms": arrivals[-1] * 1000}


def measure(options: Options, report: Report) -> None:
    """Time the first and the last row."""
    with Stand(TAGS, with_pgbouncer=False) as stand:
        describe_peers(stand, report)
        stand.postgres.execute(SETUP, DATABASE)
        gateway = stand.gateway()
        through = stand.through(gateway)
        samples = interleave(
            {
                "scrim": lambda: timed(through, report),
                "direct": lambda: timed(stand.direct, report),
            },
            options.either(3, 7),
        )
    first = ratio(samples["scrim"], samples["direct"], "first_ms")
    report.add_ratio("first_row_ratio", first, at_most(1.1))
    report.add_ratio("last_row_ratio", ratio(samples["scrim"], samples["direct"], "last_ms"))
    report.add("first_row_ms", median(samples["scrim"], "first_ms"), "ms")


if __name__ == "__main__":
    main("first-row: a result that trickles for a second, of direct", measure)
