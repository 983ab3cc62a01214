"""A run is split, and two become one, over HTTP: people, seats, order and ids are kept, and nothing gets between."""

import asyncio
from typing import Any

import pytest

from shared.events.seats import NominationState, bucket_id
from shared.ids import new_id
from shared.mongo import Document
from shared.rights import Role
from tests.integration.enrolment.conftest import Counted, Office
from tests.integration.enrolment.nominating import RunDriver, opened, planned, target_of
from tests.integration.enrolment.programmes import run_body, step
from tests.integration.enrolment.test_checks_of_nominations import people
from tests.support.waiting import until

ORGANISER: dict[str, Any] = {"unit": "PERS"}
LATER = {"startsAt": "2048-09-14T13:00:00+07:00"}
SEATS = {"PO-50": 3, "PO-95": 2, "OPS": 2}


async def crowd(office: Office, driver: RunDriver, **units: int) -> dict[str, list[str]]:
    """So many of each office, nominated in turn."""
    known = {unit.replace("_", "-"): await people(office, _group(unit), count) for unit, count in units.items()}
    for person in [one for several in known.values() for one in several]:
        await driver.nominate(person)
    return known


def _group(unit: str) -> str:
    return f"{unit.replace('_', '-')}.HR" if unit.startswith("PO") else unit


async def rows_of(office: Office, run: str) -> dict[str, Document]:
    """The live nominations, by person."""
    found = await office.db["nominations"].find({"run": run, "live": True}).to_list(None)
    return {row["person"]: row for row in found}


async def counts(office: Office, *runs: str) -> tuple[int, int, int]:
    """Seats, free ones and people who wait, of all these runs; what the runs and their buckets say is the same."""
    buckets = await office.db["buckets"].find({"run": {"$in": [*runs]}}).to_list(None)
    allocated = [row["allocated"] async for row in office.db["runs"].find({"_id": {"$in": [*runs]}})]
    assert sum(allocated) == sum(row["seats"] for row in buckets)
    return tuple(sum(row[name] for row in buckets) for name in ("seats", "free", "waiting"))


async def carried(office: Office, *runs: str) -> None:
    async def still() -> bool:
        query = {"_id": {"$in": [*runs]}, "moving": {"$exists": True}}
        return await office.db["runs"].count_documents(query) == 0

    await until(still, what="everybody has been carried over")


async def split(driver: RunDriver, **body: Any) -> Any:
    made = await driver.done("POST", "/split", **ORGANISER, json=body)
    await carried(driver.office, driver.run, made["id"])
    return made


async def waiting_order(office: Office, run: str, unit: str) -> list[str]:
    query = {"run": run, "bucket_unit": unit, "state": "WAITLISTED"}
    return [row["person"] async for row in office.db["nominations"].find(query).sort("queue", 1)]


async def test_a_split_by_offices_takes_their_people_seats_and_order(standing: Office) -> None:
    driver = await opened(standing, SEATS)
    known = await crowd(standing, driver, PO_50=5, PO_95=1, PERS=1)
    before, total = await rows_of(standing, driver.run), await counts(standing, driver.run)
    order = await waiting_order(standing, driver.run, "PO-50")
    made = await split(driver, by="UNITS", units=["PO-50"], run=LATER | {"venue": {"room": "7"}})
    assert (made["cohort"], made["state"], made["moving"], made["startsAt"][:10]) == (2, "OPEN", True, "2048-09-14")
    new = RunDriver(standing, driver.programme, made["id"])
    here, there = await rows_of(standing, driver.run), await rows_of(standing, new.run)
    assert set(there) == set(known["PO-50"])
    assert set(here) == {*known["PO-95"], *known["PERS"]}
    for person, row in there.items():
        kept = ("_id", "person", "state", "rank", "created_at", "target", "bucket_unit")
        assert {name: row[name] for name in kept} == {name: before[person][name] for name in kept}
    assert await counts(standing, driver.run, new.run) == total
    assert await waiting_order(standing, new.run, "PO-50") == order == known["PO-50"][3:]
    assert (await new.bucket(), await driver.bucket()) == ((3, 0, 2), (0, 0, 0))
    read = await new.done("GET", "")
    assert (read["moving"], read["allocated"], read["revision"]) == (False, 3, 1)
    # from here on both go on by themselves: somebody leaves, and the first who waits moves up
    first = there[known["PO-50"][0]]
    await new.act("withdraw", {"id": first["_id"]})
    assert (await new.states())[order[0]] == "CONFIRMED"
    assert await driver.refused(f"/nominations/{first['_id']}/withdraw") == (404, "unknown-nomination")


