"""The JSON of nominations and buckets. People's names come from the directory. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.growth import given
from services.enrolment.seats.domain.model import Bucket, Nomination, Verdict, WaitsFor
from services.enrolment.seats.domain.records import NominationRecord, StepDecision
from services.enrolment.seats.http.warnings import WarningResponse, warnings_response
from shared.events.directory import InPost
from shared.events.seats import Approver
from shared.rights import Scope


class NoticeResponse(TypedDict):
    code: str
    th: str
    en: str


class _Noticed(TypedDict, total=False):
    """`notice`: why it waits, where the unit's seats were released; only in the answer to a command."""

    notice: NoticeResponse


class _Nomination(TypedDict):
    """`unit` is the person's unit, `bucketUnit` the one whose seats these are. `exOfficio`: the `post` of `unit` is
    invited, and the person comes as its holder or acts."""

    id: str
    run: str
    target: str
    bucketUnit: str
    person: str
    unit: str
    province: str | None
    rank: str
    state: str
    waitsFor: WaitsFor | None
    replaces: str | None
    warnings: list[WarningResponse]
    exOfficio: InPost | None
    post: str | None


class NominationResponse(_Nomination, _Noticed):
    """What a command returns."""


MovedResponse = TypedDict("MovedResponse", {"from": str, "to": str, "asked": bool})


class StepDecisionAnswer(TypedDict):
    """What became of a step of approval; nobody is named where nobody decided in time."""

    step: Approver
    verdict: Verdict
    at: datetime
    by: str | None
    onBehalfOf: str | None
    reason: str | None


class NominationDetails(_Nomination):
    """What lists and the details of a nomination return. `erased`: its person was; then it was withdrawn unless its run
    had ended. `moved`: the person belongs to another office now (`to`; `from` is that of the seat), and whether the
    organiser is asked if the nomination stays."""

    queue: int | None
    note: str | None
    reason: str | None
    dueAt: datetime | None
    offeredUntil: datetime | None
    decisions: list[StepDecisionAnswer]
    erased: bool
    moved: MovedResponse | None
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
    """`seats` are those that were given. `fromPool`: how many more it has because the pool has lent them to people who
    waited, and below zero how many the pool has lent; `offered`: those that nobody has accepted yet."""

    target: str
    bucketUnit: str
    seats: int
    free: int | None
    confirmed: int | None
    waiting: int | None
    offered: int | None
    fromPool: int | None
    open: bool
    growingTo: int | None


class BucketResponse(_Bucket, total=False):
    suppressed: bool


class BucketsResponse(TypedDict):
    version: int
    seats: int
    buckets: list[BucketResponse]


class AllocatedResponse(BucketsResponse):
    """`unitsWithoutPeople` were given seats and have nobody in the directory."""

    unitsWithoutPeople: list[str]


def nomination_response(nomination: Nomination, scope: Scope) -> NominationResponse:
    """`scope` is how far the caller sees people: whose seat it was is told to those who see more than themselves."""
    return cast(NominationResponse, _nomination(nomination, scope))  # a notice is added by whoever decides


def _nomination(nomination: Nomination, scope: Scope) -> _Nomination:
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
        "waitsFor": nomination.waits_for,
        "replaces": None if scope.own_only else nomination.replaces,
        "warnings": warnings_response(nomination, scope) if nomination.warnings else [],
        "exOfficio": None if nomination.ex_officio is None else nomination.ex_officio.in_post,
        "post": None if nomination.ex_officio is None else nomination.ex_officio.post,
    }


def nomination_details(record: NominationRecord, scope: Scope, counts: Scope) -> NominationDetails:
    """The place in the queue counts all that happened to its bucket, so it is told where counts are."""
    nomination = record.nomination
    return {
        **_nomination(nomination, scope),
        "queue": nomination.queue if counts.covers_unit(nomination.seats_of[2]) else None,
        "note": record.note,
        "reason": record.reason,
        "dueAt": nomination.due_at,
        "offeredUntil": nomination.offered_until,
        "decisions": [_decision(decision, scope) for decision in record.decisions],
        "erased": nomination.erased,
        "moved": _moved(nomination),
        "createdAt": record.created_at,
        "changedAt": record.changed_at,
    }


def _moved(nomination: Nomination) -> MovedResponse | None:
    if nomination.present_unit is None:
        return None
    asked = nomination.asked and nomination.live
    return {"from": nomination.place.unit, "to": nomination.present_unit, "asked": asked}


def _decision(decision: StepDecision, scope: Scope) -> StepDecisionAnswer:
    """Who decided is told to colleagues; whom it was about is told what and why."""
    return {
        "step": decision.step,
        "verdict": decision.verdict,
        "at": decision.at,
        "by": None if scope.own_only else decision.by,
        "onBehalfOf": None if scope.own_only else decision.on_behalf_of,
        "reason": decision.reason,
    }


def bucket_response(bucket: Bucket, counts: Scope) -> dict[str, Any]:
    """`growingTo` are the seats that it will have once its waiting list has moved up; null when it has them.

    Outside `counts` only what was allocated is told: seats that come step by step, or from the pool, would show how
    many wait for them.
    """
    shown, growing = counts.covers_unit(bucket.bucket_unit), bucket.growing
    response = {
        "target": bucket.target,
        "bucketUnit": bucket.bucket_unit,
        "seats": bucket.seats - bucket.borrowed if shown else given(bucket),
        "free": bucket.free if shown else None,
        "confirmed": bucket.confirmed if shown else None,
        "waiting": bucket.waiting if shown else None,
        "offered": bucket.held if shown else None,
        "fromPool": bucket.borrowed if shown else None,
        "open": bucket.open,
        "growingTo": growing.seats - bucket.borrowed if shown and growing is not None else None,
    }
    return response if shown else {**response, "suppressed": True}


def buckets_response(buckets: Sequence[Bucket], version: int, counts: Scope) -> dict[str, Any]:
    """The seats of a run, and the version of their allocation. `counts` is where the caller may see who has them."""
    rows = [bucket_response(bucket, counts) for bucket in buckets]
    return {"version": version, "buckets": rows, "seats": sum(row["seats"] for row in rows)}
