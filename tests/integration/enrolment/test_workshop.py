"""Groups, ideas and the jury on real engines: what each comes to, what follows from seats, and who may do what."""

from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_dividing import split
from tests.support.waiting import until

JUDGE, OTHER_JUDGE = "01992f6e-8c00-7000-8000-0000000000e1", "01992f6e-8c00-7000-8000-0000000000e2"
INDICATOR = {"name": "เวลาที่ใช้", "measure": "วัน", "better": "LOWER", "baseline": 10, "target": 5}
CRITERIA = [{"key": "use", "th": "ประโยชน์", "most": 10, "weight": 2}, {"key": "new", "th": "ความใหม่", "most": 5}]


def idea(group: int, *, indicators: int = 1, submit: bool = True) -> dict[str, Any]:
    words = {"title": "ระบบติดตามหนังสือ", "problem": "หนังสือล่าช้า", "users": "สำนักงานจังหวัด"}
    return {**words, "group": group, "prototype": "SKETCH", "indicators": [INDICATOR] * indicators, "submit": submit}


async def seated(office: Office, **seats: int) -> tuple[RunDriver, dict[str, str]]:
    """A run with these people by office, and their nominations by person."""
    places = {unit.replace("_", "-"): count for unit, count in seats.items()}
    driver = await opened(office, places)
    people = [one for unit, count in places.items() for one in await staff(office, f"{unit}.HR", count)]
    return driver, {person: (await driver.nominate(person))["id"] for person in people}


async def groups(driver: RunDriver) -> list[int]:
    return [row["size"] for row in (await driver.done("GET", "/groups"))["items"]]


async def members(driver: RunDriver, role: Role = Role.HR_OFFICER, **caller: Any) -> dict[str, int]:
    rows = await driver.done("GET", "/groups/members", role, params={"limit": "500"}, **caller)
    return {row["nomination"]: row["group"] for row in rows["items"]}


async def facts(driver: RunDriver) -> list[str]:
    query = {"aggregate": f"workshop:{driver.run}"}
    rows = await driver.office.db["outbox"].find(query).sort("seq", 1).to_list(None)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["type"].split(".")[1] for row in rows]


async def test_groups_are_made_by_rule(standing: Office) -> None:
    driver, people = await seated(standing, PO_50=4, PO_95=3)
    assert await driver.refused("/groups/lock", json={}) == (409, "no-groups")
    assert await driver.refused("/groups", json={"count": 8}) == (409, "more-groups-than-people")
    assert await driver.refused("/groups", json={"count": 2, "size": 3}) == (422, "invalid-body")
    made = await driver.done("POST", "/groups", json={"size": 3})
    assert [row["size"] for row in made["groups"]] == [3, 2, 2] == await groups(driver)
    where = await members(driver)
    assert set(where) == set(people.values())
    rows = (await driver.done("GET", "/groups/members"))["items"]
    of_chiang_mai = [row["group"] for row in rows if row["unit"] == "PO-50.HR"]
    assert sorted(of_chiang_mai.count(number) for number in (1, 2, 3)) == [1, 1, 2]
    again = await driver.done("POST", "/groups", json={"size": 3})
    assert (again, await members(driver)) == (made, where)
    assert await facts(driver) == ["groups-made", "group-members-placed"] * 2


async def test_groups_are_changed_by_hand_and_locked(standing: Office) -> None:
    driver, _ = await seated(standing, PO_50=4, PO_95=3)
    await driver.done("POST", "/groups", json={"size": 3})
    where = await members(driver)
    one = next(key for key, group in where.items() if group == 1)
    other = next(key for key, group in where.items() if group == 2)
    await driver.done("POST", "/groups/exchange", json={"nomination": one, "other": other})
    now = await members(driver)
    assert (now[one], now[other], await groups(driver)) == (2, 1, [3, 2, 2])
    moved = await driver.done("POST", "/groups/3/members", json={"nomination": one})
    assert (moved["group"], moved["by"], await groups(driver)) == (3, "HAND", [3, 1, 3])
    assert await driver.refused("/groups/3/members", json={"nomination": "nobody"}) == (404, "not-to-be-grouped")
    assert await driver.refused("/groups/4/members", json={"nomination": one}) == (404, "unknown-group")
    same = {"nomination": one, "other": one}
    assert await driver.refused("/groups/exchange", json=same) == (409, "same-group")
    await driver.done("POST", "/groups/lock", json={})
    for path, body in (("", {"count": 2}), ("/1/members", {"nomination": one})):
        assert await driver.refused(f"/groups{path}", json=body) == (409, "groups-locked")
    await driver.done("POST", "/groups/unlock", json={})
    placed = ["group-members-placed"] * 3
    assert await facts(driver) == ["groups-made", *placed, "groups-locked", "groups-unlocked"]


