"""Who may call, with which version, and how often."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from standins.vk.errors import ApiError, refused
from standins.vk.rules import Params

OLDEST = (5, 81)


@dataclass(slots=True)
class Access:
    token: str
    calls_a_second: int = 20  # of a community, all methods together; 0 for any number
    is_good: bool = True  # the token
    now: Callable[[], float] = time.monotonic
    _times: deque[float] = field(default_factory=deque)  # of the calls of the last second

    def check(self, params: Params, header: str) -> None:
        """Raises ApiError."""
        given = params.text("access_token") or header.removeprefix("Bearer ")
        if not given:
            raise ApiError(5, "User authorization failed: no access_token passed.")
        if given != self.token or not self.is_good:
            raise refused(5)
        self._count()
        _check_version(params.text("v"))

    def _count(self) -> None:
        """A call that is refused does not count."""
        now = self.now()
        while self._times and self._times[0] <= now - 1:
            self._times.popleft()
        if self.calls_a_second and len(self._times) >= self.calls_a_second:
            raise refused(6)
        self._times.append(now)


def _check_version(version: str) -> None:
    parts = version.split(".")
    if not version:
        raise refused(8, "v (version) is required")
    if not all(part.isdigit() for part in parts):
        raise refused(8, "v (version) is invalid")
    if tuple(map(int, parts)) < OLDEST:
        raise refused(8, "versions below 5.81 are deprecated. Version param should be passed as 'v'")
