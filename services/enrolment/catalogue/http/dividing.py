"""Runs that are split, or become one, over HTTP."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from services.enrolment.catalogue.domain.dividing import DivideBy, Division
from services.enrolment.catalogue.domain.runs import Run
from services.enrolment.catalogue.domain.schedule import Proposal
from services.enrolment.catalogue.http.bodies import MOST_ITEMS, ReleaseAtBody, RunBody, Seats, SessionBody, VenueBody
from services.enrolment.catalogue.http.changing import RUNS, Key, Seen, run_as_body
from services.enrolment.catalogue.http.clash_answers import RescheduledRun
from services.enrolment.catalogue.service.dividing import DividingService
from shared.answers import told
from shared.bodies import Body, body
from shared.http import key_of, recorded_response
from shared.patches import Changes
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Id, Moment

MOST_NAMES: Final = 500
MOST_NOMINATIONS: Final = 2_000
Publisher = Annotated[Principal, Depends(requires(Permission.PROGRAMME_PUBLISH))]


class NewRunBody(Body):
    """Of the new run; all that is left out is as in the run that is split."""

    cohort: Annotated[int, Field(ge=1, le=999)] | None = None
    capacity: Seats | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    sessions: Annotated[tuple[SessionBody, ...], Field(max_length=MOST_ITEMS)] | None = None
    venue: VenueBody | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    release_at: ReleaseAtBody | None = None


class SplitBody(Body):
    """Who goes: `by` UNITS with `units`, REGIONS with `regions`, LIST with `nominations`, or ALTERNATE."""

    by: DivideBy
    units: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMES)] = ()
    regions: Annotated[tuple[Id, ...], Field(max_length=MOST_NAMES)] = ()
    nominations: Annotated[tuple[Id, ...], Field(max_length=MOST_NOMINATIONS)] = ()
    run: NewRunBody = NewRunBody()

    def division(self) -> Division:
        """Raises NobodyToMove."""
        names = {DivideBy.UNITS: self.units, DivideBy.REGIONS: self.regions, DivideBy.LIST: self.nominations}
        return Division(self.by, names.get(self.by, ()))

    def proposal(self, present: Run) -> Proposal:
        like = {name: value for name, value in run_as_body(present).items() if name != "cohort"}
        said: dict[str, Any] = self.run.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if {"startsAt", "endsAt"} & said.keys() and "sessions" not in said:
            like.pop("sessions", None)
        if "startsAt" in said:  # the days of the other run would not do
            for name in ("endsAt", "opensAt", "closesAt"):
                like.pop(name, None)
        return Changes(RunBody, said).onto(like).proposal()


class MergeBody(Body):
    """`into`: the run that both become."""

    into: Id


def add_dividing(routes: APIRouter, dividing: DividingService) -> None:
    _add_split(routes, dividing)
    _add_merge(routes, dividing)


def _add_split(routes: APIRouter, dividing: DividingService) -> None:
    @routes.post(
        f"{RUNS}/{{run}}/split",
        summary="Split a run in two: some of its people go to a new one",
        status_code=201,
        responses=told(RescheduledRun, 201),
    )
    async def split(
        request: Request,
        run: str,
        principal: Publisher,
        sent: Annotated[SplitBody, body(SplitBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        command, division = key_of(request, principal, key), sent.division()
        return recorded_response(request, await dividing.split(command, run, sent.proposal, division, principal, seen))


def _add_merge(routes: APIRouter, dividing: DividingService) -> None:
    @routes.post(
        f"{RUNS}/{{run}}/merge", summary="Merge a run into another one of its programme", responses=told(RescheduledRun)
    )
    async def merge(
        request: Request,
        run: str,
        principal: Publisher,
        sent: Annotated[MergeBody, body(MergeBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await dividing.merge(command, run, sent.into, principal, seen))
