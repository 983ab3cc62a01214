"""What the enrolment service answers about offers of seats, and about who waits for one."""

from typing import Final

from pattana.disclosure.answers import COLLEAGUES, EVERYBODY, KNOWERS, PEOPLE, Answer, fields
from pattana.disclosure.enrolment import NOMINATION
from pattana.disclosure.releases import NOTICED

PATH: Final = "/api/enrolment/offers"
_RUN: Final = "/api/enrolment/runs/{run}"
STANDING: Final = fields(
    (
        PEOPLE,
        "nomination state waitsFor offeredUntil unit.code unit.th unit.en pool.code pool.th pool.en "
        "offer.code offer.th offer.en",
    ),
    (COLLEAGUES, "unit.place offer.confirmed offer.of"),
    (KNOWERS, "pool.place"),
)
LINK: Final = fields((EVERYBODY, "title cohort startsAt offeredUntil state open"))
OFFERS: Final = (
    Answer(
        "link of an offer",
        (f"GET {PATH}/{{token}}", *(f"POST {PATH}/{{token}}/{action}" for action in ("accept", "decline"))),
        LINK,
        "whoever has the link, signed in or not",
    ),
    Answer(
        "offer answered",
        tuple(f"POST {_RUN}/offers/{{id}}/{action}" for action in ("accept", "decline")),
        {**NOMINATION, **NOTICED},
    ),
    Answer("standing of a nomination", (f"GET {_RUN}/nominations/{{id}}/standing",), STANDING),
)
