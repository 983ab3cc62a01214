"""Programmes over HTTP: from a draft to its end, the events of each step, and refusals that change nothing."""

import asyncio
from typing import Any

import pytest

from shared.ids import new_id
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.programmes import (
    PROVINCIAL,
    allocate,
    created,
    programme_body,
    published,
    run_body,
    step,
)
from tests.support.api import reached_by


async def test_scenario_a_is_opened_for_77_units(directory: Office) -> None:
    programme, run = await published(directory)
    opened = (await directory.published("run-opened"))[0]
    assert (len(opened["units"]), opened["fiscalYear"], opened["capacity"]) == (77, 2591, 100)
    assert set(opened["units"]) >= {"OPS", "PO-50", "PO-96"}
    buckets = await directory.published("bucket-opened")
    assert (len(buckets), sum(bucket["seats"] for bucket in buckets)) == (77, 100)
    events = [row["type"].split(".")[1] for row in await directory.published(aggregate=programme)]
    assert events == ["programme-created", "programme-submitted", "programme-approved", "programme-published"]
    read = await directory.done("GET", f"/runs/{run}", Role.PROVINCIAL_HR, unit="PO-50")
    assert (read["state"], read["allocated"], read["startsAt"], read["endsAt"]) == (
        "OPEN",
        100,
        "2048-08-31T13:00:00+07:00",
        "2048-08-31T16:30:00+07:00",
    )


async def test_all_fields_of_a_programme_are_returned(standing: Office) -> None:
    body = programme_body(
        code="FIELDS",
        reporter={"name": "นายเอกพงษ์ ศิริพันธ์", "position": "หัวหน้ากลุ่ม", "onBehalfOf": "ปลัดกระทรวง"},
        speakers=[{"name": "ดร. รณพรหม ชุนงาม", "position": None, "onBehalfOf": None}],
        methods=["DESIGN_THINKING"],
        topics=["นวัตกรรม"],
        objectives=["เพิ่มประสิทธิภาพ"],
        expectedOutcomes=["เครือข่าย"],
        indicators=["ร้อยละ 80"],
        planYears=[2568, 2569],
        totalSeats=100,
        approvalRoute=[],
    )
    made = await standing.done("POST", "/programmes", json=body)
    read = await standing.done("GET", f"/programmes/{made['id']}")
    assert read == {name: value for name, value in made.items() if name != "warnings"}
    for name in body.keys() - {"runs", "targetGroups", "chair"}:
        assert read[name] == body[name]
    assert read["fiscalYear"] == 2591
    assert read["targetGroups"][0] == PROVINCIAL | {"name": None, "levels": [], "posts": [], "positions": []}
    assert (read["state"], read["createdUnit"], len(read["runs"])) == ("DRAFT", None, 1)


async def test_a_total_without_a_split_and_without_an_organiser(standing: Office) -> None:
    groups = [{"key": "HEADS", "scope": "PROVINCIAL", "levels": ["M2"], "posts": ["PROV_HEAD"]}]
    made = await standing.done(
        "POST", "/programmes", json=programme_body(code="TOTAL", organiser=None, totalSeats=150, targetGroups=groups)
    )
    assert (made["organiser"], made["totalSeats"], made["targetGroups"][0]["seats"]) == (None, 150, None)


async def test_a_repeated_code_is_refused(standing: Office) -> None:
    await created(standing, code="TWICE")
    assert await standing.refused("POST", "/programmes", json=programme_body(code="TWICE")) == (
        409,
        "programme-code-taken",
    )


async def test_the_same_code_at_once_is_taken_once(directory: Office) -> None:
    bodies = [programme_body(title=f"โครงการ {n}") for n in range(4)]
    answers = await asyncio.gather(
        *(directory.ask("POST", "/programmes", Role.HR_OFFICER, json=body) for body in bodies)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await directory.published("programme-created")) == 1


