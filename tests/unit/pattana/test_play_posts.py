"""Posts, seats by a rule and nominations ex officio: what those words of a play come to."""

from typing import Any

import pytest

from pattana.client import Caller
from pattana.demo.numbers import NUMBERS, Source
from pattana.demo.people import Person
from pattana.demo.scene import Places, Request, Scene
from pattana.demo.words import WORDS
from shared.rights import Role
from tests.support.plays import Raw, script_of

OFFICER = Caller(Role.HR_OFFICER, "DRI")
DAYS = {"validFrom": "2017-04-01", "validTo": "2017-05-02"}
STEP: Raw = {"do": "posts", "post": "PROV_HEAD", "holders": "ALL", "acting": ["PO-50"], "vacant": ["PO-95"]}


def scene(step: Raw, held: list[Raw] | None = None, **answer: Any) -> Scene:
    starts = ("2017-05-02T09:00:00+07:00", "2017-05-01T10:30:00+07:00")
    raw = {
        "id": "T",
        "programme": {
            "code": "T-1",
            "organiser": "DRI",
            "targetGroups": [
                {"key": "HEAD", "scope": "PROVINCIAL", "posts": ["PROV_HEAD"], "levels": ["M2"]},
                {"key": "K3", "scope": "PROVINCIAL", "levels": ["K3"]},
            ],
            "runs": [{"sessions": [{"startsAt": at} for at in starts]}],
        },
        "steps": [step, {"do": "open", "at": "D-30"}],
    }
    places = Places(("PO-11", "PO-50", "PO-95"), ("DRI",))
    return Scene(script_of(raw), places, "T-1", "p", "r", answer=answer or {"items": held or []})


def cast_of(step: Raw) -> list[Person]:
    cast = WORDS[step["do"]].cast
    assert cast is not None
    seen = scene(step)
    return cast(seen.script.steps[0], seen)


def planned(step: Raw, held: list[Raw] | None = None, **answer: Any) -> list[Request]:
    seen = scene(step, held, **answer)
    word, parsed = WORDS[step["do"]], seen.script.steps[0]
    people = word.cast(parsed, seen) if word.cast is not None else []
    return word.plan(parsed, seen.with_(people=[(person, id_of(person)) for person in people]))


def id_of(person: Person) -> str:
    return f"id-{person.key}"


def holding(id: str, unit: str, start: str, end: str | None, in_post: str = "HOLDER", person: str = "x") -> Raw:
    return {"id": id, "unit": unit, "inPost": in_post, "person": person, "validFrom": start, "validTo": end}


def test_every_unit_has_a_holder_or_somebody_who_acts_or_nobody() -> None:
    holder, acting = cast_of(STEP)
    assert [request.written() | {"caller": None} for request in planned(STEP)] == [
        Request(
            name,
            "POST",
            "/api/enrolment/posts",
            OFFICER,
            {"unit": unit, "post": "PROV_HEAD", "person": id_of(person), "inPost": in_post, **DAYS},
        ).written()
        | {"caller": None}
        for name, unit, in_post, person in (
            ("holder-PO-11", "PO-11", "HOLDER", holder),
            ("acting-PO-50", "PO-50", "ACTING", acting),
        )
    ]
    assert {request.caller for request in planned(STEP)} == {OFFICER}


def test_whoever_is_in_a_post_fits_its_target_group_and_is_the_same_in_every_play() -> None:
    holder, acting = cast_of(STEP)
    assert [(one.unit, one.level, one.post) for one in (holder, acting)] == [
        ("PO-11", "M2", "PROV_HEAD"),
        ("PO-50", "M2", "PROV_HEAD"),
    ]
    assert cast_of({**STEP, "acting": []})[0] == holder
    assert cast_of({**STEP, "acting": []})[1].key != acting.key  # who acts is another person
    assert cast_of({**STEP, "holders": ["PO-11"], "acting": [], "at": "D-3"}) == [holder]


