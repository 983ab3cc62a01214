"""Nominations and buckets are read and changed within the caller's scope, in pages that contain everybody once."""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.pages import encode_cursor
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened, planned
from tests.integration.enrolment.programmes import created

FIRST = encode_cursor(("0",))  # before every nomination


@dataclass(frozen=True)
class Full:
    """A run with three nominations of PO-50, two of PO-95 and one of PERS; nothing in it is changed."""

    driver: RunDriver
    north: list[Any]
    south: list[Any]
    central: list[Any]


@pytest.fixture(scope="module")
async def full(standing: Office) -> Full:
    driver = await opened(standing, {"PO-50": 2, "PO-95": 2, "OPS": 1}, approval=True)
    made = []
    for unit, count in (("PO-50.HR", 3), ("PO-95.HR", 2), ("PERS", 1)):
        made.append([await driver.nominate(person) for person in await staff(standing, unit, count)])
    for one in made[0]:
        await driver.act("approve", one)
    return Full(driver, *made)


async def listed(driver: RunDriver, role: Role = Role.HR_OFFICER, query: Any = None, **caller: str) -> list[str]:
    """Ids, in the order of the answer."""
    page = await driver.done("GET", "/nominations", role, params=query, **caller)
    return [row["id"] for row in page["items"]]


def ids(rows: list[Any]) -> list[str]:
    return [row["id"] for row in rows]


# ---- lists


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
async def test_pages_contain_everybody_once(full: Full, limit: int) -> None:
    seen: list[str] = []
    query = {"limit": str(limit)}
    while True:
        page = await full.driver.done("GET", "/nominations", params=query)
        assert 1 <= len(page["items"]) <= limit
        seen += ids(page["items"])
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == ids(full.north + full.south + full.central)


async def test_filters_are_combined(full: Full) -> None:
    driver = full.driver
    assert await listed(driver, query={"state": "CONFIRMED"}) == ids(full.north[:2])
    assert await listed(driver, query={"state": "WAITLISTED"}) == ids(full.north[2:])
    assert await listed(driver, query={"unit": "PO-95"}) == ids(full.south)
    assert await listed(driver, query={"unit": "PO-95.HR", "bucketUnit": "PO-95"}) == ids(full.south)
    assert await listed(driver, query={"bucketUnit": "PO-95.HR"}) == []
    assert await listed(driver, query={"unit": "PO-95", "state": "CONFIRMED"}) == []
    assert await listed(driver, query={"person": full.south[1]["person"]}) == ids(full.south[1:])
    assert await listed(driver, query={"person": '{"$gt": ""}'}) == []
    cut = {"state": "CONFIRMED", "limit": "1"}
    page = await driver.done("GET", "/nominations", params=cut)
    rest = await driver.done("GET", "/nominations", params=cut | {"cursor": page["next"]})
    assert (ids(page["items"] + rest["items"]), rest["next"]) == (ids(full.north[:2]), None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"state": "SEATED"}, "invalid-parameter"),
        ({"limit": "0"}, "invalid-parameter"),
        ({"limit": "501"}, "invalid-parameter"),
        ({"cursor": "x"}, "invalid-cursor"),
        ({"cursor": encode_cursor(()) + "e30"}, "invalid-cursor"),
        ({"unit": "x" * 65}, "invalid-parameter"),
        ({"bucketUnit": "x" * 65}, "invalid-parameter"),
    ],
)
async def test_invalid_queries_of_lists_are_refused(full: Full, query: dict[str, str], code: str) -> None:
    path = f"/runs/{full.driver.run}/nominations"
    assert await full.driver.office.refused("GET", path, params=query) == (422, code)


async def test_a_nomination_is_read_without_a_name(full: Full) -> None:
    waits = full.north[2]
    read = await full.driver.done("GET", f"/nominations/{waits['id']}")
    before = {name: read[name] for name in waits} | {"state": "SUBMITTED", "waitsFor": "ORGANISER"}
    assert before == waits
    assert (read["state"], read["waitsFor"], read["queue"]) == ("WAITLISTED", "SEAT", 7)
    assert "คนที่" not in str(read)
    other = await opened(full.driver.office, {"PO-50": 1})
    path = f"/runs/{other.run}/nominations/{waits['id']}"
    assert await full.driver.office.refused("GET", path) == (404, "unknown-nomination")


