"""People are read within the caller's scope: others are not page."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import SOMCHAI, SOMSRI, SOMYING, known

People = tuple[Office, dict[str, str]]


@pytest.fixture(scope="module")
async def people(standing: Office) -> People:
    """Three people, and their ids by external id."""
    return standing, await known(standing, SOMCHAI, SOMYING, SOMSRI)


async def listed(office: Office, role: Role = Role.HR_OFFICER, query: Any = None, **caller: str) -> list[str]:
    page = await office.done("GET", "/people", role, params=query, **caller)
    return [row["firstName"] for row in page["items"]]


async def test_people_are_listed_within_the_scope(people: People) -> None:
    directory, ids = people
    assert await listed(directory, Role.HR_OFFICER) == ["สมชาย", "สมศรี", "สมหญิง"]
    assert await listed(directory, Role.PROVINCIAL_HR, unit="PO-50") == ["สมชาย"]
    assert await listed(directory, Role.SUPERVISOR, unit="OPS") == ["สมศรี"]
    assert await listed(directory, Role.LEARNER, person=ids["E2"]) == ["สมหญิง"]
    assert await listed(directory, Role.PROVINCIAL_HR) == []
    assert await listed(directory, Role.PROVINCIAL_HR, {"unit": "PO-95"}, unit="PO-50") == []


async def test_a_person_outside_the_scope_is_not_found(people: People) -> None:
    directory, ids = people
    own = await directory.done("GET", f"/people/{ids['E1']}", Role.PROVINCIAL_HR, unit="PO-50")
    assert (own["email"], own["lastName"]) == ("office50@moi.go.th", "ใจดี")
    for role, unit in ((Role.PROVINCIAL_HR, "PO-95"), (Role.PROVINCIAL_HR, "PO-5"), (Role.LEARNER, None)):
        path = f"/people/{ids['E1']}"
        assert await directory.refused("GET", path, role, unit=unit, person="somebody") == (404, "not-found")
    assert await directory.refused("GET", "/people", Role.OPERATOR) == (403, "forbidden")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"name": "สมชาย"}, ["สมชาย"]),
        ({"name": "นายสมชาย ใจ"}, ["สมชาย"]),
        ({"name": "ใจ"}, ["สมชาย", "สมศรี", "สมหญิง"]),
        ({"name": "ใจงาม"}, ["สมหญิง"]),
        ({"unit": "PO-95"}, ["สมหญิง"]),
        ({"unit": "OPS"}, ["สมศรี"]),
        ({"level": "K3"}, ["สมหญิง"]),
        ({"level": "K3", "unit": "PO-50"}, []),
        ({"name": ".*"}, ["สมชาย", "สมศรี", "สมหญิง"]),
    ],
)
async def test_searching(people: People, query: dict[str, str], names: list[str]) -> None:
    directory, _ = people
    assert await listed(directory, query=query) == names


async def test_pages_of_people_contain_everybody_once(directory: Office) -> None:
    await known(directory, *(f"E{n},,ชื่อ{n % 7} สกุล,PO-50.HR,K2,,," for n in range(25)))
    seen: list[str] = []
    query = {"limit": "10"}
    while True:
        page = await directory.done("GET", "/people", params=query)
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(seen) == len(set(seen)) == 25
