"""Lag in seconds, from snapshots of where the log ended."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import TopicPartition

from shared.messaging.offsets import LagMeter, Reading

PARTITION, OTHER = TopicPartition("seats", 0), TopicPartition("seats", 1)
START = datetime(2026, 11, 21, tzinfo=UTC)


def reading(second: float, end: int, done: int | None, other: tuple[int, int] = (0, 0)) -> Reading:
    known = {} if done is None else {PARTITION: done}
    return Reading(START + timedelta(seconds=second), {PARTITION: end, OTHER: other[0]}, known | {OTHER: other[1]})


def seconds(*readings: Reading) -> list[float | None]:
    meter = LagMeter()
    return [meter.add(each).seconds for each in readings]


def test_nothing_missing_is_no_lag() -> None:
    assert seconds(reading(0, 0, None), reading(1, 10, 10)) == [0.0, 0.0]


def test_lag_counts_from_when_all_was_there() -> None:
    assert seconds(reading(0, 10, 10), reading(1, 12, 10), reading(5, 12, 11)) == [0.0, 1.0, 5.0]


def test_a_reader_that_keeps_up_is_one_snapshot_behind() -> None:
    assert seconds(reading(0, 10, 10), reading(1, 20, 15), reading(2, 30, 20), reading(3, 40, 35)) == [
        0.0,
        1.0,
        1.0,
        1.0,
    ]


def test_lag_is_unknown_until_a_known_point_is_reached() -> None:
    assert seconds(reading(0, 100, None), reading(1, 110, 60), reading(2, 120, 100)) == [None, None, 2.0]


def test_every_partition_counts() -> None:
    """One partition at its end says nothing about the other."""
    assert seconds(reading(0, 10, 10, (5, 0)), reading(1, 10, 10, (5, 4)), reading(2, 10, 10, (5, 5))) == [
        None,
        None,
        0.0,
    ]


@pytest.mark.parametrize(("end", "done", "behind"), [(10, 4, 6), (10, None, 10), (3, 7, 0)])
def test_behind_is_never_negative(end: int, done: int | None, behind: int) -> None:
    assert reading(0, end, done).behind == behind
