"""How often somebody may try."""

from __future__ import annotations

from scrim.server.attempts import MAX_KEYS, Attempts, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_tries_come_back_with_time() -> None:
    clock = Clock()
    attempts = Attempts(Rate(3, 60), Rate(100, 60), clock)
    for _ in range(3):
        assert attempts.wait("a") <= 0
        attempts.note("a")
    assert attempts.wait("a") == 20
    assert attempts.wait("b") <= 0
    clock.now += 19
    assert 0 < attempts.wait("a") <= 1.001
    clock.now += 1.01
    assert attempts.wait("a") <= 0
    clock.now += 1_000
    for _ in range(3):
        assert attempts.wait("a") <= 0
        attempts.note("a")
    assert attempts.wait("a") > 0


def test_many_are_bounded_together() -> None:
    clock = Clock()
    attempts = Attempts(Rate(3, 60), Rate(5, 60), clock)
    for number in range(5):
        assert attempts.wait(str(number)) <= 0
        attempts.note(str(number))
    assert attempts.wait("another") == 12


def test_what_is_remembered_is_bounded() -> None:
    attempts = Attempts(Rate(1, 60), Rate(10**9, 60), Clock())
    for number in range(MAX_KEYS + 50):
        attempts.note(str(number))
    assert attempts.wait(str(MAX_KEYS)) == 60
    assert attempts.wait("0") <= 0