async def test_a_repeated_command_gets_its_first_answer(directory: Office) -> None:
    headers = {"idempotency-key": "key-1"}
    answers = await asyncio.gather(
        *(
            directory.ask("POST", "/programmes", Role.HR_OFFICER, json=programme_body(), headers=dict(headers))
            for _ in range(3)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {reached_by(answer) for answer in answers} == {reached_by(answers[0])}
    assert (await directory.counts())["programmes"] == 1
    reused = await directory.refused("POST", "/programmes", json=programme_body(title="อื่น"), headers=headers)
    assert reused == (422, "idempotency-key-reused")


async def test_a_step_repeated_with_its_key_is_taken_once(standing: Office) -> None:
    programme, _ = await created(standing, code="STEP")
    for _ in range(2):
        answer = await standing.done("POST", f"/programmes/{programme}/submit", headers={"idempotency-key": "s"})
        assert answer["state"] == "SUBMITTED"
    assert await standing.refused("POST", f"/programmes/{programme}/submit") == (409, "programme-not-draft")


async def test_nothing_is_published_without_seats(standing: Office) -> None:
    programme, _ = await created(standing, code="EMPTY")
    await step(standing, programme, "submit", "approve")
    assert await standing.refused("POST", f"/programmes/{programme}/publish") == (409, "run-without-seats")
    assert (await standing.done("GET", f"/programmes/{programme}"))["state"] == "APPROVED"


async def test_publishing_at_once_happens_once(directory: Office) -> None:
    programme, run = await created(directory)
    await allocate(directory, run, ["PO-50", "PO-95"])
    await step(directory, programme, "submit", "approve")
    path = f"/programmes/{programme}/publish"
    answers = await asyncio.gather(*(directory.ask("POST", path, Role.HR_OFFICER) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await directory.published("bucket-opened")) == 3
    assert len(await directory.published("run-opened")) == 1


@pytest.mark.parametrize(
    ("name", "state", "event"), [("close", "CLOSED", "run-closed"), ("cancel", "CANCELLED", "run-cancelled")]
)
async def test_an_end_closes_every_bucket(directory: Office, name: str, state: str, event: str) -> None:
    programme, run = await published(directory, ["PO-50", "PO-95"])
    answer = await directory.done(
        "POST", f"/programmes/{programme}/{name}", json={"reason": "น้ำท่วม"} if name == "cancel" else {}
    )
    assert (answer["state"], answer["runs"][0]["state"]) == (state, state)
    assert (await directory.published(event))[0]["run"] == run
    assert len(await directory.published("bucket-closed")) == 3
    assert await directory.db["buckets"].count_documents({"open": True}) == 0
    assert await directory.refused("POST", f"/programmes/{programme}/close") == (409, "programme-ended")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (["SUPERVISOR", "UNIT_HR"], [("SUPERVISOR", None, None), ("UNIT_HR", None, None)]),
        ([{"step": "SUPERVISOR", "days": 5}, "ORGANISER"], [("SUPERVISOR", 5, "ESCALATE"), ("ORGANISER", None, None)]),
        ([{"step": "UNIT_HR", "days": 3}], [("UNIT_HR", 3, "EXPIRE")]),
        (
            [{"step": "UNIT_HR", "days": 3, "onDeadline": "EXPIRE"}, "UNIT_HR"],
            [("UNIT_HR", 3, "EXPIRE"), ("UNIT_HR", None, None)],
        ),
        (None, [("SUPERVISOR", None, None)]),
        ([], []),
    ],
)
async def test_who_approves_in_turn(standing: Office, sent: Any, told: list[tuple[Any, ...]]) -> None:
    said = {} if sent is None else {"approvalRoute": sent}
    made = await standing.done("POST", "/programmes", json=programme_body(code=f"ROUTE-{new_id()}", **said))
    steps = [{"step": step, "days": days, "onDeadline": late} for step, days, late in told]
    for read in (made, await standing.done("GET", f"/programmes/{made['id']}")):
        assert read["approvalRoute"] == steps
    changed = await standing.done("PATCH", f"/programmes/{made['id']}", json={"title": "ชื่อใหม่"})
    assert changed["approvalRoute"] == steps, "what is not named stays"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (True, "invalid-body"),
        (["HEAD"], "invalid-body"),
        (["SUPERVISOR"] * 7, "invalid-body"),
        ([{"step": "SUPERVISOR", "onDeadline": "EXPIRE"}], "invalid-body"),
        ([{"step": "SUPERVISOR", "days": 0}], "invalid-body"),
        ([{"step": "SUPERVISOR", "days": 2, "onDeadline": "ESCALATE"}], "nobody-to-escalate-to"),
    ],
)
async def test_routes_that_there_are_not(standing: Office, sent: Any, code: str) -> None:
    body = programme_body(code="NO-ROUTE", approvalRoute=sent)
    assert await standing.refused("POST", "/programmes", json=body) == (422, code)


