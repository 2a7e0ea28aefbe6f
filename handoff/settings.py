"""The block `desk` of config.yml: when people answer and how long a login lasts. Knows no database and no web."""

from itertools import pairwise
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from handoff.hours import Hours, Interval, parse_interval

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def round_the_clock() -> dict[Weekday, tuple[str, ...]]:
    return dict.fromkeys(WEEK, ("00:00-24:00",))


class DeskSettings(BaseModel):
    """When the agents' desk answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: str = Field("Europe/Moscow", description="time zone of the hours, by its name in the tz database")
    hours: dict[Weekday, tuple[str, ...]] = Field(
        default_factory=round_the_clock,
        description='intervals by weekday (mon..sun), such as ["09:00-13:00", "14:00-21:00"]; a day left out is closed',
    )
    session_hours: int = Field(12, ge=1, le=168, description="an agent logs in anew after so many hours")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f'no time zone "{name}"; write a name such as "Europe/Moscow" (the tzdata package holds them all)'
            ) from None
        return name

    @field_validator("hours")
    @classmethod
    def _plausible_intervals(cls, hours: dict[Weekday, tuple[str, ...]]) -> dict[Weekday, tuple[str, ...]]:
        faults = [fault for day, texts in hours.items() for fault in _faults(day, texts)]
        if faults:
            raise ValueError("; ".join(faults))
        return hours

    @model_validator(mode="after")
    def _open_some_day(self) -> Self:
        if not any(self.hours.values()):
            raise ValueError('hours: no day has an interval; give at least one, such as mon: ["09:00-21:00"]')
        return self

    def opening_hours(self) -> Hours:
        week = tuple(tuple(map(parse_interval, self.hours.get(day, ()))) for day in WEEK)
        return Hours(ZoneInfo(self.timezone), week)


def _faults(day: str, texts: tuple[str, ...]) -> list[str]:
    faults: list[str] = []
    intervals: list[Interval] = []
    for text in texts:
        try:
            intervals.append(parse_interval(text))
        except ValueError as error:
            faults.append(f"{day}: {error}")
    if any(first.end > second.start for first, second in pairwise(sorted(intervals))):
        faults.append(f"{day}: two intervals overlap; make one of them")
    return faults
