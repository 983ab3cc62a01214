"""What answers about people who are in two runs at once look like, and their JSON. Pure."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import TypedDict

from services.enrolment.catalogue.domain.clashing import Clashes
from services.enrolment.catalogue.http.answers import RunAnswer
from shared.errors import Refused
from shared.pages import encode_cursor


class OtherRunAnswer(TypedDict):
    """`code`: `clash` for sessions at the same time, `clash-enclosed` for one run that lasts around the other."""

    run: str
    code: str


class ClashAnswer(TypedDict):
    nomination: str
    person: str
    unit: str
    state: str
    others: list[OtherRunAnswer]


class ClashPage(TypedDict):
    """A page of people who were looked at: it may list nobody and still have a next one."""

    items: list[ClashAnswer]
    next: str | None


class RescheduledRun(RunAnswer, total=False):
    """`clashes`: the first page of those who are in two runs at once by this move. The rest, and who is so for other
    reasons, is in GET .../clashes."""

    clashes: ClashPage


class RefusalAnswer(TypedDict):
    code: str
    th: str
    en: str


class PreviewAnswer(TypedDict):
    """`run`: as it would be; `refusals`: why checks would refuse it."""

    run: RunAnswer
    refusals: list[RefusalAnswer]
    clashes: ClashPage


def clashes_response(clashes: Clashes) -> dict[str, Any]:
    return {
        "items": [
            {
                "nomination": row.nomination,
                "person": row.person,
                "unit": row.unit,
                "state": row.state,
                "others": [{"run": other.run, "code": other.code} for other in row.others],
            }
            for row in clashes.rows
        ],
        "next": None if clashes.next is None else encode_cursor((clashes.next,)),
    }


def preview_response(run: dict[str, Any], refusals: Sequence[Refused], clashes: Clashes) -> dict[str, Any]:
    return {
        "run": run,
        "refusals": [refusal_response(refusal) for refusal in refusals],
        "clashes": clashes_response(clashes),
    }


def refusal_response(refusal: Refused) -> dict[str, str]:
    th, en = (sentence.format_map(refusal.details) for sentence in (refusal.th, refusal.en))
    return {"code": refusal.code, "th": th, "en": en}