async def test_a_draft_is_rewritten_with_its_copies(standing: Office) -> None:
    programme, run = await created(standing, code="DRAFT")
    body = programme_body(code="DRAFT", title="ชื่อใหม่", approvalRoute=[])
    del body["runs"]
    await standing.done("PUT", f"/programmes/{programme}", json=body)
    row = await standing.db["runs"].find_one({"_id": run}) or {}
    assert (row["title"], row["approval_route"], row["revision"], row["seq"]) == ("ชื่อใหม่", [], 0, 2)
    events = await standing.published("run-scheduled", run)
    assert [row["title"] for row in events][-1] == "ชื่อใหม่"
    await step(standing, programme, "submit")
    assert await standing.refused("PUT", f"/programmes/{programme}", json=body) == (409, "programme-not-draft")


async def test_the_creator_cannot_approve_the_programme(directory: Office) -> None:
    made = await directory.ask("POST", "/programmes", Role.HR_OFFICER, person="p1", json=programme_body())
    programme = made.json()["id"]
    await directory.done("POST", f"/programmes/{programme}/submit")
    path = f"/programmes/{programme}/approve"
    assert await directory.refused("POST", path, Role.EXECUTIVE, person="p1") == (403, "own-programme")
    assert await directory.refused("POST", path, Role.HR_OFFICER) == (403, "forbidden")
    assert (await directory.done("POST", path, Role.EXECUTIVE))["state"] == "APPROVED"


async def test_a_draft_is_hidden_from_others(directory: Office) -> None:
    programme, run = await created(directory)
    for path in (f"/programmes/{programme}", f"/runs/{run}"):
        assert await directory.refused("GET", path, Role.PROVINCIAL_HR, unit="PO-50") == (404, "not-found")
        assert (await directory.ask("GET", path, Role.EXECUTIVE)).status_code == 200
    assert (await directory.done("GET", "/programmes", Role.LEARNER))["items"] == []
    await published(directory, ["PO-50"], code="OTHER")
    assert [row["code"] for row in (await directory.done("GET", "/programmes", Role.LEARNER))["items"]] == ["OTHER"]


