"""Times are aware and UTC, also in SQLite, which has no time zones."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.storage.tables import UtcDateTime

DIALECT = sqlite.dialect()
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones))  # noqa: DTZ001  # bounds must be naive
def test_a_moment_is_read_as_it_was_written_whatever_its_zone(moment: datetime) -> None:
    written = UtcDateTime().process_bind_param(moment, DIALECT)
    assert written is not None
    read = UtcDateTime().process_result_value(written.replace(tzinfo=None), DIALECT)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


def test_nothing_stays_nothing() -> None:
    assert UtcDateTime().process_bind_param(None, DIALECT) is None
    assert UtcDateTime().process_result_value(None, DIALECT) is None


def test_a_moment_without_a_zone_is_a_fault() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), DIALECT)  # noqa: DTZ001  # the fault itself
