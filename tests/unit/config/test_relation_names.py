"""Qualified names, written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.config.relation_names import check_name, join_name, split_name

PART = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]),
    min_size=1,
    max_size=20,
)


@given(st.lists(PART, min_size=1, max_size=3))
def test_what_is_joined_can_be_split(parts: list[str]) -> None:
    assert split_name(join_name(tuple(parts))) == tuple(parts)


@given(st.lists(PART, min_size=1, max_size=3), st.lists(PART, min_size=1, max_size=3))
def test_different_names_are_written_differently(one: list[str], other: list[str]) -> None:
    assert (one == other) == (join_name(tuple(one)) == join_name(tuple(other)))


@pytest.mark.parametrize(
    "name", ["", ".", "a.", ".a", "a..b", 'a"b', '"a', '"a"b', "a." + "x" * 129]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not a name|has a part"):
        split_name(name)


@pytest.mark.parametrize("name", ["a", "a.b.c.d"])
def test_a_name_has_two_or_three_parts(name: str) -> None:
    with pytest.raises(ValueError, match="must name a column"):
        check_name(name)
