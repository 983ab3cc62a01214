"""What the enrolment service answers about attendance."""

from typing import Final

from pattana.disclosure.answers import (
    ANYBODY,
    COLLEAGUES,
    DEVICES,
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
_DEVICE: Final = "id name state createdAt createdBy enrolledAt"
_USED: Final = "revokedAt seenAt skewSeconds"
DEVICE: Final = fields((ERASERS, f"{_DEVICE} {_USED} codeUntil"))
INVITED: Final = fields((ERASERS, f"{_DEVICE} codeUntil code"))
REVOKED: Final = fields((ERASERS, f"{_DEVICE} {_USED}"))
ENROLLED: Final = fields((ANYBODY, "device name run token now"))
DEVICE_LIST: Final = fields(
    (DEVICES, "run listedAt goodUntil next signature sessions[].session sessions[].startsAt sessions[].endsAt"),
    (DEVICES, "items[].nomination items[].name items[].unit"),
)
UPLOADED: Final = fields((DEVICES, "skewSeconds results[].nonce results[].outcome results[].code results[].known"))
SCAN: Final = fields((ERASERS, "device nonce session at deviceAt skewSeconds receivedAt outcome code"))
_WRITTEN: Final = "id session at inPlaceOf recordedAt by state"
_DECIDED: Final = "nomination person cameSession cameAt decidedAt decidedBy"
WRITTEN: Final = fields((ERASERS, _WRITTEN))
DECIDED: Final = fields((ERASERS, f"{_WRITTEN} {_DECIDED}"))
WALK_IN: Final = fields((ERASERS, f"{_WRITTEN} {_DECIDED} name office reason device"))
_PROBLEM: Final = "problems[].line problems[].column problems[].code problems[].reason"
IMPORTED: Final = fields(
    (ERASERS, f"rows recorded unchanged badRows ignoredColumns[] leftOutRows leftOut[].line leftOut[].text {_PROBLEM}")
)
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
    Answer("check-ins imported", ("POST /api/enrolment/imports/check-ins",), IMPORTED),
    Answer("checked in oneself", (f"POST {_RUN}/check-ins/room",), OWN_MARK),
    Answer("key of a run", (f"GET {_RUN}/attendance-key",), KEY),
    Answer("pass", (f"GET {_RUN}/passes/{{nomination}}",), PASS),
    Answer("pass as a picture", (f"GET {_RUN}/passes/{{nomination}}/qr",), {}, "to who sees the pass"),
    Answer("room as a picture", (f"GET {_SESSIONS}/{{session}}/room-code/qr",), {}, "to who sees the code"),
    Answer("code of a room", (f"GET {_SESSIONS}/{{session}}/room-code",), ROOM_CODE),
    Answer("device invited", (f"POST {_RUN}/devices", f"POST {_RUN}/devices/{{device}}/code"), INVITED),
    Answer("device revoked", (f"POST {_RUN}/devices/{{device}}/revoke",), REVOKED),
    Answer("device enrolled", ("POST /api/enrolment/devices/enrol",), ENROLLED, "to whoever has its code"),
    Answer("devices", (f"GET {_RUN}/devices",), page_of(DEVICE, ERASERS)),
    Answer("list of a device", (f"GET {_RUN}/device-list",), DEVICE_LIST),
    Answer("scans uploaded", (f"POST {_RUN}/uploads",), UPLOADED),
    Answer("scans of a person", (f"GET {_RUN}/attendance/{{nomination}}/scans",), page_of(SCAN, ERASERS)),
    Answer("walk-in", (f"POST {_RUN}/walk-ins",), WRITTEN),
    Answer(
        "walk-in decided",
        (f"POST {_RUN}/walk-ins/{{walk_in}}/match", f"POST {_RUN}/walk-ins/{{walk_in}}/dismiss"),
        DECIDED,
    ),
    Answer("walk-ins", (f"GET {_RUN}/walk-ins",), page_of(WALK_IN, ERASERS)),
    Answer("attendance corrected", (f"POST {_SESSIONS}/{{session}}/attendance/{{nomination}}",), _to_keepers(MARKED)),
    Answer("attendance", (f"GET {_RUN}/attendance",), page_of(ATTENDEE, PEOPLE)),
    Answer("attendance of a person", (f"GET {_RUN}/attendance/{{nomination}}",), ATTENDEE),
    Answer("changes of attendance", (f"GET {_RUN}/attendance/{{nomination}}/changes",), page_of(CHANGE, PEOPLE)),
)