@pytest.mark.parametrize(
    ("held", "away"),
    [
        (holding("h", "PO-11", "2010-01-01", None), ("PATCH", {"validTo": "2017-03-31"})),
        (holding("h", "PO-95", "2017-03-31", "2017-04-01"), ("PATCH", {"validTo": "2017-03-31"})),
        (holding("h", "PO-50", "2017-04-01", "2017-05-02"), ("DELETE", None)),
        (holding("h", "PO-50", "2017-05-02", None, "ACTING"), ("DELETE", None)),
        (holding("h", "PO-11", "2017-01-01", "2017-03-31"), None),
        (holding("h", "PO-11", "2017-05-03", None), None),
        (holding("h", "PO-12", "2010-01-01", None), None),  # the step says nothing of it
    ],
)
def test_anybody_else_leaves_the_post_for_these_days(held: Raw, away: tuple[str, Any] | None) -> None:
    first, *_ = requests = planned(STEP, [held])
    if away is None:
        assert [request.method for request in requests] == ["POST", "POST"]
    else:
        assert (first.method, first.body, first.path) == (*away, "/api/enrolment/posts/h")
        assert len(requests) == 3


def test_who_is_in_the_post_already_stays() -> None:
    holder, acting = map(id_of, cast_of(STEP))
    held = [
        holding("a", "PO-11", "2017-04-01", "2017-05-02", "HOLDER", holder),
        holding("b", "PO-50", "2017-04-01", "2017-05-02", "ACTING", acting),
    ]
    assert [request.method for request in planned(STEP, held)] == ["POST", "POST"]  # which change nothing


def test_all_who_ever_were_in_the_post_are_asked_for() -> None:
    ask = WORDS["posts"].ask
    assert ask is not None
    seen = scene(STEP)
    asked = ask(seen.script.steps[0], seen)
    assert (asked.method, asked.path, asked.params) == ("GET", "/api/enrolment/posts", {"post": "PROV_HEAD"})


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("POSTS_THEN_POOL", {"rule": "POSTS_THEN_POOL"}),
        ("POOL", {"targets": [{"target": "HEAD", "rule": "POOL"}, {"target": "K3", "rule": "POOL"}]}),
        (
            {"targets": [{"target": "K3", "rule": "PER_UNIT", "each": 2}]},
            {"targets": [{"target": "K3", "rule": "PER_UNIT", "each": 2}]},
        ),
    ],
)
def test_a_proposal_is_asked_for_by_the_rule(rule: Any, body: Raw) -> None:
    ask = WORDS["allocate"].ask
    assert ask is not None
    seen = scene({"do": "allocate", "rule": rule})
    asked = ask(seen.script.steps[0], seen)
    assert (asked.path, asked.caller, asked.body) == ("/api/enrolment/runs/r/allocation", OFFICER, body)


def test_the_proposal_is_taken_over_without_its_reasons() -> None:
    rows = [{"target": "HEAD", "bucketUnit": "PO-50", "seats": 1, "reason": {"code": "HOLDERS"}}]
    (seats,) = planned({"do": "allocate", "rule": "POSTS_THEN_POOL"}, buckets=rows)
    assert (seats.method, seats.path, seats.replaces) == ("PUT", "/api/enrolment/runs/r/buckets", True)
    assert seats.body == {"buckets": [{"target": "HEAD", "bucketUnit": "PO-50", "seats": 1}]}


def test_the_organiser_invites_whoever_is_in_the_posts() -> None:
    (invited,) = planned({"do": "exOfficio", "target": "HEAD"})
    assert (invited.path, invited.caller) == ("/api/enrolment/runs/r/ex-officio", OFFICER)
    assert (invited.body, invited.rows) == ({"target": "HEAD"}, True)


def test_where_their_numbers_are_found() -> None:
    answers = {
        Source.NOMINATIONS: [{"exOfficio": "HOLDER"}, {"exOfficio": "ACTING"}, {"exOfficio": None}],
        Source.VACANT: 3,
        Source.RUN: {"calendarWarnings": 2},
        Source.REPORT: {"nominationsWarned": 4, "confirmedActing": 1},
    }
    names = ("exOfficioNominations", "vacantPosts", "calendarWarnings", "warned", "confirmedActing")
    assert [NUMBERS[name].find(answers) for name in names] == [2, 3, 2, 4, 1]
