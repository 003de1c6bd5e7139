"""The page with the score of the battery: what was tried by which channel, and what came of it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.evasion.channels import channels
from tests.evasion.modes import MODES
from tests.evasion.wire import Wire, messages
from tests.support.raw_client import RawClient, RawClientError, error_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.evasion.places import Vault

COLUMNS: Final = ("masked", "harmless", "refused", "failed", "leaks")

_HEAD: Final = """\
# The score of the evasion battery

<!-- Written by `make evasion`, which runs the battery of tests/evasion. -->

{shapes} shapes by {count} channels, each in up to {modes} ways of the protocol, {total:,} runs:
**{leaks} leaks**. Each shape tries to carry a protected value out, made up anew for each run; a
leak is a piece of one, plain, reversed, in hexadecimal digits or base64, in anything that arrives.
What masking cannot stop is on [another page](../explanation/threat-model.md).

- **masked**: it ran, and the database alone would have returned protected values.
- **harmless**: it ran, and there was nothing to protect in the answer.
- **refused**: by the gateway, with a reason.
- **failed**: PostgreSQL's own error, without the values that it quotes.

The ways: {names}.

| channel | what is done | shapes | ways | masked | harmless | refused | failed | leaks |
|---|---|---:|---:|---:|---:|---:|---:|---:|
"""
_ROW: Final = re.compile(r"^\| ([^|]+?) \| [^|]+ \| \d+ \| \d+ \|((?: \d+ \|){5})$", re.MULTILINE)


@dataclass(slots=True)
class Score:
    """What came of the shapes of one channel, in every way."""

    masked: int = 0
    harmless: int = 0
    refused: int = 0
    failed: int = 0
    leaks: int = 0

    def add(self, outcome: str) -> None:
        """Count one.

        Args:
            outcome: One of `COLUMNS`.
        """
        setattr(self, outcome, getattr(self, outcome) + 1)

    def numbers(self) -> tuple[int, ...]:
        """The counts in the order of `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


def measured(vault: Vault) -> dict[str, Score]:
    """Run every shape in every way and return what came of it.

    Args:
        vault: Where.
    """
    wire = Wire(vault)
    scores: dict[str, Score] = {}
    with RawClient(vault.direct) as direct:
        for channel, (_, shapes, modes) in channels().items():
            score = scores[channel] = Score()
            for sql in shapes:
                tells = _tells(vault, direct, sql)
                for mode in modes:
                    received, _ = wire.exchange(MODES[mode](sql))
                    score.add(_outcome(vault, received, tells=tells))
    wire.close()
    return scores


def _tells(vault: Vault, direct: RawClient, sql: str) -> bool:
    """Say whether the database alone returns protected values."""
    direct.forget()
    direct.query("BEGIN; SET LOCAL statement_timeout = '2s'; SAVEPOINT s")
    with contextlib.suppress(RawClientError):
        direct.query(sql)
    received = bytes(direct.received)
    direct.query("ROLLBACK")
    return bool(vault.canaries.leaks(received))


def _outcome(vault: Vault, received: bytes, *, tells: bool) -> str:
    if vault.canaries.leaks(received):
        return "leaks"
    errors = [error_fields(body) for kind, body in messages(received) if kind == "E"]
    # The way "pipeline" divides by zero itself.
    errors = [error for error in errors if error["C"] != "22012"]
    if errors:
        return "failed" if "R" in errors[0] else "refused"
    return "masked" if tells else "harmless"


def page(scores: Mapping[str, tuple[int, ...]]) -> str:
    """Return the page.

    Args:
        scores: Counts in the order of `COLUMNS`, by channel; those that are not there are 0.
    """
    listed = channels()
    nothing = (0,) * len(COLUMNS)
    rows = []
    for name, (response, shapes, modes) in listed.items():
        counts = " | ".join(str(number) for number in scores.get(name, nothing))
        rows.append(f"| {name} | {response} | {len(shapes)} | {len(modes)} | {counts} |")
    head = _HEAD.format(
        shapes=sum(len(shapes) for _, shapes, _ in listed.values()),
        count=len(listed),
        modes=len(MODES),
        total=sum(sum(numbers) for numbers in scores.values()),
        leaks=sum(numbers[-1] for numbers in scores.values()),
        names=", ".join(MODES),
    )
    parts = [head + "\n".join(rows), "## The shapes"]
    for name, (_, shapes, _) in listed.items():
        parts += [f"### {name}", "```sql\n" + "\n".join(shapes) + "\n```"]
    return "\n\n".join(parts) + "\n"


def counts_of(text: str) -> dict[str, tuple[int, ...]]:
    """Return the counts that a page shows, by channel.

    Args:
        text: The page.
    """
    return {
        match[1]: tuple(int(number) for number in re.findall(r"\d+", match[2]))
        for match in _ROW.finditer(text)
    }
