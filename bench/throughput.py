"""Messages a second, end to end: many chats write at once, until every answer is on a screen.

The bot runs in a process of its own, the stand-ins of the messengers in ours, so both share the machine's cores. The
messengers' own limits are in force: the bot keeps them, and VK's stand-in enforces them.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.crowds import Crowd
from bench.process import DATABASE
from bench.stage import open_stage

PATIENCE_S = 90.0
LOOK_EVERY_S = 0.01
FULL = 0.8
"""From this share up, a messenger's limit or a core is what bounds."""

COUNTS = """
SELECT count(*) FILTER (WHERE author = 'subscriber'),
       count(*) FILTER (WHERE author = 'subscriber' AND handled_at IS NULL),
       count(*) FILTER (WHERE author = 'bot'),
       count(*) FILTER (WHERE delivery IN ('pending', 'sending')),
       count(*) FILTER (WHERE delivery IN ('failed', 'uncertain'))
FROM messages WHERE channel = ?
"""


@dataclass(frozen=True, slots=True)
class Throughput:
    """`accepted` counts rows: what is in it is committed, and survives the death of the process."""

    messenger: str
    messages: int  # written by as many subscribers at once
    accepted: int
    answered: int  # messages of the bot that reached a screen
    lost: int  # that did not
    accepted_per_s: float
    answered_per_s: float  # subscribers' messages
    sent_per_s: float  # the bot's messages: an answer may be more than one
    cpu_ms: float  # of the bot's process for a subscriber's message
    limit_per_s: float | None  # of the messenger, for sent_per_s

    @property
    def cores(self) -> float:
        """That the bot kept busy: its event loop can have one, the encoder a part of another."""
        return round(self.answered_per_s * self.cpu_ms / 1000, 2)

    @property
    def bound(self) -> str:
        """What keeps it from being faster: limit, core; empty: neither, or a machine with other things to do."""
        if self.limit_per_s is not None and self.sent_per_s >= FULL * self.limit_per_s:
            return "limit"
        return "core" if self.cores >= FULL else ""

    @property
    def accepted_to_limit(self) -> float | None:
        """How many times what the messenger lets us say the bot can hear."""
        return round(self.accepted_per_s / self.limit_per_s, 1) if self.limit_per_s else None


@dataclass(frozen=True, slots=True)
class Counts:
    written: int
    unhandled: int
    said: int
    undelivered: int
    dead: int

    @property
    def is_settled(self) -> bool:
        return not self.unhandled and not self.undelivered


async def measure_all(config: Path, folder: Path, questions: Sequence[str]) -> AsyncIterator[Throughput]:
    """One messenger after another, each with a subscriber for every question."""
    async with open_stage(config, folder, len(questions)) as stage:
        with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as database:
            for crowd in stage.crowds:
                yield await _measure(crowd, database, questions, stage.cpu_s)


async def _measure(
    crowd: Crowd, database: sqlite3.Connection, questions: Sequence[str], cpu_s: Callable[[], float]
) -> Throughput:
    def counts() -> Counts:
        return Counts(*database.execute(COUNTS, (crowd.name,)).fetchone())

    await crowd.open()
    await _until(lambda: crowd.seen >= len(questions) and counts().is_settled, counts)  # all are greeted
    before, seen_before = counts(), crowd.seen
    started, cpu_before_s = time.perf_counter(), cpu_s()
    await crowd.ask(questions)
    await _until(lambda: counts().written - before.written >= len(questions), counts)
    accepted_s = time.perf_counter() - started
    await _until(lambda: _is_over(counts(), before, crowd.seen - seen_before), counts)
    answered_s = time.perf_counter() - started
    after, answered = counts(), crowd.seen - seen_before
    accepted = after.written - before.written
    return Throughput(
        messenger=crowd.name,
        messages=len(questions),
        accepted=accepted,
        answered=answered,
        lost=after.said - before.said - answered,
        accepted_per_s=round(accepted / accepted_s, 1),
        answered_per_s=round(accepted / answered_s, 1),
        sent_per_s=round(answered / answered_s, 1),
        cpu_ms=round((cpu_s() - cpu_before_s) / accepted * 1000, 1),
        limit_per_s=crowd.limit.count / crowd.limit.per_s if crowd.limit else None,
    )


def _is_over(now: Counts, before: Counts, seen: int) -> bool:
    dead = now.dead - before.dead
    return now.is_settled and seen >= now.said - before.said - dead


async def _until(is_true: Callable[[], bool], counts: Callable[[], Counts]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_true():  # noqa: ASYNC110  # another process's database announces nothing
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise RuntimeError(f"not done within {PATIENCE_S:g} s: {counts()}") from None