@pytest.mark.parametrize("closed", [False, True])
async def test_every_second_one_goes(standing: Office, closed: bool) -> None:
    driver = await opened(standing, {"PO-50": 8})
    await crowd(standing, driver, PO_50=4)
    if closed:
        await step(standing, driver.programme, "close")
    made = await split(driver, by="ALTERNATE")
    assert made["state"] == ("CLOSED" if closed else "OPEN")
    here, there = await rows_of(standing, driver.run), await rows_of(standing, made["id"])
    assert (len(here), len(there)) == (2, 2)
    assert await counts(standing, driver.run, made["id"]) == (8, 4, 0)
    if closed:
        reopened = await step(standing, driver.programme, "reopen")
        assert [run["state"] for run in reopened["runs"]] == ["OPEN", "OPEN"]


async def test_a_list_goes_and_what_cannot_be_is_refused(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 2})
    known = (await crowd(standing, driver, PO_50=3))["PO-50"]
    rows = await rows_of(standing, driver.run)
    for body, expected in (
        ({"by": "LIST"}, (422, "nobody-to-move")),
        ({"by": "UNITS", "units": ["PO-50"], "run": {"capacity": 1}}, (409, "too-many-seats")),
        ({"by": "ALTERNATE", "run": {"cohort": 1}}, (409, "cohort-twice")),
        ({"by": "ALTERNATE", "run": {"startsAt": "2020-01-06T09:00:00+07:00"}}, (422, "starts-in-past")),
        ({"by": "ALTERNATE", "run": {"startsAt": "2050-01-06T09:00:00+07:00"}}, (422, "fiscal-year-mismatch")),
        ({"by": "EVERY"}, (422, "invalid-body")),
    ):
        assert await driver.refused("/split", **ORGANISER, json=body) == expected
    assert await driver.refused("/split", unit="DRI", json={"by": "ALTERNATE"}) == (403, "not-the-organiser")
    for role in (Role.EXECUTIVE, Role.PROVINCIAL_HR, Role.OPERATOR):
        assert await driver.refused("/split", role, unit="PERS", json={"by": "ALTERNATE"}) == (403, "forbidden")
    made = await split(driver, by="LIST", nominations=[rows[known[2]]["_id"], rows[known[0]]["_id"], "unknown"])
    assert {*await rows_of(standing, made["id"])} == {known[0], known[2]}
    assert await counts(standing, driver.run, made["id"]) == (2, 0, 1)
    clock = {"businessNow": "2048-08-31T13:01:00+07:00"}
    await driver.done("PUT", "/clock", Role.OPERATOR, json=clock)
    assert await driver.refused("/split", **ORGANISER, json={"by": "ALTERNATE"}) == (409, "run-started")


async def test_a_run_of_the_next_fiscal_year_is_split_and_one_is_split_into_it(standing: Office) -> None:
    """As a run may be moved there; the year of the programme counts."""
    driver = await opened(standing, {"PO-50": 4})
    await crowd(standing, driver, PO_50=4)
    october = {"startsAt": "2048-10-05T09:00:00+07:00", "endsAt": "2048-10-05T16:00:00+07:00"}
    first = await split(driver, by="ALTERNATE", run=october)
    await driver.done("PATCH", "", json=october)
    second = await split(driver, by="ALTERNATE")
    for made in (first, second):
        assert (made["fiscalYear"], made["startsAt"]) == (2591, october["startsAt"])
    assert await counts(standing, driver.run, first["id"], second["id"]) == (4, 0, 0)


