"""Work that nobody waits for: it is held, named when it breaks, and ended at the close."""

import asyncio

from structlog.testing import capture_logs

from bot.background import Background


async def test_spawned_work_is_done() -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    Background().spawn(work(), "work")
    await done.wait()


async def test_work_that_breaks_is_named_without_its_words_and_stops_nothing() -> None:
    async def break_down() -> None:
        raise ValueError("текст абонента")

    background = Background()
    with capture_logs() as lines:
        background.spawn(break_down(), "typing:fake")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert lines == [{"event": "background_broke", "task": "typing:fake", "error": "ValueError", "log_level": "error"}]
    await background.close()


async def test_a_close_ends_everything_and_waits_for_it() -> None:
    ended = []

    async def last() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(1)

    background = Background()
    for _ in range(3):
        background.spawn(last(), "last")
    await asyncio.sleep(0)
    with capture_logs() as lines:
        await background.close()
    assert ended == [1, 1, 1]
    assert lines == []


async def test_a_close_survives_work_that_breaks_while_it_ends() -> None:
    async def break_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError

    background = Background()
    background.spawn(break_at_the_end(), "stubborn")
    await asyncio.sleep(0)
    await background.close()