async def test_what_happens_to_seats_is_followed(standing: Office) -> None:
    """Withdrawn and moved up, and substituted though groups are locked."""
    driver, people = await seated(standing, PO_50=4, PO_95=2)
    waits, instead = (await staff(standing, "PO-50.HR", 6))[4:]
    waiting = await driver.nominate(waits)
    await driver.done("POST", "/groups", json={"count": 2})
    assert waiting["id"] not in await members(driver)
    first, second, *_ = people.values()

    await driver.act("withdraw", {"id": first})

    async def moved_up() -> bool:
        where = await members(driver)
        return first not in where and waiting["id"] in where

    await until(moved_up, what="who moved up is in a group")
    assert await groups(driver) == [3, 3]
    await driver.done("POST", "/groups/lock", json={})
    place = (await members(driver))[second]
    substitute = await driver.act("substitute", {"id": second}, person=instead)

    async def taken_over() -> bool:
        return second not in await members(driver)

    await until(taken_over, what="the place in the group is taken over")
    assert (await members(driver))[substitute["id"]] == place


async def test_nobody_comes_into_locked_groups_and_half_a_run_leaves_them(standing: Office) -> None:
    driver, people = await seated(standing, PO_50=2, PO_95=2)
    [late] = (await staff(standing, "PO-50.HR", 3))[2:]
    await driver.done("POST", "/groups", json={"count": 2})
    await driver.done("POST", "/groups/lock", json={})
    gone = next(iter(people.values()))
    await driver.act("withdraw", {"id": gone})
    new = await driver.nominate(late)

    async def left() -> bool:
        return gone not in await members(driver)

    await until(left, what="who withdrew has left")
    ungrouped = await driver.done("GET", "/groups/ungrouped")
    assert [row["nomination"] for row in ungrouped["items"]] == [new["id"]]

    of_yala = list(people.values())[2:]
    await split(driver, by="UNITS", units=["PO-95"])

    async def gone_with_the_run() -> bool:
        return not set(of_yala) & set(await members(driver))

    await until(gone_with_the_run, what="who is in the other run has left")
    assert sum(await groups(driver)) == len(await members(driver)) == 1
    query = {"aggregate": f"workshop:{driver.run}", "type": "enrolment.group-members-left.v1"}
    told = await driver.office.db["outbox"].find(query).sort("seq", -1).to_list(1)
    assert '"OTHER_RUN"' in told[0]["body"]


async def test_an_idea_is_written_judged_awarded_and_followed(standing: Office) -> None:
    driver, people = await seated(standing, PO_50=2, PO_95=2)
    assert await driver.refused("/ideas", json=idea(1)) == (409, "no-groups")
    await driver.done("POST", "/groups", json={"count": 2})
    where = await members(driver)
    own = {group: next(person for person, key in people.items() if where[key] == group) for group in (1, 2)}
    first = await _written(driver, own[1], own[2])
    second = (await driver.done("POST", "/ideas", json=idea(2)))["id"]
    third = await driver.done("POST", "/ideas", json=idea(2))
    await driver.done("POST", f"/ideas/{third['id']}/withdraw", json={})
    assert await driver.refused("/groups", json={"count": 1}) == (409, "groups-in-use")
    await _refused(driver, first, own[1])
    await _judged(driver, first, second, own[1])
    await _followed(driver, second)
    told = ["idea-submitted", "idea-reopened", "idea-submitted", "idea-submitted", "idea-submitted", "idea-withdrawn"]
    later = ["scoring-closed", "idea-awarded", "idea-adopted", "idea-measured"]
    assert await facts(driver) == ["groups-made", "group-members-placed", *told, *later]
    bodies = [row["body"] or "" for row in await standing.db["outbox"].find({"key": driver.run}).to_list(None)]
    assert not any(word in body for body in bodies for word in ("ระบบ", "ล่าช้า", "เวลาที่ใช้"))