async def test_lists_are_filtered_and_paged(directory: Office) -> None:
    for n in range(3):
        await created(directory, code=f"P-{n}")
    page = await directory.done("GET", "/programmes", params={"limit": "2", "fiscalYear": "2591", "state": "DRAFT"})
    rest = await directory.done("GET", "/programmes", params={"limit": "2", "cursor": page["next"]})
    assert [row["code"] for row in page["items"] + rest["items"]] == ["P-2", "P-1", "P-0"]
    assert (await directory.done("GET", "/programmes", params={"fiscalYear": "2564"}))["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"fiscalYear": 2564}, 422, "fiscal-year-mismatch"),
        ({"runs": []}, 422, "fiscal-year-missing"),
        ({"organiser": "NOBODY"}, 422, "unknown-unit"),
        ({"targetGroups": [{"key": "A", "scope": "CENTRAL", "unit": "NOBODY"}]}, 422, "unknown-unit"),
        ({"targetGroups": [{"key": "A", "scope": "PROVINCIAL", "unit": "PO.X"}]}, 422, "unknown-unit-function"),
        ({"targetGroups": [{"key": "A", "scope": "BOTH", "levels": ["D2"]}]}, 422, "unknown-level"),
        ({"targetGroups": [{"key": "A", "scope": "BOTH", "posts": ["KING"]}]}, 422, "unknown-post"),
        ({"targetGroups": [PROVINCIAL, PROVINCIAL]}, 422, "target-twice"),
        ({"totalSeats": 99}, 422, "seats-above-total"),
        ({"runs": [run_body(endsAt="2048-08-31T12:00:00+07:00")]}, 422, "run-times"),
        ({"runs": [run_body(cohort=1), run_body(cohort=1)]}, 409, "cohort-twice"),
        ({"code": {"$gt": ""}}, 422, "operator-in-body"),
        ({"code": "a b"}, 422, "invalid-body"),
        ({"code": None}, 422, "invalid-body"),
        ({"runs": [{"capacity": 1}]}, 422, "invalid-body"),
        ({"runs": [run_body(capacity=0)]}, 422, "invalid-body"),
        ({"runs": [run_body(capacity="100")]}, 422, "invalid-body"),
        ({"runs": [run_body(startsAt="2048-08-31T13:00:00")]}, 422, "invalid-body"),
        ({"runs": [run_body(startsAt="31/8/2563")]}, 422, "invalid-body"),
        ({"state": "PUBLISHED"}, 422, "unknown-field"),
    ],
)
async def test_descriptions_that_are_refused(standing: Office, changes: dict[str, Any], status: int, code: str) -> None:
    assert await standing.refused("POST", "/programmes", json=programme_body(**changes)) == (status, code)


async def test_steps_on_an_unknown_programme_are_not_found(standing: Office) -> None:
    for name in ("submit", "publish", "close", "cancel"):
        assert await standing.refused("POST", f"/programmes/nothing/{name}") == (404, "not-found")
    assert await standing.refused("GET", "/programmes/nothing") == (404, "not-found")
    assert await standing.refused("PUT", "/programmes/nothing", json=_written()) == (404, "not-found")


def _written() -> dict[str, Any]:
    return {name: value for name, value in programme_body().items() if name != "runs"}


async def test_refusals_are_in_the_readers_language(standing: Office) -> None:
    programme, _ = await created(standing, code="WORDS")
    for language, words in (("th", "โครงการนี้"), ("en", "This programme")):
        headers = {"accept-language": language}
        answer = await standing.ask("POST", f"/programmes/{programme}/approve", Role.EXECUTIVE, headers=headers)
        assert answer.json()["detail"].startswith(words)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"title": "\u200b\u200d\ufeff"}, "title", "text_blank"),
        ({"title": "โครงการ\0"}, "title", "text_control"),
        ({"objectives": ["\x1b[2Jเพิ่มประสิทธิภาพ"]}, "objectives.0", "text_control"),
        ({"chair": {"name": "\u3164"}}, "chair.name", "text_blank"),
        ({"code": "A\n"}, "code", "string_pattern_mismatch"),
        ({"fiscalYear": 10**40}, "fiscalYear", "less_than_equal"),
        ({"fiscalYear": 2**63}, "fiscalYear", "less_than_equal"),
        ({"planYears": [1]}, "planYears.0", "greater_than_equal"),
        ({"runs": [run_body(startsAt="0001-01-01T00:00:00+07:00")]}, "runs.0.startsAt", "moment_range"),
        ({"runs": [run_body(endsAt="9999-12-31T23:59:59-07:00")]}, "runs.0.endsAt", "moment_range"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_nobody_sees_and_no_calendar_holds_is_refused_by_name(
    standing: Office, changes: dict[str, Any], field: str, reason: str
) -> None:
    body = programme_body(code="HOSTILE") | changes
    assert await standing.refused("POST", "/programmes", json=body) == (422, "invalid-body")
    for language in ("th", "en"):
        answer = await standing.ask(
            "POST", "/programmes", Role.HR_OFFICER, json=body, headers={"accept-language": language}
        )
        assert [(error["field"], error["reason"]) for error in answer.json()["errors"]] == [(field, reason)]
