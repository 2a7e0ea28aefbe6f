"""The open tabs of each chat and what they must be told. Carries no messages: a tab is only woken and reads them from
the history after its own cursor, so that a lost or doubled wake-up changes nothing. Knows no socket."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from bot.channels.web.render import Frame

TABS_PER_CHAT = 5
SURPLUS = 4001  # close codes: the chat has too many tabs; do not come back by yourself
RESTART = 1012  # the server goes away; come back
FRAMES_WAITING = 100  # beyond it the oldest go; an ack that is lost only makes the tab repeat its message


class Tab:
    """One open socket, seen from those who have something to tell it."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque(maxlen=FRAMES_WAITING)
        self._signal = asyncio.Event()
        self.close_code = 0  # not 0: the tab is to be closed with it

    def wake(self) -> None:
        self._signal.set()

    def push(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._signal.set()

    def dismiss(self, close_code: int) -> None:
        self.close_code = close_code
        self._signal.set()

    async def wait(self, timeout_s: float) -> None:
        """Until there may be something to tell, or the time is up."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._signal.wait()
        except TimeoutError:
            pass
        self._signal.clear()

    def frames(self) -> Iterator[Frame]:
        """Take what waits."""
        while self._frames:
            yield self._frames.popleft()


class Tabs:
    """All open tabs. When a chat opens too many the oldest is dismissed: it is most likely a dead connection."""

    def __init__(self) -> None:
        self._by_chat: dict[str, list[Tab]] = {}

    @contextmanager
    def open(self, chat_id: str) -> Iterator[Tab]:
        tab = Tab()
        tabs = self._by_chat.setdefault(chat_id, [])
        tabs.append(tab)
        for surplus in tabs[:-TABS_PER_CHAT]:
            surplus.dismiss(SURPLUS)
        try:
            yield tab
        finally:
            tabs.remove(tab)
            if not tabs:
                self._by_chat.pop(chat_id, None)

    def wake(self, chat_id: str) -> None:
        for tab in self._by_chat.get(chat_id, ()):
            tab.wake()

    def push(self, chat_id: str, frame: Frame) -> None:
        for tab in self._by_chat.get(chat_id, ()):
            tab.push(frame)

    def count(self, chat_id: str) -> int:
        return len(self._by_chat.get(chat_id, ()))

    def dismiss_all(self) -> None:
        for tabs in self._by_chat.values():
            for tab in tabs:
                tab.dismiss(RESTART)
