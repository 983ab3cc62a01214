"""Development plans on real engines: written, agreed by another than the person, carried out, moved and erased."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from services.enrolment.plans.storage import PlanStore
from shared.ids import new_id
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, staff
from tests.support.waiting import until

YEAR: Final = 2570
ROW: Final = {
    "competency": "INNOVATION",
    "requiredLevel": 3,
    "currentLevel": 1,
    "method": "TRAINING",
    "startsOn": "2027-01-04",
    "endsOn": "2027-06-30",
    "note": "อยากใช้ข้อมูลให้เป็น",
}
LAW: Final = {**ROW, "competency": "LAW", "method": "COACHING", "note": None}
Caller = dict[str, Any]


def learner(person: str) -> Caller:
    return {"role": Role.LEARNER, "person": person}


def supervisor(unit: str = "PO-50", person: str = "boss-50") -> Caller:
    return {"role": Role.SUPERVISOR, "unit": unit, "person": person}


async def drafted(office: Office, person: str, *rows: dict[str, Any], year: int = YEAR) -> str:
    begins = {"startsOn": f"{year - 543}-01-04", "endsOn": f"{year - 543}-06-30"}
    sent = {"fiscalYear": year, "rows": [row | begins for row in rows or (ROW,)]}
    made = await office.done("POST", "/plans", **learner(person), json=sent)
    return str(made["id"])


async def step(office: Office, plan: str, action: str, who: Caller, **sent: Any) -> Any:
    return await office.done("POST", f"/plans/{plan}/{action}", **who, json=sent)


async def agreed(office: Office, person: str, *rows: dict[str, Any], year: int = YEAR, unit: str = "PO-50") -> str:
    plan = await drafted(office, person, *rows, year=year)
    await step(office, plan, "submit", learner(person))
    await step(office, plan, "agree", supervisor(unit))
    return plan


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_plan_is_written_returned_agreed_and_carried_out(standing: Office) -> None:
    (anan,) = await staff(standing, "PO-50.HR", 1)
    me, boss = learner(anan), supervisor()
    key = {"idempotency-key": new_id()}
    sent = {"fiscalYear": YEAR, "rows": [ROW]}
    first = await standing.done("POST", "/plans", **me, json=sent, headers=key)
    assert await standing.done("POST", "/plans", **me, json=sent, headers=key) == first
    assert await standing.refused("POST", "/plans", **me, json=sent) == (409, "plan-exists")
    path = f"/plans/{first['id']}"
    assert await standing.refused("POST", f"{path}/agree", **boss) == (409, "plan-not-submitted")
    await step(standing, first["id"], "submit", me)
    stale = {"if-match": '"1"'}
    assert await standing.refused("PUT", path, **me, json={"rows": []}, headers=stale) == (412, "changed-since")
    back = await step(standing, first["id"], "return", boss, reason="ขอเพิ่มเรื่องกฎหมาย")
    assert (back["state"], back["reopened"], back["decidedBy"]) == ("DRAFT", "RETURNED", "boss-50")
    assert "reason" not in back
    told = await standing.done("GET", path, **me)
    assert (told["reason"], told["rows"][0]["gap"], told["rows"][0]["note"]) == ("ขอเพิ่มเรื่องกฎหมาย", 2, ROW["note"])
    version = {"if-match": f'"{told["version"]}"'}
    await standing.done("PUT", path, **me, json={"rows": [{**ROW, "row": 1}, LAW]}, headers=version)
    await _carried_out(standing, first["id"], me, boss)
    await _told_and_silent(standing, first["id"], anan)


async def _carried_out(standing: Office, plan: str, me: Caller, boss: Caller) -> None:
    path = f"/plans/{plan}"
    await step(standing, plan, "submit", me)
    await step(standing, plan, "agree", boss)
    await step(standing, plan, "rows/1/complete", me, result="ใช้กับงานแล้ว")
    assert code(await standing.ask("POST", f"{path}/rows/1/complete", **me)) == (409, "row-done")
    assert code(await standing.ask("POST", f"{path}/rows/9/complete", **me)) == (404, "unknown-row")
    told = await standing.done("GET", path, **boss)
    assert [(row["row"], row["result"], row["doneAt"] is not None) for row in told["rows"]] == [
        (1, "ใช้กับงานแล้ว", True),
        (2, None, False),
    ]
    assert (await step(standing, plan, "close", boss))["state"] == "CLOSED"


async def _told_and_silent(office: Office, plan: str, person: str) -> None:
    """Every step once and in order, for whom and by whom; nothing that was written leaves."""
    events = await office.published(aggregate=plan)
    assert [event["type"].split(".")[1].removeprefix("plan-") for event in events] == [
        *("drafted", "submitted", "reopened", "submitted", "agreed", "row-completed", "closed")
    ]
    assert [event["actor"] == person for event in events] == [True, True, False, True, False, True, False]
    assert {(event["person"], event["fiscalYear"], event["place"]["unit"]) for event in events} == {
        (person, YEAR, "PO-50.HR")
    }
    rows = await office.db["outbox"].find({"aggregate": plan}).to_list(None)
    answers = await office.db["commands"].find({}).to_list(None)
    for text in (str(ROW["note"]), "ขอเพิ่ม", "ใช้กับงาน", "INNOVATION"):
        assert not any(text in str(row.get("body")) for row in (*rows, *answers))


async def test_who_may_and_who_sees(standing: Office) -> None:
    anan, other = await staff(standing, "PO-50.HR", 2, "K3")
    plan = await drafted(standing, anan, year=2571)
    path = f"/plans/{plan}"
    await step(standing, plan, "submit", learner(anan))
    # A supervisor who has a plan, too: as everybody, and decided by another.
    own: Caller = {"role": Role.SUPERVISOR, "unit": "PO-50", "person": anan}
    assert await standing.refused("POST", f"{path}/agree", **own) == (403, "own-plan")
    for who in (supervisor("PO-95"), supervisor("PO-50.HRD")):
        assert await standing.refused("POST", f"{path}/agree", **who) == (404, "not-found")
        assert code(await standing.ask("GET", path, **who)) == (404, "not-found")
    for role in (Role.HR_OFFICER, Role.PROVINCIAL_HR, Role.LEARNER):
        answer = await standing.ask("POST", f"{path}/agree", role, unit="PO-50", person=anan)
        assert answer.status_code == 403
    assert code(await standing.ask("GET", path, **learner(other))) == (404, "not-found")
    assert code(await standing.ask("POST", f"{path}/recall", **learner(other))) == (404, "not-found")
    assert (await standing.done("GET", path, Role.PROVINCIAL_HR, unit="PO-50"))["rows"]
    for role in (Role.OCSC_OBSERVER, Role.EXECUTIVE, Role.OPERATOR):
        assert (await standing.ask("GET", path, role)).status_code == 403
    assert len((await standing.done("GET", "/competencies", **learner(other)))["competencies"]) == 17


async def test_lists_are_in_pages_by_unit_and_within_the_scope(standing: Office) -> None:
    year = 2572
    here = await staff(standing, "PO-50.HR", 3, "K4")
    there = await staff(standing, "PO-95.HR", 1, "K4")
    centre = await staff(standing, "PERS", 1, "K4")
    for person in (*here, *there, *centre):
        await drafted(standing, person, year=year)

    async def listed(who: Caller, **params: Any) -> list[str]:
        found, more = list[str](), dict[str, str]()
        while True:
            asked = {"fiscalYear": str(year), "limit": "2", **params, **more}
            page = await standing.done("GET", "/plans", **who, params=asked)
            found += [row["person"] for row in page["items"]]
            if page["next"] is None:
                return found
            more = {"cursor": page["next"]}

    everybody: Caller = {"role": Role.HR_OFFICER}
    assert sorted(await listed(everybody)) == sorted((*here, *there, *centre))
    assert sorted(await listed(supervisor())) == sorted(here)
    assert await listed(supervisor("PERS")) == centre
    assert await listed(supervisor("OPS")) == centre
    assert await listed(supervisor("PO-5")) == []
    assert await listed(learner(there[0])) == there
    assert await listed(everybody, state="SUBMITTED") == []
    assert await standing.done("GET", "/plans", **learner(there[0])) == {"items": [], "next": None}


async def test_two_at_once_and_the_plan_is_there_once(standing: Office, beside: Office) -> None:
    (anan,) = await staff(standing, "PO-50.HR", 1, "K5")
    both = [office.ask("POST", "/plans", **learner(anan), json={"fiscalYear": YEAR}) for office in (standing, beside)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [201, 409]
    plan = (await standing.done("GET", "/plans", **learner(anan), params={"fiscalYear": str(YEAR)}))["items"][0]["id"]
    assert code(await standing.ask("POST", f"/plans/{plan}/submit", **learner(anan))) == (409, "plan-without-rows")
    assert await standing.refused("POST", "/plans", **learner(new_id()), json={"fiscalYear": YEAR}) == (
        404,
        "not-found",
    )


async def test_a_plan_goes_with_a_person_who_moves(standing: Office) -> None:
    (anan,) = await staff(standing, "PO-50.HR", 1, "K1")
    plan = await drafted(standing, anan, year=2573)
    await standing.import_people([HEADER, "PO-50.HR-K1-0,,คนที่0 ทดสอบ,PO-95.HR,K1,,,"])

    async def listed() -> bool:
        page = await standing.done("GET", "/plans", **supervisor("PO-95"), params={"fiscalYear": "2573"})
        return [row["id"] for row in page["items"]] == [plan]

    await until(listed, what="the plan is where its person is")
    await step(standing, plan, "submit", learner(anan))
    path = f"/plans/{plan}/agree"
    assert await standing.refused("POST", path, **supervisor()) == (404, "not-found")
    await step(standing, plan, "agree", supervisor("PO-95"))
    assert (await standing.published(aggregate=plan))[-1]["place"]["unit"] == "PO-95.HR"


async def test_what_was_written_goes_with_the_person_and_with_time(standing: Office) -> None:
    anan, busaba = await staff(standing, "PO-96.HR", 2)
    gone, kept = [await agreed(standing, person, ROW, LAW, unit="PO-96") for person in (anan, busaba)]
    await step(standing, kept, "rows/1/complete", learner(busaba), result="ทำแล้ว")
    await standing.done("DELETE", f"/people/{anan}/contact")

    async def erased() -> bool:
        return bool((await standing.done("GET", f"/plans/{gone}"))["erased"])

    await until(erased, what="the plan is erased")
    told = await standing.done("GET", f"/plans/{gone}")
    assert (told["rows"], told["reason"], told["rowCount"], told["state"]) == ([], None, 2, "AGREED")
    assert await standing.db["development_plan_texts"].count_documents({"_id": gone}) == 0
    closing = await standing.ask("POST", f"/plans/{gone}/close", **supervisor("PO-96"))
    assert code(closing) == (409, "plan-erased")
    store, now = PlanStore(standing.db), datetime.now().astimezone()
    await store.remove_texts(now)
    assert (await standing.done("GET", f"/plans/{kept}"))["rows"][0]["result"] == "ทำแล้ว"
    await store.remove_texts(now + timedelta(days=365 * 20))
    assert (await standing.done("GET", f"/plans/{kept}"))["rows"][0]["result"] is None
