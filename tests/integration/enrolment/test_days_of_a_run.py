"""A run by the calendar over HTTP: after the intake was closed, while it is under way, when it is over."""

from datetime import timedelta
from typing import Any

from services.enrolment.catalogue import RunCancelled
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.directory.service.officeholders import Officeholders
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.storage import People, Posts, Units
from services.enrolment.seats.domain.commands import Caller, Decide
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.queue import Ticket
from services.enrolment.seats.storage import Seats
from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.idempotency import CommandRecords, command_key
from shared.messaging.recorder import EventRecorder
from shared.mongo import transaction
from shared.rights import Role, Scope
from shared.security_log.storage import log_of
from tests.conftest import MakeSettings
from tests.integration.enrolment.conftest import BASE, Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, checking, opened
from tests.integration.enrolment.programmes import allocate, created, programme_body, run_body, step
from tests.support.api import Issuer

UNDER_WAY, OVER = "2048-08-31T14:00:00+07:00", "2048-08-31T16:31:00+07:00"
LONG_OVER = "2048-10-01T09:00:00+07:00"
KEY = {"idempotency-key": "late"}


async def clock(driver: RunDriver, business: str) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": business})


async def test_closing_the_intake_is_not_the_end(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 5)
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    seated, waiting, asked = [await driver.nominate(person) for person in people[:3]]
    await driver.act("approve", seated)
    await driver.act("approve", waiting)
    closed = await step(standing, driver.programme, "close")
    assert (closed["state"], closed["runs"][0]["state"]) == ("CLOSED", "CLOSED")
    assert await driver.refused("/nominations", json={"person": people[3]}) == (409, "run-closed")
    assert (await driver.act("approve", asked))["state"] == "WAITLISTED"
    other = await driver.act("substitute", seated, person=people[4])
    moved = run_body(startsAt="2048-09-14T13:00:00+07:00", capacity=1, venue={"room": "ห้องประชุม 3"})
    rescheduled = await driver.done("PUT", "", json=moved)
    assert (rescheduled["state"], rescheduled["revision"]) == ("CLOSED", 1)
    await driver.act("withdraw", other)
    assert (await driver.states())[people[1]] == "CONFIRMED"
    assert await driver.bucket() == (1, 0, 1)
    assert (await step(standing, driver.programme, "cancel"))["runs"][0]["state"] == "CANCELLED"
    assert await driver.refused(f"/nominations/{waiting['id']}/withdraw") == (409, "run-cancelled")
    happened = await driver.history()
    assert happened[happened.index("bucket-closed") :] == [
        "bucket-closed",
        "nomination-waitlisted",
        "nomination-withdrawn",
        "seat-confirmed",
        "bucket-rescheduled",
        "nomination-withdrawn",
        "seat-confirmed",
    ]


async def test_seats_are_moved_raised_and_cut_when_the_intake_is_closed_and_who_waits_moves_up(
    standing: Office,
) -> None:
    """Until the run begins: what a release by hand has put into the pool is not lost."""
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 1, "PO-95": 2, "PO-96": 2})
    for person in people:
        await driver.nominate(person)
    await step(standing, driver.programme, "close")
    moved = {"seats": 1, **{way: seats_of(unit) for way, unit in (("from", "PO-95"), ("to", "PO-50"))}}
    await driver.done("POST", "/buckets/move", json=moved)
    assert (await driver.bucket(), await driver.bucket("PO-95")) == ((2, 0, 1), (0, 1, 0))
    await driver.done("PUT", "/buckets", json={"buckets": [seats_of("PO-50", 4), seats_of("PO-51", 1)]})
    assert (await driver.bucket(), await driver.bucket("PO-95")) == ((3, 1, 0), (0, 0, 0))
    assert await driver.history("PO-51") == ["bucket-opened", "bucket-closed", "bucket-seats-changed"]
    below = {"buckets": [seats_of("PO-50", 2)]}
    assert await standing.refused("PUT", f"/runs/{driver.run}/buckets", json=below) == (409, "seats-below-confirmed")
    assert await driver.refused("/nominations", json={"person": (await staff(standing, "PO-51.HR", 1))[0]}) == (
        409,
        "run-closed",
    )
    await clock(driver, UNDER_WAY)
    assert await standing.refused("PUT", f"/runs/{driver.run}/buckets", json=below) == (409, "run-closed")


