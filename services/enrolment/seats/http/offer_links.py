"""The link in the message of an offer, over HTTP and without a login: GET shows the offer and changes nothing, POST
answers it. Browsers get a page with two buttons, or with what has become of the offer, in both languages; others
JSON."""

from collections.abc import Mapping
from html import escape
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import HTMLResponse, Response
from typing_extensions import TypedDict

from services.enrolment.seats.domain.commands import Decision
from services.enrolment.seats.domain.transitions import CONFIRMED, WAITLISTED, WITHDRAWN, Action
from services.enrolment.seats.service.offer_links import OfferLinkService, OpenedLink
from shared.answers import Time, told
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.seats import NominationState
from shared.http import answer, hung_up
from shared.offer_links import PATH
from shared.problems import problem_body
from shared.public import Public
from shared.thai import format_thai_date, format_thai_time, local_date

Token = Annotated[str, Path(max_length=200)]
# The page needs its form and its few lines of style, and nothing else.
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "sandbox allow-forms allow-same-origin"
)
_STYLE: Final = (
    "body{font-family:sans-serif;max-width:40em;margin:2em auto;padding:0 1em;line-height:1.6}"
    "button{font:inherit;padding:.6em 1.2em;margin:.5em 1em .5em 0}"
)
# What has become of an offer, in Thai and English.
_BECAME: Final[Mapping[NominationState, tuple[str, str]]] = {
    CONFIRMED: ("ท่านได้รับการยืนยันสิทธิ์แล้ว", "The seat is yours."),
    WAITLISTED: (
        "ที่นั่งนี้ไม่ได้รอการตอบรับจากท่านแล้ว ท่านยังอยู่ในบัญชีสำรอง ระบบจะแจ้งให้ทราบเมื่อมีที่นั่ง",
        "This offer is not open any more. You are still on the waiting list, and are told when there is a seat.",
    ),
    WITHDRAWN: (
        "ที่นั่งนี้ไม่ได้รอการตอบรับจากท่านแล้ว รายการเสนอชื่อนี้สิ้นสุดลง หากยังต้องการเข้าร่วม หน่วยงานต้นสังกัดเสนอชื่อใหม่ได้",
        "This offer is not open any more, and this nomination has ended. If you still want to come, your office can "
        "nominate you anew.",
    ),
}
_ELSE: Final = (
    "ที่นั่งนี้ไม่ได้รอการตอบรับจากท่านแล้ว โปรดตรวจสอบสถานะในระบบ หรือสอบถามหน่วยงานต้นสังกัด",
    "This offer is not open any more. The system, or your office, can tell how you stand.",
)


class OfferLinkAnswer(TypedDict):
    """`open`: it may still be accepted or declined; else `state` says what has become of it."""

    title: str
    cohort: int
    startsAt: Time
    offeredUntil: Time
    state: NominationState
    open: bool


def router(service: OfferLinkService, public: Public) -> APIRouter:
    """All routes of links."""
    routes = APIRouter(dependencies=[Depends(public)])

    @routes.get(f"{PATH}/{{token}}", summary="What the link of an offer is about", responses=told(OfferLinkAnswer))
    async def show(request: Request, token: Token) -> Response:
        return _shown(request, token, await service.show(token))

    for action in (Action.ACCEPT, Action.DECLINE):
        _add_answer(routes, service, action)
    return routes


def _add_answer(routes: APIRouter, service: OfferLinkService, action: Decision) -> None:
    @routes.post(
        f"{PATH}/{{token}}/{action}",
        summary=f"{action.capitalize()} the offer of a link",
        name=f"{action}-by-link",
        responses=told(OfferLinkAnswer),
    )
    async def answer_by_link(request: Request, token: Token) -> Response:
        try:
            link = await service.answer(token, action, hung_up(request))
        except Refused as error:
            # A person reads this one; any other is for whoever keeps the system.
            if error.status != 409 or not _browses(request):
                raise
            return _html(refusal_page(error), 409)
        return _shown(request, token, link)


def _browses(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, headers={"content-security-policy": POLICY, "referrer-policy": "no-referrer"})


def _shown(request: Request, token: str, link: OpenedLink) -> Response:
    return _html(page(token, link)) if _browses(request) else answer(link_response(link))


def link_response(link: OpenedLink) -> dict[str, Any]:
    return {
        "title": link.heading.title,
        "cohort": link.heading.cohort,
        "startsAt": link.heading.starts_at.astimezone(BANGKOK).isoformat(),
        "offeredUntil": link.until.astimezone(BANGKOK).isoformat(),
        "state": link.nomination.state.value,
        "open": link.open,
    }


def page(token: str, link: OpenedLink) -> str:
    """Without scripts. The token is in the address already; it is made of signs that need no escape."""
    body = _question(token, link) if link.open else _both(*_BECAME.get(link.nomination.state, _ELSE))
    cohort = f'<p>รุ่นที่ {link.heading.cohort} · <span lang="en">batch {link.heading.cohort}</span></p>'
    return _framed(escape(link.heading.title), cohort + body)


def refusal_page(error: Refused) -> str:
    """What a program gets as a problem, as a person reads it."""
    thai, english = problem_body(error, "th"), problem_body(error, "en")
    return _framed("ที่นั่งที่เสนอให้ท่าน · The seat offered to you", _both(escape(thai["detail"]), escape(english["detail"])))


def _framed(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="th"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{title}</h1>{body}</body></html>"
    )


def _question(token: str, link: OpenedLink) -> str:
    local = link.until.astimezone(BANGKOK)
    until = f"{format_thai_date(local_date(link.until), 'full')} เวลา {format_thai_time(link.until)}"
    return (
        f"<p>มีที่นั่งเสนอให้ท่าน โปรดตอบรับหรือปฏิเสธภายในวันที่ {until}</p>"
        '<p lang="en">A seat is offered to you. Please accept or decline it by '
        f"{local:%d.%m.%Y, %H:%M} (Bangkok time).</p>"
        '<form method="post">'
        f'<button formaction="{PATH}/{token}/accept">รับที่นั่ง · <span lang="en">Accept</span></button>'
        f'<button formaction="{PATH}/{token}/decline">ไม่รับที่นั่ง · <span lang="en">Decline</span></button></form>'
    )


def _both(thai: str, english: str) -> str:
    return f'<p>{thai}</p><p lang="en">{english}</p>'
