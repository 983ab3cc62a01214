"""Nominations ex officio over HTTP."""

from enum import StrEnum
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from services.enrolment.seats.domain.commands import Caller, Command, Nominate
from services.enrolment.seats.domain.ex_officio import Invited, Post, Succession
from services.enrolment.seats.domain.ex_officio_refusals import ExOfficioEnded
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.refusals import AlreadyNominated
from services.enrolment.seats.http.bodies import ExOfficioBody
from services.enrolment.seats.http.bulk import outcomes_of, reached_by, row_result
from services.enrolment.seats.http.responses import NominationResponse
from services.enrolment.seats.service.ex_officio import ExOfficio
from services.enrolment.seats.service.nominations import SeatService
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.errors import Refused
from shared.events.directory import InPost
from shared.events.seats import Rank
from shared.headers import idempotency_key
from shared.http import answer, reached_header
from shared.idempotency import Recorded
from shared.ids import new_id
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires

PATH: Final = "/api/enrolment/runs/{run}/ex-officio"
Key = Annotated[str | None, Depends(idempotency_key)]
Writer = Annotated[Principal, Depends(requires(Permission.NOMINATION_WRITE))]


class Result(StrEnum):
    NOMINATED = "NOMINATED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class _InvitedRow(TypedDict):
    unit: str
    post: str
    person: str | None
    exOfficio: InPost
    result: Result
    status: int


class InvitedRow(_InvitedRow, total=False):
    """A post and who is in it. `nomination` with `position`, or `problem`: also of what is UNCHANGED, where the person
    was nominated before (`already-nominated`) or that came to its end (`ex-officio-ended`)."""

    nomination: NominationResponse
    position: str
    problem: dict[str, Any]


class VacantPost(TypedDict):
    unit: str
    post: str


class InvitedAnswer(TypedDict):
    """`vacantPosts` are those of the same units without anybody; `next`: what to send as `after`, null at the end."""

    results: list[InvitedRow]
    vacantPosts: list[VacantPost]
    next: str | None


class SuccessionAnswer(TypedDict):
    """A nomination whose person is not in the post any more. `successor`: null where nobody is, or several are."""

    nomination: str
    target: str
    bucketUnit: str
    unit: str
    post: str
    person: str
    exOfficio: InPost
    state: str
    successor: str | None
    successorExOfficio: InPost | None


def add_ex_officio(routes: APIRouter, service: SeatService, ex_officio: ExOfficio) -> None:
    _add_inviting(routes, service, ex_officio)
    _add_successions(routes, ex_officio)


def _add_inviting(routes: APIRouter, service: SeatService, ex_officio: ExOfficio) -> None:
    @routes.post(
        PATH,
        summary="Nominate whoever is in the posts of a target group on the run's day; repeatable",
        responses=told(InvitedAnswer),
    )
    async def invite(
        request: Request,
        run: str,
        principal: Writer,
        sent: Annotated[ExOfficioBody, body(ExOfficioBody)],
        key: Key,
    ) -> Response:
        caller = _caller(principal)
        proposal = await ex_officio.proposal(run, sent.target, caller, _post_of(sent.after))
        open_ones = [one for one in proposal.invited if one.unless is None]
        rows = [(_command(run, sent.target, one), _sent(sent.target, one)) for one in open_ones]
        names = [f"{one.held.unit}:{one.held.post}:{one.person}" for one in open_ones]
        outcomes = await outcomes_of(service, request, caller, key, rows, names)
        done = dict(zip(names, outcomes, strict=True))
        results = [_row(request, one, done) for one in proposal.invited]
        vacant = [{"unit": unit, "post": post} for unit, post in proposal.vacant]
        told = {"results": results, "vacantPosts": vacant, "next": proposal.next and ":".join(proposal.next)}
        return answer(told, headers=reached_header(request, reached_by(outcomes)))


def _add_successions(routes: APIRouter, ex_officio: ExOfficio) -> None:
    @routes.get(
        PATH,
        summary="Nominations ex officio whose person is not in the post any more, with the successors",
        responses=told(PageOf[SuccessionAnswer]),
    )
    async def read_successions(
        run: str, principal: Writer, page: Annotated[PageRequest, Depends(page_request)]
    ) -> Response:
        after = None if page.after is None else (str(page.after[0]), str(page.after[-1]))
        found, last = await ex_officio.successions(run, _caller(principal), after, page.limit)
        return answer(page.body([_succession(one) for one in found], None if last is None else _place(last)))


def _caller(principal: Principal) -> Caller:
    scope = principal.scope(Permission.NOMINATION_WRITE)
    return Caller(principal.subject, scope, principal.sees_drafts, principal.counts())


def _command(run: str, target: str, invited: Invited) -> Command:
    return Nominate(run, invited.person, Rank.PRIMARY, target, None, new_id(), invited.held)


def _sent(target: str, invited: Invited) -> bytes:
    return orjson.dumps([target, invited.held.unit, invited.held.post, invited.person])


def _row(request: Request, invited: Invited, done: dict[str, Recorded | Refused]) -> dict[str, Any]:
    held = invited.held
    outcome = invited.unless or done[f"{held.unit}:{held.post}:{invited.person}"]
    standing = isinstance(outcome, AlreadyNominated | ExOfficioEnded)
    told = row_result(request, outcome)
    result = Result.UNCHANGED if standing else Result.REFUSED if isinstance(outcome, Refused) else Result.NOMINATED
    return {
        "unit": held.unit,
        "post": held.post,
        "person": invited.person or None,
        "exOfficio": held.in_post,
        "result": result,
        **told,
        "status": 200 if standing else told["status"],
    }


def _post_of(after: str | None) -> Post | None:
    if not after:
        return None
    unit, _, post = after.partition(":")
    return unit, post


def _place(last: Nomination) -> tuple[str, str]:
    return (last.ex_officio.unit if last.ex_officio else "", last.id)


def _succession(one: Succession) -> dict[str, Any]:
    nomination, post, now = one.nomination, one.post, one.now
    _, target, bucket_unit = nomination.seats_of
    return {
        "nomination": nomination.id,
        "target": target,
        "bucketUnit": bucket_unit,
        "unit": post.unit,
        "post": post.post,
        "person": nomination.person,
        "exOfficio": post.in_post,
        "state": nomination.state.value,
        "successor": now.person,
        "successorExOfficio": now.in_post if now.person is not None else None,
    }