def seats_of(unit: str, seats: int | None = None) -> dict[str, Any]:
    return {"target": "OFFICES", "bucketUnit": unit} | ({} if seats is None else {"seats": seats})


async def test_when_it_has_begun_people_leave_and_nobody_moves_up(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 1})
    seated, _ = [await driver.nominate(person) for person in people[:2]]
    await clock(driver, UNDER_WAY)
    assert await driver.refused("/nominations", json={"person": people[2]}) == (409, "run-started")
    away = {"person": people[2]}
    assert await driver.refused(f"/nominations/{seated['id']}/substitute", json=away) == (409, "run-started")
    await driver.act("withdraw", seated, reason="ป่วย")
    assert await driver.bucket() == (0, 1, 1)
    more = [{"target": "OFFICES", "bucketUnit": "PO-50", "seats": 1}]
    await driver.done("PUT", "/buckets", json={"buckets": more})
    assert await driver.bucket() == (0, 1, 1)
    await clock(driver, OVER)
    assert await driver.refused("/nominations", json={"person": people[2]}) == (409, "run-ended")
    late = {"person": people[2], "reason": "ลงชื่อไว้ที่หน้างาน"}
    assert (await driver.done("POST", "/late-entries", json=late))["state"] == "CONFIRMED"
    await clock(driver, LONG_OVER)
    assert await driver.refused("/late-entries", json=late) == (409, "run-ended")
    assert await standing.refused("PUT", f"/runs/{driver.run}", json=run_body(capacity=5)) == (409, "run-ended")
    assert await standing.refused("POST", f"/programmes/{driver.programme}/cancel") == (409, "run-ended")


async def test_the_organiser_lets_somebody_in_with_a_reason(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 2})
    await driver.nominate(people[0])
    sent = {"person": people[1], "reason": "มาแทนผู้ที่ลาป่วย"}
    assert await driver.refused("/late-entries", json=sent) == (409, "run-not-started")
    await clock(driver, UNDER_WAY)
    assert await driver.refused("/late-entries", json={"person": people[1]}) == (422, "invalid-body")
    office = await driver.refused("/late-entries", Role.PROVINCIAL_HR, unit="PO-50", json=sent)
    assert office == (403, "forbidden")
    assert await driver.refused("/late-entries", unit="DRI", json=sent) == (403, "not-the-organiser")
    made = await driver.ask("POST", "/late-entries", json=sent, headers=dict(KEY))
    assert (made.status_code, made.json()["state"]) == (201, "CONFIRMED")
    again = await driver.ask("POST", "/late-entries", json=sent, headers=dict(KEY))
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert await driver.refused("/late-entries", json=sent | {"person": people[2]}) == (409, "no-free-seat")
    kept = await driver.done("GET", f"/nominations/{made.json()['id']}")
    assert (kept["reason"], kept["state"]) == ("มาแทนผู้ที่ลาป่วย", "CONFIRMED")
    event = (await standing.published("seat-confirmed", f"{driver.run}:OFFICES:PO-50"))[-1]
    assert (event["by"], event["before"], "reason" in event) == ("LATE_ENTRY", None, False)
    noted = await log_of(standing.db).find({"object": made.json()["id"], "outcome": "done"}).to_list(None)
    assert [(entry["action"], entry["permission"]) for entry in noted] == [("late-entry", "nomination.late-entry")]


