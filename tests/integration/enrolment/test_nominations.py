"""The life cycle of a nomination over HTTP, one at a time and in lists: confirmed, waitlisted, promoted."""

from typing import Any

import pytest

from shared.events.envelope import Position
from shared.position_tokens import unverified
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened, planned
from tests.integration.enrolment.programmes import step
from tests.support.api import reached_by

HR50 = "PO-50.HR"


@pytest.fixture
async def people(standing: Office) -> list[str]:
    """Six of the HR group of PO-50."""
    return await staff(standing, HR50, 6)


async def confirmed_and_waiting(office: Office, people: list[str], seats: int = 1) -> tuple[RunDriver, list[Any]]:
    """All of them approved in this order, for fewer seats."""
    driver = await opened(office, {"PO-50": seats})
    return driver, [await driver.nominate(person) for person in people]


# ---- nominating


async def test_a_person_is_nominated_and_approved(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    answer = await driver.ask("POST", "/nominations", json={"person": people[0]})
    made = answer.json()
    assert answer.status_code == 201
    assert reached_by(answer) == f"{driver.run}:OFFICES:PO-50:2"
    assert made == {
        "id": made["id"],
        "run": driver.run,
        "target": "OFFICES",
        "bucketUnit": "PO-50",
        "person": people[0],
        "unit": HR50,
        "province": "50",
        "rank": "PRIMARY",
        "state": "SUBMITTED",
        "waitsFor": "ORGANISER",
        "replaces": None,
        "warnings": [],
        "exOfficio": None,
        "post": None,
    }
    assert await driver.bucket() == (0, 1, 0)
    assert await driver.act("approve", made) == made | {"state": "CONFIRMED", "waitsFor": None}
    assert await driver.bucket() == (1, 0, 0)
    assert await driver.history() == ["bucket-opened", "nomination-submitted", "seat-confirmed"]


async def test_without_an_approval_route_the_seats_are_given_at_once(standing: Office, people: list[str]) -> None:
    driver, made = await confirmed_and_waiting(standing, people[:3], seats=2)
    assert [row["state"] for row in made] == ["CONFIRMED", "CONFIRMED", "WAITLISTED"]
    assert await driver.bucket() == (2, 0, 1)
    assert await driver.history() == ["bucket-opened", "seat-confirmed", "seat-confirmed", "nomination-waitlisted"]


@pytest.mark.parametrize(("language", "words"), [("th", "ไม่พบบุคลากรรายนี้"), ("en", "This person is not")])
async def test_a_list_has_a_result_for_every_row(
    standing: Office, people: list[str], language: str, words: str
) -> None:
    driver = await opened(standing, {"PO-50": 2})
    strangers = await staff(standing, "PERS", 1)
    rows = [{"person": person} for person in (people[0], "nobody", people[1], people[0], strangers[0])]
    headers = {"accept-language": language}
    answer = await driver.ask("POST", "/nominations", json={"nominations": rows}, headers=headers)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [(row["status"], row.get("problem", {}).get("code")) for row in results] == [
        (201, None),
        (404, "unknown-person"),
        (201, None),
        (409, "already-nominated"),
        (409, "no-seats-for-unit"),
    ]
    assert results[1]["problem"]["detail"].startswith(words)
    assert [results[n]["nomination"]["person"] for n in (0, 2)] == people[:2]
    told = [unverified(results[n]["position"]).positions for n in (0, 2)]
    assert told == [(Position(f"{driver.run}:OFFICES:PO-50", seq),) for seq in (2, 3)]
    assert reached_by(answer) == f"{driver.run}:OFFICES:PO-50:3"
    assert await driver.states() == {people[0]: "CONFIRMED", people[1]: "CONFIRMED"}


async def test_a_person_applies_only_for_themselves(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    applied = await driver.done("POST", "/applications", Role.LEARNER, person=people[0], json={"note": "อยากเรียนรู้"})
    assert (applied["person"], applied["state"], applied["rank"]) == (people[0], "SUBMITTED", "PRIMARY")
    for body in ({"person": people[1]}, {"rank": "RESERVE"}):
        refused = await driver.refused("/applications", Role.LEARNER, person=people[1], json=body)
        assert refused == (422, "unknown-field")
    own: Any = {"role": Role.LEARNER, "person": people[1]}
    assert await driver.refused("/nominations", json={"person": people[2]}, **own) == (403, "forbidden")
    path = f"/nominations/{applied['id']}"
    assert await driver.refused(f"{path}/approve", Role.LEARNER, person=people[0], json={}) == (403, "forbidden")
    assert await driver.refused(f"{path}/withdraw", json={}, **own) == (404, "unknown-nomination")
    gone = await driver.done("POST", f"{path}/withdraw", Role.LEARNER, person=people[0], json={})
    assert gone["state"] == "WITHDRAWN"


async def test_a_programme_may_leave_it_to_units_to_nominate(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, more={"applications": False})
    own: Any = {"role": Role.LEARNER, "person": people[0]}
    assert await driver.refused("/applications", json={}, **own) == (409, "no-applications")
    assert (await driver.nominate(people[0]))["state"] == "CONFIRMED"
    assert (await standing.done("GET", f"/programmes/{driver.programme}"))["applications"] is False
    told = await standing.published("programme-created", driver.programme)
    assert [event["applications"] for event in told] == [False]


async def test_a_person_outside_the_directory_cannot_apply(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1})
    assert await driver.refused("/applications", Role.LEARNER, person="me", json={}) == (404, "unknown-person")


async def test_a_withdrawn_person_may_be_nominated_again(standing: Office, people: list[str]) -> None:
    driver, (first,) = await confirmed_and_waiting(standing, people[:1])
    await driver.act("withdraw", first)
    again = await driver.nominate(people[0])
    assert (again["state"], again["id"] == first["id"]) == ("CONFIRMED", False)


async def test_the_unit_is_that_of_the_day_of_nomination(standing: Office) -> None:
    mover = (await staff(standing, "PO-51.HR", 1))[0]
    driver = await opened(standing, {"PO-51": 1, "PO-52": 1}, approval=True)
    made = await driver.nominate(mover)
    await standing.import_people(["externalId,fullName,unit", "PO-51.HR-K2-0,คนที่0 ทดสอบ,PO-52.HR"])
    approved = await driver.act("approve", made)
    assert (approved["unit"], approved["bucketUnit"]) == ("PO-51.HR", "PO-51")
    assert (await driver.bucket("PO-51"), await driver.bucket("PO-52")) == ((1, 0, 0), (0, 1, 0))
    events = await standing.published("seat-confirmed", f"{driver.run}:OFFICES:PO-51")
    assert (events[0]["place"]["unit"], events[0]["place"]["province"]) == ("PO-51.HR", "51")
    other = await opened(standing, {"PO-51": 1, "PO-52": 1})
    assert (await other.nominate(mover))["unit"] == "PO-52.HR"


# ---- decisions


async def test_a_rejection_keeps_its_reason_and_takes_no_seat(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    made = await driver.nominate(people[0])
    assert (await driver.act("reject", made, reason="ยังไม่พ้นทดลองงาน"))["state"] == "REJECTED"
    read = await driver.done("GET", f"/nominations/{made['id']}")
    assert (read["state"], read["reason"]) == ("REJECTED", "ยังไม่พ้นทดลองงาน")
    assert await driver.bucket() == (0, 1, 0)
    assert await driver.history() == ["bucket-opened", "nomination-submitted", "nomination-rejected"]
    assert (await driver.nominate(people[0]))["state"] == "SUBMITTED"


@pytest.mark.parametrize(
    ("before", "action", "code"),
    [
        (["approve"], "approve", "already-approved"),
        (["approve"], "reject", "already-approved"),
        (["reject"], "approve", "already-rejected"),
        (["reject"], "withdraw", "already-rejected"),
        (["withdraw"], "approve", "already-withdrawn"),
        (["approve", "withdraw"], "withdraw", "already-withdrawn"),
        (["approve", "withdraw"], "substitute", "already-withdrawn"),
        ([], "substitute", "not-confirmed"),
    ],
)
async def test_an_action_that_does_not_fit_the_state_is_refused(
    standing: Office, people: list[str], before: list[str], action: str, code: str
) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    made = await driver.nominate(people[0])
    for earlier in before:
        await driver.act(earlier, made)
    body = {"person": people[1]} if action == "substitute" else {}
    assert await driver.refused(f"/nominations/{made['id']}/{action}", json=body) == (409, code)


async def test_lists_are_decided_row_by_row(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2}, approval=True)
    made = [(await driver.nominate(person))["id"] for person in people[:4]]

    async def rows(action: str, *ids: str) -> list[Any]:
        results = (await driver.done("POST", f"/nominations/{action}", json={"ids": ids, "reason": "เหตุผล"}))["results"]
        return [row["nomination"]["state"] if "nomination" in row else row["problem"]["code"] for row in results]

    assert await rows("reject", made[3], "nothing") == ["REJECTED", "unknown-nomination"]
    approved = await rows("approve", *made)
    assert approved == ["CONFIRMED", "CONFIRMED", "WAITLISTED", "already-rejected"]
    assert await rows("withdraw", made[0], made[0], made[1]) == ["WITHDRAWN", "already-withdrawn", "WITHDRAWN"]
    assert await driver.states() == dict(zip(people, ["WITHDRAWN", "WITHDRAWN", "CONFIRMED", "REJECTED"], strict=False))
    assert await driver.bucket() == (1, 1, 0)


# ---- the waiting list


async def test_a_freed_seat_promotes_the_first_on_the_waiting_list(standing: Office, people: list[str]) -> None:
    driver, made = await confirmed_and_waiting(standing, people[:4])
    for gone, seated in ((made[0], people[1]), (made[1], people[2])):
        await driver.act("withdraw", gone, reason="ติดราชการ")
        assert (await driver.states())[seated] == "CONFIRMED"
        assert (await driver.bucket())[:2] == (1, 0)
    assert await driver.states() == dict(
        zip(people, ["WITHDRAWN", "WITHDRAWN", "CONFIRMED", "WAITLISTED"], strict=False)
    )
    assert (await driver.history())[-4:] == ["nomination-withdrawn", "seat-confirmed"] * 2
    events = (await standing.published("seat-confirmed", f"{driver.run}:OFFICES:PO-50"))[-1]
    assert (events["person"], events["before"], events["by"]) == (people[2], "WAITLISTED", "PROMOTION")


async def test_a_withdrawn_waitlisted_person_is_passed_over(standing: Office, people: list[str]) -> None:
    driver, made = await confirmed_and_waiting(standing, people[:3])
    await driver.act("withdraw", made[1])
    assert await driver.bucket() == (1, 0, 1)
    await driver.act("withdraw", made[0])
    assert await driver.states() == dict(zip(people, ["WITHDRAWN", "WITHDRAWN", "CONFIRMED"], strict=False))


async def test_the_waiting_list_is_in_the_order_of_approval(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    made = [await driver.nominate(person) for person in people[:3]]
    for one in (made[2], made[1], made[0]):
        await driver.act("approve", one)
    queues = [(await driver.done("GET", f"/nominations/{row['id']}"))["queue"] for row in made]
    assert queues == [7, 6, None]
    await driver.act("withdraw", made[2])
    assert (await driver.states())[people[1]] == "CONFIRMED"


async def test_a_seat_without_a_waiting_list_is_free_again(standing: Office, people: list[str]) -> None:
    driver, (first,) = await confirmed_and_waiting(standing, people[:1])
    await driver.act("withdraw", first)
    assert await driver.bucket() == (0, 1, 0)
    assert (await driver.nominate(people[1]))["state"] == "CONFIRMED"


async def test_another_bucket_promotes_nobody(standing: Office, people: list[str]) -> None:
    other = await staff(standing, "PO-95.HR", 2)
    driver = await opened(standing, {"PO-50": 1, "PO-95": 1})
    made = [await driver.nominate(person) for person in (*people[:1], *other)]
    assert [row["state"] for row in made] == ["CONFIRMED", "CONFIRMED", "WAITLISTED"]
    await driver.act("withdraw", made[0])
    assert (await driver.bucket("PO-50"), await driver.bucket("PO-95")) == ((0, 1, 0), (1, 0, 1))


async def test_a_reserve_waits_beside_free_seats_until_one_is_freed(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2})
    reserve = await driver.nominate(people[0], rank="RESERVE")
    assert (reserve["state"], reserve["rank"]) == ("WAITLISTED", "RESERVE")
    primary = await driver.nominate(people[1])
    assert primary["state"] == "CONFIRMED"
    assert await driver.bucket() == (1, 1, 1)
    await driver.act("withdraw", primary)
    assert await driver.states() == {people[0]: "CONFIRMED", people[1]: "WITHDRAWN"}


async def test_more_seats_go_to_the_waiting_list(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1, "PO-95": 3})
    for person in people[:4]:
        await driver.nominate(person)
    rows = [{"target": "OFFICES", "bucketUnit": unit, "seats": seats} for unit, seats in (("PO-50", 3), ("PO-95", 1))]
    await driver.done("PUT", "/buckets", json={"buckets": rows})
    assert list((await driver.states()).values()) == ["CONFIRMED"] * 3 + ["WAITLISTED"]
    fewer = {"buckets": [rows[0] | {"seats": 2}, rows[1]]}
    refused = await standing.refused("PUT", f"/runs/{driver.run}/buckets", json=fewer)
    assert refused == (409, "seats-below-confirmed")


