"""The JSON of nominations and buckets. People's names come from the directory. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.nominations import Bucket, Nomination
from services.enrolment.seats.domain.records import NominationRecord


class NominationResponse(TypedDict):
    """What a command returns. `unit` is the person's unit, `bucketUnit` the one whose seats these are."""

    id: str
    run: str
    target: str
    bucketUnit: str
    person: str
    unit: str
    province: str | None
    rank: str
    state: str
    replaces: str | None


class NominationDetails(NominationResponse):
    """What lists and the details of a nomination return."""

    queue: int | None
    note: str | None
    reason: str | None
    createdAt: datetime
    changedAt: datetime


class RowsResponse(TypedDict):
    """One result per row, in order: status and either `nomination` with `position`, or `problem`."""

    results: list[dict[str, Any]]


def nomination_response(nomination: Nomination) -> NominationResponse:
    run, target, bucket_unit = nomination.seats_of
    return {
        "id": nomination.id,
        "run": run,
        "target": target,
        "bucketUnit": bucket_unit,
        "person": nomination.person,
        "unit": nomination.place.unit,
        "province": nomination.place.province,
        "rank": nomination.rank.value,
        "state": nomination.state.value,
        "replaces": nomination.replaces,
    }


def nomination_details(record: NominationRecord) -> NominationDetails:
    return {
        **nomination_response(record.nomination),
        "queue": record.nomination.queue,
        "note": record.note,
        "reason": record.reason,
        "createdAt": record.created_at,
        "changedAt": record.changed_at,
    }


def bucket_response(bucket: Bucket) -> dict[str, Any]:
    """`growingTo` are the seats that it will have once its waiting list has moved up; null when it has them."""
    return {
        "target": bucket.target,
        "bucketUnit": bucket.bucket_unit,
        "seats": bucket.seats,
        "free": bucket.free,
        "confirmed": bucket.confirmed,
        "waiting": bucket.waiting,
        "open": bucket.open,
        "growingTo": None if bucket.growing is None else bucket.growing.seats,
    }


def buckets_response(buckets: Sequence[Bucket], version: int) -> dict[str, Any]:
    """The seats of a run, and the version of their allocation."""
    return {
        "version": version,
        "buckets": [bucket_response(bucket) for bucket in buckets],
        "seats": sum(bucket.seats for bucket in buckets),
    }
