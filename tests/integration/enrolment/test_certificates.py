"""Certificates over HTTP: issued by rule, numbered without gaps, listed, revoked and issued anew."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.enrolment.certificates.domain.tasks import Issue
from services.enrolment.certificates.storage.documents import issue_document
from shared.events.evaluation import FormKind, evaluation_id
from shared.rights import Role
from tests.integration.enrolment.certifying import (
    AFTER,
    DURING,
    NEXT_YEAR,
    WHOEVER,
    asked,
    clock,
    done,
    held,
    listed,
)
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.evaluating import Asking
from tests.integration.enrolment.nominating import opened, planned
from tests.integration.enrolment.test_attendance import at, check_in, seated
from tests.support.waiting import until


async def test_whoever_has_a_seat_gets_one_and_again_only_who_is_new(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await held(standing, people[:2], at=DURING)
    assert await driver.refused("/certificates") == (409, "certificates-too-early")
    await clock(driver, AFTER)
    first = await asked(driver)
    assert (first["seats"], first["issued"], first["held"], first["lacking"]) == (2, 2, 0, {})
    await clock(driver, DURING)
    await driver.done("POST", "/late-entries", json={"person": people[2], "reason": "มาช้า"})
    await clock(driver, AFTER)
    again = await asked(driver)
    assert (again["seats"], again["issued"], again["held"]) == (3, 1, 2)
    rows = await listed(driver)
    assert {row["person"] for row in rows} == set(people)
    serials = [int(row["number"].rpartition("-")[2]) for row in rows]
    assert serials == list(range(serials[0], serials[0] + 3))
    assert rows[0] | {} == await driver.done("GET", f"/certificates/{rows[0]['id']}")
    assert rows[0]["number"].startswith("PERS-2591-")
    assert (rows[0]["name"], rows[0]["issuer"]) == ("คนที่0 ทดสอบ", "กองการเจ้าหน้าที่")
    assert (rows[0]["startsOn"], rows[0]["endsOn"], rows[0]["state"]) == ("2048-08-31", "2048-08-31", "VALID")
    assert len({row["code"] for row in rows}) == 3
    events = await standing.published("certificate-issued", "PERS:2591")
    assert [one["serial"] for one in events] == list(range(1, len(events) + 1))
    assert {one["certificate"] for one in events} >= {row["id"] for row in rows}
    assert {
        (one["place"]["province"], one["target"], one["bucketUnit"]) for one in events if one["run"] == driver.run
    } == {("50", "OFFICES", "PO-50")}


async def test_without_a_rule_there_are_none(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 1), more={})
    assert await driver.refused("/certificates") == (409, "no-certificates")
    assert await listed(driver) == []


RULE = {"forms": ["REACTION", "TRANSFER"], "certificate": {"attendancePct": 80, "forms": ["REACTION"]}}


async def test_minutes_present_and_answers_decide_and_only_who_was_there_is_asked(standing: Office) -> None:
    driver, people, ids = await seated(standing, 4, more=RULE)
    whole, silent, half, absent = people
    await check_in(driver, *({"nomination": id} for id in ids[:3]))
    await at(driver, "13:00")
    await check_in(driver, *({"nomination": id} for id in ids[:2]), session=2)
    await clock(driver, AFTER)
    before = await asked(driver)
    assert (before["issued"], before["lacking"]) == (0, {"ATTENDANCE": 2, "REACTION": 2})
    run = Asking(driver, people)
    for person in (whole, half):
        await run.answer("REACTION", person, {"overall": 5})
    assert await run.refused("REACTION", absent, {"overall": 5}) == (403, "not-attended")
    draft = await driver.ask("GET", "/forms/REACTION/draft", Role.LEARNER, person=absent)
    assert (draft.status_code, draft.json()["code"]) == (403, "not-attended")
    after = await asked(driver)
    assert (after["seats"], after["issued"], after["lacking"]) == (4, 1, {"ATTENDANCE": 2, "REACTION": 1})
    assert [row["person"] for row in await listed(driver)] == [whole]
    ended = await standing.published("certificate-issue-ended", f"certificates:{driver.run}")
    told = [({one["what"]: one["people"] for one in event["lacking"]}, event["issued"]) for event in ended]
    assert told == [({"ATTENDANCE": 2, "REACTION": 2}, 0), ({"ATTENDANCE": 2, "REACTION": 1}, 1)]
    assert silent not in str(ended)
    state = await driver.ask("GET", "/certificates/issue")
    assert len(state.headers["pattana-position"]) <= 200
    await clock(driver, "2048-12-20T08:30:00+07:00")
    superior = {"role": Role.SUPERVISOR, "unit": "PO-50", "about": absent}
    assert await run.refused("TRANSFER", "superior", {"applied": 4}, **superior) == (403, "not-attended")
    await run.answer("TRANSFER", "superior", {"applied": 4}, **{**superior, "about": half})


async def test_nothing_is_issued_of_what_was_cancelled_or_is_not_there(standing: Office) -> None:
    draft = await planned(standing, {"PO-50": 1}, more=WHOEVER)
    assert await draft.refused("/certificates") == (404, "not-found")
    cancelled = await opened(standing, {"PO-50": 1}, more=WHOEVER)
    await standing.done("POST", f"/programmes/{cancelled.programme}/cancel", json={})
    assert await cancelled.refused("/certificates") == (409, "certificates-of-cancelled-run")
    assert await standing.refused("POST", f"/runs/{draft.programme}/certificates") == (404, "not-found")
    answer = await draft.ask("GET", "/certificates/issue")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "body", [{"attendancePct": 101}, {"attendancePct": -1}, {"forms": ["ก"]}, {"forms": ["PRE"] * 5}, {"forms": ["A"]}]
)
async def test_a_rule_that_cannot_be_is_not_taken(standing: Office, body: dict[str, object]) -> None:
    draft = await planned(standing, {"PO-50": 1})
    answer = await standing.ask("PATCH", f"/programmes/{draft.programme}", Role.HR_OFFICER, json={"certificate": body})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")


async def test_a_rule_is_told_changed_and_taken_away(standing: Office) -> None:
    draft = await planned(
        standing, {"PO-50": 1}, more={"certificate": {"attendancePct": 80, "forms": ["PRE", "PRE", "POST"]}}
    )
    path = f"/programmes/{draft.programme}"
    assert (await standing.done("GET", path))["certificate"] == {"attendancePct": 80, "forms": ["PRE", "POST"]}
    assert (await standing.done("PATCH", path, json={"certificate": {"forms": []}}))["certificate"]["forms"] == []
    assert (await standing.done("PATCH", path, json={"certificate": None}))["certificate"] is None


async def test_one_is_revoked_with_a_reason_and_stays_so(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 2))
    await asked(driver)
    (one, other) = await listed(driver)
    path = f"/certificates/{one['id']}/revoke"
    assert await driver.refused(path) == (422, "invalid-body")
    assert await driver.refused(f"/certificates/{driver.run}/revoke", json={"reason": "x"}) == (
        404,
        "unknown-certificate",
    )
    headers = {"idempotency-key": f"revoke-{one['id']}"}
    answers = [await driver.ask("POST", path, json={"reason": "ทุจริตการสอบ"}, headers=dict(headers)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    told = answers[0].json()
    assert (told["state"], told["revokedAt"][:10], "reason" in told) == ("REVOKED", "2048-09-02", False)
    assert (await driver.done("GET", f"/certificates/{one['id']}"))["reason"] == "ทุจริตการสอบ"
    assert await driver.refused(path, json={"reason": "x"}) == (409, "certificate-revoked")
    again = await asked(driver)
    assert (again["issued"], again["held"]) == (0, 2)
    assert [row["state"] for row in await listed(driver)] == ["REVOKED", "VALID"]
    (event,) = [row for row in await standing.published("certificate-revoked") if row["certificate"] == one["id"]]
    assert event["replacedBy"] is None
    assert "ทุจริต" not in str(event)
    assert other["state"] == "VALID"


async def test_another_one_takes_its_place_with_the_name_and_year_of_now(standing: Office) -> None:
    (person,) = await staff(standing, "PO-95.HR", 1)
    driver = await held(standing, [person], unit="PO-95")
    await asked(driver)
    (one,) = await listed(driver)
    await clock(driver, NEXT_YEAR)
    await standing.db["people"].update_one({"_id": person}, {"$set": {"last_name": "นามใหม่"}})
    path = f"/certificates/{one['id']}/reissue"
    made = await driver.done("POST", path, json={"reason": "เปลี่ยนนามสกุล"})
    assert (made["replaces"], made["state"], "name" in made) == (one["id"], "VALID", False)
    assert (await driver.done("GET", f"/certificates/{made['id']}"))["name"] == "คนที่0 นามใหม่"
    assert made["number"].startswith("PERS-2592-")
    assert made["code"] != one["code"]
    before = await driver.done("GET", f"/certificates/{one['id']}")
    assert (before["state"], before["replacedBy"], before["name"]) == ("REPLACED", made["id"], one["name"])
    assert await driver.refused(path, json={"reason": "x"}) == (409, "certificate-replaced")
    revoke = f"/certificates/{one['id']}/revoke"
    assert await driver.refused(revoke, json={"reason": "x"}) == (409, "certificate-replaced")
    assert (await asked(driver))["issued"] == 0
    assert len(await listed(driver)) == 2


async def test_everybody_sees_what_is_in_reach(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    driver = await held(standing, people)
    await asked(driver)
    own = await listed(driver, Role.LEARNER, person=people[0], unit="PO-50.HR")
    assert [row["person"] for row in own] == [people[0]]
    assert len(await listed(driver, Role.PROVINCIAL_HR, unit="PO-50")) == 2
    assert await listed(driver, Role.PROVINCIAL_HR, unit="PO-95") == []
    assert len(await listed(driver, Role.SUPERVISOR, unit="PO-50.HR")) == 2
    path = f"/certificates/{own[0]['id']}"
    outside = await driver.ask("GET", path, Role.LEARNER, person=people[1], unit="PO-50.HR")
    assert (outside.status_code, outside.json()["code"]) == (404, "unknown-certificate")
    for role in (Role.PROVINCIAL_HR, Role.EXECUTIVE, Role.LEARNER, Role.OPERATOR):
        assert await driver.refused("/certificates", role, unit="PO-50") == (403, "forbidden")


async def test_whoever_is_due_on_a_page_that_was_passed_is_not_missed(standing: Office) -> None:
    driver = await held(standing, await staff(standing, "PO-50.HR", 2))
    query = {"run": driver.run}
    last = max([row["_id"] async for row in standing.db["nominations"].find(query, {"_id": 1})])
    row = issue_document(Issue(driver.run, "officer", datetime.now(UTC), after=last))
    del row["running"]  # nobody works on it before it is asked for
    await standing.db["certificate_issues"].insert_one(row)
    found = await asked(driver)
    assert (found["seats"], found["issued"], len(await listed(driver))) == (2, 2, 2)


async def test_two_replicas_and_many_runs_at_once_leave_no_gap(standing: Office, beside: Office) -> None:
    people = await staff(standing, "PO-50.HR", 5)
    drivers = [await held(standing, people) for _ in range(4)]
    before = len(await standing.published("certificate-issued", "PERS:2591"))
    answers = await asyncio.gather(
        *(
            office.ask("POST", f"/runs/{driver.run}/certificates", Role.HR_OFFICER, json={})
            for driver in drivers
            for office in (standing, beside)
        )
    )
    assert {answer.status_code for answer in answers} == {202}
    for driver in drivers:
        await done(driver)
        assert len(await listed(driver)) == 5
    events = await standing.published("certificate-issued", "PERS:2591")
    assert len(events) == before + 20
    assert [one["serial"] for one in events] == list(range(1, len(events) + 1))
    register = await standing.db["certificate_registers"].find_one({"_id": "PERS:2591"})
    assert register is not None
    assert register["last"] == len(events)


async def test_the_name_goes_with_the_person_and_the_certificate_stays(standing: Office) -> None:
    people = await staff(standing, "PO-96.HR", 2)
    driver = await held(standing, people, unit="PO-96")
    await asked(driver)
    (one, _) = await listed(driver)
    await driver.done("POST", f"/certificates/{one['id']}/revoke", json={"reason": f"ของ {one['name']}"})
    await standing.done("DELETE", f"/people/{one['person']}/contact")
    path = f"/certificates/{one['id']}"
    await until(lambda: _nameless(standing, one["id"]), what="the name is erased")
    row = await driver.done("GET", path)
    assert (row["name"], row["nameErased"], row["reason"], row["number"]) == (None, True, None, one["number"])
    assert await driver.refused(f"/certificates/{one['id']}/reissue", json={"reason": "x"}) == (
        410,
        "certificate-name-erased",
    )
    stored = await standing.db["certificates"].find_one({"_id": one["id"]})
    assert "name" not in (stored or {})
    again = await asked(driver)
    assert (again["issued"], again["lacking"]) == (0, {})


async def _nameless(office: Office, certificate: str) -> bool:
    return "name" not in (await office.db["certificates"].find_one({"_id": certificate}) or {"name": None})


async def test_who_has_not_answered_a_form_is_not_due_one(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    rule = {"forms": ["REACTION"], "certificate": {"forms": ["REACTION"]}}
    driver = await held(standing, people, more=rule)
    nobody = await asked(driver)
    assert (nobody["seats"], nobody["issued"], nobody["lacking"]) == (2, 0, {"REACTION": 2})
    answered = {"_id": driver.run, "evaluation": evaluation_id(driver.run, FormKind.REACTION), "person": people[0]}
    await standing.db["evaluation_respondents"].insert_one(answered)
    one = await asked(driver)
    assert (one["issued"], one["lacking"]) == (1, {"REACTION": 1})
    assert [row["person"] for row in await listed(driver)] == [people[0]]
