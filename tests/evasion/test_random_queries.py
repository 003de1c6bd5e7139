"""Random statements: no canary comes back, nor anything else that only protected values explain.

Two databases are alike but for the protected values. What a statement returns from the one and not
from the other was made of them, whatever function made it; where no value decides which rows come,
the gateway must not show it.

`SCRIM_SEED=number` repeats a run; `SCRIM_QUERIES=number` makes it longer.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from tests.evasion.modes import MODES, query
from tests.evasion.places import SEED, opened
from tests.evasion.random_catalog import read_offer
from tests.evasion.random_expressions import Expressions, Scope
from tests.evasion.random_queries import Queries
from tests.evasion.wire import Wire, messages
from tests.support.raw_client import RawClient, RawClientError, cells, error_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evasion.places import Vault
    from tests.evasion.random_catalog import Offer
    from tests.support.certificates import Authority

ORDINARY_QUERIES: Final = 2_000
LONG_QUERIES: Final = 200_000
CHUNK: Final = 1_000
SHARE_THAT_RUNS: Final = 0.5
"""Of the statements, at least as many are answered; without it the test would say little."""
SHARE_THAT_DIFFERS: Final = 0.3
"""Of the statements, at least as many return something that protected values explain."""

# A shorter answer is true of many values: a length, a comparison, a part of a date.
_TELLING_BYTES: Final = 6
_OTHER_MODES: Final = tuple(name for name in MODES if name != "simple")
_MOST_SHOWN: Final = 20
_TRIES: Final = 5
_WORD: Final = re.compile(rb"\w+")
_LIMIT: Final = query("SET LOCAL statement_timeout = '3s'")


@dataclass(slots=True)
class Parties:
    """Who is asked.

    Attributes:
        wire: The gateway, as the analyst.
        direct: The database behind it.
        twin: The database with other protected values.
        offer: What statements are made of.
        careful: Templates of what was seen to work.
    """

    wire: Wire
    direct: RawClient
    twin: RawClient
    offer: Offer
    careful: frozenset[str]


@dataclass(slots=True)
class Tally:
    """What became of the statements.

    Attributes:
        outcomes: How many ran, failed in the database or were refused by the gateway.
        differing: How many return from one database what they do not return from the other.
        leaks: What went wrong, in words.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    differing: int = 0
    leaks: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())

    def __str__(self) -> str:
        """The figures in words."""
        shares = ", ".join(
            f"{count / self.total:.0%} {outcome}" for outcome, count in self.outcomes.most_common()
        )
        return (
            f"{self.total} statements: {shares};"
            f" {self.differing / self.total:.0%} returned something made of protected values"
        )


@pytest.fixture(scope="module")
def vault(authority: Authority) -> Iterator[Vault]:
    """A server of its own: elsewhere tests leave rows that the twin lacks."""
    with opened(authority) as running:
        yield running


@pytest.fixture(scope="module")
def parties(vault: Vault) -> Iterator[Parties]:
    with RawClient(vault.direct) as direct, RawClient(vault.twin) as twin:
        for client in (direct, twin):
            client.query("SET statement_timeout = '1s'")
        offer = read_offer(direct, ("public",))
        # Arithmetic on a number that nobody tagged is not followed, as documentation says.
        offer.relations["letters"].remove(("code", "int8"))
        wire = Wire(vault)
        yield Parties(wire, direct, twin, offer, working(direct, offer))
        wire.close()


def working(client: RawClient, offer: Offer) -> frozenset[str]:
    """Return the templates of functions and operators that can be called with ordinary values."""
    found: set[str] = set()
    scope = Scope(columns=[(f"people.{name}", kind) for name, kind in offer.relations["people"]])
    maker = Expressions(offer, random.Random(1), careful=frozenset())  # noqa: S311 - no secret
    tried = {one for ones in offer.by_argument.values() for one in ones}
    for signature in sorted(tried, key=lambda one: (one.template, one.arguments)):
        over = " OVER ()" if signature.kind == "window" else ""
        for _ in range(2 if signature.template not in found else 0):
            call = maker.call(signature, scope, 0)
            if _answer(client, f"SELECT {call}{over} FROM people WHERE id < 3 LIMIT 3") is not None:
                found.add(signature.template)
                break
    return frozenset(found)


Values = set[tuple[int, bytes]]
"""Values with the place of their column."""


def _answer(client: RawClient, sql: str) -> Values | None:
    """Return the values that a statement returns, None when it fails; nothing stays changed."""
    client.forget(keep=False)
    client.query("BEGIN")
    try:
        rows = client.query(sql)
    except RawClientError:
        return None
    finally:
        _roll_back(client)
    return _values(rows)


