"""Bytes and cells per second that the scanner gets through on one core, all entities on.

Rows are an ordinary table, as a shop has it: numbers, times, states, prices, names of products,
short notes, identifiers. They hold nothing sensitive, so that each alarm about a secret in them is
a false one. The mixed rows have e-mail addresses, phone numbers, names and streets beside. Both are
scanned as the gateway does it, as rows of the wire protocol, and as a batch of cells.
"""

from __future__ import annotations

import json
import random
import secrets
import statistics
import struct
import time
from typing import TYPE_CHECKING

from harness.report import at_least, at_most
from scrim.detection.scan import builtin_scanner
from scrim.kernel import Masker, Plan
from scrim.masking.choice import OperatorTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.presidio import Presidio
    from harness.report import Options, Report

SEED = 7
ROWS, QUICK_ROWS = 20_000, 4_000
ALARM_BYTES, QUICK_ALARM_BYTES = 10_000_000, 1_000_000
ROUNDS, QUICK_ROUNDS = 7, 3
TEXT_BYTES = 2_000_000
PEER_TEXT_BYTES = 40_000
PEER_ROWS = 60
STATES = ("new", "paid", "shipped", "returned", "cancelled")
ADJECTIVES = ("small", "red", "heavy", "quiet", "folding", "woven", "steel", "spare", "round")
THINGS = ("chair", "lamp", "kettle", "rug", "shelf", "cable", "drawer", "jar", "clock", "brush")
NOTE = (
    "the order was packed with care and left at noon please check size again before sending next "
    "time a label came off box two arrived late but whole customer asked for another colour refund "
    "is under way stock will be counted on monday no further action needed"
)
WORDS = tuple(NOTE.split())
GIVEN = ("Anna", "Bertil", "Chiara", "Deniz", "Emeka", "Fatima", "Goran", "Hana", "Ivo", "Jun")
FAMILY = ("Okafor", "Lindqvist", "Moreau", "Novak", "Tanaka", "Silva", "Weber", "Kowalska")
STREETS = ("Mill Lane", "Station Road", "High Street", "Park Avenue", "Church Road")
FREE_TEXTS = (
    "Hello, {name} wrote to {email} on Monday and asked to be called at {phone}; nothing came of "
    "it so far. ",
    "The parcel was handed over at the counter in good order, the receipt was kept, and the driver "
    "left without waiting. ",
    "We moved to {street} last spring. The rooms are bright and the neighbours friendly, though "
    "the lift is slow. ",
    "Quarterly figures improved in every region but one, where a late delivery of parts stopped "
    "the line for nine days. ",
)


def ordinary_row(chance: random.Random, number: int) -> list[str]:
    """Return a row that holds nothing sensitive.

    Args:
        chance: Where randomness comes from.
        number: Number of the row.
    """
    day, second = chance.randrange(28) + 1, chance.randrange(60)
    return [
        str(100_000 + number),
        f"2025-{chance.randrange(12) + 1:02}-{day:02} {chance.randrange(24):02}:05:{second:02}+00",
        chance.choice(STATES),
        str(chance.randrange(1, 40)),
        f"{chance.randrange(1, 90_000) / 100:.2f}",
        chance.choice(("EUR", "USD", "GBP", "JPY")),
        f"SKU-{chance.randrange(10_000):04}-{chance.choice('ABCDEF')}",
        f"{chance.choice(ADJECTIVES)} {chance.choice(ADJECTIVES)} {chance.choice(THINGS)}",
        " ".join(chance.choices(WORDS, k=chance.randrange(4, 18))),
        chance.choice(("t", "f")),
        f"{chance.getrandbits(64):016x}",
        f"/shop/{chance.choice(THINGS)}/{chance.randrange(1000)}?page={chance.randrange(9)}",
    ]


def personal_cells(chance: random.Random) -> dict[str, str]:
    """Return what the mixed rows have beside.

    Args:
        chance: Where randomness comes from.
    """
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    return {
        "name": f"{given} {family}",
        "email": f"{given}.{family}{chance.randrange(1000)}@mail.example.org".lower(),
        "phone": f"+1 415 555 {chance.randrange(100, 9999):04}",
        "street": f"{chance.randrange(1, 400)} {chance.choice(STREETS)}",
    }


