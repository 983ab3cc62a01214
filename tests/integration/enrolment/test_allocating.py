"""Seats proposed by a rule, taken over as they are, copied, and moved between units while people have them."""

from typing import Any

import pytest

from services.enrolment.directory.storage.head_counts import HeadCounts
from services.enrolment.seats.storage.taken import SeatsTaken
from services.enrolment.settings import EnrolmentSettings
from shared.ids import new_id
from shared.mongo import connect, database
from shared.rights import Role, Scope
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import OFFICES, RunDriver, opened, planned
from tests.integration.enrolment.programmes import created, run_body, step
from tests.support.commands import Commands

HEADS = {"key": "PROV_HEAD", "scope": "PROVINCIAL", "posts": ["PROV_HEAD"], "levels": ["M2"]}
K3 = {"key": "PROV_K3", "scope": "PROVINCIAL", "levels": ["K3"]}
CENTRE = {"key": "CENTRE", "scope": "CENTRAL"}
ALL = "PO-50", "PO-51", "PO-95"


async def draft(office: Office, groups: list[dict[str, Any]], capacity: int = 150, **changes: Any) -> tuple[str, str]:
    body = {"code": f"A-{new_id()}", "targetGroups": groups, "runs": [run_body(capacity=capacity)]} | changes
    return await created(office, **body)


async def heads(office: Office, units: list[str]) -> None:
    rows = [f"head-{unit},นาย,หัวหน้า{unit[3:]},ทดสอบ,{unit},M2,PROV_HEAD" for unit in units]
    report = await office.import_people(["externalId,prefix,firstName,lastName,unit,level,post", *rows])
    assert report["badRows"] == 0, report


async def offices_of(office: Office) -> list[str]:
    answer = await office.done("GET", "/units", params={"kind": "PROVINCIAL_OFFICE", "limit": "100"})
    return sorted(unit["key"] for unit in answer["items"])


def sizes(answer: Any) -> dict[tuple[str, str], int]:
    return {(row["target"], row["bucketUnit"]): row["seats"] for row in answer["buckets"]}


async def test_posts_then_pool_is_proposed_stored_by_nobody_and_taken_over_as_it_is(standing: Office) -> None:
    """Play D: one for each head, the rest in the pool of all provincial offices."""
    offices = await offices_of(standing)
    await heads(standing, offices)
    programme, run = await draft(standing, [HEADS, K3], totalSeats=150)
    before = await standing.fingerprint()
    proposal = await standing.done("POST", f"/runs/{run}/allocation", json={"rule": "POSTS_THEN_POOL"})
    assert await standing.fingerprint() == before
    assert proposal["targets"] == [
        {"target": "PROV_HEAD", "rule": "PER_POST", "seats": 76, "buckets": 76},
        {"target": "PROV_K3", "rule": "POOL", "seats": 74, "buckets": 1},
    ]
    assert (proposal["seats"], proposal["free"], proposal["leftOut"]) == (150, 0, [])
    first, *_, last = proposal["buckets"]
    assert (first["bucketUnit"], first["seats"], first["reason"]["code"]) == (offices[0], 1, "per-post")
    assert first["reason"]["en"] == "One for each holder of the post (1)."
    assert (last["bucketUnit"], last["reason"]["th"]) == ("PO", "เป็นที่นั่งส่วนรวมของกลุ่มเป้าหมาย")
    seen = {"if-match": f'"{proposal["version"]}"'}
    taken = await standing.done("PUT", f"/runs/{run}/buckets", json={"buckets": proposal["buckets"]}, headers=seen)
    assert sizes(taken) == sizes(proposal)
    await step(standing, programme, "submit", "approve", "publish")
    (opened,) = await standing.published("run-opened", run)
    assert sorted(opened["units"]) == offices