async def _written(driver: RunDriver, writer: str, stranger: str) -> str:
    """By somebody of the group; nobody else writes or reads it before it is submitted."""
    by: dict[str, Any] = {"role": Role.LEARNER, "person": writer}
    other: dict[str, Any] = {"role": Role.LEARNER, "person": stranger}
    assert await driver.refused("/ideas", json=idea(1, indicators=0)) == (409, "idea-without-indicator")
    begun = await driver.done("POST", "/ideas", json=idea(1, submit=False), **by)
    one = f"/ideas/{begun['id']}"
    assert await driver.refused("/ideas", json=idea(1), **other) == (403, "idea-not-of-group")
    assert await driver.refused(f"{one}/submit", json={}, **other) == (403, "idea-not-of-group")
    assert (await driver.ask("GET", one, **other)).status_code == 404
    assert (await driver.ask("GET", one, Role.EXECUTIVE)).status_code == 404
    sent = {name: value for name, value in idea(1).items() if name not in ("group", "submit")}
    changed = await driver.done("PUT", one, json=sent | {"title": "ระบบใหม่"}, **by)
    assert (changed["title"], changed["version"]) == ("ระบบใหม่", 2)
    stale = await driver.ask("PUT", one, json=sent, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-since")
    await driver.done("POST", f"{one}/submit", json={}, **by)
    await driver.done("POST", f"{one}/reopen", json={})
    await driver.done("POST", f"{one}/submit", json={})
    return str(begun["id"])


POINTS: dict[str, Any] = {"points": {"use": 5, "new": 5}}
BY_JUDGE: dict[str, Any] = {"role": Role.EXECUTIVE, "person": JUDGE}


async def _refused(driver: RunDriver, first: str, member: str) -> None:
    """Points outside the scale, of other criteria, by or for somebody else; each its own code, and nothing changed."""
    score = f"/ideas/{first}/score"
    assert await driver.refused(score, json=POINTS, **BY_JUDGE) == (409, "no-scoring")
    assert (await driver.ask("GET", "/scoring")).json()["code"] == "no-scoring"
    await driver.done("POST", "/scoring", json={"criteria": CRITERIA, "judges": [JUDGE]})
    await driver.done("POST", "/scoring", json={"criteria": CRITERIA, "judges": [JUDGE, member]})
    refusals: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"points": {"use": 11, "new": 0}}, (422, "score-outside-scale")),
        ({"points": {"use": -1, "new": 0}}, (422, "score-outside-scale")),
        ({"points": {"use": 1}}, (422, "score-of-other-criteria")),
        ({**POINTS, "judge": member}, (403, "not-judge")),  # in no one else's name
    ]
    for body, refused in refusals:
        assert await driver.refused(score, json=body, **BY_JUDGE) == refused
    assert await driver.refused("/ideas/nothing/score", json=POINTS, **BY_JUDGE) == (404, "unknown-idea")
    assert await driver.refused(score, Role.EXECUTIVE, person=OTHER_JUDGE, json=POINTS) == (403, "not-judge")
    assert await driver.refused(score, json={**POINTS, "judge": member}) == (403, "judge-of-own-idea")
    assert await driver.refused("/scoring/close", json={}) == (409, "nothing-scored")


