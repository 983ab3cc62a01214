"""How a batch is split after a failure: nothing is lost, repeated or reordered, and the failing command is isolated."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.seats.service.attempts import TookTooLong, by_bucket, parts_after
from services.enrolment.seats.service.queue import Ticket
from shared.mongo import Conflict, DuplicateKey, StoreError, StoreUnavailable
from tests.unit.enrolment.seats.builders import ticket

BUCKETS = st.lists(st.sampled_from([None, "r:T:PO-50", "r:T:PO-51", "r:T:OPS"]), max_size=12)


def waiting(buckets: Sequence[str | None]) -> list[Ticket]:
    """A bucket is None while it is not known yet."""
    return [ticket(f"p{place}", bucket=bucket) for place, bucket in enumerate(buckets)]


def shape(parts: Sequence[Sequence[Ticket]], tickets: Sequence[Ticket]) -> list[list[int]]:
    return [[tickets.index(entry) for entry in part] for part in parts]


@pytest.mark.parametrize(
    ("failure", "lost", "expected"),
    [
        (Conflict("lost"), 1, []),
        (Conflict("lost"), 2, [[0, 2], [1], [3, 4]]),
        (Conflict("lost"), 7, [[0, 2], [1], [3, 4]]),
        (DuplicateKey("twice"), 1, [[0, 1], [2, 3, 4]]),
        (DuplicateKey("twice"), 3, [[0, 1], [2, 3, 4]]),
        (TookTooLong("slow"), 1, [[0, 1], [2, 3, 4]]),
        (StoreUnavailable("away"), 1, []),
        (StoreUnavailable("away"), 7, []),
    ],
)
async def test_how_a_batch_is_split_after_a_failure(failure: StoreError, lost: int, expected: list[list[int]]) -> None:
    tickets = waiting(["a", None, "a", "b", "b"])
    assert shape(parts_after(failure, tickets, lost), tickets) == expected


@pytest.mark.parametrize("failure", [Conflict("lost"), DuplicateKey("twice"), StoreUnavailable("away")])
async def test_one_command_is_never_split(failure: StoreError) -> None:
    """Then the batch is retried as it is."""
    assert len(parts_after(failure, waiting(["a"]), 5)) <= 1


async def test_one_bucket_that_keeps_conflicting_stays_together() -> None:
    tickets = waiting(["a", "a", "a"])
    assert parts_after(Conflict("lost"), tickets, 2) == [tickets]


@settings(deadline=None)
@given(BUCKETS)
async def test_by_bucket_keeps_every_command_and_the_order_within_a_bucket(buckets: list[str | None]) -> None:
    tickets = waiting(buckets)
    parts = shape(by_bucket(tickets), tickets)
    assert sorted(place for part in parts for place in part) == list(range(len(tickets)))
    assert all(part == sorted(part) for part in parts)
    assert [{buckets[place] for place in part} for part in parts] == [{bucket} for bucket in dict.fromkeys(buckets)]


@settings(deadline=None)
@given(BUCKETS)
async def test_halves_keep_every_command_and_the_order(buckets: list[str | None]) -> None:
    tickets = waiting(buckets)
    parts = parts_after(DuplicateKey("twice"), tickets, 1)
    assert [entry for part in parts for entry in part] == tickets
    assert all(parts)


@settings(deadline=None)
@given(size=st.integers(1, 256), data=st.data())
async def test_a_duplicate_is_isolated_in_a_few_rounds(size: int, data: st.DataObject) -> None:
    """Its neighbours are answered meanwhile: at most two attempts per halving, and a batch of 256 has 8 halvings."""
    tickets = waiting([None] * size)
    culprit = data.draw(st.sampled_from(tickets))
    left, attempts, answered = [tickets], 0, 0
    while left:
        part = left.pop(0)
        attempts += 1
        if culprit not in part:
            answered += len(part)
        elif len(part) > 1:
            left += parts_after(DuplicateKey("twice"), part, 1)
    assert answered == size - 1
    assert attempts <= 1 + 2 * (size - 1).bit_length()
