"""One worker a conversation: never two, none forgotten, none stopped by an error."""

import asyncio
import random
from collections import Counter

import pytest

from bot.lanes import Lanes
from tests.support.clock import FakeClock


class Worker:
    """Counts the runs of each conversation, and how many of its workers there are at once."""

    def __init__(self) -> None:
        self.runs: Counter[int] = Counter()
        self.at_once: Counter[int] = Counter()
        self.most_at_once = 0
        self.pauses = 0
        self.failures: list[Exception] = []

    async def work(self, conversation_id: int) -> None:
        self.runs[conversation_id] += 1
        self.at_once[conversation_id] += 1
        self.most_at_once = max(self.most_at_once, self.at_once[conversation_id])
        try:
            for _ in range(self.pauses):
                await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop(0)
        finally:
            self.at_once[conversation_id] -= 1


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lanes(worker: Worker, clock: FakeClock) -> Lanes:
    return Lanes("test", worker.work, clock.sleep)


async def test_a_woken_conversation_is_worked_on(lanes: Lanes, worker: Worker) -> None:
    lanes.wake(1)
    assert lanes.busy == 1
    await lanes.settle()
    assert worker.runs == {1: 1}
    assert lanes.busy == 0


async def test_many_wakes_never_make_two_workers_of_one_conversation(lanes: Lanes, worker: Worker) -> None:
    worker.pauses = 3
    chance = random.Random(5)
    for _ in range(300):
        lanes.wake(chance.randint(1, 3))
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    await lanes.settle()
    assert worker.most_at_once == 1
    assert set(worker.runs) == {1, 2, 3}


async def test_different_conversations_are_worked_on_at_once(worker: Worker) -> None:
    gate, inside = asyncio.Event(), 0

    async def work(conversation_id: int) -> None:
        nonlocal inside
        inside += 1
        await gate.wait()

    lanes = Lanes("test", work)
    for conversation_id in range(50):
        lanes.wake(conversation_id)
    await asyncio.sleep(0)
    assert inside == 50
    gate.set()
    await lanes.settle()


@pytest.mark.parametrize("after", range(6))
async def test_a_wake_at_any_moment_of_the_work_is_not_lost(lanes: Lanes, worker: Worker, after: int) -> None:
    worker.pauses = 3
    lanes.wake(1)
    for _ in range(after):
        await asyncio.sleep(0)
    seen = worker.runs[1]
    lanes.wake(1)
    await lanes.settle()
    assert worker.runs[1] > seen


async def test_a_wake_from_the_work_itself_makes_it_look_again(clock: FakeClock) -> None:
    runs = 0

    async def work(conversation_id: int) -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            lanes.wake(conversation_id)

    lanes = Lanes("test", work, clock.sleep)
    lanes.wake(1)
    await lanes.settle()
    assert runs == 3


async def test_an_error_is_tried_again_after_growing_waits(lanes: Lanes, worker: Worker, clock: FakeClock) -> None:
    worker.failures = [ValueError() for _ in range(9)]
    lanes.wake(1)
    await lanes.settle()
    assert worker.runs[1] == 10
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_an_error_in_one_conversation_holds_up_no_other(worker: Worker) -> None:
    never = asyncio.Event()
    lanes = Lanes("test", worker.work, lambda seconds: _wait(never))
    worker.failures = [ValueError()]
    lanes.wake(1)
    await asyncio.sleep(0)
    lanes.wake(2)
    await asyncio.sleep(0)
    assert worker.runs == {1: 1, 2: 1}
    await lanes.stop(0)


async def test_after_a_stop_nothing_new_is_started(lanes: Lanes, worker: Worker) -> None:
    await lanes.stop()
    lanes.wake(1)
    assert lanes.busy == 0
    assert not worker.runs


async def test_a_stop_lets_the_work_finish(lanes: Lanes, worker: Worker) -> None:
    worker.pauses = 5
    lanes.wake(1)
    await asyncio.sleep(0)
    await lanes.stop()
    assert worker.runs == {1: 1}
    assert lanes.busy == 0


async def test_a_stop_does_not_wait_for_ever() -> None:
    cancelled = []

    async def work(conversation_id: int) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(conversation_id)
            raise

    lanes = Lanes("test", work)
    lanes.wake(1)
    await asyncio.sleep(0)
    await lanes.stop(grace_s=0)
    assert cancelled == [1]
    assert lanes.busy == 0


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