async def _judged(driver: RunDriver, first: str, second: str, member: str) -> None:
    """The second one wins."""
    await driver.done("POST", f"/ideas/{first}/score", json={"points": {"use": 1, "new": 0}}, **BY_JUDGE)
    await driver.done("POST", f"/ideas/{first}/score", json=POINTS, **BY_JUDGE)  # in the place of the first
    await driver.done("POST", f"/ideas/{second}/score", json={"points": {"use": 6, "new": 3}}, **BY_JUDGE)
    assert await driver.refused("/scoring/close", json={}) == (409, "scores-missing")
    await driver.done("POST", f"/ideas/{second}/score", json={"points": {"use": 7, "new": 4}, "judge": member})
    jury = {"criteria": CRITERIA, "judges": [JUDGE]}
    assert await driver.refused("/scoring", json=jury) == (409, "scoring-begun")
    assert await driver.refused(f"/ideas/{first}/reopen", json={}) == (409, "idea-in-scoring")
    assert await driver.refused(f"/ideas/{second}/award", json={"award": 1}) == (409, "scoring-open")
    assert (await driver.ask("GET", "/ranking", Role.EXECUTIVE)).json()["code"] == "scoring-open"
    led = await driver.ask("GET", f"/ideas/{first}/scores", person=JUDGE)  # who organises and judges
    assert (led.status_code, led.json()["code"]) == (409, "scoring-open")
    assert [row["judge"] for row in (await driver.done("GET", f"/ideas/{first}/scores"))["items"]] == [JUDGE]
    await driver.done("POST", "/scoring/close", json={})
    assert len((await driver.done("GET", f"/ideas/{second}/scores", person=JUDGE))["items"]) == 2
    assert await driver.refused(f"/ideas/{first}/score", json=POINTS, **BY_JUDGE) == (409, "scoring-closed")
    ranked = (await driver.done("GET", "/ranking", Role.EXECUTIVE))["items"]
    assert [(row["idea"], row["rank"], row["points"], row["judges"], row["tied"]) for row in ranked] == [
        (second, 1, 16.5, 2, False),
        (first, 2, 15.0, 1, False),
    ]
    assert len((await driver.done("GET", f"/ideas/{second}/scores", params={"limit": "1"}))["items"]) == 1


async def _followed(driver: RunDriver, one: str) -> None:
    await driver.done("POST", f"/ideas/{one}/award", json={"award": 1})
    assert await driver.refused(f"/ideas/{one}/award", json={"award": 2}) == (409, "idea-state")
    nowhere = {"unit": "PO-99", "since": "2048-10-01"}
    assert await driver.refused(f"/ideas/{one}/adoptions", json=nowhere) == (422, "unknown-unit")
    adopted = {"unit": "PO-50", "since": "2048-10-01"}
    await driver.done("POST", f"/ideas/{one}/adoptions", json=adopted)
    assert await driver.refused(f"/ideas/{one}/adoptions", json=adopted) == (409, "adopted-there")
    measured = {"unit": "PO-50", "indicator": 1, "on": "2048-12-31", "value": 4.5}
    early = measured | {"on": "2048-09-30"}
    assert await driver.refused(f"/ideas/{one}/measurements", json=early) == (409, "not-adopted-there")
    done = await driver.done("POST", f"/ideas/{one}/measurements", json=measured)
    assert (done["state"], done["award"], done["rank"]) == ("ADOPTED", 1, 1)
    assert done["measurements"] == [{**measured, "reached": True}]
    assert (await driver.done("GET", f"/ideas/{one}", Role.EXECUTIVE))["adoptions"] == [adopted]


async def test_everybody_reads_what_is_theirs(standing: Office) -> None:
    driver, people = await seated(standing, PO_50=2, PO_95=1)
    await driver.done("POST", "/groups", json={"count": 3})
    for unit, count in (("PO-50", 2), ("PO-95", 1), ("PO-96", 0)):
        assert len(await members(driver, Role.PROVINCIAL_HR, unit=unit)) == count
    person = next(iter(people))
    assert set(await members(driver, Role.LEARNER, person=person)) == {people[person]}
    read = await driver.done("GET", "/groups", Role.LEARNER, person=person)
    assert [row["size"] for row in read["items"]] == [None] * 3
    for path in ("/groups", "/groups/members", "/groups/ungrouped", "/ideas", "/scoring", "/ranking"):
        nothing = await standing.ask("GET", f"/runs/nothing{path}", Role.HR_OFFICER)
        assert (nothing.status_code, nothing.json()["code"]) == (404, "not-found")
    again: dict[str, Any] = {"headers": {"idempotency-key": f"once-{driver.run}"}, "json": idea(1)}
    assert await driver.done("POST", "/ideas", **again) == await driver.done("POST", "/ideas", **again)
    assert len((await driver.done("GET", "/ideas"))["items"]) == 1