# ---- substitutes


async def test_a_substitute_takes_over_the_seat_before_the_waiting_list(standing: Office, people: list[str]) -> None:
    driver, (first, _) = await confirmed_and_waiting(standing, people[:2])
    taken = await driver.act("substitute", first, person=people[2], reason="ลาป่วย")
    assert (taken["person"], taken["state"], taken["replaces"]) == (people[2], "CONFIRMED", first["id"])
    assert list((await driver.states()).values()) == ["WITHDRAWN", "WAITLISTED", "CONFIRMED"]
    assert await driver.bucket() == (1, 0, 1)
    withdrawn, seated = (await standing.published(aggregate=f"{driver.run}:OFFICES:PO-50"))[-2:]
    assert (withdrawn["replacedBy"], seated["replaces"], seated["by"]) == (taken["id"], first["id"], "SUBSTITUTION")


@pytest.mark.parametrize(
    ("unit", "status", "code"),
    [("PO-95.HR", 409, "substitute-of-other-unit"), ("PO-50.ADM", 422, "wrong-unit-function")],
)
async def test_who_cannot_be_a_substitute(
    standing: Office, people: list[str], unit: str, status: int, code: str
) -> None:
    driver, (first, second) = await confirmed_and_waiting(standing, people[:2])
    other = (await staff(standing, unit, 1))[0]
    path = f"/nominations/{first['id']}/substitute"
    assert await driver.refused(path, json={"person": other}) == (status, code)
    assert await driver.refused(path, json={"person": first["person"]}) == (409, "already-nominated")
    assert await driver.refused(path, json={"person": "nobody"}) == (404, "unknown-person")
    assert await driver.refused(path, json={"person": second["person"]}) == (409, "substitute-waits")


