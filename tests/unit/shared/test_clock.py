"""The two clocks, and ids that sort by time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import BANGKOK, Clock, business, now
from shared.ids import new_id

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


def test_system_time_is_aware_and_utc() -> None:
    clock: Clock = now
    assert clock().utcoffset() == timedelta(0)
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)


def test_bangkok_is_seven_hours_ahead() -> None:
    assert datetime(2020, 9, 30, 17, tzinfo=UTC).astimezone(BANGKOK).isoformat() == "2020-10-01T00:00:00+07:00"


@given(MOMENTS, st.integers(min_value=-(10**9), max_value=10**9))
def test_business_time_is_system_time_and_an_offset(moment: datetime, offset: int) -> None:
    assert business(moment, 0) == moment
    assert business(moment, offset) - moment == timedelta(seconds=offset)
    assert business(business(moment, offset), -offset) == moment


def test_ids_are_version_7_and_sort_as_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert ids == sorted(ids)
    assert all(UUID(one).version == 7 and str(UUID(one)) == one for one in ids)
