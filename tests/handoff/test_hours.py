"""Working hours and the settings they come from."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handoff.hours import Hours, Interval, parse_interval
from handoff.settings import WEEK, DeskSettings

MOSCOW = ZoneInfo("Europe/Moscow")

minutes = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).filter(lambda pair: pair[0] < pair[1])
days = st.lists(minutes.map(lambda pair: Interval(*pair)), max_size=2).map(tuple)
weeks = st.tuples(*[days] * 7).filter(any)
zones = st.sampled_from(["Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin", "America/New_York", "Africa/Cairo"])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def settings(**hours: list[str]) -> DeskSettings:
    return DeskSettings.model_validate({"hours": hours})


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


def test_the_desk_is_open_round_the_clock_by_default() -> None:
    assert DeskSettings().opening_hours().is_open(moscow(16, 3, 33))


def test_a_lunch_break_closes_the_desk_and_the_next_opening_is_after_it() -> None:
    hours = settings(mon=["09:00-13:00", "14:00-21:00"]).opening_hours()
    assert hours.is_open(moscow(16, 12, 59))
    assert not hours.is_open(moscow(16, 13))
    assert hours.next_opening(moscow(16, 13, 5)) == moscow(16, 14)


def test_after_the_last_day_of_the_week_the_next_opening_is_next_week() -> None:
    hours = settings(mon=["09:00-18:00"]).opening_hours()
    assert hours.next_opening(moscow(16, 18)) == moscow(23, 9)
    assert hours.next_opening(moscow(16, 18)).tzinfo == MOSCOW


def test_a_day_that_is_left_out_is_closed() -> None:
    hours = settings(mon=["00:00-24:00"]).opening_hours()
    assert hours.is_open(moscow(16, 23, 59))
    assert not hours.is_open(moscow(17, 0))


def test_a_night_goes_over_midnight_as_two_intervals() -> None:
    hours = settings(mon=["22:00-24:00"], tue=["00:00-06:00"]).opening_hours()
    assert hours.is_open(moscow(17, 0))
    assert not hours.is_open(moscow(17, 6))


def test_an_hour_that_the_change_to_summer_time_swallows_does_not_open_the_desk() -> None:
    hours = Hours(ZoneInfo("Europe/Berlin"), ((),) * 6 + ((Interval(150, 190),),))
    before_the_change = datetime(2027, 3, 28, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert hours.next_opening(before_the_change).date().isoformat() == "2027-04-04"


@given(zones, weeks, moments)
def test_the_desk_is_open_at_its_next_opening_and_closed_until_then(
    zone: str, week: tuple[tuple[Interval, ...], ...], now: datetime
) -> None:
    hours = Hours(ZoneInfo(zone), week)
    opening = hours.next_opening(now)
    assert hours.is_open(opening)
    assert opening >= now
    if opening > now:
        assert not hours.is_open(now)
        assert not hours.is_open(opening - timedelta(seconds=1))


@given(st.text(max_size=14))
def test_what_is_no_interval_is_a_fault_and_nothing_else(text: str) -> None:
    try:
        interval = parse_interval(text)
    except ValueError:
        return
    assert 0 <= interval.start < interval.end <= 1440


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("9-21", "write it as"),
        ("09:00-25:00", "does not exist"),
        ("09:75-10:00", "does not exist"),
        ("22:00-06:00", "of the next day"),
    ],
)
def test_a_bad_interval_names_its_day_and_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(ValidationError, match=f"tue: .*{advice}"):
        settings(mon=["09:00-10:00"], tue=[text])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"timezone": "Europe/Moskow"}, "no time zone"),
        ({"timezone": "../etc/passwd"}, "no time zone"),
        ({"hours": {day: [] for day in WEEK}}, "no day has an interval"),
        ({"hours": {"mon": ["09:00-12:00", "11:00-15:00"]}}, "overlap"),
        ({"hours": {"monday": ["09:00-12:00"]}}, "mon"),
        ({"session_hours": 0}, "greater than or equal to 1"),
        ({"hour": {}}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DeskSettings.model_validate(values)
