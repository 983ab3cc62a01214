"""The audit of releases: no seat lost or made in a side, and each one listed."""

from typing import Any

import pytest

from pattana.audit.buckets import BucketFold
from pattana.audit.releases import Releases
from shared.events.seats import BucketOpened, BucketSeatsChanged, Place, SeatsChangedBecause

FIELDS: dict[str, Any] = {
    "programme": "p",
    "run": "r",
    "target": "T",
    "fiscal_year": 2563,
    "run_starts_at": "2020-08-31T06:00:00Z",
}
PLACE = Place(unit="PO-50", province="50", group=None, region="N")


def fold(unit: str, seats: int, *changes: tuple[int, int, int]) -> BucketFold:
    """Opened with these seats; then released by this much, with what it says that it gave up and got."""
    folded = BucketFold(f"r:T:{unit}")
    folded.apply(1, BucketOpened(**FIELDS, bucket_unit=unit, seats=seats, place=PLACE))
    for seq, (change, released, received) in enumerate(changes, 2):
        told = {"because": SeatsChangedBecause.RELEASED, "released": released, "received": received}
        folded.apply(seq, BucketSeatsChanged(**FIELDS, bucket_unit=unit, before=seats, seats=seats + change, **told))
        seats += change
    return folded


def row(source: str, to: str) -> dict[str, str]:
    return {"source": source, "to": to, "target": "T"}


GIVES = fold("PO-57", 3, (-2, 2, 0))
POOL = fold("PO", 0, (2, 0, 0), (-1, 0, 0))
GETS = fold("PO-50", 1, (1, 0, 1))
ROWS = [row("PO-57", "PO-50"), row("PO-57", "PO"), row("PO-33", "PO-33")]


def faults(folds: list[BucketFold], rows: list[dict[str, str]]) -> list[str]:
    releases = Releases()
    for one in folds:
        releases.take(one)
    return list(releases.faults("r", rows))


def test_what_is_conserved_and_listed_is_right() -> None:
    assert faults([GIVES, POOL, GETS], ROWS) == []
    assert faults([fold("PO-50", 4)], []) == []


@pytest.mark.parametrize(
    ("folds", "rows", "said"),
    [
        ([GIVES, GETS], ROWS, "run r has -1 seats of T by the release into PO"),
        ([GIVES, POOL, GETS], ROWS[1:], "bucket r:T:PO-57 gave up 2 seats, of released seats 1 are listed"),
        ([GIVES, POOL, GETS], ROWS[1:], "bucket r:T:PO-50 got 1 seats, of released seats 0 are listed"),
        (
            [POOL, GIVES, GETS],
            [*ROWS, row("PO", "PO-50")],
            "bucket r:T:PO-50 got 1 seats, of released seats 2 are listed",
        ),
    ],
)
def test_what_is_lost_made_or_not_listed_is_named(folds: list[BucketFold], rows: list[Any], said: str) -> None:
    assert said in faults(folds, rows)