async def test_the_pool_of_all_offices_seats_people_of_any_and_queues_them_together(standing: Office) -> None:
    people = [(await staff(standing, f"{unit}.HR", 1, "K3"))[0] for unit in ALL]
    programme, run = await draft(standing, [K3], capacity=2, approvalRoute=["ORGANISER"])
    buckets = {"buckets": [{"target": "PROV_K3", "bucketUnit": "PO", "seats": 2}]}
    await standing.done("PUT", f"/runs/{run}/buckets", json=buckets)
    await step(standing, programme, "submit", "approve", "publish")
    driver = RunDriver(standing, programme, run)
    for person, unit in zip(people, ALL, strict=True):
        made = await standing.done(
            "POST", f"/runs/{run}/nominations", Role.PROVINCIAL_HR, unit=unit, json={"person": person}
        )
        await driver.act("approve", made)
        assert (made["bucketUnit"], made["unit"]) == ("PO", f"{unit}.HR")
    assert list((await driver.states()).values()) == ["CONFIRMED", "CONFIRMED", "WAITLISTED"]
    listed = await driver.done("GET", "/nominations", params={"bucketUnit": "PO"})
    assert len(listed["items"]) == 3
    (row,) = (await driver.done("GET", "/buckets", Role.PROVINCIAL_HR, unit="PO-50"))["buckets"]
    assert (row["seats"], row["confirmed"], row["suppressed"]) == (2, None, True)
    (event,) = await standing.published("bucket-opened", f"{run}:PROV_K3:PO")
    assert event["place"] == {"unit": "PO", "province": None, "group": None, "region": "ALL"}


async def test_by_head_count_goes_by_who_belongs_to_the_group(standing: Office) -> None:
    for unit, count in (("PO-50.HR", 4), ("PO-51", 2)):
        await staff(standing, unit, count, "K4")
    await staff(standing, "PO-50", 1, "K1")
    _, run = await draft(standing, [K3 | {"levels": ["K4"]}, CENTRE])
    rules = [{"target": "PROV_K3", "rule": "BY_HEAD_COUNT", "seats": 3}, {"target": "CENTRE", "rule": "TOTAL"}]
    proposal = await standing.done("POST", f"/runs/{run}/allocation", json={"targets": rules})
    assert sizes(proposal) == {("PROV_K3", "PO-50"): 2, ("PROV_K3", "PO-51"): 1}
    assert proposal["buckets"][0]["reason"] | {"th": "", "en": ""} == {
        "code": "by-head-count",
        "th": "",
        "en": "",
        "people": 4,
        "of": 6,
    }
    assert [(row["target"], row["bucketUnit"], row["seats"]) for row in proposal["leftOut"]] == [("CENTRE", None, 147)]
    assert proposal["leftOut"][0]["reason"]["code"] == "total-not-split"


async def test_by_last_year_finds_the_programme_by_its_code_or_goes_by_a_named_run(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2) + await staff(standing, "PO-95.HR", 1)
    before = await opened(standing, {"PO-50": 3, "PO-95": 3})
    for person in people:
        await before.nominate(person)
    await standing.db["programmes"].update_one({"_id": before.programme}, {"$set": {"code": "YEARLY-2590"}})
    year = run_body(capacity=10, startsAt="2048-01-06T09:00:00+07:00")  # fiscal year 2591
    _, run = await draft(standing, [OFFICES], code="YEARLY-2591", runs=[year])
    for rule in ({"rule": "BY_LAST_YEAR"}, {"rule": "BY_LAST_YEAR", "from": before.run}):
        asked_for = {"targets": [{"target": "OFFICES", **rule}]}
        proposal = await standing.done("POST", f"/runs/{run}/allocation", json=asked_for)
        assert sizes(proposal) == {("OFFICES", "PO-50"): 2, ("OFFICES", "PO-95"): 1}
        assert proposal["buckets"][0]["reason"]["confirmed"] == 2


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ({"rule": "PER_UNIT"}, (422, "invalid-body")),
        ({}, (422, "invalid-body")),
        ({"rule": "POSTS_THEN_POOL", "targets": [{"target": "CENTRE", "rule": "POOL"}]}, (422, "invalid-body")),
        ({"targets": [{"target": "NOBODY", "rule": "POOL"}]}, (422, "unknown-target")),
        ({"targets": [{"target": "CENTRE", "rule": "POOL"}] * 2}, (422, "rule-twice")),
        ({"targets": [{"target": "CENTRE", "rule": "PER_POST"}]}, (422, "target-without-posts")),
        ({"targets": [{"target": "CENTRE", "rule": "POOL", "units": ["PO"]}]}, (422, "bucket-out-of-scope")),
        ({"targets": [{"target": "CENTRE", "rule": "BY_LAST_YEAR"}]}, (409, "no-last-year")),
        ({"targets": [{"target": "CENTRE", "rule": "BY_LAST_YEAR", "from": "nothing"}]}, (404, "unknown-run")),
        ({"targets": [{"target": "CENTRE", "rule": "PER_UNIT", "each": 0}]}, (422, "invalid-body")),
    ],
)
async def test_what_is_proposed_to_nobody(standing: Office, sent: Any, refusal: tuple[int, str]) -> None:
    _, run = await draft(standing, [CENTRE])
    assert await standing.refused("POST", f"/runs/{run}/allocation", json=sent) == refusal


