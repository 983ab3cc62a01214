"""What the enrolment service answers about attendance."""

from typing import Final

from pattana.disclosure.answers import (
    COLLEAGUES,
    ERASERS,
    PEOPLE,
    READERS,
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
OWN_MARK: Final = fields((READERS, f"nomination person session {_MARK} recorded"))
PASS: Final = fields((PEOPLE, "nomination person token expiresAt"))
KEY: Final = fields((READERS_OF_RUNS, "run kty crv x"))
ROOM_CODE: Final = fields((ERASERS, "session code shownUntil"))
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
    Answer("checked in oneself", (f"POST {_RUN}/check-ins/room",), OWN_MARK),
    Answer("key of a run", (f"GET {_RUN}/attendance-key",), KEY),
    Answer("pass", (f"GET {_RUN}/passes/{{nomination}}",), PASS),
    Answer("pass as a picture", (f"GET {_RUN}/passes/{{nomination}}/qr",), {}, "to who sees the pass"),
    Answer("room as a picture", (f"GET {_SESSIONS}/{{session}}/room-code/qr",), {}, "to who sees the code"),
    Answer("code of a room", (f"GET {_SESSIONS}/{{session}}/room-code",), ROOM_CODE),
    Answer("attendance corrected", (f"POST {_SESSIONS}/{{session}}/attendance/{{nomination}}",), _to_keepers(MARKED)),
    Answer("attendance", (f"GET {_RUN}/attendance",), page_of(ATTENDEE, PEOPLE)),
    Answer("attendance of a person", (f"GET {_RUN}/attendance/{{nomination}}",), ATTENDEE),
    Answer("changes of attendance", (f"GET {_RUN}/attendance/{{nomination}}/changes",), page_of(CHANGE, PEOPLE)),
)
