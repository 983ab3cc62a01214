"""People who come to be in two runs at once because their run is split, or becomes one with another: as by a move."""

import pytest

from tests.integration.enrolment.conftest import Counted, Office
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import run_body, step
from tests.integration.enrolment.test_checks_of_nominations import on, people
from tests.integration.enrolment.test_clashes import codes, listed, seated, times
from tests.integration.enrolment.test_dividing import LATER, ORGANISER, carried, pair

SEATS = {"PO-50": 9, "PO-95": 9}


async def split_up(office: Office, day: str, other: str, policy: str) -> tuple[RunDriver, RunDriver, list[str]]:
    """A run of that day with four people, of whom the first (PO-50) and the last (PO-95) are in one of the other day as
    well; they are nominated in this order."""
    chiang_mai, yala = await people(office, "PO-50.HR", 2), await people(office, "PO-95.HR", 2)
    source = await on(office, day, seats=SEATS, clash=policy)
    there = await on(office, other, seats=SEATS)
    everybody = [*chiang_mai, *yala]
    for person in everybody:
        await source.nominate(person)
    for person in (everybody[0], everybody[-1]):
        await there.nominate(person)
    return source, there, everybody


async def ids(driver: RunDriver, *crowd: str) -> list[str]:
    rows = (await driver.done("GET", "/nominations"))["items"]
    return [row["id"] for person in crowd for row in rows if row["person"] == person]


async def test_a_split_onto_another_run_is_refused_for_those_who_go(standing: Office) -> None:
    source, _, everybody = await split_up(standing, "2049-06-01", "2049-06-03", "REFUSE")
    new, clashing = times("2049-06-03"), (409, "people-clash")
    for body in (
        {"by": "UNITS", "units": ["PO-50"]},
        {"by": "REGIONS", "regions": ["SOUTH", "S", "NORTH", "N"]},
        {"by": "LIST", "nominations": await ids(source, everybody[0])},
        {"by": "ALTERNATE"},  # the second and the fourth
    ):
        assert await source.refused("/split", **ORGANISER, json={**body, "run": new}) == clashing
    staying = {"by": "LIST", "nominations": await ids(source, *everybody[1:3]), "run": new}
    made = await source.done("POST", "/split", **ORGANISER, json=staying)
    assert "clashes" not in made
    await carried(standing, source.run, made["id"])


async def test_those_who_stay_are_no_reason_when_people_take_turns(standing: Office) -> None:
    source, _, everybody = await split_up(standing, "2049-06-08", "2049-06-10", "REFUSE")
    (last,) = await ids(source, everybody[-1])
    await source.act("withdraw", {"id": last})
    made = await source.done("POST", "/split", **ORGANISER, json={"by": "ALTERNATE", "run": times("2049-06-10")})
    assert "clashes" not in made
    await carried(standing, source.run, made["id"])
    assert set(await RunDriver(standing, source.programme, made["id"]).states()) == {everybody[1]}


async def test_a_warning_lists_those_who_go_and_splits_the_run(standing: Office) -> None:
    source, there, everybody = await split_up(standing, "2049-06-15", "2049-06-17", "WARN")
    body = {"by": "UNITS", "units": ["PO-50"], "run": times("2049-06-17")}
    made = await source.done("POST", "/split", **ORGANISER, json=body)
    assert [(row["person"], row["others"]) for row in made["clashes"]["items"]] == [
        (everybody[0], [{"run": there.run, "code": "clash"}])
    ]
    assert "people-clash" in codes(made["warnings"])
    await carried(standing, source.run, made["id"])
    new = RunDriver(standing, source.programme, made["id"])
    assert await listed(new, new="true") == await listed(new) == [everybody[0]]
    assert await listed(source, new="true") == []
    beside = await source.done("POST", "/split", **ORGANISER, json={"by": "UNITS", "units": ["PO-95"]})
    assert "clashes" not in beside, "nobody's time is another"
    await carried(standing, source.run, beside["id"])


@pytest.mark.parametrize("policy", ["WARN", "REFUSE"])
async def test_a_merge_looks_at_those_who_come(standing: Office, policy: str) -> None:
    """Not at who was in two runs at that time before: `both` are in the run that stays, too."""
    source, to = await pair(standing, {"PO-50": 9}, 18, more={"checks": {"clash": policy}})
    there = await on(standing, LATER["startsAt"][:10], seats=SEATS)
    comes, both, other = await people(standing, count=3)
    for driver, crowd in ((source, (comes, both, other)), (to, (both,)), (there, (both,))):
        for person in crowd:
            await driver.nominate(person)
    path, body = "/merge", {"into": to.run}
    first = await there.nominate(comes)
    if policy == "REFUSE":
        assert await source.refused(path, **ORGANISER, json=body) == (409, "people-clash")
        await there.act("withdraw", first)
    merged = await source.done("POST", path, **ORGANISER, json=body)
    found = [row["person"] for row in merged.get("clashes", {"items": []})["items"]]
    assert found == ([comes] if policy == "WARN" else [])
    assert ("people-clash" in codes(merged.get("warnings", []))) is (policy == "WARN")
    await carried(standing, source.run, to.run)
    assert comes in await listed(to, new="true") or policy == "REFUSE"


async def test_the_run_that_ends_does_not_take_the_room_of_the_one_that_stays(standing: Office) -> None:
    room = {"venue": {"room": "ห้องประชุม 3", "building": "อาคารทดสอบ"}}
    source, to = await pair(standing, {"PO-50": 2}, 4)
    for run in (source, to):
        await run.done("PATCH", "", json={**room, "startsAt": LATER["startsAt"], "endsAt": "2048-09-14T16:30:00+07:00"})
    assert codes((await to.done("GET", ""))["warnings"]) == ["venue-taken"]
    assert "warnings" not in await source.done("POST", "/merge", **ORGANISER, json={"into": to.run})
    await carried(standing, source.run, to.run)


async def test_what_is_said_of_a_programme_that_is_reopened(standing: Office) -> None:
    """A day off is told, and refused by nobody: nothing of the plan is another."""
    saturday = run_body(**times("2049-06-05"))
    driver = await opened(standing, {"PO-50": 1}, **{"startsAt": saturday["startsAt"], "endsAt": saturday["endsAt"]})
    await step(standing, driver.programme, "close")
    reopened = await step(standing, driver.programme, "reopen")
    assert [(one["code"], one["cohort"]) for one in reopened["warnings"]] == [("not-a-working-day", 1)]


async def test_what_a_split_of_a_large_run_looks_at(counted: Counted) -> None:
    """As a move does: two queries for 200 of its people. Where they take turns, before that all of their places."""
    office, size = counted.office, 2_000
    source = await opened(office, {"PO-50": size}, more={"checks": {"clash": "REFUSE"}}, **times("2049-05-03"))
    stays = await opened(office, {"PO-50": 9}, **times("2049-05-05"))
    crowd = [f"person-{number:05}" for number in range(size)]
    await seated(office, source, crowd)
    await seated(office, stays, crowd[-1:])
    for body, queries in (({"by": "UNITS", "units": ["PO-50"]}, 20), ({"by": "ALTERNATE"}, 23)):
        counted.sent.sent.clear()
        refused = await source.ask("POST", "/split", **ORGANISER, json={**body, "run": times("2049-05-05")})
        assert (refused.status_code, refused.json()["code"]) == (409, "people-clash")
        asked = [one for one in counted.sent.of("nominations") if "live" in one.body.get("filter", {})]
        assert len(asked) <= queries