async def test_a_total_without_a_split_is_approved_and_not_published(standing: Office) -> None:
    programme, run = await draft(standing, [K3, CENTRE], totalSeats=150)
    assert (await step(standing, programme, "submit", "approve"))["state"] == "APPROVED"
    assert await standing.refused("POST", f"/programmes/{programme}/publish") == (409, "run-without-seats")
    proposal = await standing.done("POST", f"/runs/{run}/allocation", json={"rule": "OWN_NUMBERS"})
    assert (proposal["buckets"], {row["reason"]["code"] for row in proposal["leftOut"]}) == ([], {"total-not-split"})


async def test_the_seats_of_another_run_are_copied(standing: Office) -> None:
    first = await planned(standing, {"PO-50": 2, "PO-95": 1})
    second = await planned(standing, {"PO-51": 3})
    answer = await second.done("PUT", "/buckets", json={"from": first.run})
    assert sizes(answer) == {("OFFICES", "PO-50"): 2, ("OFFICES", "PO-95"): 1}
    path = f"/runs/{second.run}/buckets"
    assert await standing.refused("PUT", path, json={"from": new_id()}) == (404, "unknown-run")
    assert await standing.refused("PUT", path, json={}) == (422, "invalid-body")
    _, other = await draft(standing, [CENTRE], capacity=3)
    assert await standing.refused("PUT", f"/runs/{other}/buckets", json={"from": first.run}) == (422, "unknown-target")
    _, small = await draft(standing, [OFFICES], capacity=2)
    too_many = await standing.refused("PUT", f"/runs/{small}/buckets", json={"from": first.run})
    assert too_many == (409, "seats-above-capacity")


def moving(source: str, to: str, seats: int) -> dict[str, Any]:
    return {
        "from": {"target": "OFFICES", "bucketUnit": source},
        "to": {"target": "OFFICES", "bucketUnit": to},
        "seats": seats,
    }


async def test_seats_are_moved_to_those_who_wait_and_the_sum_stays(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 1, "PO-95": 3})
    for person in people:
        await driver.nominate(person)
    answer = await driver.done("POST", "/buckets/move", json=moving("PO-95", "PO-50", 2))
    assert (answer["seats"], sizes(answer)) == (4, {("OFFICES", "PO-50"): 3, ("OFFICES", "PO-95"): 1})
    assert answer["unitsWithoutPeople"] == []
    assert await driver.bucket() == (3, 0, 0)
    assert (await driver.history("PO-95"))[-1] == "bucket-seats-changed"
    run = await standing.db["runs"].find_one({"_id": driver.run})
    assert run is not None
    assert run["allocated"] == 4
    answer = await driver.done("POST", "/buckets/move", json=moving("PO-95", "PO-51", 1))
    assert sizes(answer) == {("OFFICES", "PO-50"): 3, ("OFFICES", "PO-51"): 1, ("OFFICES", "PO-95"): 0}
    assert await driver.history("PO-51") == ["bucket-opened", "bucket-seats-changed"]
    changed = (await standing.published("bucket-seats-changed", f"{driver.run}:OFFICES:PO-51"))[-1]
    assert (changed["before"], changed["seats"]) == (0, 1), "an office with its first seats hears of them as of any"


