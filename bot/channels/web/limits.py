"""How often something may happen: a sliding window. Pure; the caller brings the clock."""

from collections import deque


class Window:
    """At most `count` times in any `per_s` seconds. A refused time does not count."""

    def __init__(self, count: int, per_s: float) -> None:
        self._count = count
        self._per_s = per_s
        self._times: deque[float] = deque()

    def allows(self, now_s: float) -> bool:
        """Whether it may happen now; counts it when it may."""
        while self._times and self._times[0] <= now_s - self._per_s:
            self._times.popleft()
        if len(self._times) >= self._count:
            return False
        self._times.append(now_s)
        return True

    def is_idle(self, now_s: float) -> bool:
        return not self._times or self._times[-1] <= now_s - self._per_s


class Windows:
    """A window for each key; idle ones are forgotten."""

    def __init__(self, count: int, per_s: float) -> None:
        self._count = count
        self._per_s = per_s
        self._windows: dict[str, Window] = {}

    def allows(self, key: str, now_s: float) -> bool:
        if key not in self._windows:
            self._windows = {each: window for each, window in self._windows.items() if not window.is_idle(now_s)}
        return self._windows.setdefault(key, Window(self._count, self._per_s)).allows(now_s)
