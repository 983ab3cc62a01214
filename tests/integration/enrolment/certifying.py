"""Runs that have ended, and their certificates. No tests in here."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.waiting import until

DURING, AFTER = "2048-08-31T14:00:00+07:00", "2048-09-02T09:00:00+07:00"
NEXT_YEAR = "2048-10-01T00:00:00+07:00"
WHOEVER: Mapping[str, Any] = {"certificate": {}}  # has a seat


async def clock(driver: RunDriver, business: str) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": business})


async def held(
    office: Office, people: Sequence[str], *, unit: str = "PO-50", at: str = AFTER, more: Mapping[str, Any] = WHOEVER
) -> RunDriver:
    """A run in which these people of one office had seats."""
    driver = await opened(office, {unit: len(people) + 1}, more=more)
    for person in people:
        await driver.nominate(person)
    await clock(driver, at)
    return driver


async def asked(driver: RunDriver) -> Any:
    """Asks for what is due, and waits until it is issued: what came of it."""
    first = await driver.ask("POST", "/certificates", json={})
    assert first.status_code == 202, first.text
    return await done(driver)


async def done(driver: RunDriver) -> Any:
    async def finished() -> Any:
        found = await driver.done("GET", "/certificates/issue")
        return None if found["running"] else found

    return await until(finished, what="all is issued")


async def listed(driver: RunDriver, role: Role = Role.HR_OFFICER, **options: Any) -> list[Any]:
    """All certificates of the run, page by page."""
    rows: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await driver.done("GET", "/certificates", role, params={"limit": "2", **cursor}, **options)
        rows += page["items"]
        if page["next"] is None:
            return rows
        cursor = {"cursor": page["next"]}
