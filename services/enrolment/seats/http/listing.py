"""The list of nominations of a run over HTTP, and finding some of them by a part of a name."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.enrolment.seats.domain.model import WaitsFor
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.http.responses import NominationDetails, nomination_details
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.searching import NominationSearch
from shared.answers import Page as PageOf
from shared.answers import told
from shared.events.seats import NominationState
from shared.http import answer
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.thai import sought_name
from shared.values import Line, Term

PATH: Final = "/api/enrolment/runs/{run}/nominations"
PART_OF_A_NAME: Final = (
    "Words of the person's name, with or without what stands before it: of three letters and more anywhere in it, "
    "shorter ones where a first or last name begins. It finds who is within one's scope in the directory today."
)
SHORT: Final = "With `q` a page may have fewer items than its limit, or none, and go on all the same: `next` says so."


def add_list(routes: APIRouter, search: NominationSearch, buckets: BucketService) -> None:
    @routes.get(
        PATH,
        summary="Nominations of a run that the caller may see, oldest first",
        description=SHORT,
        responses=told(PageOf[NominationDetails]),
    )
    async def list_nominations(
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
        q: Annotated[Line | None, Query(description=PART_OF_A_NAME)] = None,
        state: NominationState | None = None,
        bucket_unit: Annotated[Term | None, Query(alias="bucketUnit")] = None,
        unit: Term | None = None,
        person: Term | None = None,
        warned: Annotated[bool, Query(description="Only those about which checks have found something.")] = False,
        moved: Annotated[bool, Query(description="Only those whose person belongs to another office now.")] = False,
        waits_for: Annotated[WaitsFor | None, Query(alias="waitsFor")] = None,
    ) -> Response:
        asked = (bucket_unit or None, unit or None, person or None)
        wanted = Wanted(state and state.value, *asked, warned, moved, waits_for)
        scope, readable = principal.scope(Permission.NOMINATION_READ), principal.scope(Permission.PERSON_READ)
        after = page.after_key
        found = await search.page(run, scope, wanted, after, page.limit, sought=sought_name(q or ""), readable=readable)
        if not found.records:  # an existing run without any, or else UnknownRun
            await buckets.of_run(run, drafts=principal.sees_drafts)
        respond = partial(nomination_details, scope=scope, counts=principal.counts())
        end = None if found.end is None else (found.end,)
        return answer(page.cut(found.records, respond, lambda record: (record.nomination.id,), end))
