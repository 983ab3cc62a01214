"""Who was reached: the people who have the seats of a bucket in the report, found as coverage finds them, against those
to whom the events have given them. Rows alone do not say it: one that no query finds is right and counts for nothing.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Protocol

from pattana.audit.buckets import BucketFold
from pattana.audit.verdict import Check
from shared.events.seats import NominationState

BUCKETS_AT_ONCE = 100
Refold = Callable[[str, int], Awaitable[BucketFold]]


class Seats(Protocol):
    """What a report has."""

    async def seated(self, buckets: Sequence[str]) -> dict[str, Counter[str]]:
        """Who has the seats of these buckets. They may be newer than the report."""

    async def seated_at(self, bucket: str) -> tuple[int, Counter[str]]:
        """The position of a bucket, and who has its seats, at the same moment."""


async def check_persons(reports: Seats, folds: Mapping[str, BucketFold], refold: Refold, check: Check) -> None:
    """`folds` are the buckets up to the report's position, `refold` makes one up to another. What differs may have
    changed meanwhile, so it is read again with its position."""
    keys = list(folds)
    for start in range(0, len(keys), BUCKETS_AT_ONCE):
        part = keys[start : start + BUCKETS_AT_ONCE]
        seated = await reports.seated(part)
        for key in part:
            check.count("people", len(reached(folds[key])))
            if seated.get(key, Counter()) != reached(folds[key]):
                check.all_broken(await _still_differing(reports, folds[key], refold))


def reached(fold: BucketFold) -> Counter[str]:
    """Pure. Nobody has two seats of a bucket: who counts more than once is a defect of its own."""
    return Counter(one.person for one in fold.nominees.values() if one.state is NominationState.CONFIRMED)


def differences_of(bucket: str, reported: Counter[str], expected: Counter[str]) -> Iterator[str]:
    """Pure."""
    for person in sorted(reported.keys() | expected.keys()):
        if reported[person] != expected[person]:
            counted, said = reported[person], expected[person]
            yield f"report of bucket {bucket}: {person} counts {counted} times among its people, its events say {said}"


async def _still_differing(reports: Seats, fold: BucketFold, refold: Refold) -> list[str]:
    last, seated = await reports.seated_at(fold.aggregate)
    now = fold if last <= fold.seq else await refold(fold.aggregate, last)
    return list(differences_of(fold.aggregate, seated, reached(now)))
