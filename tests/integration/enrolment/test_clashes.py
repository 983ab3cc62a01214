"""People who come to be in two runs at once when a run is moved: listed, refused or neither, before and after."""

from typing import Any

import pytest

from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.rights import Role
from tests.integration.enrolment.conftest import Counted, Office
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_checks_of_nominations import on, people
from tests.support.indexes import asked_of, served

SEATS = {"PO-50": 9}


def times(day: str) -> dict[str, str]:
    return {"startsAt": f"{day}T09:00:00+07:00", "endsAt": f"{day}T16:00:00+07:00"}


async def two(
    office: Office, day: str, other: str, policy: str, both: int = 3
) -> tuple[RunDriver, RunDriver, list[str]]:
    """A run of that day with the policy, one of the other day, and people who are in both; each has one more."""
    everybody = await people(office, count=both + 2)
    moved, stays = await on(office, day, seats=SEATS, clash=policy), await on(office, other, seats=SEATS)
    for person in everybody[:-1]:
        await moved.nominate(person)
    for person in [*everybody[:-2], everybody[-1]]:
        await stays.nominate(person)
    return moved, stays, sorted(everybody[:-2])


async def listed(driver: RunDriver, **params: str) -> list[str]:
    """Everybody on all pages, in order."""
    found, cursor = [], None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = await driver.done("GET", "/clashes", params={"limit": "2", **params, **more})
        found += [row["person"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found


def codes(rows: Any) -> list[str]:
    return [row["code"] for row in rows]


async def test_a_preview_lists_them_and_stores_nothing(standing: Office) -> None:
    moved, stays, both = await two(standing, "2049-03-01", "2049-03-03", "REFUSE")
    before = await standing.fingerprint()
    preview = await moved.done("POST", "/preview", json=times("2049-03-03"))
    assert await standing.fingerprint() == before
    rows = preview["clashes"]["items"]
    assert [row["person"] for row in rows] == both
    assert rows[0]["others"] == [{"run": stays.run, "code": "clash"}]
    assert (rows[0]["unit"], rows[0]["state"]) == ("PO-50.HR", "CONFIRMED")
    assert codes(preview["refusals"]) == ["people-clash"]
    assert (preview["run"]["startsAt"][:10], preview["run"]["revision"]) == ("2049-03-03", 1)
    paged, cursor = [], None
    while True:
        params = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await moved.done("POST", "/preview", json=times("2049-03-03"), params=params))["clashes"]
        paged += [row["person"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == both
    nothing = await moved.done("POST", "/preview", json=times("2049-03-02"))
    assert (nothing["refusals"], nothing["clashes"]) == ([], {"items": [], "next": None})


async def test_where_it_is_refused_the_run_stays_until_nobody_clashes(standing: Office) -> None:
    moved, stays, _ = await two(standing, "2049-03-08", "2049-03-10", "REFUSE", both=1)
    path = f"/runs/{moved.run}"
    assert await standing.refused("PATCH", path, json=times("2049-03-10")) == (409, "people-clash")
    await standing.done("PATCH", path, json=times("2049-03-09"))
    rows = (await stays.done("GET", "/nominations"))["items"]
    shared = set(await moved.states()) & {row["person"] for row in rows}
    await stays.act("withdraw", next(row for row in rows if row["person"] in shared))
    assert "clashes" not in await standing.done("PATCH", path, json=times("2049-03-10"))


async def test_a_warning_lists_what_is_new_and_moves_the_run(standing: Office) -> None:
    moved, stays, both = await two(standing, "2049-03-15", "2049-03-17", "WARN")
    path = f"/runs/{moved.run}"
    headers = {"idempotency-key": "moved"}
    answer = await standing.ask("PATCH", path, Role.HR_OFFICER, json=times("2049-03-17"), headers=dict(headers))
    again = await standing.ask("PATCH", path, Role.HR_OFFICER, json=times("2049-03-17"), headers=dict(headers))
    assert (answer.status_code, again.content) == (200, answer.content)
    told = answer.json()
    assert [row["person"] for row in told["clashes"]["items"]] == both
    assert "people-clash" in codes(told["warnings"])
    assert await listed(moved) == await listed(moved, new="true") == both
    assert sorted(await listed(stays)) == both
    assert await listed(stays, new="true") == []  # it was not moved
    hall = await standing.done("PATCH", path, json={"venue": {"room": "9"}})
    assert "clashes" not in hall
    assert await listed(moved, new="true") == both  # that moved no time
    shorter = times("2049-03-17") | {"endsAt": "2049-03-17T15:00:00+07:00"}
    assert "clashes" not in await standing.done("PATCH", path, json=shorter)
    assert (await listed(moved, new="true"), await listed(moved)) == ([], both)


@pytest.mark.parametrize("policy", ["OFF", "WARN"])
async def test_who_is_told(standing: Office, policy: str) -> None:
    day = {"OFF": "2049-03-2", "WARN": "2049-04-0"}[policy]
    moved, _, both = await two(standing, f"{day}2", f"{day}5", policy, both=1)
    told = await standing.done("PATCH", f"/runs/{moved.run}", json=times(f"{day}5"))
    assert ("clashes" in told) is (policy == "WARN")
    assert await listed(moved) == both  # whatever the policy
    for role in (Role.PROVINCIAL_HR, Role.EXECUTIVE, Role.LEARNER):
        refused = await standing.ask("GET", f"/runs/{moved.run}/clashes", role, unit="PO-50", person=both[0])
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    unknown = await standing.ask("GET", f"/runs/{moved.programme}/clashes", Role.HR_OFFICER)
    assert unknown.status_code == 404
    assert await moved.refused("/preview", json={"odd": 1}) == (422, "unknown-field")
    assert await moved.refused("/preview", json=times("2020-01-02")) == (422, "starts-in-past")


async def test_what_a_large_run_costs(counted: Counted) -> None:
    """Two queries for 200 of its people, by an index, until somebody is found; and none where nobody can be."""
    office, size = counted.office, 2_000
    moved = await opened(office, {"PO-50": size}, more={"checks": {"clash": "REFUSE"}}, **times("2049-05-03"))
    stays = await opened(office, {"PO-50": 9}, **times("2049-05-05"))
    crowd = [f"person-{number:05}" for number in range(size)]
    await seated(office, moved, crowd)
    await seated(office, stays, ["elsewhere"])
    counted.sent.sent.clear()
    await office.done("PATCH", f"/runs/{moved.run}", json=times("2049-05-05"))
    asked = [one for one in counted.sent.of("nominations") if "live" in one.body.get("filter", {})]
    assert len(asked) == 2 * size // 200
    for command in asked:
        query = asked_of(command)
        assert query is not None
        found = served(query, NOMINATIONS.indexes)
        assert found is not None
        assert found.beside == frozenset()
    await office.done("PATCH", f"/runs/{moved.run}", json=times("2049-05-06"))
    await seated(office, stays, crowd[-1:])
    path = f"/runs/{moved.run}"
    assert await office.refused("PATCH", path, json=times("2049-05-05")) == (409, "people-clash")
    first = await moved.done("POST", "/preview", json=times("2049-05-05"), params={"limit": "500"})
    assert (first["clashes"]["items"], first["clashes"]["next"] is None) == ([], False)
    counted.sent.sent.clear()
    await office.done("PATCH", path, json=times("2049-05-07"))
    assert [one for one in counted.sent.of("nominations") if "live" in one.body.get("filter", {})] == []


async def seated(office: Office, driver: RunDriver, crowd: list[str]) -> None:
    place = {"unit": "PO-50.HR", "province": "50", "group": None, "region": "NORTH"}
    rows = [
        {
            "_id": f"{driver.run}-{person}",
            "run": driver.run,
            "person": person,
            "live": True,
            "state": NominationState.CONFIRMED.value,
            "place": place,
            "office": "PO-50",
            "bucket": f"{driver.run}:OFFICES:PO-50",
        }
        for person in crowd
    ]
    await office.db["nominations"].insert_many(rows)
