"""What the enrolment service answers about attendance."""

from typing import Final

from pattana.disclosure.answers import (
    COLLEAGUES,
    ERASERS,
    PEOPLE,
    READERS_OF_RUNS,
    Answer,
    Fields,
    below,
    fields,
    page_of,
)

_RUN: Final = "/api/enrolment/runs/{run}"
_SESSIONS: Final = f"{_RUN}/sessions"
_MARK: Final = "presence minutes at via"

SESSION: Final = fields(
    (READERS_OF_RUNS, "session startsAt endsAt minutes halfDays state closedAt closing"),
    (ERASERS, "present late excused absent missing"),
)
MISSING: Final = fields((ERASERS, "nomination person unit province target"))
MARKED: Final = fields((PEOPLE, f"nomination person session {_MARK} recorded"), (COLLEAGUES, "by"))
ATTENDEE: Final = {
    **fields(
        (PEOPLE, "nomination person unit province target bucketUnit attended minutesPresent minutesHeld percentage")
    ),
    **below("marks[].", fields((PEOPLE, f"session {_MARK}"), (COLLEAGUES, "by"))),
}
CHANGE: Final = {
    **fields((PEOPLE, "id session changedAt reason")),
    **below("before.", fields((PEOPLE, _MARK), (COLLEAGUES, "by"))),
    **below("after.", fields((PEOPLE, _MARK), (COLLEAGUES, "by"))),
}


def _to_keepers(table: Fields) -> Fields:
    return dict.fromkeys(table, ERASERS)


ATTENDANCE: Final = (
    Answer("sessions", (f"GET {_SESSIONS}",), page_of(SESSION, READERS_OF_RUNS)),
    Answer("session", (f"GET {_SESSIONS}/{{session}}",), SESSION),
    Answer(
        "session closed",
        (f"POST {_SESSIONS}/{{session}}/close",),
        _to_keepers(SESSION),
    ),
    Answer("missing", (f"GET {_SESSIONS}/{{session}}/missing",), page_of(MISSING, ERASERS)),
    Answer(
        "checked in",
        (f"POST {_RUN}/check-ins",),
        _to_keepers({**fields((ERASERS, "results[].status")), **below("results[].attendance.", MARKED)}),
    ),
    Answer("attendance corrected", (f"POST {_SESSIONS}/{{session}}/attendance/{{nomination}}",), _to_keepers(MARKED)),
    Answer("attendance", (f"GET {_RUN}/attendance",), page_of(ATTENDEE, PEOPLE)),
    Answer("attendance of a person", (f"GET {_RUN}/attendance/{{nomination}}",), ATTENDEE),
    Answer("changes of attendance", (f"GET {_RUN}/attendance/{{nomination}}/changes",), page_of(CHANGE, PEOPLE)),
)