async def test_somebody_who_waits_is_swapped_in(standing: Office, people: list[str]) -> None:
    driver, (first, second) = await confirmed_and_waiting(standing, people[:2])
    refused = await driver.ask("POST", "/nominations", json={"person": second["person"]})
    there = await standing.done("GET", refused.json()["path"].removeprefix("/api/enrolment"))
    assert (there["id"], there["state"]) == (second["id"], refused.json()["state"])
    taken = await driver.act("substitute", first, person=second["person"], swap=True)
    assert (taken["person"], taken["state"], taken["replaces"]) == (second["person"], "CONFIRMED", first["id"])
    assert await driver.bucket() == (1, 0, 0)
    assert (await driver.history())[-3:] == ["nomination-withdrawn", "nomination-withdrawn", "seat-confirmed"]


# ---- when


@pytest.mark.parametrize(("day", "open_then"), [("2048-07-31", False), ("2048-08-05", True), ("2048-08-11", False)])
async def test_the_nomination_window_follows_the_clock_of_the_run(
    standing: Office, people: list[str], day: str, open_then: bool
) -> None:
    window = {"opensAt": "2048-08-01T00:00:00+07:00", "closesAt": "2048-08-11T00:00:00+07:00"}
    driver = await opened(standing, {"PO-50": 1}, **window)
    assert await driver.refused("/nominations", json={"person": people[0]}) == (409, "nomination-not-open")
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": f"{day}T09:00:00+07:00"})
    if not open_then:
        assert await driver.refused("/nominations", json={"person": people[0]}) == (409, "nomination-not-open")
        return
    made = await driver.nominate(people[0])
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": "2048-08-20T09:00:00+07:00"})
    assert (await driver.act("withdraw", made))["state"] == "WITHDRAWN"
    row = await standing.db["outbox"].find_one({"_id": f"{driver.run}:OFFICES:PO-50:2"}) or {}
    assert row["headers"]["ce_occurredat"].startswith(day)