async def test_nothing_is_opened_or_moved_into_the_past(standing: Office) -> None:
    """It may be drafted there, where its clock may be set."""
    past: dict[str, Any] = {"startsAt": "2020-08-31T13:00:00+07:00"}
    programme, run = await created(standing, code="PAST", runs=[run_body(**past)])
    warned = await standing.done("PATCH", f"/runs/{run}", json={"capacity": 101})
    assert [warning["code"] for warning in warned["warnings"]] == ["starts-in-past"]
    await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve")
    path = f"/programmes/{programme}/publish"
    assert await standing.refused("POST", path) == (422, "starts-in-past")
    set_to = {"businessNow": "2020-08-01T09:00:00+07:00"}
    await standing.done("PUT", f"/runs/{run}/clock", Role.OPERATOR, json=set_to)
    await step(standing, programme, "publish")
    earlier = run_body(startsAt="2020-07-31T13:00:00+07:00")
    assert await standing.refused("PUT", f"/runs/{run}", json=earlier) == (422, "starts-in-past")


async def test_a_run_under_way_does_not_come_to_have_ended(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1})
    await clock(driver, UNDER_WAY)
    path = f"/runs/{driver.run}"
    for past in ("2048-08-31T13:30:00+07:00", UNDER_WAY):
        assert await standing.refused("PATCH", path, json={"endsAt": past}) == (422, "ends-in-past")
    sooner = "2048-08-31T14:30:00+07:00"
    assert (await driver.done("PATCH", "", json={"endsAt": sooner}))["endsAt"] == sooner


async def test_in_production_nothing_is_planned_in_the_past(make_settings: MakeSettings, issuer: Issuer) -> None:
    settings: EnrolmentSettings = make_settings(EnrolmentSettings, edition="cluster")
    body = programme_body(organiser=None, runs=[run_body(startsAt="2020-08-31T13:00:00+07:00")])
    async with serving(settings, issuer) as office:
        assert await office.refused("POST", "/programmes", json=body) == (422, "starts-in-past")
        made = await office.done("POST", "/programmes", json=body | {"runs": [run_body()]})
        path = f"/programmes/{made['id']}/runs"
        late = run_body(startsAt="2020-09-07T13:00:00+07:00")
        assert (await office.refused("POST", path, json=late))[0] == 422
        assert await office.refused("PUT", f"/runs/{made['runs'][0]['id']}", json=late) == (422, "starts-in-past")


async def test_what_has_taken_place_stays_when_the_rest_is_cancelled(standing: Office) -> None:
    runs = [run_body(startsAt=f"{day}T13:00:00+07:00") for day in ("2048-08-31", "2048-09-14")]
    programme, first = await created(standing, code="TWO", runs=runs)
    second = (await standing.done("GET", f"/programmes/{programme}"))["runs"][1]["id"]
    for run in (first, second):
        await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve", "publish")
    await standing.done("PUT", f"/runs/{first}/clock", Role.OPERATOR, json={"businessNow": OVER})
    cancelled = await step(standing, programme, "cancel")
    assert [run["state"] for run in cancelled["runs"]] == ["CLOSED", "CANCELLED"]


async def test_a_run_that_was_cancelled_since_it_was_read_goes_on_no_more(standing: Office) -> None:
    """Its buckets were closed before, and cancelling writes them no more: they do not tell."""
    (person,) = await staff(standing, "PO-50.HR", 1)
    driver, db = await opened(standing, {"PO-50": 1}), standing.db
    made = await driver.nominate(person)
    await step(standing, driver.programme, "close")
    records, posts = CommandRecords(db, kept=timedelta(hours=1)), Officeholders(Posts(db), People(db))
    batches = Batches(Seats(db), Catalogue(db), People(db), Places(Units(db)), posts, records, checking(db))
    command = Decide(driver.run, made["id"], Action.WITHDRAW, None)
    caller = Caller("HR_OFFICER@-", Scope(all=True))
    key = command_key(caller.subject, "POST", f"{BASE}/withdraw", None, b"{}")
    ticket = Ticket(command, key, caller, EventRecorder("/x", now()))
    snapshot = await batches.read(driver.run, [ticket], again=False, seconds=5)
    await step(standing, driver.programme, "cancel")
    (answer,) = await transaction(
        db.client, lambda session: batches.carry_out(snapshot, [ticket], session, EventRecorder("/x", now()))
    )
    assert isinstance(answer, RunCancelled), answer
    assert (await driver.states())[person] == "CONFIRMED"
