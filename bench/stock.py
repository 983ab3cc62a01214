"""Rows of years gone by, stored directly: tens of thousands in seconds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bench.environment import Environment
from bench.office import chunks
from services.notification.domain import Addressee, Kind, Message, State, message_id
from services.notification.storage import insertion
from services.reporting.projecting import Bucket, Place, RollupChange
from services.reporting.storage.documents import update_of
from shared.clock import now
from shared.events.topics import DIRECTORY
from shared.messaging.outbox import place_of
from shared.mongo import Database, UpdateOne
from shared.thai import fiscal_year

Row = Callable[[int], Any]
AT_ONCE: Final = 2_000
BUCKETS_OF_A_RUN: Final = 77
YEARS: Final = 5


async def fill(store: Database, name: str, count: int, row: Row) -> None:
    """Rows are stored directly, once for all runs of a figure."""
    present = await store[name].estimated_document_count()
    for numbers in chunks(range(present, count), AT_ONCE):
        await store[name].bulk_write([row(number) for number in numbers], ordered=False)


def message_row(number: int, environment: Environment, run: str) -> UpdateOne:
    """To people and offices of all provinces in turn, sent long ago; to offices about this run."""
    unit = environment.provinces[number % len(environment.provinces)]
    of_unit = number % 10 == 0
    recipient = unit if of_unit else f"person-{number % 100_000}"
    kind = Kind.NOMINATION_REQUEST if of_unit else Kind.CONFIRMED
    at = _long_ago(number)
    return insertion(
        Message(
            id=message_id(f"bench-{number}", recipient, kind),
            kind=kind,
            recipient=recipient,
            addressee=Addressee.UNIT if of_unit else Addressee.PERSON,
            unit=unit,
            run=run if of_unit else f"bench-{number // 100}",
            reason=f"bench-{number}",
            created_at=at,
            due_at=at,
            state=State.SENT,
        )
    )


def rollup_row(number: int, environment: Environment) -> UpdateOne:
    """A bucket of a run; the runs are of five years in turn."""
    unit = environment.units[number % BUCKETS_OF_A_RUN]
    run = number // BUCKETS_OF_A_RUN
    year = fiscal_year(now()) - run % YEARS
    bucket = Bucket("PROV_HR", unit, Place(unit, unit.removeprefix("PO-"), "NU1", "N"), 10, 0, True)
    change = RollupChange(
        f"bench-{run:06}:PROV_HR:{unit}",
        run=f"bench-{run:06}",
        programme=f"bench-{run // 4}",
        fiscal_year=year,
        starts_at=_long_ago(number),
        last=_long_ago(number),
        now=bucket,
    )
    return UpdateOne({"_id": change.bucket_id}, update_of(change, bucket), upsert=True)


def outbox_row(number: int) -> UpdateOne:
    """Published long ago, and the broker has it no more: a row of a person whom nobody asks for."""
    aggregate = f"bench-{number}"
    row = {
        "lane": number % 32,
        "aggregate": aggregate,
        "seq": 1,
        "topic": DIRECTORY.name,
        "place": place_of(DIRECTORY.name, number % DIRECTORY.partitions),
        "key": aggregate,
        "type": "enrolment.person-moved.v1",
        "body": "{}",
        "headers": {},
        "recorded_at": _long_ago(number),
        "published_at": _long_ago(number),
        "partition": number % DIRECTORY.partitions,
        "offset": -1 - number,
    }
    return UpdateOne({"_id": f"{aggregate}:1"}, {"$setOnInsert": row}, upsert=True)


def _long_ago(number: int) -> datetime:
    return now() - timedelta(days=400, seconds=number)
