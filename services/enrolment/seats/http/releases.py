"""What became of seats that nobody had claimed, over HTTP: seat by seat, and why."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.seats.domain.released import ReleaseWhy
from services.enrolment.seats.http.release_reasons import REASONS, reason_response
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.storage.releases import Released, ReleaseStore
from shared.answers import Page as PageOf
from shared.answers import Time, told
from shared.clock import BANGKOK
from shared.http import answer
from shared.pages import PageRequest, page_request
from shared.rights import POOLS, Permission, Principal, Scope
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"


class ReleaseReason(TypedDict):
    """`confirmed` of `of` seats is what the office of who got the seat had in the fiscal year before it, where that was
    the reason."""

    code: ReleaseWhy
    th: str
    en: str
    confirmed: int | None
    of: int | None


class ReleasedSeat(TypedDict):
    """`fromUnit` and `toUnit` null: of an office that the caller may not count; so is `nomination` for those who see
    no nominations. A seat that stays in the pool has none."""

    target: str
    fromUnit: str | None
    toUnit: str | None
    nomination: str | None
    at: Time
    reason: ReleaseReason


def add_releases(routes: APIRouter, releases: ReleaseStore, buckets: BucketService) -> None:
    @routes.get(
        f"{RUN}/releases",
        summary="Seats that were released: from whom, to whom and why",
        responses=told(PageOf[ReleasedSeat]),
    )
    async def list_releases(
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.REPORT_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
    ) -> Response:
        counts, names = principal.counts(), principal.scope(Permission.NOMINATION_READ)
        after = page.after_key or ""
        rows = await releases.page(run, counts, after, page.limit)
        if not rows:  # an existing run without any, or else UnknownRun
            await buckets.of_run(run, drafts=principal.sees_drafts)
        respond = partial(released_seat, counts=counts, names=names)
        return answer(page.cut(rows, respond, lambda row: (row.id,)))


def released_seat(row: Released, counts: Scope, names: Scope) -> dict[str, Any]:
    """A pool is of nobody's province; whom its seats went to is told where that one is counted."""
    moved = row.moved
    sees = moved.office is not None and counts.covers_unit(moved.office)
    return {
        "target": row.target,
        "fromUnit": _shown(moved.source, counts),
        "toUnit": _shown(moved.to, counts),
        "nomination": moved.nomination if sees and names.covers_unit(moved.office or "") else None,
        "at": row.at.astimezone(BANGKOK).isoformat(),
        "reason": reason_response(moved.why, REASONS[moved.why], moved.served if sees else None),
    }


def _shown(unit: str, counts: Scope) -> str | None:
    return unit if unit in POOLS or counts.covers_unit(unit) else None
