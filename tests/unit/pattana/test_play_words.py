"""What each word of a step comes to, planned from what is known: no service, no clock, no ids of its own."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from pattana.client import Caller
from pattana.demo.people import Person, cast, row, sheet
from pattana.demo.scene import MOST_ROWS, Places, Request, Scene, Unplannable
from pattana.demo.script import Target
from pattana.demo.words import WORDS
from pattana.demo.words.opening import EXECUTIVE, buckets_of
from shared.rights import Role
from tests.support.plays import Raw, script_of

OFFICES = ("PO-11", "PO-50", "PO-95")
CENTRAL = ("DRI", "PERS")
PROVINCIAL = {"key": "PROV", "scope": "PROVINCIAL", "unit": "PO.HR", "perUnit": 2}
POOLED = {"key": "POOL", "scope": "CENTRAL", "seats": 4, "levels": ["K3", "K4"], "positions": ["นิติกร"]}
PERS = Caller(Role.HR_OFFICER, "PERS")


def scene(step: Raw, *before: Raw, **programme: Any) -> Scene:
    """In which `step` is played after `before`."""
    raw = {
        "id": "T",
        "programme": {
            "code": "T-1",
            "organiser": "PERS",
            "targetGroups": [PROVINCIAL, POOLED],
            "runs": [{"sessions": [{"startsAt": "2020-08-31T13:00:00+07:00"}]}],
            **programme,
        },
        "steps": [*before, step],
    }
    return Scene(script_of(raw), Places(OFFICES, CENTRAL), "T-1", "p", "r")


def planned(step: Raw, *before: Raw, nominations: Sequence[Raw] = (), **programme: Any) -> list[Request]:
    """With ids for its people that are their faces."""
    seen = scene(step, *before, **programme).with_(nominations=nominations)
    word, parsed = WORDS[step["do"]], seen.script.steps[-1]
    people = word.cast(parsed, seen) if word.cast is not None else []
    requests = word.plan(parsed, seen.with_(people=[(person, person.face) for person in people]))
    assert len({request.name for request in requests}) == len(requests)
    assert [Request.of(copy.deepcopy(request.written())) for request in requests] == requests
    return requests


def people_of(step: Raw, **programme: Any) -> list[Person]:
    seen = scene(step, **programme)
    made = WORDS[step["do"]].cast
    assert made is not None
    return made(seen.script.steps[-1], seen)


def nomination(id: str, unit: str, state: str = "SUBMITTED", target: str = "PROV", **more: Any) -> Raw:
    bucket = unit.partition(".")[0] if unit.startswith("PO-") else "OPS"
    return {"id": id, "unit": unit, "bucketUnit": bucket, "target": target, "state": state, **more}


def rows_of(requests: Sequence[Request]) -> list[tuple[str, Caller, list[str]]]:
    return [(request.name, request.caller, list(request.body["ids"])) for request in requests]


# ---- open


def test_open_sets_the_target_groups_own_seats_and_publishes() -> None:
    seats, submit, agree, publish = planned({"do": "open"})
    assert (seats.method, seats.path, seats.replaces) == ("PUT", "/api/enrolment/runs/r/buckets", True)
    assert seats.body["buckets"] == [
        *({"target": "PROV", "bucketUnit": office, "seats": 2} for office in OFFICES),
        {"target": "POOL", "bucketUnit": "OPS", "seats": 4},
    ]
    assert [(move.path.rpartition("/")[2], move.caller) for move in (submit, agree, publish)] == [
        ("submit", PERS),
        ("approve", EXECUTIVE),
        ("publish", PERS),
    ]


def test_open_leaves_seats_that_a_step_has_allocated_and_is_made_by_the_central_office_without_an_organiser() -> None:
    requests = planned({"do": "open"}, {"do": "allocate", "rule": "ANY"}, organiser=None)
    assert [request.name for request in requests] == ["submit", "agree", "publish"]
    assert requests[0].caller == Caller(Role.HR_OFFICER, "OPS")


@pytest.mark.parametrize(
    ("target", "buckets"),
    [
        (Target(key="T", scope="PROVINCIAL", per_unit=1, seats=76), [("PO-11", 1), ("PO-50", 1), ("PO-95", 1)]),
        (Target(key="T", scope="PROVINCIAL", seats=74), [("PO", 74)]),
        (Target(key="T", scope="CENTRAL", seats=50), [("OPS", 50)]),
        (Target(key="T", scope="BOTH", seats=50), [("OPS", 50)]),
        (Target(key="T", scope="CENTRAL", per_unit=3), [("OPS", 6)]),
    ],
)
def test_the_numbers_of_a_target_group(target: Target, buckets: list[tuple[str, int]]) -> None:
    rows = buckets_of(target, scene({"do": "open"}))
    assert [(row["bucketUnit"], row["seats"]) for row in rows] == buckets


def test_a_target_group_without_a_number_needs_an_allocation() -> None:
    with pytest.raises(Unplannable, match="the target group K says no number of seats"):
        planned({"do": "open"}, targetGroups=[{"key": "K", "scope": "PROVINCIAL"}])


# ---- nominate


def test_every_office_nominates_for_itself() -> None:
    requests = planned({"do": "nominate", "target": "PROV", "units": "ALL", "each": 2, "rank": "RESERVE"})
    assert [(request.name, request.caller) for request in requests] == [
        (f"nominate-{office}", Caller(Role.PROVINCIAL_HR, office)) for office in OFFICES
    ]
    assert requests[1].body["nominations"] == [
        {"person": "1-PO-50.HR-01", "target": "PROV", "rank": "RESERVE"},
        {"person": "1-PO-50.HR-02", "target": "PROV", "rank": "RESERVE"},
    ]


def test_offices_are_named_and_keep_their_order() -> None:
    step = {"do": "nominate", "target": "PROV", "units": ["PO-95", "PO-11"], "each": 1, "rank": "PRIMARY"}
    assert [request.caller.unit for request in planned(step)] == ["PO-95", "PO-11"]
    assert planned({**step, "each": 0}) == []


def test_people_are_dealt_over_the_central_units_in_turn_and_are_what_the_target_group_asks_for() -> None:
    step = {"do": "nominate", "target": "POOL", "people": 3, "rank": "PRIMARY"}
    assert [(person.unit, person.level, person.position) for person in people_of(step)] == [
        ("DRI", "K3", "นิติกร"),
        ("PERS", "K3", "นิติกร"),
        ("DRI", "K3", "นิติกร"),
    ]
    requests = planned(step)
    assert [(request.caller, len(request.body["nominations"])) for request in requests] == [
        (Caller(Role.HR_OFFICER, "DRI"), 2),
        (PERS, 1),
    ]


def test_people_of_a_target_group_with_a_unit_work_there() -> None:
    target = {"key": "OWN", "scope": "CENTRAL", "unit": "PERS.TRAIN", "seats": 2, "posts": ["HEAD"]}
    people = people_of({"do": "nominate", "target": "OWN", "people": 2, "rank": "PRIMARY"}, targetGroups=[target])
    assert [(person.unit, person.post) for person in people] == [("PERS.TRAIN", "HEAD")] * 2


def test_a_long_list_is_sent_in_parts() -> None:
    step = {"do": "nominate", "target": "PROV", "units": ["PO-50"], "each": MOST_ROWS + 1, "rank": "PRIMARY"}
    assert [len(request.body["nominations"]) for request in planned(step)] == [MOST_ROWS, 1]


# ---- apply


def test_everybody_applies_alone() -> None:
    requests = planned({"do": "apply", "people": 3, "from": "CENTRAL"})
    assert [request.caller for request in requests] == [
        Caller(Role.LEARNER, unit, f"1-{unit}-{number:02d}") for unit, number in (("DRI", 1), ("PERS", 1), ("DRI", 2))
    ]
    assert [request.body for request in requests] == [{}] * 3


def test_people_of_offices_apply_there_also_outside_the_target_group() -> None:
    step = {"do": "apply", "units": ["PO-50", "PO-95"], "each": 1}
    assert [person.unit for person in people_of(step)] == ["PO-50.HR", "PO-95.HR"]
    outside = people_of(step, targetGroups=[POOLED])
    assert [(person.unit, person.level) for person in outside] == [("PO-50", "K2"), ("PO-95", "K2")]
    assert planned({**step, "target": "PROV"})[0].body == {"target": "PROV"}


# ---- approve and reject


WAITING = [
    nomination("a", "PO-11.HR"),
    nomination("b", "PO-50.HR"),
    nomination("c", "PO-50", state="WAITLISTED"),
    nomination("d", "PO-50"),
    nomination("e", "PERS", target="POOL", warnings=[{"code": "clash"}]),
    nomination("f", "PO-11.HR"),
]


def test_superiors_approve_whoever_waits_in_order_of_nomination() -> None:
    requests = planned({"do": "approve", "who": "ALL"}, nominations=WAITING)
    assert rows_of(requests) == [
        ("approve-1-supervisor-1", Caller(Role.SUPERVISOR, "PO-11"), ["a"]),
        ("approve-1-supervisor-2", Caller(Role.SUPERVISOR, "PO-50"), ["b", "d"]),
        ("approve-1-supervisor-3", Caller(Role.SUPERVISOR, "PERS"), ["e"]),
        ("approve-1-supervisor-4", Caller(Role.SUPERVISOR, "PO-11"), ["f"]),
    ]


def test_every_step_of_the_route_decides_in_turn_and_nobody_on_what_he_asked_for() -> None:
    waiting = [nomination("a", "PO-50"), nomination("b", "PERS", decisions=[{"step": "SUPERVISOR"}])]
    route = ["SUPERVISOR", {"step": "UNIT_HR", "days": 3}, "ORGANISER"]
    requests = planned({"do": "approve", "who": "ALL"}, nominations=waiting, approvalRoute=route)
    organiser = Caller(Role.HR_OFFICER, "PERS", "ORGANISER@PERS")
    assert rows_of(requests) == [
        ("approve-1-supervisor-1", Caller(Role.SUPERVISOR, "PO-50"), ["a"]),
        ("approve-2-unit_hr-1", Caller(Role.PROVINCIAL_HR, "PO-50", "UNIT_HR@PO-50"), ["a"]),
        ("approve-2-unit_hr-2", Caller(Role.PROVINCIAL_HR, "PERS", "UNIT_HR@PERS"), ["b"]),
        ("approve-3-organiser-1", organiser, ["a", "b"]),
    ]


def test_the_organiser_decides_in_the_end_on_who_applies_from_outside() -> None:
    outside = nomination("a", "PO-50", warnings=[{"code": "wrong-scope"}])
    organiser = Caller(Role.HR_OFFICER, "PERS", "ORGANISER@PERS")
    requests = planned({"do": "approve", "who": "ALL"}, nominations=[outside, nomination("b", "PO-50")])
    assert rows_of(requests) == [
        ("approve-1-supervisor-1", Caller(Role.SUPERVISOR, "PO-50"), ["a", "b"]),
        ("approve-2-organiser-1", organiser, ["a"]),
    ]
    reject = {"do": "reject", "who": "WARNED"}
    assert rows_of(planned(reject, nominations=[outside], approvalRoute=[])) == [
        ("reject-1-organiser-1", organiser, ["a"])
    ]


def test_a_programme_without_a_route_has_nobody_to_approve() -> None:
    assert planned({"do": "approve", "who": "ALL"}, nominations=WAITING, approvalRoute=[]) == []
    assert planned({"do": "approve", "who": "ALL"}, nominations=WAITING, approvalRoute=False) == []


def test_whoever_s_turn_it_is_rejects_those_with_a_warning_and_says_why() -> None:
    waiting = [*WAITING, nomination("g", "DRI", decisions=[{"step": "SUPERVISOR"}], warnings=[{"code": "clash"}])]
    step = {"do": "reject", "who": "WARNED", "reason": "นอกกลุ่ม"}
    requests = planned(step, nominations=waiting, approvalRoute=["SUPERVISOR", "ORGANISER"])
    assert rows_of(requests) == [
        ("reject-1-supervisor-1", Caller(Role.SUPERVISOR, "PERS"), ["e"]),
        ("reject-2-organiser-1", Caller(Role.HR_OFFICER, "PERS", "ORGANISER@PERS"), ["g"]),
    ]
    assert {request.body["reason"] for request in requests} == {"นอกกลุ่ม"}
    assert planned({"do": "reject", "who": "ALL"}, nominations=WAITING)[0].body["reason"]


# ---- withdraw and substitute


SEATED = [
    nomination("a", "PO-50.HR", "CONFIRMED"),
    nomination("b", "PO-50", "CONFIRMED"),
    nomination("c", "PO-50", "WAITLISTED"),
    nomination("d", "PO-51", "CONFIRMED"),
    nomination("e", "DRI", "CONFIRMED", "POOL"),
    nomination("f", "PERS", "CONFIRMED", "POOL"),
]


@pytest.mark.parametrize(
    ("words", "leaving"),
    [
        ({"unit": "PO-50", "state": "CONFIRMED", "count": 1}, ["b"]),
        ({"unit": "PO-50", "state": "CONFIRMED", "count": 2}, ["a", "b"]),
        ({"unit": "PO-50.HR", "state": "CONFIRMED", "count": 1}, ["a"]),
        ({"unit": "PO-50", "state": "WAITLISTED", "count": 1}, ["c"]),
        ({"unit": "PO-5", "state": "CONFIRMED", "count": 0}, []),
        ({"unit": "OPS", "state": "CONFIRMED", "count": 2}, ["e", "f"]),
        ({"target": "POOL", "state": "CONFIRMED", "count": 1}, ["f"]),
        ({"target": "PROV", "state": "CONFIRMED", "count": 2}, ["b", "d"]),
    ],
)
def test_the_last_so_many_of_a_state_withdraw(words: Raw, leaving: list[str]) -> None:
    requests = planned({"do": "withdraw", **words}, nominations=SEATED)
    assert [request.path.split("/")[-2] for request in requests] == leaving


def test_each_withdraws_by_the_own_unit_and_with_a_reason() -> None:
    first, second = planned({"do": "withdraw", "target": "POOL", "state": "CONFIRMED", "count": 2}, nominations=SEATED)
    assert (first.caller, second.caller) == (Caller(Role.HR_OFFICER, "DRI"), PERS)
    assert first.body == {"reason": "ติดราชการเร่งด่วน"}
    step = {"do": "withdraw", "unit": "PO-51", "state": "CONFIRMED", "count": 1, "reason": "ลาป่วย"}
    (only,) = planned(step, nominations=SEATED)
    assert (only.caller, only.body) == (Caller(Role.PROVINCIAL_HR, "PO-51"), {"reason": "ลาป่วย"})


def test_more_cannot_leave_than_there_are() -> None:
    with pytest.raises(Unplannable, match="3 of CONFIRMED are to go in PO-50, where there are 2"):
        planned({"do": "withdraw", "unit": "PO-50", "state": "CONFIRMED", "count": 3}, nominations=SEATED)


def test_a_substitute_is_somebody_else_of_the_same_unit_who_fits() -> None:
    seated = [*SEATED, nomination("g", "PERS", "CONFIRMED", "PROV")]
    requests = planned({"do": "substitute", "unit": "PERS", "state": "CONFIRMED", "count": 2}, nominations=seated)
    assert [(request.path.split("/")[-2], request.body["person"]) for request in requests] == [
        ("f", "1-PERS-01"),
        ("g", "1-PERS-01"),
    ]
    seen = scene({"do": "substitute", "unit": "PERS", "state": "CONFIRMED", "count": 2}).with_(nominations=seated)
    word = WORDS["substitute"]
    assert word.cast is not None
    people = word.cast(seen.script.steps[0], seen)
    assert [(person.unit, person.level) for person in people] == [("PERS", "K3"), ("PERS", "K2")]
    assert len({person.key for person in people}) == 2


# ---- remind and wait


def test_remind_runs_the_job_once_the_service_knows_everything_and_wait_asks_nothing() -> None:
    (job,) = planned({"do": "remind", "at": "D-7"})
    assert (job.path, job.body, job.after) == ("/api/notification/reminders", {"run": "r"}, "/api/notification")
    assert planned({"do": "wait", "at": "D+1"}) == []


# ---- people


def test_people_are_the_play_s_own_and_their_names_are_the_same_in_every_play() -> None:
    first = cast("T-1", 3, ["PO-50", "PO-50", "PO-11"], None)
    second = cast("T-1-2", 3, ["PO-50", "PO-50", "PO-11"], None)
    assert cast("T-1", 3, ["PO-50", "PO-50", "PO-11"], None) == first
    assert {person.key for person in first} & {person.key for person in second} == set()
    assert [row(person)[1:4] for person in first] == [row(person)[1:4] for person in second]
    assert {person.key for person in first} & {person.key for person in cast("T-1", 4, ["PO-50"], None)} == set()
    assert max(len(person.key) for person in cast("X" * 64, 99, ["PO-50.HR"] * 99, None)) <= 64


def test_people_read_like_thai_people() -> None:
    people = cast("T-1", 1, [f"PO-{code}" for code in range(11, 97)] * 2, None)
    rows = [row(person) for person in people]
    assert {prefix for _, prefix, *_ in rows} == {"นาย", "นาง", "นางสาว"}
    assert 0.5 < sum(bool(email) for *_, email in rows) / len(rows) < 0.8
    assert len({(first, last) for _, _, first, last, *_ in rows}) > 100
    assert Counter(map(len, rows)) == {9: len(people)}
    lines = sheet(people).decode("utf-8-sig").split("\r\n")
    assert lines[0] == "externalId,prefix,firstName,lastName,unit,position,level,post,email"
    assert len(lines) == len(people) + 2


def test_certificates_are_asked_for_and_looked_at_until_they_are_issued() -> None:
    issue, issued = planned({"do": "certify", "at": "D+2"})
    assert (issue.method, issue.path, issue.body) == ("POST", "/api/enrolment/runs/r/certificates", {})
    assert (issued.method, issued.path) == ("GET", "/api/enrolment/runs/r/certificates/issue")
    assert issue.caller == issued.caller
