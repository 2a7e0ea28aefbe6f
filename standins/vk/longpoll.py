"""Bots Long Poll: the community's queue of events, read from a position that the reader keeps."""

import secrets
from dataclasses import dataclass, field

from standins.pulse import Pulse
from standins.vk.errors import Json
from standins.vk.kinds import peer_of
from standins.vk.rules import Params

MAX_WAIT_S = 90
OUTDATED, KEY_EXPIRED, LOST = 1, 2, 3  # the values of "failed"


@dataclass(slots=True)
class LongPoll:
    """Off in a new community, as with VK; then it tells of `kinds`. Nothing is confirmed: an old `ts` reads again."""

    pulse: Pulse
    enabled: bool = False
    kinds: set[str] = field(default_factory=lambda: {"message_new"})
    api_version: str = "5.199"
    swapped: bool = False  # an event that waits is overtaken by those of other chats
    key: str = field(default_factory=lambda: secrets.token_hex(20))
    log: list[Json] = field(default_factory=list)
    first: int = 1  # the position of the oldest event in the log
    _taken: int = 1  # up to where anyone has read
    _dead: dict[str, int] = field(default_factory=dict)  # old keys, and what their holders are told

    @property
    def end(self) -> int:
        return self.first + len(self.log)

    def put(self, event: Json) -> None:
        if self.enabled and event["type"] in self.kinds:
            self.log.insert(self._place(event), {**event, "v": self.api_version})
            self.pulse.beat()

    async def check(self, params: Params) -> Json:
        """One wait of a reader. `ts` is a string, but a number next to "failed", as with VK."""
        key, ts = params.text("key"), params.text("ts")
        if params.text("act") != "a_check" or key != self.key:
            return self._refusal(key)
        if not ts.isdigit() or not self.first <= int(ts) <= self.end:
            outdated = ts.isdigit() and int(ts) < self.first
            return {"failed": OUTDATED, "ts": self.first if outdated else self.end}
        wait_s = min(max(params.integer("wait", 25), 0), MAX_WAIT_S)
        try:
            await self.pulse.until(lambda: self.end > int(ts) or self.key != key, wait_s)
        except TimeoutError:
            return {"ts": ts, "updates": []}
        if self.key != key:
            return self._refusal(key)
        return self._read(int(ts))

    def expire_key(self) -> None:
        """Readers need a new key (failed 2); the position stays good."""
        self._change_key(KEY_EXPIRED)

    def lose_history(self) -> None:
        """What is in the queue is forgotten: a reader behind it is told the new position (failed 1)."""
        self.first = self._taken = self.end
        self.log.clear()

    def lose_all(self) -> None:
        """Key and positions are worth nothing any more (failed 3); counting starts anew."""
        self._change_key(LOST)
        self.log.clear()
        self.first = self._taken = 1

    def _change_key(self, told: int) -> None:
        self._dead[self.key] = told
        self.key = secrets.token_hex(20)
        self.pulse.beat()

    def _refusal(self, key: str) -> Json:
        return {"failed": self._dead.get(key, KEY_EXPIRED)}

    def _read(self, ts: int) -> Json:
        if ts < self.first:
            return {"failed": OUTDATED, "ts": self.first}
        self._taken = max(self._taken, self.end)
        return {"ts": str(self.end), "updates": self.log[ts - self.first :]}

    def _place(self, event: Json) -> int:
        """At the end; when swapped, in front of what waits for other chats, behind what waits for this one."""
        if not self.swapped:
            return len(self.log)
        own = [place for place, other in enumerate(self.log, 1) if peer_of(other) == peer_of(event)]
        return max(self._taken - self.first, own[-1] if own else 0)