async def pair(office: Office, seats: dict[str, int], capacity: int, **options: Any) -> tuple[RunDriver, RunDriver]:
    """Two open runs of a programme with these seats each."""
    one = await planned(office, seats, **options)
    await one.done("PATCH", "", json={"capacity": capacity})
    added = run_body(capacity=capacity, **LATER)
    second = (await office.done("POST", f"/programmes/{one.programme}/runs", json=added))["id"]
    groups = options.get("groups")
    buckets = [{"target": target_of(unit, groups), "bucketUnit": unit, "seats": count} for unit, count in seats.items()]
    await office.done("PUT", f"/runs/{second}/buckets", json={"buckets": buckets})
    await step(office, one.programme, "submit", "approve", "publish")
    return one, RunDriver(office, one.programme, second)


async def test_two_become_one_and_nobody_is_there_twice(standing: Office) -> None:
    one, two = await pair(standing, {"PO-50": 2, "PO-95": 1}, 10)
    both, first, second = (
        await people(standing, "PO-50.HR", 2),
        await people(standing, count=2),
        await people(standing, count=1),
    )
    for person in (*second, *both):  # in the second run: a seat, a seat, and a wait
        await two.nominate(person)
    for person in (*both, *first):  # in the first run: both have a seat, and two wait
        await one.nominate(person)
    total = await counts(standing, one.run, two.run)
    ids = {person: row["_id"] for person, row in (await rows_of(standing, one.run)).items()}
    answer = await one.done("POST", "/merge", **ORGANISER, json={"into": two.run})
    assert (answer["id"], answer["moving"]) == (two.run, True)
    await carried(standing, one.run, two.run)
    there = await rows_of(standing, two.run)
    assert set(there) == {*both, *first, *second}
    assert await rows_of(standing, one.run) == {}
    # Four seats of PO-50: of both only one nomination is left, the confirmed one, so a seat is free for who waits.
    assert {there[person]["state"] for person in (*both, *second)} == {"CONFIRMED"}
    assert there[both[1]]["_id"] == ids[both[1]]  # it had the seat, the other one waited
    assert [there[person]["state"] for person in first] == ["CONFIRMED", "WAITLISTED"]
    assert (await counts(standing, one.run, two.run))[0] == total[0]
    assert (await counts(standing, one.run))[:2] == (0, 0)
    await _is_gone(one, two.run)


async def _is_gone(one: RunDriver, into: str) -> None:
    gone = await one.done("GET", "")
    assert (gone["state"], gone["moving"], gone["allocated"]) == ("CANCELLED", False, 0)
    (event,) = await one.office.published("run-cancelled", one.run)
    assert event["mergedInto"] == into
    assert await one.refused("/nominations", json={"person": new_id()}) == (404, "unknown-person")
    assert await one.refused("/merge", **ORGANISER, json={"into": into}) == (409, "run-cancelled")


async def test_what_does_not_become_one(standing: Office) -> None:
    one, two = await pair(standing, {"PO-50": 2}, 3)
    other = await opened(standing, {"PO-50": 1})
    for into, expected in (
        (one.run, (422, "same-run")),
        (other.run, (422, "other-programme")),
        (two.run, (409, "too-many-seats")),
        (new_id(), (404, "not-found")),
    ):
        assert await one.refused("/merge", **ORGANISER, json={"into": into}) == expected
    assert await one.refused("/merge", unit="DRI", json={"into": two.run}) == (403, "not-the-organiser")
    assert await one.refused("/merge", **ORGANISER, json={}) == (422, "invalid-body")


