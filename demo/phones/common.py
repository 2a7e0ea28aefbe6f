"""What the phones of all messengers share: waiting for a change, the trouble that is switched on, counting people."""

from demo.screens import Screen, Times
from standins.faults import Trouble, Troubled
from standins.pulse import Pulse

LAST = 80  # messages that a screen holds
TICK_S = 1.0  # the longest time until a change that no pulse told of is seen


class Common:
    """`late` holds the ids of messages written while events are held back."""

    def __init__(self, standin: Troubled, pulse: Pulse) -> None:
        self.times = Times()
        self.now = ""
        self.late: set[int] = set()
        self._troubled = standin
        self._pulse = pulse
        self._count = 0

    def screen(self) -> Screen:
        raise NotImplementedError

    async def changed(self, shown: Screen | None) -> Screen:
        def find() -> Screen | None:
            return current if (current := self.screen()) != shown else None

        try:
            return await self._pulse.until(find, TICK_S)
        except TimeoutError:
            return self.screen()

    async def look(self) -> None:
        """Most messengers tell a bot by themselves, or never."""

    def read_at_once(self, on: bool) -> None:
        """Where the messenger tells a bot nothing of reading."""

    def trouble(self, trouble: Trouble | None) -> None:
        self._troubled.trouble(trouble)
        self.late.clear()
        self.now = trouble.value if trouble else ""


def name_of(name: str, count: int) -> str:
    """The second subscriber is told from the first."""
    return name if count == 1 else f"{name} {count}"
