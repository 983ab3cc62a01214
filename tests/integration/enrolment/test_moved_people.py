"""Somebody who moves to another office while nominated: both offices see it, the new one may withdraw, and the seat
stays with the office that nominated."""

from typing import Any

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import HEADER, known
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import step
from tests.integration.enrolment.test_erased import erase, two
from tests.support.api import Issuer
from tests.support.events import MOMENT
from tests.support.waiting import until

OVER = "2048-08-31T16:31:00+07:00"
SEAT, NEW, THIRD = "PO-50", "PO-95", "PO-96"
UNDONE = {"began": MOMENT, "due": MOMENT, "turn": 0, "seats": ""}


async def move(office: Office, name: str, unit: str, number: int = 0) -> None:
    """By an import, as people move; and the first turn of what follows is over."""
    report = await office.import_people([HEADER, f"{name}-{number},,คนที่{number} ทดสอบ,{unit},,,,"])
    assert report["moved"] == 1, report
    (person,) = report["people"]
    await until(lambda: office.db["people"].find_one({"_id": person["id"], "moving.turn": 1}))


async def seen(driver: RunDriver, office: str, **params: Any) -> dict[str, Any]:
    """What an office finds in the list, by person: where each has moved to."""
    answer = await driver.done("GET", "/nominations", Role.PROVINCIAL_HR, unit=office, params=params)
    return {row["person"]: row["moved"] for row in answer["items"]}


def moved(to: str = "PO-95.HR", *, asked: bool = False) -> dict[str, Any]:
    return {"from": "PO-50.HR", "to": to, "asked": asked}


async def told(driver: RunDriver, unit: str = SEAT) -> list[dict[str, Any]]:
    return [
        {"from": event["fromUnit"], "to": event["toUnit"], "asked": event["asked"]}
        for event in await driver.office.published("nomination-moved", f"{driver.run}:OFFICES:{unit}")
    ]


async def test_both_offices_see_who_waits_or_has_a_seat_and_the_counts_stay(standing: Office) -> None:
    person, other = await two(standing, "both")
    driver = await opened(standing, {SEAT: 1})
    first, waits = [await driver.nominate(who) for who in (other, person)]
    await move(standing, "both", "PO-95.HR")
    assert await seen(driver, NEW) == {person: moved()}
    assert await seen(driver, SEAT) == {other: None, person: moved()}
    assert await seen(driver, THIRD) == {}
    for unit, status in ((SEAT, 200), (NEW, 200), (THIRD, 404)):
        read = await driver.ask("GET", f"/nominations/{waits['id']}", Role.PROVINCIAL_HR, unit=unit)
        assert read.status_code == status
    assert (await driver.ask("GET", f"/nominations/{first['id']}", Role.PROVINCIAL_HR, unit=NEW)).status_code == 404
    assert await told(driver) == [moved()]
    assert await driver.bucket() == (1, 0, 1)


