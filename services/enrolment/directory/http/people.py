"""The list of people over HTTP: within one's scope, by a part of a name, in the order of names."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.enrolment.directory.http.answers import PersonSummary
from services.enrolment.directory.http.responses import person_summary
from services.enrolment.directory.storage import PeopleList, Wanted
from services.enrolment.directory.storage.people_list import Key, key_of
from shared.answers import Page as PageOf
from shared.answers import told
from shared.http import answer
from shared.pages import InvalidCursor, PageRequest, page_request
from shared.pages import Key as Cursor
from shared.rights import Permission, Principal
from shared.security import requires
from shared.thai import name_search_key, sought_name
from shared.values import Line, Term

PEOPLE: Final = "/api/enrolment/people"
PART_OF_A_NAME: Final = (
    "Words of a name, with or without what stands before it: of three letters and more anywhere in it, shorter ones "
    "where a first or last name begins. Tone marks, spaces, punctuation and the kind of digits do not matter."
)
SHORT: Final = "A page may have fewer items than its limit, or none, and go on all the same: `next` says so."
Sort = Literal["name", "-name"]


def router(people: PeopleList) -> APIRouter:
    routes = APIRouter()

    @routes.get(
        PEOPLE,
        summary="People within one's scope, in the Thai order of names",
        description=SHORT,
        responses=told(PageOf[PersonSummary]),
    )
    async def read_people(
        principal: Annotated[Principal, Depends(requires(Permission.PERSON_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
        q: Annotated[Line | None, Query(description=PART_OF_A_NAME)] = None,
        unit: Term | None = None,
        name: Annotated[Line | None, Query(description="What a full name or a last name begins with.")] = None,
        level: Term | None = None,
        post: Term | None = None,
        sort: Sort = "name",
    ) -> Response:
        begins = name_search_key(name) if name else ""
        wanted = Wanted(sought_name(q or ""), begins, unit or None, level or None, post or None)
        scope = principal.scope(Permission.PERSON_READ)
        found = await people.page(scope, wanted, _place(page.after), page.limit, backwards=sort == "-name")
        return answer(page.cut(found.rows, person_summary, key_of, found.end))

    return routes


def _place(after: Cursor | None) -> Key | None:
    match after:
        case None:
            return None
        case (str(place),):
            return (place,)
    raise InvalidCursor()