async def test_a_move_is_made_once_and_only_of_what_is_there(standing: Office) -> None:
    (person,) = await staff(standing, "PO-50.HR", 1)
    driver = await opened(standing, {"PO-50": 2, "PO-95": 1})
    await driver.nominate(person)
    path = f"/runs/{driver.run}/buckets/move"
    assert await standing.refused("POST", path, json=moving("PO-51", "PO-50", 1)) == (409, "unknown-bucket")
    assert await standing.refused("POST", path, json=moving("PO-95", "PO-50", 2)) == (409, "too-few-seats")
    assert await standing.refused("POST", path, json=moving("PO-95", "PO-95", 1)) == (422, "bucket-twice")
    assert await standing.refused("POST", path, json=moving("PO-95", "PO-10", 1)) == (422, "bangkok-has-no-office")
    assert await standing.refused("POST", path, json=moving("PO-50", "PO-95", 2)) == (409, "seats-below-confirmed")
    old = {"if-match": '"0"'}
    stale = await standing.refused("POST", path, json=moving("PO-95", "PO-50", 1), headers=old)
    assert stale == (412, "changed-since")
    key = {"idempotency-key": new_id()}
    for _ in range(2):
        answer = await standing.done("POST", path, json=moving("PO-50", "PO-95", 1), headers=key)
        assert sizes(answer) == {("OFFICES", "PO-50"): 1, ("OFFICES", "PO-95"): 2}


async def test_a_cut_below_the_confirmed_says_how_many_and_whom_it_concerns(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 3, "PO-95": 1})
    made = [await driver.nominate(person) for person in people]
    await driver.act("withdraw", made[0])
    rows = [{"target": "OFFICES", "bucketUnit": unit, "seats": seats} for unit, seats in (("PO-50", 0), ("PO-95", 1))]
    answer = await driver.ask("PUT", "/buckets", json={"buckets": rows})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "seats-below-confirmed")
    assert (problem["confirmed"], problem["seats"], problem["over"]) == (2, 0, 2)
    assert problem["nominations"] == sorted(row["id"] for row in made[1:])
    left_out = await standing.refused("PUT", f"/runs/{driver.run}/buckets", json={"buckets": rows[1:]})
    assert left_out == (409, "seats-below-confirmed")
    rows[0]["seats"] = 2
    assert (await driver.done("PUT", "/buckets", json={"buckets": rows}))["seats"] == 3
    fewer = await driver.done("PUT", "/buckets", json={"buckets": rows[:1]})  # PO-95 has nobody
    assert sizes(fewer) == {("OFFICES", "PO-50"): 2, ("OFFICES", "PO-95"): 0}


async def test_people_and_seats_are_counted_by_one_grouped_query_each(
    standing: Office, standing_settings: EnrolmentSettings
) -> None:
    """What comes back grows with the units, and not with the people in them."""
    people = await staff(standing, "PO-50.HR", 5, "K5") + await staff(standing, "PO-95", 3, "K5")
    driver = await opened(standing, {"PO-50": 9, "PO-95": 9}, groups=[{"key": "ALL", "scope": "BOTH"}])
    for person in people:
        await driver.nominate(person)
    commands = Commands()
    client = connect(standing_settings.mongo_url, app_name="tests", listeners=[commands])
    store = database(client, f"{standing_settings.mongo_prefix}_enrolment")
    counted = await HeadCounts(store).counted(("K5",), positions=False)
    taken = await SeatsTaken(store).by_unit([driver.run])
    client.close()
    asked = [(one.collection, one.name, one.returned) for one in commands.sent]
    assert sorted((one.unit, count) for one, count in counted) == [("PO-50.HR", 5), ("PO-95", 3)]
    assert taken == {"ALL": {"PO-50.HR": 5, "PO-95": 3}}
    assert asked == [("people", "aggregate", 2), ("nominations", "aggregate", 2)]


async def test_who_is_concerned_is_told_as_far_as_the_caller_sees(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 3})
    made = [(await driver.nominate(person))["id"] for person in people]
    taken, bucket = SeatsTaken(standing.db), f"{driver.run}:OFFICES:PO-50"
    assert await taken.of_bucket(bucket, Scope(unit="PO-50"), 10) == sorted(made)
    assert len(await taken.of_bucket(bucket, Scope(all=True), 2)) == 2
    assert await taken.of_bucket(bucket, Scope(unit="PO-95"), 10) == []
    assert await taken.of_bucket(bucket, Scope(), 10) == []
