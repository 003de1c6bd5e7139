"""Values with check digits by themselves in a column of their name: are they found, as what?

For every entity with a checksum there are its own examples, and random values made by trial: a
random value of its layout is kept when a scanner that knows only this entity takes it for one in a
column of it, that is when its checksum agrees. Then all entities are on, and nothing is told but
the column's name: the figure shows whether the name leads to the entity and no other takes the
value. That the checksums themselves are right is shown by the tests of the entities.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.report import at_least
from scrim.detection.columns import ColumnJudge
from scrim.detection.entry import example_text
from scrim.detection.scan import Scanner, builtin_scanner
from scrim.detection.voting import WHOLE_VALUE
from scrim.domain.column import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.report import Options, Report
    from scrim.detection.catalogue import Catalogue
    from scrim.detection.entry import Entry
    from scrim.domain.finding import Finding

SEED = 20_261
CANDIDATES, QUICK_CANDIDATES = 20_000, 4_000
MOST_VALUES = 200
CHECKED_SHAPES = frozenset({"card", "iban"})
"""Recognisers of the kernel that test check digits by themselves."""
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_ITEM = re.compile(r"\[[^\]]+\]|\{\d+(?:,\d+)?\}|.", re.DOTALL)


@dataclass(slots=True)
class _Counts:
    values: int = 0
    found: int = 0
    reported: int = 0
    right: int = 0

    def add(self, other: _Counts) -> None:
        self.values += other.values
        self.found += other.found
        self.reported += other.reported
        self.right += other.right


@dataclass(slots=True)
class _Notes:
    confused: list[tuple[float, str]] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    untested: list[str] = field(default_factory=list)

    def tell(self, report: Report) -> None:
        if self.confused:
            listed = ", ".join(f"{name} {share:.2f}" for share, name in sorted(self.confused)[:20])
            report.note(f"share of values that is found as what it is, the least: {listed}")
        if self.misnamed:
            report.note(f"their first column name leads elsewhere: {', '.join(self.misnamed)}")
        if self.untested:
            report.note(f"without any value to try: {', '.join(self.untested)}")


def measure_national(options: Options, report: Report) -> None:
    """Measure every entity that has a checksum and a column name.

    Args:
        options: How the script was started.
        report: Takes the figures.
    """
    scanner = builtin_scanner()
    judge = ColumnJudge(scanner.catalogue)
    candidates = options.either(QUICK_CANDIDATES, CANDIDATES)
    total, notes = _Counts(), _Notes()
    entries = [one for one in scanner.catalogue.entries if _has_checksum(one) and one.columns]
    for entry in entries:
        values = valid_values(entry, scanner.catalogue, candidates)
        if not values:
            notes.untested.append(entry.name)
            continue
        evidence = judge.by_name(Column("", "", entry.columns[0]))
        expected = None if evidence is None else evidence.entity
        if expected != entry.name:
            notes.misnamed.append(f"{entry.name} ({entry.columns[0]})")
        counts = _measure_entry(entry, values, scanner, expected)
        if counts.right < counts.values:
            notes.confused.append((counts.right / counts.values, entry.name))
        total.add(counts)
    report.add("national_entities", len(entries) - len(notes.untested))
    report.add("national_values", total.values)
    if total.values:
        report.add("national_recall", total.found / total.values, target=at_least(0.995))
    if total.reported:
        precision = total.right / total.reported
        report.add("national_type_precision", precision, target=at_least(0.98))
    notes.tell(report)


def valid_values(entry: Entry, catalogue: Catalogue, candidates: int) -> list[str]:
    """Return values of an entity: its examples, and random ones.

    Args:
        entry: The entity.
        catalogue: Where it is from.
        candidates: How many random values are tried.
    """
    alone = Scanner(catalogue.only([entry.name]))
    examples = [example_text(one) for one in entry.values] or _found_examples(entry, alone)
    chance = random.Random(f"{SEED}{entry.name}")
    tried = [_random_value(entry, examples, chance) for _ in range(candidates)]
    made = [
        value
        for value, found in zip(tried, alone.scan(tried, entry.name), strict=True)
        if value and _covers(value, found)
    ]
    return list(dict.fromkeys([*examples, *made]))[: MOST_VALUES + len(examples)]


def _found_examples(entry: Entry, alone: Scanner) -> list[str]:
    """Return the values inside the entity's example texts."""
    texts = [example_text(one) for one in entry.matches]
    found = zip(texts, alone.scan(texts), strict=True)
    return [text[one.start : one.end] for text, findings in found for one in findings]


def _measure_entry(
    entry: Entry, values: Sequence[str], scanner: Scanner, expected: str | None
) -> _Counts:
    counts = _Counts(values=len(values))
    for value, findings in zip(values, scanner.scan(values, expected), strict=True):
        speaker = _covers(value, findings)
        counts.found += speaker is not None
        counts.reported += len(findings)
        counts.right += speaker is not None and speaker.entity == entry.name
    return counts


def _has_checksum(entry: Entry) -> bool:
    return entry.checksum is not None or entry.shape in CHECKED_SHAPES


def _covers(value: str, findings: Sequence[Finding]) -> Finding | None:
    """Return the finding that speaks for the whole value."""
    needed = WHOLE_VALUE * len(value.strip())
    return next((one for one in findings if one.end - one.start >= needed), None)


def _random_value(entry: Entry, examples: Sequence[str], chance: random.Random) -> str:
    if entry.formats:
        return random_code(chance.choice(entry.formats), chance)
    if not examples:
        return ""
    return "".join(
        chance.choice(DIGITS) if c.isdigit() else c for c in chance.choice(list(examples))
    )


def random_code(layout: str, chance: random.Random) -> str:
    """Return a random value of a layout of a `code`.

    Args:
        layout: The layout, as `formats` of an entity has it.
        chance: Where randomness comes from.
    """
    separator = chance.choice(("", "", " ", "-", "."))
    items: list[str] = []
    for item in _ITEM.findall(layout):
        if item.startswith("{") and items:
            low, _, high = item[1:-1].partition(",")
            times = chance.choice([int(low), int(high or low)])
            last = items.pop()
            items += [last] * times
        else:
            items.append(item)
    return "".join(_character(item, separator, chance) for item in items)


def _character(item: str, separator: str, chance: random.Random) -> str:
    if item.startswith("[") and len(item) > 1:
        return chance.choice(_members(item[1:-1]))
    choices = {"#": DIGITS, "@": LETTERS, "*": LETTERS + DIGITS}
    if item == "~":
        return separator
    return chance.choice(choices[item]) if item in choices else item


def _members(text: str) -> str:
    members, place = "", 0
    while place < len(text):
        if text[place + 1 : place + 2] == "-" and place + 2 < len(text):
            members += "".join(map(chr, range(ord(text[place]), ord(text[place + 2]) + 1)))
            place += 3
        else:
            members += text[place]
            place += 1
    return members
