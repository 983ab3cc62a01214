"""Buckets of a run that is moved to another day: what they copy from the run follows, and so do the province groups and
regions of that day. Pure.

A nomination keeps the place that it was made with. That is a fact about a person and a day, and there may be any number
of them; the event of the bucket says which groups and regions count from now on, for all of its nominations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import Unit, place_on, root_unit
from services.enrolment.seats.domain.model import Bucket, Outcome, bucket_event
from shared.clock import BANGKOK
from shared.events.seats import BucketRescheduled, Regrouping
from shared.rights import POOLS


def move(bucket: Bucket, run: OfferedRun, units: Mapping[str, Unit]) -> Outcome:
    """The bucket on the run's day. Only one that was opened has a history to say it in."""
    day = day_of(run.starts_at)
    moved = replace(
        bucket,
        fiscal_year=run.fiscal_year,
        run_starts_at=run.starts_at,
        place=place_on(units, bucket.bucket_unit, day),
    )
    if moved == bucket or not bucket.seq:
        return Outcome(moved, (), ())
    regrouped = tuple(_regrouped(bucket, day, units))
    event = bucket_event(BucketRescheduled, moved, place=moved.place, regrouped=regrouped)
    return Outcome(replace(moved, seq=bucket.seq + 1), (), (event,))


def day_of(at: datetime) -> date:
    """The day in Bangkok: the groups of that day count."""
    return at.astimezone(BANGKOK).date()


def _regrouped(bucket: Bucket, day: date, units: Mapping[str, Unit]) -> Iterator[Regrouping]:
    """The provinces that people of this bucket may be from, if their group or region is another one on that day."""
    before = day_of(bucket.run_starts_at)
    for office in _offices(bucket, units):
        old, new = place_on(units, office, before), place_on(units, office, day)
        if new.province is not None and (old.group, old.region) != (new.group, new.region):
            yield Regrouping.model_construct(province=new.province, group=new.group, region=new.region)


def _offices(bucket: Bucket, units: Mapping[str, Unit]) -> list[str]:
    """A pool may hold people of any province: the central one those of before the offices had their own."""
    if bucket.bucket_unit not in POOLS:
        return [root_unit(bucket.bucket_unit)]
    return sorted(key for key, unit in units.items() if unit.province is not None and key == unit.office)
