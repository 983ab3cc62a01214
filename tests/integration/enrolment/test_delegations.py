"""Decisions in the name of somebody who is away: given for a time, used by a person of the same office, ended."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from shared.clock import BANGKOK, now
from shared.rights import Role
from shared.thai import local_date
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened

HEAD: dict[str, Any] = {"role": Role.SUPERVISOR, "unit": "PO-50", "person": "head-50"}
BASE = "/delegations"


@pytest.fixture
async def people(standing: Office) -> list[str]:
    """The first is the deputy."""
    return await staff(standing, "PO-50.HR", 4)


def named(deputy: str, days: int = 3) -> dict[str, Any]:
    return {
        "delegate": deputy,
        "startsAt": now().isoformat(timespec="seconds"),
        "endsAt": (now() + timedelta(days=days)).isoformat(timespec="seconds"),
    }


async def given(office: Office, deputy: str, **by: Any) -> Any:
    return await office.done("POST", BASE, json=named(deputy), **(HEAD | by))


async def decided(
    driver: RunDriver, delegation: Any, deputy: str, action: str, ids: list[str], **body: Any
) -> list[str]:
    answer = await driver.office.done(
        "POST",
        f"{BASE}/{delegation['id']}/{action}",
        Role.LEARNER,
        person=deputy,
        json={"run": driver.run, "ids": ids, **body},
    )
    return [row["problem"]["code"] if "problem" in row else row["nomination"]["state"] for row in answer["results"]]


async def waiting(driver: RunDriver, delegation: Any, deputy: str, step: str) -> list[str]:
    asked = {"run": driver.run, "step": step}
    path = f"{BASE}/{delegation['id']}/nominations"
    rows = (await driver.office.done("GET", path, Role.LEARNER, person=deputy, params=asked))["items"]
    return [row["id"] for row in rows]


async def test_a_deputy_decides_and_both_are_on_record(standing: Office, people: list[str]) -> None:
    deputy, *others = people
    driver = await opened(standing, {"PO-50": 9}, approval=["SUPERVISOR", "UNIT_HR"])
    made = [await driver.nominate(person) for person in (*others, deputy)]
    ids = [one["id"] for one in made]
    delegation = await given(standing, deputy)
    assert (delegation["absent"], delegation["delegate"], delegation["unit"]) == ("head-50", deputy, "PO-50")
    assert (delegation["steps"], delegation["ended"]) == (["SUPERVISOR"], False)

    assert await waiting(driver, delegation, deputy, "SUPERVISOR") == ids
    assert await waiting(driver, delegation, deputy, "UNIT_HR") == []

    states = await decided(driver, delegation, deputy, "approve", [*ids, "nothing"], reason="แทนหัวหน้า")
    assert states == ["SUBMITTED"] * 3 + ["own-nomination", "unknown-nomination"]
    assert await decided(driver, delegation, deputy, "approve", ids[:1]) == ["not-your-step"], (
        "another step is not left"
    )
    read = await driver.done("GET", f"/nominations/{ids[0]}")
    assert [(one["by"], one["onBehalfOf"], one["reason"]) for one in read["decisions"]] == [
        (deputy, "head-50", "แทนหัวหน้า")
    ]
    both = {"unit": "PO-50", "person": "head-50"}
    refused = await driver.refused(f"/nominations/{ids[0]}/approve", Role.PROVINCIAL_HR, json={}, **both)
    assert refused == (403, "decided-before"), "who was acted for has decided"


async def test_a_delegation_is_seen_by_two_and_ended_by_one(standing: Office, people: list[str]) -> None:
    deputy = people[0]
    driver = await opened(standing, {"PO-50": 9}, approval=["SUPERVISOR"])
    made = await driver.nominate(people[1])
    delegation = await given(standing, deputy, person="head-51")

    async def seen(role: Role, **who: Any) -> list[str]:
        return [row["id"] for row in (await standing.done("GET", BASE, role, **who))["items"]]

    assert await seen(Role.SUPERVISOR, unit="PO-50", person="head-51") == [delegation["id"]]
    assert delegation["id"] in await seen(Role.LEARNER, person=deputy)
    assert await seen(Role.HR_OFFICER, unit="PERS") == []

    end = f"{BASE}/{delegation['id']}/end"
    stranger = {"unit": "PO-50", "person": "stranger"}
    assert await standing.refused("POST", end, Role.SUPERVISOR, json={}, **stranger) == (404, "unknown-delegation")
    body = {"run": driver.run, "ids": [made["id"]]}
    path = f"{BASE}/{delegation['id']}/approve"
    assert await standing.refused("POST", path, Role.SUPERVISOR, json=body, **stranger) == (404, "unknown-delegation")
    for _ in range(2):
        ended = await standing.done("POST", end, Role.SUPERVISOR, unit="PO-50", person="head-51", json={})
        assert ended == delegation | {"ended": True}
    for kind in ("given", "revoked"):  # the message follows from the first
        events = await standing.published(f"delegation-{kind}")
        (event,) = (one for one in events if one["delegation"] == delegation["id"])
        assert (event["absent"], event["delegate"], event["unit"]) == ("head-51", deputy, "PO-50")
    assert await standing.refused("POST", path, Role.LEARNER, person=deputy, json=body) == (409, "delegation-ended")


async def test_the_time_is_that_of_the_run(standing: Office, people: list[str]) -> None:
    deputy = people[0]
    driver = await opened(standing, {"PO-50": 9}, approval=["SUPERVISOR"])
    made = await driver.nominate(people[1])
    delegation = await given(standing, deputy, person="head-52")
    then = datetime.fromisoformat(delegation["endsAt"]) + timedelta(minutes=1)
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": then.isoformat()})
    assert await decided(driver, delegation, deputy, "approve", [made["id"]]) == ["delegation-not-now"]
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"offsetSeconds": 0})
    assert await decided(driver, delegation, deputy, "reject", [made["id"]]) == ["reason-needed"]
    assert await decided(driver, delegation, deputy, "reject", [made["id"]], reason="ติดราชการ") == ["REJECTED"]


async def test_whom_one_may_name(standing: Office, people: list[str]) -> None:
    (elsewhere,) = await staff(standing, "PO-95.HR", 1)
    for who, expected in (
        (elsewhere, (404, "unknown-person")),
        ("nobody", (404, "unknown-person")),
        ("head-50", (404, "unknown-person")),
    ):
        assert await standing.refused("POST", BASE, json=named(who), **HEAD) == expected
    backwards = named(people[0], days=-1)
    assert await standing.refused("POST", BASE, json=backwards, **HEAD) == (422, "delegation-backwards")
    own: dict[str, Any] = {"role": Role.SUPERVISOR, "unit": "PO-50", "person": people[1]}
    assert await standing.refused("POST", BASE, json=named(people[1]), **own) == (422, "delegate-is-yourself")
    await given(standing, people[2], person=people[3])
    assert await standing.refused("POST", BASE, json=named(people[3]), **HEAD) == (409, "delegate-away")
    no_unit: dict[str, Any] = {"role": Role.SUPERVISOR, "person": "head-50"}
    assert await standing.refused("POST", BASE, json=named(people[0]), **no_unit) == (403, "nothing-to-delegate")
    assert await standing.refused("POST", BASE, Role.LEARNER, person=people[0], json=named(people[1])) == (
        403,
        "forbidden",
    )


async def test_who_acts_as_head_decides_for_the_holder_on_these_days(standing: Office) -> None:
    """By the register of posts: nobody has to leave anything to anybody."""
    head, deputy, *others = await staff(standing, "PO-94.HR", 4)
    driver = await opened(standing, {"PO-94": 9}, approval=["SUPERVISOR"])
    ids = [(await driver.nominate(person))["id"] for person in (*others, deputy)]
    today = local_date(now())
    post = {"unit": "PO-94.HR", "post": "GROUP_HEAD"}
    await standing.done("POST", "/posts", json={**post, "person": head, "validFrom": "2020-10-01"})
    days = {"validFrom": today.isoformat(), "validTo": today.isoformat()}
    acting = await standing.done("POST", "/posts", json={**post, "person": deputy, "inPost": "ACTING", **days})

    (listed,) = (await standing.done("GET", BASE, Role.LEARNER, person=deputy))["items"]
    assert (listed["id"], listed["absent"], listed["createdAt"]) == (acting["id"], None, None)
    assert (listed["unit"], listed["steps"], listed["delegate"]) == ("PO-94.HR", ["SUPERVISOR"], deputy)
    assert (await standing.done("GET", BASE, Role.LEARNER, person=head))["items"] == []

    assert await waiting(driver, acting, deputy, "SUPERVISOR") == ids
    states = await decided(driver, acting, deputy, "approve", [ids[0], ids[2]])
    assert states == ["CONFIRMED", "own-nomination"]
    read = await driver.done("GET", f"/nominations/{ids[0]}")
    assert [(one["by"], one["onBehalfOf"]) for one in read["decisions"]] == [(deputy, head)]

    path, body = f"{BASE}/{acting['id']}/approve", {"run": driver.run, "ids": [ids[1]]}
    assert await standing.refused("POST", path, Role.LEARNER, person=head, json=body) == (404, "unknown-delegation")
    tomorrow = datetime.combine(today + timedelta(days=1), time(), BANGKOK)
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": tomorrow.isoformat()})
    assert await decided(driver, acting, deputy, "approve", [ids[1]]) == ["delegation-not-now"]