async def test_the_buckets_of_a_run(full: Full) -> None:
    rows = {
        "OPS": ("CENTRE", "OPS", 1, True, 1, 0, 0),
        "PO-50": ("OFFICES", "PO-50", 2, True, 0, 2, 1),
        "PO-95": ("OFFICES", "PO-95", 2, True, 2, 0, 0),
    }
    names = ("target", "bucketUnit", "seats", "open", "free", "confirmed", "waiting")
    counted = {
        (Role.HR_OFFICER, None): {"OPS", "PO-50", "PO-95"},
        (Role.EXECUTIVE, None): {"OPS", "PO-50", "PO-95"},
        (Role.PROVINCIAL_HR, "PO-50"): {"PO-50"},
        (Role.SUPERVISOR, "PO-50.HR"): set(),  # the seats are those of the office
        (Role.SUPERVISOR, "OPS"): {"OPS"},
        (Role.LEARNER, None): set(),
        (Role.OCSC_OBSERVER, None): set(),
        (Role.OPERATOR, None): set(),
        (Role.INTEGRATION, None): set(),
    }
    for (role, unit), shown in counted.items():
        read = await full.driver.done("GET", "/buckets", role, unit=unit)
        assert read["seats"] == 5
        for bucket in read["buckets"]:
            row, told = rows[bucket["bucketUnit"]], bucket["bucketUnit"] in shown
            assert tuple(bucket[name] for name in names) == (row if told else (*row[:4], None, None, None)), role
            assert bucket.get("suppressed", False) is not told


async def test_the_buckets_of_a_draft_are_hidden_from_others(standing: Office) -> None:
    draft = await planned(standing, {"PO-50": 1})
    path = f"/runs/{draft.run}/buckets"
    for role in (Role.HR_OFFICER, Role.EXECUTIVE, Role.OPERATOR):
        assert (await standing.done("GET", path, role))["seats"] == 1
    for role in (Role.PROVINCIAL_HR, Role.LEARNER, Role.OCSC_OBSERVER):
        assert await standing.refused("GET", path, role, unit="PO-50") == (404, "unknown-run")
    _, empty = await created(standing, code="NO-BUCKETS")
    assert await standing.done("GET", f"/runs/{empty}/buckets") == {"version": 1, "buckets": [], "seats": 0}
    assert await standing.refused("GET", "/runs/nothing/buckets") == (404, "unknown-run")
    assert await standing.refused("GET", "/runs/nothing/nominations") == (404, "unknown-run")


# ---- scope


async def test_everybody_sees_what_is_in_their_scope(full: Full) -> None:
    driver, everything = full.driver, ids(full.north + full.south + full.central)
    assert await listed(driver, Role.HR_OFFICER) == everything
    assert await listed(driver, Role.PROVINCIAL_HR, unit="PO-50") == ids(full.north)
    assert await listed(driver, Role.SUPERVISOR, unit="PO-95.HR") == ids(full.south)
    assert await listed(driver, Role.SUPERVISOR, unit="PO-95.ADM") == []
    assert await listed(driver, Role.SUPERVISOR, unit="OPS") == ids(full.central)
    assert await listed(driver, Role.PROVINCIAL_HR, unit="PO-5") == []
    assert await listed(driver, Role.LEARNER, person=full.south[0]["person"]) == ids(full.south[:1])


async def test_a_filter_never_widens_a_scope(full: Full) -> None:
    driver, south = full.driver, full.south[0]
    own: Any = {"role": Role.PROVINCIAL_HR, "unit": "PO-50"}
    assert await listed(driver, query={"unit": "PO-95"}, **own) == []
    assert await listed(driver, query={"person": south["person"]}, **own) == []
    assert await listed(driver, query={"cursor": FIRST}, **own) == ids(full.north)
    assert await listed(driver, Role.LEARNER, {"person": south["person"]}, person=full.north[0]["person"]) == []
    cursor = encode_cursor((full.north[0]["id"],))
    assert await listed(driver, Role.LEARNER, {"cursor": cursor}, person=south["person"]) == [south["id"]]


