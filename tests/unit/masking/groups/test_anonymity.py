"""k-anonymity and l-diversity: examples worked by hand, and what always holds."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrim.masking.groups import lattice
from scrim.masking.groups.anonymity import check, enforce
from scrim.masking.groups.hierarchies import Bins, Prefix
from scrim.masking.groups.requirements import GroupError, Requirement

if TYPE_CHECKING:
    from scrim.masking.groups.hierarchies import Hierarchy
    from scrim.masking.groups.requirements import Table

# Twelve patients as in the example of Machanavajjhala et al. (2007).
PATIENTS = pa.table(
    {
        "zip": [
            "13053",
            "13068",
            "13068",
            "13053",
            "14853",
            "14853",
            "14850",
            "14850",
            "13053",
            "13053",
            "13068",
            "13068",
        ],
        "age": [28, 29, 21, 23, 50, 55, 47, 49, 31, 37, 36, 35],
        "condition": ["heart", "heart", "viral", "viral", "cancer", "heart", "viral", "viral"]
        + ["cancer"] * 4,
    }
)
HIERARCHIES: dict[str, Hierarchy] = {"zip": Prefix((4, 3, 2)), "age": Bins((10, 20, 40))}
QUASI = ("zip", "age")
FOUR = Requirement(QUASI, 4)


def test_records_that_differ_are_classes_of_one() -> None:
    report = check(PATIENTS, FOUR)
    assert (report.records, report.classes, report.smallest) == (12, 12, 1)
    assert (report.classes_below, report.records_below, report.satisfied) == (12, 12, False)


def test_the_report_counts_classes_and_records_below() -> None:
    table = pa.table({"a": [1, 1, 1, 2, 2, None], "s": ["x", "x", "y", "z", "z", "z"]})
    report = check(table, Requirement(("a",), 2, ("s",), 2))
    assert (report.classes, report.smallest, report.classes_below_k) == (3, 1, 1)
    assert (report.classes_below, report.records_below) == (2, 3)
    assert report.diversity == {"s": 1.0}


def test_the_least_generalisation_is_chosen() -> None:
    # Every level costs a quarter of a column. With decades (1, 1), 1485* splits into 50 and 40 with
    # two records each; (1, 2) is the first after it, before (2, 1) and (3, 0).
    found = enforce(PATIENTS, FOUR, hierarchies=HIERARCHIES)
    assert found.report.levels == {"zip": 1, "age": 2}
    assert found.report.suppressed == 0
    assert found.table.schema == PATIENTS.schema
    assert found.table["zip"].to_pylist()[:3] == ["1305*", "1306*", "1306*"]
    assert found.table["age"].to_pylist() == [20] * 4 + [40] * 4 + [20] * 4
    assert found.table["condition"] == PATIENTS["condition"]


def test_suppression_alone_leaves_out_the_small_classes() -> None:
    table = pa.table({"a": [1, 2, 1, 3, 2, 1], "b": list("uvwxyz")})
    found = enforce(table, Requirement(("a",), 2), "suppress")
    assert found.table.to_pydict() == {"a": [1, 2, 1, 2, 1], "b": ["u", "v", "w", "y", "z"]}
    assert found.report.suppressed == 1
    with pytest.raises(GroupError, match="1 of 6 records"):
        enforce(table, Requirement(("a",), 2), "suppress", max_suppressed=0.1)


def test_refusal_changes_nothing_and_says_how_many() -> None:
    with pytest.raises(GroupError, match="12 of 12 records"):
        enforce(PATIENTS, FOUR, "refuse")
    assert enforce(PATIENTS, replace(FOUR, k=1), "refuse").table == PATIENTS


def test_a_column_without_a_hierarchy_becomes_null_where_nothing_less_helps() -> None:
    found = enforce(PATIENTS, Requirement(QUASI, 12))
    assert found.table["zip"].null_count == found.table["age"].null_count == 12
    assert found.table.schema.types == PATIENTS.schema.types
    with pytest.raises(GroupError, match="no generalisation of the table"):
        enforce(PATIENTS, Requirement(QUASI, 13), max_suppressed=0)


def test_a_class_of_one_value_is_not_diverse() -> None:
    table = pa.table({"q": [1, 1, 2, 2], "s": ["flu", "flu", "flu", None]})
    report = check(table, Requirement(("q",), 2, ("s",), 2))
    assert (report.classes_below, report.classes_below_k, report.diversity["s"]) == (2, 0, 1.0)


def test_entropy_demands_that_no_value_prevails() -> None:
    # Three of one and one of another: entropy 0.5623, its exponential 4 / 3^0.75 = 1.7548.
    skewed = pa.table({"q": [1] * 4, "s": ["a", "a", "a", "b"]})
    assert check(skewed, Requirement(("q",), 4, ("s",), 2)).satisfied
    report = check(skewed, Requirement(("q",), 4, ("s",), 2, entropy=True))
    assert math.isclose(report.diversity["s"], 4 / 3**0.75)
    assert not report.satisfied
    even = pa.table({"q": [1] * 6, "s": ["a", "b", "c"] * 2})
    assert check(even, Requirement(("q",), 4, ("s",), 3, entropy=True)).satisfied
    unknown = pa.table({"q": [1, 1], "s": pa.array([None, None], pa.string())})
    assert check(unknown, Requirement(("q",), 1, ("s",), 1, entropy=True)).diversity == {"s": 0.0}


def test_one_person_with_many_records_is_one() -> None:
    visits = pa.table({"q": [1] * 5 + [2] * 3, "who": ["ana"] * 5 + ["bo", "cy", None]})
    assert check(visits, Requirement(("q",), 3)).satisfied
    report = check(visits, Requirement(("q",), 2, subject="who"))
    assert (report.smallest, report.classes_below, report.records_below) == (1, 1, 5)


def test_tables_without_records_have_nothing_below() -> None:
    empty = PATIENTS.slice(0, 0)
    report = check(empty, Requirement(QUASI, 4, ("condition",), 2))
    assert (report.records, report.classes, report.smallest, report.satisfied) == (0, 0, 0, True)
    assert enforce(empty, FOUR, hierarchies=HIERARCHIES).table.num_rows == 0


def test_batches_chunks_and_dictionaries_are_read_alike() -> None:
    chunked = pa.concat_tables([PATIENTS.slice(0, 5), PATIENTS.slice(5)])
    coded = PATIENTS.set_column(0, "zip", PATIENTS["zip"].combine_chunks().dictionary_encode())
    expected = enforce(PATIENTS, FOUR, hierarchies=HIERARCHIES).report
    for table in (chunked, coded, PATIENTS.to_batches()[0]):
        assert check(table, FOUR) == check(PATIENTS, FOUR)
        found = enforce(table, FOUR, hierarchies=HIERARCHIES)
        assert found.report == expected
        assert found.table.schema == table.schema
    with pytest.raises(GroupError, match="table or record batch"):
        check([1, 2], FOUR)


@pytest.mark.parametrize(
    ("table", "requirement", "message"),
    [
        (PATIENTS, Requirement(("plz",), 2), "no column plz"),
        (pa.table([[1], [2]], ["a", "a"]), Requirement(("a",), 2), "more than one column a"),
        (pa.table({"a": [[1]]}), Requirement(("a",), 2), "cannot be compared"),
    ],
)
def test_unusable_columns_are_refused(table: Table, requirement: Requirement, message: str) -> None:
    with pytest.raises(GroupError, match=message):
        check(table, requirement)


@pytest.mark.parametrize(
    "fields",
    [
        {"quasi": ()},
        {"quasi": ("a", "a")},
        {"quasi": ("a",), "sensitive": ("a",)},
        {"quasi": ("a",), "subject": "a"},
        {"quasi": ("a",), "k": 0},
        {"quasi": ("a",), "l": 2},
        {"quasi": tuple(map(str, range(17)))},
    ],
)
def test_requirements_that_cannot_be_meant_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(GroupError):
        Requirement(**{"k": 2, **fields})


def test_a_misspelt_hierarchy_or_share_is_refused() -> None:
    with pytest.raises(GroupError, match="is not a quasi-identifier"):
        enforce(PATIENTS, FOUR, hierarchies={"zpi": Prefix((1,))})
    with pytest.raises(GroupError, match="from 0 to 1"):
        enforce(PATIENTS, FOUR, max_suppressed=1.5)


def test_a_search_that_grows_too_large_goes_on_greedily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lattice, "MAX_NODES", 1)
    found = enforce(PATIENTS, FOUR, hierarchies=HIERARCHIES, max_suppressed=0)
    assert found.report.satisfied
    assert found.report.levels == {"zip": 1, "age": 2}


records = st.lists(
    st.tuples(
        st.integers(0, 99),
        st.sampled_from(["10115", "10117", "10245", "20095", "80331"]) | st.none(),
        st.sampled_from(["a", "b", "c"]) | st.none(),
        st.integers(0, 9),
    ),
    max_size=40,
)


def table_of(rows: list[tuple[Any, ...]]) -> Table:
    kinds = {"age": pa.int64(), "zip": pa.string(), "s": pa.string(), "who": pa.int64()}
    columns = list(zip(*rows, strict=True)) or [()] * 4
    return pa.table(
        {name: pa.array(list(c), kinds[name]) for name, c in zip(kinds, columns, strict=True)}
    )


def meets(rows: list[dict[str, Any]], requirement: Requirement) -> bool:
    """Check a requirement anew, without Arrow."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in requirement.quasi)].append(row)
    for group in groups.values():
        subjects = {row["who"] for row in group} if requirement.subject else range(len(group))
        if len(subjects) < requirement.k:
            return False
        counts = Counter(row["s"] for row in group if row["s"] is not None)
        total = counts.total()
        diversity: float = len(counts)
        if requirement.entropy and total:
            shares = [count / total for count in counts.values()]
            diversity = math.exp(-sum(share * math.log(share) for share in shares))
        if requirement.sensitive and diversity < requirement.l - 1e-6:
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(
    records,
    st.integers(1, 6),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 1.0]),
    st.sampled_from([1, 2_000]),
)
def test_the_outcome_always_meets_the_requirement(  # noqa: PLR0917 - drawn apart
    rows: list[tuple[Any, ...]],
    k: int,
    least: int,
    entropy: bool,
    by_subject: bool,
    share: float,
    nodes: int,
) -> None:
    table = table_of(rows)
    requirement = Requirement(
        ("age", "zip"), k, ("s",), least, entropy=entropy, subject="who" if by_subject else None
    )
    hierarchies: dict[str, Hierarchy] = {"age": Bins((10, 50)), "zip": Prefix((3, 1))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lattice, "MAX_NODES", nodes)
        try:
            found = enforce(table, requirement, "generalise", hierarchies, share)
        except GroupError:
            if not (entropy and share):
                whole = [row | {"age": None, "zip": None} for row in table.to_pylist()]
                assert not meets(whole, requirement)
            return
    kept = found.table.to_pylist()
    assert meets(kept, requirement)
    assert found.report.suppressed == table.num_rows - len(kept) <= share * table.num_rows
    assert found.table.schema.types == table.schema.types
    assert check(table, requirement).satisfied == meets(table.to_pylist(), requirement)