async def test_what_comes_while_people_are_carried_is_to_come_again(standing: Office, beside: Office) -> None:
    """Fenced by hand, as it is between two pages: everything is refused, at every replica, and nothing is changed."""
    driver = await opened(standing, {"PO-50": 2})
    person, other = await people(standing, count=2)
    made = await driver.nominate(person)
    await standing.db["runs"].update_one({"_id": driver.run}, {"$set": {"moving": "by-hand"}})
    busy = (503, "run-being-moved")
    for office in (standing, beside):
        near = RunDriver(office, driver.programme, driver.run)
        assert await near.refused("/nominations", json={"person": other}) == busy
        assert await near.refused(f"/nominations/{made['id']}/withdraw", json={}) == busy
        for path in ("/split", "/merge", "/cancel"):
            body = {"/split": {"by": "ALTERNATE"}, "/merge": {"into": driver.run}, "/cancel": {}}[path]
            expected = (422, "same-run") if path == "/merge" else busy
            assert await near.refused(path, **ORGANISER, json=body) == expected
        patch = {"json": {"venue": {"room": "1"}}}
        assert await office.refused("PATCH", f"/runs/{driver.run}", **patch) == busy  # type: ignore[arg-type]
        rows = {"buckets": [{"target": "OFFICES", "bucketUnit": "PO-50", "seats": 3}]}
        assert await office.refused("PUT", f"/runs/{driver.run}/buckets", json=rows) == busy
        for name in ("close", "cancel"):
            assert await office.refused("POST", f"/programmes/{driver.programme}/{name}") == busy
    assert (await driver.done("GET", ""))["moving"] is True
    assert (await driver.states()) == {person: "CONFIRMED"}
    await standing.db["runs"].update_one({"_id": driver.run}, {"$unset": {"moving": ""}})
    await driver.nominate(other)


async def test_a_repeated_command_splits_once(standing: Office, beside: Office) -> None:
    driver = await opened(standing, {"PO-50": 4})
    await crowd(standing, driver, PO_50=4)
    headers = {"idempotency-key": new_id()}
    near = [RunDriver(office, driver.programme, driver.run) for office in (standing, beside)]
    asked = [
        one.ask("POST", "/split", **ORGANISER, json={"by": "ALTERNATE"}, headers=dict(headers))
        for one in (*near, *near)
    ]
    answers = await asyncio.gather(*asked)
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, answers[0].json()["id"])}
    await carried(standing, driver.run, answers[0].json()["id"])
    assert len((await standing.done("GET", f"/programmes/{driver.programme}"))["runs"]) == 2
    assert await counts(standing, driver.run, answers[0].json()["id"]) == (4, 0, 0)


async def test_no_transaction_grows_with_the_people(counted: Counted) -> None:
    """2,000 of them: the command itself touches no nomination, and no page more than a hundred."""
    office, size, waits = counted.office, 2_000, 300
    driver = await opened(office, {"PO-50": size})
    await _filled(office, driver, size, waits)
    order = await waiting_order(office, driver.run, "PO-50")
    counted.sent.sent.clear()
    made = await split(driver, by="UNITS", units=["PO-50"])
    written = [one for one in counted.sent.of("nominations") if one.name in ("update", "insert")]
    assert sum(len(one.body.get("updates", ())) for one in written) == size + waits
    assert max(len(one.body["updates"]) for one in written) <= 100
    rows = [one for one in counted.sent.of("outbox") if one.name == "insert"]
    assert max(len(one.body["documents"]) for one in rows) <= 2 * 100 + 4
    assert len(await rows_of(office, made["id"])) == size + waits
    assert await waiting_order(office, made["id"], "PO-50") == order
    assert await counts(office, driver.run, made["id"]) == (size, 0, waits)


async def _filled(office: Office, driver: RunDriver, seated: int, waits: int) -> None:
    """As if so many had been nominated; the bucket's own events are not needed here."""
    bucket = bucket_id(driver.run, "OFFICES", "PO-50")
    place = {"unit": "PO-50.HR", "province": "50", "group": None, "region": "N"}
    rows = [
        {
            **{"_id": f"{driver.run}-{number:05}", "run": driver.run, "programme": driver.programme, "bucket": bucket},
            **{"target": "OFFICES", "bucket_unit": "PO-50", "person": f"p{number:05}", "place": place},
            **{"office": "PO-50", "rank": "PRIMARY", "live": True, "replaces": None, "nominated_by": "x"},
            "state": (NominationState.CONFIRMED if number < seated else NominationState.WAITLISTED).value,
            "queue": None if number < seated else 9_000 - number,
        }
        for number in range(seated + waits)
    ]
    await office.db["nominations"].insert_many(rows)
    await office.db["buckets"].update_one({"_id": bucket}, {"$set": {"free": 0, "waiting": waits}})