def wire_rows(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as DataRow messages of PostgreSQL.

    Args:
        rows: The rows.
    """
    out = bytearray()
    for row in rows:
        body = b"".join(struct.pack("!i", len(c)) + c for c in (cell.encode() for cell in row))
        out += struct.pack("!cih", b"D", 6 + len(body), len(row)) + body
    return bytes(out)


def free_text(size: int, chance: random.Random) -> list[str]:
    """Return generated paragraphs of together about so many bytes.

    Args:
        size: Bytes.
        chance: Where randomness comes from.
    """
    texts: list[str] = []
    while size > 0:
        pieces = chance.choices(FREE_TEXTS, k=chance.randrange(3, 9))
        texts.append("".join(piece.format(**personal_cells(chance)) for piece in pieces))
        size -= len(texts[-1])
    return texts


def measure_speed(
    options: Options, report: Report, peer: Presidio | None, texts: Sequence[str]
) -> None:
    """Measure speed.

    Args:
        options: How the script was started.
        report: Takes the figures.
        peer: The peer, if it is to be compared with.
        texts: Texts to use as free text; generated ones without.
    """
    rounds = options.either(QUICK_ROUNDS, ROUNDS)
    chance = random.Random(SEED)
    count = options.either(QUICK_ROWS, ROWS)
    ordinary = [ordinary_row(chance, number) for number in range(count)]
    mixed = [[*row, *personal_cells(chance).values()] for row in ordinary]
    speed = _measure_rows(report, "rows", ordinary, rounds)
    _measure_rows(report, "mixed_rows", mixed, rounds)
    _count_alarms(report, options.either(QUICK_ALARM_BYTES, ALARM_BYTES))
    paragraphs = _repeated(texts) if texts else free_text(TEXT_BYTES, chance)
    cells = [text.encode() for text in paragraphs]
    detector = builtin_scanner().detector
    seconds = _median_seconds(lambda: detector.scan(cells), rounds)
    text_speed = sum(map(len, cells)) / 1e6 / seconds
    report.add("free_text_mb_s", text_speed, "MB/s", at_least(10))
    if peer is None:
        return
    part = _first(paragraphs, PEER_TEXT_BYTES)
    theirs = sum(len(text.encode()) for text in part) / 1e6 / peer.find(part, rounds).seconds
    report.add("peer_free_text_mb_s", theirs, "MB/s")
    report.add("free_text_speed_ratio", text_speed / theirs)
    few = [cell for row in ordinary[:PEER_ROWS] for cell in row]
    theirs = sum(len(cell.encode()) for cell in few) / 1e6 / peer.find(few, rounds).seconds
    report.add("peer_rows_mb_s", theirs, "MB/s")
    report.add("rows_speed_ratio", speed / theirs)


def _measure_rows(report: Report, name: str, rows: Sequence[Sequence[str]], rounds: int) -> float:
    """Report megabytes of values and cells per second; returns the former."""
    detector = builtin_scanner().detector
    table = OperatorTable({})
    names = builtin_scanner().catalogue.names
    masker = Masker(secrets.token_bytes(32), detector, table.masker_config(names))
    rule = {"action": "scan", "type": {"kind": "text"}}
    plan = Plan(json.dumps({"columns": [rule] * len(rows[0])}), masker)
    wire = wire_rows(rows)
    cells = [cell.encode() for row in rows for cell in row]
    size = sum(map(len, cells)) / 1e6
    seconds = _median_seconds(lambda: plan.rewrite(wire), rounds)
    aim = name == "rows"
    report.add(f"{name}_mb_s", size / seconds, "MB/s", at_least(100) if aim else None)
    million = len(cells) / 1e6 / seconds
    report.add(f"{name}_million_cells_s", million, "M/s", at_least(5) if aim else None)
    batch = _median_seconds(lambda: detector.scan(cells), rounds)
    report.add(f"{name}_batch_mb_s", size / batch, "MB/s")
    report.add(f"{name}_batch_million_cells_s", len(cells) / 1e6 / batch, "M/s")
    return size / seconds


def _count_alarms(report: Report, size: int) -> None:
    """Report how many secrets, and other values, are found in rows that have none."""
    chance = random.Random(SEED + 1)
    scanner = builtin_scanner()
    seen, number, alarms, others = 0, 0, 0, 0
    while seen < size:
        cells = []
        for _ in range(1000):
            cells += [cell.encode() for cell in ordinary_row(chance, number)]
            number += 1
        seen += sum(map(len, cells))
        for found in scanner.scan_cells(cells):
            secret = sum(one.entity.startswith("secret.") for one in found)
            alarms += secret
            others += len(found) - secret
    report.add("secret_alarms_in_10_mb", alarms * 1e7 / seen, target=at_most(1))
    report.add("other_alarms_in_10_mb", others * 1e7 / seen)


def _median_seconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time: what else runs on the machine does not count."""
    times = []
    work()
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times)


def _repeated(texts: Sequence[str]) -> list[str]:
    size = sum(len(text) for text in texts) or 1
    return list(texts) * max(1, TEXT_BYTES // size)


def _first(texts: Sequence[str], size: int) -> list[str]:
    taken: list[str] = []
    for text in texts:
        if sum(map(len, taken)) >= size:
            break
        taken.append(text)
    return taken