async def test_a_planned_run_takes_no_nominations_yet(standing: Office, people: list[str]) -> None:
    driver = await planned(standing, {"PO-50": 1})
    assert await driver.refused("/nominations", json={"person": people[0]}) == (409, "nomination-not-open")


@pytest.mark.parametrize("steps", [("cancel",), ("close", "cancel")])
async def test_a_cancelled_run_refuses_every_command(
    standing: Office, people: list[str], steps: tuple[str, ...]
) -> None:
    driver, (first, second) = await confirmed_and_waiting(standing, people[:2])
    await step(standing, driver.programme, *steps)
    strangers = await staff(standing, "PERS", 1)
    for person in (people[2], strangers[0]):
        assert await driver.refused("/nominations", json={"person": person}) == (409, "run-cancelled")
    for one, action in ((first, "withdraw"), (second, "approve"), (first, "substitute")):
        body = {"person": people[2]} if action == "substitute" else {}
        assert await driver.refused(f"/nominations/{one['id']}/{action}", json=body) == (409, "run-cancelled")


async def test_an_unknown_run_is_refused(standing: Office, people: list[str]) -> None:
    nowhere = RunDriver(standing, "nothing", "nothing")
    assert await nowhere.refused("/nominations", json={"person": people[0]}) == (404, "unknown-run")
    assert await nowhere.refused("/nominations/x/approve", json={}) == (404, "unknown-run")
