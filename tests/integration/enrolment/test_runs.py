"""Runs over HTTP: adding, rescheduling with a revision, warnings, and the clock of a run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.enrolment.app import create_app
from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.ids import new_id
from shared.mongo import Document, connect, database
from shared.rights import Role
from tests.conftest import MakeSettings
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import SOMCHAI, known, staff
from tests.integration.enrolment.programmes import allocate, created, published, run_body, step
from tests.support.api import Issuer, client_of, reached_by


async def test_another_run_has_the_next_number(standing: Office) -> None:
    programme, _ = await created(standing, code="NEXT")
    answer = await standing.ask(
        "POST", f"/programmes/{programme}/runs", Role.HR_OFFICER, json=run_body(startsAt="2048-09-07T09:00:00+07:00")
    )
    run = answer.json()
    assert (answer.status_code, run["cohort"], run["state"], run["revision"]) == (201, 2, "PLANNED", 0)
    assert reached_by(answer) == f"{run['id']}:1"
    assert len((await standing.done("GET", f"/programmes/{programme}"))["runs"]) == 2


async def test_runs_are_added_only_to_drafts_and_approved_programmes(standing: Office) -> None:
    programme, run = await created(standing, code="ADDED")
    path = f"/programmes/{programme}/runs"
    await step(standing, programme, "submit")
    assert await standing.refused("POST", path, json=run_body()) == (409, "runs-fixed")
    await step(standing, programme, "approve")
    added = await standing.done("POST", path, json=run_body(startsAt="2048-09-07T09:00:00+07:00"))
    await allocate(standing, run, ["PO-50"])
    assert await standing.refused("POST", f"/programmes/{programme}/publish") == (409, "run-without-seats")
    await allocate(standing, added["id"], ["PO-50"])
    assert (await step(standing, programme, "publish"))["state"] == "PUBLISHED"
    assert await standing.refused("POST", path, json=run_body()) == (409, "runs-fixed")


async def test_rescheduling_an_open_run_is_a_revision(standing: Office) -> None:
    _, run = await published(standing, ["PO-50"], code="MOVED")
    later = run_body(startsAt="2048-09-14T09:00:00+07:00", venue={"room": "ห้องประชุม 3", "floor": "5"})
    moved = await standing.done("PUT", f"/runs/{run}", json=later)
    assert (moved["revision"], moved["state"], moved["startsAt"]) == (1, "OPEN", "2048-09-14T09:00:00+07:00")
    event = (await standing.published("run-scheduled", run))[-1]
    assert (event["revision"], event["startsAt"], event["venue"]["room"]) == (
        1,
        "2048-09-14T02:00:00Z",
        "ห้องประชุม 3",
    )
    starts = {row["run_starts_at"].isoformat() for row in await standing.db["buckets"].find({"run": run}).to_list(None)}
    assert starts == {"2048-09-14T02:00:00+00:00"}
    before = await standing.counts()
    again = await standing.done("PUT", f"/runs/{run}", json=later)
    assert again["revision"] == 1
    assert (await standing.counts())["outbox"] == before["outbox"]


async def regrouped(office: Office, key: str, day: str) -> Document:
    """Gives this unit a group NEW from that day on. Returns its membership until then."""
    unit = await office.db["units"].find_one({"_id": key})
    assert unit is not None
    old: Document = unit["memberships"][0]
    memberships = [old | {"valid_to": day}, old | {"group": "NEW", "valid_from": day}]
    await office.db["units"].update_one({"_id": key}, {"$set": {"memberships": memberships}})
    return old


async def test_seats_of_an_office_without_people_are_given_and_said(directory: Office) -> None:
    """Somebody below the office is enough."""
    await known(directory, SOMCHAI)  # of PO-50.HR
    _, run = await created(directory)
    seats = {"PO-50": 1, "PO-50.HR": 1, "PO-51": 1, "PO-95": 1, "PO-96": 0}
    rows = [{"target": "PROV_HR", "bucketUnit": unit, "seats": count} for unit, count in seats.items()]
    rows.append({"target": "CENTRAL_HR", "bucketUnit": "OPS", "seats": 1})
    answer = await directory.done("PUT", f"/runs/{run}/buckets", json={"buckets": rows})
    assert answer["unitsWithoutPeople"] == ["PO-51", "PO-95"]
    assert answer["seats"] == 5
    assert "unitsWithoutPeople" not in await directory.done("GET", f"/runs/{run}/buckets")


async def buckets_of(office: Office, run: str) -> dict[str, Document]:
    return {row["bucket_unit"]: row for row in await office.db["buckets"].find({"run": run}).to_list(None)}


async def test_buckets_follow_their_run_to_the_province_groups_of_its_new_day(directory: Office) -> None:
    """Nominations keep the place that they were made with."""
    old = await regrouped(directory, "PO-50", "2048-09-07")
    _, run = await published(directory, ["PO-50", "PO-95"], code="REGROUPED")
    (person,) = await staff(directory, "PO-50.HR", 1)
    await directory.done("POST", f"/runs/{run}/nominations", json={"person": person})
    before = await buckets_of(directory, run)
    assert before["PO-50"]["place"]["group"] == old["group"]
    await directory.done("PUT", f"/runs/{run}", json=run_body(startsAt="2048-09-14T07:00:00+07:00"))
    after = await buckets_of(directory, run)
    groups = {unit: row["place"]["group"] for unit, row in before.items()}
    assert {unit: row["place"]["group"] for unit, row in after.items()} == groups | {"PO-50": "NEW"}
    assert {unit: row["seq"] - before[unit]["seq"] for unit, row in after.items()} == dict.fromkeys(before, 1)
    events = {event["bucketUnit"]: event for event in await directory.published("bucket-rescheduled")}
    new = [{"province": "50", "group": "NEW", "region": old["region"]}]
    assert {unit: event["regrouped"] for unit, event in events.items()} == {"PO-50": new, "PO-95": [], "OPS": new}
    assert {event["runStartsAt"] for event in events.values()} == {"2048-09-14T00:00:00Z"}
    nomination = await directory.db["nominations"].find_one({"run": run})
    assert nomination is not None
    assert nomination["place"]["group"] == old["group"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"capacity": 24}, 409, "capacity-below-allocated"),
        ({"startsAt": "2049-10-01T09:00:00+07:00"}, 422, "fiscal-year-mismatch"),
        ({"cohort": 2}, 409, "cohort-twice"),
        ({"closesAt": "2048-08-31T13:00:01+07:00"}, 422, "window-times"),
        ({"opensAt": "2048-08-31T13:00:00+07:00"}, 422, "window-times"),
    ],
)
async def test_plans_that_are_refused(standing: Office, changes: dict[str, Any], status: int, code: str) -> None:
    programme, run = await created(standing, code=f"PLAN-{new_id()}")
    await standing.done("POST", f"/programmes/{programme}/runs", json=run_body())
    await allocate(standing, run, ["PO-50"])
    assert await standing.refused("PUT", f"/runs/{run}", json=run_body(**changes)) == (status, code)


async def test_a_run_of_a_cancelled_programme_is_not_rescheduled(standing: Office) -> None:
    programme, run = await created(standing, code="GONE")
    await step(standing, programme, "cancel")
    assert await standing.refused("PUT", f"/runs/{run}", json=run_body(capacity=120)) == (409, "programme-ended")


async def test_a_saturday_and_a_taken_room_are_warned_of(standing: Office) -> None:
    room = {"room": "ห้องประชุม 3", "floor": "5", "building": "อาคารสถาบันดำรงราชานุภาพ"}
    await created(standing, code="ROOM", runs=[run_body(venue=room)])
    made = await standing.ask(
        "POST",
        "/programmes",
        Role.HR_OFFICER,
        json={
            "code": "OTHER",
            "title": "อีกโครงการหนึ่ง",
            "kind": "WORKSHOP",
            "runs": [run_body(venue=room), run_body(startsAt="2048-09-05T09:00:00+07:00")],
        },
    )
    warnings = made.json()["warnings"]
    assert [(row["code"], row["cohort"]) for row in warnings] == [("venue-taken", 1), ("not-a-working-day", 2)]
    assert warnings[1]["th"] == "วันที่ 2048-09-05 เป็นวันหยุดสุดสัปดาห์"


async def test_the_clock_of_a_run_is_published_as_an_event(standing: Office) -> None:
    programme, run = await created(standing, code="CLOCK")
    path = f"/runs/{run}/clock"
    answer = await standing.ask("PUT", path, Role.OPERATOR, json={"businessNow": "2048-08-01T09:00:00+07:00"})
    offset = answer.json()["offsetSeconds"]
    moved = now() + timedelta(seconds=offset)
    assert abs(moved - datetime(2048, 8, 1, 2, tzinfo=UTC)) < timedelta(seconds=30)
    assert reached_by(answer) == f"{run}:2"
    row = await standing.db["outbox"].find_one({"_id": f"{run}:2"}) or {}
    assert row["headers"]["ce_type"] == "enrolment.run-clock-set.v1"
    assert row["headers"]["ce_occurredat"].startswith("2048-08-01T0")
    again = await standing.ask("PUT", path, Role.OPERATOR, json={"offsetSeconds": offset})
    assert reached_by(again) == f"{run}:2"
    await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve", "publish")
    opened = await standing.db["outbox"].find({"aggregate": {"$regex": f"^{run}"}, "seq": 1}).to_list(None)
    times = [row["headers"]["ce_occurredat"] for row in opened if "bucket-opened" in row["type"]]
    assert len(times) == 2
    assert all(time.startswith("2048-08-01") for time in times)


async def test_who_may_set_a_clock(standing: Office) -> None:
    _, run = await created(standing, code="WHOSE")
    path = f"/runs/{run}/clock"
    assert await standing.refused("PUT", path, json={"offsetSeconds": 0}) == (403, "forbidden")
    for body in ({}, {"offsetSeconds": 1, "businessNow": "2048-08-01T09:00:00+07:00"}, {"offsetSeconds": "1"}):
        assert await standing.refused("PUT", path, Role.OPERATOR, json=body) == (422, "invalid-body")
    nothing = await standing.refused("PUT", "/runs/x/clock", Role.OPERATOR, json={"offsetSeconds": 1})
    assert nothing == (404, "not-found")


async def test_a_clock_is_not_set_in_production(make_settings: MakeSettings, issuer: Issuer) -> None:
    settings: EnrolmentSettings = make_settings(EnrolmentSettings, edition="cluster")
    client = connect(settings.mongo_url, app_name="tests")
    async with client_of(create_app(settings)) as http:
        office = Office(http, issuer, database(client, f"{settings.mongo_prefix}_enrolment"))
        refused = await office.refused("PUT", "/runs/x/clock", Role.OPERATOR, json={"offsetSeconds": 1})
    client.close()
    assert refused == (403, "run-clock-locked")
