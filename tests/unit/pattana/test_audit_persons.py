"""Whom a report counts in a bucket, against its events."""

from collections import Counter

import pytest

from pattana.audit.buckets import BucketFold, Nominee
from pattana.audit.persons import check_persons, differences_of, reached
from pattana.audit.verdict import Check
from shared.events.seats import NominationState, Rank

PLACE = ("PO-50.HR", "50", "NU1", "N")
CONFIRMED, WITHDRAWN = NominationState.CONFIRMED, NominationState.WITHDRAWN


def fold_of(seq: int, **people: NominationState) -> BucketFold:
    fold = BucketFold("run:T:PO-50")
    fold.seq = seq
    fold.nominees = {f"n-{name}": Nominee(name, Rank.PRIMARY, PLACE, state) for name, state in people.items()}
    return fold


class Told:
    """What a report says at first, and then, with its position."""

    def __init__(self, first: Counter[str], last: int, then: Counter[str]) -> None:
        self._first, self._last, self._then = first, last, then

    async def seated(self, buckets: object) -> dict[str, Counter[str]]:
        return {"run:T:PO-50": self._first} if self._first else {}

    async def seated_at(self, bucket: str) -> tuple[int, Counter[str]]:
        return self._last, self._then


async def faults(fold: BucketFold, told: Told) -> list[str]:
    async def refold(key: str, seq: int) -> BucketFold:
        return fold_of(seq, a=CONFIRMED, b=CONFIRMED)

    check = Check("persons", "")
    await check_persons(told, {fold.aggregate: fold}, refold, check)
    return check.examples


def test_only_who_has_a_seat_was_reached() -> None:
    assert reached(fold_of(3, a=CONFIRMED, b=WITHDRAWN, c=NominationState.WAITLISTED)) == Counter("a")


def test_each_person_who_differs_is_named() -> None:
    found = list(differences_of("b", Counter("aac"), Counter("abc")))
    assert found == [
        "report of bucket b: a counts 2 times among its people, its events say 1",
        "report of bucket b: b counts 0 times among its people, its events say 1",
    ]


@pytest.mark.parametrize(
    ("first", "last", "then", "broken"),
    [
        ("a", 3, "", 0),
        ("", 3, "", 1),
        ("x", 3, "x", 2),
        ("x", 3, "a", 0),  # read in the middle of a change
        ("ab", 4, "ab", 0),  # newer than the audit
        ("ab", 4, "a", 1),
    ],
)
async def test_what_differs_is_read_again(first: str, last: int, then: str, broken: int) -> None:
    told = Told(Counter(first), last, Counter(then))
    assert len(await faults(fold_of(3, a=CONFIRMED, b=WITHDRAWN), told)) == broken
