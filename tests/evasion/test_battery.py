"""Every query of `shapes` in every way of `modes`: no piece of a protected value may arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.evasion.modes import MODES
from tests.evasion.shapes import ERRORS, QUERIES, REFUSED
from tests.evasion.wire import Wire, messages
from tests.support.raw_client import RawClient, RawClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault

SHAPES = [(channel, sql) for channel, queries in QUERIES.items() for sql in queries]
ALL_REFUSED = [(channel, sql) for channel, queries in REFUSED.items() for sql in queries]
ALL_ERRORS = [(channel, sql) for channel, queries in ERRORS.items() for sql in queries]


@pytest.fixture(scope="module")
def wire(vault: Vault) -> Iterator[Wire]:
    wire = Wire(vault)
    yield wire
    wire.close()


@pytest.mark.parametrize(("channel", "sql"), SHAPES)
def test_no_query_carries_a_value_out(vault: Vault, wire: Wire, channel: str, sql: str) -> None:
    for mode, make in MODES.items():
        received, alive = wire.exchange(make(sql))
        vault.check(received, f"{channel}, {mode}: {sql}")
        assert alive, f"{channel}, {mode}: {sql}: the session was ended"


@pytest.mark.parametrize(("channel", "sql"), ALL_REFUSED)
def test_ways_around_the_gateway_are_refused(
    vault: Vault, wire: Wire, channel: str, sql: str
) -> None:
    for mode in ("simple", "undescribed", "PREPARE", "EXPLAIN", "COPY text"):
        received, alive = wire.exchange(MODES[mode](sql))
        vault.check(received, f"{channel}, {mode}: {sql}")
        kinds = {kind for kind, _ in messages(received)}
        assert alive, f"{channel}, {mode}: {sql}: the session was ended"
        assert "E" in kinds, f"{channel}, {mode}: {sql} was not refused"


@pytest.mark.parametrize(("channel", "sql"), ALL_ERRORS)
def test_no_error_or_notice_quotes_a_value(
    vault: Vault, wire: Wire, channel: str, sql: str
) -> None:
    for mode in ("simple", "extended text", "extended binary", "many statements", "COPY text"):
        received, alive = wire.exchange(MODES[mode](sql))
        vault.check(received, f"{channel}, {mode}: {sql}")
        assert alive, f"{channel}, {mode}: {sql}: the session was ended"


def test_the_queries_would_leak_without_the_gateway(vault: Vault) -> None:
    silent = []
    with RawClient(vault.direct) as client:
        for channel, sql in SHAPES:
            client.forget()
            try:
                client.query(sql)
            except RawClientError:
                silent.append(sql)
                continue
            if channel in {"column", "row", "set"} and not vault.canaries.leaks(
                bytes(client.received)
            ):
                silent.append(sql)
    assert len(silent) < len(SHAPES) // 8, silent


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, word FROM clean ORDER BY id",
        "SELECT word || '!', upper(word), count(*) FROM clean GROUP BY word",
        "SELECT c.word, p.id FROM clean c JOIN people p USING (id)",
        "SELECT count(*), count(email), count(DISTINCT remarks) FROM people",
        "SELECT id FROM people WHERE email LIKE '%@%' ORDER BY full_name LIMIT 1",
        "SELECT payload ->> 'k' FROM clean",
        "SELECT relname FROM pg_class WHERE relname = 'people'",
        "SELECT now(), version(), current_user",
        "SELECT sum(amount), avg(amount) FROM clean",
        "SELECT length(body), body IS NULL, count(*) OVER (), cardinality(lines) FROM letters",
        "SELECT id, body LIKE '%@%', CASE WHEN body > 'a' THEN 'late' END FROM letters",
        "SELECT n1, n2, n3, n1 / 7 AS id, sum(n1) OVER () FROM counts WHERE id < 3000 ORDER BY id",
    ],
)
def test_everyday_queries_give_what_the_database_gives(vault: Vault, sql: str) -> None:
    def answer(client: RawClient) -> list[list[bytes | None]]:
        return client.query(sql.replace("now(), ", ""))

    with RawClient(vault.analyst) as analyst, RawClient(vault.direct) as direct:
        assert answer(analyst) == answer(direct)
