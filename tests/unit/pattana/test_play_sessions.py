"""checkIn: who comes to which session, in which order, and where the run's clock stands."""

from typing import Any

import pytest

from pattana.demo.scene import Request, Unplannable
from pattana.demo.words.attending import check_in, sessions
from tests.support.plays import Raw
from tests.unit.pattana.test_play_words import nomination, scene

BEGINS, ENDS = "2020-08-31T13:00:00+07:00", "2020-08-31T16:30:00+07:00"
SESSIONS = [
    {"session": 1, "startsAt": "2020-08-31T09:00:00+07:00", "endsAt": "2020-08-31T12:00:00+07:00"},
    {"session": 2, "startsAt": BEGINS, "endsAt": ENDS},
]
SEATED = [
    nomination("n1", "PO-50.HR", "CONFIRMED"),
    nomination("n2", "PERS", "CONFIRMED", target="POOL"),
    nomination("n3", "PO-50.HR", "CONFIRMED"),
    nomination("n4", "PO-95.HR", "WITHDRAWN"),
]
REMINDED = {"do": "remind", "at": "D-1"}


def planned(step: Raw, *before: Raw) -> list[Request]:
    seen = scene({"do": "checkIn", **step}, *before).with_(nominations=SEATED, answer={"items": SESSIONS})
    parsed: Any = seen.script.steps[-1]
    assert sessions(parsed, seen).path == "/api/enrolment/runs/r/sessions"
    return check_in(parsed, seen)


def there(requests: list[Request], name: str) -> list[str]:
    (request,) = [one for one in requests if one.name == name]
    return [row["nomination"] for row in request.body["rows"]]


def test_all_with_a_seat_come_to_all_sessions_and_each_is_closed() -> None:
    requests = planned({"sessions": "ALL"}, REMINDED)
    assert [request.name for request in requests] == [
        *("begin-1", "session-1-1", "end-1", "close-1", "closed-1"),
        *("begin-2", "session-2-1", "end-2", "close-2", "closed-2"),
    ]
    assert there(requests, "session-1-1") == there(requests, "session-2-1") == ["n1", "n2", "n3"]
    clocks = [request.body["businessNow"] for request in requests if request.method == "PUT"]
    assert clocks == [SESSIONS[0]["startsAt"], SESSIONS[0]["endsAt"], BEGINS, ENDS]


def test_the_last_of_a_place_are_absent_and_the_first_are_recorded_again() -> None:
    absent = [{"unit": "PO-50", "count": 1}, {"target": "POOL", "count": 1}]
    requests = planned({"sessions": [2], "absent": absent, "again": 1}, REMINDED)
    assert there(requests, "session-2-1") == there(requests, "again-2-1") == ["n1"]


def test_the_clock_never_goes_back() -> None:
    requests = planned({"sessions": [2], "at": "D+1"})
    assert [request.name for request in requests] == ["session-2-1", "close-2", "closed-2"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"sessions": [3]}, "there is no session 3; the run has 2"),
        ({"absent": [{"unit": "PO-95", "count": 1}]}, "1 are to be absent in PO-95, where 0 have a seat"),
        ({"again": 4}, "4 are to be checked in again, and 3 are there"),
    ],
)
def test_what_cannot_be_is_said(step: Raw, sentence: str) -> None:
    with pytest.raises(Unplannable, match=sentence):
        planned(step)
