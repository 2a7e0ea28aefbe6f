"""Rate limits, on a loop whose clock moves only by waiting."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from bot import rates
from bot.channels.channel import Rate
from bot.rates import Rates
from tests.support.channel import LIMITS
from tests.support.instant import run_instantly


def moments(chats: list[str], chat_rate: Rate | None = None, total_rate: Rate | None = None) -> list[float]:
    """When each of the sends, all asked for at once, may go."""

    async def send_all() -> list[float]:
        limits = Rates(replace(LIMITS, chat_rate=chat_rate, total_rate=total_rate))
        return list(await asyncio.gather(*(_send(limits, chat) for chat in chats)))

    return run_instantly(send_all())


async def _send(limits: Rates, chat: str) -> float:
    await limits.take(chat)
    return asyncio.get_running_loop().time()


def test_without_limits_nobody_waits() -> None:
    assert moments(["1"] * 100) == [0] * 100


def test_a_chat_gets_its_burst_at_once_and_then_its_pace() -> None:
    assert moments(["1"] * 6, chat_rate=Rate(3, per_s=3)) == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.01)


def test_a_chat_does_not_wait_for_another() -> None:
    assert moments(["1", "2", "3"], chat_rate=Rate(1, per_s=60)) == [0, 0, 0]


def test_all_chats_together_keep_the_pace_of_the_account() -> None:
    sent = moments([str(chat) for chat in range(90)], chat_rate=Rate(3, per_s=3), total_rate=Rate(30, per_s=1))
    assert sent[:30] == [0] * 30
    assert sent[-1] == pytest.approx(2, abs=0.05)
    assert all(later >= earlier for earlier, later in pairwise(sent))


def test_a_busy_chat_takes_nothing_from_the_others_while_it_waits() -> None:
    sent = moments(["busy"] * 5 + ["quiet"], chat_rate=Rate(1, per_s=10), total_rate=Rate(2, per_s=1))
    assert sent[0] == sent[-1] == 0


def test_the_bucket_of_the_chat_silent_for_longest_is_forgotten_first() -> None:
    async def scenario() -> None:
        limits = Rates(replace(LIMITS, chat_rate=Rate(2, per_s=1000)))
        await _send(limits, "old")
        await _send(limits, "old")
        await _send(limits, "kept")
        for number in range(rates.MOST_CHATS - 2):
            await _send(limits, str(number))
        await _send(limits, "kept")
        await _send(limits, "one more")
        assert await _send(limits, "old") == 0
        assert await _send(limits, "kept") > 400

    run_instantly(scenario())
