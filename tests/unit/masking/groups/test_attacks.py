"""Attacks on published tables: what linking finds, and what two publications give away together."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from scrim.masking.groups.anonymity import enforce
from scrim.masking.groups.hierarchies import Bins, Flat, Prefix
from scrim.masking.groups.requirements import Requirement

if TYPE_CHECKING:
    from scrim.masking.groups.anonymity import Anonymous
    from scrim.masking.groups.hierarchies import Hierarchy
    from scrim.masking.groups.requirements import Table

HIERARCHIES: dict[str, Hierarchy] = {"zip": Prefix((4, 3, 2)), "age": Bins((5, 10, 20))}
QUASI = ("zip", "age", "sex")


def register(size: int, seed: int) -> Table:
    """Return what an attacker knows of everybody, and one column that it wants to know."""
    draw = random.Random(seed)  # noqa: S311 - invented people
    return pa.table(
        {
            "zip": [f"{draw.choice((10, 20, 80))}{draw.randrange(400):03}" for _ in range(size)],
            "age": [draw.randrange(18, 90) for _ in range(size)],
            "sex": [draw.choice("fm") for _ in range(size)],
            "illness": [draw.choice("abcdef") for _ in range(size)],
        }
    )


def linked(known: dict[str, Any], published: Anonymous) -> list[dict[str, Any]]:
    """Return the published records that may be a person's, by all that is known of it."""
    shown = {}
    for name, level in published.report.levels.items():
        hierarchy = HIERARCHIES.get(name, Flat())
        values = pa.array([known[name]])
        at_top = level > hierarchy.height
        found = hierarchy.generalise(values, level) if level and not at_top else values
        shown[name] = None if at_top else found[0].as_py()
    rows: list[dict[str, Any]] = published.table.to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in shown.items())]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_linking_with_a_register_never_leaves_fewer_than_k(seed: int) -> None:
    people = register(400, seed)
    published = enforce(people, Requirement(QUASI, 5, ("illness",), 2), hierarchies=HIERARCHIES)
    for person in people.to_pylist():
        candidates = linked(person, published)
        # Nobody at all where the record was left out.
        assert not candidates or len(candidates) >= 5
        assert not candidates or len({one["illness"] for one in candidates}) >= 2


def test_two_publications_together_protect_less_than_each() -> None:
    # Eve is in both hospitals' tables. Each is 3-anonymous and 3-diverse; only flu is in both of
    # the classes that she can be in. The reference page says so, and this is why.
    first = pa.table({"age": [20, 20, 20], "illness": ["flu", "asthma", "gout"]})
    second = pa.table({"age": [20, 20, 20], "illness": ["flu", "angina", "croup"]})
    requirement = Requirement(("age",), 3, ("illness",), 3)
    illnesses = [
        set(enforce(table, requirement, "refuse").table["illness"].to_pylist())
        for table in (first, second)
    ]
    assert illnesses[0] & illnesses[1] == {"flu"}