def _roll_back(client: RawClient) -> None:
    for _ in range(_TRIES):
        try:
            client.query("ROLLBACK")
        except RawClientError as error:
            # On a busy machine even this can take longer than a statement may.
            if "57014" not in str(error):
                raise
        else:
            return


def _values(rows: list[list[bytes | None]]) -> Values:
    return {(at, cell) for row in rows for at, cell in enumerate(row) if cell is not None}


def _outcome(received: bytes) -> str:
    errors = [error_fields(body) for kind, body in messages(received) if kind == "E"]
    if not errors:
        return "ran"
    # What the gateway says itself names no routine of the server's source.
    return "failed" if "R" in errors[0] else "refused"


def _is_bounded(received: bytes) -> bool:
    """Say whether the gateway ended the session since a row is longer than it masks."""
    errors = [error_fields(body) for kind, body in messages(received) if kind == "E"]
    return any(one["C"] == "54000" and "max_row_bytes" in one["M"] for one in errors)


def _seen(received: bytes) -> Values:
    return _values([cells(body) for kind, body in messages(received) if kind == "D"])


def _telling(mine: Values, others: Values) -> Values:
    """Return the values of the one database that the other does not have, in any order."""
    # Hashes of protected values decide in which order groups come, and so what a list looks like.
    orderless = {(at, bytes(sorted(cell))) for at, cell in others}
    # And they decide how often something is in it.
    words = {(at, frozenset(_WORD.findall(cell))) for at, cell in others}
    return {
        (at, cell)
        for at, cell in mine - others
        if len(cell) >= _TELLING_BYTES
        and (at, bytes(sorted(cell))) not in orderless
        and (at, frozenset(_WORD.findall(cell))) not in words
    }


def _follows_values(sql: str) -> bool:
    """Say whether values decide about a result without being in it.

    Plans are made by how large what is stored is, and groups of groups by how many there are.
    """
    return sql.startswith("EXPLAIN") or sql.count("GROUP BY") > 1


def run(vault: Vault, parties: Parties, seed: int, count: int, tally: Tally) -> None:
    """Try statements and count what becomes of them.

    Args:
        vault: The canaries.
        parties: Who is asked.
        seed: Makes the statements.
        count: How many.
        tally: What is added to.
    """
    source = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    both = [
        Queries(parties.offer, source, careful=parties.careful, open_ended=open_ended)
        for open_ended in (False, True)
    ]
    for number in range(count):
        open_ended = source.random() < 0.4
        sql = both[open_ended].statement()
        mode = "simple" if not open_ended else source.choice(_OTHER_MODES)
        what = f"SCRIM_SEED={SEED}, chunk {seed}, statement {number}, {mode}: {sql}"
        received, alive = parties.wire.exchange(_LIMIT + MODES[mode](sql))
        if not alive and not _is_bounded(received):
            tally.leaks.append(f"the session ended: {what}")
        if found := vault.canaries.leaks(received):
            tally.leaks.append(f"{found[0]}: {what}")
        if mode == "pipeline":
            continue
        tally.outcomes[_outcome(received)] += 1
        mine, others = _answer(parties.direct, sql), _answer(parties.twin, sql)
        if mine is None or others is None:
            continue
        telling = _telling(mine, others)
        tally.differing += bool(telling)
        if not (open_ended or _follows_values(sql)) and (shown := telling & _seen(received)):
            tally.leaks.append(f"an unmasked {min(shown)!r}: {what}")


def _check(vault: Vault, tally: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{tally} (SCRIM_SEED={SEED})\n")
    assert not tally.leaks, "\n".join([f"{len(tally.leaks)} leaks", *tally.leaks[:_MOST_SHOWN]])
    assert tally.outcomes["ran"] >= SHARE_THAT_RUNS * tally.total, f"{tally}, SCRIM_SEED={SEED}"
    assert tally.differing >= SHARE_THAT_DIFFERS * tally.total, f"{tally}, SCRIM_SEED={SEED}"
    assert vault.gateway.running
    log = vault.gateway.log_text()
    assert "Traceback" not in log
    assert "panicked" not in log


def test_no_random_statement_brings_a_value_out(
    vault: Vault, parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    run(vault, parties, SEED, int(os.environ.get("SCRIM_QUERIES", ORDINARY_QUERIES)), tally)
    _check(vault, tally, capsys)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_none_of_very_many_random_statements_brings_a_value_out(
    vault: Vault, parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    for chunk in range(LONG_QUERIES // CHUNK):
        run(vault, parties, SEED + 1 + chunk, CHUNK, tally)
    _check(vault, tally, capsys)
