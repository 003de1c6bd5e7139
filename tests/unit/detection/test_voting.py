"""Votes of distinct values, and how much a small sample proves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.detection.voting import MAX_VALUES, hold, lower_bound
from scrim.domain.finding import Evidence, Finding


def finding(
    end: int, entity: str = "contact.email", evidence: Evidence = Evidence.PATTERN
) -> Finding:
    return Finding(0, end, entity, 0.9, evidence)


def test_the_lower_bound_is_wilsons() -> None:
    assert lower_bound(0, 0) == 0
    assert lower_bound(0, 10) == 0
    assert lower_bound(10, 10) == pytest.approx(0.7225, abs=1e-4)
    assert lower_bound(50, 100) == pytest.approx(0.4038, abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_the_lower_bound_is_below_the_share_and_grows_with_the_sample(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    bound = lower_bound(successes, trials)
    assert 0 <= bound <= successes / trials + 1e-12
    assert lower_bound(successes * 2, trials * 2) >= bound - 1e-12


def test_distinct_values_vote_once_and_blank_ones_abstain() -> None:
    values = ["aaaa", "aaaa", "bbbb", "  ", ""]
    ballot = hold(values, [[finding(4)], [finding(4)], [], [], []], {})
    assert ballot.values == 2
    assert (ballot.of("contact.email").votes, ballot.of("contact.email").values) == (1, 2)
    assert ballot.of("us.ssn").votes == 0


def test_a_finding_inside_a_longer_text_does_not_speak_for_it() -> None:
    ballot = hold(["0123456789"], [[finding(7)]], {})
    assert ballot.winner() is None


def test_a_checksum_must_agree_for_every_vote() -> None:
    both = Evidence.PATTERN | Evidence.CHECKSUM
    checked = hold(["aa", "bb"], [[finding(2, evidence=both)]] * 2, {})
    assert checked.of("contact.email").checked
    mixed = hold(["aa", "bb"], [[finding(2, evidence=both)], [finding(2)]], {})
    assert not mixed.of("contact.email").checked


def test_word_lists_vote_beside_the_scanner() -> None:
    ballot = hold(["Ada", "x"], [[], []], {"person.given": str.istitle})
    winner = ballot.winner()
    assert winner is not None
    assert (winner.entity, winner.votes) == ("person.given", 1)


def test_the_number_of_votes_is_bounded() -> None:
    values = [str(number) for number in range(MAX_VALUES + 50)]
    assert hold(values, [[]] * len(values), {}).values == MAX_VALUES


def test_every_value_needs_its_findings() -> None:
    with pytest.raises(ValueError, match="zip"):
        hold(["a"], [], {})
