"""Who answers now: agents whose switch is on and whose desk is really open. Knows no page and no conversation."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.dialogue.ports import Clock, Duty
from bot.storage.database import Database
from bot.storage.tables import agents
from handoff.hours import Hours

# A browser that reloads or changes networks is back within it; one that was closed is not.
GRACE = timedelta(minutes=1)


class Presence:
    """Agents with a live connection now or a minute ago. In memory: connections do not outlive the process either."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._connections: Counter[int] = Counter()
        self._left_at: dict[int, datetime] = {}

    @contextmanager
    def connected(self, agent_id: int) -> Iterator[None]:
        self._connections[agent_id] += 1
        try:
            yield
        finally:
            self._connections[agent_id] -= 1
            self._left_at[agent_id] = self._clock.now()

    def is_there(self, agent_id: int) -> bool:
        left_at = self._left_at.get(agent_id)
        return self._connections[agent_id] > 0 or (left_at is not None and self._clock.now() - left_at < GRACE)


class Roster:
    """Implements bot.dialogue.ports.DutyRoster."""

    def __init__(self, *, database: Database, hours: Hours, presence: Presence, clock: Clock) -> None:
        self._database = database
        self._hours = hours
        self._presence = presence
        self._clock = clock

    async def duty(self) -> Duty:
        now = self._clock.now()
        if not self._hours.is_open(now):
            return Duty(people=0, opens_at=self._hours.next_opening(now))
        return Duty(people=await self.people())

    async def people(self) -> int:
        """Agents at their desks with the switch on, whatever the hours."""
        async with self._database.reading() as connection:
            switched_on = await connection.execute(select(agents.c.id).where(agents.c.on_duty))
        return sum(self._presence.is_there(agent_id) for agent_id in switched_on.scalars())