async def test_the_filter_finds_those_who_have_moved_page_by_page(standing: Office) -> None:
    person, other = await two(standing, "filter")
    driver = await opened(standing, {SEAT: 2})
    for who in (person, other):
        await driver.nominate(who)
    assert (await driver.done("GET", "/nominations", params={"moved": "true"}))["items"] == []
    for number in range(2):
        await move(standing, "filter", "PO-95.HR", number)
    for role, unit in ((Role.HR_OFFICER, None), (Role.PROVINCIAL_HR, NEW), (Role.PROVINCIAL_HR, SEAT)):
        params: dict[str, str] = {"moved": "true", "limit": "1"}
        found = []
        while True:
            page = await driver.done("GET", "/nominations", role, unit=unit, params=params)
            found += [row["person"] for row in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert found == [person, other]
    assert await seen(driver, NEW, moved="true", state="WAITLISTED") == {}
    assert set(await seen(driver, NEW, state="CONFIRMED", bucketUnit=SEAT, limit=1)) == {person}
    assert await seen(driver, NEW, unit=NEW) == {}  # `unit` is the one of the nomination


async def test_the_new_office_withdraws_and_all_else_is_for_the_office_of_the_seat(standing: Office) -> None:
    person, other = await two(standing, "acts")
    (colleague,) = (await known(standing, "acts-9,,คนที่9 ทดสอบ,PO-95.HR,,,,")).values()
    driver = await opened(standing, {SEAT: 1, NEW: 1}, approval=["SUPERVISOR"])
    first, second = [await driver.nominate(who) for who in (person, other)]
    await driver.done("POST", f"/nominations/{second['id']}/approve", Role.SUPERVISOR, unit=SEAT, json={})
    await move(standing, "acts", "PO-95.HR")
    path = f"/nominations/{first['id']}"
    refused = (403, "seat-of-other-office")
    assert await driver.refused(f"{path}/approve", Role.SUPERVISOR, unit=NEW, json={}) == refused
    assert await driver.refused(f"{path}/reject", Role.SUPERVISOR, unit=NEW, json={"reason": "r"}) == refused
    await driver.done("POST", f"{path}/approve", Role.SUPERVISOR, unit=SEAT, json={})
    body = {"person": colleague}
    assert await driver.refused(f"{path}/substitute", Role.PROVINCIAL_HR, unit=NEW, json=body) == refused
    assert await driver.refused(f"{path}/withdraw", Role.PROVINCIAL_HR, unit=THIRD, json={}) == (
        404,
        "unknown-nomination",
    )
    again = await driver.ask("POST", "/nominations", Role.PROVINCIAL_HR, unit=NEW, json={"person": person})
    assert (again.status_code, again.json()["nomination"]) == (409, first["id"])
    await driver.done("POST", f"{path}/withdraw", Role.PROVINCIAL_HR, unit=NEW, json={"reason": "ไม่ให้ไป"})
    assert (await driver.states())[person] == "WITHDRAWN"
    assert await driver.refused(f"{path}/approve", Role.SUPERVISOR, unit=NEW, json={}) == refused


async def test_one_move_after_the_other_and_back_leaves_no_mark(standing: Office) -> None:
    person, _ = await two(standing, "back")
    driver = await opened(standing, {SEAT: 1})
    await driver.nominate(person)
    await move(standing, "back", "PO-95.HR")
    await move(standing, "back", "PO-96.HR")
    assert [await seen(driver, unit) for unit in (NEW, THIRD)] == [{}, {person: moved("PO-96.HR")}]
    await move(standing, "back", "PO-50.STRAT")
    assert [await seen(driver, unit) for unit in (SEAT, NEW, THIRD)] == [{person: None}, {}, {}]
    ways = [(one["from"], one["to"]) for one in await told(driver)]
    assert ways == [("PO-50.HR", "PO-95.HR"), ("PO-95.HR", "PO-96.HR"), ("PO-96.HR", "PO-50.STRAT")]
    row = await standing.db["nominations"].find_one({"person": person})
    assert row is not None
    assert row.keys().isdisjoint({"moved", "present_unit", "present_office", "asked"})


async def test_between_work_groups_of_one_office_nothing_is_said(standing: Office) -> None:
    person, _ = await two(standing, "within")
    driver = await opened(standing, {SEAT: 1})
    await driver.nominate(person)
    await move(standing, "within", "PO-50.STRAT")
    assert await seen(driver, SEAT) == {person: None}
    await move(standing, "within", "PO-95.HR")
    await move(standing, "within", "PO-95.STRAT")
    assert await seen(driver, NEW) == {person: moved("PO-95.STRAT")}
    assert [one["to"] for one in await told(driver)] == ["PO-95.HR"]


async def test_what_has_ended_stays_as_it_was(standing: Office) -> None:
    person, _ = await two(standing, "ended")
    over, cancelled, left = [await opened(standing, {SEAT: 1}) for _ in range(3)]
    made = [await driver.nominate(person) for driver in (over, cancelled, left)]
    await over.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": OVER})
    await step(standing, cancelled.programme, "cancel")
    await left.act("withdraw", made[2])
    await move(standing, "ended", "PO-95.HR")
    for driver in (over, cancelled, left):
        assert await seen(driver, NEW) == {}
        assert await told(driver) == []


async def test_somebody_erased_before_the_loop_came_is_left_alone(standing: Office) -> None:
    person, _ = await two(standing, "gone")
    driver = await opened(standing, {SEAT: 1})
    await driver.nominate(person)
    await erase(standing, person)
    await standing.db["people"].update_one({"_id": person}, {"$set": {"unit": "PO-95.HR", "moving": UNDONE}})
    await two(standing, "waker")
    await move(standing, "waker", "PO-95.HR")
    await until(lambda: standing.db["people"].find_one({"_id": person, "moving.turn": 1}))
    assert await told(driver) == []


async def test_many_nominations_go_page_by_page_and_what_was_cut_off_goes_on_without_a_second_time(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.enrolment.seats.service.transfers.AT_ONCE", 1)
    person, _ = await two(standing, "pages")
    drivers = [await opened(standing, {SEAT: 1}) for _ in range(3)]
    for driver in drivers:
        await driver.nominate(person)
    await move(standing, "pages", "PO-95.HR")
    assert [await told(driver) for driver in drivers] == [[moved()]] * 3
    await standing.db["people"].update_one({"_id": person}, {"$set": {"moving": UNDONE}})
    async with serving(standing_settings.model_copy(update={"instance": "next"}), issuer):
        await until(lambda: standing.db["people"].find_one({"_id": person, "moving.turn": 1}))
    assert [await told(driver) for driver in drivers] == [[moved()]] * 3


async def test_the_second_turn_finds_what_a_command_under_way_has_written(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    """It had read the unit before the import."""
    person, _ = await two(standing, "late")
    driver = await opened(standing, {SEAT: 1})
    await move(standing, "late", "PO-95.HR")
    await standing.db["people"].update_one({"_id": person}, {"$set": {"unit": "PO-50.HR"}})
    await driver.nominate(person)
    due = {"unit": "PO-95.HR", "moving.due": MOMENT}
    await standing.db["people"].update_one({"_id": person}, {"$set": due})
    async with serving(standing_settings.model_copy(update={"instance": "later"}), issuer):
        await until(lambda: standing.db["people"].find_one({"_id": person, "moving": {"$exists": False}}))
    assert await seen(driver, NEW) == {person: moved()}


async def test_the_organiser_who_is_asked_keeps_one_and_lets_another_go(standing: Office) -> None:
    people = list((await known(standing, *(f"asked-{n},,คนที่{n} ทดสอบ,PO-50.HR,,,," for n in range(3)))).values())
    driver = await opened(standing, {SEAT: 2}, on_move="ASK")
    first, second, _ = [await driver.nominate(who) for who in people]
    assert await driver.refused(f"/nominations/{first['id']}/move", json={"keep": True}) == (409, "move-not-asked")
    for number in range(2):
        await move(standing, "asked", "PO-95.HR", number)
    assert await seen(driver, NEW) == {who: moved(asked=True) for who in people[:2]}
    body = {"keep": False}
    denied = await driver.ask("POST", f"/nominations/{second['id']}/move", Role.PROVINCIAL_HR, unit=SEAT, json=body)
    assert denied.status_code == 403
    other = await driver.refused(f"/nominations/{second['id']}/move", unit="DRI", json=body)
    assert other == (403, "not-the-organiser")
    await driver.done("POST", f"/nominations/{first['id']}/move", json={"keep": True, "reason": "ยังจำเป็น"})
    assert (await seen(driver, NEW))[people[0]] == moved()
    assert await driver.refused(f"/nominations/{first['id']}/move", json={"keep": False}) == (409, "move-not-asked")
    await driver.act("move", second, keep=False, reason="ย้ายแล้ว")
    assert await driver.states() == dict(zip(people, ("CONFIRMED", "WITHDRAWN", "CONFIRMED"), strict=True))
    assert await driver.bucket() == (2, 0, 0)
    assert (await driver.history())[-3:] == ["nomination-kept", "nomination-withdrawn", "seat-confirmed"]
    (gone,) = await standing.published("nomination-withdrawn", f"{driver.run}:OFFICES:{SEAT}")
    assert gone["because"] == "MOVED"
    assert await driver.refused(f"/nominations/{second['id']}/move", json={"keep": True}) == (409, "already-withdrawn")


async def test_another_move_asks_again_and_a_move_back_withdraws_the_question(standing: Office) -> None:
    person, _ = await two(standing, "again")
    driver = await opened(standing, {SEAT: 1}, on_move="ASK")
    made = await driver.nominate(person)
    await move(standing, "again", "PO-95.HR")
    await driver.act("move", made, keep=True)
    await move(standing, "again", "PO-95.STRAT")
    assert await seen(driver, NEW) == {person: moved("PO-95.STRAT")}
    await move(standing, "again", "PO-96.HR")
    assert await seen(driver, THIRD) == {person: moved("PO-96.HR", asked=True)}
    await move(standing, "again", "PO-50.HR")
    assert await seen(driver, SEAT) == {person: None}
    assert await driver.refused(f"/nominations/{made['id']}/move", json={"keep": True}) == (409, "move-not-asked")
    assert [one["asked"] for one in await told(driver)] == [True, True, False]


async def test_a_nomination_that_follows_takes_a_seat_of_the_new_office_and_its_own_goes_to_the_next(
    standing: Office,
) -> None:
    person, other = await two(standing, "follows")
    driver = await opened(standing, {SEAT: 1, NEW: 1}, on_move="FOLLOW")
    first, _ = [await driver.nominate(who) for who in (person, other)]
    await move(standing, "follows", "PO-95.HR")
    assert await driver.states() == {person: "CONFIRMED", other: "CONFIRMED"}
    assert [await driver.bucket(unit) for unit in (SEAT, NEW)] == [(1, 0, 0), (1, 0, 0)]
    gone = await driver.done("GET", f"/nominations/{first['id']}")
    assert (gone["state"], gone["moved"]) == ("WITHDRAWN", moved())
    (new,) = (await driver.done("GET", "/nominations", Role.SUPERVISOR, unit=NEW, params={"state": "CONFIRMED"}))[
        "items"
    ]
    assert (new["person"], new["unit"], new["bucketUnit"], new["moved"]) == (person, "PO-95.HR", NEW, None)
    assert (await driver.history())[-3:] == ["nomination-moved", "nomination-withdrawn", "seat-confirmed"]
    assert (await driver.history(NEW))[-1:] == ["seat-confirmed"]
    await move(standing, "follows", "PO-50.HR")
    assert (await driver.states())[person] == "WAITLISTED"
    assert [await driver.bucket(unit) for unit in (SEAT, NEW)] == [(1, 0, 1), (0, 1, 0)]


async def test_one_that_cannot_follow_is_asked_about(standing: Office) -> None:
    person, other = await two(standing, "nowhere")
    closed = await opened(standing, {SEAT: 2, NEW: 1}, on_move="FOLLOW")
    nowhere = await opened(standing, {SEAT: 2}, on_move="FOLLOW")
    for driver in (closed, nowhere):
        for who in (person, other):
            await driver.nominate(who)
    await step(standing, closed.programme, "close")
    await move(standing, "nowhere", "PO-95.HR")
    for driver in (closed, nowhere):
        assert await seen(driver, NEW) == {person: moved(asked=True)}
        assert await driver.bucket() == (2, 0, 0)
