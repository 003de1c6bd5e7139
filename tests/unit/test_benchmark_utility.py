"""The attacker of the benchmark finds what a weak operator gives away."""

import random
import sys

from tests.support.tree import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from harness.attack import guesses_right

PAIRS = 400


def _pairs(
    raw: list[str], masked: list[str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    together = list(zip(raw, masked, strict=True))
    return together[:PAIRS], together[PAIRS:]


def _numbers() -> list[str]:
    chance = random.Random(5)  # noqa: S311 - values of a test
    return [f"{number:08}" for number in chance.sample(range(10**8), 2 * PAIRS)]


def test_an_offset_is_found() -> None:
    raw = _numbers()
    masked = [f"{(int(number) + 12345) % 10**8:08}" for number in raw]
    assert guesses_right(*_pairs(raw, masked)).values == PAIRS


def test_a_substitution_is_found() -> None:
    raw = _numbers()
    masked = [number.translate(str.maketrans("0123456789", "7315908264")) for number in raw]
    assert guesses_right(*_pairs(raw, masked)).above_chance > 50


def test_a_digit_that_stays_is_found() -> None:
    raw = _numbers()
    chance = random.Random(6)  # noqa: S311 - values of a test
    masked = [f"{chance.randrange(10**7):07}{number[2]}" for number in raw]
    assert guesses_right(*_pairs(raw, masked)).above_chance > 10


def test_random_values_give_nothing_away() -> None:
    raw = _numbers()
    chance = random.Random(7)  # noqa: S311 - values of a test
    masked = [f"{chance.randrange(10**8):08}" for _ in raw]
    guesses = guesses_right(*_pairs(raw, masked))
    assert guesses.values == 0
    assert abs(guesses.above_chance) < 5
