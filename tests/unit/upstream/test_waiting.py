"""The queue of clients."""

from __future__ import annotations

import asyncio

import pytest

from scrim.upstream.waiting import Place, WaitingLine
from scrim.wire import ProtocolError


class Counter:
    """Places that a queue hands out: a number of them, and who may not have any."""

    def __init__(self, free: int = 0, barred: str = "") -> None:
        self.free = free
        self.barred = barred
        self.returned: list[str] = []

    def offer(self, principal: str) -> Place | None:
        if not self.free or principal == self.barred:
            return None
        self.free -= 1
        return Place(None)

    def take_back(self, principal: str, place: Place) -> None:
        assert place.connection is None
        self.returned.append(principal)
        self.free += 1


async def begin(line: WaitingLine, *names: str) -> list[asyncio.Task[Place]]:
    tasks = [asyncio.get_running_loop().create_task(line.wait(name)) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_first_come_first_served() -> None:
    counter = Counter()
    line = WaitingLine(10, 10, counter.offer, counter.take_back)
    first, second, third = await begin(line, "a", "b", "c")
    counter.free = 2
    line.serve()
    assert await first == await second == Place(None)
    assert len(line) == 1
    line.dismiss(lambda: ProtocolError("closed", "57P01"))
    with pytest.raises(ProtocolError, match="closed"):
        await third


async def test_who_may_not_have_one_is_passed_over() -> None:
    counter = Counter(barred="a")
    line = WaitingLine(10, 10, counter.offer, counter.take_back)
    barred, other = await begin(line, "a", "b")
    counter.free = 1
    line.serve()
    await other
    assert not barred.done()
    barred.cancel()
    with pytest.raises(asyncio.CancelledError):
        await barred
    assert len(line) == 0
    assert counter.returned == []


async def test_what_is_freed_while_serving_is_given_out_too() -> None:
    counter = Counter()
    line: WaitingLine

    def offer(principal: str) -> Place | None:
        # The first offer turns out to be spent and frees a place, for whoever is first.
        if principal == "a" and not counter.returned:
            counter.take_back("spent", Place(None))
            line.serve()
            return None
        return counter.offer(principal)

    line = WaitingLine(10, 10, offer, counter.take_back)
    tasks = await begin(line, "a")
    line.serve()
    assert await tasks[0] == Place(None)


async def test_a_place_given_to_one_who_leaves_is_returned() -> None:
    counter = Counter()
    line = WaitingLine(10, 10, counter.offer, counter.take_back)
    (waiting,) = await begin(line, "a")
    counter.free = 1
    line.serve()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert counter.returned == ["a"]


async def test_waiting_has_an_end_and_a_length() -> None:
    counter = Counter()
    line = WaitingLine(0.01, 1, counter.offer, counter.take_back)
    (waiting,) = await begin(line, "a")
    with pytest.raises(ProtocolError, match="became free"):
        await line.wait("b")
    with pytest.raises(ProtocolError, match="became free") as caught:
        await waiting
    assert caught.value.code == "53300"
    assert len(line) == 0


async def test_waits_are_counted_with_their_time_and_what_came_of_them() -> None:
    counter = Counter()
    line = WaitingLine(0.05, 2, counter.offer, counter.take_back)
    served, late = await begin(line, "a", "b")
    with pytest.raises(ProtocolError):
        await line.wait("one too many")
    await asyncio.sleep(0.02)
    counter.free = 1
    line.serve()
    await served
    assert (line.waits, line.timeouts) == (2, 0)
    with pytest.raises(ProtocolError, match="in time"):
        await late
    assert (line.waits, line.timeouts) == (2, 1)
    assert 0.06 < line.wait_seconds < 5
