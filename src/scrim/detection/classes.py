"""What the values of a column are by their characters, as the kernel's classifier tells it.

The classifier knows names of people, places and organisations in many languages, and several kinds
of other things, so that a film's title or a product is not taken for one of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from scrim.kernel import classify_values, value_classes

MAX_BYTES: Final = 320
"""Bytes of a value that are looked at."""
OTHER: Final = "other"
"""How the names of classes begin whose values are nothing that an entity votes by."""
CODE: Final = f"{OTHER}_code"
"""The class of codes, identifiers and paths."""
PERSON_WORDS: Final = ("given_name", "family_name")
"""Many names are either: what speaks for one of them does not speak against the other."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a column's values.

    Attributes:
        shares: Mean share of each class, from 0 to 1.
        leader: The likeliest class of all values together that is not of the others; none without
            values.
        values: How many values there were.
    """

    shares: Mapping[str, float]
    leader: str | None
    values: int

    def votes(self, name: str) -> int:
        """Return how many values speak for a class, as far as they can be told apart."""
        share = self.shares.get(name, 0.0)
        if name == self.leader and name in PERSON_WORDS:
            share = sum(self.shares.get(one, 0.0) for one in PERSON_WORDS)
        return round(share * self.values)

    def other(self, *kinds: str) -> float:
        """Return the share of some kinds of other things, of all of them without a kind."""
        names = [f"{OTHER}_{kind}" for kind in kinds]
        wanted = names or [name for name in self.shares if name.startswith(OTHER)]
        return sum(self.shares.get(name, 0.0) for name in wanted)


NO_CLASSES: Final = Classes({}, None, 0)


@cache
def _names() -> tuple[str, ...]:
    return tuple(value_classes())


def classify(values: Sequence[str]) -> Classes:
    """Return what the values of a column are.

    Args:
        values: Distinct values.
    """
    if not values:
        return NO_CLASSES
    judged = [value for value in values if not _is_path(value)]
    if not judged:
        return Classes({CODE: 1.0}, None, len(values))
    cells = [value[:MAX_BYTES].encode("utf-8", "replace") for value in judged]
    _, shares, likelihoods = classify_values(cells)
    named = [name for name in _names() if not name.startswith(OTHER)]
    together = dict(zip(_names(), likelihoods, strict=True))
    leader = max(named, key=together.__getitem__, default=None)
    part = len(judged) / len(values)
    told = {name: part * share for name, share in zip(_names(), shares, strict=True)}
    told[CODE] = told.get(CODE, 0.0) + 1 - part
    return Classes(told, leader, len(values))


def _is_path(value: str) -> bool:
    """Whether a value is the path of a file or page, whose parts the classifier would judge."""
    rooted = value.startswith(("/", "./", "../", "~/", "\\\\")) or "://" in value[:MAX_BYTES]
    return rooted and not any(map(str.isspace, value[:MAX_BYTES]))
