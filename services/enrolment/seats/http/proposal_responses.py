"""The JSON of proposals. Pure."""

from collections.abc import Iterable
from typing import Any

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.asks import Rule
from services.enrolment.seats.domain.proposals import Cell, Why
from services.enrolment.seats.http.reasons import REASONS
from services.enrolment.seats.service.proposals import Proposed


class _Reason(TypedDict):
    code: Why
    th: str
    en: str


class ReasonResponse(_Reason, total=False):
    """What it counts depends on its code."""

    each: int
    people: int
    of: int
    holders: int
    confirmed: int


class LeftOutReason(_Reason, total=False):
    """`people`: how many there are without seats."""

    people: int


class ProposedBucket(TypedDict):
    target: str
    bucketUnit: str
    seats: int
    reason: ReasonResponse


class LeftOut(TypedDict):
    """`bucketUnit` null: of the target group as a whole."""

    target: str
    bucketUnit: str | None
    seats: int
    reason: LeftOutReason


class ProposedTarget(TypedDict):
    target: str
    rule: Rule
    seats: int
    buckets: int


class ProposalResponse(TypedDict):
    """`buckets` are what PUT takes over, with this version in If-Match. `free`: what the run may still have."""

    version: int
    capacity: int
    seats: int
    free: int
    targets: list[ProposedTarget]
    buckets: list[ProposedBucket]
    leftOut: list[LeftOut]


def proposal_response(proposed: Proposed) -> dict[str, Any]:
    proposal, capacity = proposed.proposal, proposed.run.capacity
    sizes = {ask.target: [cell.seats for cell in proposal.given if cell.target == ask.target] for ask in proposed.asks}
    return {
        "version": proposed.version,
        "capacity": capacity,
        "seats": proposal.seats,
        "free": capacity - proposal.seats,
        "targets": [
            {
                "target": ask.target,
                "rule": ask.rule.value,
                "seats": sum(sizes[ask.target]),
                "buckets": len(sizes[ask.target]),
            }
            for ask in proposed.asks
        ],
        "buckets": _cells(proposal.given),
        "leftOut": _cells(proposal.left_out),
    }


def _cells(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    return [
        {"target": cell.target, "bucketUnit": cell.unit, "seats": cell.seats, "reason": _reason(cell)} for cell in cells
    ]


def _reason(cell: Cell) -> dict[str, Any]:
    """In both languages: who plans seats shows them to others."""
    code, details = cell.reason.code, cell.reason.details
    th, en = REASONS[code]
    return {"code": code.value, "th": th.format_map(details), "en": en.format_map(details), **details}