@settings(max_examples=60, deadline=None)
@given(records, st.integers(1, 6))
def test_no_cheaper_generalisation_would_have_done(rows: list[tuple[Any, ...]], k: int) -> None:
    table = table_of(rows)
    requirement = Requirement(("age", "zip"), k)
    hierarchies: dict[str, Hierarchy] = {"age": Bins((10, 50)), "zip": Prefix((3, 1))}
    try:
        found = enforce(table, requirement, hierarchies=hierarchies, max_suppressed=0).report
    except GroupError:
        return
    loss = sum(found.levels.values())
    for levels in product(range(4), range(4)):
        if sum(levels) < loss:
            assert not check(_at(table, levels), requirement).satisfied


@settings(max_examples=60, deadline=None)
@given(records, st.integers(2, 6))
def test_coarser_levels_never_have_more_records_below(rows: list[tuple[Any, ...]], k: int) -> None:
    table = table_of(rows)
    requirement = Requirement(("age", "zip"), k, ("s",), 2)
    below = {
        levels: check(_at(table, levels), requirement).records_below
        for levels in product(range(4), range(4))
    }
    for (age, code), count in below.items():
        assert count >= below[min(age + 1, 3), code]
        assert count >= below[age, min(code + 1, 3)]


def _at(table: Table, levels: tuple[int, ...]) -> Table:
    hierarchies: tuple[Hierarchy, ...] = (Bins((10, 50)), Prefix((3, 1)))
    for place, (level, hierarchy) in enumerate(zip(levels, hierarchies, strict=True)):
        column = table.column(place).combine_chunks()
        if level == 3:
            table = table.set_column(place, table.field(place), pa.nulls(len(column), column.type))
        elif level:
            table = table.set_column(place, table.field(place), hierarchy.generalise(column, level))
    return table
