"""A run is moved to a day on which provinces belong to other groups: its buckets follow, and their events say so."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.enrolment.directory import Unit
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.seats.domain.model import Bucket
from services.enrolment.seats.domain.moving import move
from shared.events.directory import Membership
from shared.events.seats import BucketRescheduled, Place
from tests.unit.enrolment.seats.builders import bucket, run

CHANGE = date(2020, 9, 10)
EARLY = datetime(2020, 9, 9, 16, 59, tzinfo=UTC)  # 23:59 in Bangkok
LATE = datetime(2020, 9, 9, 17, 0, tzinfo=UTC)


def office(code: str, group: str, then: str | None = None) -> Unit:
    first = Membership(group=group, region=group[0], valid_from=date(2009, 10, 1), valid_to=CHANGE if then else None)
    second = (Membership(group=then, region=then[0], valid_from=CHANGE),) if then else ()
    return Unit(
        f"PO-{code}",
        UnitKind.PROVINCIAL_OFFICE,
        None,
        f"จังหวัด {code}",
        f"Province {code}",
        code,
        province=code,
        memberships=(first, *second),
    )


UNITS = {
    unit.key: unit
    for unit in (
        office("50", "NU1", "NU2"),
        office("51", "NU1"),
        office("95", "SB", "NB"),
        Unit("OPS", UnitKind.CENTRAL_UNIT, None, "ส่วนกลาง", "Centre", "สป."),
    )
}


def of(unit: str, group: str | None, seq: int = 5) -> Bucket:
    province = unit[3:5] if unit.startswith("PO-") else None
    region = group[0] if group else "ALL" if unit == "PO" else "CENTRAL"
    place = Place(unit=unit, province=province, group=group, region=region)
    return replace(bucket(unit), place=place, run_starts_at=EARLY, seq=seq)


def regroupings(event: object) -> dict[str, tuple[str | None, str]]:
    assert isinstance(event, BucketRescheduled)
    return {one.province: (one.group, one.region) for one in event.regrouped}


@pytest.mark.parametrize(
    ("unit", "before", "after", "regrouped"),
    [
        ("PO-50", "NU1", "NU2", {"50": ("NU2", "N")}),
        ("PO-50.HR", "NU1", "NU2", {"50": ("NU2", "N")}),
        ("PO-51", "NU1", "NU1", {}),
        ("PO-95", "SB", "NB", {"95": ("NB", "N")}),
        ("OPS", None, None, {"50": ("NU2", "N"), "95": ("NB", "N")}),
        ("PO", None, None, {"50": ("NU2", "N"), "95": ("NB", "N")}),
        ("PERS", None, None, {}),
    ],
)
def test_a_bucket_follows_the_day_of_its_run(
    unit: str, before: str, after: str, regrouped: dict[str, tuple[str, str]]
) -> None:
    """A pool may hold people of every province."""
    stored = of(unit, before)
    outcome = move(stored, run(starts_at=LATE), UNITS)
    (event,) = outcome.events
    assert (outcome.bucket.place.group, outcome.bucket.run_starts_at) == (after, LATE)
    assert outcome.bucket.seq == stored.seq + 1
    assert isinstance(event, BucketRescheduled)
    assert (event.place, event.run_starts_at) == (outcome.bucket.place, LATE)
    assert regroupings(event) == regrouped
    back = move(outcome.bucket, run(starts_at=EARLY), UNITS)
    assert replace(back.bucket, seq=0) == replace(stored, seq=0)
    assert regroupings(back.events[0]).keys() == regrouped.keys()


def test_a_bucket_that_was_never_opened_follows_without_an_event() -> None:
    outcome = move(of("PO-50", "NU1", seq=0), run(starts_at=LATE), UNITS)
    assert (outcome.bucket.place.group, outcome.bucket.seq, outcome.events) == ("NU2", 0, ())


def test_the_same_day_says_nothing_new() -> None:
    stored = of("PO-50", "NU1")
    outcome = move(stored, run(starts_at=EARLY), UNITS)
    assert (outcome.bucket, outcome.events) == (stored, ())
