"""When people answer: wall-clock intervals of each weekday in one time zone. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

INTERVAL = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
DAY_MINUTES = 24 * 60
# More than a week, because a change of the clocks may swallow the only interval of a week.
DAYS_TO_LOOK_AHEAD = 15


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Minutes after midnight; `end` may be 1440, the midnight that ends the day."""

    start: int
    end: int


def parse_interval(text: str) -> Interval:
    """ "09:00-21:00"; a day ends at "24:00". Raises ValueError with what to write instead."""
    match = INTERVAL.fullmatch(text)
    if not match:
        raise ValueError(f'"{text}" is not an interval; write it as "09:00-21:00"')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    interval = Interval(hour * 60 + minute, end_hour * 60 + end_minute)
    if max(minute, end_minute) > 59 or interval.end > DAY_MINUTES:
        raise ValueError(f'"{text}" has a time that does not exist; a day is "00:00-24:00"')
    if interval.start >= interval.end:
        raise ValueError(
            f'"{text}" ends before it starts; write a night as "22:00-24:00" and "00:00-06:00" of the next day'
        )
    return interval


@dataclass(frozen=True, slots=True)
class Hours:
    """`week` holds the intervals of Monday to Sunday; at least one day has some."""

    zone: ZoneInfo
    week: tuple[tuple[Interval, ...], ...]

    def is_open(self, now: datetime) -> bool:
        return any(start <= now < end for start, end in self._openings(now.astimezone(self.zone).date()))

    def next_opening(self, now: datetime) -> datetime:
        """In the desk's own time zone; `now` itself while the desk is open."""
        if self.is_open(now):
            return now.astimezone(self.zone)
        today = now.astimezone(self.zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(DAYS_TO_LOOK_AHEAD))
        coming = (start for day in days for start, _ in self._openings(day) if start > now)
        return next(coming).astimezone(self.zone)

    def _openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Moments, not clock faces: an interval that the change to summer time swallows does not occur."""
        for interval in sorted(self.week[day.weekday()]):
            start, end = self._moment(day, interval.start), self._moment(day, interval.end)
            if start < end:
                yield start, end

    def _moment(self, day: date, minutes: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return (midnight + timedelta(minutes=minutes)).astimezone(UTC)
