"""The JSON of nominations and buckets. People's names come from the directory. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.growth import given
from services.enrolment.seats.domain.nominations import Bucket, Nomination
from services.enrolment.seats.domain.records import NominationRecord
from shared.rights import Scope


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


class _RowResult(TypedDict):
    status: int


class RowResult(_RowResult, total=False):
    """Either `nomination` with `position`, or `problem`."""

    nomination: NominationResponse
    position: str
    problem: dict[str, Any]


class RowsResponse(TypedDict):
    """One result per row, in order."""

    results: list[RowResult]


class _Bucket(TypedDict):
    target: str
    bucketUnit: str
    seats: int
    free: int | None
    confirmed: int | None
    waiting: int | None
    open: bool
    growingTo: int | None


class BucketResponse(_Bucket, total=False):
    suppressed: bool


class BucketsResponse(TypedDict):
    version: int
    seats: int
    buckets: list[BucketResponse]


def nomination_response(nomination: Nomination, scope: Scope) -> NominationResponse:
    """`scope` is how far the caller sees people: whose seat it was is told to those who see more than themselves."""
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
        "replaces": None if scope.own_only else nomination.replaces,
    }


def nomination_details(record: NominationRecord, scope: Scope, counts: Scope) -> NominationDetails:
    """The place in the queue counts all that happened to its bucket, so it is told where counts are."""
    nomination = record.nomination
    return {
        **nomination_response(nomination, scope),
        "queue": nomination.queue if counts.covers_unit(nomination.seats_of[2]) else None,
        "note": record.note,
        "reason": record.reason,
        "createdAt": record.created_at,
        "changedAt": record.changed_at,
    }


def bucket_response(bucket: Bucket, counts: Scope) -> dict[str, Any]:
    """`growingTo` are the seats that it will have once its waiting list has moved up; null when it has them.

    Outside `counts` only what was allocated is told: seats that come step by step would show how many wait for them.
    """
    shown, growing = counts.covers_unit(bucket.bucket_unit), bucket.growing
    response = {
        "target": bucket.target,
        "bucketUnit": bucket.bucket_unit,
        "seats": bucket.seats if shown else given(bucket),
        "free": bucket.free if shown else None,
        "confirmed": bucket.confirmed if shown else None,
        "waiting": bucket.waiting if shown else None,
        "open": bucket.open,
        "growingTo": growing.seats if shown and growing is not None else None,
    }
    return response if shown else {**response, "suppressed": True}


def buckets_response(buckets: Sequence[Bucket], version: int, counts: Scope) -> dict[str, Any]:
    """The seats of a run, and the version of their allocation. `counts` is where the caller may see who has them."""
    rows = [bucket_response(bucket, counts) for bucket in buckets]
    return {"version": version, "buckets": rows, "seats": sum(row["seats"] for row in rows)}