@pytest.mark.parametrize("role", [Role.PROVINCIAL_HR, Role.SUPERVISOR])
async def test_a_role_without_a_unit_sees_nothing(full: Full, role: Role) -> None:
    one = full.north[0]
    for query in (
        {},
        {"cursor": FIRST},
        {"person": one["person"]},
        {"state": "CONFIRMED"},
        {"unit": "PO-50"},
        {"bucketUnit": "PO-50"},
    ):
        assert await listed(full.driver, role, query) == []
    path = f"/runs/{full.driver.run}/nominations/{one['id']}"
    assert await full.driver.office.refused("GET", path, role) == (404, "unknown-nomination")


async def test_a_nomination_outside_the_scope_is_not_found(full: Full) -> None:
    path = f"/runs/{full.driver.run}/nominations/{full.south[0]['id']}"
    office = full.driver.office
    for role, unit in ((Role.PROVINCIAL_HR, "PO-50"), (Role.SUPERVISOR, "OPS"), (Role.LEARNER, None)):
        refused = await office.refused("GET", path, role, unit=unit, person="somebody")
        assert refused == (404, "unknown-nomination")
    for role in (Role.OPERATOR, Role.EXECUTIVE, Role.OCSC_OBSERVER, Role.INTEGRATION):
        assert await office.refused("GET", path, role) == (403, "forbidden")


async def test_a_province_changes_only_its_own_nominations(full: Full) -> None:
    driver, ours, theirs = full.driver, full.north[0], full.south[0]
    stranger = (await staff(driver.office, "PO-96.HR", 1))[0]
    nobody, nothing = (404, "unknown-person"), (404, "unknown-nomination")
    for caller in ({"unit": "PO-50"}, {"unit": None}):
        own: Any = {"role": Role.PROVINCIAL_HR, **caller}
        assert await driver.refused("/nominations", json={"person": stranger}, **own) == nobody
        path = f"/nominations/{theirs['id']}"
        assert await driver.refused(f"{path}/withdraw", json={}, **own) == nothing
        assert await driver.refused(f"{path}/substitute", json={"person": ours["person"]}, **own) == nothing
        assert await driver.refused(f"{path}/approve", json={}, **own) == nothing
    supervisor: Any = {"role": Role.SUPERVISOR, "unit": "PO-50"}
    for action in ("approve", "reject"):
        assert await driver.refused(f"/nominations/{theirs['id']}/{action}", json={}, **supervisor) == nothing
    path = f"/nominations/{ours['id']}/substitute"
    assert await driver.refused(path, Role.PROVINCIAL_HR, unit="PO-50", json={"person": stranger}) == nobody


async def test_rows_outside_the_scope_are_refused_one_by_one(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 5, "PO-95": 5}, approval=["SUPERVISOR"])
    north, south = await staff(standing, "PO-50.HR", 1), await staff(standing, "PO-95.HR", 1)
    rows = [{"person": person} for person in north + south]
    own: Any = {"role": Role.PROVINCIAL_HR, "unit": "PO-50"}
    answer = await driver.done("POST", "/nominations", json={"nominations": rows}, **own)
    assert [row["status"] for row in answer["results"]] == [201, 404]
    assert "PO-95" not in str(answer["results"][1])
    made = await driver.nominate(south[0])
    named = [answer["results"][0]["nomination"]["id"], made["id"]]
    supervisor: Any = {"role": Role.SUPERVISOR, "unit": "PO-50"}
    approved = await driver.done("POST", "/nominations/approve", json={"ids": named}, **supervisor)
    assert [row["status"] for row in approved["results"]] == [200, 404]
    assert await driver.states() == {north[0]: "CONFIRMED", south[0]: "SUBMITTED"}
